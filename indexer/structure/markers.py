"""The numbers before headings: what they look like, and which of them start a provision.

Decree 30/2020/NĐ-CP, annex I, section II.5 gives the order phần, chương, mục, điều, khoản, điểm; plans add Roman and
decimal numbers. Letters follow the Vietnamese alphabet without ă, â, ê, ô, ơ, ư (Decree 34/2016/NĐ-CP, article 62).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from corpus.language.letters import LOWER, UPPER
from indexer.structure.casing import is_syllable


class Kind(IntEnum):
    """What a marker numbers, from outermost to innermost."""

    UNNUMBERED = -1
    ANNEX = 0
    FORM = 1
    PART = 2
    CHAPTER = 3
    SECTION = 4
    ARTICLE = 5
    CAPITAL = 6
    ROMAN = 7
    ARABIC = 8
    DECIMAL2 = 9
    DECIMAL3 = 10
    DECIMAL4 = 11
    LETTER = 12
    SUBLETTER = 13


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker read off the start of a paragraph.

    ``label``: as printed, without its punctuation. ``value``: its place in its series, from 1; 0 where it has none.
    ``numbers``: the components of a decimal number. ``end``: where the heading's words start in the paragraph.
    """

    kind: Kind
    label: str
    value: int
    numbers: tuple[int, ...]
    end: int


_LETTERS = "abcdđeghiklmnopqrstuvxy"
_PLAIN_LETTERS = "abcdeghiklmnopqrstuvxy"
_ORDINALS = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")
ROMAN = "(?:X{0,3}(?:IX|IV|V?I{1,3}|V)|X{1,3})"
"""A Roman numeral below forty."""

# One pattern a kind, tried in this order at the start of a paragraph.
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.VERBOSE))
    for kind, pattern in (
        (
            Kind.ANNEX,
            rf"(?:PHỤ\s+LỤC|Phụ\s+lục)(?:\s+(?:số|SỐ))?(?:\s*:?\s*(?P<n>{ROMAN}|\d{{1,2}}|[A-Z])\b)?\s*[.:–-]?\s*",
        ),
        (Kind.FORM, r"(?:MẪU|Mẫu|BIỂU|Biểu)\s+(?:(?:số|SỐ)\s*)?(?P<n>\d{1,3}[a-z]?)\b\s*[.:–-]?\s*"),
        (
            Kind.PART,
            rf"(?:PHẦN|Phần)\s+(?:(?:thứ|THỨ)\s+)?(?P<n>{ROMAN}|\d{{1,2}}|(?i:{'|'.join(_ORDINALS)})|[A-E])\b\s*[.:–-]?\s*",
        ),
        (Kind.CHAPTER, rf"(?:CHƯƠNG|Chương)\s+(?P<n>{ROMAN}|\d{{1,2}})(?:\b|(?=[{UPPER}]))\s*[.:–-]?\s*"),
        (Kind.SECTION, rf"(?:MỤC|Mục)\s+(?P<n>{ROMAN}|\d{{1,2}})\b\s*[.:–-]?\s*"),
        (Kind.ARTICLE, r"(?:ĐIỀU|Điều)\s+(?P<n>\d{1,3}[a-zđ]?)\b\s*[.:]?\s*"),
        (Kind.ROMAN, rf"(?P<n>{ROMAN})\b(?!/[vV])\s*(?:[./)]+|[-–:](?=\s))[-–:]?\s*"),
        (Kind.CAPITAL, r"(?P<n>[A-HK])\s*[./)](?!\w\.)\s*"),
        (Kind.SUBLETTER, r"(?P<n>[a-zđ]\s?\.?\s?\d{1,2})\s*[.)]\s*"),
        (Kind.ARABIC, r"(?P<n>\d{1,2}(?:\.\d{1,2}){1,3})(?!\d)\s*[.)/:]?\s*(?![\d%/])"),
        (Kind.ARABIC, r"(?P<n>\d{1,3})\s*[.)/](?![\d/])[-–]?\s*"),
        (Kind.ARABIC, r"(?P<n>\d{1,2})\s*[-–:]\s+(?=[^\W\d_])"),
        (Kind.LETTER, r"(?P<n>[a-zđ])\s*[.)/](?!\w\.)\s*"),
    )
)

# What each of them needs at the least: most paragraphs start with a word, and are let go at once.
_MAY_OPEN = re.compile(r"P[Hh]|M[ẪẫỤụ]|B[Ii]|C[Hh]|Đ[Ii]|[IVX\d]|[A-HK]\s*[./)]|[a-zđ]\s*[.)/\d]")

ANY = rf"(?:{ROMAN}|\d{{1,2}}(?:\.\d{{1,2}})*|[a-zđA-H])\s*[.)/]"
"""A marker and nothing else, to be used in verbose patterns."""

