"""Answers of several tables as one Excel workbook or one Word document."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from api.exports.word import Heading, Part, Run, Table, Words, word

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_LONGEST = 32_767  # characters of a cell (Excel specifications and limits)
_LONGEST_NAME = 31  # characters of a sheet's name
_LONGEST_LINK = 2_079
_DATE = "dd/mm/yyyy"


@dataclass(frozen=True, slots=True)
class Linked:
    """Words that lead to an address."""

    text: str
    link: str


Value = str | float | date | Linked | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name, the heads and widths in characters of its columns, and its rows."""

    name: str
    heads: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[Value]]


def sheets_to_xlsx(title: str, notice: str, sheets: Sequence[Sheet]) -> bytes:
    """A workbook, a table a sheet: frozen heads, filters, wrapped text, real dates, links; nothing is a formula."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    book.properties.title = _clean(title)
    book.properties.description = _clean(notice) or None
    for table in sheets:
        sheet = book.create_sheet(table.name[:_LONGEST_NAME])
        for at, (_, width) in enumerate(table.heads, 1):
            sheet.column_dimensions[get_column_letter(at)].width = width + 2
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.heads))}{len(table.rows) + 1}"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_title_rows = "1:1"
        sheet.oddFooter.left.text = _clean(notice).replace("&", "&&")[:200]
        sheet.oddFooter.right.text = "&P/&N"
        sheet.append([_cell(sheet, head, bold=True) for head, _ in table.heads])
        for row in table.rows:
            sheet.append([_cell(sheet, value) for value in row])
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


def _words(value: Value) -> Words:
    if isinstance(value, Linked):
        return Run(value.text, link=value.link)
    return shown(value)


def shown(value: Value) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    return value.text if isinstance(value, Linked) else value


def _cell(sheet: WriteOnlyWorksheet, value: Value, *, bold: bool = False) -> WriteOnlyCell:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill

    link = value.link if isinstance(value, Linked) else ""
    plain = value.text if isinstance(value, Linked) else value
    cell = WriteOnlyCell(sheet, _clean(plain) if isinstance(plain, str) else plain)
    if isinstance(plain, str):
        cell.data_type = "s"
    if isinstance(plain, date):
        cell.number_format = _DATE
    if link and len(link) <= _LONGEST_LINK:
        cell.hyperlink = link
        cell.font = Font(color="0563C1", underline="single")
    if bold:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="DCE6F1")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _clean(text: str) -> str:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return str(ILLEGAL_CHARACTERS_RE.sub(" ", text))[:_LONGEST]
