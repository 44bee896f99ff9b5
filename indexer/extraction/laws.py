"""Laws, codes, ordinances and the constitution, which texts cite by name rather than by number."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.language.letters import LOWER, UPPER
from corpus.language.normalise import normalise

CONSTITUTION = "Hiến pháp"

_HEAD = re.compile(
    r"(?<!\w)(?<![Pp]háp )(?<!PHÁP )(?:(?P<code>[Bb]ộ\s+[Ll]uật|BỘ\s+LUẬT)|(?P<law>Luật|LUẬT)"
    r"|(?P<ordinance>Pháp\s+lệnh|PHÁP\s+LỆNH)|(?P<constitution>Hiến\s+pháp|HIẾN\s+PHÁP))(?!\w)"
)
_KINDS = {"code": "Bộ luật", "law": "Luật", "ordinance": "Pháp lệnh", "constitution": CONSTITUTION}
# A draft is no law yet; a university or a firm of lawyers has the word in its name.
_NO_LAW_BEFORE = re.compile(
    r"(?:dự\s+thảo|dự\s+án|[Đđ]ại\s+học|[Kk]hoa|[Vv]ăn\s+phòng|[Cc]ông\s+ty|[Hh]ội)\s+(?:các\s+)?$"
)
_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(?:[\s,]*năm)?\s+(?P<year>(?:19|20)\d\d)(?![\d/-])", re.IGNORECASE)
_AMENDS = re.compile(
    r"\s*[Ss]ửa\s+đổi(?:,?\s+bổ\s+sung)?(?:,?\s+(?:một\s+số|các)\s+điều|,?\s+[Đđ]iều\s+[\d,\s]+(?:và\s+\d+\s+)?)?"
    r"(?:\s+và[^;.()\d]{3,60}?)?(?:\s+của)?(?:\s+các)?(?=\s)|\s*SỬA\s+ĐỔI,?\s+BỔ\s+SUNG\s+MỘT\s+SỐ\s+ĐIỀU(?:\s+CỦA)?(?=\s)"
)
_LISTED = re.compile(r"\s*(?:,|;|và|,\s*và)\s+(?=(?:Bộ\s+luật|Luật|Pháp\s+lệnh)\s)")
_NUMBERED = re.compile(r"\s+số\s+\d")
_NATION = re.compile(r"\s+nước\s+Cộng\s+ho[àa]\s+[Xx]ã\s+hội\s+[Cc]hủ\s+nghĩa\s+Việt\s+Nam", re.IGNORECASE)
# A name that the register does not know: capitals, then small words up to one that begins something else.
_UNKNOWN = re.compile(
    rf"""[{UPPER}][{LOWER}]+
    (?:,?\s+(?!(?:ngày|năm|số|của|và\s+(?:các|những|quy|văn|Luật|Nghị|Thông|Quyết|Pháp)|các|hiện|hoặc|được|đã|theo|về|quy|cho|để|tại|thì|có|là|này|do|trong
        |trên|khi|nhằm|sửa|đến|từ|với|mà|gồm|như|đối|phải|bằng|nêu|tới|vào|sau|trước|ban|quy\s+định|hướng)\b)
      (?!Luật|Nghị|Thông|Quyết|Pháp|Bộ|Sở|Ủy|UBND|Căn|Theo|Chỉ|Điều)[{UPPER}{LOWER}][{LOWER}]*){{0,9}}""",
    re.VERBOSE,
)
_SHORT = re.compile(rf"[{UPPER}]{{2,8}}(?!\w)")


@dataclass(frozen=True, slots=True)
class FoundLaw:
    """A law named in a text: its span, kind ("Luật"), name as written with its kind, and the year that it gives."""

    start: int
    end: int
    type: str
    name: str
    year: int | None = None
    amends: bool = False


def _words(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(normalise(name).lower()))


@cache
def _register() -> Mapping[str, list[tuple[str, ...]]]:
    """Names as words, longest first, by their first word."""
    table = tomllib.loads(Path(__file__).with_name("laws.toml").read_text(encoding="utf-8"))
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for name in sorted({_words(name) for names in table.values() for name in names}, key=len, reverse=True):
        by_first.setdefault(name[0], []).append(name)
    return by_first


@cache
def _by_initials() -> Mapping[str, str]:
    """The one name that initials stand for: "NSNN" the law on the state budget."""
    names = [name for names in _register().values() for name in names]
    initials = ["".join(word[0] for word in name) for name in names]
    return {short: " ".join(name) for short, name in zip(initials, names, strict=True) if initials.count(short) == 1}


def law_key(name: str) -> str:
    """A law's name without what writers vary: its kind, year, case, marks of tone, commas, and initials for words."""
    words = _words(_YEAR.sub("", name))
    for kind in ("bộ luật", "luật", "pháp lệnh"):
        if words[: len(kind.split())] == tuple(kind.split()):
            words = words[len(kind.split()) :]
            break
    key = " ".join(words)
    return _by_initials().get(key, key)


