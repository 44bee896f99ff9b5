"""Short forms that a document defines for itself: "cải cách hành chính (CCHC)", "(sau đây gọi tắt là …)"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.language.doctypes import type_names
from corpus.language.letters import LOWER, UPPER
from corpus.language.normalise import fold
from corpus.language.numbers import find_numbers, number_key
from corpus.model import Abbreviation
from indexer.extraction.context import Context

_CALLED = re.compile(
    r"(?P<open>\()?\s*[*_]*(?:(?:sau\s+đây|dưới\s+đây)\s+)?(?:được\s+)?(?:(?:gọi|viết)\s+(?:tắt|chung)(?:\s+là\s*:?|\s*:)|(?<=sau\sđây\s)gọi\s+là|(?<=sau\sđây\s)được\s+gọi\s+là)\s*",
    re.IGNORECASE,
)
_SHORT_IN_BRACKETS = re.compile(r"[^();<>]{1,80}(?=[);])")
_SHORT_IN_TEXT = re.compile(rf"(?:[“\"][^”\"]{{1,60}}[”\"]|[{UPPER}][\w&-]*(?:\s+[{UPPER}][\w&-]*)*)")
# Capitals alone in brackets, and what is known to be an index in any case.
_BRACKETED = re.compile(
    rf"""\(\s*[*_“"]*(?P<short>
        [{UPPER}][{UPPER}{LOWER}&\d]*[{UPPER}][{UPPER}{LOWER}&\d]*(?:[-/\s][{UPPER}]{{2,}})*
      | (?i:par[\s-]?index|pari|sipas|papi|pci|ict[\s-]?index|dti|ddci|pobi|pgi))[*_”"]*\s*\)""",
    re.VERBOSE,
)
_CITED = re.compile(rf"\(\s*[*_]*(?P<short>(?:{'|'.join(type_names())})\s+(?:số\s+)?\d[^();]{{3,30}}?)[*_]*\s*\)")
_ROMAN = re.compile(r"[IVX]+$")
_CLAUSE = re.compile(r"[.;:?!](?=\s)|\|")
_MARKER = re.compile(r"\s*(?:[-–+•*]\s+|\(?[a-zđ\d]{1,2}[.)]\s+|\d+(?:\.\d+)+\.?\s+|Điều\s+\d+\.\s+|[IVX]+\.\s+)")
_TOKEN = re.compile(r"[^\W_]+")
_LINKS = frozenset({"va", "cua", "cac", "ve", "cho", "trong", "voi", "o", "tai"})
# What a term begins with whose short form is foreign ("Chương trình mỗi xã một sản phẩm (OCOP)").
_TERM = re.compile(
    r"(?<!\w)(?:chỉ\s+số|mức\s+độ|bộ\s+chỉ\s+số|chương\s+trình|hệ\s+thống|mô\s+hình|nền\s+tảng|trung\s+tâm|khu\s+thương\s+mại|trí\s+tuệ|tổng\s+(?:giá\s+trị|sản)"
    r"|phần\s+mềm|dự\s+án|giấy\s+chứng\s+nhận|hợp\s+tác|đối\s+tác|vốn|quỹ|internet|hiệp\s+định|công\s+nghệ|nhu\s+cầu|tỷ\s+lệ|bản\s+ghi\s+nhớ|tài\s+khoản|giao\s+thông)(?!\w)",
    re.IGNORECASE,
)
_LONGEST = 60  # words
_LOOK_BACK = 1_500  # characters before a short form in which a citation stands in full
_REACH = 400  # characters before a bracket in which its term starts
_FEWEST, _FEW = 3, 6  # words of a term that nothing else bounds
_LONGEST_SHORT = 16  # characters of an abbreviation


_AROUND = "*_“”\"'.,:"


def find_abbreviations(context: Context) -> tuple[Abbreviation, ...]:
    """The short forms that a document defines, each once, in reading order; ``long`` with blanks collapsed.

    The long form is the words whose initials the short form gives, else the whole term before it; for a document cited
    by a short form ("Nghị quyết 57-NQ/TW") its full citation.
    """
    found: dict[str, Abbreviation] = {}
    for block in context.body():
        words = context.text[block.start : block.end]
        if "(" not in words and "ọi" not in words and "iết" not in words:
            continue
        for short, start, end, long in sorted(_definitions(words), key=lambda row: row[1]):
            if short and long and short not in found and fold(short) != fold(long):
                at, to = _bare(words, start, end)
                found[short] = Abbreviation(short, long, block.start + at, block.start + to)
    return tuple(found.values())


def _definitions(words: str) -> Iterator[tuple[str, int, int, str]]:
    """Short form, its span, long form."""
    for match in _CALLED.finditer(words):
        if not re.search(r"(?:là|:)\s*$", match[0]):
            continue
        pattern = _SHORT_IN_BRACKETS if match["open"] else _SHORT_IN_TEXT
        short = pattern.match(words, match.end())
        if short is not None:
            name = _tidy(short[0])
            yield name, short.start(), short.end(), _called(_before(words, match.start()), name)
    for match in _CITED.finditer(words):
        long = _cited(_before(words, match.start()), match["short"])
        if long:
            yield _tidy(match["short"]), match.start("short"), match.end("short"), long
    for match in _BRACKETED.finditer(words):
        short_form = match["short"]
        if _ROMAN.match(short_form) or len(short_form) > _LONGEST_SHORT:
            continue
        before = _before(words, match.start())
        long = _by_initials(before, short_form) or _term(before)
        yield _tidy(short_form), match.start("short"), match.end("short"), long


def _bare(words: str, start: int, end: int) -> tuple[int, int]:
    """A span without the quotation marks and signs around its words, as :func:`_tidy` leaves them out."""
    while start < end and (words[start] in _AROUND or words[start].isspace()):
        start += 1
    while start < end and (words[end - 1] in _AROUND or words[end - 1].isspace()):
        end -= 1
    return start, end


def _before(words: str, at: int) -> str:
    return words[max(0, at - _LOOK_BACK) : at]


def _tidy(words: str) -> str:
    return " ".join(words.split()).strip(f" {_AROUND}")


def _clause(before: str) -> str:
    """The words of the clause that ends with ``before``, without the marker that opens it."""
    near = before[-_REACH * 2 :]
    start = max((match.end() for match in _CLAUSE.finditer(near)), default=0)
    clause = near[start:]
    marker = _MARKER.match(clause)
    return clause[marker.end() if marker else 0 :]


def _called(before: str, short: str) -> str:
    """The term that "gọi tắt là" names anew: from where its words or the short form's own begin."""
    cited = _cited(before, short)
    if cited:
        return cited
    if re.search(rf"[{UPPER}]{{2}}", short) and (long := _by_initials(before, short)):
        return long
    clause = _clause(before)
    tokens = short.split()
    for taken in range(len(tokens), 0, -1):
        if taken == 1 < len(tokens) and tokens[0].islower():
            break  # "cấp xã" does not begin with the "cấp" of "phân cấp"
        head = r"\s+".join(map(re.escape, tokens[:taken]))
        starts = [match.start() for match in re.finditer(rf"(?<!\w){head}(?!\w)", clause, re.IGNORECASE)]
        if starts:
            return _limited(clause[starts[-1] :])
    return _limited(clause)


def _limited(long: str) -> str:
    tidy = _tidy(long)
    return tidy if len(tidy.split()) <= _LONGEST else ""


def _cited(before: str, short: str) -> str:
    """The full citation of the document that a short form names by its number."""
    numbers = find_numbers(short)
    if not numbers:
        return ""
    key = number_key(numbers[0].number)
    same = [found for found in find_numbers(before) if number_key(found.number) == key]
    if not same:
        return ""
    typed = re.search(rf"(?:{'|'.join(type_names())})\s+(?:số\s*)?$", before[: same[-1].start], re.IGNORECASE)
    return _tidy(before[typed.start() if typed else same[-1].start :])


def _by_initials(before: str, short: str) -> str:
    """The words before a bracket whose initials are the short form's letters; small words may lie between."""
    wanted: list[str] = []
    for token in _TOKEN.findall(short):
        if token.isupper() or sum(map(str.isupper, token)) > 1:
            wanted += [letter for letter in fold(token) if letter.isalpha()]
        else:
            wanted.append(fold(token))
    tokens = list(_TOKEN.finditer(before[-_REACH:]))
    at = len(tokens) - 1
    for part in reversed(wanted):
        while at >= 0 and not fold(tokens[at][0]).startswith(part) and fold(tokens[at][0]) in _LINKS:
            at -= 1
        if at < 0 or not _gives(fold(tokens[at][0]), part):
            return ""
        at -= 1
    return _tidy(before[-_REACH:][tokens[at + 1].start() :])


def _gives(word: str, part: str) -> bool:
    return word[0] == part if len(part) == 1 else word == part


def _term(before: str) -> str:
    """The term before a bracket with a foreign short form: from the word that such terms begin with."""
    near = before[-_REACH:]
    brackets = near.rfind(")")
    near = near[brackets + 1 :] if brackets >= 0 else near
    clause = _clause(near)
    heads = list(_TERM.finditer(clause))
    if heads:
        return _limited(clause[heads[-1].start() :])
    piece = re.split(r",\s|\s(?:và|của|là|có|cho|tại|theo|được|bằng)\s", clause)[-1]
    return _tidy(piece) if _FEWEST <= len(piece.split()) <= _FEW else ""
