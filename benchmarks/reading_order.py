"""Words of a PDF in the order of a second reader: what agrees, what is read otherwise and why, what is lost.

The second reader of a page is pypdf where it reads it soundly by measure, else pdfplumber in the order of the file,
else PDFium's own order. Words are compared without signs; where the two part words elsewhere, letters are.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

from corpus.model import Line, SourceText
from indexer.reading import ReadingOptions, read_bytes
from indexer.reading.pdf_facts import captured
from indexer.reading.pdf_layout import Printed, Row, printed, rows_of
from indexer.reading.pdf_measure import measure
from indexer.reading.pdf_words import content_of

_GAZETTE = re.compile(r"CÔNG\s+BÁO\s*/|Công báo số")
_NUMBER = re.compile(r"[\s–-]*\d{1,3}(?:\s+\d{1,3})?[\s–-]*")
_EDGE = 3  # lines of a page's top and bottom that may be its number
_AGAIN = 2  # pages: a line that comes on more is the head of a page or a table
_BEFORE, _AFTER = 3, 1  # pages on which a row that goes on over pages may stand in the other reader
_GAP = 0.3  # heights of a line; blanks between words are mostly narrower
_BELOW = 1.9  # heights of a line, from line to line in one column


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of words over a file, ours and the second reader's.

    ``ordered``: ours that the other has in this order; ``cells``: in a table's cell, which the other reads line by line
    across the row or head after head as drawn; ``beside``: in columns side by side, which ours reads each from top to
    bottom; ``apart``: all others. Of theirs: ``kept`` stand in ours in this order, ``moved`` out of it, ``heads`` are
    heads of pages and tables that come again and again, ``lost`` are not in ours.
    """

    second: tuple[str, ...]
    ours: int
    ordered: int
    cells: int
    beside: int
    apart: int
    theirs: int
    kept: int
    moved: int
    heads: int
    lost: int
    where: tuple[tuple[int, str], ...]  # page and words of those apart
    missing: tuple[tuple[int, str], ...]  # page and words of those lost

    @property
    def share(self) -> float:
        """Of our words in order, those left out whose order the page itself shows: in cells and in columns."""
        return self.ordered / max(1, self.ours - self.cells - self.beside)

    @property
    def kept_share(self) -> float:
        """Of their words, heads left out, those that ours has, be it elsewhere."""
        return (self.kept + self.moved) / max(1, self.theirs - self.heads)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    page: int
    line: int


def compare(data: bytes) -> Agreement:
    """How the order of words agrees; raises ReadingError where the file is refused, as scans are."""
    source = read_bytes(data, ".pdf", ReadingOptions(recognise=False))
    names, pages = second_reading(data)
    own = [_Token(w, line.page or 0, n) for n, line in enumerate(source.lines) for w in words(_text(source, line))]
    lines = [(number, line) for number, page in enumerate(pages, 1) for line in _without_furniture(page)]
    other = [_Token(word, page, n) for n, (page, line) in enumerate(lines) for word in words(line)]
    matched, kept = in_order([token.text for token in own], [token.text for token in other])

    near = _letters_by_page(own), _letters_by_page(other)
    counts: Counter[str] = Counter()
    where: list[tuple[int, str]] = []
    cells = _in_cells(source)
    layouts: dict[int, _Layout] = {}
    for run in _runs(own, matched):
        page, line = run[0].page, source.lines[run[0].line]
        text = "".join(token.text for token in run)
        said = all(_near(near[1], token, _AFTER, _BEFORE) for token in run)
        if page not in layouts:
            layouts[page] = _Layout(
                data, page, [bare(_text(source, each)) for each in source.lines if each.page == page]
            )
        if said and line.start in cells:
            why = "cells"
        elif said and layouts[page].reads_columns(bare(_text(source, line))):
            why = "beside"
        else:
            why = "apart"
            where.append((page, text))
        counts[why] += len(run)
    seen = Counter(line for line, _ in {(" ".join(line.split()), page) for page, line in lines})
    missing: list[tuple[int, str]] = []
    for run in _runs(other, kept):
        again = seen[" ".join(lines[run[0].line][1].split())] > _AGAIN
        for token in run:
            why = "heads" if again else "moved" if _near(near[0], token, _BEFORE, _AFTER) else "lost"
            counts[why] += 1
            missing += [(token.page, token.text)] if why == "lost" else []
    return Agreement(
        second=names,
        ours=len(own),
        ordered=sum(matched),
        cells=counts["cells"],
        beside=counts["beside"],
        apart=counts["apart"],
        theirs=len(other),
        kept=sum(kept),
        moved=counts["moved"],
        heads=counts["heads"],
        lost=counts["lost"],
        where=tuple(where),
        missing=tuple(missing),
    )