def _registered(text: str, at: int) -> int | None:
    """Where the longest registered name that starts at ``at`` ends."""
    found: list[tuple[str, int]] = []
    longest = 0
    candidates: list[tuple[str, ...]] = []
    for match in _WORD.finditer(text, at, at + 200):
        found.append((normalise(match[0]).lower(), match.end()))
        if len(found) == 1:
            candidates = _register().get(found[0][0], [])
            longest = max(map(len, candidates), default=0)
        if len(found) >= longest:
            break
    words = tuple(word for word, _ in found)
    for name in candidates:
        if words[: len(name)] == name and not re.search(r"[.;:]", text[at : found[len(name) - 1][1]]):
            return found[len(name) - 1][1]
    return None


def _name_end(text: str, at: int) -> int | None:
    """Where the name ends that starts at ``at``, None where there is none."""
    end = _registered(text, at)
    if end is None:
        match = _SHORT.match(text, at) or _UNKNOWN.match(text, at)
        end = match.end() if match else None
    return end


def _amended_end(text: str, at: int) -> int:
    """Where the name of an amending law ends: after the laws that it amends."""
    end = at
    while (head := re.compile(r"\s*").match(text, at)) and (law := _HEAD.match(text, head.end())):
        blank = re.compile(r"\s+").match(text, law.end())
        inner = _name_end(text, blank.end()) if blank else None
        if inner is None:
            break
        end = inner
        listed = _LISTED.match(text, end)
        if listed is None:
            break
        at = listed.end()
    return end


def find_laws(text: str) -> Iterator[FoundLaw]:
    """The laws that a text names, in reading order; one that it gives by number alone ("Luật số 87/2025/QH15") is none.

    The laws that an amending law names in its own name are not found by themselves.
    """
    at = 0
    while head := _HEAD.search(text, at):
        at = head.end()
        if _NO_LAW_BEFORE.search(text, max(0, head.start() - 20), head.start()):
            continue
        kind = _KINDS[head.lastgroup or "law"]
        found = _constitution(text, head) if kind == CONSTITUTION else _law(text, head, kind)
        if found is not None:
            at = found.end
            yield found


def _found(text: str, start: int, end: int, kind: str, amends: bool = False) -> FoundLaw:
    dated = _YEAR.match(text, end)
    end = dated.end() if dated else end
    return FoundLaw(start, end, kind, " ".join(text[start:end].split()), int(dated["year"]) if dated else None, amends)


def _constitution(text: str, head: re.Match[str]) -> FoundLaw | None:
    """The constitution, where a year or its full name says that the document is meant ("Hiến pháp và pháp luật")."""
    nation = _NATION.match(text, head.end())
    found = _found(text, head.start(), nation.end() if nation else head.end(), CONSTITUTION)
    return found if nation or found.year else None


def _law(text: str, head: re.Match[str], kind: str) -> FoundLaw | None:
    amends = _AMENDS.match(text, head.end())
    if amends is not None:
        end = _amended_end(text, amends.end())
        return _found(text, head.start(), end, kind, amends=True) if end > amends.end() else None
    blank = re.compile(r"\s+").match(text, head.end())
    if blank is None:
        return None
    name_end = _name_end(text, blank.end())
    return _found(text, head.start(), name_end, kind) if name_end is not None else None
