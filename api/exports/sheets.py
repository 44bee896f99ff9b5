"""Tables as one Excel workbook or one Word document."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.exports.cells import (
    MOST_LINKS,
    MOST_ROWS,
    Linked,
    Value,
    add_styles,
    cell,
    clean,
    head_cells,
    set_page,
)
from api.exports.word import Heading, Part, Run, Table, Words, word
from corpus.errors import QueryError

_LONGEST_NAME = 31  # characters of a sheet's name


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name, the heads and widths in characters of its columns, and its rows.

    ``frozen``: the cell up and left of which nothing moves; below the head it is the first row.
    """

    name: str
    heads: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[Value]]
    frozen: str = "A2"


def sheets_to_xlsx(title: str, notice: str, sheets: Sequence[Sheet]) -> bytes:
    """A workbook, a table a sheet: frozen heads, filters, wrapped text, real dates, links; nothing is a formula.

    ``notice`` goes to the foot of the printed pages and the properties. QueryError for more rows than a sheet holds.
    """
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    add_styles(book)
    book.properties.title = clean(title)
    book.properties.description = clean(notice) or None
    for table in sheets:
        _require_room(len(table.rows))
        sheet = book.create_sheet(table.name[:_LONGEST_NAME])
        for at, (_, width) in enumerate(table.heads, 1):
            sheet.column_dimensions[get_column_letter(at)].width = width + 2
        sheet.freeze_panes = table.frozen
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.heads))}{len(table.rows) + 1}"
        set_page(sheet, notice)
        sheet.append(head_cells(sheet, [head for head, _ in table.heads]))
        links = 0
        for row in table.rows:
            sheet.append([cell(sheet, value, linking=links < MOST_LINKS) for value in row])
            links += sum(isinstance(value, Linked) for value in row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sheets_to_word(title: str, notice: str, sheets: Sequence[Sheet]) -> bytes:
    """A Word document, a heading and a table for each; one table needs no heading."""
    parts: list[Part] = []
    for table in sheets:
        if len(sheets) > 1:
            parts.append(Heading(table.name))
        rows = [[_words(value) for value in row] for row in table.rows]
        parts.append(Table([head for head, _ in table.heads], rows, [width for _, width in table.heads]))
    return word(title, notice, parts)


def shown(value: Value) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    return value.text if isinstance(value, Linked) else str(value)


def _words(value: Value) -> Words:
    return Run(value.text, link=value.link) if isinstance(value, Linked) else shown(value)


def _require_room(rows: int) -> None:
    if rows > MOST_ROWS:
        raise QueryError(
            "export-too-long",
            f"Trang Excel chứa được {MOST_ROWS} dòng, ở đây có {rows}. Thêm --limit, hoặc chọn csv.",
            f"A sheet of Excel holds {MOST_ROWS} rows, here are {rows}. Add --limit, or choose csv.",
        )
