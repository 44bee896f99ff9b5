"""Tables without rules: columns told by blank strips that run down several lines, rows by the space between lines.

Lengths are in heights of a line.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from math import inf
from statistics import median

from indexer.reading.pdf_bands import band_at, column_by_column
from indexer.reading.pdf_grid import GridCell, PageTable, cell_text
from indexer.reading.pdf_layout import Row
from indexer.reading.pdf_words import Word
from indexer.reading.table_heads import is_head_row
from indexer.reading.tables import is_layout

_LEAST_HEIGHT = 0.1  # points; a damaged page may set words without any
_STRIP = 0.5  # the narrowest blank strip between columns; blanks between words have 0.25-0.3
_SEED = 0.7  # a gap that may part columns
_SURE = 2.0  # a gap that does part them, where a slit as wide as this is left of the strip
_SLIT = 0.3
_FEWEST_STRIPS = 2  # two columns are a letterhead, a signature or a list
_FEWEST_ROWS = 3
_NEAR = 4.0  # from line to line inside a table
_BEFORE = 12  # lines of a table, at most, above the first one with words in several columns
_AFTER = 3  # lines after one that crosses columns, among which the table must go on
_ROW_GAP = 0.25  # so much more blank than between the lines of a cell parts rows
_SIGNATURES = re.compile(r"\(\s*Ký\b|\bNơi nhận\s*:|Độc lập\s*[-–]|CỘNG H(?:ÒA|OÀ)")
_ORDINAL = re.compile(r"\(?(?:[IVXLC]+|[A-Z]|\d+(?:\.\d+)*)[.)]?")
_AMOUNT = re.compile(r"[\d.,%/ -]*\d[\d.,%/ -]*")

Strip = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a would-be table: its row, its words from left to right; whether it crosses columns."""

    row: Row
    words: tuple[Word, ...]
    crosses: bool = False

    @property
    def height(self) -> float:
        return max(_LEAST_HEIGHT, median(word.height for word in self.words))

    @property
    def baseline(self) -> float:
        return self.row.lines[0].baseline


def aligned_tables(rows: Sequence[Row]) -> Iterator[Row | PageTable]:
    """Rows of lines from the top down, those that make up a table as that table."""
    at = 0
    lines = [_Line(row, tuple(word for line in row.lines for word in line.words)) for row in rows]
    seeds = [index for index, line in enumerate(lines) if len(_gaps(line, _SEED)) >= _FEWEST_STRIPS]
    while at < len(lines):
        found = _table_at(lines, at, seeds)
        if found is None or not _is_table(found):
            band = _band_at(rows, at)
            # A table that starts further down would lose its heads to columns of text.
            if band is not None and not any(_is_table(_table_at(lines, row, seeds)) for row in range(at + 1, band[1])):
                found = band if found is None or band[1] > found[1] else found
        if found is None:
            yield rows[at]
            at += 1
            continue
        items, at = found
        yield from items


def _is_table(found: tuple[Sequence[Row | PageTable], int] | None) -> bool:
    return found is not None and isinstance(found[0][0], PageTable)


def _table_at(lines: Sequence[_Line], at: int, seeds: Sequence[int]) -> tuple[Sequence[Row | PageTable], int] | None:
    """The table that starts at a line, or the columns of text there, one after another; and the line after it.

    ``seeds``: the lines whose gaps may part columns; the first of them from there on is where it is looked for.
    """
    seed = next((index for index in seeds[bisect_left(seeds, at) :][:1] if index < at + _BEFORE), None)
    if seed is None:
        return None
    words = lines[seed].words
    # Left and right of the seed all is free, until other lines have columns there.
    strips = [(-inf, words[0].left), *_gaps(lines[seed], _SEED), (max(word.right for word in words), inf)]
    kept, strips = _grown(lines, seed, strips)
    first = seed
    while first > at and _fits(lines[first - 1], strips) and _distance(lines[first - 1], lines[first]) <= 1.5:  # noqa: PLR2004  (small counts, plain where they stand)
        first -= 1
        strips = _narrowed(strips, lines[first])
    held = [*lines[first:seed], *kept]
    strips = _inner(strips)
    if first == 1 and _is_group(lines[0], strips):
        first, held = 0, [replace(lines[0], crosses=True), *held]
    if first != at:
        return None
    strips = [strip for strip in strips if _parts(strip, held)]
    if len(strips) < _FEWEST_STRIPS or sum(len(_filled(line, strips)) > 1 for line in held) < _FEWEST_ROWS:
        return None
    end = first + len(held)
    table = _table(held, strips)
    if table is not None:
        return [table], end
    return None if any(line.crosses for line in held) else (_columns(held, strips), end)


