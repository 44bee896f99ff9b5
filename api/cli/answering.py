"""Answers of several tables on a terminal or as a file: table, JSON, Excel, Word, calendar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast, get_args

import typer

from api.cli.context import language, say
from corpus.errors import Language, QueryError

if TYPE_CHECKING:
    from api.exports.links import Links
    from api.exports.sheets import Sheet

AnswerForm = Literal["table", "json", "xlsx", "docx", "ics"]
DocumentFormatOption = Annotated[
    Literal["table", "json", "xlsx", "docx"] | None,
    typer.Option("--format", help="Dạng in ra: bảng, JSON, Excel, Word · Output form."),
]
_FILES = ("xlsx", "docx", "ics")
_SHOWN = 300  # characters of a cell

Lay = Callable[["Links", Language], "list[Sheet]"]


def form_of(form: AnswerForm | None, output: Path | None, *, as_json: bool) -> AnswerForm:
    """The form that options name, else the one of the output file's suffix, else a table; QueryError for a muddle."""
    suffix = output.suffix.lower().removeprefix(".") if output else ""
    of_suffix = suffix if suffix in get_args(AnswerForm) else None
    named = list(dict.fromkeys(filter(None, ("json" if as_json else None, form, of_suffix))))
    if len(named) > 1:
        raise QueryError(
            "export-two-forms",
            f"Hai dạng cùng lúc: {' và '.join(named)}. Chỉ giữ một trong --json, --format và đuôi tệp.",
            f"Two forms at once: {' and '.join(named)}. Keep one of --json, --format and the file's suffix.",
        )
    chosen = named[0] if named else "table"
    if output and chosen == "table":
        raise QueryError(
            "export-form",
            f"Không rõ dạng của tệp {output}. Thêm --format xlsx, docx hoặc json.",
            f"The form of {output} is not clear. Add --format xlsx, docx or json.",
        )
    if output is None and chosen in _FILES and sys.stdout.isatty():
        raise QueryError(
            "export-terminal",
            f"Dạng {chosen} không in ra màn hình được. Ghi ra tệp bằng --output TÊN.{chosen}",
            f"The form {chosen} cannot be shown on a terminal. Write a file with --output NAME.{chosen}",
        )
    return cast(AnswerForm, chosen)


def give(
    value: dict[str, Any] | list[dict[str, Any]],
    lay: Lay,
    title: str,
    form: AnswerForm,
    output: Path | None,
    address: str,
    notice: str,
) -> None:
    """Print or write an answer: ``value`` is its JSON, ``lay`` its tables. A calendar is :func:`write`'s matter."""
    from api.exports.links import Links, require_address

    require_address(address)
    if form == "json":
        import json

        write(f"{json.dumps(value, ensure_ascii=False, indent=2)}\n".encode(), output)
        return
    sheets = lay(Links(address), language())
    if form == "table":
        show(sheets, title, notice)
    else:
        from api.exports.sheets import sheets_to_word, sheets_to_xlsx

        make = sheets_to_word if form == "docx" else sheets_to_xlsx
        write(make(title, notice, sheets), output)


def write(data: bytes, output: Path | None) -> None:
    """Bytes to a file, or to standard output."""
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    from api.cli.delivering import write_whole

    write_whole(output, data)
    print(say(f"Đã ghi vào {output}", f"Wrote {output}"), file=sys.stderr)  # noqa: T201  (standard output is for answers)


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
