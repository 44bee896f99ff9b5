"""Merged cells of flattened tables: a page cut to text has them in their first row only.

That a cell is blank does not show that it was merged, so only two cases count: a column that says who is in charge of a
task, which no row goes without; a column that is filled in the first row of a table or group and in no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.model import Cell, Table
from indexer.structure.running import Series, row_number

# Read off assignment tables of plans and lists of procedures.
_IN_CHARGE = re.compile(
    r"chủ\s+trì|(?:cơ\s+quan|đơn\s+vị)[^:]{0,20}thực\s+hiện|chịu\s+trách\s+nhiệm|^(?:cơ\s+quan,\s+)?bộ\s+phận",
    re.IGNORECASE,
)
_OFTEN_BLANK = re.compile(
    r"phối\s+hợp|ghi\s+chú|thời|tiến\s+độ|sản\s+phẩm|kết\s+quả|kinh\s+phí|nguồn|mã\s+(?:số|tt)|\bmức\b|số\s+lượng|đơn\s+(?:giá|vị\s+tính)"
    r"|thành\s+tiền|tỷ\s+lệ|năm\s+\d",
    re.IGNORECASE,
)
_GROUPING = frozenset({Series.CAPITAL, Series.ROMAN})
_FEWEST_FILLED = 3  # number, task and more: with fewer a row may be the title of those below it
_SURE = 2  # blank rows of one column, or columns blank in one row

Places = dict[tuple[int, int], Cell]


def with_merged_cells(text: str, table: Table) -> Table:
    """A flattened table with the cells that its blanks show to be merged spanning their rows."""
    places = {(cell.row, cell.column): cell for cell in table.cells if text[cell.start : cell.end].strip()}
    width = max((cell.column + cell.columns for cell in table.cells), default=0)
    heights: dict[Cell, int] = {}
    for rows in _stretches(text, table, places):
        heights |= _in_charge(text, table, places, rows, width)
        heights |= _filled_once(text, table, places, rows, width)
    if not heights:
        return table
    return Table(tuple(replace(cell, rows=heights.get(cell, cell.rows)) for cell in table.cells), table.heads)


def _stretches(text: str, table: Table, places: Places) -> Iterator[list[int]]:
    """The rows between group rows."""
    numbers = sorted({cell.row for cell in table.cells if cell.row >= table.heads})
    grouping = {cell.row for cell in table.cells if cell.columns > 1 or cell.rows > 1}
    stretch: list[int] = []
    for row in numbers:
        first = places.get((row, 0))
        number = row_number(text[first.start : first.end]) if first is not None else None
        if number is None or number.series in _GROUPING or row in grouping:
            yield stretch
            stretch = []
        else:
            stretch.append(row)
    yield stretch


def _head(text: str, table: Table, column: int) -> str:
    covering = (c for c in table.cells if c.row < table.heads and c.column <= column < c.column + c.columns)
    return " ".join(" ".join(text[cell.start : cell.end].split()) for cell in covering)


def _in_charge(text: str, table: Table, places: Places, rows: Sequence[int], width: int) -> dict[Cell, int]:
    """How many rows cells span in columns that say who is in charge."""
    heights: dict[Cell, int] = {}
    for column in range(1, width):
        head = _head(text, table, column)
        if not _IN_CHARGE.search(head) or _OFTEN_BLANK.search(head):
            continue
        above: Cell | None = None
        for row in rows:
            if (row, column) in places:
                above = places[row, column]
            elif above is not None and sum((row, other) in places for other in range(width)) >= _FEWEST_FILLED:
                heights[above] = row - above.row + 1
            else:
                above = None
    return heights


def _filled_once(text: str, table: Table, places: Places, rows: Sequence[int], width: int) -> dict[Cell, int]:
    """How many rows cells span in columns that only the first row fills, and that are not often left blank."""
    columns = [
        column
        for column in range(2, width)
        if rows
        and (rows[0], column) in places
        and not any((row, column) in places for row in rows[1:])
        and not _OFTEN_BLANK.search(_head(text, table, column))
    ]
    below = len(rows) - 1
    if below < 1 or (below < _SURE and len(columns) < _SURE):
        return {}
    return {places[rows[0], column]: rows[-1] - rows[0] + 1 for column in columns}
