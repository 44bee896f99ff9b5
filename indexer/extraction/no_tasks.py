"""Paragraphs and clauses that give no task: purposes, conditions, closing words, what only leads on to a list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indexer.extraction.clauses import Clause
from indexer.extraction.subjects import verb_after_comma

# Sections that tell why and on what ground, not who does what. Of plans of 2011-2025.
NO_TASKS = re.compile(
    r"(?:(?:(?:các|những)\s+)?hành\s+vi\s+(?:bị\s+)?(?:nghiêm\s+)?cấm|nghiêm\s+cấm"
    r"|mục\s+đích|vị\s+trí|yêu\s+cầu|mục\s+tiêu|quan\s+điểm|đối\s+tượng|phạm\s+vi|thực\s+trạng|tình\s+hình|đánh\s+giá|kết\s+quả"
    r"|căn\s+cứ(?=\s*(?:\W|$|pháp|lập|xây|để))|cơ\s+sở|sự\s+cần|nguyên\s+tắc|tiêu\s+chuẩn|trình\s+tự|thành\s+phần\s+hồ\s+sơ|tiêu\s+chí|cơ\s+cấu|số\s+lượng|hình\s+thức\s+(?:và\s+\S+\s+\S+\s+)?khen|khen\s+thưởng|giải\s+thích|đặc\s+điểm|bối\s+cảnh|nguyên\s+nhân|tồn\s+tại|hạn\s+chế|khái\s+quát|dự\s+báo|chỉ\s+tiêu|(?:cách\s+thức\s+)?(?:xếp|bình)\s+(?:hạng|loại|xét)|thang\s+điểm)\b",
    re.IGNORECASE,
)
# Headings of regulations under which it is laid down who may decide what; nobody is told to do it (phân quyền,
# phân cấp, ủy quyền of the Law on Organization of Local Government, 72/2025/QH15).
# "Thẩm quyền, trách nhiệm của …" holds duties too.
ALLOCATES = re.compile(
    r"(?:(?:nội\s+dung|đối\s+tượng\s+và\s+nội\s+dung|nguyên\s+tắc|phạm\s+vi|các\s+nội\s+dung)\s+(?:được\s+)?)?"
    r"(?:phân\s+(?:cấp|quyền)|(?:ủy|uỷ)\s+quyền|thẩm\s+quyền(?!\s*(?:,|và\s+trách)))(?!\w)"
    r"|(?:Ủy\s+ban|UBND|Hội\s+đồng|HĐND|Chủ\s+tịch)[^.;:]{0,60}?\s(?:được\s+)?(?:phân\s+cấp|(?:ủy|uỷ)\s+quyền)(?!\w)",
    re.IGNORECASE,
)
# Below such a heading: what those who got the power have to do with it.
DUTIES = re.compile(
    r"(?:trách\s+nhiệm|tổ\s+chức\s+(?:thực\s+hiện|thi\s+hành)|nhiệm\s+vụ|chế\s+độ\s+báo\s+cáo)\b", re.IGNORECASE
)
_FORBIDS = re.compile(r"(?:tuyệt\s+đối\s+)?nghiêm\s+cấm\s[^.;:]*:", re.IGNORECASE)
_FORBIDS_BELOW = re.compile(rf"{_FORBIDS.pattern}\s*$", re.IGNORECASE)
# To answer for something is no task: "chịu trách nhiệm trước pháp luật về tính chính xác …".
_ANSWERS = re.compile(
    r"(?:và\s+)?(?:(?:có\s+trách\s+nhiệm\s+)?chịu\s+(?:(?:hoàn\s+)?toàn\s+(?:bộ\s+)?)?trách\s+nhiệm\s+(?:(?:toàn\s+(?:bộ|diện)|chính|cá\s+nhân|trực\s+tiếp)\s+)*)?"
    r"(?:trực\s+tiếp\s+)?trước\s+(?:pháp\s+luật|Ủy\s+ban|UBND|Chủ\s+tịch|Hội\s+đồng|HĐND|Thủ\s+trưởng|Giám\s+đốc|Trưởng|Tỉnh|Thành|cấp)"
    r"|(?:và\s+)?chịu\s+trách\s+nhiệm\s+(?:(?:toàn\s+bộ|toàn\s+diện|chính)\s+)?(?:về|đối\s+với)\s+(?!(?:việc|công\s+tác|thực\s+hiện|quản\s+lý|tổ\s+chức|triển\s+khai)\s)",
    re.IGNORECASE,
)
_OF_ACTS = re.compile(r"[^,;]*\b(?:việc|công\s+tác|hành\s+vi|thông\s+tin)\b", re.IGNORECASE)
_CLOSING = re.compile(
    r"(?:trên\s+đây\s+là|(?:trong\s+)?quá\s+trình\s+(?:tổ\s+chức\s+|triển\s+khai\s+)*(?:thực\s+hiện|triển\s+khai)?|nếu\s+(?:có|gặp|phát)|mọi\s+|khi\s+có\s+|trường\s+hợp\s+(?:có\s+)?(?:phát\s+sinh|khó|vướng))"
    r"[^.]*?(?:vướng\s+mắc|khó\s+khăn|phát\s+sinh|bất\s+cập|bổ\s+sung|điều\s+chỉnh)",
    re.IGNORECASE,
)
_IF = re.compile(r"(?:nếu|trường\s+hợp)\b[^;]*\bthì\b", re.IGNORECASE)
_TO_DO_WHAT = re.compile(r"(?:có|chịu)\s+trách\s+nhiệm\s*:?$", re.IGNORECASE)
_ABOVE = re.compile(r"trên\s+đây\s+là\b", re.IGNORECASE)
_DIFFICULTIES = re.compile(r"(?:vướng\s+mắc|khó\s+khăn)", re.IGNORECASE)
_ENFORCING = re.compile(
    r"(?:(?:chịu\s+trách\s+nhiệm\s+)?(?:tổ\s+chức\s+)?(?:thi\s+hành|thực\s+hiện)|căn\s+cứ|(?:chịu\s+trách\s+nhiệm\s+)?triển\s+khai(?:,?\s+thực\s+hiện)?)\s+"
    r"(?:quyết\s+định|nghị\s+quyết|chỉ\s+thị|kế\s+hoạch|thông\s+báo|công\s+văn|quy\s+(?:chế|định))\s+này(?:\s*(?:thi\s+hành|(?:kể\s+)?từ\s+ngày.*|\./\.))?\s*[./]*$",
    re.IGNORECASE,
)
_EFFECT = re.compile(
    r"có\s+hiệu\s+lực|chịu\s+trách\s+nhiệm\s+(?:tổ\s+chức\s+)?thi\s+hành|căn\s+cứ\s+quyết\s+định\s+thi\s+hành",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"(?:sau(?:\s+đây)?|như\s+sau|cụ\s+thể|nhiệm\s+vụ|nội\s+dung|gồm|trọng\s+tâm|có\s+trách\s+nhiệm)\s*:?\s*$",
    re.IGNORECASE,
)
_ASKS_ALL = re.compile(
    r"(?:đề\s+nghị|yêu\s+cầu)\b[^.;]{0,250}\b(?:triển\s+khai|thực\s+hiện)\b[^.;]{0,80}\./\.\s*$", re.IGNORECASE
)
_FEWEST = 2  # words of a task that no verb opens
_FEWEST_OF_INTRO = 15  # words with which a sentence before a list is a task itself
_ITS_TASKS = re.compile(r"(?:triển\s+khai,?\s+|tổ\s+chức\s+)*thực\s+hiện\s+(?:\S+\s+){0,2}?nhiệm\s+vụ", re.IGNORECASE)


def closes(words: str) -> bool:
    """Whether a paragraph ends a text: "Trên đây là …", "Trong quá trình thực hiện, nếu có vướng mắc …"."""
    return bool(
        _ABOVE.match(words)
        or (_CLOSING.match(words) and "." not in words.rstrip("./ \n"))
        or _ASKS_ALL.match(words)
        or (words.rstrip().endswith("./.") and _DIFFICULTIES.search(words))
    )


def leads_on(words: str) -> bool:
    """Whether a paragraph ends with a colon, or with "có trách nhiệm" and what is to be done stands below it."""
    stripped = words.rstrip(" \n*_")
    return stripped.endswith(":") or _TO_DO_WHAT.search(stripped) is not None


def says_nothing_more(words: str) -> bool:
    """Whether a clause before a list is no task itself: "thực hiện các nhiệm vụ sau:", "có trách nhiệm:"."""
    below = _BELOW.search(words)
    if _TO_DO_WHAT.search(words) or not words:
        return True
    return below is not None and (
        len(words[: below.start()].split()) < _FEWEST_OF_INTRO or _ITS_TASKS.match(words) is not None
    )


def without_forbidden(text: str, clauses: Iterable[Clause], end: int) -> Iterator[Clause]:
    """The clauses of a paragraph without those that list forbidden acts: "Nghiêm cấm các hành vi: …; …"."""
    forbidden = False
    for clause in clauses:
        forbidden = _FORBIDS.match(text, clause.begin, end) is not None or (forbidden and not clause.after_stop)
        if not forbidden:
            yield clause


def forbids_below(words: str) -> bool:
    """Whether forbidden acts stand below a paragraph."""
    return _FORBIDS_BELOW.search(words) is not None


def is_no_task(text: str, clause: Clause) -> bool:
    """Whether a clause only says that a decision is to be carried out, or where to turn with difficulties."""
    words = text[clause.whole : clause.end]
    if (answers := _ANSWERS.match(words)) is not None:
        # "… trước Chủ tịch về tình hình tội phạm, tăng cường kiểm tra …" goes on with a task.
        of_acts = _OF_ACTS.match(words, answers.end()) is not None
        return of_acts or verb_after_comma(text, clause.whole + answers.end(), clause.end) is None
    return bool(
        _IF.match(words)
        or _CLOSING.match(text[clause.begin : clause.end])
        or _ENFORCING.match(words)
        or _EFFECT.search(words)
    )


def says_little(words: str, clause: Clause) -> bool:
    """Whether a clause is too short for a task, or no more than "cụ thể", "bao gồm"."""
    return (not clause.opens and len(words.split()) < _FEWEST) or _ONLY_LEADS_ON.fullmatch(words) is not None


_ONLY_LEADS_ON = re.compile(
    r"(?:trong\s+đó|cụ\s+thể|như\s+sau|bao\s+gồm|(?:có|chịu)\s+trách\s+nhiệm)\W*", re.IGNORECASE
)
