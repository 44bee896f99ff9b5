"""Word files: the body in order, with the numbers that Word prints, tables, text boxes and notes."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.model import LineKind, SourceText
from indexer.reading.elements import Element
from indexer.reading.failures import failure
from indexer.reading.lines import Assembly
from indexer.reading.numbering import Numbering, parse_numbering
from indexer.reading.tables import is_layout, row_text

if TYPE_CHECKING:
    from docx.document import Document
    from docx.opc.part import Part

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# Elements whose content is not shown: deleted or moved-away text, field codes, properties, comments' ranges.
_SKIPPED = frozenset(
    f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "rPr", "pPr", "sdtPr", "tblPr")
)
_CHARACTERS = {f"{_W}tab": "\t", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}softHyphen": "", f"{_W}ptab": "\t"}
_HARD_BREAK, _RENDERED_BREAK = "\f", "\v"  # page breaks among a paragraph's pieces
_HEADING_NAME = re.compile(r"heading ([1-9])$", re.IGNORECASE)
_BODY_TEXT_LEVEL = 9  # w:outlineLvl of text that is no heading (17.3.1.20)
_DEEPEST_HEADING = 6
_OFF = {"0", "false", "off", "none"}


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
        self._styles = {style.get(f"{_W}styleId"): style for style in document.styles.element.iterfind(f"{_W}style")}
        self._default_style = next((i for i, s in self._styles.items() if _is_default_paragraph(s)), "")
        self._style_numbers: dict[str, list[tuple[str, Element | None]]] = {}
        self._numbering = _numbering(document.part)
        root = document.element.body
        self._rendered = next(root.iter(f"{_W}lastRenderedPageBreak"), None) is not None
        hard = root.xpath(".//w:br[@w:type='page'] | .//w:pageBreakBefore")
        self.page: int | None = 1 if self._rendered or hard else None

    def walk(self, container: Element) -> None:
        """Adds the blocks of a body, cell, text box or content control."""
        for block in _children(container):
            if block.tag == f"{_W}p":
                self._paragraph(block)
            elif block.tag == f"{_W}tbl":
                self._table(block)
            elif block.tag not in _SKIPPED:
                self.walk(block)

    def notes(self, part: Part) -> tuple[str, ...]:
        """Adds foot- and endnotes after the body; says what of the file was not read."""
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.oxml import parse_xml

        for relation in part.rels.values():
            if relation.reltype in {RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES}:
                for note in parse_xml(relation.target_part.blob):
                    if note.get(f"{_W}type") in {None, "normal"}:
                        self.walk(note)
        charts = sum(1 for r in part.rels.values() if r.reltype.endswith(("/chart", "/diagramData", "/oleObject")))
        if not charts:
            return ()
        return (f"{charts} biểu đồ hoặc đối tượng nhúng không đọc ({charts} charts or embedded objects were not read)",)

    def _paragraph(self, paragraph: Element) -> None:
        if not self._rendered and self.assembly.started and _flag(_property(paragraph, "pageBreakBefore")):
            self._turn()
        boxes: list[Element] = []
        text, page = self._read(paragraph, boxes)
        label = self._label(paragraph)  # a numbered paragraph counts even when it is empty
        if text.strip():
            level = self._level(paragraph)
            kind = LineKind.HEADING if level else LineKind.TEXT
            text = " ".join(text.split()) if level else text
            self.assembly.add(f"{label} {text.lstrip()}" if label else text, kind, level, page)
        for box in boxes:
            self.walk(box)

    def _read(self, paragraph: Element, boxes: list[Element]) -> tuple[str, int | None]:
        """A paragraph's text and the page where its first words stand; page breaks in it turn the page."""
        text, page = "", self.page
        for piece in _runs(paragraph, boxes):
            if piece not in (_HARD_BREAK, _RENDERED_BREAK):
                text += piece
            elif self._rendered == (piece == _RENDERED_BREAK):
                self._turn()
                page = page if text.strip() else self.page
        return text, page

    def _turn(self) -> None:
        if self.page is not None:
            self.page += 1

    def _table(self, table: Element) -> None:
        rows = [list(_cells(row)) for row in _rows(table)]
        texts = [[_plain(cell) for cell, _, _ in row] for row in rows]
        if is_layout(texts, self._bordered(table)):
            for row in rows:
                for cell, _, continued in row:
                    if not continued:
                        self.walk(cell)
            return
        for row in rows:
            cells: list[str] = []
            pages: list[int | None] = []
            for cell, span, continued in row:
                cells += ["" if continued else self._cell(cell, pages), *[""] * (span - 1)]
            self.assembly.add(row_text(cells), LineKind.ROW, page=next(iter(pages), self.page))

    def _cell(self, cell: Element, pages: list[int | None]) -> str:
        """A cell's text with the list numbers of its paragraphs; the pages where these stand go to ``pages``."""
        parts = []
        for block in cell.iter(f"{_W}p"):
            if any(above.tag in _SKIPPED or above.tag == f"{_MC}Fallback" for above in block.iterancestors()):
                continue
            text, page = self._read(block, [])
            label = self._label(block)
            if text.strip():
                parts.append(f"{label} {text}")
                pages.append(page)
        return " ".join(parts)

    def _bordered(self, table: Element) -> bool:
        borders = table.find(f"{_W}tblPr/{_W}tblBorders")
        if borders is None:
            name = table.find(f"{_W}tblPr/{_W}tblStyle")
            chain = self._chain("" if name is None else name.get(f"{_W}val", ""))
            borders = next((b for s in chain if (b := s.find(f"{_W}tblPr/{_W}tblBorders")) is not None), None)
        if borders is not None and any(side.get(f"{_W}val") not in {"nil", "none"} for side in borders):
            return True
        sides = table.iterfind(f"{_W}tr/{_W}tc/{_W}tcPr/{_W}tcBorders/*")
        return any(side.get(f"{_W}val") not in {"nil", "none"} for side in sides)

    def _chain(self, style_id: str) -> Iterator[Element]:
        """A style and those it is based on, nearest first."""
        seen = set()
        while style_id in self._styles and style_id not in seen:
            seen.add(style_id)
            style = self._styles[style_id]
            yield style
            based_on = style.find(f"{_W}basedOn")
            style_id = "" if based_on is None else based_on.get(f"{_W}val", "")

    def _style_id(self, paragraph: Element) -> str:
        named = _property(paragraph, "pStyle")
        return str(self._default_style if named is None else named.get(f"{_W}val", ""))

    def _level(self, paragraph: Element) -> int:
        """A heading's level, 0 for text: by outline level, or by the name of the paragraph's style or one under it."""
        own = _property(paragraph, "outlineLvl")
        if own is not None:
            return _heading_level(own)
        for style in self._chain(self._style_id(paragraph)):
            outline = style.find(f"{_W}pPr/{_W}outlineLvl")
            if outline is not None:
                return _heading_level(outline)
            named = style.find(f"{_W}name")
            name = "" if named is None else named.get(f"{_W}val", "")
            found = _HEADING_NAME.match(name)
            if found or name.lower() == "title":
                return min(int(found[1]), _DEEPEST_HEADING) if found else 1
        return 0

    def _label(self, paragraph: Element) -> str:
        """The number or bullet that Word prints before a paragraph, "" where it prints none."""
        properties = [("", paragraph.find(f"{_W}pPr/{_W}numPr"))]
        properties += self._numbers_of_style(self._style_id(paragraph))
        depth: int | None = None
        for style_id, number in properties:
            if number is None:
                continue
            level, identity = number.find(f"{_W}ilvl"), number.find(f"{_W}numId")
            if depth is None and level is not None:
                depth = int(level.get(f"{_W}val", "0"))
            if identity is not None:
                list_id = identity.get(f"{_W}val", "0")
                if depth is None:
                    depth = self._numbering.depth_of_style(list_id, style_id) if style_id else 0
                return self._numbering.label(list_id, depth)
        return ""

    def _numbers_of_style(self, style_id: str) -> list[tuple[str, Element | None]]:
        """The list references of a style and those it is based on, nearest first, each with its style."""
        if style_id not in self._style_numbers:
            self._style_numbers[style_id] = [
                (style.get(f"{_W}styleId", ""), style.find(f"{_W}pPr/{_W}numPr")) for style in self._chain(style_id)
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
    return style.get(f"{_W}type") == "paragraph" and style.get(f"{_W}default") in {"1", "true"}


def _property(paragraph: Element, name: str) -> Element | None:
    return paragraph.find(f"{_W}pPr/{_W}{name}")


def _flag(element: Element | None) -> bool:
    """An on-off property (17.17.4): present is on unless it says off."""
    return element is not None and element.get(f"{_W}val", "1").lower() not in _OFF


def _heading_level(outline: Element) -> int:
    level = int(outline.get(f"{_W}val", str(_BODY_TEXT_LEVEL)))
    return 0 if level >= _BODY_TEXT_LEVEL else min(level + 1, _DEEPEST_HEADING)


def _children(element: Element) -> Iterator[Element]:
    """Child elements; of alternatives of one content (17.17.3) only the first, so that nothing is read twice."""
    for child in element.iterchildren("*"):
        if child.tag == f"{_MC}AlternateContent":
            chosen = next(child.iterchildren(f"{_MC}Choice", f"{_MC}Fallback"), None)
            if chosen is not None:
                yield from _children(chosen)
        else:
            yield child


def _runs(element: Element, boxes: list[Element]) -> Iterator[str]:
    """The text of a paragraph in pieces, page breaks marked; its text boxes go to ``boxes``."""
    for child in _children(element):
        tag = child.tag
        if tag in {f"{_W}t", _MATH_TEXT}:
            yield child.text or ""
        elif tag in _CHARACTERS:
            yield _CHARACTERS[tag]
        elif tag == f"{_W}br":
            yield _HARD_BREAK if child.get(f"{_W}type") == "page" else "\n"
        elif tag == f"{_W}lastRenderedPageBreak":
            yield _RENDERED_BREAK
        elif tag == f"{_W}txbxContent":
            boxes.append(child)
        elif tag not in _SKIPPED and not (tag == f"{_W}r" and _flag(child.find(f"{_W}rPr/{_W}vanish"))):
            yield from _runs(child, boxes)


def _plain(cell: Element) -> str:
    """A cell's words, without numbers and notes, to judge what the table is for."""
    return "\n".join("".join(text.text or "" for text in block.iter(f"{_W}t")) for block in cell.iter(f"{_W}p"))


def _rows(table: Element) -> Iterator[Element]:
    for child in _children(table):
        if child.tag == f"{_W}tr":
            yield child
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"}:
            yield from _rows(child)


def _cells(row: Element) -> Iterator[tuple[Element, int, bool]]:
    """The cells of a row: element, columns covered, whether it only continues the cell above."""
    for child in _children(row):
        if child.tag == f"{_W}tc":
            span = child.find(f"{_W}tcPr/{_W}gridSpan")
            merge = child.find(f"{_W}tcPr/{_W}vMerge")
            columns = int(span.get(f"{_W}val", "1")) if span is not None else 1
            yield child, max(1, min(columns, 100)), merge is not None and merge.get(f"{_W}val") != "restart"
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml"}:
            yield from _cells(child)
