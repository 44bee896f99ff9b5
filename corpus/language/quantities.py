"""Quantities as plans write them: a number or a range, its unit, and the sense that the words around give it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from corpus.language.numbers import find_numbers
from corpus.language.times import find_points


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit.

    The span runs from the words that give its sense ("ít nhất", "từ … lên") to the unit's end or "trở lên";
    ``number`` is where its own digits start. ``comparator``: ">=", "<=", "<", ">", "=" or "range" (``value`` to
    ``high``). ``stated``: the words say the comparator.
    """

    start: int
    end: int
    number: int
    comparator: str
    value: float
    high: float | None
    unit: str
    stated: bool = False


_NUM = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?"
_SCALE = r"(?:\s*(?:nghìn|ngàn|triệu|tỷ|tỉ|vạn)(?!\w))*"
_PERCENT = r"\s*(?:%|phần\s+trăm(?!\w))"
_PER = (
    r"\s?/\s?(?:\d[\d.]*\s+)?(?:phụ\s+nữ|trẻ\s+(?:em|sơ\s+sinh(?:\s+(?:trai|gái))?)|bé\s+(?:trai|gái)|cơ\s+sở|đơn\s+vị|dự\s+án|gia\s+đình"
    r"|học\s+sinh|lao\s+động|doanh\s+nghiệp|hội\s+nghị|hợp\s+tác\s+xã|người\s+dân|vạn\s+dân|(?!\d)[^\W\d_]+)"
)


def _phrase(words: str) -> str:
    return re.escape(words).replace(r"\ ", r"\s+")


def _either(phrases: Iterable[str]) -> str:
    return "(?:" + "|".join(_phrase(each) for each in sorted(phrases, key=len, reverse=True)) + ")"


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class _Patterns:
    quantity: re.Pattern[str]
    sense: re.Pattern[str]  # the words right before a number that give its sense
    label: re.Pattern[str]  # words right before a number that make it a name
    never: re.Pattern[str]  # right after the digits
    never_after: re.Pattern[str]  # right after the unit


@cache
def _patterns() -> _Patterns:
    table = _table()
    senses = "|".join(rf"(?P<b{at}>{_either(words)})" for at, (_, words) in enumerate(table["before"]))
    unit = rf"{_either(table['units'])}(?!\w)|[^\W\d_]+[²³23]?(?![\w])"
    after = _either([word for _, words in table["after"] for word in words])
    quantity = rf"""(?<![\w/.,-])
        (?P<low>{_NUM})(?P<lowper>{_PERCENT})?
        (?:\s*(?P<to>[-–—÷]|đến|tới|lên|xuống(?:\s+còn)?|còn)\s*(?P<high>{_NUM})(?![\d/]))?
        (?P<fraction>\s?/\s?(?:{_NUM})(?=\s+[^\W\d_]))?
        (?:(?P<percent>{_PERCENT})|(?(lowper)(?!)|\s*)(?P<scale>{_SCALE})\s*(?P<unit>{unit}))?
        (?P<per>(?:{_PER})*)
        (?P<each>(?:\s+(?:mỗi|một)\s+(?:giờ|ngày|tuần|tháng|quý|năm|người|hộ)(?!\w))*)
        (?:\s+(?P<after>{after})(?!\w))?"""
    listed = r"(?:\s+\d+(?:\s*,\s*\d+)*\s*(?:,|và))?"
    return _Patterns(
        re.compile(quantity, re.VERBOSE | re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:{senses})\s*(?:là\s*|từ\s*|đạt\s*)?$", re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:Điều|(?i:{_either(table['labels'])})){listed}\s*$"),
        re.compile(rf"\s*(?:{_either(table['never'] + table['never_after'])})(?!\w)", re.IGNORECASE),
        re.compile(rf"\s*(?:{_either(table['never_after'])})(?!\w)", re.IGNORECASE),
    )


_LOOK = 40  # characters before a number in which the words that give its sense stand
# "từ 15 ngày còn 11 ngày", "giảm từ 82% xuống 55%": the second is meant.
_CHANGE = re.compile(
    rf"(?<!\w)từ\s+(?:mức\s+)?(?:{_NUM})[^;,:]{{0,50}}?\s(?:lên|xuống|còn)(?:\s+(?:còn|thành|đến|tới|mức))*\s*$",
    re.IGNORECASE,
)
_CHANGED_LATER = re.compile(
    rf"[^;,:]{{0,50}}?\s(?:lên|xuống|còn)\s+(?:(?:còn|thành|đến|tới|mức|dưới|trên|tối\s+thiểu|ít\s+nhất)\s+)*(?:{_NUM})",
    re.IGNORECASE,
)
_AGES = re.compile(rf"\s*(?:đến|tới|-|–)\s*(?:{_NUM})\s+(?:tháng\s+)?tuổi", re.IGNORECASE)
_NOT_MORE = re.compile(r"không(?:\s+\S+){1,7}\s+(?:vượt\s+)?(?:quá|trên)\s*$", re.IGNORECASE)
_FROM = re.compile(r"(?<!\w)(?:từ(?:\s+mức)?)\s*$", re.IGNORECASE)
_WITHIN = re.compile(r"(?<!\w)trong(?:\s+(?:vòng|thời\s+hạn|thời\s+gian))?\s*$", re.IGNORECASE)
_TIME_UNITS = re.compile(r"(?:giờ|phút|giây|ngày|tuần|tháng)(?:\s+làm\s+việc)?", re.IGNORECASE)
_LISTED = re.compile(r"(?:,|và)\s*$")
_CHANGES = "lxc"  # lên, xuống, còn


