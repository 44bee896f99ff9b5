"""Clauses of a paragraph that each state a task, who is told to do it, and with whom.

Plans assign tasks in sentences of one shape: "[Giao] A, B [có trách nhiệm] chủ trì, phối hợp với C <task>; <task>."
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.language import task_verbs
from corpus.language.agency_names import find_agencies, read_list
from corpus.language.deadlines import find_deadlines
from indexer.extraction.field_labels import labels_in
from indexer.extraction.subjects import (
    COLON,
    OPENING_GROUND,
    PART,
    STRIPPED,
    Subject,
    after_ground,
    read_subject,
    skip_blanks,
    skip_stray,
    verb_after_comma,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A task stated: its span, its own subject if it has one, the bodies that help, and whether a verb opens it.

    ``whole`` to ``until``: all that is said of the task, with "chủ trì, phối hợp với X" and grounds before it and its
    deadline and labelled fields after it ("…; sản phẩm: …; trước ngày 30/6/2019").
    """

    start: int
    end: int
    begin: int  # of the part of the paragraph, with its subject
    whole: int
    until: int
    subject: Subject | None
    coordinating: tuple[str, ...]
    opens: bool
    after_stop: bool = True  # a sentence starts with it


_CONNECTIVE = re.compile(
    r"(?:(?:đồng\s+thời|trong\s+đó|ngoài\s+ra|bên\s+cạnh\s+đó|mặt\s+khác|qua\s+đó|từ\s+đó|trên\s+cơ\s+sở\s+đó|theo\s+đó|cụ\s+thể(?!\s+hóa|\s+hoá)|đặc\s+biệt(?:\s+là)?|trước\s+mắt|cùng\s+với\s+đó"
    r"|nhất\s+là|và)\s*[,:]?\s+)+",
    re.IGNORECASE,
)


_TOGETHER = re.compile(
    r"(?P<noun>(?:quy\s+chế|cơ\s+chế|công\s+tác|sự|việc|chương\s+trình|trách\s+nhiệm|hiệu\s+quả|quan\s+hệ|kế\s+hoạch|phương\s+án)\s+)?(?:phối\s+(?:kết\s+)?hợp|cùng\s+với)"
    r"(?:\s+(?:chặt\s+chẽ|đồng\s+bộ|hiệu\s+quả|tốt|thường\s+xuyên|kịp\s+thời|chỉ\s+đạo|hướng\s+dẫn|tham\s+mưu|thực\s+hiện|cùng|với|triển\s+khai|chủ\s+động|,))*\s+",
    re.IGNORECASE,
)
_MAYBE_TOGETHER = re.compile(r"[hH][ợỢ][pP]|[cC][ùÙ][nN][gG]\s")
_LEADING = re.compile(
    r"(?:(?:chủ\s+động|tiếp\s+tục|trực\s+tiếp|thường\s+xuyên|làm\s+đầu\s+mối|đầu\s+mối)\s*,?\s+)?chủ\s+trì\s*(?:,|và|hoặc|/)?\s*(?P<together>phối\s+(?:kết\s+)?hợp(?:\s+(?:chặt\s+chẽ|đồng\s+bộ|cùng|với))*\s+)?",
    re.IGNORECASE,
)
_WITH = re.compile(r"\b(?:với|cùng)\b", re.IGNORECASE)
_AFTER_LIST = re.compile(r"\s*(?:,\s*)?(?:có\s+trách\s+nhiệm\s+)?(?:(?:để|trong\s+việc|trong|nhằm)\s+)?(?:,\s*)?")


def helpers(text: str, start: int, end: int) -> tuple[str, ...]:
    """The bodies with whom a clause says that something is to be done (phối hợp với …)."""
    found: list[str] = []
    if not _MAYBE_TOGETHER.search(text, start, end):
        return ()
    for match in _TOGETHER.finditer(text, start, end):
        if match["noun"] is None:
            found.extend(read_list(text, match.end(), end, loose=_WITH.search(match[0]) is not None)[0])
    return tuple(dict.fromkeys(found))


