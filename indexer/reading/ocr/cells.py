"""Ruled tables on a page's image: where their cells are, and the words in them row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.reading.ocr.sieve import Box, Placed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ink = NDArray[np.bool_]

Cells = tuple[tuple[Box, ...], ...]
"""The boxes of a table's cells in pixels of the page, row by row, each row from left to right."""

# Millimetres.
_LEAST_TABLE = (40.0, 10.0)
_LEAST_CELL = (3.0, 3.0)
_LEAST_CELLS = 4
_SAME_ROW = 2.0
_TABLE_LINES = 1_000_000  # beyond the blocks that Tesseract counts


def tables(ruled: Ink, unit: float) -> tuple[Cells, ...]:
    """The tables that rules enclose; ``ruled`` is at half size, ``unit`` its pixels a millimetre."""
    import numpy as np
    from scipy.ndimage import find_objects, label, maximum_filter

    closed = maximum_filter(ruled.view(np.uint8), 3)
    labels, _ = label(closed, structure=np.ones((3, 3)))
    found = []
    for number, (rows, columns) in enumerate(find_objects(labels), 1):
        if columns.stop - columns.start < _LEAST_TABLE[0] * unit or rows.stop - rows.start < _LEAST_TABLE[1] * unit:
            continue
        holes, _ = label(labels[rows, columns] != number)
        boxes = [
            (x.start + columns.start, y.start + rows.start, x.stop + columns.start, y.stop + rows.start)
            for y, x in find_objects(holes)
            if y.stop - y.start >= _LEAST_CELL[1] * unit
            and x.stop - x.start >= _LEAST_CELL[0] * unit
            and y.start > 0 < x.start
            and y.stop < holes.shape[0]
            and x.stop < holes.shape[1]
        ]
        if len(boxes) >= _LEAST_CELLS:
            found.append(_rows(boxes, unit))
    return tuple(found)


def _rows(boxes: Sequence[tuple[int, int, int, int]], unit: float) -> Cells:
    rows: list[list[tuple[int, int, int, int]]] = []
    for box in sorted(boxes, key=lambda box: box[1]):
        if rows and box[1] - rows[-1][0][1] <= _SAME_ROW * unit:
            rows[-1].append(box)
        else:
            rows.append([box])
    return tuple(
        tuple((2.0 * x, 2.0 * y, 2.0 * right, 2.0 * bottom) for x, y, right, bottom in sorted(row)) for row in rows
    )


def row_by_row(words: Sequence[Placed], found: Sequence[Cells]) -> list[Placed]:
    """The words with those of each table together, a row as one line, cell after cell, where its first word stood."""
    inside: dict[int, list[tuple[int, int, int, Placed]]] = {}
    order: list[Placed | int] = []
    for index, word in enumerate(words):
        place = _cell(word, found)
        if place is None:
            order.append(word)
            continue
        table, row, column = place
        if table not in inside:
            inside[table] = []
            order.append(table)
        line = (_TABLE_LINES + table, row, 0)
        inside[table].append((row, column, index, replace(word, token=replace(word.token, line=line))))
    arranged: list[Placed] = []
    for item in order:
        if isinstance(item, int):
            arranged += [word for *_, word in sorted(inside[item], key=lambda entry: entry[:3])]
        else:
            arranged.append(item)
    return arranged


def _cell(word: Placed, found: Sequence[Cells]) -> tuple[int, int, int] | None:
    """The table, row and column in which the middle of a word lies."""
    x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
    for table, rows in enumerate(found):
        for row, cells in enumerate(rows):
            for column, (left, top, right, bottom) in enumerate(cells):
                if left <= x <= right and top <= y <= bottom:
                    return table, row, column
    return None