def pooled(several: Sequence[Agreement]) -> Agreement:
    """The counts of several files together."""
    counts = {field.name: sum(getattr(each, field.name) for each in several) for field in fields(Agreement)[1:-2]}
    return Agreement(second=(), where=(), missing=(), **counts)


def second_reading(data: bytes) -> tuple[tuple[str, ...], list[str]]:
    """The text of each page by the second reader, and the names of those that gave it."""
    import pdfplumber
    import pypdf
    import pypdfium2

    with captured("pypdf"):
        pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    names = dict.fromkeys(["pypdf"] if any(not measure(text).broken for text in pages) else [])
    with captured("pdfminer"), pdfplumber.open(io.BytesIO(data)) as flow, pypdfium2.PdfDocument(data) as document:
        for number, text in enumerate(pages):
            if not measure(text).broken:
                continue
            again, name = flow.pages[number].extract_text(use_text_flow=True), "pdfplumber"
            if measure(again).broken:
                again, name = document[number].get_textpage().get_text_range(), "pdfium"
            pages[number] = again
            names[name] = None
    return tuple(names), pages


def _without_furniture(page: str) -> list[str]:
    """The lines of a page without gazette lines and page numbers, which are no text of a document."""
    lines = [line for line in page.split("\n") if bare(line) and not _GAZETTE.search(line)]
    inside = range(_EDGE, len(lines) - _EDGE)
    return [line for number, line in enumerate(lines) if number in inside or not _NUMBER.fullmatch(line)]


