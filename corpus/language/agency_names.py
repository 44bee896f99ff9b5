"""Names of agencies in running text: where they stand, and lists that share a head written out in full.

What names are made of is in ``agency_names.toml``; nothing here knows which agencies exist.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from corpus.language import task_verbs
from corpus.language.letters import LOWER, UPPER
from corpus.language.task_verbs import DASH, alternatives, either_tone, loose

__all__ = ["Mention", "find_agencies", "read_list", "split_agencies"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Agencies named at a span of a text: one, or a list that shares a head, each name in full ("các Sở: A, B")."""

    start: int
    end: int
    names: tuple[str, ...]


def find_agencies(text: str) -> list[Mention]:
    """The agencies that a text names, in reading order; names have runs of blanks collapsed."""
    grammar = _grammar()
    pattern = grammar.capitals if text.isupper() else grammar.names
    found: list[Mention] = []
    at = 0
    while match := pattern.search(text, at):
        mention = _mention(grammar, text, match, len(text))
        at = match.start("core") + 1 if mention is None else mention.end
        if mention is not None:
            found.append(mention)
    return found


def split_agencies(text: str) -> tuple[str, ...]:
    """The names in a field such as a cell, as written; what is no known form of name is parted at commas and "và"."""
    mentions = find_agencies(text)
    names: list[str] = []
    at = first = 0
    joint = ""
    for separator in [*_SEPARATOR.finditer(text), None]:
        start = len(text) if separator is None else separator.start()
        if separator is not None and _cuts_a_name(mentions, separator):
            continue
        inside: list[Mention] = []
        while first < len(mentions) and mentions[first].start < start:
            inside.append(mentions[first])
            first += 1
        piece = text[at:start]
        if not inside and names and _GOES_ON_WITH.match(piece) and _HAS_ROOMS.match(names[-1]):
            names[-1] = _collapsed(f"{names[-1]}{joint}{piece}").strip(_AROUND)
        else:
            names.extend(_names_of_piece(piece, at, inside))
        at = start if separator is None else separator.end()
        joint = "" if separator is None else separator[0]
    return tuple(dict.fromkeys(name for name in names if name))


def read_list(text: str, start: int, end: int, *, loose: bool = False) -> tuple[tuple[str, ...], int]:
    """The names of a list that starts at a place of a text, and where it ends; no names where none starts there.

    After the first name, or from the start where ``loose``, bodies in general need no "các" ("Bộ Công an, doanh nghiệp
    đồng hành").
    """
    grammar = _grammar()
    names: list[str] = []
    at = over = start
    while True:
        mention = _mention_at(grammar, text, at, end)
        if mention is None and (names or loose) and (loose_one := grammar.general.match(text, at, end)):
            stop = _with_modifier(text, loose_one.end(), end)
            mention = Mention(at, stop, (_collapsed(text[at:stop]),))
        if mention is None or mention.end > end:
            return tuple(dict.fromkeys(names)), over
        names.extend(mention.names)
        over = mention.end
        if note := _NOTE.match(text, over, end):
            over = note.end()
        between = _BETWEEN.match(text, over, end)
        if between is None:
            return tuple(dict.fromkeys(names)), over
        at = between.end()


_NOTE = re.compile(r"\s*\([^()]{0,200}\)")
_BETWEEN = re.compile(r"\s*[,;]\s*(?:(?:và|cùng)\s+)?|\s+(?:và|cùng(?:\s+với)?|hoặc|với)\s+|\s*/\s*")


def _mention_at(grammar: _Grammar, text: str, at: int, end: int) -> Mention | None:
    pattern = grammar.capitals if text[at:end].isupper() else grammar.names
    match = pattern.match(text, at, end)
    return None if match is None else _mention(grammar, text, match, end)


# What parts the names of a field.
_SEPARATOR = re.compile(
    r"\s*(?:[;,\n+•|]|/(?=\s*(?:Sở|UBND|Ban|Công|Văn|Ủy|Bộ|các|Các))|\.\s+(?=[A-ZĐ])|\s[-–]\s|^\s*[-–]\s*|\bvà\b|\bvới\b|\bcùng\b)\s*(?:\b(?:và|cùng)\b\s*)?"
    r"(?:[-–+•]\s*)?",
    re.MULTILINE,
)


# "Phòng Công chức, viên chức" is one name: nothing that starts with a small letter is a body after a division's name.
_HAS_ROOMS = re.compile(r"(?:Phòng|Ban|Chi cục)\s")
_GOES_ON_WITH = re.compile(rf"\s*[{LOWER}]")


