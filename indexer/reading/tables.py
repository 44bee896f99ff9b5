"""What the readers share about tables: which only place things side by side, how a row is printed, where cells lie."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.model import Cell, Table
from indexer.reading.lines import Assembly
from indexer.reading.table_heads import count_heads

# What the two-column head of an official letter and its foot print (Decree 30/2020/NĐ-CP, annex I; Guide 36-HD/VPTW for
# Party documents). A table that holds one of these within a few rows places text, it does not tabulate.
LETTERHEAD = re.compile(
    r"CỘNG\s+H(?:ÒA|OÀ)\s+XÃ\s+HỘI|Độc\s+lập\s*[-–]\s*Tự\s+do|ĐẢNG\s+CỘNG\s+SẢN|Nơi\s+nhận\s*:", re.IGNORECASE
)
_LETTERHEAD_ROWS = 5
_LETTERHEAD_COLUMNS = 3
_PROSE_CELL = 1500  # characters: longer cells of a table without borders are columns of a page
_MOST_CELLS = 500  # in a row, and columns: with more it is a drawing, or markup gone wrong
_BAR = " | "
_SAME_WIDTH = 0.02  # of the table's width: grids that differ less are drawn as one


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell as a reader meets it: its text, the columns it covers, whether it only goes on a cell of the row above."""

    text: str
    columns: int = 1
    continued: bool = False
    page: int | None = None


def is_layout(rows: Sequence[Sequence[str]], bordered: bool) -> bool:
    """Whether a table of cell texts only places text side by side, so that its cells are read one after another."""
    columns = max(map(len, rows), default=0)
    if columns <= 1 or columns > _MOST_CELLS:
        return True
    small = len(rows) <= _LETTERHEAD_ROWS and columns <= _LETTERHEAD_COLUMNS
    if small and any(LETTERHEAD.search(cell) for row in rows for cell in row):
        return True
    if bordered:
        return False
    return len(rows) == 1 or any(len(cell) > _PROSE_CELL for row in rows for cell in row)


def row_text(cells: Sequence[str]) -> str:
    """A row's cells joined by " | ", empty ones kept so that columns stay in line; a row of one cell is that cell."""
    return _printed(cells)[0]


def _printed(cells: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """A row as it is printed, and the span of each cell in it."""
    cells = [" ".join(cell.split()) for cell in cells]
    bar = _BAR if sum(map(bool, cells)) > 1 else ""
    spans, at = [], 0
    for cell in cells:
        spans.append((at, at + len(cell)))
        at += len(cell) + len(bar)
    return bar.join(cells), spans


class TableAssembly:
    """A text in the making and the tables in it; ``assembly`` takes what stands between them."""

    def __init__(self, assembly: Assembly) -> None:
        """Adds to this text."""
        self.assembly = assembly
        self.tables: list[Table] = []
        self._grid: tuple[float, ...] = ()
        self._ended_at = -1  # count of lines after the last table
        self._heads: list[str] = []

    def add(
        self,
        rows: Sequence[Sequence[GridCell]],
        marked: int = 0,
        page: int | None = None,
        grid: tuple[float, ...] = (),
    ) -> None:
        """Appends a table, a line a row; rows without any text are left out.

        ``marked``: how many rows the format calls heads, else they are judged by their words. ``grid``: widths of the
        columns; a table right below another one with the same grid goes on with it, as Word draws them.
        """
        if any(sum(cell.columns for cell in row) > _MOST_CELLS for row in rows):
            rows = [[replace(cell, columns=1) for cell in row] for row in rows]
        cells: list[Cell] = []
        words: list[str] = []
        number, dropped = 0, 0
        open_cells: dict[int, int] = {}  # first column -> index of the cell that may go on below
        for index, row in enumerate(rows):
            if not any(cell.text.strip() for cell in row if not cell.continued):
                dropped += index < marked
                continue
            texts = [part for cell in row for part in ("" if cell.continued else cell.text, *[""] * (cell.columns - 1))]
            spans = _printed(texts)[1]
            pages = (cell.page for cell in row if cell.page is not None)
            start = self.assembly.row(row_text(texts), next(pages, page))
            column, still_open = 0, {}
            for cell in row:
                above = open_cells.get(column)
                if cell.continued and above is not None:
                    cells[above] = replace(cells[above], rows=number - cells[above].row + 1)
                else:
                    above = len(cells)
                    first, last = spans[column]
                    cells.append(Cell(start + first, start + last, number, column, columns=cell.columns))
                    words.append(" ".join(cell.text.split()))
                still_open[column] = above
                column += cell.columns
            open_cells = still_open
            number += 1
        if not cells:
            return
        heads = marked - dropped or count_heads(list(zip(cells, words, strict=True)))
        head_words = [text for cell, text in zip(cells, words, strict=True) if cell.row < heads]
        goes_on = not heads or head_words == self._heads
        if goes_on and self._ended_at == self.assembly.count - number and grid and _same_grid(grid, self._grid):
            before = self.tables[-1]
            shift = 1 + max(cell.row for cell in before.cells)
            below = tuple(replace(cell, row=cell.row + shift) for cell in cells)
            self.tables[-1] = Table(before.cells + below, before.heads)
        else:
            self.tables.append(Table(tuple(cells), heads))
            self._heads = head_words
        self._grid, self._ended_at = grid, self.assembly.count


def _same_grid(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    width = sum(one) or 1.0
    return len(one) == len(other) and all(abs(a - b) <= _SAME_WIDTH * width for a, b in zip(one, other, strict=True))