def _band_at(rows: Sequence[Row], at: int) -> tuple[list[Row], int] | None:
    """Columns of text whose lines do not stand level, and the line after them."""
    band = band_at(rows, at)
    if band is None or _tabulates([[" ".join(word.text for word in cell) for cell in row] for row in band[1]]):
        return None
    end, cells = band
    return column_by_column([[word for cell in column for word in cell] for column in zip(*cells, strict=True)]), end


def _columns(lines: Sequence[_Line], strips: Sequence[Strip]) -> list[Row]:
    """Columns of text, such as the parts of a form's head."""
    words = [word for line in lines for word in line.words]
    return column_by_column(
        [[word for word in words if _column(word, strips) == column] for column in range(len(strips) + 1)]
    )


def _inner(strips: Sequence[Strip]) -> list[Strip]:
    """The strips between columns."""
    return [strip for strip in strips if -inf < strip[0] and strip[1] < inf]


def _gaps(line: _Line, least: float) -> list[Strip]:
    """The blanks between words of a line that are wider than usual."""
    gaps: list[Strip] = []
    reach = line.words[0].right
    for word in line.words[1:]:
        if word.left - reach >= least * line.height:
            gaps.append((reach, word.left))
        reach = max(reach, word.right)
    return gaps


def _narrowed(strips: Sequence[Strip], line: _Line) -> list[Strip]:
    """What a line leaves free of strips; a word in the middle of one parts it."""
    free: list[Strip] = []
    for left, right in strips:
        start = left
        for word in line.words:
            if word.right <= start or word.left >= right:
                continue
            free.append((start, word.left))
            start = max(start, word.right)
        free.append((start, right))
    wide = _gaps(line, _SURE)
    return [
        strip
        for strip in free
        if strip[1] - strip[0] >= _STRIP * line.height
        or (
            strip[1] - strip[0] >= _SLIT * line.height
            and any(gap[0] <= strip[0] and strip[1] <= gap[1] for gap in wide)
        )
    ]


def _survive(strips: Sequence[Strip], narrowed: Sequence[Strip]) -> int:
    return sum(any(left <= inner[0] and inner[1] <= right for inner in narrowed) for left, right in strips)


def _fits(line: _Line, strips: Sequence[Strip]) -> bool:
    return _survive(strips, _narrowed(strips, line)) == len(strips)


def _distance(above: _Line, below: _Line) -> float:
    return (below.baseline - above.baseline) / max(above.height, below.height)


def _grown(lines: Sequence[_Line], seed: int, strips: list[Strip]) -> tuple[list[_Line], list[Strip]]:
    """The lines from a seed down that leave the strips free, lines that cross them only where the table goes on."""
    kept = [lines[seed]]
    at = seed + 1
    while at < len(lines) and _distance(lines[at - 1], lines[at]) <= _NEAR:
        line = lines[at]
        narrowed = _narrowed(strips, line)
        if _survive(strips, narrowed) == len(strips):
            kept.append(line)
            strips = narrowed
        elif _goes_on(lines, at, strips):
            kept.append(_Line(line.row, line.words, crosses=True))
        elif not any(_parts(strip, kept) for strip in _inner(strips) if not _survive([strip], narrowed)):
            kept.append(line)  # gaps of a single line, between words and not between columns
            strips = narrowed
        else:
            break
        at += 1
    ends = at == len(lines)
    if at == len(lines) - 1 and _is_group(lines[at], _inner(strips)):
        kept.append(replace(lines[at], crosses=True))
        ends = True
    while len(kept) > 1 and not (ends and kept[-1].crosses) and _is_after(kept[-2], kept[-1], strips):
        kept.pop()
    return kept, strips


def _is_group(line: _Line, strips: Sequence[Strip]) -> bool:
    """Whether a page's first or last line heads rows of a table: a number, a title from the second column on."""
    first, *rest = line.words
    if not rest or not strips or not _ORDINAL.fullmatch(first.text):
        return False
    starts = abs(rest[0].left - strips[0][1]) <= _STRIP * line.height
    return starts and _survive(strips, _narrowed(strips, line)) < len(strips)


def _goes_on(lines: Sequence[_Line], at: int, strips: Sequence[Strip]) -> bool:
    """Whether the table goes on after a line that crosses its columns."""
    following = lines[at + 1 : at + 1 + _AFTER]
    return any(_fits(line, strips) and len(_filled(line, strips)) > 2 for line in following)  # noqa: PLR2004  (small counts, plain where they stand)


def _is_after(above: _Line, line: _Line, strips: Sequence[Strip]) -> bool:
    """Whether a last line is text after the table: it crosses columns, or stands alone at the left and apart."""
    if line.crosses:
        return True
    return _filled(line, strips) in ([0], [1]) and _distance(above, line) > 1.6  # noqa: PLR2004  (small counts, plain where they stand)