LINE_START = re.compile(
    rf"""(?:{ROMAN}\s*[./)–-]|\d{{1,2}}(?:\.\d{{1,2}})*\s*[.)/](?!\d)|\d{{1,2}}(?:\.\d{{1,2}})+\s|\d{{1,2}}[-–]\s(?=[{UPPER}])|[a-zđ]\s?[.)/](?!\w\.)\s*\S|[A-H]\.\s
      |(?:Điều|ĐIỀU)\s+\d+[a-zđ]?\s*[.:]|(?:Chương|CHƯƠNG|Phần|PHẦN|Mục|MỤC)\s+(?:thứ\s+\w+|THỨ\s+\w+|{ROMAN}|\d{{1,2}})\s*(?:[.:]|$)
      |PHỤ\s+LỤC|Phụ\s+lục\s+(?:{ROMAN}|\d{{1,2}})?\s*[.:]?\s*$)""",
    re.VERBOSE,
)
"""A line that starts with a marker, as far as one line can tell."""

_REFERENCE_BEFORE = re.compile(
    r"(?:(?<!\w)(?:khoản|điểm|mục|điều|chương|phần|ngày|tháng|(?<!hằng )(?<!hàng )năm|quý"
    r"|từ|đến|và|hoặc|tại|bảng|biểu|phụ lục|luật|mức"
    r"|cấp|loại|nhóm|bước|đợt|lần|thứ|giai đoạn|km|của|theo|gồm|về|\d)|[-–/,(])\s*$",
    re.IGNORECASE,
)
_NUMBER_BEFORE = re.compile(r"(?<!\w)số\s*$", re.IGNORECASE)
# "chuyển đổi số", "kinh tế số": digital, not "number".
_DIGITAL = re.compile(
    r"(?:đổi|tế|hội|quyền|tầng|năng|dân|liệu|nghệ|trường|tảng|sản|viên|mục|vụ)\s+số\s*$", re.IGNORECASE
)


def _calls_for_number(before: str) -> bool:
    """Whether a sentence stops at a word that a number follows: "tại khoản", "Quyết định số"; not "kinh tế số"."""
    if _NUMBER_BEFORE.search(before):
        return _DIGITAL.search(before) is None
    return _REFERENCE_BEFORE.search(before) is not None


def is_reference(before: str, words: str) -> bool:
    """Whether a line that starts like a marker goes on with the sentence before it ("…tại khoản / 1. Điều…")."""
    if not _calls_for_number(before):
        return False
    if words.startswith(("Chương", "CHƯƠNG", "PHỤ LỤC", "PHẦN")) or before.strip().isdigit():
        return False
    return not (words.startswith(("Điều", "ĐIỀU")) and before[-1].isdigit())


def roman_value(numeral: str) -> int:
    """The value of a Roman numeral below forty."""
    digits = [{"I": 1, "V": 5, "X": 10}[letter] for letter in numeral]
    return sum(-a if a < b else a for a, b in zip(digits, [*digits[1:], 0], strict=True))


def _value(kind: Kind, label: str) -> int:  # noqa: PLR0911  one return a kind
    if kind is Kind.LETTER:
        return _LETTERS.find(label) + 1
    if kind is Kind.CAPITAL:
        return "ABCDEFGHIK".find(label) + 1
    if kind is Kind.SUBLETTER:
        return int(re.sub(r"\D", "", label))
    if label.isdigit():
        return int(label)
    if re.fullmatch(ROMAN, label):
        return roman_value(label)
    if label.lower() in _ORDINALS:
        return _ORDINALS.index(label.lower()) + 1
    digits = re.match(r"\d+", label)
    return int(digits[0]) if digits else 0


def read_marker(words: str) -> Marker | None:
    """The marker that a paragraph starts with, None where it starts with words."""
    if not _MAY_OPEN.match(words):
        return None
    for kind, pattern in _PATTERNS:
        match = pattern.match(words)
        if match is None:
            continue
        label = re.sub(r"\s+", "", match["n"] or "")
        numbers: tuple[int, ...] = ()
        if kind is Kind.ARABIC:
            numbers = tuple(int(number) for number in label.split("."))
            kind = Kind(Kind.ARABIC + len(numbers) - 1)  # noqa: PLW2901
            value = numbers[-1]
            if value == 0 and len(numbers) == 1:
                return None
        else:
            value = _value(kind, label)
        if kind is Kind.LETTER and value == 0:
            return None
        if _is_heading_like(kind, words, match.end()):
            return Marker(kind, label, value, numbers, match.end())
        return None
    return None


