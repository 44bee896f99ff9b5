"""Documents that a document cites: find every mention, read what it says of them, and give each document once."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from corpus.language.agency_names import find_agencies
from corpus.language.dates import find_dates
from corpus.language.doctypes import LETTER, type_named, type_names, type_of_symbol
from corpus.language.letters import LOWER, UPPER
from corpus.language.numbers import FoundNumber, find_numbers, number_key, symbol_of
from corpus.model import Citation, CitationKind
from indexer.extraction.citing import body_start, kind_of
from indexer.extraction.context import Context
from indexer.extraction.laws import FoundLaw, find_laws, law_key
from indexer.structure.blocks import Block


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a document is cited, and what is said of it there; ``nested``: only in another one's title."""

    start: int
    end: int
    number: str | None
    type: str | None
    name: str | None
    issuer: str | None
    issued_on: date | None
    year: int | None = None
    nested: bool = False
    kind: CitationKind = CitationKind.CITES


_MAY_CITE = re.compile(r"\d\s{0,2}[/-]\s{0,2}[\dA-Zđa-zĐ]|\dQĐ|[Ll]uật\s|LUẬT\s|[Ll]ệnh\s|LỆNH\s|Hiến\s+pháp")
_TYPE_WORDS = sorted((*type_names(), "Bộ luật"), key=len, reverse=True)
_TYPE_BEFORE = re.compile(
    rf"""(?<!\w)(?P<type>{"|".join(name.replace(" ", chr(92) + "s+") for name in _TYPE_WORDS)}|Văn\s+bản)
    (?:\s+(?:kết\s+luận|liên\s+tịch|hợp\s+nhất))?(?:\s*s[ốô])?[\s:.,_*"“(]*$""",
    re.VERBOSE | re.IGNORECASE,
)
_LIST_HEAD = re.compile(
    rf"(?:{'|'.join(_TYPE_WORDS)})\s+(?:của|do)\s+(?P<issuer>[{UPPER}][^:;.()\d]{{3,70}}?)\s*:?\s+s[ốô]\s*$",
    re.IGNORECASE,
)
_BEFORE = 45  # characters that a type and "số" take at the most
_ALSO_LETTERS = frozenset({"văn bản"})
# What has a number like a document's, but is a form, a standard or a place.
_OTHER_BEFORE = re.compile(
    r"(?:mẫu|biểu|biểu\s+mẫu|phụ\s+lục|phiếu|bảng|hồ\s+sơ|hợp\s+đồng|tài\s+khoản|gói\s+thầu|tọa\s+độ|đường|ngõ|nhà|đình)(?:\s*số)?[\s:.,_*]*$"
    r"|(?:TCVN|QCVN|TCXDVN|TCXD|TCCS|TCN|ISO|IEC)[\s\w:/.-]{0,20}$",
    re.IGNORECASE,
)
_BETWEEN_SHARED = re.compile(r"[\s,;]*(?:và|hoặc|cùng)?\s*(?:các\s+)?(?:s[ốô])?[\s:]*$", re.IGNORECASE)
_BETWEEN_LAW = re.compile(r"[\s,(]*(?:ngày[^;]{5,30}?)?(?:Luật\s+)?(?:s[ốô])?[\s:_*]*$", re.IGNORECASE)
_DATE_AFTER = re.compile(r"[\s,_*(]*(?:ký\s+|ban\s+hành\s+)?(?=ngày\s)", re.IGNORECASE)
_FROM = re.compile(r"[\s,_*)]*(?:năm\s+\d{4}\s+)?(?:(?:được|đã|do)\s+){0,2}(?:của|do)\s+(?=\S)", re.IGNORECASE)
# What an issuing body's name starts with, in any case in titles.
_BODY = re.compile(
    r"""(?:Ban\s+(?:Chấp\s+hành|Bí\s+thư|Thường\s+vụ|Chỉ\s+đạo|Quản\s+lý|Tổ\s+chức|Tuyên\s+giáo|Dân\s+vận|Nội\s+chính|Cán\s+sự|Dân\s+tộc|Văn\s+hóa|Kinh\s+tế|Pháp\s+chế|Đô\s+thị)
        |Bộ\b|Các\s+Bộ|Liên\s+[Bb]ộ|Liên\s+[Ss]ở|Chính\s+phủ|Thủ\s+tướng|Quốc\s+hội|Ủy\s+ban|Uỷ\s+ban|UBND|HĐND|UBTVQH|Hội\s+đồng|Chủ\s+tịch|Phó\s+Thủ\s+tướng
        |Sở\b|Tỉnh\s+ủy|Tỉnh\s+uỷ|Thành\s+ủy|Thành\s+uỷ|Huyện\s+ủy|Đảng\s+ủy|Văn\s+phòng|Giám\s+đốc|Cục\b|Tổng\s+cục|Chi\s+cục|Thanh\s+tra|Kiểm\s+toán|Công\s+an
        |Trung\s+ương|Tòa\s+án|Viện\b|Ngân\s+hàng|Bảo\s+hiểm|Mặt\s+trận|Thường\s+trực|Đoàn\b|Hội\b|Tỉnh\s+đoàn|Trường\b|Thống\s+đốc|Tổng\b|BCH\b|BTV\b|TW\b|Tổ\b|Bí\s+thư)""",
    re.VERBOSE | re.IGNORECASE,
)
# What a body's name does not go on with: the verb of the title, or the next part of the sentence.
_NAME_ENDS = (
    r"ban\s+hành|bãi|báo|bảo\s+đảm|bị|bổ|cho|chỉ\s+đạo|chi\s+tiết|chấp\s+thuận|công\s+bố|của|cụ|có|cần|do|gắn|gồm|giai|giữa|hết|hoặc|hướng|hợp\s+nhất"
    r"|(?<!Ngoại\s)giao|khi|khoản|khoảng|kiện|kèm|kết|ký|là|liên\s+quan|một|năm|ngày|nhằm|nêu|nếu|nộp|phân\s+cấp|phê|phát|quy|quyết|(?<!Ban\s)quản|sau|số|sửa"
    r"|tại|tạm|tăng|theo|thay|thì|thành\s+lập|thí|thông\s+qua|thông\s+báo|thúc|thực|tiếp|tới|trên|trong|triển\s+khai|trước|trình|từ|tổ\s+chức|v/v|và(?=\s+[a-zđ])|về"
    r"|với|vì|xác|xây|yêu|đã|đang|đẩy|để|đề|đến|điều|định|đối|được|đính"
)
_TITLE_STARTS = (
    r"Ban\s+[Hh]ành|Bãi|Bổ\s+sung|Các\s|Căn|Chương|Công\s+bố|Công\s+văn|Chỉ\s+thị|Điều\s|Đề\s|Hướng\s+dẫn|Kế\s+hoạch\s+(?!và)|Kết|Luật|Nghị|Pháp\s+lệnh|Phê|Quy\s|Quyết|Sửa"
    r"|Theo|Thông\s+tư|Thực|Triển|Ứng|Về|Và\s"
)
_ISSUER = re.compile(
    rf"(?:\s+[-–]\s+(?=Thương\s+binh|Bộ\s|Ban\s|Khen\s|Xã\s+hội|Ngân\s+sách)|\s*&\s*|,?\s+)(?!(?:{_NAME_ENDS})(?!\w))(?!(?:và\s+)?(?:{_TITLE_STARTS}))"
    rf"(?:TP\.\s?|T\.\s?)?[{UPPER}{LOWER}][\w/]*"
)
_NO_NAME = re.compile(
    rf"\s+(?!kh[oó][áa]\s|và\s+[{UPPER}])[{LOWER}]"
)  # after a known body: "Bộ Nội vụ vẫn …", not "khóa XIII"
_ASSEMBLY = re.compile(r"/(?:QH|UBTVQH)\d+$")
_ASSEMBLY_TYPE = re.compile(r"[Ll]uật|[Nn]ghị quyết|[Pp]háp lệnh")
_LONGEST_TITLE = 1_000  # characters of a cited document's title
_REACH = 300  # characters of a sentence in which a list's head stands
_LONGEST_ISSUER = 14  # words
# A document's own number: over it, and over its annexes.
_OWN_NUMBER = re.compile(r"[\W_]*S[ốô]\s*[:.]|[\W_]*(?:[Bb]an\s+hành\s+)?[Kk]èm\s+theo\s|[\W_]*Ban\s+hành\s+theo\s")
_OWN_UNDER_TITLE = re.compile(r"[^.;]{10,}?\(\s*(?:[Bb]an\s+hành\s+)?[Kk]èm\s+(?:theo\s+)?")
# A number alone, as letters are cited ("Công văn số 443 ngày 28/02/2017").
_BARE_NUMBER = re.compile(r"(?<!\w)số\s+(?P<number>\d{1,5})(?=\s+ngày\s+\d)")
_TITLE_VERB = re.compile(
    r"quy\s+định|hướng\s+dẫn|sửa\s+đổi|chi\s+tiết|thi\s+hành|bổ\s+sung|thực\s+hiện|triển\s+khai|về\s|một\s+số\s+điều|bãi\s+bỏ|phê\s+duyệt|ban\s+hành",
    re.IGNORECASE,
)
_BEFORE_NESTED_LAW = re.compile(
    r"(?:một\s+số\s+(?:điều|nội\s+dung|quy\s+định)[^;.]{0,60}|thi\s+hành|chi\s+tiết|hướng\s+dẫn|thực\s+hiện|triển\s+khai|sửa\s+đổi|bổ\s+sung)"
    r"\s+(?:của\s+)?(?:các\s+)?$",
    re.IGNORECASE,
)
_LIST_GOES_ON = re.compile(r"(?:,|;|và|hoặc)\s+(?:các\s+)?$")
_CLAUSE_END = re.compile(r"[;.](?:\s|$)|Căn\s+cứ|Theo\s+đề\s+nghị")


