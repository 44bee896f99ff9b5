"""Paragraphs of a source text: lines that a page or a column broke are joined, headings run together are parted."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.model import Line, LineKind, SourceText
from indexer.structure import markers
from indexer.structure.table_rows import row_spans
from indexer.structure.wrapping import Wrapping, caps_go_on, stops_short


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or a table row: its span, without blanks around it.

    ``glued``: the source gives no line break before it, it was parted from the block before. ``gap``: a blank line or
    the start of the text stands before it.
    """

    start: int
    end: int
    page: int | None
    kind: LineKind
    level: int
    glued: bool = False
    gap: bool = False


_ENDS_CLAUSE = re.compile(r"""[.;:!?…]["”’)\]*_]*$""")
_BULLET = re.compile(r"[-–—+•*●○▪✓❖·]\s*\S")
# A dash inside "chính trị - xã hội", at which a line was broken, is no bullet.
_DASH_INSIDE = re.compile(
    r"(?:kinh\s+tế|chính\s+trị|văn\s+h(?:óa|oá)|xã\s+hội|lao\s+động)\n[-–]\s*(?:xã\s+hội|nghề\s+nghiệp|thương\s+binh)\b",
    re.IGNORECASE,
)
# A line that is nothing but a marker, or ends with one glued to its last word ("TRIỂN KHAI1.").
_ENDS_IN_MARKER = re.compile(
    rf"^(?:{markers.ANY})$ | (?<=[^\W\d_])\d{{1,2}}(?:\.\d{{1,2}})*\.$ | (?:Điều|ĐIỀU|Chương|CHƯƠNG)$", re.VERBOSE
)
# An article's heading at the end of a line that starts otherwise: "(Kèm theo Quyết định …)Điều 1. Phạm vi điều chỉnh".
_GLUED_ARTICLE = re.compile(r"\SĐiều\s+\d{1,3}\.\s*[^.;:]{3,70}$")
_OPENS = re.compile(r"(?:Căn\s+cứ|Xét\s+đề\s+nghị|Theo\s+đề\s+nghị|Kính\s+gửi|Nơi\s+nhận)[\s:]")
_LETTERS = re.compile(r"[^\W\d_]+")
_FULL_LINE = 0.72  # of the document's usual width: a shorter line was probably ended on purpose
_USUAL_WIDTH = 60
_FEW = 5
_ABBREVIATION = 3  # letters: a line as short says nothing by its capitals
_MOSTLY = 0.8


def page_finder(source: SourceText) -> Callable[[int], int | None]:
    """A function that gives the page on which an offset lies."""
    pages = sorted((line.start, line.page or 0) for line in source.lines)
    starts = [start for start, _ in pages]
    return lambda offset: (pages[max(0, bisect_right(starts, offset) - 1)][1] or None) if pages else None


def blocks_of(source: SourceText) -> tuple[Block, ...]:
    """The blocks of a text in reading order; every character that is not blank is in exactly one."""
    joined = _join(source) if source.wrapped else _one_each(source)
    parted: list[Block] = []
    for block in joined:
        if block.kind is LineKind.ROW:
            parted.append(block)
        else:
            parted.extend(_part(source.text, block))
    return tuple(parted)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _covering(source: SourceText) -> Iterable[tuple[Line, int, int, bool]]:
    """Lines with their stripped span; what no line covers comes as a line of its own, so that nothing is lost."""
    text, at, gap = source.text, 0, True
    page: int | None = None
    for line in _with_rows(source):
        start, end = max(line.start, at), min(line.end, len(text))
        between = _stripped(text, at, max(at, start))
        if between[0] < between[1]:
            yield Line(*between, page), *between, gap
            gap = False
        page = line.page
        start, end = _stripped(text, start, max(start, end))
        at = max(at, min(line.end, len(text)))
        if start == end:
            gap = True
            continue
        yield line, start, end, gap
        gap = False
    rest = _stripped(text, at, len(text))
    if rest[0] < rest[1]:
        yield Line(*rest, page), *rest, gap


def _with_rows(source: SourceText) -> list[Line]:
    """The lines in order, each row of a table one line, be it over many lines of the text."""
    lines = sorted(source.lines, key=lambda line: line.start)
    rows = sorted(span for table in source.tables for span in row_spans(source.text, table).values())
    kept: list[Line] = []
    row = 0
    for line in lines:
        while row < len(rows) and rows[row][1] <= line.start:
            row += 1
        if line.kind is LineKind.ROW or row == len(rows) or line.end <= rows[row][0] or line.start == line.end:
            kept.append(line)
            continue
        if line.start < rows[row][0]:
            kept.append(Line(line.start, rows[row][0], line.page))
        while row < len(rows) and rows[row][0] < line.end:
            start, end = rows[row]
            if not kept or kept[-1].start < start:
                kept.append(Line(start, end, line.page, LineKind.ROW))
            if end > line.end:
                break
            if end < line.end and (row + 1 == len(rows) or rows[row + 1][0] >= line.end):
                kept.append(Line(end, line.end, line.page))
            row += 1
    return kept


