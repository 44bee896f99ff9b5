"""A stream of cells cut into rows: by the number of columns and the numbers that run down the first one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.structure.markers import ROMAN
from indexer.structure.running import Count, RowNumber, Series, row_number

_GROUP_TITLE = re.compile(rf"(?:{ROMAN}|[A-H])\s*[./):–-]\s*\S")
_LONGEST_GROUP = 40  # words
_ROW = 3.0  # what a row is worth, in the costs of running.SLIP
_BLANK, _MOST_BLANK = 1.0, 2.5  # cost of a cell that is missing, and at most of all in a row
_EXTRA = 1.2  # cost of a paragraph too many
_MOST_EXTRA = 8
_TITLE_ALONE = 0.5  # cost of a group title without a number
_GROUPING = frozenset({Series.CAPITAL, Series.ROMAN})


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a stream: where each starts, where the last one ends, and how well all of it fits."""

    starts: tuple[int, ...]
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class _State:
    score: float
    count: Count
    before: int
    alone: bool  # a group title without a number starts here


def split_rows(cells: Sequence[str], columns: int) -> Rows:
    """The best cut of a stream of cells that begins with a row; what does not belong to the table is left at its end.

    Every row starts with a number that may follow those before it, or is a group's title alone.
    """
    numbers = [row_number(cell) for cell in cells]
    states: dict[int, _State] = {}
    for at in range(min(2, len(cells))):
        _start(states, at, numbers, cells, None)
        if states:
            break
    ends: dict[int, tuple[float, int]] = {}
    for at in range(len(cells)):
        state = states.get(at)
        if state is None:
            continue
        longest = 1 if state.alone else columns + _MOST_EXTRA
        for end in range(at + 1, min(len(cells), at + longest) + 1):
            worth = state.score + _worth(end - at, columns, numbers[at], state.alone)
            if end == len(cells) or end - at == columns:
                ends[end] = max(ends.get(end, (worth, at)), (worth, at))
            if end < len(cells):
                _start(states, end, numbers, cells, (worth, at, state.count))
    if not ends:
        return Rows((), 0, 0.0)
    end = max(ends, key=lambda position: ends[position])
    score, at = ends[end]
    starts = [at]
    while states[starts[-1]].before >= 0:
        starts.append(states[starts[-1]].before)
    return Rows(tuple(reversed(starts)), end, score)


def _start(
    states: dict[int, _State],
    at: int,
    numbers: Sequence[RowNumber | None],
    cells: Sequence[str],
    before: tuple[float, int, Count] | None,
) -> None:
    """Lets a row start at a cell, if it may and if no better way leads there."""
    score, previous, count = before or (0.0, -1, Count())
    number = numbers[at]
    if number is None:
        if at + 1 >= len(cells) or numbers[at + 1] is None or not is_group_title(cells[at]):
            return
        state = _State(score - _TITLE_ALONE, count, previous, alone=True)
    else:
        cost = count.cost(number)
        if cost is None:
            return
        state = _State(score - cost, count.after(number), previous, alone=False)
    held = states.get(at)
    if held is None or state.score > held.score:
        states[at] = state


def _worth(cells: int, columns: int, number: RowNumber | None, alone: bool) -> float:
    if alone:
        return 0.0
    if cells == 1:
        return -_ROW
    if cells == 2 and number is not None and number.series in _GROUPING:  # noqa: PLR2004 - number and title
        return _ROW / 2
    if cells <= columns:
        return _ROW - min(_BLANK * (columns - cells), _MOST_BLANK)
    return _ROW - _EXTRA * (cells - columns)


def is_group_title(words: str) -> bool:
    """Whether a cell alone can head the rows below it: numbered like a heading, or in capitals."""
    words = " ".join(words.split())
    if not 1 < len(words.split()) <= _LONGEST_GROUP:
        return False
    return words.isupper() or is_numbered_title(words)


def is_numbered_title(words: str) -> bool:
    """Whether a cell is a title with its Roman number or capital before it: "II. CẢI CÁCH …"."""
    return _GROUP_TITLE.match(words) is not None
