"""Titles and names printed in capitals, in the case that running text gives them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter

from corpus.language.doctypes import type_names
from corpus.language.normalise import fold, normalise
from corpus.language.numbers import find_numbers
from corpus.language.places import Places

_WORD = re.compile(r"[^\W_]+")
# Where any word has a capital: at the start of a sentence, and after the word for law ("Luật Hộ tịch").
_SENTENCE_START = re.compile(r"(?:^|[.:;!?“\"”\n•*+)-]|[Ll]uật)\s*$")
# The shape of a Vietnamese syllable without its marks; what does not fit in capitals is an abbreviation (UBND, TTHC).
_SYLLABLE = re.compile(r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?$")
_QUOTED = re.compile(r"(?<!\w)[“\"]\s*(?P<first>[^\W\d_]+)\s+(?P<second>[^\W\d_]+)")
_ROMAN = re.compile(r"[IVX]+$")

# Words that keep their capital wherever they stand, by their first words in lower case.
# Source: Decree 30/2020/NĐ-CP, annex II (how administrative documents use capitals), sections II-V.
NAMES = (
    "Ủy ban nhân dân", "Hội đồng nhân dân", "Ủy ban Mặt trận Tổ quốc", "Mặt trận Tổ quốc", "Việt Nam", "Chính phủ",
    "Thủ tướng Chính phủ", "Quốc hội", "Bộ Chính trị", "Ban Bí thư", "Ban Thường vụ", "Ban Chấp hành", "Ban Chỉ đạo",
    "Trung ương", "Tỉnh ủy", "Thành ủy", "Huyện ủy", "Hiến pháp",
    "Sở Nội vụ", "Sở Tài chính", "Sở Y tế", "Sở Tư pháp", "Sở Xây dựng", "Sở Công Thương", "Sở Ngoại vụ", "Sở Du lịch",
    "Sở Giáo dục và Đào tạo", "Sở Khoa học và Công nghệ", "Sở Nông nghiệp và Môi trường", "Sở Dân tộc và Tôn giáo",
    "Sở Nông nghiệp và Phát triển nông thôn", "Sở Tài nguyên và Môi trường", "Sở Kế hoạch và Đầu tư",
    "Sở Giao thông vận tải", "Sở Thông tin và Truyền thông", "Sở Lao động - Thương binh và Xã hội",
    "Sở Văn hóa, Thể thao và Du lịch", "Sở Văn hóa và Thể thao", "Bộ Nội vụ", "Bộ Tài chính", "Bộ Y tế", "Bộ Tư pháp",
    "Bộ Xây dựng", "Bộ Công an", "Bộ Quốc phòng", "Bộ Công Thương", "Bộ Ngoại giao", "Bộ Giáo dục và Đào tạo",
    "Bộ Khoa học và Công nghệ", "Bộ Nông nghiệp và Môi trường", "Bộ Văn hóa, Thể thao và Du lịch",
)  # fmt: skip
_NAMED = {tuple(word.lower() for word in _WORD.findall(name)): _WORD.findall(name) for name in NAMES}
_AFTER_AND = {words[at + 1] for words in _NAMED for at, word in enumerate(words[:-1]) if word == "và"}
_HALF = 5  # words of a body's name up to its "và"
_LONGEST_NAME = max(map(len, _NAMED))
_TYPES = {tuple(normalise(name).lower().split()) for name in type_names()}
# "VI" is also a word, so a numeral is one only after these.
_COUNTED = frozenset(
    (
        "khóa",
        "khoá",
        "kỳ",
        "đoạn",
        "thứ",
        "phần",
        "chương",
        "mục",
        "đợt",
        "quý",
        "hạng",
        "loại",
        "nhóm",
        "cấp",
        "vùng",
        "lần",
    )
)
_EVIDENCE = 15_000  # characters of the body: what a title names is named early


def is_syllable(word: str) -> bool:
    """Whether a word can be a Vietnamese syllable; an abbreviation (TTHC, UBND) mostly cannot."""
    return _SYLLABLE.match(fold(word)) is not None


def is_capitals(words: str) -> bool:
    """Whether a title is printed in capitals, numbers like "142/QĐ-TTg" aside."""
    capitals = sum(map(str.isupper, words))
    return capitals > 0 and capitals > 0.85 * sum(map(str.isalpha, words))


def sentence_case(title: str, body: str, places: Places) -> str:
    """A title in capitals as a sentence: names keep their capitals, as the body writes them or as the table says.

    A title that is not in capitals comes back as it is.
    """
    if not is_capitals(title):
        return title
    matches = list(_WORD.finditer(title))
    words = [match[0] for match in matches]
    lower = [word.lower() for word in words]
    forms = _from_table(words, lower)
    for at, form in _from_body(lower, body[:_EVIDENCE]).items():
        if form[0].isupper() or at not in forms:
            forms[at] = form
    _lower_after_and(lower, forms)
    pieces, end = [], 0
    for at, match in enumerate(matches):
        pieces += [title[end : match.start()], forms.get(at, lower[at])]
        end = match.end()
    cased = "".join([*pieces, title[end:]])
    cased = _with_places(cased, title, places)
    cased = _with_numbers(cased, title, body)
    cased = _QUOTED.sub(lambda match: _as_quoted(match, body), cased)
    return cased[:1].upper() + cased[1:]


def _lower_after_and(lower: list[str], forms: dict[int, str]) -> None:
    """Small letters for the second half of a body's name where the first half is no name: "khoa học và công nghệ"."""
    for at in range(2, len(lower)):
        half = lower[at - 1] == "và" and lower[at] in _AFTER_AND
        if half and not any(forms.get(before, " ")[0].isupper() for before in range(max(0, at - _HALF), at - 1)):
            forms[at] = lower[at]


