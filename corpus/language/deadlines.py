"""Deadlines as plans write them ("chậm nhất Quý II/2018", "trước ngày 15/4"), and the days that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum, auto

from corpus.language.times import Point, Unit, find_points, in_small_letters


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is due: its span, its words with blanks collapsed, the first and last day, None where it has none.

    "trong năm 2025" has both days, "chậm nhất Quý II/2018" the last alone, "từ Quý II/2018" the first alone; what comes
    round ("hằng quý"), hangs on something else ("theo tiến độ …", "sau khi …") or names no year has neither.
    """

    start: int
    end: int
    text: str
    first: date | None = None
    last: date | None = None


class _Lead(Enum):
    """What the words before a time make of it."""

    NONE = auto()
    IN = auto()  # in the course of it
    BY = auto()  # at its end at the latest
    BEFORE = auto()  # the day before it at the latest
    FROM = auto()
    AFTER = auto()


# The words that lead a time, the longest first; what they make of it; each stands right before the time.
_LEADS: tuple[tuple[_Lead, str], ...] = (
    (_Lead.BEFORE, r"(?:(?:chậm|muộn)\s+nhất\s+(?:là\s+)?)?(?<!kể )(?<!hơn )trước(?:\s+(?:thời\s+điểm|thời\s+hạn))?"),
    (
        _Lead.BY,
        r"(?:(?:chậm|muộn)\s+nhất|không\s+(?:quá|muộn\s+hơn)|trước\s+hết|thời\s+hạn|hạn\s+cuối|hạn\s+chót)"
        r"(?:\s+(?:là|đến|tới|vào|trong|hết))*\s*:?",
    ),
    (_Lead.BY, r"(?:cho\s+)?(?:đến|tới)(?:\s+(?:hết|trước|thời\s+điểm))?|trong\s+hết|hết"),
    (_Lead.AFTER, r"(?:kể\s+từ\s+)?sau"),
    (_Lead.FROM, r"(?:(?:bắt\s+đầu|kể|tính|trong\s+thời\s+gian|trong)\s+)?từ"),
    (_Lead.IN, r"(?:ngay\s+)?(?:trong|vào)(?:\s+(?:vòng|khoảng|dịp|thời\s+gian))?"),
)
_LEAD = re.compile("|".join(rf"(?P<l{at}>\b(?:{words}))" for at, (_, words) in enumerate(_LEADS)), re.IGNORECASE)
_LEAD_BEFORE = re.compile(rf"(?:{_LEAD.pattern})\s*$", re.IGNORECASE)
_LONGEST_LEAD = 40
_LONGEST_TIME = 40
_LONGEST_KIND = 20
_LONGEST_NOUN = 80

_RANGE = re.compile(r"\s*(?:-|–|—|(?:cho\s+)?(?:đến|tới)(?:\s+hết)?)\s*", re.IGNORECASE)
_LIST = re.compile(r"\s*(?:,|;|và|hoặc|\+|,\s*và)\s*", re.IGNORECASE)
_EVERY = re.compile(
    r",?\s*(?:của\s+)?(?:hằng|hàng|mỗi|từng)\s+(?:năm|quý|tháng|tuần|kỳ)|\s+(?:của\s+)?tháng\s+(?:cuối|sau|đầu)\b",
    re.IGNORECASE,
)
# "Định kỳ hằng năm (trước ngày 15/12)", "hằng quý, trước ngày 20".
_EVERY_BEFORE = re.compile(
    r"(?:định\s+kỳ\s*,?\s*)?(?:hằng|hàng|mỗi)\s+(?:năm|quý|tháng|tuần|kỳ)\s*(?P<open>[,(])?\s*$", re.IGNORECASE
)
_EVERY_FIRST = re.compile(r"(?:định\s+kỳ|hằng|hàng|mỗi)\s", re.IGNORECASE)
_ONWARDS = re.compile(
    r"\s*(?:trở\s+(?:đi|về\s+sau)|(?:và|,)\s*(?:(?:các|những)\s+)?(?:năm|thời\s+gian)\s+(?:tiếp\s+theo|sau|về\s+sau)"
    r"|(?:và|,)\s*(?:hằng|hàng)\s+năm)",
    re.IGNORECASE,
)

