"""Tables of web pages: which only place things, and the cells of the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from indexer.reading.elements import Element
from indexer.reading.tables import GridCell
from indexer.reading.tables import is_layout as only_places

_NO_BORDER = re.compile(r"border(?:-(?:top|right|bottom|left))?(?:-style|-width)?\s*:\s*(?:none|0(?:pt|px)?\b)", re.I)
_BORDER = re.compile(
    r"border(?:-(?:top|right|bottom|left))?(?:-style)?\s*:[^;]{0,100}\b(?:solid|double|dashed|dotted|inset|ridge)", re.I
)
_MOST_COLUMNS = 100


def is_layout(table: Element) -> bool:
    """Whether a table only places things side by side: a letterhead, a signature block, columns of a page."""
    if table.get("role") == "presentation":
        return True
    bordered = _bordered(table)
    if next(table.iterdescendants("table"), None) is not None and not bordered:
        return True
    rows = [["".join(cell.itertext()) for cell in _cells(row)] for row in _own_rows(table)]
    return only_places(rows, bordered or next(table.iter("th"), None) is not None)


def _bordered(table: Element) -> bool:
    border = table.get("border", "")
    style = ";".join(
        [table.get("style", ""), *(cell.get("style", "") for row in _own_rows(table) for cell in _cells(row))]
    )
    return (border not in {"", "0"} and not _NO_BORDER.search(style)) or bool(_BORDER.search(style))


def _own_rows(table: Element) -> Iterator[Element]:
    """The rows of a table, without those of tables inside it."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in {"thead", "tbody", "tfoot"}:
            yield from child.iterchildren("tr")


def _cells(row: Element) -> Iterator[Element]:
    yield from row.iterchildren("td", "th")


def grid_of(table: Element, cell_text: Callable[[Element], str]) -> tuple[list[list[GridCell]], int]:
    """The rows of a data table with what merged cells cover below them, and how many of them are marked as heads."""
    grid: list[list[GridCell]] = []
    covering: dict[int, tuple[int, int]] = {}  # first column -> columns and rows below that a cell still covers
    marked, above_body = 0, True
    for row in _own_rows(table):
        cells: list[GridCell] = []
        column = 0
        below: dict[int, tuple[int, int]] = {}

        for cell in _cells(row):
            column = _take_covered(covering, column, cells, below)
            columns, rows = _span(cell, "colspan"), _span(cell, "rowspan")
            cells.append(GridCell(cell_text(cell), columns))
            if rows > 1:
                below[column] = (columns, rows - 1)
            column += columns
        column = _take_covered(covering, column, cells, below)
        grid.append(cells)
        covering = {**{at: span for at, span in covering.items() if at > column}, **below}
        above_body = above_body and _is_head_row(row)
        marked += above_body
    return grid, marked if marked < len(grid) else 0


def _take_covered(
    covering: dict[int, tuple[int, int]], column: int, cells: list[GridCell], below: dict[int, tuple[int, int]]
) -> int:
    """Appends what cells above cover from a column on; gives the next column that is free."""
    while column in covering:
        columns, rows = covering.pop(column)
        cells.append(GridCell("", columns, continued=True))
        if rows > 1:
            below[column] = (columns, rows - 1)
        column += columns
    return column


def _is_head_row(row: Element) -> bool:
    parent = row.getparent()
    cells = list(_cells(row))
    return (parent is not None and parent.tag == "thead") or (bool(cells) and all(cell.tag == "th" for cell in cells))


def _span(cell: Element, name: str) -> int:
    """How many columns or rows a cell covers; nonsense counts as one."""
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), _MOST_COLUMNS)) if value.isascii() and value.isdigit() else 1
