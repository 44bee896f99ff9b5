"""The numbers that run down the first column of a table, and which of them may follow which."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from indexer.structure.markers import ROMAN, roman_value


class Series(IntEnum):
    """What a number counts, outermost first; decimals of two and three parts are series of their own."""

    CAPITAL = 0
    ROMAN = 1
    STEP = 2
    ARABIC = 3
    DECIMAL2 = 4
    DECIMAL3 = 5
    LETTER = 6
    BULLET = 7


@dataclass(frozen=True, slots=True)
class RowNumber:
    """A row's number: its series and its parts ("1.2" has two; a dash has none)."""

    series: Series
    values: tuple[int, ...]


_LETTERS = "abcdđeghiklmnopqrstuvxy"
_PATTERNS: tuple[tuple[Series, re.Pattern[str]], ...] = (
    (Series.ROMAN, re.compile(rf"({ROMAN})\s*[./)]?")),
    (Series.CAPITAL, re.compile(r"([A-HK])\s*[./)]?")),
    (Series.STEP, re.compile(r"(?:B|[Bb]ước|BƯỚC)\s*(\d{1,2})\s*[.:]?")),
    (Series.ARABIC, re.compile(r"(\d{1,3}(?:\.\d{1,2}){0,2})\s*[.)/]?")),
    (Series.LETTER, re.compile(r"([a-zđ])\s*[.)/]?")),
    (Series.BULLET, re.compile(r"([-–+*•])")),
)


def row_number(words: str) -> RowNumber | None:
    """The number that a cell holds and nothing else, None where it holds anything else."""
    words = words.strip()
    for series, pattern in _PATTERNS:
        found = pattern.fullmatch(words)
        if found is None:
            continue
        label = found[1]
        if series is Series.ROMAN:
            return RowNumber(series, (roman_value(label),))
        if series is Series.CAPITAL:
            return RowNumber(series, ("ABCDEFGHIK".index(label) + 1,))
        if series is Series.LETTER:
            value = _LETTERS.find(label) + 1
            return RowNumber(series, (value,)) if value else None
        if series is Series.BULLET:
            return RowNumber(series, ())
        values = tuple(int(part) for part in label.split("."))
        if series is Series.ARABIC:
            series = Series(Series.ARABIC + len(values) - 1)  # noqa: PLW2901
        return RowNumber(series, values) if values[-1] else None
    return None


def is_inside(number: RowNumber, above: RowNumber) -> bool:
    """Whether a row may be a part of the row above it: 1.1 of 1, a) of 1, 1 of II."""
    if above.series in _DECIMALS and number.series in _DECIMALS:
        return len(number.values) > len(above.values) and number.values[: len(above.values)] == above.values
    return number.series > above.series and (not number.values or number.values[-1] == 1)


_DECIMALS = frozenset({Series.ARABIC, Series.DECIMAL2, Series.DECIMAL3})
_ALLOWED_JUMP = 3
_BULLET, _ANEW = 0.3, 1.5  # costs of a row with a dash, and of a count that begins anew without a group row
SLIP = 3.0
"""What it costs, in blank cells, that a number does not follow the ones before it."""


@dataclass(frozen=True, slots=True)
class Count:
    """How far each series has come, for the rows read so far."""

    last: tuple[tuple[Series, tuple[int, ...]], ...] = ()

    def after(self, number: RowNumber) -> Count:
        """The count with one more row; series inside it begin anew."""
        kept = tuple((series, values) for series, values in self.last if series < number.series or (
            series is Series.ARABIC and number.series < Series.STEP))  # fmt: skip
        return Count((*kept, (number.series, number.values)))

    def cost(self, number: RowNumber) -> float | None:
        """0 where the number comes next, more where it is a slip, None where it cannot stand here."""
        if number.series is Series.BULLET:
            return _BULLET if self.last else None
        if not self.last:
            return 0.0 if number.values[-1] == 1 else None
        values = dict(self.last).get(number.series)
        if number.series in {Series.DECIMAL2, Series.DECIMAL3}:
            return self._decimal(number, values)
        value = number.values[-1]
        step = value - values[-1] if values is not None else 0
        # "d) e)": đ is often left out
        if step == 1 or (step == 2 and number.series is Series.LETTER):  # noqa: PLR2004  (small counts, plain where they stand)
            return 0.0
        if value == 1:
            return 0.0 if number.series > self.last[-1][0] else _ANEW
        return SLIP if 0 < step <= _ALLOWED_JUMP else None

    def _decimal(self, number: RowNumber, values: tuple[int, ...] | None) -> float | None:
        if values is not None and number.values == (*values[:-1], values[-1] + 1):
            return 0.0
        above = dict(self.last).get(Series(number.series - 1))
        if above is not None and number.values[:-1] == above:
            return 0.0 if number.values[-1] == 1 else SLIP
        return None
