"""Times that Vietnamese documents name: days, months, quarters, halves of a year, years, school years, periods."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

DECEMBER = 12
_LONGEST_MONTH = 31


class Unit(Enum):
    """How exact a time is."""

    DAY = auto()
    MONTH = auto()
    QUARTER = auto()
    HALF = auto()  # the first or last so many months of a year
    YEAR = auto()
    PERIOD = auto()  # years from one to another


@dataclass(frozen=True, slots=True)
class Point:
    """A time where it is written: ``numbers`` are its days, months, quarters or years, first and last.

    ``year`` and ``month`` are None where it leaves them out; ``part`` is "đầu", "giữa" or "cuối" (beginning, middle,
    end).
    """

    start: int
    end: int
    unit: Unit
    numbers: tuple[int, int]
    year: int | None = None
    month: int | None = None
    part: str = ""

    @property
    def is_range(self) -> bool:
        """Whether it runs from one number to another ("05-10/5", "giai đoạn 2021-2025")."""
        return self.numbers[0] != self.numbers[1]

    def days(self, year: int | None, month: int | None) -> tuple[date, date] | None:
        """Its first and last day, with ``year`` and ``month`` for those left out; None where it has none."""
        low, high = self.numbers
        if self.unit is Unit.PERIOD:
            opening, closing = _SCHOOL_YEAR if self.part else _CALENDAR_YEAR
            return date(low, *opening), date(high, *closing)
        year = self.year if self.year is not None else year
        if year is None:
            return None
        try:
            return self._in_year(year, self.month if self.month is not None else month)
        except ValueError:
            return None

    def _in_year(self, year: int, month: int | None) -> tuple[date, date]:
        low, high = self.numbers
        match self.unit:
            case Unit.DAY:
                return date(year, month or 0, low), date(year, month or 0, high)
            case Unit.MONTH:
                return _part_of_month(year, low, high, self.part)
            case Unit.QUARTER:
                return _months(year, 3 * low - 2, 3 * high)
            case Unit.HALF:
                return _months(year, low, high)
            case _:
                low, high = low or year, high or year
                first, last = _PARTS_OF_YEAR[self.part]
                return _months(low, first, 12)[0], _months(high, 1, last)[1]


# Months of the beginning, middle and end of a year; no rule fixes them.
_PARTS_OF_YEAR = {"": (1, 12), "đầu": (1, 3), "giữa": (5, 7), "cuối": (10, 12)}
# Tuần: thượng, trung, hạ.
_PARTS_OF_MONTH = {"đầu": (1, 10), "giữa": (11, 20), "cuối": (21, 31)}
_CALENDAR_YEAR = ((1, 1), (12, 31))
# Opening on 5 September, end before 31 May: the yearly frame of the school year (Decision 2045/QĐ-BGDĐT of 2024).
_SCHOOL_YEAR = ((9, 5), (5, 31))


def _months(year: int, low: int, high: int) -> tuple[date, date]:
    return date(year, low, 1), date(year, high, monthrange(year, high)[1])


def _part_of_month(year: int, low: int, high: int, part: str) -> tuple[date, date]:
    """Days from one month to another, which may be of the next year, or of a part of one."""
    first, last = _months(year - (low > high), low, low)[0], _months(year, high, high)[1]
    if part and low == high:
        start, end = _PARTS_OF_MONTH[part]
        return first.replace(day=start), first.replace(day=min(end, last.day))
    return first, last


_YEAR = r"(?:19|20)\d\d"
_OF_YEAR = rf"(?:\s*[/-]\s*(?:năm\s+)?|\s+(?:của\s+)?(?:năm\s+)?|\s*,\s*năm\s+)(?P<{{0}}>{_YEAR})(?![\d/])"
_AND = r"\s*(?:,|và|-|–|—|\+|đến(?:\s+hết)?|tới)\s*"
_ROMAN = r"(?:iv|i{1,3}|0?[1-4])\b"
_QUARTER = r"qu[ýíỳ]"
_OF = {name: _OF_YEAR.format(name) for name in ("yq", "yh", "ym")}

# One pattern, so that a text is walked once; the more exact a form, the earlier it stands. It reads small letters, as
# matching without regard to case takes twice as long; the words in front are those with which a time can start.
_POINT = re.compile(
    rf"""(?=\d|ngày|năm|tháng|qu[ýíỳ]|đầu|giữa|cuối|giai|thời|các|cả|ba\s|sáu|chín|\s+(?:từ\s|\d))(?:
        (?:ngày\s*)?(?<![\w/.,-])(?P<iso>{_YEAR}-\d\d-\d\d)(?![\w/-])
      | ngày\s*(?P<da>\d{{1,2}})(?:\s*(?:-|–|và|,|đến(?:\s+ngày)?)\s*(?P<db>\d{{1,2}}))?\s*tháng\s*(?P<dm>\d{{1,2}})
        (?:\s*(?:năm|/|,\s*năm)\s*(?P<dy>{_YEAR}))?(?![\d/])
      | (?P<word>ngày\s*)?(?<![\w/.,-])(?:(?P<sa>\d{{1,2}})\s*(?:-|–|đến)\s*)?(?P<sb>\d{{1,2}})\s?(?P<sign>[/.-])\s?
        (?P<sm>\d{{1,2}})(?:\s?(?P=sign)\s?(?P<sy>{_YEAR}))?(?![\w/%])(?!,\d)
      | ngày\s*(?P<only>\d{{1,2}})(?![\d/.,]?\d)
      | (?<!\w)(?P<span>0?[369]|ba|sáu|chín)\s+tháng\s+(?P<side>đầu|cuối)(?:\s+(?:của\s+)?năm\b)?(?:{_OF["yh"]})?
      | \b{_QUARTER}\s*(?P<quarters>{_ROMAN}(?:{_AND}(?:{_QUARTER}\s*)?{_ROMAN})*)(?:{_OF["yq"]})?
      | \b(?:(?P<mpart>đầu|giữa|cuối)\s+)?tháng\s*
        (?P<months>[01]?\d(?!\d)(?:{_AND}(?:tháng\s*)?[01]?\d(?![.,]?\d|/\d\d?(?!\d)))*)
        (?:{_OF["ym"]})?(?!\d)
      | \bnăm\s+học\s+(?P<school>{_YEAR})\s*[-–—]\s*{_YEAR}
      | \b(?:giai\s+đoạn|thời\s+kỳ|các\s+năm|năm)?(?:\s+từ\s+(?:năm\s+)?)?\s*(?<![\d/.,-])(?P<pa>{_YEAR})\s*
        (?:[-–—]|đến(?:\s+hết)?(?:\s+năm)?|tới(?:\s+năm)?)\s*(?P<pb>{_YEAR})(?![\d/])
      | \b(?:(?P<ypart>đầu|giữa|cuối)\s+)?(?:các\s+)?năm\s+
        (?P<years>{_YEAR}(?:\s*(?:,|và|-|–)\s*(?:năm\s+)?{_YEAR})*)(?![\d/])
      | (?:(?<=đến\s)|(?<=trong\s)|(?<=vào\s)|(?<=từ\s)|(?<=hết\s)|(?<=trước\s))
        (?P<by>{_YEAR})(?![\d/.,-]?\d)(?!/)
      | (?:(?<=trong\s)|(?<=hết\s)|cả\s+|(?<!\w)(?P<tpart>đầu|giữa|cuối)\s+)năm
        (?=\s*(?:$|[,.;:)|]|nay\b))(?:\s+nay\b)?)""",
    re.VERBOSE,
)
_WHOLE_YEAR = re.compile(rf"[\s(]*({_YEAR})[\s).;]*")
_ROMAN_VALUE = {"I": 1, "II": 2, "III": 3, "IV": 4}
_SPAN_VALUE = {"ba": 3, "sáu": 6, "chín": 9}


def find_points(text: str, *, whole_field: bool = False) -> list[Point]:
    """The times in a text, in reading order and disjoint; ``whole_field``: a field that is but a year is one."""
    if whole_field and (year := _WHOLE_YEAR.fullmatch(text)):
        return [Point(*year.span(1), Unit.YEAR, (int(year[1]), int(year[1])), int(year[1]))]
    small = in_small_letters(text)
    return [point for match in _POINT.finditer(small) if (point := _point(match, whole_field)) is not None]


def in_small_letters(text: str) -> str:
    """A text in small letters, each letter where it was."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(one if len(one.lower()) != 1 else one.lower() for one in text)