def _filled(line: _Line, strips: Sequence[Strip]) -> list[int]:
    """The columns that a line has words in."""
    return sorted({_column(word, strips) for word in line.words})


def _column(word: Word, strips: Sequence[Strip]) -> int:
    middle = (word.left + word.right) / 2
    return sum((left + right) / 2 < middle for left, right in _inner(strips))


def _parts(strip: Strip, lines: Sequence[_Line]) -> bool:
    """Whether words stand on both sides of a strip, on at least two lines each."""
    plain = [line for line in lines if not line.crosses]
    before = sum(any(word.right <= strip[0] + 1 for word in line.words) for line in plain)
    after = sum(any(word.left >= strip[1] - 1 for word in line.words) for line in plain)
    return before > 1 and after > 1


def _table(lines: Sequence[_Line], strips: Sequence[Strip]) -> PageTable | None:
    columns = len(strips) + 1
    cells: list[GridCell] = []
    groups = _rows(lines, strips)
    for number, group in enumerate(groups):
        if group[0].crosses:
            cells += _crossing(group, number, strips)
            continue
        held: list[list[Word]] = [[] for _ in range(columns)]
        for line in group:
            for word in line.words:
                held[_column(word, strips)].append(word)
        cells += [GridCell(cell_text(words) if words else "", number, column) for column, words in enumerate(held)]
    by_row = [[cell.text for cell in cells if cell.row == row] for row in range(len(groups))]
    if not _tabulates(by_row) or is_layout(by_row, bordered=False):
        return None
    left = min(word.left for line in lines for word in line.words)
    right = max(word.right for line in lines for word in line.words)
    return PageTable(
        cells=tuple(cells),
        rows=len(groups),
        edges=(left, *((a + b) / 2 for a, b in strips), right),
        top=lines[0].row.top,
        bottom=lines[-1].row.bottom,
        slack=tuple((b - a) / 2 for a, b in strips),
    )


def _tabulates(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows of texts are a table, by heads, numbers or amounts; else they are text in columns."""
    if len(rows) < 2 or any(_SIGNATURES.search(cell) for row in rows for cell in row):  # noqa: PLR2004  (small counts, plain where they stand)
        return False
    if is_head_row(rows[0]) and not any(cell.rstrip().endswith(":") for cell in rows[0]):
        return True
    if sum(_ORDINAL.fullmatch(row[0].strip()) is not None for row in rows) * 2 >= len(rows):
        return True
    filled = [cell.strip() for row in rows for cell in row if cell.strip()]
    return sum(_AMOUNT.fullmatch(cell) is not None for cell in filled) * 3 >= len(filled)


def _crossing(group: Sequence[_Line], row: int, strips: Sequence[Strip]) -> list[GridCell]:
    """A row whose title covers the columns after the first, where its number stands, or all of them."""
    columns = len(strips) + 1
    words = [word for line in group for word in line.words]
    first = [word for word in words if word.right <= strips[0][1]]
    rest = [word for word in words if word not in first]
    if first and rest and min(word.left for word in rest) >= strips[0][0]:
        return [GridCell(cell_text(first), row, 0), GridCell(cell_text(rest), row, 1, columns=columns - 1)]
    return [GridCell(cell_text(words), row, 0, columns=columns)]


def _rows(lines: Sequence[_Line], strips: Sequence[Strip]) -> list[list[_Line]]:
    """Lines as rows: parted where they stand further apart than inside a cell, else by the first column."""
    reaches = accumulate((line.row.bottom for line in lines), max)
    blanks = [max(0.0, line.row.top - reach) / line.height for reach, line in zip(reaches, lines[1:], strict=False)]
    steps = ((above, below) for above, below in pairwise(sorted(blanks)) if below - above > _ROW_GAP)
    inside, outside = next(steps, (inf, inf))
    after = {id(line) for line, blank in zip(lines[1:], blanks, strict=True) if blank * 2 > inside + outside}
    spaced = _cut(lines, lambda _, below: id(below) in after)
    rows: list[list[_Line]] = []
    for group in spaced:
        keys = sum(_filled(line, strips)[0] == 0 for line in group)
        alone = len(spaced) > 1 and keys <= 1
        rows += [group] if alone else _cut(group, lambda _, below: _filled(below, strips)[0] == 0)
    return rows


def _cut(lines: Sequence[_Line], starts: Callable[[_Line, _Line], bool]) -> list[list[_Line]]:
    groups: list[list[_Line]] = []
    for line in lines:
        above = groups[-1][-1] if groups else None
        if above is None or above.crosses != line.crosses or starts(above, line):
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups
