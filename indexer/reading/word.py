"""Word files: the body in order, with the numbers that Word prints, tables, text boxes and notes."""

from __future__ import annotations

import io
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
from indexer.reading.options import DEFAULTS, ReadingOptions
from indexer.reading.tables import GridCell, TableAssembly, is_layout
from indexer.reading.word_floats import Pictures, blocks_of, chunk, diagram_lines, printed_once
from indexer.reading.word_package import properties, sound_package
from indexer.reading.word_styles import Styles
from indexer.reading.word_tables import cells, plain, rows, skipped_columns, widths
from indexer.reading.word_text import (
    DIAGRAM,
    HARD_BREAK,
    MC,
    RENDERED_BREAK,
    SKIPPED,
    W,
    children,
    flag,
    is_placeholder,
    pieces,
)

if TYPE_CHECKING:
    from docx.document import Document
    from docx.opc.part import Part

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


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
        self._styles = Styles(document)
        self._deleted_mark: list[Piece] = []  # text whose paragraph mark is deleted: the next paragraph goes on with it
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
        if not self._rendered and self.assembly.started and flag(paragraph.find(f"{W}pPr/{W}pageBreakBefore")):
            self._turn()
        floats: list[Element] = []
        run, page = self._read(paragraph, floats)
        run = self._deleted_mark + run
        if paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None:
            self._deleted_mark = run
            return
        self._deleted_mark = []
        text = self.conversion.shown(run)
        label = self._styles.label(paragraph)  # a numbered paragraph counts even when it is empty
        if text.strip() and not self._styles.is_contents(paragraph):
            level = self._styles.level(paragraph)
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
        page, started, styles = self.page, False, self._styles
        for piece in pieces(paragraph, floats, styles.fonts, styles.font(paragraph), hidden=styles.hides(paragraph)):
            if piece.text not in (HARD_BREAK, RENDERED_BREAK):
                run.append(piece)
                started = started or bool(piece.text.strip())
            elif self._rendered == (piece.text == RENDERED_BREAK):
                self._turn()
                page = page if started else self.page
        return run, page

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
            text, label = self.conversion.shown(run), self._styles.label(block)
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
            chain = self._styles.chain("" if name is None else name.get(f"{W}val", ""))
            borders = next((b for s in chain if (b := s.find(f"{W}tblPr/{W}tblBorders")) is not None), None)
        if borders is not None and any(side.get(f"{W}val") not in {"nil", "none"} for side in borders):
            return True
        sides = table.iterfind(f"{W}tr/{W}tc/{W}tcPr/{W}tcBorders/*")
        return any(side.get(f"{W}val") not in {"nil", "none"} for side in sides)