def without_lead(text: str, start: int, end: int) -> int:
    """Where a task starts after "chủ trì, phối hợp với X": the agency's own part in it is no task."""
    lead = _LEADING.match(text, start, end)
    if lead is None:
        return _after_helpers(text, start, end)
    if lead["together"] is None:
        return start if _is_noun(text, lead.end(), end) else skip_blanks(text, lead.end(), end)
    names, over = read_list(text, lead.end(), end, loose=_WITH.search(lead["together"]) is not None)
    if not names:
        return lead.start("together")
    after = _AFTER_LIST.match(text, over, end)
    task = over if after is None else after.end()
    return task if text[task:end].strip(" .:;,") else end


def says_only_who(text: str, clause: Clause) -> bool:
    """Whether a clause says no more than who does the task before it: "Sở Nội vụ chủ trì, phối hợp với …"."""
    at = clause.start
    together = _TOGETHER.match(text, at, clause.end)
    if together is not None and together["noun"] is None:
        names, over = read_list(text, together.end(), clause.end, loose=True)
        at = over if names else at
    elif not _LEADING.match(text, clause.whole, clause.end):
        return False
    rest = text[at : clause.end].strip(" ,.;:\n")
    return not rest or (len(rest.split()) <= _FEW and bool(_DONE.match(rest) or _WHEN.match(rest)))


def _after_helpers(text: str, start: int, end: int) -> int:
    """Where a task starts after "phối hợp với X:", with a colon; else the words belong to the task."""
    together = _TOGETHER.match(text, start, end)
    if together is None or together["noun"]:
        return start
    names, over = read_list(text, together.end(), end)
    colon = COLON.match(text, over, end) if names else None
    return start if colon is None else colon.end()


# What starts like a short verb and is a thing.
_NOUN = re.compile(
    r"(?:chi\s+(?:phí|tiết|nhánh|cục|tiêu|bộ)|thu\s+(?:nhập|ngân)|cấp\s+(?:ủy|uỷ|bậc|độ|xã|huyện|tỉnh|phường|nước|điện|học)|báo\s+(?:chí|đài|cáo\s+viên)"
    r"|dịch\s+(?:bệnh|vụ|tả|cúm|hại)|phát\s+(?:thải|thanh)|lưu\s+(?:lượng|vực)|đặt\s+vấn|in\s+lậu|họp\s+mặt|trực\s+thuộc|giảm\s+sút|cho\s+(?:đến|rằng|các|cán|người)|lấy\s+(?:đó|đây)"
    r"|thu,|chi,|phát\s+(?:huy|triển)|quy\s+định\s+(?:của|tại|về|này)|ghi\s+chú|bán\s+(?:buôn|kính)|trả\s+sau|nuôi\s+trồng|trồng\s+trọt|đo\s+lường)\b",
    re.IGNORECASE,
)
_NO_TASK = re.compile(r"(?:cuộc|buổi|hội\s+nghị|đoàn|phiên|đề\s+tài|nhiệm\s+vụ|các\s+nhiệm)\b", re.IGNORECASE)


def _is_noun(text: str, at: int, end: int) -> bool:
    return _NO_TASK.match(text, at, end) is not None


_OPEN = {"(": 1, ")": -1, "[": 1, "]": -1, "“": 1, "”": -1}
_BRACKET = re.compile(r"[()\[\]“”]")


def split_clauses(
    text: str, start: int, end: int, subject: Subject | None = None, *, tolerant: bool = False
) -> Iterator[Clause]:
    """The tasks of a paragraph: parted at each semicolon or full stop that starts a new one that a verb heads.

    What no verb opens goes on with the task before it; a sentence that none opens is left out. ``subject`` is the one
    that was read at the start.
    """
    pending: Clause | None = None
    at = start
    first = True
    stopped = True  # whether a full stop ended the part before
    while at < end:
        at = skip_stray(text, at, end)
        own = subject if first else read_subject(text, at, end, tolerant=tolerant)
        begin = at if own is None else max(at, own.end)
        stop, after, full = _part_end(text, begin, end)
        clause = _clause(text, begin if first else (begin if own else at), stop, own, short=tolerant and not stopped)
        if clause is not None:
            clause = replace(clause, begin=at, after_stop=stopped)
            if pending is not None and own is None and _is_said_of(text, clause):
                pending = replace(pending, until=clause.end)
            elif pending is not None and own is None and not clause.opens:
                if not stopped:
                    pending = _joined(pending, clause)
            else:
                if pending is not None:
                    yield pending
                pending = clause
        stopped, first = full, False
        at = after
    if pending is not None:
        yield pending