def find_citations(context: Context) -> tuple[Citation, ...]:
    """The documents that a document cites, each once, in the order of their mentions; its own number is left out.

    Numbers and dates are read as Decree 30/2020/NĐ-CP, annex I, has citations written: type, number, date, issuing
    body. Laws cited by name have no number. Standards (TCVN, QCVN) and forms are no documents here.
    """
    found: list[Mention] = []
    own = {number_key(context.header.number)} if context.header.number else set()
    for block in context.body():
        if not _MAY_CITE.search(context.text, block.start, block.end):
            continue
        mentions = list(_mentions(context.text[block.start : block.end], block))
        own |= _own_numbers(context, block, mentions)
        found.extend(replace(m, kind=kind_of(context, block, m.start, m.type, m.nested)) for m in mentions)
    kept = [m for m in found if m.number is None or number_key(m.number) not in own]
    merged = sorted(_merged(kept), key=lambda mention: mention.start)
    return tuple(
        Citation(
            ordinal=ordinal,
            start=m.start,
            end=m.end,
            page=context.page_at(m.start),
            kind=m.kind,
            number=m.number,
            type=m.type,
            name=m.name,
            issuer=m.issuer,
            issued_on=m.issued_on,
        )
        for ordinal, m in enumerate(merged)
    )


