"""Answers of several tables on a terminal or as a file: table, JSON, Excel, Word, calendar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast, get_args

import typer

from api.cli.context import language, say
from api.cli.delivering import choose_form, write
from corpus.errors import Language

if TYPE_CHECKING:
    from api.exports.links import Links
    from api.exports.sheets import Sheet

AnswerForm = Literal["table", "json", "xlsx", "docx", "ics"]
DocumentFormatOption = Annotated[
    Literal["table", "json", "xlsx", "docx"] | None,
    typer.Option("--format", help="Dạng in ra: bảng, JSON, Excel, Word · Output form."),
]
_SHOWN = 300  # characters of a cell

Lay = Callable[["Links", Language], "list[Sheet]"]


def form_of(form: AnswerForm | None, output: Path | None, *, as_json: bool, dated: bool = False) -> AnswerForm:
    """The form that options name, else the one of the output file's suffix, else a table; QueryError for a muddle.

    ``dated``: whether it may be a calendar.
    """
    forms = [each for each in get_args(AnswerForm) if dated or each != "ics"]
    return cast(AnswerForm, choose_form(form, output, forms, as_json=as_json))


def give(
    value: dict[str, Any] | list[dict[str, Any]],
    lay: Lay,
    title: str,
    form: AnswerForm,
    output: Path | None,
    address: str,
    notice: str,
) -> None:
    """Print or write an answer: ``value`` is its JSON, ``lay`` its tables. A calendar is another matter."""
    from api.exports.links import Links, require_address

    require_address(address)
    if form == "json":
        from api.plain import dump

        write(f"{dump(value)}\n".encode(), output)
        return
    sheets = lay(Links(address), language())
    if form == "table":
        show(sheets, title, notice)
    else:
        from api.exports.sheets import sheets_to_word, sheets_to_xlsx

        make = sheets_to_word if form == "docx" else sheets_to_xlsx
        write(make(title, notice, sheets), output)


def show(sheets: Sequence[Sheet], title: str, notice: str) -> None:
    """Tables on the terminal, long cells cut."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from api.exports.sheets import shown

    console = Console(highlight=False)
    console.print(Text(title, style="bold"))
    if notice:
        console.print(Text(notice, style="yellow"))
    for sheet in sheets:
        console.print()
        rows = say("dòng", "rows")
        console.print(Text(f"{sheet.name} ({len(sheet.rows)} {rows})", style="bold"))
        if not sheet.rows:
            continue
        table = Table(box=None, header_style="bold", padding=(0, 1, 1, 0))
        for head, _ in sheet.heads:
            table.add_column(head, overflow="fold")
        for row in sheet.rows:
            texts = [shown(value) for value in row]
            table.add_row(*(Text(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip()}…") for text in texts))
        console.print(table)
