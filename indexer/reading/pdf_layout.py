"""Printed lines of a page in reading order, from its words: columns side by side are read one after the other.

Lengths are in heights of a line unless said otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf
from typing import NamedTuple

from corpus.language.legacy import to_unicode
from indexer.reading.pdf_measure import closed_up
from indexer.reading.pdf_words import Word

_SAME_WORD = 0.12  # a narrower gap is inside a word that the file draws in pieces
_GAP_IN_LINE = 2.0  # justified lines stretch a blank to one height at most; a wider one parts columns
_GAP_BETWEEN_PIECES = 0.6  # the same where the file draws the two sides apart from each other
# What starts the right half of a letterhead, which may come close to the left one (Decree 30/2020/NĐ-CP, annex I).
_HEADS_COLUMN = frozenset(("CỘNG", "ĐẢNG", "Độc"))
_GAP_IN_CAPITALS = 0.45
_OVERLAP = 0.6  # how far pieces of one line may lie over each other
_SAME_LINE = 0.45  # of the taller one: superscripts are raised by a third
_SAME_ROW = 0.3
_LABEL = 8  # characters at a line's start: fewer are an item's number or dash, which a wide gap does not part from it
_NEXT_LINE = 1.9  # from line to line inside a paragraph or a block of a letterhead
_SHORT = re.compile(r"[\W\d_]{0,8}")
_ALIGNED = 6.0  # points
_GUTTER = 0.6
_PAGE_COLUMN = 6  # lines: letterheads and signatures have fewer, columns of a page more
_LOOK_BACK = 12  # runs, from the top down, that may stand on the same line


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed line: its text and its words from left to right; its box in its frame."""

    text: str
    words: tuple[Word, ...]
    left: float
    right: float
    top: float
    bottom: float
    baseline: float
    angle: int

    @property
    def height(self) -> float:
        """Of its words, in points."""
        return self.bottom - self.top

    @property
    def centre(self) -> float:
        """Its middle from left to right."""
        return (self.left + self.right) / 2


class Row(NamedTuple):
    """Printed lines that stand beside one another, from left to right."""

    lines: tuple[Printed, ...]

    @property
    def top(self) -> float:
        """Of the uppermost."""
        return min(line.top for line in self.lines)

    @property
    def bottom(self) -> float:
        """Of the lowest."""
        return max(line.bottom for line in self.lines)


def printed_lines(words: Sequence[Word]) -> list[Printed]:
    """The lines of a page in reading order; directions of text in the order in which they first come."""
    directions = dict.fromkeys(word.angle for word in words)
    lines: list[Printed] = []
    for angle in directions:
        rows = rows_of([word for word in words if word.angle == angle])
        lines += reading_order(rows)
    return lines


def reading_order(rows: Sequence[Row]) -> Iterator[Printed]:
    """The lines of rows, two columns read one after the other."""
    at = 0
    while at < len(rows):
        band = _two_columns(rows, at)
        if band is None:
            yield from rows[at].lines
            at += 1
            continue
        first, last, gutter = band
        lines = [line for row in rows[first:last] for line in row.lines]
        yield from (line for line in lines if line.centre < gutter)
        yield from (line for line in lines if line.centre >= gutter)
        at = last


def rows_of(words: Sequence[Word]) -> list[Row]:
    """Words of one direction as rows of lines, from the top down."""
    pieces = sorted(_joined(_pieces(words)), key=lambda line: line.baseline)
    rows: list[list[Printed]] = []
    for piece in pieces:
        beside = rows[-1] if rows else []
        if beside and abs(piece.baseline - beside[0].baseline) <= _SAME_ROW * min(piece.height, beside[0].height):
            beside.append(piece)
        else:
            rows.append([piece])
    return [Row(tuple(sorted(row, key=lambda line: line.left))) for row in rows]


def _pieces(words: Iterable[Word]) -> list[list[Word]]:
    """Runs of words that the file draws one after another on one line."""
    runs: list[list[Word]] = []
    for word in words:
        if runs and _follows(runs[-1], word):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _follows(run: Sequence[Word], word: Word) -> bool:
    last = run[-1]
    height = max(last.height, word.height)
    gap = word.left - last.right
    if abs(word.baseline - last.baseline) > _SAME_LINE * height or gap < -_OVERLAP * height:
        return False
    if word.text in _HEADS_COLUMN and gap > _GAP_IN_CAPITALS * height:
        return False
    return gap <= _GAP_IN_LINE * height or _is_label(run)


def _is_label(run: Sequence[Word]) -> bool:
    return sum(len(word.text) + 1 for word in run) <= _LABEL


@dataclass(slots=True)
class _Run:
    """Words of one line, and the baseline, height and ends of them all."""

    words: list[Word]
    base: float
    height: float
    left: float
    right: float

    def take(self, other: _Run) -> None:
        """Adds another run's words."""
        self.base = self.base if self.height >= other.height else other.base
        self.height = max(self.height, other.height)
        self.left, self.right = min(self.left, other.left), max(self.right, other.right)
        self.words += other.words


def _run(words: list[Word]) -> _Run:
    left, right = min(word.left for word in words), max(word.right for word in words)
    return _Run(words, _base(words), max(word.height for word in words), left, right)


def _joined(runs: Iterable[list[Word]]) -> list[Printed]:
    """Runs as lines, those that lie close together on one line joined."""
    lines: list[_Run] = []
    for run in sorted(map(_run, runs), key=lambda run: (run.base, run.left)):
        beside = next((line for line in reversed(lines[-_LOOK_BACK:]) if _beside(line, run)), None)
        if beside is None:
            lines.append(run)
        else:
            beside.take(run)
    at = 1
    while at < len(lines):  # what a run has joined may now reach another one
        first = max(0, at - _LOOK_BACK)
        partner = next((line for line in lines[first:at] if _beside(line, lines[at])), None)
        if partner is None:
            at += 1
        else:
            partner.take(lines.pop(at))
            at = max(1, first)
    return [printed(line.words) for line in lines]