def _as_quoted(match: re.Match[str], body: str) -> str:
    """The start of a quotation, with a capital where the body quotes it with one."""
    capital = match["first"].capitalize()
    quoted = re.search(rf"[“\"]\s*{capital}\s+(?i:{match['second']})(?!\w)", body[:_EVIDENCE])
    return match[0].replace(match["first"], capital, 1) if quoted else match[0]


def _from_table(words: list[str], lower: list[str]) -> dict[int, str]:
    forms: dict[int, str] = {}
    for at, word in enumerate(words):
        if (word[0].isalpha() and not is_syllable(word)) or (_ROMAN.match(word) and at and lower[at - 1] in _COUNTED):
            forms[at] = word
        for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
            name = _NAMED.get(tuple(lower[at : at + length]))
            if name is not None:
                forms.update({at + offset: form for offset, form in enumerate(name)})
                break
        for length in (4, 3, 2, 1):
            if (
                tuple(lower[at : at + length]) in _TYPES
                and lower[at + length : at + length + 1] == ["số"]
                and _counts(words, at + length + 1)
            ):
                forms[at] = lower[at].capitalize()
    return forms


def _counts(words: list[str], at: int) -> bool:
    return at < len(words) and words[at][0].isdigit()


def _from_body(lower: list[str], body: str) -> dict[int, str]:
    """How running text writes each word of a title after the same word before it, or before the same word after it."""
    wanted = set(lower)
    after: dict[tuple[str, str], Counter[str]] = {}
    before: dict[tuple[str, str], Counter[str]] = {}
    previous: re.Match[str] | None = None
    low_before = ""
    capitals = _capitals_spans(body)
    for match in _WORD.finditer(body):
        low = match[0].lower()
        if low not in wanted:
            previous = None
            continue
        if previous is not None:
            between = body[previous.end() : match.start()]
            if between.strip(" \n,-–") == "" and not _in_spans(capitals, match.start()):
                pair = (low_before, low)
                if "\n\n" not in between:
                    after.setdefault(pair, Counter())[match[0]] += 1
                if not _SENTENCE_START.search(body[max(0, previous.start() - 6) : previous.start()]):
                    before.setdefault(pair, Counter())[previous[0]] += 1
        # What follows "và" depends on the word before it: "Sở Khoa học và Công nghệ", "khoa học và công nghệ".
        previous, low_before = match, f"{low_before} và" if low == "và" and previous is not None else low
    forms: dict[int, str] = {}
    for at, word in enumerate(lower):
        context = f"{lower[at - 2]} và" if at > 1 and lower[at - 1] == "và" else lower[at - 1]
        votes = after.get((context, word)) if at else None
        votes = votes or (before.get((word, lower[at + 1])) if at + 1 < len(lower) else None)
        if votes:
            forms[at] = votes.most_common(1)[0][0]
    return forms


def _capitals_spans(body: str) -> list[tuple[int, int]]:
    """Lines in capitals: they are no evidence of case."""
    spans, at = [], 0
    for line in body.splitlines(keepends=True):
        if is_capitals(line):
            spans.append((at, at + len(line)))
        at += len(line)
    return spans


