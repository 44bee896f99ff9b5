"""Those whom a sentence tells to do something: "[Giao] A, B [có trách nhiệm] …", "Căn cứ …, các sở, ban, ngành …"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from corpus.language import task_verbs
from corpus.language.agency_names import find_agencies, read_list, split_agencies
from corpus.language.letters import UPPER


@dataclass(frozen=True, slots=True)
class Subject:
    """Those whom a clause tells to do something: names as written, where what they are told starts.

    ``heading``: nothing but the names stands there, or a colon follows: what comes below is theirs.
    """

    names: tuple[str, ...]
    end: int
    heading: bool
    given: bool = False  # with "giao": a task wherever it stands


_ASKED = re.compile(
    r"(?:(?:Đồng\s+thời|Ngoài\s+ra|Trong\s+đó|Riêng|Đối\s+với|Về\s+phía|Trách\s+nhiệm\s+(?:của\s+)?"
    r"|Nhiệm\s+vụ\s+(?:của\s+)?)\s*,?\s*)?"
    r"(?:(?P<asks>Đề\s+nghị|Yêu\s+cầu|Kính\s+đề\s+nghị|Giao\s+(?:nhiệm\s+vụ\s+)?(?:cho\s+)?|Phân\s+công"
    r"|Ủy\s+quyền(?:\s+cho)?)\s*:?\s*)?",
    re.IGNORECASE,
)
# What follows the names where they are told to do something, before the task itself.
_TOLD = re.compile(
    r"\s*,?\s*(?:(?:thì|cần|phải|sẽ|tiếp\s+tục(?=\s+chủ\s+trì)|được\s+giao(?:\s+nhiệm\s+vụ)?|có\s+(?:trách\s+)?nhiệm(?:\s+vụ)?|có\s+nhiệm\s+vụ"
    r"|chịu\s+trách\s+nhiệm(?!\s+trước)(?:\s+(?:chính|về|trong))?|làm\s+đầu\s+mối\s*,?)\s*)*",
    re.IGNORECASE,
)
_DUTY = re.compile(
    r"\s*,?\s*(?:có\s+trách\s+nhiệm|chịu\s+trách\s+nhiệm(?!\s+trước)|có\s+nhiệm\s+vụ|thực\s+hiện\s+(?:tốt\s+)?(?:các|một\s+số)\s+(?:nhiệm\s+vụ|nội\s+dung|công\s+việc)(?:\s+sau)?(?:\s+đây)?)",
    re.IGNORECASE,
)
# What may stand between the names and the verb: on what ground, when, within what.
_GROUND = re.compile(
    r"\s*,?\s*(?:căn\s+cứ|trên\s+cơ\s+sở|theo|tùy\s+theo|trong\s+(?:phạm\s+vi|quá\s+trình|thời\s+gian|năm|tháng|quý)|định\s+kỳ|hằng|hàng|trước\s+ngày|chậm\s+nhất"
    r"|khi|từ\s+(?:tình|nội|kết)|với\s+(?:vai\s+trò|chức)|ngoài|là\s+(?:cơ\s+quan|đơn\s+vị|đầu)|bằng\s+các|thông\s+qua|dựa)\b",
    re.IGNORECASE,
)
OPENING_GROUND = re.compile(
    r"(?:Căn\s+cứ|Trên\s+cơ\s+sở|Theo|Tùy|Trong|Định\s+kỳ|Hằng|Hàng|Trước|Chậm\s+nhất|Khi|Để|Nhằm|Đối\s+với|Trường\s+hợp|Từ|Đến|Sau|Bên\s+cạnh|Với|Riêng|Quý|Tháng|Năm|Vào|Ngay|Qua(?=\s+(?:kết|kiểm|rà|thực|theo)))\b",
    re.IGNORECASE,
)
# "Sở Tài chính - Cơ quan thường trực Ban Chỉ đạo" is a heading still.
_ROLE = re.compile(
    r"\s*[-–(]\s*(?:là\s+)?(?:cơ\s+quan|đơn\s+vị)\s+(?:thường\s+trực|đầu\s+mối|chủ\s+trì)\b[^.;:]*[:\s]*$",
    re.IGNORECASE,
)
_CLOSE = re.compile(r"(?:[\s*_.,;]|\bvà$)*")
COLON = re.compile(r"[\s*_]*:[\s*_]*")
# It is told what was, not what is to be done.
_TELLS = re.compile(
    r"(?:đã|vừa|đang|từng|là|được|bị|và|của|tại|ở|trong|yêu\s+cầu|đề\s+nghị|chỉ\s+thị)\b", re.IGNORECASE
)
_STRAY = re.compile(r"[\s*_“\"–+•-]+")
_GIVEN_ON = re.compile(
    r"\s*(?:yêu\s+cầu|đề\s+nghị|chỉ\s+thị|giao|(?:phân\s+cấp|ủy\s+quyền)(?:\s+cho)?)\b\s*(?:cho\s+)?:?\s*(?=\S|$)"
)
_INCLUDED = re.compile(r"\s*\(?(?:bao\s+)?gồm(?:\s+các)?\s*:?\s*(?=Sở|Cục|Công|Ban|Văn|UBND|các\s+Sở|Ủy|Chi)")
# Where a paragraph may go on with another task: a semicolon, or the end of a sentence.
PART = re.compile(
    rf";\s*|(?<!\bTP)(?<!\bTp)(?<!\bTT)(?<!\bv\.v)(?<!\s\d)[.!?…]+[*_\"”)]*\s+(?=[*_“\"(–+-]*\s*[{UPPER}])"
)


def read_subject(text: str, start: int, end: int, *, tolerant: bool = False) -> Subject | None:
    """Those whom a sentence that starts here tells to do something, None where it does not start with them.

    ``tolerant``: as in a plan, where almost any verb after an agency's name says what it is to do.
    """
    stray = _STRAY.match(text, start, end)
    at = start if stray is None else stray.end()
    asked = _ASKED.match(text, at, end)
    names_at = at if asked is None else asked.end()
    names, over = _named(text, names_at, end)
    if not names:
        return _after_opening_ground(text, at, end)
    told = _told(text, names, over, end, asked=asked is not None and asked["asks"] is not None)
    subject = (
        told
        or _before_leading(text, names, over, end)
        or _before_duty(text, names_at, end)
        or (_any_verb(text, names, over, end) if tolerant else None)
    )
    return subject if subject is None or asked is None else replace(subject, given=_is_given(asked))


def read_heading(text: str, start: int, end: int) -> Subject | None:
    """Those whom a heading names that is nothing but their names: "Giao A; B", "Các tổ chức cung cấp dịch vụ …".

    It need not be known how such a name goes on, so the caller must know that items stand below and no sentence ends.
    """
    if duty := _DUTY_OF.match(text, start, end):
        who = _OF_DUTY.sub("", " ".join(duty["who"].split()))
        return Subject(tuple(_BODIES_APART.split(who)), end, heading=True)
    asked = _ASKED.match(text, start, end)
    at = start if asked is None else asked.end()
    names, over = read_list(text, at, end)
    rest = text[over:end]
    given = asked is not None and _is_given(asked)
    if not names:
        return None
    included = _INCLUDED_IN.match(rest)
    general = _GENERAL.match(names[-1]) and (included or _KIND_OF_BODY.match(rest))
    if not (general or _NAMES_GO_ON.match(rest) or (given and not task_verbs.opening().search(rest))):
        return None
    words = " ".join(_OF_DUTY.sub("", rest[included.end() :] if included else text[at:end]).split())
    whole = tuple(_BODIES_APART.split(words)) if general and not included else split_agencies(words)
    return Subject(whole, end, heading=True, given=given) if whole else None


_GENERAL = re.compile(r"(?:các|những|mọi)\s", re.IGNORECASE)
# What bodies do that makes them the ones who are meant, after "các tổ chức", "các doanh nghiệp".
_KIND_OF_BODY = re.compile(
    r"\s+(?:(?:đang|có)\s+)?(?:cung\s+cấp|hoạt\s+động|sản\s+xuất|kinh\s+doanh|khai\s+thác|sử\s+dụng|quản\s+lý|vận\s+hành|tham\s+gia"
    r"|đầu\s+tư|thụ\s+hưởng|chế\s+biến|nuôi|trồng|nhận|đăng\s+ký|làm\s+việc|thi\s+công|trong\s+(?:các\s+)?(?:lĩnh\s+vực|khu|cụm)|thuộc|tại|trên\s+địa\s+bàn)\b"
)
_DUTY_OF = re.compile(
    r"trách\s+nhiệm(?:(?:,|\s+và)\s+(?:quyền\s+hạn|quyền|nghĩa\s+vụ|trách\s+nhiệm))?\s+của\s+(?!(?:các\s+)?thành\s+viên\b)"
    r"(?P<who>[^.:]+?)(?=\s+(?:trong|đối\s+với|khi|về)\s|[\s:]*$)",
    re.IGNORECASE,
)
_INCLUDED_IN = re.compile(r"[^:,;]{0,40}?\b(?:bao\s+)?gồm\s*:?\s*(?=\S)")
_OF_DUTY = re.compile(r"(?:\s+(?:có|chịu)\s+trách\s+nhiệm)?[\s:*_]*$")
_BODIES_APART = re.compile(r"\s*;\s*(?:và\s+)?|\s*,\s*(?=các\s|UBND|Ủy)|\s+và\s+(?=các\s)")
_NAMES_GO_ON = re.compile(
    r"\s*[,;]\s*(?:các|thủ\s+trưởng|giám\s+đốc|chủ\s+tịch|lãnh\s+đạo|người\s+đứng\s+đầu)", re.IGNORECASE
)


def _is_given(asked: re.Match[str]) -> bool:
    return (asked["asks"] or "").lower().startswith(("giao", "phân công"))


_LED_BY = re.compile(r"(?P<more>(?:,?\s+[^\W\d_]+){1,6}?)\s+chủ\s+trì\b")


def _before_leading(text: str, names: tuple[str, ...], over: int, end: int) -> Subject | None:
    """The subject of "Phòng Công chức, viên chức chủ trì …": all that stands before "chủ trì", if it is no verb."""
    led = _LED_BY.match(text, over, end)
    more = " ".join(led["more"].split()) if led is not None else ""
    if led is None or _NO_VERB.match(more.lstrip(", ")) or task_verbs.opening().search(more) or find_agencies(more):
        return None
    joint = "" if more.startswith(",") else " "
    return Subject((*names[:-1], f"{names[-1]}{joint}{more}"), led.end("more") + 1, heading=False)


# Words after a name that do not say what it is to do.
_NO_VERB = re.compile(
    r"(?:là|đã|đang|hiện|vừa|từng|có|được|bị|và|hoặc|của|tại|ở|trong|thuộc|gồm|bao|nhằm|trên|với|để|không|chưa|vẫn|còn|khi|nếu|theo|như"
    r"|do|vì|về|từ|đến|nào|này|đó|khác|phụ|mà|thì|nơi|căn|qua|yêu|đề|chỉ)\b"
)


def _any_verb(text: str, names: tuple[str, ...], over: int, end: int) -> Subject | None:
    """The subject of a sentence whose verb is not in the table."""
    at = skip_blanks(text, over, end)
    if at == over or "," in text[over:at] or at >= end or not text[at].islower() or _NO_VERB.match(text, at):
        return None
    return Subject(names, at, heading=False)


_HAVE_DUTY = re.compile(r"[^.:]{0,250}?(?P<duty>\s(?:có|chịu)\s+trách\s+nhiệm)\s*(?P<colon>:\s*)?(?=\S)")


def _before_duty(text: str, start: int, end: int) -> Subject | None:
    """The subject of a list with names that are not known: what stands before "có trách nhiệm", parted."""
    duty = _HAVE_DUTY.match(text, start, end)
    if duty is None:
        return None
    names = split_agencies(text[start : duty.start("duty")])
    return Subject(names, duty.end(), heading=duty["colon"] is not None) if names else None


def _named(text: str, start: int, end: int) -> tuple[tuple[str, ...], int]:
    """The names that stand here, or those whom they ask: "UBND tỉnh yêu cầu các sở …", "các cơ quan gồm: …"."""
    names, over = read_list(text, start, end)
    if not names:
        return (), over
    if included := _INCLUDED.match(text, over, end):
        others, further = read_list(text, included.end(), end)
        return (others, further) if others else (names, over)
    if given := _GIVEN_ON.match(text, over, end):
        return read_list(text, given.end(), end)
    return names, over


def _after_opening_ground(text: str, start: int, end: int) -> Subject | None:
    """The subject of "Căn cứ Kế hoạch này, các sở, ban, ngành xây dựng …"."""
    if not OPENING_GROUND.match(text, start, end):
        return None
    for comma in _COMMA.finditer(text, start, min(end, start + _FARTHEST)):
        if PART.search(text, start, comma.start()) or _TOGETHER.search(text, start, comma.start()):
            return None
        asked = _ASKED.match(text, comma.end(), end)
        at = comma.end() if asked is None else asked.end()
        names, over = _named(text, at, end)
        if (
            names
            and (subject := _told(text, names, over, end, asked=asked is not None and asked["asks"] is not None))
            is not None
        ):
            return subject if asked is None else replace(subject, given=_is_given(asked))
    return None


def _told(  # noqa: PLR0911  one return a rule
    text: str, names: tuple[str, ...], over: int, end: int, *, asked: bool
) -> Subject | None:
    """The subject, if what follows the names tells them to do something."""
    close = _CLOSE.match(text, over, end)
    rest = over if close is None else close.end()
    if rest == end or _ROLE.match(text, over, end):
        return Subject(names, end, heading=True)
    duty = _DUTY.match(text, over, end)
    colon = COLON.match(text, duty.end() if duty else over, end)
    if colon is not None:
        return Subject(names, colon.end(), heading=True)
    if duty is not None and not text[duty.end() : end].strip(" .*_"):
        return Subject(names, end, heading=True)
    told = _TOLD.match(text, over, end)
    at = over if told is None else told.end()
    at = skip_blanks(text, at, end)
    if at < end and text[at].islower() and task_verbs.after_name().match(text, at, end):
        return Subject(names, at, heading=False)
    if _GROUND.match(text, over, end) is not None:
        verb = after_ground(text, skip_blanks(text, over, end), end)
        return None if verb is None else Subject(names, verb, heading=False)
    if duty is not None or (asked and at < end and text[at].islower() and not _TELLS.match(text, at)):
        return Subject(names, at, heading=False)
    return None


def skip_blanks(text: str, at: int, end: int) -> int:
    """The place after blanks, commas and marks of emphasis."""
    while at < end and (text[at].isspace() or text[at] in ",*_"):
        at += 1
    return at


_TOGETHER = re.compile(r"\bphối\s+(?:kết\s+)?hợp\b", re.IGNORECASE)
_COMMA = re.compile(r",\s+(?=[^\W\d_])")
_FARTHEST = 600  # characters of a ground before its verb
STRIPPED = re.compile(
    r"(?:căn\s+cứ|trên\s+cơ\s+sở|theo|tùy\s+theo|trong\s+phạm\s+vi|là\s+(?:cơ\s+quan|đơn\s+vị|đầu\s+mối))\b",
    re.IGNORECASE,
)


def after_ground(text: str, start: int, end: int) -> int | None:
    """Where the task starts after "căn cứ …,", "trong phạm vi …,": a verb after a comma; else the ground is kept.

    None where no verb follows.
    """
    found = verb_after_comma(text, start, end)
    if not STRIPPED.match(text, start):
        return start
    if found is not None:
        return found
    # no comma before the verb: "căn cứ chức năng được giao tổ chức triển khai"
    return start if task_verbs.opening().search(text, start, min(end, start + _FARTHEST)) else None


def verb_after_comma(text: str, start: int, end: int) -> int | None:
    """Where the first verb stands that follows a comma and opens a task."""
    verb = task_verbs.opening()
    for comma in _COMMA.finditer(text, start, min(end, start + _FARTHEST)):
        if ";" in text[start : comma.start()]:
            return None
        if text[comma.end()].islower() and verb.match(text, comma.end(), end):
            return _first_of_row(text, start, comma.start(), comma.end())
    return None


# "được giao, có kế hoạch", "trong phạm vi quản lý, phối hợp": no verb of the row.
_NOUN_HERE = re.compile(
    r"(?:\bđược\s|\bvi\s|\bcủa\s|\bviệc\s|\btác\s|\bvề\s|\bnăng\s|\bđịa\s)\S+(?:\s\S+)?$|\b(?:giao|quản\s+lý)$"
)
_LAST_WORDS = re.compile(r"(?<=\s)\S+(?:\s+\S+){0,2}$")


def _first_of_row(text: str, start: int, comma: int, after: int) -> int:
    """Where a row of verbs starts whose second follows a comma: "theo nhiệm vụ của đơn vị phối hợp, hỗ trợ …"."""
    last = _LAST_WORDS.search(text, start, comma)
    at = comma if last is None else last.start()
    while at < comma:
        if task_verbs.opening().fullmatch(text, at, comma) and not _NOUN_HERE.search(text, max(start, at - 12), comma):
            return at
        blank = text.find(" ", at, comma)
        at = comma if blank < 0 else blank + 1
    return after


def skip_stray(text: str, at: int, end: int) -> int:
    """The place after blanks, bullets and quotation marks."""
    stray = _STRAY.match(text, at, end)
    return at if stray is None else stray.end()
