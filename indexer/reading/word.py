"""Word files: the body in order, with the numbers that Word prints, tables, text boxes and notes."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from corpus.errors import ReadingError
from corpus.model import LineKind, Quality, SourceText
from indexer.reading.elements import Element
from indexer.reading.failures import failure
from indexer.reading.legacy_fonts import Conversion, Piece
from indexer.reading.lines import Assembly
from indexer.reading.numbering import Numbering, parse_numbering
from indexer.reading.options import DEFAULTS, ReadingOptions
from indexer.reading.tables import GridCell, TableAssembly, is_layout
from indexer.reading.word_floats import Pictures, blocks_of, chunk, diagram_lines, printed_once
from indexer.reading.word_package import properties, sound_package
from indexer.reading.word_tables import cells, plain, rows, skipped_columns, widths
from indexer.reading.word_text import (
    DIAGRAM,
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


def read_docx(data: bytes, options: ReadingOptions = DEFAULTS) -> SourceText:
    """The text of a .docx, a line a paragraph or table row, list numbers restored.

    Pages are counted by the breaks that Word recorded when it last laid the file out, else by hard page breaks; None
    where the file has neither. Pictures as large as pages are recognised. Raises ReadingError ``docx-damaged``, and
    ``waiting-ocr`` where it holds nothing but pictures that cannot be recognised here.
    """
    import docx
    from docx.opc.exceptions import OpcError
    from lxml import etree

    try:
        document = docx.Document(io.BytesIO(sound_package(data)))
        body = _Body(document, options)
        body.read()
        title, subject = properties(document)
    except (zipfile.BadZipFile, zlib.error, OpcError, etree.LxmlError, LookupError, ValueError, AttributeError, OSError,
            RuntimeError) as error:  # fmt: skip
        raise failure("docx-damaged", cause=_cause(error)) from error
    text, lines = body.assembly.finish()
    if body.pictures.waiting and not body.written and not body.recognised:
        raise failure("waiting-ocr", pages=len(body.pictures.waiting))
    return SourceText(
        text=text,
        lines=lines,
        media_type=_MEDIA_TYPE,
        reader="docx+tesseract" if body.recognised else "docx",
        wrapped=body.recognised and not body.written,
        pages=body.page,
        title=title,
        note=subject,
        warnings=tuple(body.warnings()),
        quality=body.quality,
        converted_from=body.conversion.encoding,
        tables=tuple(body.tables.tables),
        waiting=tuple(dict.fromkeys((*body.pictures.waiting, *body.pictures.failed))),
    )


def _cause(error: Exception) -> str:
    from lxml import etree

    if isinstance(error, zipfile.BadZipFile | zlib.error | OSError):
        return "package"
    if isinstance(error, etree.LxmlError):
        return "deep" if "depth" in str(error) else "markup"
    return "missing" if isinstance(error, LookupError) else "content"


class _Body:
    """Walks a document's blocks in order; ``page`` is the page reached, None where the file records no breaks.

    ``written`` and ``recognised`` say whether any text is the file's own, and whether any was recognised on a picture.
    """

    def __init__(self, document: Document, options: ReadingOptions) -> None:
        self._root: Element = document.element.body
        self._part: Part = document.part
        self._options = options
        self.pictures = Pictures(options)
        self.written = self.recognised = False
        self._chunks: list[ReadingError] = []
        self.assembly = Assembly()
        self.tables = TableAssembly(self.assembly)
        self.conversion = Conversion()
        self._styles = {style.get(f"{W}styleId"): style for style in document.styles.element.iterfind(f"{W}style")}
        self._default_style = next((i for i, s in self._styles.items() if _is_default_paragraph(s)), "")
        self._fonts = Fonts(self._styles, document_font(document.styles.element))
        self._style_fonts: dict[str, str] = {}
        self._hiding: dict[str, bool] = {}
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
            elif block.tag == f"{W}altChunk":
                self._chunk(block)
            elif block.tag not in SKIPPED and not is_placeholder(block):
                self.walk(block)

    def read(self) -> None:
        """Adds the whole document: what only the first page prints, its body, its notes."""
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.oxml import parse_xml

        section = next(self._root.iter(f"{W}sectPr"), None)
        once = [] if section is None else list(printed_once(section, self._part))
        self._walk_all((content, part) for kind, content, part in once if kind == "header")
        self.walk(self._root)
        notes = [
            (note, relation.target_part)
            for relation in self._part.rels.values()
            if relation.reltype in {RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES}
            for note in parse_xml(relation.target_part.blob)
            if note.get(f"{W}type") in {None, "normal"}
        ]
        self._walk_all(notes)
        self._walk_all((content, part) for kind, content, part in once if kind == "footer")

    def _walk_all(self, contents: Iterable[tuple[Element, Part]]) -> None:
        document = self._part
        for content, self._part in contents:
            self.walk(content)
        self._part = document

    @property
    def quality(self) -> Quality:
        """How the text came to us."""
        if self.recognised:
            return Quality.MIXED if self.written else Quality.RECOGNISED
        return Quality.CONVERTED if self.conversion.encoding else Quality.NATIVE

    def warnings(self) -> Iterator[str]:
        """What of the file was not read, and why."""
        relations = [relation.reltype.rpartition("/")[2] for relation in self._part.rels.values()]
        charts = sum(relation in {"chart", "oleObject", "package"} for relation in relations) + self.pictures.unread
        if charts:
            yield (
                f"{charts} biểu đồ, hình hoặc đối tượng nhúng không đọc "
                f"({charts} charts, pictures or embedded objects were not read)"
            )
        if self.pictures.waiting:
            error = failure("waiting-ocr", pages=len(self.pictures.waiting))
            yield f"{error.vi} ({error.en})"
        for error in {error.code: error for error in (*self.pictures.failures, *self._chunks)}.values():
            yield f"{error.vi} ({error.en})"
        if "comments" in relations:
            yield "Nhận xét (comment) bên lề không đưa vào văn bản (comments in the margin are not part of the text)"

    def _paragraph(self, paragraph: Element) -> None:
        if not self._rendered and self.assembly.started and flag(_property(paragraph, "pageBreakBefore")):
            self._turn()
        floats: list[Element] = []
        run, page = self._read(paragraph, floats)
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
            self.written = True
        for item in floats:
            self._float(item)

    def _float(self, item: Element) -> None:
        """Adds a text box, the boxes of a diagram, or what is recognised on a picture."""
        if item.tag == f"{W}txbxContent":
            self.walk(item)
        else:
            self.assembly.add(self._recognised(item), page=self.page)

    def _recognised(self, item: Element) -> str:
        """The texts of a diagram, or what is recognised on a picture."""
        if item.tag == f"{DIAGRAM}relIds":
            text = "\n".join(diagram_lines(item, self._part))
            self.written = self.written or bool(text)
        else:
            text = self.pictures.text(item, self._part, self.page)
            self.recognised = self.recognised or bool(text)
        return text

    def _chunk(self, reference: Element) -> None:
        """Adds a document that stands in this one whole."""
        try:
            source = chunk(reference, self._part, self._options)
        except ReadingError as error:
            self._chunks.append(error)
            return
        for item in blocks_of(source):
            if isinstance(item[0], str):
                text, kind, level = item
                self.assembly.add(text, kind, level, self.page)
            else:
                self.tables.add(*item, self.page)
        self.written = True

    def _read(self, paragraph: Element, floats: list[Element]) -> tuple[list[Piece], int | None]:
        """A paragraph's pieces and the page where its first words stand; page breaks in it turn the page."""
        run: list[Piece] = []
        page, started = self.page, False
        hidden = self._hidden(self._style_id(paragraph))
        for piece in pieces(paragraph, floats, self._fonts, self._font(paragraph), hidden=hidden):
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

    def _hidden(self, style: str) -> bool:
        """Whether a paragraph style hides its text."""
        if style not in self._hiding:
            said = (s.find(f"{W}rPr/{W}vanish") for s in self._chain(style))
            self._hiding[style] = flag(next((vanish for vanish in said if vanish is not None), None))
        return self._hiding[style]

    def _is_contents(self, paragraph: Element) -> bool:
        """Whether a paragraph is a line of the table of contents, which repeats the headings."""
        named = self._styles.get(self._style_id(paragraph))
        name = named.find(f"{W}name") if named is not None else None
        return name is not None and _CONTENTS.match(name.get(f"{W}val", "")) is not None

    def _turn(self) -> None:
        if self.page is not None:
            self.page += 1

    def _table(self, table: Element) -> None:
        found = [(row, list(cells(row))) for row in rows(table)]
        texts = [[plain(cell) for cell, _, _ in inside] for _, inside in found]
        if is_layout(texts, self._bordered(table)):
            for _, inside in found:
                for cell, _, continued in inside:
                    if not continued:
                        self.walk(cell)
            return
        page = self.page
        grid = [[*skipped_columns(row), *map(self._cell, inside)] for row, inside in found]
        heads = next((i for i, (row, _) in enumerate(found) if not flag(row.find(f"{W}trPr/{W}tblHeader"))), len(found))
        self.tables.add(grid, heads if heads < len(found) else 0, page, widths(table))

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
            floats: list[Element] = []
            run, on = self._read(block, floats)
            text, label = self.conversion.shown(run), self._label(block)
            if text.strip():
                parts.append(f"{label} {text}")
                page = page or on
                self.written = True
            # Text boxes are among the paragraphs of the cell.
            parts += [self._recognised(item) for item in floats if item.tag != f"{W}txbxContent"]
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