def _in_spans(spans: list[tuple[int, int]], at: int) -> bool:
    position = bisect_right(spans, (at, 1 << 60)) - 1
    return position >= 0 and spans[position][0] <= at < spans[position][1]


def _capitalised(words: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda match: match[0].capitalize(), words)


def _with_places(cased: str, title: str, places: Places) -> str:
    for _, start, end in reversed(places.in_text(title)):
        kind = re.match(r"(?i)(?:tỉnh|thành\s+phố|thủ\s+đô)\s+", cased[start:end])
        name_start = start + (kind.end() if kind else 0)
        if is_capitals(title[name_start:end]):
            cased = cased[:name_start] + _capitalised(title[name_start:end]) + cased[end:]
    return cased


def _with_numbers(cased: str, title: str, body: str) -> str:
    written = {found.number.upper(): found.number for found in find_numbers(body[:_EVIDENCE])}
    for found in reversed(find_numbers(title)):
        number = written.get(found.number.upper(), found.number)
        cased = cased[: found.start] + number + cased[found.end :]
    return cased


_UNITS = ("tỉnh", "thành phố", "huyện", "quận", "thị xã", "xã", "phường", "thị trấn", "đặc khu", "thủ đô")
_BODY_HEADS = (("ủy ban nhân dân", "Ủy ban nhân dân"), ("hội đồng nhân dân", "Hội đồng nhân dân"))
_UNIT = re.compile(rf"(?<!\w)({'|'.join(_UNITS)})(?:\s+(?=\S)(?!ủy|uỷ|đoàn|hội)|$)", re.IGNORECASE)


_GLUED_UNIT = re.compile(r"(?<=NHÂN DÂN)(?=TỈNH|THÀNH|HUYỆN|QUẬN|THỊ|XÃ|PHƯỜNG|ĐẶC)")


def body_name(printed: str) -> str:
    """An issuing body's name in normal case, UBND and HĐND in full: "SỞ NỘI VỤ TỈNH X" gives "Sở Nội vụ tỉnh X"."""
    text = _GLUED_UNIT.sub(" ", normalise(printed))
    text = re.sub(r"\bUBND\b", "Ủy ban nhân dân", text)
    text = re.sub(r"\bHĐND\b", "Hội đồng nhân dân", text)
    if not is_capitals(printed):
        return " ".join(text.split())
    text = " ".join(text.lower().replace("uỷ", "ủy").split())
    unit = _UNIT.search(text)
    head, tail = (text[: unit.start()], text[unit.start() :]) if unit else (text, "")
    if unit:
        tail = unit[1] + " " + _capitalised(tail[len(unit[1]) :].strip())
    return f"{_body_head(head.strip())} {tail}".strip()


# Heads of two syllables, of which the first has a capital: "Trung tâm Phục vụ hành chính công", "Công an".
_TWO_SYLLABLES = re.compile(
    r"(?:chính phủ|quốc hội|thủ tướng|văn phòng"
    r"|công an|trung tâm|chi cục|tổng cục|thanh tra|bệnh viện|kho bạc|ngân hàng|bảo hiểm|liên đoàn|hội đồng"
    r"|đảng bộ|đảng ủy|viện kiểm)(?!\w)"
)
_PARTY = ("tỉnh ủy", "thành ủy", "huyện ủy", "quận ủy", "thị ủy", "tỉnh đoàn", "thành đoàn")


def _body_head(head: str) -> str:
    for low, name in _BODY_HEADS:
        if head == low:
            return name
        if head in {f"chủ tịch {low}", f"văn phòng {low}", f"thường trực {low}"}:
            return head[: -len(low)].capitalize() + name
    for party in _PARTY:
        if head.startswith(party):
            return f"{party.capitalize()} {_capitalised(head[len(party) :].strip())}".strip()
    words = head.split()
    two = _TWO_SYLLABLES.match(head) is not None
    cased = []
    for at, word in enumerate(words):
        starts_name = at in ({0, 2} if two else {0, 1}) or words[at - 1] in {"và", "-"} or words[at - 1].endswith(",")
        name = word.upper() if word != "-" and not any(map(is_syllable, _WORD.findall(word))) else word.capitalize()
        cased.append(name if name.isupper() or (starts_name and word not in {"và", "-"}) else word)
    return " ".join(cased)
