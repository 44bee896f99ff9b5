"""What a Word file keeps outside its text: pictures of pages, diagrams, other documents put in, heads of pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.errors import ReadingError
from corpus.model import LineKind, SourceText
from indexer.reading.elements import Element
from indexer.reading.failures import failure
from indexer.reading.options import ReadingOptions
from indexer.reading.pdf_measure import measure
from indexer.reading.tables import LETTERHEAD, GridCell
from indexer.reading.word_text import DIAGRAM, A, W, flag

if TYPE_CHECKING:
    from docx.opc.part import Part

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_SHEET = 595 * 842  # square points of A4
_PAGE_LIKE = 0.25  # of a sheet: a picture as large may be a scanned page; logos and seals are smaller
_EMU = 12_700  # in a point
_VML_SIZE = re.compile(r"(?<![-\w])(width|height)\s*:\s*([\d.]+)(pt|in|cm|mm)?")
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835}
_FEWEST_WORDS = 4  # of a picture that says something
_KINDS = {"text/html": ".html", "application/xhtml+xml": ".html", "message/rfc822": ".mht", "text/plain": ".txt"}


@dataclass(slots=True)
class Pictures:
    """Reads the pictures of a Word file that may be scanned pages; ``unread`` counts those that cannot be opened.

    ``waiting``: the pages of those that cannot be recognised here, ``failed``: of those on which Tesseract failed.
    """

    options: ReadingOptions
    waiting: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    unread: int = 0
    failures: list[ReadingError] = field(default_factory=list)

    def text(self, reference: Element, part: Part, page: int | None) -> str:
        """What is recognised on a picture, "" where it is small, no page of text, or cannot be read here."""
        from indexer.reading.images import first_page
        from indexer.reading.ocr import available, recognise

        if _size(reference) < _PAGE_LIKE * _SHEET:
            return ""
        linked = _target(reference, part)
        if linked is None:
            return ""
        image = first_page(linked.blob)
        if image is None:
            self.unread += 1
            return ""
        if not (self.options.recognise and available()):
            self.waiting.append(page or 1)
            return ""
        try:
            text = recognise(image, self.options).text
        except ReadingError as error:
            self.failures.append(error)
            if error.code == "ocr-failed":
                self.failed.append(page or 1)
            return ""
        found = measure(text)
        return "" if found.words < _FEWEST_WORDS or found.foreign else text


def _target(reference: Element, part: Part) -> Part | None:
    """The part that a picture, diagram or chunk refers to, None where it is linked from outside or missing."""
    keys = (f"{_R}embed", f"{_R}id", f"{_R}dm")
    identity = next((value for key in keys if (value := reference.get(key))), "")
    relation = part.rels.get(identity)
    return None if relation is None or relation.is_external else relation.target_part


def _size(reference: Element) -> float:
    """The area that a picture takes on its page, in square points; 0 where nothing says."""
    for above in reference.iterancestors():
        if above.tag in {f"{_WP}inline", f"{_WP}anchor"}:
            extent = above.find(f"{_WP}extent")
            sides = [extent.get(name, "0") for name in ("cx", "cy")] if extent is not None else []
            width, height = (int(side) / _EMU if side.isascii() and side.isdigit() else 0 for side in sides or "00")
            return width * height
        style = above.get("style") or ""
        sizes = {name: float(value) * _POINTS[unit or "pt"] for name, value, unit in _VML_SIZE.findall(style)}
        if len(sizes) == 2:  # noqa: PLR2004  (width and height)
            return sizes["width"] * sizes["height"]
    return 0.0


def diagram_lines(reference: Element, part: Part) -> Iterator[str]:
    """The texts in the boxes of a diagram (SmartArt), in the order of its data (21.4.2)."""
    from docx.oxml import parse_xml

    target = _target(reference, part)
    if target is None:
        return
    for point in parse_xml(target.blob).iter(f"{DIAGRAM}pt"):
        for paragraph in point.iter(f"{A}p"):
            text = "".join(run.text or "" for run in paragraph.iter(f"{A}t"))
            if text.strip():
                yield text


def chunk(reference: Element, part: Part, options: ReadingOptions) -> SourceText:
    """The text of a document that another program put in whole (w:altChunk, 17.17.2.1). Raises ReadingError."""
    from indexer.reading import read_bytes

    target = _target(reference, part)
    if target is None:
        raise failure("docx-damaged", cause="missing")
    suffix = _KINDS.get(target.content_type, "." + str(target.partname).rpartition(".")[2])
    return read_bytes(target.blob, suffix, options)


def blocks_of(source: SourceText) -> Iterator[tuple[str, LineKind, int] | tuple[list[list[GridCell]], int]]:
    """The lines of a text with kind and level, and its tables as grids with the count of their heads."""
    grids = {table.cells[0].start: table for table in source.tables if table.cells}
    starts = sorted(grids)
    ends = {start: max(cell.end for cell in grids[start].cells) for start in starts}
    past = -1
    for line in source.lines:
        if line.start < past:
            continue
        start = next((at for at in starts if line.start <= at <= line.end and line.kind is LineKind.ROW), None)
        if start is None:
            yield source.text[line.start : line.end], line.kind, line.level
            continue
        past = ends[start] + 1
        rows: dict[int, list[GridCell]] = {}
        for cell in grids[start].cells:
            for row in range(cell.row, cell.row + cell.rows):
                text = source.text[cell.start : cell.end] if row == cell.row else ""
                rows.setdefault(row, []).append(GridCell(text, cell.columns, row > cell.row))
        yield [rows[row] for row in sorted(rows)], grids[start].heads


def printed_once(section: Element, part: Part) -> Iterator[tuple[str, Element, Part]]:
    """What stands over and under the text of the first page only: "header" or "footer", its content, its part.

    A running head counts where it is a letterhead. Paragraphs that count pages are left out.
    """
    from docx.oxml import parse_xml

    title = flag(section.find(f"{W}titlePg"))
    for kind in ("header", "footer"):
        references = section.iterfind(f"{W}{kind}Reference")
        wanted = next((r for r in references if r.get(f"{W}type") == ("first" if title else "default")), None)
        target = _target(wanted, part) if wanted is not None else None
        if target is None:
            continue
        content = parse_xml(target.blob)
        for paragraph in [p for p in content.iter(f"{W}p") if _counts_pages(p)]:
            paragraph.getparent().remove(paragraph)
        if title or LETTERHEAD.search(" ".join(content.itertext())):
            yield kind, content, target


def _counts_pages(paragraph: Element) -> bool:
    codes = [code.text or "" for code in paragraph.iter(f"{W}instrText")]
    codes += [simple.get(f"{W}instr", "") for simple in paragraph.iter(f"{W}fldSimple")]
    return any("PAGE" in code for code in codes)