# Deadlines without a date of their own; of what one hangs on, 14 words at most, up to punctuation.
_TAIL = r"(?:\s+[^\s.;:,()|]+){0,14}"
_EVERY_UNIT = r"(?:ngày|tuần|tháng|quý|năm|kỳ)"
_AGAIN = (
    rf"(?:{_EVERY_UNIT}|(?:0?[369]|ba|sáu|chín)\s+tháng(?:\s+(?:đầu|cuối)\s+năm)?|(?:khi\s+có\s+yêu\s+cầu|đột\s+xuất))"
)
_FREQUENCY = (
    rf"(?:định\s+kỳ\s*[,(]?\s*)?(?:hằng|hàng|mỗi)\s+{_EVERY_UNIT}\b"
    rf"(?:\s*(?:,|và|,\s*và|hoặc)\s*(?:(?:hằng|hàng|mỗi)\s+)?{_AGAIN}\b)*"
)
_UNDATED = re.compile(
    rf"""(?P<duration>\b(?:(?:trong|chậm\s+nhất|không\s+quá|sau)\s+)?(?:(?:vòng|thời\s+hạn|thời\s+gian|là)\s+)*
          (?<![/\d])(?P<count>\d{{1,3}})(?:\s*[-–]\s*\d{{1,3}})?\s*(?P<unit>giờ|ngày|tuần|tháng|năm)(?P<working>\s+làm\s+việc)?
          \s*,?\s*(?:kể\s+từ|tính\s+từ|từ|sau|trước)\s+(?:khi|ngày|thời\s+điểm|lúc){_TAIL})
      | (?P<often>{_FREQUENCY}|\bđịnh\s+kỳ(?:\s+(?:0?[369]|sáu)\s+tháng(?:\s*,?\s*(?:và\s+)?(?:một\s+)?năm)?)?
        |\b(?:thực\s+hiện\s+)?thường\s+xuyên(?:\s*,\s*(?:liên\s+tục|{_FREQUENCY}|định\s+kỳ))*)
      | (?P<following>\b(?:(?:thực\s+hiện|triển\s+khai|hoàn\s+thành)\s+)?theo\s+(?:đúng\s+)?
          (?:tiến\s+độ|lộ\s+trình){_TAIL}
        |\b(?:ngay\s+)?(?:sau\s+khi|khi\s+có){_TAIL})""",
    re.VERBOSE,
)
# "chi thường xuyên", "ngân sách hằng năm": what kind of money or paper it is, not when something is due.
_KIND_OF = re.compile(
    r"(?:chi|nghị\s+quyết|kinh\s+phí|ngân\s+sách|dự\s+toán|nguồn|vốn|trợ\s+cấp|lương|bình\s+quân|trung\s+bình|kế\s+hoạch|báo\s+cáo"
    r"|nhà\s+nước|nhiệm\s+vụ|hoạt\s+động|không|công\s+việc|chế\s+độ|tu|phí|trú|tăng|giảm|số\s+liệu|thu\s+nhập"
    r"|chi\s+thường\s+xuyên|đối\s+tượng)\s*$",
    re.IGNORECASE,
)
# The same with more of the noun between: "kế hoạch phát triển kinh tế - xã hội hằng năm".
_KIND_OF_ALL = re.compile(
    r"(?<!\w)(?:kế\s+hoạch|dự\s+toán|kinh\s+phí|ngân\s+sách|nguồn\s+vốn|trợ\s+cấp)"
    r"(?:\s+(?!(?:này|về|cho|gửi|trước|theo|và|để|tại|của|với|đến|định|được|phải)\s)[^\s.,;:()|]+){1,8}\s+$",
    re.IGNORECASE,
)
_OF_WHOM = re.compile(r"\s+của\b")
# Right before a time that says what is spoken of, not by when: validity, past events, the period of a report.
_NOT_DUE = re.compile(
    r"(?:hiệu\s+lực(?:\s+thi\s+hành)?|áp\s+dụng|ban\s+hành|được\s+ký|ký|cấp|sinh|tính|thành\s+lập|nhiệm\s+kỳ|tầm\s+nhìn"
    r"|định\s+hướng|so\s+với|cùng\s+kỳ|đã)\s*,?\s*$",
    re.IGNORECASE,
)
_REPORT_OF = re.compile(
    r"(?:báo\s+cáo|sơ\s+kết|tổng\s+kết|kết\s+quả|tình\s+hình|số\s+liệu|đánh\s+giá)(?:\s+\S+){0,3}\s*$", re.IGNORECASE
)
# A plan's own name holds years: "Chương trình chuyển đổi số giai đoạn 2021 - 2025", "Chiến lược … đến năm 2030".
_NAME = re.compile(
    r"(?:chiến\s+lược|chương\s+trình|đề\s+án|kế\s+hoạch|quy\s+hoạch|nghị\s+quyết|quyết\s+định|nghị\s+định|thông\s+tư"
    r"|luật|chỉ\s+thị|dự\s+án|đầu\s+tư\s+công|dự\s+toán|kinh\s+phí|ngân\s+sách|phong\s+trào|danh\s+mục|phương\s+án)"
    r"[^.;:,()]*$",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(r"(?:^|[.;:,()\n|+•*“\"]|\s[-–])\s*$")
_CLAUSE_END = re.compile(r"\s*(?:$|[.;:,)\n|])")
_DONE = re.compile(r"(?:hoàn\s+thành|hoàn\s+tất|xong|thực\s+hiện|triển\s+khai|tổ\s+chức|dự\s+kiến)\s*$", re.IGNORECASE)
_TELLS = re.compile(r"\s+(?:có|là|đã|vừa|được)\b", re.IGNORECASE)
_SETS = re.compile(r"\s+(?:đạt|phấn\s+đấu|hoàn\s+thành|phải)\b", re.IGNORECASE)
_STRIVES = re.compile(r"phấn\s+đấu\s*$", re.IGNORECASE)
_BEFORE = 160  # characters looked at before a time for what it belongs to
_DAY = timedelta(days=1)
_LEAP_DAY = (2, 29)


def find_deadlines(text: str, year: int | None = None) -> list[Deadline]:
    """The deadlines in a passage, in reading order and disjoint; ``year`` is the plan's, for "Quý II", "tháng 4".

    Dates of documents, years in names, validity and the period of a report are none.
    """
    dated = [(deadline, True) for deadline, unit in _dated(text, year) if _is_due(text, deadline, unit)]
    undated = [
        (_undated(text, match), match["duration"] is not None)
        for match in _UNDATED.finditer(in_small_letters(text))
        if not (match["often"] and _is_kind(text, match.start(), match.end()))
    ]
    found: list[tuple[Deadline, bool]] = []
    # Of two that overlap the first counts, but "theo lộ trình đến năm 2030" gives way to its year.
    for deadline, firm in sorted(undated + dated, key=lambda each: each[0].start):
        if not found or found[-1][0].end <= deadline.start:
            found.append((deadline, firm))
        elif firm and not found[-1][1]:
            found[-1] = (deadline, firm)
    return _coming_round(text, [deadline for deadline, _ in found])


_EVERY_YEAR = re.compile(r"(?:định\s+kỳ\s*,?\s*)?(?:hằng|hàng|mỗi)\s+(?:năm|quý|tháng|tuần)", re.IGNORECASE)
_YEAR_WRITTEN = re.compile(r"20\d\d")
_SENTENCE_END = re.compile(r"[;\n]|\.\s")


def _coming_round(text: str, found: list[Deadline]) -> list[Deadline]:
    """Deadlines, those without dates that come round: "Hằng năm, Sở A báo cáo trước ngày 15/12" has no one year."""
    every: int | None = None  # where the last such word ends
    told: list[Deadline] = []
    for deadline in found:
        rounds = (
            every is not None
            and deadline.last is not None
            and not _YEAR_WRITTEN.search(deadline.text)
            and not _SENTENCE_END.search(text, every, deadline.start)
        )
        told.append(replace(deadline, first=None, last=None) if rounds else deadline)
        if _EVERY_YEAR.match(deadline.text):
            every = deadline.end
    return told


def read_deadline(text: str, year: int | None = None) -> Deadline | None:
    """The deadline that a whole field states (a cell, the words after "Thời gian thực hiện:"), None where it is blank.

    Its text is the field's; its days run from the first to the last of all that it names.
    """
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip().rstrip(".;, "))
    words = " ".join(text[start:end].split())
    if not any(character.isalnum() for character in words):
        return None
    whole = Deadline(start, end, words)
    for match in _UNDATED.finditer(in_small_letters(text)):
        if match["duration"]:
            counted = _undated(text, match)
            return replace(whole, first=counted.first, last=counted.last)
    dated = [deadline for deadline, _ in _dated(text, year, whole_field=True)]
    if not dated:
        return whole
    firsts = [deadline.first for deadline in dated]
    lasts = [deadline.last for deadline in dated]
    known = [first for first in firsts if first is not None]
    # "chậm nhất Quý II": open at the front. Of several times one with a first day gives it.
    return replace(
        whole,
        first=min(known) if known else None,
        last=None if lasts[-1] is None else max(last for last in lasts if last is not None),
    )


