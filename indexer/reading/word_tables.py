"""The tables of a Word file as its markup has them: rows, cells and what they cover, widths of the columns."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.reading.elements import Element
from indexer.reading.tables import GridCell
from indexer.reading.word_text import W, children

_MOST_COLUMNS = 100


def plain(cell: Element) -> str:
    """A cell's words, without numbers and notes, to judge what the table is for."""
    return "\n".join("".join(text.text or "" for text in block.iter(f"{W}t")) for block in cell.iter(f"{W}p"))


def rows(table: Element) -> Iterator[Element]:
    """The rows of a table that are not deleted."""
    for child in children(table):
        if child.tag == f"{W}tr":
            if child.find(f"{W}trPr/{W}del") is None:
                yield child
        elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"}:
            yield from rows(child)


def cells(row: Element) -> Iterator[tuple[Element, int, bool]]:
    """The cells of a row: element, columns covered, whether it only continues the cell above."""
    for child in children(row):
        if child.tag == f"{W}tc":
            if child.find(f"{W}tcPr/{W}cellDel") is not None:
                continue
            span = child.find(f"{W}tcPr/{W}gridSpan")
            merge = child.find(f"{W}tcPr/{W}vMerge")
            columns = int(span.get(f"{W}val", "1")) if span is not None else 1
            yield child, max(1, min(columns, _MOST_COLUMNS)), merge is not None and merge.get(f"{W}val") != "restart"
        elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml"}:
            yield from cells(child)


def skipped_columns(row: Element) -> list[GridCell]:
    """Columns of the grid that a row leaves out at its start (17.4.15), as a blank cell."""
    before = row.find(f"{W}trPr/{W}gridBefore")
    count = int(before.get(f"{W}val", "0")) if before is not None else 0
    return [GridCell("", min(count, _MOST_COLUMNS))] if count > 0 else []


def widths(table: Element) -> tuple[float, ...]:
    """The widths of the columns of a table's grid, in twentieths of a point; () where it gives none."""
    return tuple(float(column.get(f"{W}w", "0")) for column in table.iterfind(f"{W}tblGrid/{W}gridCol"))
