"""Ruled tables of a page: the printed rules as a grid, its cells with what they span, and the words in each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.reading.pdf_layout import rows_of
from indexer.reading.pdf_words import Rule, Word, recentred
from indexer.reading.tables import is_layout

# In points.
_SAME_PLACE = 3.0  # rules as close are one: double borders, and the borders of neighbouring cells
_JOIN = 4.0  # along a rule, from one piece to the next, and at corners
_SHORTEST = 7.0  # shorter ones underline a letter or make a dotted line
_DATE = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{4}")
_NUMBER_CUT = re.compile(r"\d+/(?:\d{4}/|\d{4}/[A-ZĐ]+-)|\d+/[A-ZĐ]+-")
_MOST_RULES = 3_000  # more are a drawing


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell's text, its paragraphs parted by line breaks; first row and column from 0; how many it covers."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table or the part of one on a page: cells in reading order, places of its columns' edges, top and bottom.

    ``slack``: how far each inner edge could stand to either side, where no rule says its place.
    """

    cells: tuple[GridCell, ...]
    rows: int
    edges: tuple[float, ...]
    top: float
    bottom: float
    page: int = 0
    slack: tuple[float, ...] = ()

    @property
    def columns(self) -> int:
        """How many."""
        return len(self.edges) - 1


@dataclass(frozen=True, slots=True)
class _Box:
    """A cell of a grid by its edges' numbers, ends exclusive."""

    row: int
    column: int
    end_row: int
    end_column: int


@dataclass(frozen=True, slots=True)
class _Grid:
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    boxes: tuple[_Box, ...]


def ruled_tables(words: Sequence[Word], rules: Sequence[Rule], angle: int) -> tuple[list[PageTable], list[Word]]:
    """The ruled tables of a page from the top down, and the words outside them; ``angle`` is the rules' frame."""
    tables: list[PageTable] = []
    left = list(words)
    for grid in _grids(rules):
        inside, outside = _parted(left, grid, angle)
        texts = _texts(inside, grid, angle)
        table = _table(grid, texts)
        if table is not None:
            tables.append(table)
            left = outside
    return sorted(tables, key=lambda table: table.top), left


