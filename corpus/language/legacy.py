"""Vietnamese text in the codes of pre-Unicode fonts, TCVN3 and VNI, to Unicode.

Such text comes as the Western characters that share its codes ("Céng hßa", "Coäng hoøa"). Nothing marks it but the
font's name, or that its words become Vietnamese syllables when converted, which they were not before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from corpus.language.legacy_codes import codes
from corpus.language.syllables import is_syllable


class Legacy(StrEnum):
    """A way of writing Vietnamese that needs its own fonts."""

    TCVN3 = "TCVN3"
    VNI = "VNI"


class Replacement(NamedTuple):
    """``text[start:end]`` reads ``unicode``."""

    start: int
    end: int
    unicode: str


_LINE = re.compile(r"[^\n\r\f\v\u2028\u2029]+")
_NEW_WORDS = 3  # different words that must become syllables before a text counts as legacy
_RISE = 0.75  # share of changed words that must be syllables afterwards: real text has 0.95, French and Czech under 0.3
_BEFORE = 0.5  # of these, the share that may have been syllables already: real text has 0.1, Unicode Vietnamese 0.98
_VIETNAMESE = 0.7  # share of all words there that must be syllables: Norwegian, say, has a third
_MOST_SIGNS = 4  # around a word: its quotation marks
_SUBSET = re.compile(r"\A[A-Z]{6}\+")
_STYLE = re.compile(r"[\s,-]+(?:bold|italic|regular|oblique|roman|mt).*")
_SYMBOL_CODES = {0xF000 + code: chr(code) for code in range(0x20, 0x100)}  # where Word keeps codes of symbol fonts
_KEEP, _CONVERT = -1, 1  # how a word reads as Vietnamese: only left alone, only converted; 0 is no telling


def by_font(name: str) -> Legacy | None:
    """The encoding that a font of this name has, None for a Unicode font. PDF's subset prefixes are passed over."""
    family = _SUBSET.sub("", name.strip()).lower()
    for legacy, beginnings in codes().fonts.items():
        if family.startswith(tuple(beginnings)):
            return Legacy[legacy.upper()]
    return None


def shows_capitals(name: str) -> bool:
    """Whether a font is one of TCVN3's (".VnTimeH") that show small letters as capitals."""
    return by_font(name) is Legacy.TCVN3 and _STYLE.sub("", name.strip().lower()).endswith("h")


def to_unicode(text: str, legacy: Legacy, capitals: bool = False) -> str:
    """The text in Unicode NFC, as far as it is in the legacy encoding; words that are Unicode already stay.

    ``capitals`` says that a font showed capitals only. Give whole paragraphs: neighbours decide for words that could be
    either, and a letter parted from its mark cannot be read.
    """
    return replaced(text, replacements(text, legacy, capitals))


def replaced(text: str, changes: Sequence[Replacement]) -> str:
    """The text with replacements made, which are in order and disjoint."""
    parts: list[str] = []
    done = 0
    for start, end, unicode in changes:
        parts += (text[done:start], unicode)
        done = end
    return "".join((*parts, text[done:]))


def replacements(text: str, legacy: Legacy, capitals: bool = False) -> list[Replacement]:
    """What :func:`to_unicode` changes, word by word, in order."""
    changes = []
    for words in _lines(text, legacy):
        chosen = _to_convert(words)
        if capitals:
            chosen = [word._replace(unicode=word.unicode.upper()) for word in chosen]
        elif legacy is Legacy.TCVN3:
            chosen = _recased(chosen)
        for word in chosen:
            end = word.start + len(word.written)
            if word.unicode != text[word.start : end]:
                changes.append(Replacement(word.start, end, word.unicode))
    return changes


def detect(text: str) -> Legacy | None:
    """The encoding that lines of a text are in, None where it is all Unicode or not Vietnamese."""
    if text.isascii():
        return None
    text = text.translate(_SYMBOL_CODES)
    found = {legacy: _evidence(text, legacy) for legacy in Legacy}
    best = max(found, key=lambda legacy: found[legacy])
    return best if found[best] else None


def _evidence(text: str, legacy: Legacy) -> int:
    """How many different words become syllables where nearly all words do, 0 where that proves nothing.

    Words among such as read better as they are do not count: a text may be part Unicode.
    """
    if sum(_read(word, legacy)[1] == _CONVERT for word in set(_words(legacy, text).findall(text))) < _NEW_WORDS:
        return 0
    new: set[str] = set()
    changed_in_all = syllables_in_all = 0
    for words in _lines(text, legacy):
        chosen = [word for word in _to_convert(words) if len(word.written) > 1]
        changed = [word for word in chosen if word.unicode != word.written]
        after = [word for word in changed if is_syllable(word.unicode)]
        became = [word for word in _in_company(words) if len(word.written) > 1]
        changed_in_all += len(changed)
        syllables_in_all += len(after)
        rises = len(after) >= _RISE * len(changed) and len(became) >= (1 - _BEFORE) * len(after)
        if rises and _is_vietnamese(word.unicode for word in chosen):
            new.update(word.written for word in became)
    enough = len(new) >= _NEW_WORDS and syllables_in_all >= _RISE * changed_in_all
    return len(new) if enough else 0


def _in_company(words: Sequence[_Word]) -> list[_Word]:
    """The words that must be converted and have another such beside them, as far as words tell, or none that must not.

    One alone among Unicode words is a foreign word or a letter that is spoken of.
    """
    told = [word for word in words if word.side]
    around = [told[max(0, at - 1) : at + 2] for at in range(len(told))]
    return [
        word
        for word, near in zip(told, around, strict=True)
        if word.side == _CONVERT and (len(told) == 1 or sum(other.side == _CONVERT for other in near) > 1)
    ]