def _own_numbers(context: Context, block: Block, mentions: Sequence[Mention]) -> set[str]:
    """The number that a paragraph gives as the document's own."""
    start = block.start
    if not _OWN_NUMBER.match(context.text, block.start, block.end):
        under_title = _OWN_UNDER_TITLE.match(context.text, block.start, block.end)
        if under_title is None or block.start >= body_start(context):
            return set()
        start = under_title.end()
    following = [m.number for m in mentions if m.start >= start]
    return {number_key(number) for number in following[:1] if number}


def _mentions(words: str, block: Block) -> Iterator[Mention]:
    """The mentions in a paragraph; ``words`` are its text, offsets of the mentions count from the document's start."""
    bare = (
        m
        for m in _BARE_NUMBER.finditer(words)
        if _TYPE_BEFORE.search(words[max(0, m.start("number") - _BEFORE) : m.start("number")])
    )
    found = [*find_numbers(words), *(FoundNumber(m["number"], *m.span("number")) for m in bare)]
    numbers = [n for n in found if not _OTHER_BEFORE.search(words[max(0, n.start - _BEFORE) : n.start])]
    numbers.sort(key=lambda number: number.start)
    laws = list(find_laws(words))
    law_ends = [law.end for law in laws]
    marks = sorted([*(n.start for n in numbers), *(law.start for law in laws), len(words)])
    mentions: list[Mention] = []
    used: set[int] = set()
    shared: list[bool] = []
    heading: str | None = None  # the issuing body before a list: "các Nghị định của Chính phủ: số A, số B"
    for number in numbers:
        near = bisect_right(law_ends, number.start) - 1
        law = laws[near] if near >= 0 and _BETWEEN_LAW.match(words[law_ends[near] : number.start][:_REACH]) else None
        before = words[max(0, number.start - _BEFORE) : number.start]
        typed = _TYPE_BEFORE.search(before)
        follows = marks[bisect_right(marks, number.start)]
        end, issued_on, issuer = _after(words, number.end, follows)
        start = number.start - (len(before) - typed.start()) if typed else number.start
        last = mentions[-1] if mentions else None
        is_shared = (
            typed is None
            and law is None
            and last is not None
            and last.number is not None
            and _BETWEEN_SHARED.match(words[last.end - block.start : number.start]) is not None
        )
        type_ = _type(typed["type"] if typed else None, number.number) or _of_assembly(words, number)
        if law is not None:
            used.add(law.start)
            start, type_ = law.start, law.type
            issued_on = issued_on or next((d.value for d in find_dates(words[law.end : number.start])), None)
        elif is_shared and last is not None:
            type_ = type_of_symbol(symbol_of(number.number)) or _like(last)
        head = _LIST_HEAD.search(words[max(0, number.start - _REACH) : number.start]) if typed is None else None
        heading = head["issuer"] if head else heading if typed is None else None
        issuer = issuer or (" ".join(heading.split()) if heading else None)
        mentions.append(
            Mention(
                block.start + start,
                block.start + end,
                number.number,
                type_,
                law.name if law else None,
                issuer,
                issued_on,
            )
        )
        shared.append(is_shared)
    _share_issuers(mentions, shared)
    mentions.extend(_named(words, block, law, marks) for law in laws if law.start not in used)
    mentions.sort(key=lambda mention: mention.start)
    return _with_nesting(words, block, mentions)


