"""Lists on a terminal, into a pipe or into a file, in the form that was asked for."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from api.cli.context import Form, language
from corpus.errors import QueryError, TienLeError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from api.exports.columns import Kind

TABLE_ROWS = 20


def form_of(form: Form | None, output: Path | None, kind: Kind, *, as_json: bool) -> Form:
    """The form that options name, else the one of the output file's suffix, else a table.

    QueryError for one that cannot be: a table in a file, a sheet on a terminal, a calendar of what has no deadlines.
    """
    from api.exports import require_deadlines

    suffix = output.suffix.lower().removeprefix(".") if output else ""
    of_suffix: Form | None = next((known for known in get_args(Form) if known == suffix), None)
    chosen: Form = "json" if as_json else form or of_suffix or "table"
    if output and chosen == "table":
        raise QueryError(
            "export-form",
            f"Không rõ dạng của tệp {output}. Thêm --format csv, xlsx, ics hoặc json.",
            f"The form of {output} is not clear. Add --format csv, xlsx, ics or json.",
        )
    if output is None and chosen in ("xlsx", "ics") and sys.stdout.isatty():
        raise QueryError(
            "export-terminal",
            f"Dạng {chosen} không in ra màn hình được. Ghi ra tệp bằng --output TÊN.{chosen}",
            f"The form {chosen} cannot be shown on a terminal. Write a file with --output NAME.{chosen}",
        )
    require_deadlines(kind, chosen)
    return chosen


def deliver(
    records: Sequence[DataclassInstance],
    kind: Kind,
    form: Literal["json", "csv", "xlsx", "ics"],
    output: Path | None,
    address: str,
    notice: str,
) -> None:
    """Write records in any form but a table."""
    if form == "json":
        from api.plain import dump

        data = f"{dump(records)}\n".encode()
    else:
        from api.exports import export
        from api.exports.links import Links

        data = export(records, kind, form, Links(address), language(), notice)
    if output is None:
        if form == "csv" and sys.stdout.isatty():
            data = data.removeprefix(b"\xef\xbb\xbf")  # the mark is for Excel
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_whole(output, data)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all; TienLeError ``output-unwritable`` when it cannot be."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            mask = os.umask(0)
            os.umask(mask)
            Path(name).chmod(0o666 & ~mask)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise TienLeError(
            "output-unwritable",
            f"Không ghi được tệp {path}: {error.strerror}. Chọn chỗ khác, hoặc đóng tệp nếu đang mở.",
            f"Cannot write {path}: {error.strerror}. Choose another place, or close the file if it is open.",
        ) from error
