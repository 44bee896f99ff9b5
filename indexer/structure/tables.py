"""Tables understood: rows with the heads of their columns and the group rows above them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

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


class RowCells(Sequence[Cell]):
    """The cells of a row, one a column; those that are blank are made when they are asked for.

    A table may be as wide as its widest row and have nothing in nearly all of its places.
    """

    def __init__(self, row: int, width: int, places: Mapping[int, Cell], at: int) -> None:
        """``places``: the cells by column, in order; ``at``: where a blank one before all of them stands."""
        self._row, self._width, self._places, self._at = row, width, places, at
        self._own = [column for column, cell in places.items() if cell.row == row]

    def __len__(self) -> int:
        return self._width

    @overload
    def __getitem__(self, index: int) -> Cell: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Cell, ...]: ...
    def __getitem__(self, index: int | slice) -> Cell | tuple[Cell, ...]:
        if isinstance(index, slice):
            return tuple(self[column] for column in range(*index.indices(self._width)))
        column = range(self._width)[index]
        held = self._places.get(column)
        if held is not None:
            return held
        before = bisect_left(self._own, column)
        at = self._places[self._own[before - 1]].end if before else self._at
        return Cell(at, at, self._row, column)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: a cell and a head for each column, and the titles of the group rows above it, outermost first.

    A merged cell comes in every row and column that it covers; a blank one has an empty span.
    """

    cells: Sequence[Cell]
    heads: tuple[str, ...]
    group: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row's cells by column, in order, and the words of those that are not blank."""

    cells: RowCells
    places: Mapping[int, Cell]
    words: Mapping[int, str]


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
    rows = _rows(text, table)
    first = min(table.heads, len(rows))
    while first < len(rows) and is_numbering([*rows[first].words.values()]):
        first += 1
    heads = _column_heads(rows[:first]) if first else ("",) * (len(rows[0].cells) if rows else 0)
    repeated = [row.words for row in rows[: table.heads]]
    groups = _Groups()
    given: list[tuple[int, TableRow]] = []
    for at, row in enumerate(rows[first:], first):
        if is_numbering([*row.words.values()]) or row.words in repeated:
            given.append((at, TableRow((), heads, groups.titles)))
            continue
        below = row_number(rows[at + 1].words.get(0, "")) if at + 1 < len(rows) else None
        is_group, title = groups.enter(row, at, below)
        own = groups.titles
        given.append((at, TableRow(() if is_group else row.cells, heads, own if is_group else groups.around(title))))
    top = given[0][1].group if given else ()
    return (*((at, TableRow((), heads, top)) for at in range(first)), *given)


def _rows(text: str, table: Table) -> list[_Row]:
    """The cell that covers each place of each row; of several the first that says anything."""
    width = max((cell.column + cell.columns for cell in table.cells), default=0)
    count = max((cell.row + cell.rows for cell in table.cells), default=0)
    places: list[dict[int, Cell]] = [{} for _ in range(count)]
    for cell in table.cells:
        for row in places[cell.row : cell.row + cell.rows]:
            for column in range(cell.column, cell.column + cell.columns):
                held = row.get(column)
                if held is None or held.start == held.end:
                    row[column] = cell
    at = _start(table)
    rows: list[_Row] = []
    for number, row in enumerate(places):
        held_by = dict(sorted(row.items()))
        said = ((column, " ".join(text[cell.start : cell.end].split())) for column, cell in held_by.items())
        words = {column: word for column, word in said if word}
        rows.append(_Row(RowCells(number, width, held_by, at), held_by, words))
        at = next((cell.end for cell in reversed(held_by.values()) if cell.row == number), at)
    return rows


def _column_heads(rows: Sequence[_Row]) -> tuple[str, ...]:
    """The head of each column, outermost first where it has several; titles and numbers of columns are none."""
    width = len(rows[0].cells)
    heads: dict[int, list[str]] = {}
    for row in rows:
        if is_numbering([*row.words.values()]) or (width > 1 and row.cells[0].columns == width):
            continue
        for column, word in row.words.items():
            parts = heads.setdefault(column, [])
            if word not in parts:
                parts.append(word)
    return tuple(_BETWEEN_HEADS.join(heads.get(column, ())) for column in range(width))


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

    def enter(self, row: _Row, at: int, below: RowNumber | None) -> tuple[bool, str]:
        """Takes the next row; tells whether it is a group row, and its title if it heads the rows below."""
        own = {column: word for column, word in row.words.items() if row.places[column].row == at}
        number = row_number(own.get(0, ""))
        filled = {(row.places[column].start, row.places[column].end): word for column, word in own.items()}
        texts = list(filled.values())[number is not None :]
        if number is not None:
            self._close(number.series)
        heads_below = number is not None and below is not None and is_inside(below, number)
        is_group = len(own) == len(row.words) and len(texts) == 1 and self._is_group(row, number, texts[0], heads_below)
        if not texts or not (is_group or heads_below):
            return False, ""
        series = _series(number, texts[0])
        self._close(series)
        title = " ".join(list(filled.values())[: 1 if number is None else 2])
        self.open.append((series, title))
        return is_group, title

    def _is_group(self, row: _Row, number: RowNumber | None, title: str, heads_below: bool) -> bool:
        if heads_below or (number is not None and number.series in _GROUPING):
            return True
        width = len(row.cells)
        if width < _FEWEST_COLUMNS:
            return False
        spanning = max((cell.columns for cell in row.places.values()), default=1) >= width - 1
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