def _type(written: str | None, number: str) -> str | None:
    """The type by the word before a number, else by its symbol; a letter's symbol names none."""
    if written is not None and (named := type_named(written)):
        return named
    if written is not None and " ".join(written.lower().split()) == "bộ luật":
        return "Bộ luật"
    symbol = symbol_of(number)
    named = type_of_symbol(symbol)
    is_letter = written is not None and " ".join(written.lower().split()) in _ALSO_LETTERS
    return named or (LETTER if is_letter or re.match(r"[A-ZĐ&]+-[A-ZĐ]", symbol) else None)


def _like(last: Mention) -> str | None:
    """The type of a number whose symbol names none, after another one under the same head."""
    return last.type if type_of_symbol(symbol_of(last.number or "")) is None else LETTER


def _of_assembly(words: str, number: FoundNumber) -> str | None:
    """The type of a number of the National Assembly in a list: the last one named before it in the sentence."""
    if not _ASSEMBLY.search(number.number):
        return None
    named = list(_ASSEMBLY_TYPE.finditer(words, max(0, number.start - _REACH), number.start))
    return named[-1][0].capitalize() if named else None


def _after(words: str, at: int, limit: int) -> tuple[int, date | None, str | None]:
    """What follows a number or a law's name before ``limit``: where it ends, its date and its issuing body."""
    issued_on: date | None = None
    issuer: str | None = None
    end = at
    for _ in range(2):
        opening = _DATE_AFTER.match(words, end, limit)
        if issued_on is None and opening is not None:
            dates = find_dates(words[opening.end() : min(limit, opening.end() + 40)])
            if dates and dates[0].start <= len("ngày  "):
                issued_on, end = dates[0].value, opening.end() + dates[0].end
        body = _FROM.match(words, end, limit)
        if issuer is None and body is not None and (last := _issuer_end(words, body.end(), limit)) is not None:
            issuer, end = " ".join(words[body.end() : last].split()), last
    return end, issued_on, issuer


def _issuer_end(words: str, at: int, limit: int) -> int | None:
    body = _BODY.match(words, at, limit)
    if body is None:
        return None
    end = body.end()
    for _ in range(_LONGEST_ISSUER):
        more = _ISSUER.match(words, end, limit)
        if more is None:
            break
        goes_on = more.end() - len(more[0].lstrip(", \t\r\n\u00a0"))
        if "," in more[0] and (words[goes_on].islower() or _BODY.match(words, goes_on)):
            break  # "của Bộ Y tế, bảo đảm …", "của Bộ Y tế, Sở Y tế"; but "Bộ Văn hóa, Thể thao và Du lịch"
        end = more.end()
    known = find_agencies(words[at:end])
    if known and _NO_NAME.match(words, at + known[0].end, end):
        end = at + known[0].end
    return end


