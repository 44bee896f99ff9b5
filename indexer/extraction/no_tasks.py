"""Paragraphs and clauses that give no task: purposes, conditions, closing words, what only leads on to a list."""

from __future__ import annotations

import re

from indexer.extraction.clauses import Clause

# Sections that tell why and on what ground, not who does what. Of plans of 2011-2025.
NO_TASKS = re.compile(
    r"(?:mục\s+đích|vị\s+trí|yêu\s+cầu|mục\s+tiêu|quan\s+điểm|đối\s+tượng|phạm\s+vi|thực\s+trạng|tình\s+hình|đánh\s+giá|kết\s+quả"
    r"|căn\s+cứ(?=\s*(?:\W|$|pháp|lập|xây|để))|cơ\s+sở|sự\s+cần|nguyên\s+tắc|tiêu\s+chuẩn|trình\s+tự|thành\s+phần\s+hồ\s+sơ|tiêu\s+chí|cơ\s+cấu|số\s+lượng|hình\s+thức\s+(?:và\s+\S+\s+\S+\s+)?khen|khen\s+thưởng|giải\s+thích|đặc\s+điểm|bối\s+cảnh|nguyên\s+nhân|tồn\s+tại|hạn\s+chế|khái\s+quát|dự\s+báo|chỉ\s+tiêu|(?:cách\s+thức\s+)?(?:xếp|bình)\s+(?:hạng|loại|xét)|thang\s+điểm)\b",
    re.IGNORECASE,
)
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


def is_no_task(text: str, clause: Clause) -> bool:
    """Whether a clause only says that a decision is to be carried out, or where to turn with difficulties."""
    words = text[clause.whole : clause.end]
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