def _is_vietnamese(words: Iterable[str]) -> bool:
    """Whether most words are syllables; abbreviations in plain capitals are not asked."""
    asked = [word for word in words if not (word.isascii() and word.isupper())]
    return sum(map(is_syllable, asked)) >= _VIETNAMESE * len(asked)


class _Word(NamedTuple):
    start: int
    written: str
    unicode: str  # what it reads if it is in the legacy encoding
    side: int


def _lines(text: str, legacy: Legacy) -> Iterator[list[_Word]]:
    """The words of each line of a text, read as if they were in the encoding."""
    plain = text.translate(_SYMBOL_CODES)
    pattern = _words(legacy, plain)
    if len(plain.strip()) == 1 and not plain.isascii():
        yield [_fragment(plain, legacy)]
        return
    for line in _LINE.finditer(plain):
        words = [_word(line.start() + found.start(), found[0], legacy) for found in pattern.finditer(line[0])]
        if words and _is_bullet(line, words[0]):
            words.pop(0)
        if words:
            yield words


def _words(legacy: Legacy, text: str) -> re.Pattern[str]:
    uses_controls = legacy is Legacy.TCVN3 and codes().telling.search(text)
    return codes().words_with_controls if uses_controls else codes().words


def _word(start: int, written: str, legacy: Legacy) -> _Word:
    """A word, without the quotation marks and other signs around it that are none of its letters."""
    whole = _Word(start, written, *_read(written, legacy))
    if is_syllable(whole.unicode):
        return whole
    signs = codes().signs
    left, right = (len(written) - len(stripped) for stripped in (written.lstrip(signs), written.rstrip(signs)))
    for less in range(1, min(left + right, _MOST_SIGNS) + 1):
        for before in range(max(0, less - right), min(left, less) + 1):  # signs taken off in front
            inner = written[before : len(written) - (less - before)]
            if inner and is_syllable(_read(inner, legacy)[0]):
                return _Word(start + before, inner, *_read(inner, legacy))
    return whole


def _fragment(text: str, legacy: Legacy) -> _Word:
    """A letter set in a font of its own, as a capital that opens a word; its code may be a sign's."""
    letter = text.strip()
    unicode = codes().tcvn3(letter) if legacy is Legacy.TCVN3 else codes().vni(letter)
    return _Word(text.index(letter), letter, unicode, 0)


def _is_bullet(line: re.Match[str], word: _Word) -> bool:
    """Whether a line's first word is the sign that a list's line begins with."""
    start = word.start - line.start()
    rest = line[0][start + 1 :]
    return word.written in codes().bullets and not line[0][:start].strip() and rest[:1].isspace()


@lru_cache(maxsize=1 << 16)
def _read(written: str, legacy: Legacy) -> tuple[str, int]:
    """What a word reads in the legacy encoding, and on which side it stands."""
    if written.isascii() and written.isprintable():
        return written, 0
    unicode = codes().tcvn3(written) if legacy is Legacy.TCVN3 else codes().vni(written)
    before, after = is_syllable(written), is_syllable(unicode)
    if unicode == written:
        shared = all(letter.isascii() or letter in codes().shared for letter in written)
        return written, _KEEP if before and not shared else 0
    alone = len(written) == 1 and written.lower() == written.upper() and written != "«"  # "« t«" is a motor car
    if unicode not in ("đ" if alone else "đĐ") and (alone or not (after or any(map(str.isascii, written)))):
        return written, 0  # signs among themselves: quotation marks, a copyright sign; "đ" is the currency
    return unicode, after - before


def _to_convert(words: Sequence[_Word]) -> list[_Word]:
    """The words of a line that are in the encoding: by themselves, else as the nearest that can be told."""
    chosen = []
    for at, (left, right) in enumerate(_nearest([word.side for word in words])):
        known = [place for place in (left, right) if place is not None]
        nearest = min(known, key=lambda place: abs(place - at), default=None)
        if nearest is None or words[nearest].side == _CONVERT:
            chosen.append(words[at])
    return chosen


def _nearest(values: Sequence[int]) -> list[tuple[int | None, int | None]]:
    """For each place the nearest one, at or before it and at or after it, that has a value other than 0."""

    def last(order: Iterator[int]) -> list[int | None]:
        found, seen = None, []
        for at in order:
            found = at if values[at] else found
            seen.append(found)
        return seen

    before = last(iter(range(len(values))))
    after = last(iter(range(len(values) - 1, -1, -1)))[::-1]
    return list(zip(before, after, strict=True))


def _recased(words: list[_Word]) -> list[_Word]:
    """TCVN3 words with the capitals that its codes lack: "HO¹CH" has no code of its own for Ạ.

    A word that shows no case after its first letter ("KÕ") follows its neighbours.
    """
    cases = [_case(word.written) for word in words]
    evidence = [case if is_syllable(word.unicode) else 0 for case, word in zip(cases, words, strict=True)]
    recased = []
    for word, case, (left, right) in zip(words, cases, _nearest(evidence), strict=True):
        around = {evidence[place] for place in (left, right) if place is not None}
        upper = word.unicode != word.written and (case > 0 or (case == 0 and around == {1}))
        recased.append(word._replace(unicode=word.unicode.upper()) if upper else word)
    return recased


@lru_cache(maxsize=1 << 16)
def _case(written: str) -> int:
    """1 for a word in capitals, -1 for another, 0 where only its first letter or none tells.

    Codes of letters with tones are for small and capital letters alike.
    """
    toned = codes().toned
    told = [letter.isupper() for letter in written[1:].translate(codes().bases) if letter not in toned]
    if told:
        return 1 if all(told) else -1
    return -1 if written[0].islower() and written[0] not in toned else 0
