"""How people write the names of agencies: titles before them, places behind them, lists of units, initials."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from corpus.language.normalise import compose, strip_marks
from corpus.language.places import Places


class Scope(StrEnum):
    """Of which level the place behind a name is; empty without a place."""

    NONE = ""
    PROVINCE = "tinh"
    DISTRICT = "huyen"
    COMMUNE = "xa"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a written name: the agency's key without a place, and the place's scope."""

    key: str
    scope: Scope


# Everything below works on text without marks, in small letters.

# Whoever speaks for an agency stands for it. "Chánh", "trưởng" and the like are only a part of the next word's title.
_TITLE = re.compile(
    r"""^(?:cac\s+)?(?:
        dong\s+chi | tap\s+the | nguoi\s+dung\s+dau | thuong\s+truc | co\s+quan
      | (?:ban\s+)?(?:pho\s+)?(?:tong\s+)?(?:giam\s+doc|bien\s+tap)
      | (?:ban\s+|tap\s+the\s+)?lanh\s+dao | (?:pho\s+)?thu\s+truong | (?:pho\s+)?chu\s+tich | (?:pho\s+)?bi\s+thu
      | (?:pho\s+)?chanh(?=\s+(?:van\s+phong|thanh\s+tra)) | (?:pho\s+)?chanh\s+an | bo\s+truong(?=\s+bo\s)
      | (?:pho\s+)?truong(?=\s+(?:ban|phong|doan)\s) | (?:pho\s+)?(?:chi\s+cuc|cuc|vien|kho\s+bac)\s+truong
      | (?:pho\s+)?chi\s+huy\s+truong | thong\s+doc | tong\s+thanh\s+tra | (?:pho\s+)?hieu\s+truong | chu\s+nhiem
    )\s+""",
    re.VERBOSE,
)
# Words behind a name that narrow it without making it another body.
_QUALIFIER = re.compile(
    r"""[\s,;:.–-]*\b(?:
        (?:co\s+)?lien\s+quan(?:\s+khac)?
      | (?:(?:dong|o|tren|trong|tai|thuoc)\s+)*(?:toan\s+|pham\s+vi\s+|dia\s+ban\s+)+(?:tinh|thanh\s+pho|huyen|xa)?\b.*
      | (?:truc\s+)?thuoc\s+(?:uy\s+ban\s+nhan\s+dan|ubnd|tinh|thanh\s+pho|trung\s+uong|tw|so)\b.*
      | (?:cua|trong|thuoc)\s+(?:tinh|thanh\s+pho)\b.*
      | (?:nay|khac|noi\s+tren|neu\s+tren)
    )\s*$""",
    re.VERBOSE,
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_KIND = re.compile(
    r"(?<!\w)(?:tinh|thanh pho|t\. ?p\.?|tp\.?|thi xa|tx\.?|huyen|quan|xa|phuong|thi tran|dac khu)(?!\w)"
)
_ENUMERATED = re.compile(r"(?:[,;/]|\bva|\bhoac)\s*$")
_COMMUNE_KIND = r"(?:thi tran|dac khu|phuong|xa)"
_DISTRICT_KIND = r"(?:thi xa|thi(?! tran)|thanh pho|tp\.?|huyen|quan)"
_BETWEEN = r"\s*(?:(?:[,;/&-]|\bva\b|\bhoac\b)\s*)+"
_LISTS = tuple(
    (re.compile(rf"(?<!\w)(?:(?:cac\s+)?{kind}(?:{_BETWEEN}(?:cac\s+)?{kind})+|cac\s+{kind})(?!\w)"), name)
    for kind, name in ((_COMMUNE_KIND, "cac xa phuong"), (_DISTRICT_KIND, "cac huyen thi"))
)
_OF_LEVEL = re.compile(r"(?<!\w)cap\s+(?=(?:tinh|huyen|xa|thanh pho)(?!\w))")
_LEADING = re.compile(r"^(?:(?:tat ca|toan the|cac|nhung|doi voi|cung)\s+)+")
# Addressees strung together in any order ("các sở, ban, ngành và địa phương") come down to whom they are.
_ADDRESSEES = {
    "so ban nganh": "so", "so nganh": "so", "ban nganh": "so", "so": "so", "ban": "so", "nganh": "so",
    "co quan": "coquan", "don vi": "coquan", "to chuc": "coquan", "bo phan": "coquan", "ca nhan": "coquan",
    "dia phuong": "diaphuong", "cap": "diaphuong", "doan the": "doanthe",
}  # fmt: skip
_ADDRESSEE = rf"(?:(?:cac|tung|moi)\s+)?(?:{'|'.join(_ADDRESSEES)})"
_ADDRESSED = re.compile(
    rf"^(?P<all>cac\s+)?(?P<who>{_ADDRESSEE}(?:{_BETWEEN}{_ADDRESSEE})*)"
    r"(?P<concerned>\s+(?:khac\s+)?(?:co\s+)?lien\s+quan)?$"
)
# "Sở" and "cơ quan" alone are a certain one that the text has named; "các sở" is all of them.
_BARE_PLURAL = re.compile(r"^cac\s+\w+(?:\s+\w+)?$")
_NUMBERED = re.compile(r"(?<!\w)khu\s+vuc\s+(?:so\s+)?(?:[ivxl]+|\d+)(?!\w)")
_FILLER = re.compile(r"(?<!\w)va(?!\w)|[\W_]+")
_LONGEST_PLACE = 5  # syllables: Phan Rang - Tháp Chàm
_LONGEST_NAME = 300  # characters; what is longer is a sentence


def key_of(name: str) -> str:
    """What all full spellings of a name share: no marks, no "và", no "các" before it, no blanks; lists in one form."""
    return _key(strip_marks(_BRACKETS.sub(" ", compose(name)).lower()))


def _key(folded: str) -> str:
    return _FILLER.sub("", _plain(folded))


def _plain(folded: str) -> str:
    folded = re.sub(r"\s+", " ", _NUMBERED.sub("khu vuc", _OF_LEVEL.sub("", folded))).strip()
    for pattern, form in _LISTS:
        folded = pattern.sub(form, folded)
    if addressed := _ADDRESSED.match(folded):
        return _addressees(addressed)
    return folded if _BARE_PLURAL.match(folded) else _LEADING.sub("", folded)


def _addressees(match: re.Match[str]) -> str:
    words = re.findall("|".join(_ADDRESSEES), match["who"])
    if len(words) == 1 and not match["concerned"] and (not match["all"] or words == ["ban"]):
        return match.group()
    return " ".join(("cac", *sorted({_ADDRESSEES[word] for word in words}), "lienquan" if match["concerned"] else ""))


def initials_pattern(name: str) -> str:
    """A regular expression for keys that shorten any of a name's syllables to its first letter ("sokhdt")."""
    composed = compose(name)
    initials = {strip_marks(word.lower()) for word in re.findall(r"\w{2,}", composed) if word.isupper()}
    syllables = [word for word in re.findall(r"\w+", _plain(strip_marks(composed.lower()))) if word != "va"]
    return "".join(word if len(word) == 1 or word in initials else f"{word[0]}(?:{word[1:]})?" for word in syllables)


def readings(name: str, places: Places) -> Iterator[Reading]:
    """The ways to understand a written name, the most literal first; none for text too long to be a name."""
    text = re.sub(r"\s+", " ", _BRACKETS.sub(" ", compose(name))).strip(" .,;:–-")
    if len(text) > _LONGEST_NAME:
        return
    untitled = _without_title(text)
    for form in dict.fromkeys((text, untitled, _unqualified(text), _unqualified(untitled))):
        yield Reading(key_of(form), Scope.NONE)
        yield from _placed(form, places)


def _without_title(text: str) -> str:
    folded = strip_marks(text.lower())
    at = 0
    while match := _TITLE.match(folded[at:]):
        at += match.end()
    return text[at:]


def _unqualified(text: str) -> str:
    match = _QUALIFIER.search(strip_marks(text.lower()))
    return text[: match.start()] if match and match.start() else text


def _placed(text: str, places: Places) -> Iterator[Reading]:
    folded = strip_marks(text.lower())
    if len(folded) != len(text):
        return
    for kind in reversed(list(_KIND.finditer(folded))):
        if _ENUMERATED.search(folded[: kind.start()]):
            continue
        scope = _scope(kind.group(), text[kind.end() :].strip(" .,-–"), places)
        core = re.sub(r"[\s,–-]+(?:cap\s*)?$", "", folded[: kind.start()])
        if scope and core:
            yield Reading(_key(core), scope)
    words = text.split()
    for size in range(1, min(_LONGEST_PLACE, len(words) - 1) + 1):
        if places.find(" ".join(words[-size:])) is not None:
            yield Reading(_key(strip_marks(" ".join(words[:-size]).lower())), Scope.PROVINCE)


def _scope(kind: str, place: str, places: Places) -> Scope:
    """The scope of "kind place", NONE where the words behind the kind are no place's name."""
    province = places.find(place) if place else None
    named = province is not None or _is_name(place)
    if place and not named:
        return Scope.NONE
    if kind == "tinh":
        return Scope.PROVINCE
    if kind in {"xa", "phuong", "thi tran", "dac khu"}:
        return Scope.COMMUNE
    if kind.startswith(("thanh", "t.", "tp")) and (not place or (province and province.kind == "thành phố")):
        return Scope.PROVINCE
    return Scope.DISTRICT


def _is_name(place: str) -> bool:
    words = re.findall(r"\w+", place)
    return 0 < len(words) <= _LONGEST_PLACE and all(word[0].isupper() or word[0].isdigit() for word in words)