def _cuts_a_name(mentions: list[Mention], separator: re.Match[str]) -> bool:
    return any(
        mention.start <= separator.start() < mention.end or mention.start < separator.end() <= mention.end
        for mention in mentions
    )


_PARENTHESES = re.compile(r"\s*\([^()]*\)?")
_AROUND = " \t\r\n.,;:-–—*_+•()"


def _names_of_piece(piece: str, offset: int, mentions: list[Mention]) -> list[str]:
    """The names in a piece of a field: several where the piece is a shared list or names follow one another."""
    if not mentions:
        name = _collapsed(_PARENTHESES.sub("", piece)).strip(_AROUND)
        return [] if name[:1].islower() and task_verbs.opening().match(name) else [name]
    names: list[str] = []
    plain = [m for m in mentions if not _in_parentheses(piece, m.start - offset)]
    for number, mention in enumerate(plain or mentions[:1]):
        if len(mention.names) > 1 or len(plain) > 1:
            names.extend(mention.names)
            continue
        before = piece[: mention.start - offset] if number == 0 else ""
        after = _PARENTHESES.sub("", piece[mention.end - offset :])
        if task_verbs.opening().match(after.lstrip()):
            after = ""
        names.append(_collapsed(f"{before}{mention.names[0]}{after}").strip(_AROUND))
    return names


def _in_parentheses(text: str, at: int) -> bool:
    return text.count("(", 0, at) > text.count(")", 0, at)