def _grids(rules: Sequence[Rule]) -> Iterator[_Grid]:
    if len(rules) > _MOST_RULES:
        return
    merged = [*_merged(rule for rule in rules if not rule.upright), *_merged(rule for rule in rules if rule.upright)]
    for group in _connected(merged):
        level = [rule for rule in group if not rule.upright]
        upright = [rule for rule in group if rule.upright]
        if not level or not upright:
            continue
        xs = _places([r.place for r in upright], min(r.near for r in level), max(r.far for r in level))
        ys = _places([r.place for r in level], min(r.near for r in upright), max(r.far for r in upright))
        if len(xs) > 2:  # noqa: PLR2004  one column is a frame around text
            yield _Grid(xs, ys, tuple(_boxes(xs, ys, level, upright)))


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Rules of one direction, pieces of one line joined."""
    ordered = sorted(rules, key=lambda rule: rule.place)
    lines: list[list[Rule]] = []
    for rule in ordered:
        if lines and rule.place - lines[-1][0].place <= _SAME_PLACE:
            lines[-1].append(rule)
        else:
            lines.append([rule])
    merged = []
    for line in lines:
        place = sum(rule.place for rule in line) / len(line)
        near = far = None
        for rule in sorted(line, key=lambda rule: rule.near):
            if near is None or far is None:
                near, far = rule.near, rule.far
            elif rule.near <= far + _JOIN:
                far = max(far, rule.far)
            else:
                merged.append(Rule(rule.upright, place, near, far))
                near, far = rule.near, rule.far
        if near is not None and far is not None:
            merged.append(Rule(line[0].upright, place, near, far))
    return [rule for rule in merged if rule.far - rule.near >= _SHORTEST]


def _connected(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Rules that touch one another, together."""
    parent = list(range(len(rules)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    upright = [index for index, rule in enumerate(rules) if rule.upright]
    for index, rule in enumerate(rules):
        if rule.upright:
            continue
        for other in upright:
            if _touch(rule, rules[other]):
                parent[root(other)] = root(index)
    groups: dict[int, list[Rule]] = defaultdict(list)
    for index, rule in enumerate(rules):
        groups[root(index)].append(rule)
    yield from groups.values()


def _touch(level: Rule, upright: Rule) -> bool:
    return (
        level.near - _JOIN <= upright.place <= level.far + _JOIN
        and upright.near - _JOIN <= level.place <= upright.far + _JOIN
    )


def _places(places: Iterable[float], first: float, last: float) -> tuple[float, ...]:
    """The edges of columns or rows, with the outermost ends of the rules across, where no rule closes the table."""
    edges: list[float] = []
    for place in sorted([*places, first, last]):
        if not edges or place - edges[-1] > _SAME_PLACE + 1:
            edges.append(place)
    return tuple(edges)


def _boxes(xs: Sequence[float], ys: Sequence[float], level: Sequence[Rule], upright: Sequence[Rule]) -> Iterator[_Box]:
    """The cells of a grid: squares between neighbouring edges, those without a rule between them joined."""
    columns, rows = len(xs) - 1, len(ys) - 1
    boxes = {(r, c): _Box(r, c, r + 1, c + 1) for r in range(rows) for c in range(columns)}

    def join(one: tuple[int, int], other: tuple[int, int]) -> None:
        a, b = boxes[one], boxes[other]
        if a is b:
            return
        box = _Box(
            min(a.row, b.row), min(a.column, b.column), max(a.end_row, b.end_row), max(a.end_column, b.end_column)
        )
        members = {boxes[r, c] for r in range(box.row, box.end_row) for c in range(box.column, box.end_column)}
        if any(m.row < box.row or m.end_row > box.end_row for m in members) or any(
            m.column < box.column or m.end_column > box.end_column for m in members
        ):
            return
        for r in range(box.row, box.end_row):
            for c in range(box.column, box.end_column):
                boxes[r, c] = box

    for r in range(rows):
        for c in range(columns):
            across, down = (ys[r] + ys[r + 1]) / 2, (xs[c] + xs[c + 1]) / 2
            if c + 1 < columns and not _covered(upright, xs[c + 1], across):
                join((r, c), (r, c + 1))
            if r + 1 < rows and not _covered(level, ys[r + 1], down):
                join((r, c), (r + 1, c))
    yield from sorted(set(boxes.values()), key=lambda box: (box.row, box.column))


def _covered(rules: Sequence[Rule], place: float, at: float) -> bool:
    return any(abs(rule.place - place) <= _SAME_PLACE + 1 and rule.near <= at <= rule.far for rule in rules)


def _parted(words: Sequence[Word], grid: _Grid, angle: int) -> tuple[list[Word], list[Word]]:
    inside: list[Word] = []
    outside: list[Word] = []
    for word in words:
        x, y = recentred(word, angle)
        within = grid.xs[0] <= x <= grid.xs[-1] and grid.ys[0] <= y <= grid.ys[-1]
        (inside if within else outside).append(word)
    return inside, outside


def _texts(words: Sequence[Word], grid: _Grid, angle: int) -> dict[_Box, str]:
    places = {(r, c): box for box in grid.boxes for r in range(box.row, box.end_row)
              for c in range(box.column, box.end_column)}  # fmt: skip
    held: dict[_Box, list[Word]] = defaultdict(list)
    for word in words:
        x, y = recentred(word, angle)
        row = next((i for i, (_, below) in enumerate(pairwise(grid.ys)) if y <= below), None)
        column = next((i for i, (_, after) in enumerate(pairwise(grid.xs)) if x <= after), None)
        if row is not None and column is not None:
            held[places[row, column]].append(word)
    return {box: cell_text(inside) for box, inside in held.items()}


def cell_text(words: Sequence[Word]) -> str:
    """The text of a cell, a line break between printed lines."""
    lines: list[str] = []
    for angle in dict.fromkeys(word.angle for word in words):
        for row in rows_of([word for word in words if word.angle == angle]):
            text = " ".join(line.text for line in row.lines)
            if lines and _cut_inside(lines[-1], text):
                lines[-1] += text
            else:
                lines.append(text)
    return "\n".join(lines)


def _cut_inside(line: str, following: str) -> bool:
    """Whether a narrow cell breaks a date or a document's number between two lines."""
    last, first = line.rsplit(maxsplit=1)[-1], following.split(maxsplit=1)[0]
    if _NUMBER_CUT.fullmatch(last) and first[0].isalnum():
        return True
    return _DATE.fullmatch(last + first.rstrip(".,;")) is not None


def _table(grid: _Grid, texts: dict[_Box, str]) -> PageTable | None:
    """The table of a grid; None where it only frames text, or is a drawing. Empty rows and columns are left out."""
    filled = [box for box in grid.boxes if texts.get(box, "").strip()]
    if not filled:
        return None
    rows = _kept(grid.ys, [(box.row, box.end_row) for box in filled], keep_empty=True)
    columns = _kept(grid.xs, [(box.column, box.end_column) for box in grid.boxes], keep_empty=False)
    cells = []
    for box in grid.boxes:
        row, end_row, column, end_column = (
            rows[box.row],
            rows[box.end_row],
            columns[box.column],
            columns[box.end_column],
        )
        if end_row > row and end_column > column:
            cells.append(GridCell(texts.get(box, ""), row, column, end_row - row, end_column - column))
    width, height = columns[-1], rows[-1]
    by_row = [[cell.text for cell in cells if cell.row == row] for row in range(height)]
    if width < 2 or len(filled) < 2 or is_layout([row or [""] for row in by_row], bordered=True):  # noqa: PLR2004  (small counts, plain where they stand)
        return None
    edges = tuple(x for x, (number, following) in zip(grid.xs, pairwise(columns), strict=False) if following > number)
    return PageTable(tuple(cells), height, (*edges, grid.xs[-1]), grid.ys[0], grid.ys[-1])


def _kept(edges: Sequence[float], spans: Sequence[tuple[int, int]], keep_empty: bool) -> list[int]:
    """The new number of every edge, when rows or columns in which no cell starts and ends are left out."""
    starts = {start for start, _ in spans}
    numbers = [0]
    for index in range(len(edges) - 1):
        numbers.append(numbers[-1] + (1 if keep_empty or index in starts else 0))
    return numbers