def _dated(text: str, year: int | None, *, whole_field: bool = False) -> Iterator[tuple[Deadline, Unit]]:
    """The times in a text with the words that lead and follow them, and what kind each is."""
    points = find_points(text, whole_field=whole_field)
    at = 0
    while at < len(points):
        run, ranged = [points[at]], False
        while at + 1 < len(points):
            between = text[run[-1].end : points[at + 1].start]
            is_range, is_list = _RANGE.fullmatch(between), _LIST.fullmatch(between)
            if not is_range and not (is_list and points[at + 1].unit is run[-1].unit):
                break
            ranged = ranged or bool(is_range)
            at += 1
            run.append(points[at])
        at += 1
        yield _read(text, run, ranged or run[0].is_range, year), run[0].unit


def _read(text: str, run: list[Point], ranged: bool, year: int | None) -> Deadline:
    start, end = run[0].start, run[-1].end
    lead = _Lead.NONE
    base = max(0, start - _LONGEST_LEAD)
    if before := _LEAD_BEFORE.search(text, base, start):
        lead = next(kind for number, (kind, _) in enumerate(_LEADS) if before[f"l{number}"])
        start = before.start()
    if every := _EVERY.match(text, end):
        return Deadline(start, every.end(), _collapsed(text, start, every.end()))
    if run[-1].year is None and (every := _EVERY_BEFORE.search(text, max(0, start - _LONGEST_LEAD), start)):
        end += every["open"] == "(" and text[end : end + 1] == ")"
        return Deadline(every.start(), end, _collapsed(text, every.start(), end))
    onwards = _ONWARDS.match(text, end)
    if onwards:
        end = onwards.end()
    whole = Deadline(start, end, _collapsed(text, start, end))
    spans = _spans(run, year)
    if not spans:
        return whole
    return _with_days(whole, lead, spans, run, ranged=ranged, onwards=onwards is not None)