def _is_heading_like(kind: Kind, words: str, end: int) -> bool:
    """Whether what follows a marker can be a heading: references and amounts start alike."""
    rest = words[end:]
    first_line = words[: (words.find("\n") + 1 or len(words) + 1) - 1]
    if kind in {Kind.ANNEX, Kind.FORM}:
        alone = not rest or end > len(first_line) or words[end - 1] in ".:\n"
        return alone or rest.split("\n")[0].isupper() or rest.startswith("(")
    if kind in {Kind.PART, Kind.CHAPTER, Kind.SECTION}:
        alone = not rest or end > len(first_line) or words[:end].rstrip()[-1] in ".:–-"
        return alone or rest.split("\n")[0].isupper()
    if kind is Kind.ARTICLE:
        return not rest or words[:end].rstrip()[-1] in ".:" or end > len(first_line)
    if not rest:
        return False
    if kind in {Kind.DECIMAL2, Kind.DECIMAL3, Kind.DECIMAL4}:
        return not rest[0].islower() or words[:end].rstrip()[-1] in ".)"
    return rest[0].isalnum() or rest[0] in "“\"'(‘[<*…_-+"


# Headings glued to the words before them, as web pages lose the break between two paragraphs.
_GLUED = re.compile(
    rf"""(?=[{UPPER}\d]|[a-zđ]\))(?<=[^\W_]|[.;:!?)\]”"…])  # no blank before it
    (?:
        (?P<article>(?<!\d)Điều\s+\d{{1,3}}[a-z]?\s*\.)
      | (?P<chapter>(?:Chương|CHƯƠNG|PHẦN)\s+{ROMAN}(?:\b|(?=[{UPPER}])))
      | (?P<roman>(?<![IVXLC]){ROMAN}\.\s)(?=\s*[{UPPER}])
      | (?P<arabic>(?<!\d\.)(?:(?<!\d)|(?<=\D(?:20)\d\d))\d{{1,2}}(?:\.\d{{1,2}})*\.?\s+)(?=[{UPPER}“"])
      | (?P<letter>(?<=[{LOWER}.;:!?)\]”"…])[a-zđ]\)\s+)(?=[{UPPER}“"])
      | (?P<clause>(?<=;)(?=[{UPPER}][{LOWER}])
          |(?:(?<=[{LOWER}][.:])|(?<=[{UPPER}]{{4}}[.:])|(?<=\)))(?=[{UPPER}][{LOWER}]+\s))
      | (?P<under_caps>(?<=[{UPPER}]{{2}})(?=[{UPPER}][{LOWER}]+\s))
      | (?P<base>(?:Căn\s+cứ|Theo\s+đề\s+nghị)\s)
      | (?P<decides>(?:QUYẾT\s+ĐỊNH|NGHỊ\s+QUYẾT)\s*:)
    )""",
    re.VERBOSE,
)
_SPACED_CHILD = re.compile(rf"\s(?:a\)|1\.(?:1\.?)?|1\))\s+(?=[{UPPER}])")
_LAST_WORD = re.compile(r"([^\W\d_]+)$")
_IN_CAPS = re.compile(rf"[{UPPER}]{{2,}}[\s,]+[{UPPER}]{{2,}}$")
_MAX_HEADING_WORDS = 18
_LONGEST_MARKER = 40  # characters


def glued_starts(text: str, start: int, end: int) -> list[int]:
    """Where in ``text[start:end]``, one paragraph, a heading or clause starts without a break before it."""
    cuts: list[int] = []
    for match in _GLUED.finditer(text, start + 1, end):
        at = match.start()
        if at <= start or (cuts and at <= cuts[-1]):
            continue
        if _parts_words(text, cuts[-1] if cuts else start, at, match.lastgroup or ""):
            cuts.append(at)
    if not cuts:
        cuts = _spaced(text, start, end)
    return cuts


def _parts_words(text: str, start: int, at: int, kind: str) -> bool:
    before = text[max(start, at - 240) : at]
    if before.count("(") > before.count(")"):
        return False
    if at - start <= _LONGEST_MARKER and (marker := read_marker(text[start:at])) and marker.end >= at - start:
        return False  # nothing but a marker before it: "Điều 1.Công bố"
    word = _LAST_WORD.search(before)
    if kind == "under_caps":  # "HÀ NỘIBáo cáo", but not "UBNDTỉnh"
        return _IN_CAPS.search(before) is not None and word is not None and is_syllable(word[1])
    # "CO2. Các", "H5N1. Tăng": a name in capitals
    is_name = word is not None and kind in {"arabic", "roman"} and word[1].isupper() and not before.isupper()
    return not is_name


def _spaced(text: str, start: int, end: int) -> list[int]:
    """A first child after a blank: "1.2. Sửa đường a) Đường tỉnh", "II. VIỆC LÀM 1. Đường sá"."""
    marker = read_marker(text[start : min(end, start + 40)])
    if marker is None or marker.kind < Kind.ROMAN or marker.kind >= Kind.LETTER:
        return []
    match = _SPACED_CHILD.search(text, start + marker.end, end)
    if match is None:
        return []
    heading = text[start + marker.end : match.start()]
    words = heading.split()
    if not words or len(words) > _MAX_HEADING_WORDS or re.search(r"[.;:,(]", heading) or _calls_for_number(heading):
        return []
    if match[0].strip()[0] == "1" and not heading.isupper():
        return []
    return [match.start() + 1]
