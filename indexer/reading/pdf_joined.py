"""Tables that go on over pages: one table, its repeated heads left out, rows that a page breaks made whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from indexer.reading.pdf_grid import PageTable
from indexer.reading.tables import GridCell

_SAME_EDGE = 5.0  # points
_MOST_HEADS = 6
_ENDED = re.compile(r"[.;:!?…]$")
_TOTAL = re.compile(r"(?:tổng|cộng|tổng cộng)\b", re.IGNORECASE)
_KEYED = 0.9  # of the rows: where as many have a number in the first column, one without goes on the row above
_FEW = 3

TableRow = list[GridCell]


@dataclass(slots=True)
class WholeTable:
    """A table over all its pages: its rows, each cell with its page; the places of its columns' edges.

    ``heads``: how many rows at its top came again on later pages, 0 where none did; ``pages``: all that it stands on.
    """

    rows: list[TableRow]
    edges: tuple[float, ...]
    heads: int = 0
    slack: tuple[float, ...] = ()
    pages: set[int] = field(default_factory=set)


def opened(table: PageTable) -> WholeTable:
    """The table of one page, to be gone on with."""
    return WholeTable(_rows(table, table.edges), table.edges, slack=table.slack, pages={table.page})


def go_on(whole: WholeTable, table: PageTable) -> bool:
    """Adds the part on the next page to a table, if it is one: its columns are the same."""
    if whole.slack and table.slack:
        edges = _alike(whole, table)
        table = replace(table, edges=edges or table.edges)
    else:
        edges = _common(whole.edges, table.edges)
    if edges is None:
        return False
    whole.pages.add(table.page)
    if len(edges) > len(whole.edges):
        whole.rows = [_regridded(row, whole.edges, edges) for row in whole.rows]
        whole.edges = edges
    shift = whole.edges[0] - table.edges[0]
    rows = _rows(replace(table, edges=tuple(edge + shift for edge in table.edges)), whole.edges)
    repeated = _repeated(whole.rows, rows)
    if repeated:
        whole.heads = max(whole.heads, repeated)
        rows = rows[repeated:]
    if rows and whole.rows:
        _reopened(rows)
        if _breaks(whole, rows[0]):
            whole.rows[-1] = _together(whole.rows[-1], rows[0])
            rows = rows[1:]
    whole.rows += rows
    return True


def _rows(table: PageTable, edges: Sequence[float]) -> list[TableRow]:
    """A page's table as rows of cells over the columns that ``edges`` part."""
    at = [_nearest(edges, edge) for edge in table.edges]
    rows: list[TableRow] = [[] for _ in range(table.rows)]
    for cell in sorted(table.cells, key=lambda cell: (cell.column, cell.row)):
        columns = at[cell.column + cell.columns] - at[cell.column]
        for offset in range(cell.rows):
            text = "" if offset else cell.text
            rows[cell.row + offset].append(GridCell(text, columns, bool(offset), table.page))
    return rows


def _nearest(edges: Sequence[float], edge: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - edge))


def _common(one: Sequence[float], other: Sequence[float]) -> tuple[float, ...] | None:
    """The columns of two parts of one table, from the left edge of the first; None where they are not alike.

    A page may hold merged cells only and so lack some edges of the other, but no edge may lie between two of it.
    """
    shifted = [edge - other[0] + one[0] for edge in other]
    longer, shorter = (one, shifted) if len(one) >= len(shifted) else (shifted, one)
    if any(min(abs(edge - place) for place in longer) > _SAME_EDGE for edge in shorter):
        return None
    if len(shorter) < 3 <= len(longer) and len(longer) > len(shorter) + 1:  # noqa: PLR2004  two edges are any box
        return None
    return tuple(longer)


def _alike(whole: WholeTable, table: PageTable) -> tuple[float, ...] | None:
    """The columns of a table without rules, where those of the part on the next page may be the same."""
    slacks = [sum(pair) for pair in zip(whole.slack, table.slack, strict=False)]
    inner = [abs(one - other) for one, other in zip(whole.edges[1:-1], table.edges[1:-1], strict=False)]
    same = len(whole.edges) == len(table.edges) and all(map(float.__le__, inner, slacks))
    return whole.edges if same else None


def _regridded(row: TableRow, edges: Sequence[float], finer: Sequence[float]) -> TableRow:
    at = [_nearest(finer, edge) for edge in edges]
    cells, column = [], 0
    for cell in row:
        end = column + cell.columns
        cells.append(replace(cell, columns=at[end] - at[column]))
        column = end
    return cells


def _texts(row: TableRow) -> list[str]:
    return [" ".join(cell.text.split()) for cell in row]


def _repeated(above: Sequence[TableRow], rows: Sequence[TableRow]) -> int:
    """How many rows at the top of a part are the table's own first rows again."""
    count = 0
    for one, other in zip(above[:_MOST_HEADS], rows, strict=False):
        if _texts(one) != _texts(other) or [c.columns for c in one] != [c.columns for c in other]:
            break
        count += 1
    while count and not any(_texts(above[count - 1])):
        count -= 1
    return count if count and sum(map(bool, _texts(above[0]))) > 1 else 0


def _reopened(rows: list[TableRow]) -> None:
    """Marks an empty cell over several rows at the top of a part as the rest of the cell that the page before shows."""
    if len(rows) < 2:  # noqa: PLR2004  (small counts, plain where they stand)
        return
    column, below = 0, _continued(rows[1])
    for index, cell in enumerate(rows[0]):
        if not cell.text.strip() and column in below:
            rows[0][index] = replace(cell, continued=True)
        column += cell.columns


def _continued(row: TableRow) -> set[int]:
    """The first columns of the cells that go on from the row above."""
    columns, column = set(), 0
    for cell in row:
        if cell.continued:
            columns.add(column)
        column += cell.columns
    return columns


def _breaks(whole: WholeTable, row: TableRow) -> bool:
    """Whether a row at the top of a page is the rest of the last row of the page before."""
    last = whole.rows[-1]
    if [cell.columns for cell in last] != [cell.columns for cell in row] or len(whole.rows) <= whole.heads:
        return False
    before, rest = _texts(last), _texts(row)
    filled = [index for index, text in enumerate(rest) if text]
    if not filled or _TOTAL.match(rest[filled[0]]):
        return False
    if not all(before[index] or rest[index][0].islower() for index in filled):
        return False
    starts_small = [index for index in filled if rest[index][0].islower()]
    if not rest[0]:
        body = [_texts(row)[0] for row in whole.rows[whole.heads :] if not row[0].continued and len(row) == len(last)]
        if len(body) >= _FEW and sum(map(bool, body)) >= _KEYED * len(body) and before[0]:
            return True
    elif not rest[0][0].islower():
        return False
    return bool(starts_small) and all(index in starts_small or not _ENDED.search(before[index]) for index in filled)


def _together(row: TableRow, rest: TableRow) -> TableRow:
    return [
        replace(cell, text=f"{cell.text}\n{more.text}".strip("\n")) if more.text else cell
        for cell, more in zip(row, rest, strict=True)
    ]