def _with_days(
    whole: Deadline,
    lead: _Lead,
    spans: list[tuple[date, date]],
    run: list[Point],
    *,
    ranged: bool,
    onwards: bool,
) -> Deadline:
    """A deadline with the days that its times and the words that lead them give."""
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    if onwards or (lead is _Lead.FROM and not ranged):
        return replace(whole, first=first)
    if lead is _Lead.AFTER:
        return replace(whole, first=last + _DAY)
    by = lead is _Lead.BY or (lead is _Lead.NONE and run[0].unit is Unit.DAY and not ranged)
    if by or lead is _Lead.BEFORE:
        return replace(whole, last=last if by else first - _DAY)
    return replace(whole, first=first, last=last)


def _spans(run: list[Point], year: int | None) -> list[tuple[date, date]]:
    """The days of each time of a run; a year or month left out is the neighbour's ("ngày 5 đến ngày 10/5/2019")."""
    year_known = next((point.year for point in reversed(run) if point.year is not None), year)
    month_known = next((point.month for point in reversed(run) if point.month is not None), None)
    spans: list[tuple[date, date]] = []
    for point in run:
        span = point.days(year_known, month_known)
        if span is not None:
            spans.append(span)
    if len(spans) > 1 and spans[0][0] > spans[-1][1]:
        # "từ tháng 10 đến tháng 3/2026" begins in the year before, "từ tháng 10/2025 đến tháng 3" ends in the next.
        stated_last = run[-1].year is not None
        at = 0 if stated_last else -1
        spans[at] = _moved(spans[at], -1 if stated_last else 1)
    return spans


