"""Word files: the body in order, with the numbers that Word prints, tables, text boxes and notes."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.model import LineKind, Quality, SourceText
from indexer.reading.elements import Element
from indexer.reading.failures import failure
from indexer.reading.legacy_fonts import Conversion, Piece
from indexer.reading.lines import Assembly
from indexer.reading.numbering import Numbering, parse_numbering
from indexer.reading.tables import GridCell, TableAssembly, is_layout
from indexer.reading.word_text import (
    HARD_BREAK,
    MC,
    RENDERED_BREAK,
    SKIPPED,
    Fonts,
    W,
    children,
    document_font,
    flag,
    is_placeholder,
    pieces,
)

if TYPE_CHECKING:
    from docx.document import Document
    from docx.opc.part import Part

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_HEADING_NAME = re.compile(r"heading ([1-9])$", re.IGNORECASE)
_BODY_TEXT_LEVEL = 9  # w:outlineLvl of text that is no heading (17.3.1.20)
_DEEPEST_HEADING = 6
_CONTENTS = re.compile(r"toc (?:[1-9]|heading)$", re.IGNORECASE)
_MOST_COLUMNS = 100


def read_docx(data: bytes) -> SourceText:
    """The text of a .docx, a line a paragraph or table row, list numbers restored.

    Pages are counted by the breaks that Word recorded when it last laid the file out, else by hard page breaks; None
    where the file has neither. Raises ReadingError ``docx-damaged``.
    """
    import docx
    from docx.opc.exceptions import OpcError
    from lxml import etree

    try:
        if _declares_doctype(data):
            raise failure("docx-damaged", cause="doctype")
        document = docx.Document(io.BytesIO(data))
        body = _Body(document)
        body.walk(document.element.body)
        warnings = body.notes(document.part)
        title, subject = _properties(document)
    except (zipfile.BadZipFile, zlib.error, OpcError, etree.LxmlError, LookupError, ValueError, AttributeError, OSError,
            RuntimeError) as error:  # fmt: skip
        raise failure("docx-damaged", cause=_cause(error)) from error
    text, lines = body.assembly.finish()
    return SourceText(
        text=text,
        lines=lines,
        media_type=_MEDIA_TYPE,
        reader="docx",
        wrapped=False,
        pages=body.page,
        title=title,
        note=subject,
        warnings=warnings,
        quality=Quality.CONVERTED if body.conversion.encoding else Quality.NATIVE,
        converted_from=body.conversion.encoding,
        tables=tuple(body.tables.tables),
    )


def _declares_doctype(data: bytes) -> bool:
    """Whether a part declares a DOCTYPE: its entities are not expanded, so that text after one would be lost unseen."""
    marks = ["<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = (package.read(name) for name in package.namelist() if name.endswith((".xml", ".rels")))
        return any(mark in part for part in parts for mark in marks)


def _properties(document: Document) -> tuple[str, str]:
    """Title and subject; python-docx makes properties up where the package has none."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    relations = document.part.package.rels.values() if document.part.package else ()
    if not any(relation.reltype == RELATIONSHIP_TYPE.CORE_PROPERTIES for relation in relations):
        return "", ""
    properties = document.core_properties
    return (properties.title or "").strip(), (properties.subject or "").strip()


def _cause(error: Exception) -> str:
    from lxml import etree

    if isinstance(error, zipfile.BadZipFile | zlib.error | OSError):
        return "package"
    if isinstance(error, etree.LxmlError):
        return "deep" if "depth" in str(error) else "markup"
    return "missing" if isinstance(error, LookupError) else "content"


