"""Dates and planned years as Vietnamese documents write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

# Digits as scans misread them; only inside "ngày … tháng … năm …", where nothing else can stand.
_DIGITS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1"})
_DAY = r"[0-3OolI]?[0-9OolI]"
_DATE = re.compile(
    rf"""[Nn]g[àa]y\s*(?P<day>{_DAY})\s*tháng\s*(?P<month>[01OolI]?[0-9OolI])\s*năm\s*(?P<year>\d{{4}})(?!\d)
      | (?<![\d/.-])(?P<day2>\d{{1,2}})\s?(?P<sign>[/.-])\s?(?P<month2>\d{{1,2}})\s?(?P=sign)\s?
        (?P<year2>\d{{4}})(?![\d/])
      | (?<![\d/.-])(?P<year3>(?:19|20)\d\d)-(?P<month3>\d\d)-(?P<day3>\d\d)(?![\d-])""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A day, and the span where it is written."""

    value: date
    start: int
    end: int


def find_dates(text: str) -> list[FoundDate]:
    """The full dates in a text ("ngày 21 tháng 11 năm 2025", "21/11/2025", "2025-11-21"), without impossible ones."""
    found = []
    for match in _DATE.finditer(text):
        parts = [
            next(value for value in (match[name], match[f"{name}2"], match[f"{name}3"]) if value is not None)
            for name in ("year", "month", "day")
        ]
        year, month, day = (int(part.translate(_DIGITS)) for part in parts)
        try:
            found.append(FoundDate(date(year, month, day), match.start(), match.end()))
        except ValueError:
            continue
    return found


_YEAR = r"(?:19|20)\d\d"
_PERIOD = re.compile(
    rf"(?<![\d/])({_YEAR})\s*(?:[-–—]|đến(?:\s+(?:hết\s+)?năm)?|tới(?:\s+năm)?)\s*({_YEAR})(?![\d/])", re.IGNORECASE
)
# "năm 2025", "các năm 2025, 2026", "năm 2025 và 2026", "năm 2025 và những năm tiếp theo"
_NAMED = re.compile(rf"năm\s+({_YEAR}(?:\s*(?:,|và(?:\s+năm)?)\s*{_YEAR})*)(?![\d/])", re.IGNORECASE)
# "quý I/2026", "6 tháng đầu năm", "tháng 5/2020"
_WITH_MONTH = re.compile(rf"(?:quý\s+[IVX\d]+|tháng\s+\d{{1,2}})\s*[/-]\s*({_YEAR})(?!\d)", re.IGNORECASE)
# Not what is planned for: terms of office, horizons, the age of a law or decree, day-month-year.
_ELSEWHERE = re.compile(
    rf"""ngày\s+\d{{1,2}}\s*(?:[/.-]\d{{1,2}}[/.-]{_YEAR}|tháng\s+\d{{1,2}}\s+năm\s+{_YEAR})
      | \d{{1,2}}[/.-]\d{{1,2}}[/.-]{_YEAR}
      | nhiệm\s+kỳ\s+{_YEAR}\s*[-–—]\s*{_YEAR}
      | (?:tầm\s+nhìn|định\s+hướng)\s+(?:đến|tới)\s+(?:năm\s+)?{_YEAR}
      | (?:Luật|Pháp\s+lệnh|Hiến\s+pháp|Bộ\s+luật)\s[^,;]{{0,60}}?năm\s+{_YEAR}
      | \d+[a-z]?/{_YEAR}/\S+""",
    re.VERBOSE | re.IGNORECASE,
)
_UNTIL = re.compile(rf"(?:đến|tới)(?:\s+hết)?\s+năm\s+({_YEAR})(?!\d)", re.IGNORECASE)


def planned_years(title: str) -> tuple[int | None, int | None]:
    """First and last year that a title says a plan is for, None where it says none: (None, 2030) for "đến năm 2030".

    A period ("giai đoạn 2021 - 2025") is wider than the single years around it; terms of office (nhiệm kỳ), horizons
    (tầm nhìn), and the dates of cited documents do not count.
    """
    text = _ELSEWHERE.sub(lambda match: " " * len(match[0]), title)
    periods = [(int(a), int(b)) for a, b in _PERIOD.findall(text) if int(a) <= int(b)]
    named = [
        int(year)
        for years in _NAMED.findall(_UNTIL.sub(" ", _PERIOD.sub(" ", text)))
        for year in re.findall(_YEAR, years)
    ]
    named += [int(year) for year in _WITH_MONTH.findall(text)]
    if named and periods:
        # "năm 2022 thực hiện Đề án … giai đoạn 2021 - 2025": the single year, part of the period, is the plan's own.
        return min(named), max(named)
    if periods:
        return periods[0]
    if named:
        return min(named), max(named)
    if until := _UNTIL.search(text):
        return None, int(until[1])
    return None, None


_DEADLINE = re.compile(
    rf"(?:trước|chậm\s+nhất|muộn\s+nhất|hoàn\s+thành|xong|trong|hết)\s[^.;:\n]{{0,30}}?"
    rf"(?:năm\s+|tháng\s+\d{{1,2}}/|quý\s+[IV]+[/\s]|\d{{1,2}}/\d{{1,2}}/)({_YEAR})(?![\d/])",
    re.IGNORECASE,
)
_FARTHEST = 6  # years from issue to a deadline; later ones are horizons of cited strategies


def deadline_years(body: str, issued: int) -> tuple[int | None, int | None]:
    """First and last year of the deadlines in a plan's body, for a title that names none; None where it sets none."""
    text = " ".join(_UNTIL.sub(" ", body).split())
    years = [int(year) for year in _DEADLINE.findall(text) if issued <= int(year) <= issued + _FARTHEST]
    return (min(years), max(years)) if years else (None, None)
