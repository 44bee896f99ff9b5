"""Tables understood: rows with the heads of their columns and the group rows above them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.model import Cell, SourceText, Table
from indexer.reading.table_heads import is_numbering
from indexer.structure.flattened import flattened_tables
from indexer.structure.markers import ROMAN
from indexer.structure.running import RowNumber, Series, is_inside, row_number

__all__ = ["TableRow", "flattened_tables", "rows_of", "tables_of"]

_BETWEEN_HEADS = " - "
_FEWEST_COLUMNS = 3  # with fewer, a row of one cell need not be a group
# A group's number at the start of its title: "II. CẢI CÁCH …", "A. CẤP TỈNH", "Mục 2: …".
_GROUP_NUMBER = re.compile(
    rf"({ROMAN}|[A-H])\s*[./):–-]\s*\S|(?:Phần|PHẦN|Mục|MỤC|Nhóm|NHÓM)\s+(?:{ROMAN}|\d{{1,2}})\b"
)
_GROUPING = frozenset({Series.CAPITAL, Series.ROMAN})


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: a cell and a head for each column, and the titles of the group rows above it, outermost first.

    A merged cell comes in every row and column that it covers; a blank one has an empty span.
    """

    cells: tuple[Cell, ...]
    heads: tuple[str, ...]
    group: tuple[str, ...]


def tables_of(source: SourceText) -> tuple[Table, ...]:
    """All tables of a source in reading order: those its reader gave and those that lie flattened in its text."""
    return tuple(sorted((*source.tables, *flattened_tables(source)), key=_start))


def _start(table: Table) -> int:
    return min((cell.start for cell in table.cells), default=0)


def rows_of(text: str, table: Table) -> tuple[TableRow, ...]:
    """The rows of a table below its heads; group rows are no rows but head those below them.

    Left out too: heads repeated on a further page, rows that only number the columns.
    """
    return tuple(row for _, row in numbered_rows(text, table) if row.cells)


def numbered_rows(text: str, table: Table) -> tuple[tuple[int, TableRow], ...]:
    """Every row of a table with its number in it: heads and group rows without cells, each with the groups it is in.

    A group row is in its own group, the heads at the top in that of the first row.
    """
    grid = _grid(table)
    words = [[" ".join(text[cell.start : cell.end].split()) for cell in row] for row in grid]
    first = min(table.heads, len(grid))
    while first < len(grid) and is_numbering(words[first]):
        first += 1
    heads = _column_heads(grid[:first], words[:first]) or ("",) * (len(grid[0]) if grid else 0)
    repeated = {tuple(row) for row in words[: table.heads]}
    groups = _Groups()
    rows: list[tuple[int, TableRow]] = []
    for at in range(first, len(grid)):
        if is_numbering(words[at]) or tuple(words[at]) in repeated:
            rows.append((at, TableRow((), heads, groups.titles)))
            continue
        below = row_number(words[at + 1][0]) if at + 1 < len(grid) else None
        is_group, title = groups.enter(grid[at], words[at], at, below)
        own = groups.titles
        rows.append(
            (at, TableRow(() if is_group else tuple(grid[at]), heads, own if is_group else groups.around(title)))
        )
    top = rows[0][1].group if rows else ()
    return (*((at, TableRow((), heads, top)) for at in range(first)), *rows)


def _grid(table: Table) -> list[list[Cell]]:
    """The cell that covers each place; a place that none covers gets an empty one."""
    rows = max((cell.row + cell.rows for cell in table.cells), default=0)
    columns = max((cell.column + cell.columns for cell in table.cells), default=0)
    places: dict[tuple[int, int], Cell] = {}
    for cell in table.cells:
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                held = places.get((row, column))
                if held is None or held.start == held.end:
                    places[row, column] = cell
    at = _start(table)
    grid: list[list[Cell]] = []
    for row in range(rows):
        grid.append([])
        for column in range(columns):
            cell = places.get((row, column)) or Cell(at, at, row, column)
            at = cell.end if cell.row == row else at
            grid[-1].append(cell)
    return grid


def _column_heads(grid: Sequence[Sequence[Cell]], words: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The head of each column, outermost first where it has several; titles and numbers of columns are none."""
    heads: list[list[str]] = [[] for _ in grid[0]] if grid else []
    for row, texts in zip(grid, words, strict=True):
        if is_numbering(texts) or (len(row) > 1 and row[0].columns == len(row)):
            continue
        for column, text in enumerate(texts):
            if text and text not in heads[column]:
                heads[column].append(text)
    return tuple(_BETWEEN_HEADS.join(parts) for parts in heads)


@dataclass(slots=True)
class _Groups:
    """The group rows that are open, outermost first: the series of each and its title."""

    open: list[tuple[object, str]] = field(default_factory=list)

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(title for _, title in self.open)

    def around(self, own: str) -> tuple[str, ...]:
        """The titles above a row that may be a group itself."""
        titles = self.titles
        return titles[:-1] if own and titles and titles[-1] == own else titles

    def enter(self, row: Sequence[Cell], words: Sequence[str], at: int, below: RowNumber | None) -> tuple[bool, str]:
        """Takes the next row; tells whether it is a group row, and its title if it heads the rows below."""
        number = row_number(words[0]) if row[0].row == at else None
        filled = {
            (cell.start, cell.end): text for cell, text in zip(row, words, strict=True) if text and cell.row == at
        }
        texts = list(filled.values())[number is not None :]
        if number is not None:
            self._close(number.series)
        heads_below = number is not None and below is not None and is_inside(below, number)
        merged = any(text and cell.row != at for cell, text in zip(row, words, strict=True))
        is_group = not merged and len(texts) == 1 and self._is_group(row, number, texts[0], heads_below)
        if not texts or not (is_group or heads_below):
            return False, ""
        series = _series(number, texts[0])
        self._close(series)
        title = " ".join(list(filled.values())[: 1 if number is None else 2])
        self.open.append((series, title))
        return is_group, title

    def _is_group(self, row: Sequence[Cell], number: RowNumber | None, title: str, heads_below: bool) -> bool:
        if heads_below or (number is not None and number.series in _GROUPING):
            return True
        if len(row) < _FEWEST_COLUMNS:
            return False
        spanning = max(cell.columns for cell in row) >= len(row) - 1
        if number is not None:
            return spanning and title.isupper()
        return spanning or title.isupper() or _GROUP_NUMBER.match(title) is not None

    def _close(self, series: object) -> None:
        """Closes the groups that a row of this series does not stand in: the one of its own and what is inside it."""
        for depth, (other, _) in enumerate(self.open):
            if other == series:
                del self.open[depth:]
                return


def _series(number: RowNumber | None, title: str) -> object:
    """What tells groups of one level: the series of their numbers, or how their titles look."""
    if number is not None:
        return number.series
    printed = _GROUP_NUMBER.match(title)
    if printed is None:
        return "capitals" if title.isupper() else "words"
    label = printed[1]
    return (Series.ROMAN if re.fullmatch(ROMAN, label) else Series.CAPITAL) if label else "named"