def _collapsed(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The patterns that the table gives."""

    names: re.Pattern[str]  # a name, or the head of one that goes on with words not known beforehand
    capitals: re.Pattern[str]  # the same for text in capitals
    field: re.Pattern[str]  # one field of a list that shares its head
    units: re.Pattern[str]  # the unit of the administration that ends a name
    general: re.Pattern[str]  # bodies in general, which inside a list need no "các"


_SHORT_FORM = r"[A-ZĐ][A-ZĐ&]{1,}(?:\s?[&.–-]\s?[A-ZĐ]{2,}|,(?=[A-ZĐ]{2})[A-ZĐ&]+)*"
_MANY = r"(?:(?:các|những|một\s+số|mỗi|từng|toàn\s+bộ\s+các)\s+)"
# Words with a capital that are no place's name: a task, another name or another line starts with them.
_NO_PLACE = r"(?!(?:{})\b)".format(
    "Chủ|Phối|Tham|Tổ|Triển|Xây|Hướng|Căn|Có|Chịu|Thực|Tăng|Theo|Đôn|Kiểm|Rà|Trong|Thường|Các|Định|Tiếp|Lập|Báo|Giao|Là"
    "|Sở|Ban|Bộ|UBND|Ủy|Uỷ|Công\\s+an|Văn\\s+phòng|Trung\\s+tâm|Hội|Đoàn|Chi|Cục|Phòng|Đài|Thời|Kinh\\s+phí|Sản|Quý|Năm"
    "|Tháng|Ghi|Mặt|Tỉnh|Thành\\s+ủy|Kho|Bảo|Ngân|Viện|Tòa|Bệnh|Trường|Hiệp|Chánh|Giám|Thủ|Phó|Trưởng|Trên|Nơi|Nhà|Đồng\\s+thời|Riêng|"
    "Hồ\\s+sơ|Điều|Đối|Khóa|Nhiệm|Kỳ|Quyết|Kế|Đề|Chỉnh|Tối|Liên"
)


def _regex(known: str) -> str:
    """A regular expression of the table, its blanks, dashes and tones made tolerant."""
    return either_tone(known).replace(" - ", DASH).replace(" ?", r"\s*").replace(" ", r"\s+")


# How the parts of a field's name are joined as people type it. A comma for "và" would make one field of two.
_TYPED = {
    "-": r"(?:\s*[-–—]\s*|\s+)",
    "và": r"(?:\s+và\s+|\s*&\s*|\s*[-–—]\s*|\s+)",
    ", ": r"(?:\s*,\s*|\s*[-–—]\s*|\s+)",
    None: r"\s+",
}


def _field(name: str) -> str:
    """A regular expression for a field as people type it too: "Lao động Thương binh Xã hội"."""
    return re.sub(r" (-|và) |(, )| ", lambda part: _TYPED[part[1] or part[2]], either_tone(name))


@cache
def _grammar() -> _Grammar:
    table: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    place = rf"{_NO_PLACE}(?-i:[{UPPER}][{LOWER}]+(?:[\s-][{UPPER}][{LOWER}]+){{0,3}})"
    places = rf"{place}(?:\s*,\s*{place})*(?:\s+và\s+{place})?"
    unit = rf"(?:{alternatives(table['units'])}\b(?:(?:(?<=(?-i:TP|TX))\.)?\s*{places})?|khu\s+vực\s+(?:[IVXL]+|\d+)\b)"
    among = r"(?:các\s+|cấp\s+|toàn\s+)*"
    units = rf"(?:của\s+)?{among}{unit}(?:(?:\s*[,/]\s*|\s+và\s+){among}{unit})*"
    short = rf"(?-i:(?!(?:{'|'.join(table['own_short_forms'])})(?![\w&])){_SHORT_FORM}(?!\w))"
    fields = "|".join(map(_field, sorted(table["fields"], key=len, reverse=True)))
    field = rf"(?:(?:{fields})(?![\w&])|{short})"
    ministry = rf"(?:{alternatives(table['ministries'])}(?!\w)|{field})"
    next_field = rf"(?:\s*[,;]\s*(?:và\s+)?|\s+và\s+)(?-i:(?=[{UPPER}])){field}"
    headed = (
        rf"(?P<head>Thanh\s+tra\s+Sở|Phòng|Sở)(?:\s*,\s*(?:ban\s*,\s*)?ngành(?=\s*:))?(?P<fields>\s*:?\s+{field}(?:{next_field})*)"
        rf"|(?P<ministry>Bộ)(?P<ministries>\s*:?\s+{ministry}(?:{next_field})*)"
    )
    small = r"văn\s+phòng\s+(?:UBND|Ủy)|công\s+an\s+(?:tỉnh|thành|các|xã|cấp|huyện)"  # as some write them
    known = rf"(?-i:(?=[{UPPER}]|{small}))(?:{'|'.join(map(_regex, table['known']))})(?![\w])"
    kind = rf"(?:{alternatives(table['kinds'])}\b)"
    next_kind = rf"(?:\s*[,/]\s*|\s+và\s+){kind}"
    belongs = rf"(?:của|(?:trực\s+)?thuộc)(?:\s+(?:{known}|Sở(?:\s+{field})?|Bộ\s+{field}))"
    over = rf"(?:đóng\s+)?(?:trên|tại)\s+địa\s+bàn(?:\s+{units})?"
    after = rf"(?:\s+(?:{over}|{belongs}|{alternatives(table['qualities'])}\b|(?:trực\s+)?thuộc\b|{units}))"
    open_heads = "|".join(
        rf"{loose(head)}(?=\s+\S)(?!\s+(?:{excluded})\b)" if excluded else rf"{loose(head)}(?=\s+\S)"
        for head, excluded in sorted(table["open"].items(), key=lambda item: -len(item[0]))
    )
    any_office = alternatives(table["offices"])
    office = rf"(?P<office>(?-i:(?=[{UPPER}])|(?=thủ\s|người\s|lãnh\s)){any_office}(?:\s*,\s*{any_office})?\s+)"
    opening_kind = rf"{alternatives(table['opening_kinds'])}\b"
    concerned = r"(?=\s+(?:có\s+)?liên\s+quan\b)"
    row = rf"{opening_kind}(?:(?:{next_kind})+|{concerned})"
    kinds = rf"(?(many){kind}(?:{next_kind})*|(?(office){kind}(?:{next_kind})*|{row}))"
    core = (
        rf"(?P<listed>{headed})(?P<of>\s+{units})?"
        rf"|(?P<known>{known})(?:\s+(?:{units}|{place}))?(?:\s+(?:{over}|(?:có\s+)?liên\s+quan|trực\s+thuộc|nơi\s+có\s+\w+\s+\w+))?"
        rf"|(?P<general>{kinds}){after}*"
    )
    body = rf"(?<!\w){office}?(?P<many>{_MANY}(?:tổ\s+chức\s+)?)?(?P<core>{core}|(?P<open>{{heads}}))"
    first = rf"(?=[{UPPER}]|[cntmslbđv])"
    return _Grammar(
        re.compile(rf"{first}(?i:{body.replace('{heads}', f'(?-i:{open_heads})')})"),
        re.compile(rf"{first}(?i:{body.replace('{heads}', open_heads)})"),
        re.compile(rf"(?i:{ministry})"),
        re.compile(rf"(?i:{units})"),
        re.compile(rf"(?i:{_MANY}?{kind}(?:{next_kind})*{after}*)"),
    )


def _mention(grammar: _Grammar, text: str, match: re.Match[str], limit: int) -> Mention | None:
    """The mention that a match gives, None where it is no name after all."""
    start = match.start()
    if match["open"] is not None:
        end = _open_end(grammar, text, match["open"], match.end(), limit)
        return None if end == match.end() else Mention(start, end, (_collapsed(text[start:end]),))
    if match["general"] is not None:
        end = _with_modifier(text, match.end(), limit)
        return Mention(start, end, (_collapsed(text[start:end]),))
    fields = match["fields"] or match["ministries"]
    if fields is None:
        return Mention(start, match.end(), (_collapsed(match[0]),))
    items = [_collapsed(item[0]) for item in grammar.field.finditer(fields)]
    if len(items) == 1 and match["many"] is None:
        end = match.end()
        if match["head"] == "Phòng" and match["of"] is None:
            end = _room_end(grammar, text, end, limit)
        return Mention(start, end, (_collapsed(text[start:end]),))
    head = _collapsed(f"{match['office'] or ''}{match['head'] or match['ministry']}")
    of = _collapsed(f" {match['of'] or ''}")
    return Mention(start, match.end(), tuple(" ".join(f"{head} {item} {of}".split()) for item in items))


def _room_end(grammar: _Grammar, text: str, end: int, limit: int) -> int:
    """Where a division's name ends whose first words are a field too: "Phòng Xây dựng chính quyền"."""
    if not _MODIFIER.match(text, end, limit):
        return end
    over = _open_end(grammar, text, "Phòng", end, limit)
    return over if len(text[end:over].split()) <= _MORE_OF_ROOM else end


_MORE_OF_ROOM = 3  # words
_WORD = re.compile(r"[^\W_]+(?:[&.'’/-][^\W_]+)*")
_GAP = re.compile(r"(?!\s*\n\s*\n)(?:\s+|\s*,\s+|\s+[-–]\s+)")
_LONGEST = 14  # words of a name after its head
# Words that end a name, since they do not go on with it.
_STOPS = frozenset(
    re.findall(
        r"\w+",
        "là để theo về tại trong trên từ cho với khi nếu do đã đang sẽ cần phải được bị gồm như có hoặc nhằm của thuộc "
        "nơi căn đến trước sau qua này đó nói khác không cùng và",
    )
)
_PROPER = frozenset({"Báo"})  # heads that only capitalised words follow: "Báo Nhân Dân"
_TASK_STARTS = re.compile(
    r"(?:Chủ\s+trì|Phối\s+hợp|Tham\s+mưu|Căn\s+cứ|Có\s+trách|Chịu\s+trách|Triển\s+khai|Hướng\s+dẫn|Thực\s+hiện|Trong\s+phạm|Là\s)"
)
_JOINED = re.compile(rf"\s*,\s*[{UPPER}][^,.;:()\n]*?\s+và\s+[{UPPER}]")


_MODIFIER = re.compile(rf"(?!\s*\n\s*\n)\s+(?P<word>[{LOWER}]+)(?![\w/])")
_AFTER_MODIFIER = re.compile(r"\s*(?:[,;.:)]|$|(?:và|để|trong|có|trên|tại|chủ|phải|cần|căn|theo|thuộc)\s)")
_LONGEST_MODIFIER = 5  # words


def _with_modifier(text: str, end: int, limit: int) -> int:
    """Where a general name ends with what kind of body it is: "các đơn vị cấp nước", "các doanh nghiệp logistics".

    Words count only up to a verb or a mark of punctuation that shows that the name is over.
    """
    verb = task_verbs.after_name()
    at = end
    for number in range(_LONGEST_MODIFIER + 1):
        blank = _BLANKS.match(text, at, limit)
        following = at if blank is None else blank.end()
        if _AFTER_MODIFIER.match(text, at, limit) or (number and verb.match(text, following, limit)):
            return at
        word = _MODIFIER.match(text, at, limit)
        if word is None or word["word"] in _STOPS or (number == 0 and verb.match(text, following, limit)):
            return end
        at = word.end()
    return end


_BLANKS = re.compile(r"(?!\s*\n\s*\n)\s+")


def _open_end(grammar: _Grammar, text: str, head: str, end: int, limit: int) -> int:
    """Where a name ends that goes on after its head with words not known beforehand."""
    verb = task_verbs.opening()
    proper = head in _PROPER
    capital = False  # the word before starts with a capital
    joined = False  # after "và" or a comma inside the name: the next word belongs to it
    for number in range(_LONGEST):
        gap = _GAP.match(text, end, limit)
        if gap is None:
            break
        at = gap.end()
        if unit := grammar.units.match(text, at, limit):
            return unit.end()
        word = _WORD.match(text, at, limit)
        if word is None or (gap[0].strip() and not _goes_on(text, end, gap)):
            break
        if word[0] == "và":
            after = _next_word(text, word.end())
            if after is None or not _may_join(grammar, text, after.start(), number):
                break
            joined, end = True, word.end()
            continue
        lower = word[0][0].islower()
        if lower and (proper or word[0] in _STOPS):
            break
        if lower and not number and task_verbs.after_name().match(text, at, limit):
            break
        if number and not joined and (_TASK_STARTS.match(text, at) or (not lower and _is_name(grammar, text, at))):
            break
        if number and lower and not joined and (found := verb.match(text, at, limit)):
            kept = not capital and _is_of_name(text, end, at, found, limit)
            if not kept:
                break
        joined, capital = False, not lower
        end = word.end()
    return end


# Verbs that names hold too ("Quỹ Hỗ trợ phát triển doanh nghiệp tỉnh"): there, if the name's end is in sight.
_NOUNS = re.compile(
    r"(?:phát\s+triển|quản\s+lý|bảo\s+vệ|đầu\s+tư|đào\s+tạo|chuyển\s+đổi|kiểm\s+soát|giám\s+sát|chăm\s+sóc|điều\s+trị|bảo\s+tồn"
    r"|xúc\s+tiến|tư\s+vấn|giới\s+thiệu|hỗ\s+trợ|ứng\s+dụng|phòng,?\s+chống|cứu\s+hộ|tìm\s+kiếm|thông\s+tin|truyền\s+thông"
    r"|giáo\s+dục|phục\s+vụ|quan\s+trắc|kết\s+nối|bồi\s+dưỡng|điều\s+hành|thống\s+kê|lưu\s+trữ|sản\s+xuất|đấu\s+giá|khai\s+thác)\b",
    re.IGNORECASE,
)
_END_IN_SIGHT = re.compile(rf"(?:\s+[{LOWER}]+){{0,4}}?\s*(?:\s(?:tỉnh|thành\s+phố|huyện|xã|quốc\s+gia)\b|[,;:.)\n]|$)")
_SYLLABLES = re.compile(r"(?:công|chương|quy|lộ|giáo|bàn|chứng|hộ)$", re.IGNORECASE)
_ONE_SYLLABLE = frozenset(
    {"chuyển", "cử", "gửi", "giao", "lập", "mở", "nộp", "trình", "đưa", "họp", "trực", "lắp", "giúp"}
)


def _is_of_name(text: str, end: int, at: int, verb: re.Match[str], limit: int) -> bool:
    """Whether a verb inside a name that nobody knows beforehand is part of it."""
    if " " not in _collapsed(verb[0]):
        return verb[0].lower() not in _ONE_SYLLABLE or _SYLLABLES.search(text[max(0, end - 10) : end]) is not None
    noun = _NOUNS.match(text, at, limit)
    return noun is not None and _END_IN_SIGHT.match(text, noun.end(), limit) is not None


def _goes_on(text: str, end: int, gap: re.Match[str]) -> bool:
    """Whether a comma or a dash is inside a name: "Văn hóa, Thông tin và Thể thao", "Thi đua - Khen thưởng"."""
    return _JOINED.match(text, end) is not None if "," in gap[0] else text[gap.end()].isupper()


def _next_word(text: str, end: int) -> re.Match[str] | None:
    return (gap := _GAP.match(text, end)) and _WORD.match(text, gap.end())


def _may_join(grammar: _Grammar, text: str, at: int, number: int) -> bool:
    """Whether what follows "và" goes on with the name rather than starts another."""
    return bool(number) and not _is_name(grammar, text, at) and not text.startswith(("các ", "UBND"), at)


def _is_name(grammar: _Grammar, text: str, at: int) -> bool:
    match = grammar.names.match(text, at)
    return match is not None and (match["general"] is None or match["many"] is not None)
