"""Word documents that are ready to print: headings, paragraphs, tables whose head stands on every page, links."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table as DocxTable
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph as DocxParagraph

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

WIDE = 5
"""Columns beyond which a table turns the pages on their side."""

_FONT, _SIZE, _SMALL, _TITLE = "Times New Roman", 13, 11, 14  # points; as Decree 30/2020/NĐ-CP, annex I, has them
_PAGE = (210, 297)  # A4, millimetres; so are the margins of the same annex
_TOP, _BOTTOM, _LEFT, _RIGHT = 20, 20, 30, 15
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # not allowed in XML 1.0, 2.2
_LINK_COLOUR, _ADDED, _GONE, _HEAD_FILL = "0563C1", "1B6E3C", "B00020", "DCE6F1"

Mark = Literal["", "added", "gone"]


@dataclass(frozen=True, slots=True)
class Run:
    """Some words in one manner; ``link``: the address they lead to; ``mark``: added (underlined) or gone (struck)."""

    text: str
    link: str = ""
    bold: bool = False
    italic: bool = False
    mark: Mark = ""


Words: TypeAlias = "str | Run | Sequence[Run]"
"""What a paragraph or a cell says; a line break in it stays one."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` counts from 1."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``bullet``: as an item of a list."""

    words: Words
    bullet: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one head row; ``widths``: of the columns, in any unit, all the same where empty."""

    head: Sequence[str]
    rows: Sequence[Sequence[Words]]
    widths: Sequence[float] = ()


Part: TypeAlias = Heading | Paragraph | Table


def word(title: str, notice: str, parts: Sequence[Part]) -> bytes:
    """A .docx of A4 pages with a title, the archive's ``notice`` (none where empty) and parts in their order.

    Pages lie on their side where a table has more than :data:`WIDE` columns, and are numbered from the second on. No
    text is ever taken for markup. ValueError for a table row that is not as long as its head.
    """
    import docx
    from docx.shared import Mm

    document = docx.Document()
    wide = any(isinstance(part, Table) and len(part.head) > WIDE for part in parts)
    section = document.sections[0]
    short, long = map(Mm, _PAGE)
    section.page_width, section.page_height = (long, short) if wide else (short, long)
    if wide:
        from docx.enum.section import WD_ORIENT

        section.orientation = WD_ORIENT.LANDSCAPE
    section.top_margin, section.bottom_margin = Mm(_TOP), Mm(_BOTTOM)
    section.left_margin, section.right_margin = Mm(_LEFT), Mm(_RIGHT)
    _styles(document)
    _number_pages(document)
    document.core_properties.title = _clean(title)[:255]
    document.core_properties.comments = _clean(notice)[:255]
    document.core_properties.author = "Tiền Lệ"
    _centred(document, Run(title, bold=True), _TITLE)
    if notice:
        _centred(document, Run(notice, italic=True), _SMALL)
    room = (_PAGE[1] if wide else _PAGE[0]) - _LEFT - _RIGHT
    for part in parts:
        if isinstance(part, Heading):
            document.add_heading(_clean(part.text), min(max(part.level, 1), 9))
        elif isinstance(part, Paragraph):
            _write(document.add_paragraph(style="List Bullet" if part.bullet else None), part.words)
        else:
            _table(document, part, room)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _styles(document: Document) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for name in ("Normal", *(f"Heading {level}" for level in range(1, 10))):
        style = document.styles[name]
        style.font.name = _FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(script), _FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)  # a theme's font would win over the one named
        style.font.size = Pt(_SIZE)
        if name != "Normal":
            style.font.color.rgb = RGBColor(0, 0, 0)


def _number_pages(document: Document) -> None:
    """Page numbers at the middle of the top, none on the first page (Decree 30/2020/NĐ-CP, annex I)."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    section = document.sections[0]
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _centred(document: Document, run: Run, size: int) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(paragraph, run, size)


def _table(document: Document, table: Table, room: float) -> None:
    """A table over the whole width between the margins, ``room`` millimetres."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm

    if any(len(row) != len(table.head) for row in table.rows):
        raise ValueError("every row of a table is as long as its head")
    made = document.add_table(rows=1 + len(table.rows), cols=len(table.head))
    made.style = "Table Grid"
    made.autofit = False
    shares = list(table.widths) or [1.0] * len(table.head)
    widths = [Mm(room * share / sum(shares)) for share in shares]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    heads: list[Words] = [Run(text, bold=True) for text in table.head]
    for at, (row, contents) in enumerate(zip(made.rows, [heads, *table.rows], strict=True)):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if at == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, width, words in zip(row.cells, widths, contents, strict=True):
            cell.width = width
            _write(_paragraph_of(cell), words, _SMALL)
            if at == 0:
                shading = OxmlElement("w:shd")
                shading.set(qn("w:val"), "clear")
                shading.set(qn("w:fill"), _HEAD_FILL)
                cell._tc.get_or_add_tcPr().append(shading)
    _space_after(document, made)


def _paragraph_of(cell: _Cell) -> DocxParagraph:
    from docx.shared import Pt

    paragraph: DocxParagraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def _space_after(document: Document, made: DocxTable) -> None:
    """A paragraph after a table: two that touch would be joined into one."""
    made._tbl.addnext(document.add_paragraph()._p)


def _write(paragraph: DocxParagraph, words: Words, size: int | None = None) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    runs = [Run(words)] if isinstance(words, str) else [words] if isinstance(words, Run) else words
    for run in runs:
        made = paragraph.add_run(_clean(run.text))
        made.bold, made.italic = run.bold or None, run.italic or None
        if size:
            made.font.size = Pt(size)
        if run.mark:
            made.font.underline, made.font.strike = run.mark == "added" or None, run.mark == "gone" or None
            made.font.color.rgb = RGBColor.from_string(_ADDED if run.mark == "added" else _GONE)
        if run.link and not run.mark:
            made.font.underline = True
            made.font.color.rgb = RGBColor.from_string(_LINK_COLOUR)
        if run.link:
            link = OxmlElement("w:hyperlink")
            to = paragraph.part.relate_to(_clean(run.link), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            link.set(qn("r:id"), to)
            made._r.addprevious(link)
            link.append(made._r)


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text)
