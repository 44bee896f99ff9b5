"""Text in three columns and more side by side: heads of forms, signatures; what is no table and read column by column.

Lengths are in heights of a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf

from indexer.reading.pdf_layout import Printed, Row, printed, rows_of
from indexer.reading.pdf_words import Word

_FEWEST = 3  # columns; two are told in pdf_layout
_AHEAD = 12  # rows from the first one of a band to one that has a line in each column
_MOST = 20  # rows: heads of forms and signatures have fewer
_BESIDE = 0.3  # the narrowest gap between words beside each other; most blanks between words are narrower
_FREE = 0.1  # the narrowest gutter that lines of several rows leave
_SAME_EDGE = 2.0  # points
_APART = 3.0  # from row to row inside a band
_NEXT = 1.9  # from line to line in a column

Extent = tuple[float, float]
"""Left and right end of a column."""


def column_by_column(columns: Sequence[Sequence[Word]]) -> list[Row]:
    """The lines of columns, given as their words: cell by cell where the file draws cells, else column after column."""
    placed = [(number, row) for number, words in enumerate(columns) for row in rows_of(words)]
    return _cell_by_cell(placed) or [row for _, row in placed]


def _cell_by_cell(placed: Sequence[tuple[int, Row]]) -> list[Row] | None:
    """Lines, each with its column, in the order of the cells that a file draws, as the Word file of it has them.

    None where the drawing shows none: bands of cells from left to right, each band below the one before, in each a cell
    of several lines (a file that draws line by line shows columns only where they are read one by one).
    """
    bands: list[list[tuple[int, list[Row]]]] = []
    for column, row in sorted(placed, key=lambda place: min(word.at for line in place[1].lines for word in line.words)):
        if bands and bands[-1][-1][0] == column and bands[-1][-1][1][-1].bottom <= row.bottom:
            bands[-1][-1][1].append(row)
        elif bands and bands[-1][-1][0] < column:
            bands[-1].append((column, [row]))
        else:
            bands.append([(column, [row])])
    tops = [min(rows[0].lines[0].baseline for _, rows in band) for band in bands]
    ends = [max(rows[-1].lines[0].baseline for _, rows in band) for band in bands]
    in_order = all(end < top for end, top in zip(ends, tops[1:], strict=False))
    if not in_order or any(max(len(rows) for _, rows in band) == 1 for band in bands):
        return None
    return [row for band in bands for _, rows in band for row in rows]


def band_at(rows: Sequence[Row], at: int) -> tuple[int, list[list[list[Word]]]] | None:
    """The band of columns that starts at a row: the row after it, and of each of its rows the words by column.

    Its columns are the lines of a row that has one in each; lines of other rows may come close to one another.
    """
    edges = [line.left for row in rows[at : at + _AHEAD] for line in row.lines[1:]]
    if not edges:
        return None
    near = [_parted(row, edges) for row in rows[at : at + _MOST]]
    seed = next((index for index, row in enumerate(near[:_AHEAD]) if len(row.lines) >= _FEWEST), None)
    if seed is None:
        return None
    extents = [(line.left, line.right) for line in near[seed].lines]
    band = [[list(line.words) for line in near[seed].lines]]
    for index in range(seed - 1, -1, -1):
        placed = _placed(near[index], extents) if _is_near(near[index], near[index + 1]) else None
        if placed is None:
            return None
        extents = placed[1]
        band.insert(0, placed[0])
    while len(band) < len(near) and _is_near(near[len(band) - 1], near[len(band)]):
        placed = _placed(near[len(band)], extents)
        if placed is None:
            break
        extents = placed[1]
        band.append(placed[0])
    while len(band) > seed + 1 and not _continues(near, band, len(band) - 1, len(band) - 2):
        band.pop()
    several = sum(sum(map(bool, columns)) > 1 for columns in band)
    if several < _FEWEST - 1 or len(band) == _MOST or (seed and not _continues(near, band, 0, 1)):
        return None
    return at + len(band), band


def _parted(row: Row, edges: Sequence[float]) -> Row:
    """A row whose lines are parted where a word starts at an edge that lines of other rows start at."""
    lines: list[Printed] = []
    for line in row.lines:
        cuts = [
            index
            for index, (before, word) in enumerate(pairwise(line.words), 1)
            if word.left - before.right >= _BESIDE * line.height
            and any(abs(word.left - edge) <= _SAME_EDGE for edge in edges)
        ]
        bounds = pairwise((0, *cuts, len(line.words)))
        lines += [printed(line.words[start:end]) for start, end in bounds] if cuts else [line]
    return Row(tuple(lines))


def _placed(row: Row, extents: Sequence[Extent]) -> tuple[list[list[Word]], list[Extent]] | None:
    """The words of a row by column, and how far the columns then reach; None where a line crosses from one to another.

    A row with a line in each column shows where each belongs, though it reaches beyond what stands above or below it.
    """
    columns: list[list[Word]] = [[] for _ in extents]
    middles = [-inf, *((left + right) / 2 for left, right in extents), inf]
    if len(row.lines) == len(extents) and all(
        before < line.centre < after for before, line, after in zip(middles, row.lines, middles[2:], strict=False)
    ):
        return [list(line.words) for line in row.lines], list(extents)
    reach = list(extents)
    for line in row.lines:
        over = [number for number, (left, right) in enumerate(extents) if line.left < right and left < line.right]
        if len(over) > 1:
            return None
        number = over[0] if over else min(range(len(extents)), key=lambda at: _distance(line, extents[at]))
        columns[number] += line.words
        reach[number] = min(reach[number][0], line.left), max(reach[number][1], line.right)
    height = max(line.height for line in row.lines)
    return (columns, reach) if all(b[0] - a[1] >= _FREE * height for a, b in pairwise(reach)) else None


def _distance(line: Printed, extent: Extent) -> float:
    return max(extent[0] - line.right, line.left - extent[1])


def _is_near(above: Row, below: Row) -> bool:
    height = max(line.height for line in (*above.lines, *below.lines))
    return -height <= below.lines[0].baseline - above.lines[0].baseline <= _APART * height


def _continues(rows: Sequence[Row], band: Sequence[Sequence[Sequence[Word]]], index: int, beside: int) -> bool:
    """Whether a row has lines in several columns, or goes on the column of the row above or below it, or the last."""
    own = {number for number, words in enumerate(band[index]) if words}
    other = {number for number, words in enumerate(band[beside]) if words}
    line, next_line = rows[index].lines[0], rows[beside].lines[0]
    level = abs(line.baseline - next_line.baseline) <= _NEXT * line.height
    return len(own) > 1 or len(band[index]) - 1 in own or (level and own <= other)
