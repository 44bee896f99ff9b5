"""A text laid out for reading: lines that a page broke are joined, headings, list items and table rows told apart.

Works on spans of the text, so that what is shown is the source's own characters: joining puts a blank for a break.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from corpus.model import Provision

Span = tuple[int, int]


class BlockKind(StrEnum):
    """How a block is shown."""

    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that are shown as one; ``page`` counts form feeds from 1; ``level`` is 1-6 for a heading, else 0."""

    kind: BlockKind
    lines: tuple[Span, ...]
    page: int
    level: int = 0

    @property
    def start(self) -> int:
        """Where it starts in the text."""
        return self.lines[0][0]

    @property
    def end(self) -> int:
        """Where it ends in the text, exclusive."""
        return self.lines[-1][1]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of shown text; ``marked``: it holds words of the question.

    ``pointed``: it is of the span that a link points at; ``opens``: that span begins with it.
    """

    text: str
    marked: bool
    pointed: bool = False
    opens: bool = False


_WIDEST_WRAPPED = 160  # characters; a text whose usual lines are longer has a paragraph a line
_NARROWEST = 60  # characters; below it a usual width says nothing
# Prepositions, conjunctions and words that announce a number: no paragraph ends in one (our list).
_OPEN = re.compile(
    r"\s(?:số|ngày|tháng|năm|khoản|điểm|và|hoặc|của|các|những|về|tại|theo|cho|với|trên|từ|đến|do|để|là)$"
)
_FEWEST_OPEN = 3  # words; shorter lines may be cells of a table ("đến ngày")
_FULL_LINE = 0.72  # of the usual width: a shorter line was ended on purpose
_CELL_BREAK = " | "
_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_PAGE_NUMBER = re.compile(r"[-–—\s]*\d{1,4}[-–—\s]*")
_PAGE_EDGE = re.compile(r"^(?:\s|[-–—]|\d{1,4}(?=\s))*")
_ITEM = re.compile(r"[-–—+•*●○▪]\s*\S|[a-zđ]\s?[.)]\s|\(?\d{1,3}\)\s")
_NUMBERED = re.compile(
    r"\d{1,2}(?:\.\d{1,2})*\.\s?\D|[IVXLC]+\s?[.-]\s"
    r"|(?:Điều|Chương|Mục|Phần|Phụ lục|CHƯƠNG|MỤC|PHẦN|PHỤ LỤC)\s+[\dIVXLC]"
)
_ENDED = re.compile(r"[.;:!?…][\"”’)]*$")
_LONGEST_HEADING = 40  # words
_LONGEST_MARKER = 80  # characters before a heading's own words: its number


def lay_out(text: str, provisions: Sequence[Provision] = (), cuts: Sequence[int] = ()) -> tuple[Block, ...]:
    """The blocks of a text in reading order; none reaches over an offset in ``cuts``.

    Every character but blanks, breaks and page numbers beside a form feed is in exactly one block.
    """
    headings = dict(_headings(text, provisions))
    borders = sorted({*cuts, *headings, *(end for end, _ in headings.values())})
    lines = list(_lines(text, borders))
    widths = sorted(line.end - line.start for line in lines)
    usual = max(_NARROWEST, widths[len(widths) * 9 // 10] if widths else 0)
    blocks: list[Block] = []
    heading_end = -1
    for line in lines:
        span = (line.start, line.end)
        if line.start in headings:
            heading_end, level = headings[line.start]
            blocks.append(Block(BlockKind.HEADING, (span,), line.page, level))
        elif blocks and (
            line.end <= heading_end
            or (not _parted(borders, blocks[-1].end, line.start) and _continues(text, blocks[-1], line, usual))
        ):
            last = blocks[-1]
            blocks[-1] = Block(last.kind, (*last.lines, span), last.page, last.level)
        else:
            blocks.append(Block(_kind(text[line.start : line.end]), (span,), line.page))
    return tuple(blocks)


def _parted(borders: Sequence[int], end: int, start: int) -> bool:
    return bisect_left(borders, end) < bisect_right(borders, start)


def runs(text: str, block: Block, marks: Sequence[Span] = (), pointed: Span | None = None) -> tuple[Run, ...]:
    """The shown text of a block, its breaks as blanks, cut where a mark or the span pointed at begins or ends."""

    def piece(shown: str, first: int, last: int) -> Run:
        inside = pointed is not None and pointed[0] <= first and last <= pointed[1]
        opens = inside and pointed is not None and first == pointed[0]
        return Run(shown, any(a <= first and last <= b for a, b in marks), inside, opens)

    borders = sorted({offset for span in (*marks, *([pointed] if pointed else ())) for offset in span})
    pieces: list[Run] = []
    for number, (start, end) in enumerate(block.lines):
        if number:
            pieces.append(piece(" ", block.lines[number - 1][1], start))
        inside = borders[bisect_right(borders, start) : bisect_left(borders, end)]
        pieces += [piece(text[first:last], first, last) for first, last in pairwise((start, *inside, end))]
    return tuple(_merged(pieces))


def cells(
    text: str, block: Block, marks: Sequence[Span] = (), pointed: Span | None = None
) -> tuple[tuple[Run, ...], ...]:
    """The shown text of a row, a cell at a time."""
    return tuple(
        runs(text, Block(BlockKind.PARAGRAPH, (cell,), block.page), marks, pointed) for cell in _cells(text, block)
    )


def first_shown(text: str, blocks: Sequence[Block], span: Span) -> int | None:
    """The first offset of a span that is shown in a block; None where nothing of it is."""
    for block in blocks:
        if block.end <= span[0]:
            continue
        for start, end in _cells(text, block) if block.kind is BlockKind.ROW else block.lines:
            if max(start, span[0]) < min(end, span[1]):
                return max(start, span[0])
    return None


def _cells(text: str, block: Block) -> Iterator[Span]:
    start, end = block.start, block.end
    # Markdown bounds a row with bars; elsewhere a bar at the start follows a blank, which stands for an empty cell.
    bounded = text[start] == "|" and text[end - 1] == "|" and not text[:start].endswith(" ")
    if bounded and end - start > 1:
        start, end = start + 1, end - 1
    return _split(text, start, end)


def _split(text: str, start: int, end: int) -> Iterator[Span]:
    at = start
    while (bar := text.find("|", at, end)) >= 0:
        yield _stripped(text, at, bar)
        at = bar + 1
    yield _stripped(text, at, end)


def _merged(pieces: Sequence[Run]) -> Iterator[Run]:
    held: Run | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if held and not piece.opens and (held.marked, held.pointed) == (piece.marked, piece.pointed):
            held = replace(held, text=held.text + piece.text)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


@dataclass(frozen=True, slots=True)
class _Line:
    """Part of a line without blanks around it; ``gap``: a blank line or a page break stands before it."""

    start: int
    end: int
    page: int
    gap: bool


def _lines(text: str, borders: Sequence[int]) -> Iterator[_Line]:
    """The lines of a text that hold something, cut at borders."""
    raw: list[tuple[int, int, int]] = []
    start, page = 0, 1
    for found in _BREAK.finditer(text):
        raw.append((*_stripped(text, start, found.start()), page))
        start = found.end()
        page += found[0] == "\f"
    raw.append((*_stripped(text, start, len(text)), page))
    furniture = set(_page_numbers(text, raw))
    gap = True
    for number, (first, last, page) in enumerate(raw):
        if first == last:
            gap = True
        elif number not in furniture:
            inside = borders[bisect_right(borders, first) : bisect_left(borders, last)]
            for begin, end in pairwise((first, *inside, last)):
                piece = _stripped(text, begin, end)
                if piece[0] < piece[1]:
                    yield _Line(*piece, page, gap)
                    gap = False


def _page_numbers(text: str, lines: Sequence[tuple[int, int, int]]) -> Iterator[int]:
    """Lines that are only a number, first or last of their page, where the text has pages."""
    filled = [(number, line) for number, line in enumerate(lines) if line[0] < line[1]]
    for place, (number, (start, end, page)) in enumerate(filled):
        before = filled[place - 1][1][2] if place else page
        after = filled[place + 1][1][2] if place + 1 < len(filled) else page
        if (before != page or after != page) and _PAGE_NUMBER.fullmatch(text, start, end):
            yield number


def _kind(words: str) -> BlockKind:
    if _CELL_BREAK in words:
        return BlockKind.ROW
    return BlockKind.ITEM if _ITEM.match(words) else BlockKind.PARAGRAPH


def _continues(text: str, last: Block, line: _Line, usual: int) -> bool:
    """Whether a line goes on with the block before it."""
    words = text[line.start : line.end]
    if usual > _WIDEST_WRAPPED or last.kind in (BlockKind.ROW, BlockKind.HEADING) or _CELL_BREAK in words:
        return False
    start, end = last.lines[-1]
    before = text[start:end]
    if _ITEM.match(words):
        return False
    ended = bool(_ENDED.search(before))
    goes_on = words[0].islower()
    if line.gap:
        # Over a blank line only a sentence that a page broke goes on.
        return goes_on and not ended and "\f" in text[end : line.start]
    full = end - start >= usual * _FULL_LINE
    if _OPEN.search(before) and len(before.split()) >= _FEWEST_OPEN:
        return True
    if goes_on:
        return full or not ended
    return full and not ended and not _NUMBERED.match(words)


def heading_starts(text: str, provisions: Sequence[Provision]) -> frozenset[int]:
    """Where provisions start whose heading stands alone, over text or provisions of its own."""
    return frozenset(start for start, _ in _headings(text, provisions))


def _headings(text: str, provisions: Sequence[Provision]) -> Iterator[tuple[int, tuple[int, int]]]:
    """The headings that stand on lines of their own over something: start, with end and level."""
    for provision in provisions:
        words = provision.heading.split()
        if not words or len(words) > _LONGEST_HEADING:
            continue
        pattern = r"\s+".join(map(re.escape, words)) + r"[ \t.:*_|]*(?=[\n\f]|\Z)"
        reach = min(provision.end, provision.start + _LONGEST_MARKER + 2 * len(provision.heading))
        found = re.compile(pattern).search(text, provision.start, reach)
        if found is None:
            continue
        rest = _PAGE_EDGE.sub("", text[found.end() : provision.end])
        if rest and (_ITEM.match(rest) or not rest[0].islower()):  # else the words go on: it is a paragraph's opening
            yield provision.start, (found.end(), min(6, provision.level + 1))
