"""Cells of Excel sheets: text that Excel takes, the few styles of cells, the setting of a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from api.exports.columns import Value as Plain

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

MOST_ROWS = 1_048_575
"""Rows of a sheet, without the head (Excel specifications and limits, as the limits below)."""

MOST_LINKS = 65_530
"""Links of a sheet."""

_LONGEST = 32_767  # characters of a cell
_LONGEST_LINK = 2_079  # characters of an address that Excel opens
_LONGEST_FOOTER = 200  # characters; a footer holds 255, signs of its own among them
_NOT_XML = re.compile("[\ufffe\uffff]")  # what openpyxl lets through
_TEXT, _DAY, _LINK, _HEAD = "Tiền Lệ", "Tiền Lệ: ngày", "Tiền Lệ: liên kết", "Tiền Lệ: đầu cột"  # as Excel lists them


@dataclass(frozen=True, slots=True)
class Linked:
    """Words that lead to an address."""

    text: str
    link: str


Value = Plain | Linked


def add_styles(book: Workbook) -> None:
    """Name the styles of cells: 9,600 rows take 2.9 s, with font and alignment set cell by cell 5.6 s."""
    from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill

    wrapped = Alignment(wrap_text=True, vertical="top")
    book.add_named_style(NamedStyle(_TEXT, alignment=wrapped))
    book.add_named_style(NamedStyle(_DAY, alignment=wrapped, number_format="dd/mm/yyyy"))
    book.add_named_style(NamedStyle(_LINK, alignment=wrapped, font=Font(color="0563C1", underline="single")))
    fill, middle = PatternFill("solid", start_color="DCE6F1"), Alignment(wrap_text=True, vertical="center")
    book.add_named_style(NamedStyle(_HEAD, alignment=middle, font=Font(bold=True), fill=fill))


def set_page(sheet: WriteOnlyWorksheet, notice: str) -> None:
    """Print a sheet lying, as wide as the page, its head on each, ``notice`` and the page's number at the foot."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.oddFooter.left.text = clean(notice).replace("&", "&&")[:_LONGEST_FOOTER]
    sheet.oddFooter.right.text = "&P/&N"


def head_cells(sheet: WriteOnlyWorksheet, heads: Sequence[str]) -> list[WriteOnlyCell]:
    """The head row of a sheet."""
    return [_styled(sheet, head, _HEAD) for head in heads]


def cell(sheet: WriteOnlyWorksheet, value: Value, *, linking: bool = True) -> WriteOnlyCell:
    """A cell of a sheet: no text is ever taken for a formula; ``linking``: whether the sheet has room for a link."""
    if not isinstance(value, Linked):
        return _styled(sheet, value, _DAY if isinstance(value, date) else _TEXT)
    if not linking or not 0 < len(value.link) <= _LONGEST_LINK:
        return _styled(sheet, value.text, _TEXT)
    made = _styled(sheet, value.text, _LINK)
    made.hyperlink = value.link
    made.style = _LINK  # openpyxl gives a link a style of its own
    return made


def clean(text: str) -> str:
    """A text that a cell can hold: signs that XML does not know become blanks, what is too long is cut."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return _NOT_XML.sub(" ", ILLEGAL_CHARACTERS_RE.sub(" ", text))[:_LONGEST]


def _styled(sheet: WriteOnlyWorksheet, value: Plain, style: str) -> WriteOnlyCell:
    from openpyxl.cell import WriteOnlyCell

    made = WriteOnlyCell(sheet, clean(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        made.data_type = "s"
    made.style = style
    return made