def parse_number(digits: str) -> float:
    """A number in Vietnamese writing: full stops part the thousands, a comma the decimals; "0.5" is 0,5."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", digits) and not digits.startswith("0."):
        return float(digits.replace(".", "").replace(",", "."))
    return float(digits.replace(",", "."))


def find_quantities(text: str) -> list[Quantity]:
    """The numbers with a unit in a text, in reading order and disjoint.

    Dates, document numbers, references ("Điều 5", "mức độ 4"), ages and levels of government are none.
    """
    taken = [(point.start, point.end) for point in find_points(text)]
    taken += [(number.start, number.end) for number in find_numbers(text)]
    taken.sort()
    found: list[Quantity] = []
    at, passed = 0, 0
    while match := _patterns().quantity.search(text, at):
        at = match.end("low")
        while passed < len(taken) and taken[passed][1] <= match.start():
            passed += 1
        if passed < len(taken) and taken[passed][0] < match.end("low"):
            at = max(at, taken[passed][1])
            continue
        unit, end = _unit(match)
        if unit and not _is_name(match, unit, end) and (quantity := _read(match, unit, end)) is not None:
            found.append(quantity)
            at = max(at, match.end())
    return found


def _is_name(match: re.Match[str], unit: str, end: int) -> bool:
    """Whether the words around a number make it no quantity."""
    text, patterns = match.string, _patterns()
    after_digits = match.end("high") if match["high"] else match.end("low")
    if patterns.never.match(text, after_digits) or patterns.never_after.match(text, end) or _AGES.match(text, end):
        return True
    base = max(0, match.start() - _LOOK)
    if unit.split("/", maxsplit=1)[0].lower() in _table()["measures"] or patterns.sense.search(
        text, base, match.start()
    ):
        return False
    label = patterns.label.search(text, base, match.start())
    # "mức độ 3, 4 cho các sở", but "lên mức độ 3, 1 thủ tục".
    return label is not None and not (_LISTED.search(label[0]) and unit.lower() in _table()["units"])


def _read(match: re.Match[str], unit: str, end: int) -> Quantity | None:
    """The quantity of a match with its sense; None for the first of "từ 15 ngày còn 11 ngày"."""
    text, start = match.string, match.start()
    base = max(0, start - _LOOK)
    low = parse_number(match["low"])
    high = parse_number(match["high"]) if match["high"] else None
    number = match.start("low")
    if high is not None and match["to"].lower()[0] in _CHANGES:
        low, high, number = high, None, match.start("high")
    comparator, stated = "=", False
    if sense := _patterns().sense.search(text, base, start):
        start, stated = sense.start(), True
        comparator = next(sign for at, (sign, _) in enumerate(_table()["before"]) if sense[f"b{at}"])
        if comparator == ">" and _NOT_MORE.search(text, max(0, start - _LOOK), sense.end()):
            comparator = "<="
    if from_before := _FROM.search(text, base, start):
        start = from_before.start()
        if high is None and not stated and not match["after"]:
            if _CHANGED_LATER.match(text, match.end("low")):
                return None
            comparator = ">="
    elif not stated and _TIME_UNITS.fullmatch(unit) and _WITHIN.search(text, base, start):
        comparator = "<="
    if match["after"]:
        words = " ".join(match["after"].lower().split())
        comparator, stated = next(sign for sign, phrases in _table()["after"] if words in phrases), True
        end = match.end("after")
    elif high is not None and high > low:
        return Quantity(start, end, number, "range", low, high, unit, stated)
    if change := _CHANGE.search(text, max(0, start - 2 * _LOOK), start):
        start = change.start()
    return Quantity(start, end, number, comparator, low, None, unit, stated)


def _unit(match: re.Match[str]) -> tuple[str | None, int]:
    """The unit of a match with blanks collapsed, None where it has none, and where it ends."""
    if match["percent"] or match["lowper"]:
        end = max(match.end(name) for name in ("percent", "per", "lowper"))
        return " ".join(("%" + match["per"]).split()), end
    word = match["unit"]
    if word is None:
        return None, match.end()
    folded = " ".join(word.lower().split())
    table = _table()
    known = match["scale"] or " " in folded or folded in table["single"]
    if not known and (folded in table["no_unit"] or word[0].isupper()):
        return None, match.end()
    each = match["each"] if folded == "lần" else ""
    end = max(match.end(name) for name in ("unit", "per", *(["each"] if each else [])))
    return " ".join((match["scale"] + " " + word + match["per"] + each).split()), end
