"""The words that name what a number measures, cut to size: without agencies, without what only leads them in."""

from __future__ import annotations

import re
from functools import cache

from corpus.language.task_verbs import opening
from indexer.extraction.goals import table

_DOER = re.compile(
    r"(?:Các\s+)?(?:Sở|UBND|Ủy\s+ban|Ban|Văn\s+phòng|Phòng|Công\s+an|Hội|Báo|Đài|Bưu\s+điện|Trung\s+tâm|Tỉnh\s+đoàn|Thanh\s+tra"
    r"|Ngân\s+hàng|Chi\s+cục|Cục|Bộ|Trường|Đoàn|Kho\s+bạc|Bảo\s+hiểm|Thuế|Công\s+ty|sở,|cơ\s+quan|[Cc]hủ\s+trì|[Pp]hối\s+hợp)(?!\w)"
)
_WITH = re.compile(r"(?<!\w)(?:(?P<lead>chủ\s+trì)|phối\s+hợp(?:\s+với)?)(?!\w)", re.IGNORECASE)
_LONG = 20  # words: before a number as many hold more than what it measures
_MOST_WORDS = 40


@cache
def _measure_after_comma() -> re.Pattern[str]:
    return re.compile(rf",\s+(?:\S+\s+){{0,2}}{table()['words']['measures']}", re.IGNORECASE)


def without_doer(phrase: str) -> str:
    """A phrase without the agency that it begins with: "Sở A chủ trì kiểm tra 20 cơ quan" from "kiểm tra" on."""
    if not _DOER.match(phrase):
        return phrase
    last = max(_WITH.finditer(phrase), key=lambda match: match.end(), default=None)
    if last is not None and last["lead"] and not phrase[last.end() :].lstrip().startswith(","):
        return phrase[last.end() :].lstrip()
    for verb in opening().finditer(phrase, 0 if last is None else last.end()):
        if verb["verb"][0].islower() and phrase[verb.start() - 1 : verb.start()].isspace():
            return phrase[verb.start() :]
    return phrase


def shortened(phrase: str, number: int) -> str:
    """A phrase without its agency; a long one from a later clause with a verb on; ``number``: where its number is."""
    for comma in re.finditer(r",\s+", phrase[:number]):
        if len(phrase.split()) <= _MOST_WORDS:
            break
        rest = phrase[comma.end() :]
        if len(rest.split()) <= _MOST_WORDS and opening().match(rest):
            return rest
    return without_doer(phrase)


def without_opening(core: str) -> str:
    """A long text before a number from its last clause that names a measure on."""
    if len(core.split()) <= _LONG:
        return without_doer(core)
    at = max((match.start() for match in _measure_after_comma().finditer(core)), default=0)
    return core[at:].lstrip(" ,") if at else without_doer(core)


def tidy(phrase: str) -> str:
    """A phrase in one line, without signs at its ends, at most 40 words."""
    words = " ".join(" ".join(phrase.split()).strip(" ,;:.–-[]|").split()[:_MOST_WORDS])
    if words.endswith(")") and words.count("(") < words.count(")"):
        words = words[:-1]
    return words.lstrip("( ").rstrip(" ,;:(")