def _moved(span: tuple[date, date], years: int) -> tuple[date, date]:
    """Days in another year; 29 February becomes the 28th."""
    first, last = (day.replace(day=day.day - 1) if (day.month, day.day) == _LEAP_DAY else day for day in span)
    return first.replace(year=first.year + years), last.replace(year=last.year + years)


def _undated(text: str, match: re.Match[str]) -> Deadline:
    """A deadline that names no date; "trong vòng 60 ngày kể từ ngày 1/7/2025" counts from the one that it hangs on."""
    start, end = match.span()
    deadline = Deadline(start, end, _collapsed(text, start, end))
    if not match["duration"] or match["working"] or match["unit"] != "ngày":
        return deadline
    reach = text[match.end("unit") : match.end() + _LONGEST_TIME]
    for point in find_points(reach):
        if point.unit is Unit.DAY and point.year is not None and _FROM_DAY.search(reach[: point.start]):
            days = point.days(None, None)
            if days is not None:
                end = match.end("unit") + point.end
                last = days[0] + int(match["count"]) * _DAY
                return Deadline(start, end, _collapsed(text, start, end), days[0], last)
    return deadline


_FROM_DAY = re.compile(r"^[\s,]*(?:kể\s+từ|tính\s+từ|từ|sau)\s*$", re.IGNORECASE)


def _is_due(text: str, deadline: Deadline, unit: Unit) -> bool:
    """Whether a time in prose says when something is due."""
    before = text[max(0, deadline.start - _BEFORE) : deadline.start]
    led = _LEAD.match(text, deadline.start) is not None or _EVERY_FIRST.match(text, deadline.start) is not None
    if _NOT_DUE.search(before):
        return False
    if unit is Unit.DAY:
        return led or deadline.first is not None
    starts, ends = _CLAUSE_START.search(before) is not None, _CLAUSE_END.match(text, deadline.end) is not None
    if unit in {Unit.YEAR, Unit.PERIOD}:
        if _NAME.search(before) or before.rfind("“") > before.rfind("”"):
            return False
        opens = starts and (unit is Unit.PERIOD or _SETS.match(text, deadline.end) is not None)
        opens = opens or _STRIVES.search(before) is not None
        return led or (starts and ends) or opens
    if led:
        return True
    opens = starts and not _TELLS.match(text, deadline.end)
    return not _REPORT_OF.search(before) and (opens or ends or _DONE.search(before) is not None)


def _is_kind(text: str, start: int, end: int) -> bool:
    """Whether "hằng năm", "thường xuyên" says what kind of money, paper or work is meant, not when it is due."""
    return (
        _KIND_OF.search(text, max(0, start - _LONGEST_KIND), start) is not None
        or _KIND_OF_ALL.search(text, max(0, start - _LONGEST_NOUN), start) is not None
        or (_OF_WHOM.match(text, end) is not None and not _CLAUSE_START.search(text, 0, start))
    )


def _collapsed(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split())
