"""How the heads of a flattened table lie over its columns: on one level or two, with a column that stays blank."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_REMARKS = re.compile(r"ghi\s+chú", re.IGNORECASE)
# Heads that tend to span others: how much, where, when, from which money.
_SPANS = re.compile(
    r"tỷ\s+lệ|tỉ\s+lệ|mức|kinh\s+phí|vị\s+trí|thời\s+gian|trong\s+đó|nguồn|giá|số|quy\s+mô|kế\s+hoạch", re.IGNORECASE
)
_BLANK_COLUMN = 2.0  # cost of taking the remarks' column for blank in all rows
_ONE_LEVEL = 4.0  # cost of taking heads for one level where some stand after the remarks, which come last

Place = tuple[int, int, int, int]  # row, column, rows, columns


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each head stands, how many columns there are, which of them hold cells, and what assuming it costs."""

    heads: tuple[Place, ...]
    columns: int
    filled: tuple[int, ...]
    cost: float

    @property
    def rows(self) -> int:
        """How many rows the heads take."""
        return max(row + height for row, _, height, _ in self.heads)

    def names(self, words: Sequence[str]) -> list[str]:
        """The words of all heads over each column."""
        names = [""] * self.columns
        for head, (_, column, _, width) in zip(words, self.heads, strict=False):
            for covered in range(column, column + width):
                names[covered] = f"{names[covered]} {head}".strip()
        return names


def layouts(heads: Sequence[str], numbered: int = 0) -> Iterator[Layout]:
    """The ways in which heads may lie over columns; only one where ``numbered`` columns were counted in print."""
    count = len(heads)
    two_levels = _two_levels(heads)
    places = [(tuple((0, at, 1, 1) for at in range(count)), count, _ONE_LEVEL if two_levels else 0.0)]
    if two_levels is not None:
        places.append((two_levels, count - 1, 0.0))
    for placed, columns, cost in places:
        every = tuple(range(columns))
        if numbered in {0, columns}:
            yield Layout(placed, columns, every, cost)
        remarks = [place[1] for head, place in zip(heads, placed, strict=True) if _REMARKS.match(head)]
        if len(remarks) == 1 and columns > 2 and not numbered:  # noqa: PLR2004 - a number and a cell must stay
            yield Layout(placed, columns, tuple(at for at in every if at != remarks[0]), cost + _BLANK_COLUMN)


def _two_levels(heads: Sequence[str]) -> tuple[Place, ...] | None:
    """Heads of which one spans the last ones; None where their words do not tell which.

    The upper level ends with the remarks (ghi chú), as annexes print them; the heads after them are the lower one.
    """
    count = len(heads)
    above = next((at + 1 for at, head in enumerate(heads) if _REMARKS.match(head)), 0)
    below = count - above
    spanning = [at for at in range(1, max(above - 1, 0)) if _SPANS.search(heads[at])]
    if below < 2 or len(spanning) != 1:  # noqa: PLR2004 - one head under another is none
        return None
    placed: list[Place] = []
    column = 0
    for at in range(above):
        width = below if at == spanning[0] else 1
        placed.append((0, column, 2 if width == 1 else 1, width))
        column += width
    first = placed[spanning[0]][1]
    return (*placed, *((1, first + at, 1, 1) for at in range(below)))