class _Body:
    """Walks a document's blocks in order; ``page`` is the page reached, None where the file records no breaks."""

    def __init__(self, document: Document) -> None:
        self.assembly = Assembly()
        self.tables = TableAssembly(self.assembly)
        self.conversion = Conversion()
        self._styles = {style.get(f"{W}styleId"): style for style in document.styles.element.iterfind(f"{W}style")}
        self._default_style = next((i for i, s in self._styles.items() if _is_default_paragraph(s)), "")
        self._fonts = Fonts(self._styles, document_font(document.styles.element))
        self._style_fonts: dict[str, str] = {}
        self._deleted_mark: list[Piece] = []  # text whose paragraph mark is deleted: the next paragraph goes on with it
        self._style_numbers: dict[str, list[tuple[str, Element | None]]] = {}
        self._numbering = _numbering(document.part)
        root = document.element.body
        self._rendered = next(root.iter(f"{W}lastRenderedPageBreak"), None) is not None
        hard = root.xpath(".//w:br[@w:type='page'] | .//w:pageBreakBefore")
        self.page: int | None = 1 if self._rendered or hard else None

    def walk(self, container: Element) -> None:
        """Adds the blocks of a body, cell, text box or content control."""
        for block in children(container):
            if block.tag == f"{W}p":
                self._paragraph(block)
            elif block.tag == f"{W}tbl":
                self._table(block)
            elif block.tag not in SKIPPED and not is_placeholder(block):
                self.walk(block)

    def notes(self, part: Part) -> tuple[str, ...]:
        """Adds foot- and endnotes after the body; says what of the file was not read."""
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.oxml import parse_xml

        for relation in part.rels.values():
            if relation.reltype in {RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES}:
                for note in parse_xml(relation.target_part.blob):
                    if note.get(f"{W}type") in {None, "normal"}:
                        self.walk(note)
        charts = sum(1 for r in part.rels.values() if r.reltype.endswith(("/chart", "/diagramData", "/oleObject")))
        if not charts:
            return ()
        return (f"{charts} biểu đồ hoặc đối tượng nhúng không đọc ({charts} charts or embedded objects were not read)",)

    def _paragraph(self, paragraph: Element) -> None:
        if not self._rendered and self.assembly.started and flag(_property(paragraph, "pageBreakBefore")):
            self._turn()
        boxes: list[Element] = []
        run, page = self._read(paragraph, boxes)
        run = self._deleted_mark + run
        if paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None:
            self._deleted_mark = run
            return
        self._deleted_mark = []
        text = self.conversion.shown(run)
        label = self._label(paragraph)  # a numbered paragraph counts even when it is empty
        if text.strip() and not self._is_contents(paragraph):
            level = self._level(paragraph)
            kind = LineKind.HEADING if level else LineKind.TEXT
            text = " ".join(text.split()) if level else text
            self.assembly.add(f"{label} {text.lstrip()}" if label else text, kind, level, page)
        for box in boxes:
            self.walk(box)

    def _read(self, paragraph: Element, boxes: list[Element]) -> tuple[list[Piece], int | None]:
        """A paragraph's pieces and the page where its first words stand; page breaks in it turn the page."""
        run: list[Piece] = []
        page, started = self.page, False
        for piece in pieces(paragraph, boxes, self._fonts, self._font(paragraph)):
            if piece.text not in (HARD_BREAK, RENDERED_BREAK):
                run.append(piece)
                started = started or bool(piece.text.strip())
            elif self._rendered == (piece.text == RENDERED_BREAK):
                self._turn()
                page = page if started else self.page
        return run, page

    def _font(self, paragraph: Element) -> str:
        style = self._style_id(paragraph)
        if style not in self._style_fonts:
            self._style_fonts[style] = self._fonts.of_style(self._chain(style))
        return self._style_fonts[style]

    def _is_contents(self, paragraph: Element) -> bool:
        """Whether a paragraph is a line of the table of contents, which repeats the headings."""
        named = self._styles.get(self._style_id(paragraph))
        name = named.find(f"{W}name") if named is not None else None
        return name is not None and _CONTENTS.match(name.get(f"{W}val", "")) is not None

    def _turn(self) -> None:
        if self.page is not None:
            self.page += 1

    def _table(self, table: Element) -> None:
        rows = [(row, list(_cells(row))) for row in _rows(table)]
        texts = [[_plain(cell) for cell, _, _ in cells] for _, cells in rows]
        if is_layout(texts, self._bordered(table)):
            for _, cells in rows:
                for cell, _, continued in cells:
                    if not continued:
                        self.walk(cell)
            return
        page = self.page
        grid = [[*_skipped_columns(row), *map(self._cell, cells)] for row, cells in rows]
        heads = next((i for i, (row, _) in enumerate(rows) if not flag(row.find(f"{W}trPr/{W}tblHeader"))), len(rows))
        self.tables.add(grid, heads if heads < len(rows) else 0, page, _widths(table))

    def _cell(self, found: tuple[Element, int, bool]) -> GridCell:
        """A cell's text with the list numbers of its paragraphs, and the page where it begins."""
        cell, columns, continued = found
        parts: list[str] = []
        page = None
        for block in cell.iter(f"{W}p"):
            if continued or any(
                above.tag in SKIPPED or above.tag == f"{MC}Fallback" for above in block.iterancestors()
            ):
                continue
            run, on = self._read(block, [])
            text, label = self.conversion.shown(run), self._label(block)
            if text.strip():
                parts.append(f"{label} {text}")
                page = page or on
        return GridCell(" ".join(parts), columns, continued, page)

    def _bordered(self, table: Element) -> bool:
        borders = table.find(f"{W}tblPr/{W}tblBorders")
        if borders is None:
            name = table.find(f"{W}tblPr/{W}tblStyle")
            chain = self._chain("" if name is None else name.get(f"{W}val", ""))
            borders = next((b for s in chain if (b := s.find(f"{W}tblPr/{W}tblBorders")) is not None), None)
        if borders is not None and any(side.get(f"{W}val") not in {"nil", "none"} for side in borders):
            return True
        sides = table.iterfind(f"{W}tr/{W}tc/{W}tcPr/{W}tcBorders/*")
        return any(side.get(f"{W}val") not in {"nil", "none"} for side in sides)

    def _chain(self, style_id: str) -> Iterator[Element]:
        """A style and those it is based on, nearest first."""
        seen = set()
        while style_id in self._styles and style_id not in seen:
            seen.add(style_id)
            style = self._styles[style_id]
            yield style
            based_on = style.find(f"{W}basedOn")
            style_id = "" if based_on is None else based_on.get(f"{W}val", "")

    def _style_id(self, paragraph: Element) -> str:
        named = _property(paragraph, "pStyle")
        return str(self._default_style if named is None else named.get(f"{W}val", ""))

    def _level(self, paragraph: Element) -> int:
        """A heading's level, 0 for text: by outline level, or by the name of the paragraph's style or one under it."""
        own = _property(paragraph, "outlineLvl")
        if own is not None:
            return _heading_level(own)
        for style in self._chain(self._style_id(paragraph)):
            outline = style.find(f"{W}pPr/{W}outlineLvl")
            if outline is not None:
                return _heading_level(outline)
            named = style.find(f"{W}name")
            name = "" if named is None else named.get(f"{W}val", "")
            found = _HEADING_NAME.match(name)
            if found or name.lower() == "title":
                return min(int(found[1]), _DEEPEST_HEADING) if found else 1
        return 0

    def _label(self, paragraph: Element) -> str:
        """The number or bullet that Word prints before a paragraph, "" where it prints none."""
        properties = [("", paragraph.find(f"{W}pPr/{W}numPr"))]
        properties += self._numbers_of_style(self._style_id(paragraph))
        depth: int | None = None
        for style_id, number in properties:
            if number is None:
                continue
            level, identity = number.find(f"{W}ilvl"), number.find(f"{W}numId")
            if depth is None and level is not None:
                depth = int(level.get(f"{W}val", "0"))
            if identity is not None:
                list_id = identity.get(f"{W}val", "0")
                if depth is None:
                    depth = self._numbering.depth_of_style(list_id, style_id) if style_id else 0
                return self._numbering.label(list_id, depth)
        return ""

    def _numbers_of_style(self, style_id: str) -> list[tuple[str, Element | None]]:
        """The list references of a style and those it is based on, nearest first, each with its style."""
        if style_id not in self._style_numbers:
            self._style_numbers[style_id] = [
                (style.get(f"{W}styleId", ""), style.find(f"{W}pPr/{W}numPr")) for style in self._chain(style_id)
            ]
        return self._style_numbers[style_id]