def _point(match: re.Match[str], whole_field: bool) -> Point | None:
    """The time that a match writes, None where its numbers are none ("3/4 số hộ")."""
    start, end = match.span()
    while start < end and match.string[start].isspace():
        start += 1
    if match["iso"] or match["dm"] or match["only"]:
        return _day(match, start, end)
    if match["sm"]:
        return _slashed(match, start, end, whole_field)
    if match["span"] or match["quarters"] or match["months"]:
        return _in_year(match, start, end)
    return _years(match, start, end)


def _day(match: re.Match[str], start: int, end: int) -> Point:
    if match["iso"]:
        year, month, day = map(int, match["iso"].split("-"))
        return Point(start, end, Unit.DAY, (day, day), year, month)
    if match["only"]:
        return Point(start, end, Unit.DAY, (int(match["only"]), int(match["only"])))
    last = int(match["db"] or match["da"])
    return Point(start, end, Unit.DAY, (int(match["da"]), last), _int(match["dy"]), int(match["dm"]))


def _in_year(match: re.Match[str], start: int, end: int) -> Point | None:
    if match["span"]:
        count = _SPAN_VALUE.get(match["span"].lower()) or int(match["span"])
        months = (1, count) if match["side"].lower() == "đầu" else (13 - count, 12)
        return Point(start, end, Unit.HALF, months, _int(match["yh"]))
    if match["quarters"]:
        quarters = [_ROMAN_VALUE.get(value.upper()) or int(value) for value in _each(_ROMAN, match["quarters"])]
        return Point(start, end, Unit.QUARTER, (min(quarters), max(quarters)), _int(match["yq"]))
    named = [int(value) for value in _each(r"\d{1,2}", match["months"])]
    if not all(0 < month <= DECEMBER for month in named):
        return None
    part = (match["mpart"] or "").lower()
    return Point(start, end, Unit.MONTH, (named[0], named[-1]), _int(match["ym"]), part=part)


