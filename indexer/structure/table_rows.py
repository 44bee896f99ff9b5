"""Where the rows of a table lie in the text."""

from __future__ import annotations

from itertools import pairwise

from corpus.model import Table

Span = tuple[int, int]


def row_spans(text: str, table: Table) -> dict[int, Span]:
    """The span of each row that has text, by number: from its first cell to the next row, of the last to its last cell.

    Empty where rows lie in each other, as the cells of a table without order in its text do.
    """
    ends: dict[int, Span] = {}
    for cell in table.cells:
        if cell.start < cell.end:
            first, last = ends.get(cell.row, (cell.start, cell.end))
            ends[cell.row] = (min(first, cell.start), max(last, cell.end))
    rows = sorted(ends.items(), key=lambda row: row[1])
    if any(end > start for (_, (_, end)), (_, (start, _)) in pairwise(rows)):
        return {}
    # What stands between two rows of one table (a repeated head, a bar) goes with the first of them.
    bounds = [start for _, (start, _) in rows[1:]]
    spans = {row: (start, bound) for (row, (start, _)), bound in zip(rows, bounds, strict=False)}
    if rows:
        number, span = rows[-1]
        spans[number] = span
    return spans