def _base(words: Sequence[Word]) -> float:
    """The baseline of the tallest word."""
    return max(words, key=lambda word: (word.height, len(word.text))).baseline


def _beside(line: _Run, run: _Run) -> bool:
    height = max(line.height, run.height)
    if abs(line.base - run.base) > _SAME_LINE * height:
        return False
    gap = max(run.left - line.right, line.left - run.right)
    if gap < -_OVERLAP * height:
        return False
    first = line if line.left <= run.left else run
    return gap <= _GAP_BETWEEN_PIECES * height or (gap <= 2 * _GAP_IN_LINE * height and _is_label(first.words))


def printed(words: Iterable[Word]) -> Printed:
    """A line of these words, blanks where they stand apart."""
    ordered = closed_up(sorted(words, key=lambda word: word.left))
    text = ""
    for index, word in enumerate(ordered):
        if index and _apart(ordered[index - 1], word):
            text += " "
        text += word.text
    return Printed(
        _in_unicode(text, ordered),
        tuple(ordered),
        ordered[0].left,
        max(word.right for word in ordered),
        min(word.top for word in ordered),
        max(word.bottom for word in ordered),
        _base(ordered),
        ordered[0].angle,
    )


def _in_unicode(text: str, words: Sequence[Word]) -> str:
    """The text of a line, what its legacy fonts print in Unicode."""
    if not any(word.legacy for word in words):
        return text
    parts, at = [], 0
    for (legacy, capitals), run in groupby(words, key=lambda word: (word.legacy, word.capitals)):
        end = at
        for word in run:
            end = text.index(word.text, end) + len(word.text)
        parts.append(to_unicode(text[at:end], legacy, capitals) if legacy else text[at:end])
        at = end
    return "".join(parts)


def _apart(before: Word, word: Word) -> bool:
    """Whether a blank parts two neighbours: one that the file writes, or a gap on the page."""
    written = before.at >= 0 and word.at == before.at + len(before.text) + 1
    return written or word.left - before.right > _SAME_WORD * max(before.height, word.height)


def _two_columns(rows: Sequence[Row], at: int) -> tuple[int, int, float] | None:
    """The band of two columns that starts at a row: first row, the row after it, the gutter's middle."""
    seed = next((index for index in range(at, min(at + 4, len(rows))) if len(rows[index].lines) == 2), None)  # noqa: PLR2004  (small counts, plain where they stand)
    if seed is None:
        return None
    left, right = rows[seed].lines
    edges = [left.right, right.left]
    last, columns = seed + 1, seed + 1
    while last < len(rows) and _near(rows[last - 1], rows[last]) and _fits(rows[last], edges, left.height):
        last += 1
        if len(rows[last - 1].lines) > 1:
            columns = last
    gutter = (edges[0] + edges[1]) / 2
    lines = [line for row in rows[seed:columns] for line in row.lines]
    if all(_SHORT.fullmatch(row.lines[-1].text) for row in rows[seed:columns] if len(row.lines) > 1):
        return None  # page numbers of a table of contents, or amounts
    sides = [line for line in lines if line.centre < gutter], [line for line in lines if line.centre >= gutter]
    # A column that is a line longer goes on alone; so does one that starts a line higher.
    long = min(map(len, sides)) >= _PAGE_COLUMN
    while columns < last and _goes_on(rows[columns], rows[columns - 1], sides, gutter):
        if long:  # else a list below a letterhead would count as a column of it
            line = rows[columns].lines[0]
            sides[line.centre >= gutter].append(line)
        columns += 1
    first = seed
    while first > at and _near(rows[first - 1], rows[first]) and _goes_on(rows[first - 1], rows[first], sides, gutter):
        first -= 1
    return (first, columns, gutter) if first == at else None


def _near(above: Row, below: Row) -> bool:
    height = max(line.height for line in (*above.lines, *below.lines))
    return 0 <= below.lines[0].baseline - above.lines[0].baseline <= 2 * _NEXT_LINE * height


def _fits(row: Row, edges: list[float], height: float) -> bool:
    """Whether a row leaves the gutter free, which narrows to what both leave."""
    middle = (edges[0] + edges[1]) / 2
    start, end = edges
    for line in row.lines:
        if line.centre < middle:
            start = max(start, line.right)
        else:
            end = min(end, line.left)
    if end - start < _GUTTER * height:
        return False
    edges[:] = [start, end]
    return True


def _goes_on(row: Row, beside: Row, sides: tuple[list[Printed], list[Printed]], gutter: float) -> bool:
    """Whether a row of one line belongs to the column above or below it: near it, and aligned with its lines."""
    if len(row.lines) != 1:
        return False
    (line,) = row.lines
    column = sides[0] if line.centre < gutter else sides[1]
    edge = gutter if line.centre < gutter else None
    if (edge is not None and line.right > edge) or (edge is None and line.left < gutter):
        return False
    nearest = min((abs(line.baseline - other.baseline) for other in column), default=inf)
    if nearest > _NEXT_LINE * line.height or not beside.lines:
        return False
    left = min(other.left for other in column)
    right = max(other.right for other in column)
    centred = abs(line.centre - (left + right) / 2) <= _ALIGNED
    indented = abs(line.left - left) <= _ALIGNED and len(column) > 1
    return centred or indented