def _years(match: re.Match[str], start: int, end: int) -> Point | None:
    if match["school"]:
        first = int(match["school"])
        return Point(start, end, Unit.PERIOD, (first, first + 1), part="học")
    if match["pa"]:
        low, high = int(match["pa"]), int(match["pb"])
        return Point(start, end, Unit.PERIOD, (low, high), high) if low <= high else None
    if match["years"]:
        years = [int(value) for value in _each(_YEAR, match["years"])]
        part = (match["ypart"] or "").lower()
        return Point(start, end, Unit.YEAR, (min(years), max(years)), years[-1], part=part)
    if match["by"]:
        return Point(start, end, Unit.YEAR, (int(match["by"]), int(match["by"])), int(match["by"]))
    return Point(start, end, Unit.YEAR, (0, 0), part=(match["tpart"] or "").lower())


def _slashed(match: re.Match[str], start: int, end: int, whole_field: bool) -> Point | None:
    """A day written with signs; without "ngày" or a year it needs a slash, and in prose a word that leads it."""
    last, month = int(match["sb"]), int(match["sm"])
    first = int(match["sa"] or last)
    if not (0 < first <= last <= _LONGEST_MONTH and 0 < month <= DECEMBER):
        return None
    if match["sy"] is None and not match["word"] and (match["sign"] != "/" or not (whole_field or _is_led(match))):
        return None
    return Point(start, end, Unit.DAY, (first, last), _int(match["sy"]), month)


_LED = re.compile(r"(?:trước|đến|hết|từ|nhất|hạn)\s*$", re.IGNORECASE)


def _is_led(match: re.Match[str]) -> bool:
    return _LED.search(match.string, max(0, match.start() - 8), match.start()) is not None


def _each(pattern: str, text: str) -> list[str]:
    return re.findall(pattern, text, re.IGNORECASE)


def _int(digits: str | None) -> int | None:
    return int(digits) if digits else None