def _numbering(part: Part) -> Numbering:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import parse_xml

    for relation in part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING:
            return parse_numbering(parse_xml(relation.target_part.blob))
    return Numbering()


def _is_default_paragraph(style: Element) -> bool:
    return style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in {"1", "true"}


def _property(paragraph: Element, name: str) -> Element | None:
    return paragraph.find(f"{W}pPr/{W}{name}")


def _heading_level(outline: Element) -> int:
    level = int(outline.get(f"{W}val", str(_BODY_TEXT_LEVEL)))
    return 0 if level >= _BODY_TEXT_LEVEL else min(level + 1, _DEEPEST_HEADING)


def _plain(cell: Element) -> str:
    """A cell's words, without numbers and notes, to judge what the table is for."""
    return "\n".join("".join(text.text or "" for text in block.iter(f"{W}t")) for block in cell.iter(f"{W}p"))


def _rows(table: Element) -> Iterator[Element]:
    for child in children(table):
        if child.tag == f"{W}tr":
            if child.find(f"{W}trPr/{W}del") is None:
                yield child
        elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"}:
            yield from _rows(child)


def _cells(row: Element) -> Iterator[tuple[Element, int, bool]]:
    """The cells of a row: element, columns covered, whether it only continues the cell above."""
    for child in children(row):
        if child.tag == f"{W}tc":
            if child.find(f"{W}tcPr/{W}cellDel") is not None:
                continue
            span = child.find(f"{W}tcPr/{W}gridSpan")
            merge = child.find(f"{W}tcPr/{W}vMerge")
            columns = int(span.get(f"{W}val", "1")) if span is not None else 1
            yield child, max(1, min(columns, _MOST_COLUMNS)), merge is not None and merge.get(f"{W}val") != "restart"
        elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml"}:
            yield from _cells(child)


def _skipped_columns(row: Element) -> list[GridCell]:
    """Columns of the grid that a row leaves out at its start (17.4.15), as a blank cell."""
    before = row.find(f"{W}trPr/{W}gridBefore")
    count = int(before.get(f"{W}val", "0")) if before is not None else 0
    return [GridCell("", min(count, _MOST_COLUMNS))] if count > 0 else []


def _widths(table: Element) -> tuple[float, ...]:
    """The widths of the columns of a table's grid, in twentieths of a point; () where it gives none."""
    return tuple(float(column.get(f"{W}w", "0")) for column in table.iterfind(f"{W}tblGrid/{W}gridCol"))