def bare(text: str) -> str:
    """Letters and figures alone."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text))


def words(text: str) -> list[str]:
    """Its words that have any letter or figure, bare."""
    return [word for word in map(bare, text.split()) if word]


def in_order(first: Sequence[str], second: Sequence[str]) -> tuple[list[bool], list[bool]]:
    """Which words of each stand in the other in the same order: a longest common run, gaps compared by letters."""
    flags = [False] * len(first), [False] * len(second)
    pairs = common(first, second)
    for one, two in pairs:
        flags[0][one] = flags[1][two] = True
    for (one, two), (one_end, two_end) in pairwise([(-1, -1), *pairs, (len(first), len(second))]):
        gaps = first[one + 1 : one_end], second[two + 1 : two_end]
        if all(gaps):
            letters = common("".join(gaps[0]), "".join(gaps[1]))
            for flag, start, gap, at in zip(flags, (one + 1, two + 1), gaps, (0, 1), strict=True):
                _mark(flag, start, gap, {pair[at]: pair[1 - at] for pair in letters})
    return flags


def _mark(flags: list[bool], start: int, gap: Sequence[str], match: dict[int, int]) -> None:
    """Marks the words of a gap whose letters stand in a row in the other one."""
    at = 0
    for index, word in enumerate(gap, start):
        places = [match.get(letter, -1) for letter in range(at, at + len(word))]
        flags[index] = places[0] >= 0 and places == list(range(places[0], places[0] + len(word)))
        at += len(word)


def common(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    """A longest common subsequence as pairs of places (bit vectors: Crochemore et al. 2001)."""
    low = 0
    while low < min(len(first), len(second)) and first[low] == second[low]:
        low += 1
    tail = 0
    while tail < min(len(first), len(second)) - low and first[-1 - tail] == second[-1 - tail]:
        tail += 1
    across = len(second) - low - tail
    full = (1 << across) - 1
    places: dict[Hashable, int] = defaultdict(int)
    for place in range(across):
        places[second[low + place]] |= 1 << place
    rows = [full]
    for item in first[low : len(first) - tail]:
        row = rows[-1]
        hits = row & places.get(item, 0)
        rows.append(((row + hits) | (row - hits)) & full)
    middle: list[tuple[int, int]] = []
    one, two = len(rows) - 1, across
    while one and two:
        if rows[one] >> (two - 1) & 1:
            two -= 1
        elif not rows[one - 1] >> (two - 1) & 1:
            one -= 1
        else:
            one, two = one - 1, two - 1
            middle.append((low + one, low + two))
    ends = ((len(first) - left, len(second) - left) for left in range(tail, 0, -1))
    return [*((at, at) for at in range(low)), *reversed(middle), *ends]


def _runs(tokens: Sequence[_Token], found: Sequence[bool]) -> Iterator[list[_Token]]:
    """The words not found, those of one line together."""
    run: list[_Token] = []
    for token, is_found in zip(tokens, found, strict=True):
        if run and (is_found or token.line != run[-1].line):
            yield run
            run = []
        if not is_found:
            run.append(token)
    if run:
        yield run


def _text(source: SourceText, line: Line) -> str:
    return source.text[line.start : line.end]


def _in_cells(source: SourceText) -> set[int]:
    """Where the lines start that are rows of tables."""
    starts = {cell.start for table in source.tables for cell in table.cells}
    return {line.start for line in source.lines if any(start in starts for start in range(line.start, line.end))}


def _letters_by_page(tokens: Sequence[_Token]) -> dict[int, str]:
    pages: dict[int, list[str]] = defaultdict(list)
    for token in tokens:
        pages[token.page].append(token.text)
    return {page: "".join(texts) for page, texts in pages.items()}


def _near(pages: dict[int, str], token: _Token, before: int, after: int) -> bool:
    return any(token.text in pages.get(page, "") for page in range(token.page - before, token.page + after + 1))


def _parts(line: Printed, edges: set[int]) -> Iterator[Printed]:
    """A line in parts where a word after a gap stands where other lines begin."""
    start = 0
    for at, (before, word) in enumerate(pairwise(line.words), 1):
        if word.left - before.right >= _GAP * line.height and edges & {round(word.left) + off for off in (-1, 0, 1)}:
            yield printed(line.words[start:at])
            start = at
    yield printed(line.words[start:]) if start else line


class _Layout:
    """Where the lines of a page stand, by the boxes of its words alone, and which ours reads one after another."""

    def __init__(self, data: bytes, page: int, ours: Sequence[str]) -> None:
        import pypdfium2

        with pypdfium2.PdfDocument(data) as document:
            content = content_of(document[page - 1])
        self._rows: list[Row] = []
        for angle in dict.fromkeys(word.angle for word in content.words):
            rows = rows_of([word for word in content.words if word.angle == angle])
            edges = {round(line.left) for row in rows for line in row.lines}
            self._rows += [Row(tuple(part for line in row.lines for part in _parts(line, edges))) for row in rows]
        self._next = set(pairwise(ours))

    def reads_columns(self, line: str) -> bool:
        """Whether a line of ours stands beside others, and ours has the line above or below it next to it."""
        for row in self._rows:
            for piece in row.lines:
                if bare(piece.text) != line:
                    continue
                column = [other for other in self._around(piece) if bare(other.text)]
                beside = len(row.lines) > 1 or any(len(other_row.lines) > 1 for other_row in self._rows_of(column))
                texts = [bare(other.text) for other in column]
                joined = any((line, text) in self._next or (text, line) in self._next for text in texts)
                if beside and (joined or not column):
                    return True
        return False

    def _around(self, piece: Printed) -> list[Printed]:
        """The lines above and below in its column."""
        return [
            other
            for row in self._rows
            for other in row.lines
            if other is not piece
            and other.angle == piece.angle
            and 0 < abs(other.baseline - piece.baseline) <= _BELOW * max(piece.height, other.height)
            and other.left < piece.right
            and piece.left < other.right
        ]

    def _rows_of(self, pieces: Sequence[Printed]) -> Iterator[Row]:
        return (row for row in self._rows if any(line in pieces for line in row.lines))