def _one_each(source: SourceText) -> list[Block]:
    return [Block(start, end, line.page, line.kind, line.level, gap=gap) for line, start, end, gap in _covering(source)]


def _join(source: SourceText) -> list[Block]:
    text = source.text
    lines = list(_covering(source))
    widths = sorted(end - start for _, start, end, _ in lines)
    width = max(_USUAL_WIDTH, widths[len(widths) * 9 // 10] if widths else 0)
    spaced = _is_spaced(text, lines)
    wrapping = Wrapping(text)
    joined: list[Block] = []
    last: tuple[Line, str] | None = None
    first = True
    for line, start, end, gap in lines:
        words = text[start:end]
        if (
            last is not None
            and joined
            and _continues(last[1], words, gap, last[0], line, width, spaced, first, wrapping)
        ):
            block = joined[-1]
            first = False
            joined[-1] = Block(block.start, end, block.page, block.kind, block.level, gap=block.gap)
        else:
            joined.append(Block(start, end, line.page, line.kind, line.level, gap=gap))
            first = True
        last = (line, words)
    return joined


def _is_spaced(text: str, lines: Sequence[tuple[Line, int, int, bool]]) -> bool:
    """Whether blank lines part the paragraphs, so that a line break alone does not."""
    numbered = [gap for _, start, end, gap in lines if markers.LINE_START.match(text, start, end)]
    return len(numbered) >= _FEW and sum(numbered) >= _MOSTLY * len(numbered)


def _is_caps(words: str) -> bool:
    letters = "".join(_LETTERS.findall(words))
    return len(letters) > 1 and letters.isupper()


def _continues(  # noqa: PLR0911  one return a rule
    before: str,
    words: str,
    gap: bool,
    line_before: Line,
    line: Line,
    width: int,
    spaced: bool,
    first: bool,
    wrapping: Wrapping,
) -> bool:
    """Whether a line goes on with the paragraph that the line before it belongs to."""
    if line.kind is not LineKind.TEXT or line_before.kind is not LineKind.TEXT:
        return False
    if not gap and _ENDS_IN_MARKER.search(before) and not words[0].islower():
        return True
    ended = bool(_ENDS_CLAUSE.search(before))
    numbered = markers.LINE_START.match(words) is not None
    if gap:
        # Only a page break, or a line that clearly stops in the middle of a sentence, is bridged.
        turned = line.page != line_before.page
        stops = not ended and (turned or len(before) >= width * _FULL_LINE) and not _is_caps(before)
        return stops and words[0].islower() and not numbered
    if _DASH_INSIDE.search(f"{before[-20:]}\n{words[:20]}"):
        return True
    if _BULLET.match(words) or numbered:
        # A number at the start of a wrapped line may be the middle of a date or of a reference.
        return not ended and not _OPENS.match(words) and markers.is_reference(before, words)
    if _OPENS.match(words) or words[0] in "|-_=*" or before[0] == "|" or not before.strip("-_=*|. "):
        return False
    if words[0].islower() or not words[0].isalpha():
        return True
    return _continues_with_capital(before, words, ended, width, spaced, first, wrapping)


def _continues_with_capital(
    before: str, words: str, ended: bool, width: int, spaced: bool, first: bool, wrapping: Wrapping
) -> bool:
    """The same for a line that starts with a capital: a name inside a sentence, or a new paragraph."""
    caps_before, caps = _is_caps(before), _is_caps(words)
    if (caps_before and caps) or (not ended and (caps_go_on(before, words) or stops_short(before))):
        return True
    if caps_before != caps and len(before) > _ABBREVIATION and len(words) > _ABBREVIATION:
        return False
    if spaced or ended:
        return spaced
    glued = _GLUED_ARTICLE.search(before) is not None
    if glued or (len(before) < width * _FULL_LINE and markers.LINE_START.match(before)):
        return wrapping.goes_on(before, words)
    # The first line of a paragraph is often short, as the source broke it where its markup stood.
    return first or len(before) >= width * _FULL_LINE


def _part(text: str, block: Block) -> Sequence[Block]:
    """A block cut where a heading is glued to the words before it."""
    cuts = markers.glued_starts(text, block.start, block.end)
    if not cuts:
        return (block,)
    parts: list[Block] = []
    for piece_start, piece_end in pairwise([block.start, *cuts, block.end]):
        start, end = _stripped(text, piece_start, piece_end)
        if start < end and not parts:
            parts.append(Block(start, end, block.page, block.kind, block.level, gap=block.gap))
        elif start < end:
            parts.append(Block(start, end, block.page, LineKind.TEXT, 0, glued=True))
    return parts
