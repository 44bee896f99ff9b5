"""``tienle licences``: what the program is made of."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.context import JsonOption


def licences(
    bill: Annotated[
        bool, typer.Option("--cyclonedx", help="In danh mục thành phần CycloneDX 1.6 · A bill of materials.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Liệt kê thư viện đang dùng và giấy phép · List the libraries in use and their licences."""
    from dataclasses import asdict

    from api.cli import output
    from api.operation.supply import bill_of_materials, parts

    made = parts()
    if bill:
        output.print_json(bill_of_materials(made))
    elif as_json:
        output.print_json({part.name: asdict(part) for part in made})
    else:
        for part in made:
            typer.echo(f"{part.name} {part.version}: {part.licence}")