def _share_issuers(mentions: list[Mention], shared: Sequence[bool]) -> None:
    """Gives the issuing body after a list under one head ("các Nghị định số A, số B của …") to all of the list."""
    for at in range(len(mentions) - 1, 0, -1):
        this, before = mentions[at], mentions[at - 1]
        same = symbol_of(this.number or "") == symbol_of(before.number or "")
        if shared[at] and same and before.issuer is None and this.issuer is not None:
            mentions[at - 1] = replace(before, issuer=this.issuer)


def _named(words: str, block: Block, law: FoundLaw, marks: Sequence[int]) -> Mention:
    limit = marks[bisect_right(marks, law.start)]
    end, issued_on, issuer = _after(words, law.end, max(limit, law.end))
    year = law.year or (issued_on.year if issued_on else None)
    return Mention(block.start + law.start, block.start + end, None, law.type, law.name, issuer, issued_on, year=year)


def _with_nesting(words: str, block: Block, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """The mentions, marked where they stand in the title of one before: "Nghị định số A hướng dẫn thi hành Luật B"."""
    last: Mention | None = None  # the one whose title may go on
    nested = False
    for mention in mentions:
        at = mention.start - block.start
        between = words[max(last.end - block.start, at - _LONGEST_TITLE) : at] if last is not None else ""
        if last is None or _CLAUSE_END.search(between):
            nested = False
        elif not _LIST_GOES_ON.search(between):  # in a list it is as the one before it
            pattern = _BEFORE_NESTED_LAW if mention.number is None else _TITLE_VERB
            nested = pattern.search(between) is not None
        last = last if nested else mention
        yield replace(mention, nested=nested)


def _merged(mentions: Sequence[Mention]) -> Iterator[Mention]:
    """One mention a document: where it first or most tellingly stands, with what any of its mentions says of it."""
    numbered: dict[str, Mention] = {}
    named: dict[tuple[str, int | None], Mention] = {}
    for mention in mentions:
        if mention.number is not None:
            key = number_key(mention.number)
            numbered[key] = _both(numbered[key], mention) if key in numbered else mention
    by_name: dict[str, list[str]] = {}
    for key, mention in numbered.items():
        if mention.name is not None:
            by_name.setdefault(law_key(mention.name), []).append(key)
    for mention in mentions:
        if mention.number is not None or mention.name is None:
            continue
        name = law_key(mention.name)
        same = [key for key in by_name.get(name, ()) if mention.year in {None, _year(numbered[key])}]
        years = [year for known, year in named if known == name]
        if same:
            numbered[same[0]] = _both(numbered[same[0]], replace(mention, name=None))
        elif mention.year is None and years:
            named[name, years[0]] = _both(named[name, years[0]], mention)
        elif not mention.nested:
            undated = named.pop((name, None), None) if mention.year is not None else None
            known = named.get((name, mention.year), undated)
            named[name, mention.year] = _both(known, mention) if known is not None else mention
    yield from numbered.values()
    yield from named.values()


def _year(mention: Mention) -> int | None:
    in_number = re.search(r"/((?:19|20)\d\d)/", mention.number or "")
    return int(in_number[1]) if in_number else mention.issued_on.year if mention.issued_on else None


_TELLING = (
    CitationKind.REPLACES, CitationKind.AMENDS, CitationKind.REPORTS, CitationKind.IMPLEMENTS, CitationKind.BASIS,
    CitationKind.CITES,
)  # fmt: skip


def _both(first: Mention, second: Mention) -> Mention:
    """Two mentions of one document as one."""
    place = min((first, second), key=lambda mention: _TELLING.index(mention.kind))
    name = first.name or second.name
    if name is not None and name.isupper() and second.name is not None:
        name = second.name
    return replace(
        place,
        number=_spoken(first.number, second.number),
        type=first.type or second.type,
        name=name,
        issuer=_spoken(first.issuer, second.issuer),
        issued_on=first.issued_on or second.issued_on,
        year=first.year or second.year,
        nested=first.nested and second.nested,
    )


def _spoken(first: str | None, second: str | None) -> str | None:
    """The first of two spellings, unless it is all capitals or all small letters and the second is neither."""
    if first is None or second is None:
        return first or second
    return first if second.isupper() or second.islower() or not (first.isupper() or first.islower()) else second