_FEW = 14  # words of a part that says no more than when
_WHEN = re.compile(
    r"(?:(?:bắt\s+đầu|kết\s+thúc|áp\s+dụng|thực\s+hiện|xong)\s+)?(?:(?:xong\s+)?(?:trước|trong|từ|chậm\s+nhất|vào|đến|đầu|cuối|giữa|mỗi|hằng"
    r"|hàng|định\s+kỳ|thường\s+xuyên)\b|(?:các\s+)?(?:quý|tháng|năm|ngày)\s+[IV\d])",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"(?:hoàn\s+thành|hoàn\s+tất|kết\s+thúc|khởi\s+công|xong)\b[^;]*?\b(?:trước|trong|chậm\s+nhất|vào|đến|từ|quý|tháng)\b",
    re.IGNORECASE,
)


def _is_said_of(text: str, clause: Clause) -> bool:
    """Whether a part of a paragraph is no task but says of the one before it by when, or has a label."""
    words = text[clause.whole : clause.end]
    if labels_in(text, clause.whole, clause.end):
        return True
    if len(words.split()) > _FEW:
        return False
    if _DONE.match(words):
        return True
    if not _WHEN.match(words):
        return False
    rest = sum(len(found.text) for found in find_deadlines(words, _ANY_YEAR))
    return rest >= _MOSTLY * len(" ".join(words.split()))


_ANY_YEAR = 2000
_MOSTLY = 0.5


def _part_end(text: str, start: int, end: int) -> tuple[int, int, bool]:
    """Where the part that starts here ends, where the next one starts, and whether a full stop is between."""
    depth = 0
    seen = start
    for match in PART.finditer(text, start, end):
        for bracket in _BRACKET.findall(text, seen, match.start()):
            depth = max(0, depth + _OPEN[bracket])
        seen = match.start()
        if depth == 0 and not (match[0][0] == ";" and _goes_on_listing(text, start, match.start(), match.end(), end)):
            return match.start(), match.end(), match[0][0] != ";"
    return end, end, True


def _goes_on_listing(text: str, start: int, before: int, after: int, end: int) -> bool:
    """Whether a semicolon parts two names of one list: "hướng dẫn các sở, ban, ngành; UBND các xã thực hiện"."""
    names, _ = read_list(text, after, end)
    if not names:
        return False
    mentions = find_agencies(text[max(start, before - _LONGEST_NAME) : before])
    return bool(mentions) and mentions[-1].end == min(before - start, _LONGEST_NAME)


_LONGEST_NAME = 120  # characters


def _joined(before: Clause, after: Clause) -> Clause:
    both = tuple(dict.fromkeys((*before.coordinating, *after.coordinating)))
    return replace(before, end=after.end, until=after.end, coordinating=both)


def _counts(text: str, start: int, end: int) -> bool:
    """Whether a short verb and a number open a task: "xây 9 công trình"."""
    verb = task_verbs.after_name().match(text, start, end)
    return verb is not None and text[skip_blanks(text, verb.end(), end) : end][:1].isdigit()


def _clause(text: str, start: int, end: int, subject: Subject | None, *, short: bool = False) -> Clause | None:
    """A part as a clause; ``short``: verbs that are nouns elsewhere open it too, as after "Sở A làm …; sửa …"."""
    start = skip_stray(text, start, end)
    connective = _CONNECTIVE.match(text, start, end)
    if connective is not None:
        start = connective.end()
    while end > start and (text[end - 1].isspace() or text[end - 1] in ".;:,/*_…"):
        end -= 1
    if start >= end:
        return None
    whole = start
    if (
        task_verbs.opening().match(text, start, end)
        or _counts(text, start, end)
        or (short and task_verbs.after_name().match(text, start, end) and not _NOUN.match(text, start, end))
    ):
        opens = True
    elif OPENING_GROUND.match(text, start, end):
        verb = verb_after_comma(text, start, end)
        after = after_ground(text, start, end)
        opens = verb is not None or (after is not None and STRIPPED.match(text, start) is not None)
        start = start if after is None else after
    else:
        opens = False
    coordinating = helpers(text, start, end)
    return Clause(min(without_lead(text, start, end), end), end, whole, whole, end, subject, coordinating, opens)
