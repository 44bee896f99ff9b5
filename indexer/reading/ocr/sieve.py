"""Which of the words that were recognised are on the page: stamps, pens and specks read as letters are left out.

What cannot be read is absent rather than wrong, so a word must be sure, and surer the less it looks like Vietnamese
and where something was drawn over it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from corpus.language.syllables import is_syllable
from indexer.reading.ocr.engine import Token

# The least confidence of a word, set by eye on the doubtful words of real scans.
SURE = {
    "word": 0.45,  # can be Vietnamese, a number or an abbreviation
    "other": 0.60,  # foreign words, and most of what is no word
    "other in a sure line": 0.20,
    "sign": 0.50,  # dashes and points that stand alone
    "word drawn over": 0.75,
    "other drawn over": 0.93,  # numbers too: nothing in them tells a wrong one
}
_LINE_SURE = 0.55  # mean of a line's words
_SURE_LINE = 0.75  # the same, from which a line is print beyond doubt, where it has
_SURE_LINE_WORDS = 3  # words or more
_SURE_LINE_LETTERS = 0.7  # part of its letters that stand in them
_LINE_WORDS = 0.5  # least part of a line's letters that stand in words
_HARD_TO_READ = 0.25
_SHORT = 5  # words: a signer's title or name

_EDGES = "“”\"'‘’()[]{}<>«».,;:…-–—/\\*+•!?%=&_|~`^°·"
_BETWEEN = re.compile(r"[-–—/.,;:&()\"“”…]+")
_NUMBER = re.compile(r"\d[\d.,/:%-]*[a-zđ]?")
_SYMBOL = re.compile(r"[A-ZĐƯÂÊÔƠĂ]{1,10}\d{0,3}|[A-ZĐ]{1,3}[a-zđ]{1,2}|[A-ZĐƯ]{2,8}[a-z]?|[a-zđ]")
_SIGNS = frozenset(
    ["-", "–", "—", "+", "*", "•", "./.", "...", "…", "/", "=", "&", "%", ">", "<", "≥", "≤", "x", ".", ":"]
)
# What signing programs print into a page: "Ký bởi", "Người ký", and what stands below (Decree 30/2020, annex I, III).
_SIGNED = re.compile(r"(?:được )?ký (?:số )?bởi\b|người ký\s*:|digitally signed by|signature (?:not )?v", re.IGNORECASE)
_SIGNED_KEY = re.compile(
    r"(?:e-?mail|cơ quan|tổ chức|đơn vị|chức vụ|(?:ngày|thời gian|giờ) ký|lý do|date|reason|location)\s*:",
    re.IGNORECASE,
)
_SIGNED_LINES = 6

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """A recognised word, its box in pixels of the page, and whether something was drawn over it or beside it."""

    token: Token
    box: Box
    over: bool = False
    cut_before: bool = False
    cut_after: bool = False


def sifted(words: Iterable[Placed]) -> list[list[Placed]]:
    """The lines of a page, with the words that are on it."""
    lines = []
    for _, members in groupby(words, key=lambda word: word.token.line):
        every = list(members)
        sure = _is_sure(every)
        kept = [word for word in every if _stays(word, sure)]
        if kept and _is_line(kept, every) and not _is_torn(kept, every):
            lines.append(kept)
    return _without_strips(lines)


def _is_torn(kept: Sequence[Placed], every: Sequence[Placed]) -> bool:
    """Whether a short line lost words to a stamp or signature: "(Phó) Chủ tịch" says something else than was signed."""
    if len(kept) > _SHORT:
        return False
    lost = any(word.over and sum(map(str.isalpha, word.token.text)) > 1 for word in every if word not in kept)
    return lost or kept[0].cut_before or kept[-1].cut_after


def _is_sure(line: Sequence[Placed]) -> bool:
    """Whether a line is print beyond doubt, so that a word in it that was hard to read is a word all the same."""
    words = [word for word in line if kind(word.token.text) in {"word", "number"}]
    letters = sum(len(word.token.text) for word in words)
    if len(words) < _SURE_LINE_WORDS or letters < _SURE_LINE_LETTERS * sum(len(word.token.text) for word in line):
        return False
    return sum(word.token.confidence for word in words) >= _SURE_LINE * len(words)


def kind(text: str) -> str:
    """What a word looks like: ``word`` (Vietnamese, an abbreviation), ``number``, ``sign`` or ``other``."""
    core = text.strip(_EDGES)
    if not core:
        return "sign" if text in _SIGNS or set(text) <= set(".…") else "other"
    if _NUMBER.fullmatch(core):
        return "number"
    parts = [part for part in _BETWEEN.split(core) if part]
    if all(is_syllable(part) or _SYMBOL.fullmatch(part) or _NUMBER.fullmatch(part) for part in parts):
        return "word"
    return "other"


def _stays(word: Placed, sure_line: bool) -> bool:
    what = kind(word.token.text)
    confidence = word.token.confidence
    if word.over and (word.cut_before or word.cut_after):
        return False
    if word.over:
        return confidence >= SURE["word drawn over" if what == "word" else "other drawn over"]
    if what in {"word", "number"}:
        return sure_line or confidence >= SURE["word"]
    if what == "other" and not any(map(str.isalnum, word.token.text)):
        return False
    return confidence >= SURE["other in a sure line" if what == "other" and sure_line else what]


def _is_line(kept: Sequence[Placed], every: Sequence[Placed]) -> bool:
    """Whether enough of a line is words, and they are sure enough."""
    letters = {id(word): sum(map(str.isalnum, word.token.text)) for word in every}
    whole = sum(letters.values())
    if not whole:
        return False
    good = [word for word in every if _counts(word.token)]
    if sum(letters[id(word)] for word in good) < _LINE_WORDS * whole:
        return False
    if sum(letters[id(word)] for word in kept) < _LINE_WORDS * whole:
        return False  # what is left of a line says something else
    if sum(letters[id(word)] for word in kept) == 1 and not any(map(str.isdigit, kept[0].token.text)):
        return False  # a lone letter is a stroke of a pen
    return sum(word.token.confidence for word in kept) >= _LINE_SURE * len(kept)


def _counts(token: Token) -> bool:
    """Whether what was read speaks for a line of words: a word, or letters that only a wrong mark makes none."""
    if kind(token.text) in {"word", "number"}:
        return token.confidence >= _HARD_TO_READ
    return token.confidence >= _SURE_LINE and len(token.text) > 1 and token.text.strip(_EDGES).isalpha()


def clarity(tokens: Iterable[Token]) -> float:
    """How far a page reads as Vietnamese (0-1): the part of its characters that stand in words, by confidence."""
    every = list(tokens)
    whole = sum(len(token.text) for token in every)
    words = sum(len(token.text) * token.confidence for token in every if kind(token.text) == "word")
    return words / whole if whole else 0.0


def _without_strips(lines: list[list[Placed]]) -> list[list[Placed]]:
    """The lines without those of signature strips, from who signed to the last of what else they say."""
    texts = [" ".join(word.token.text for word in line) for line in lines]
    dropped: set[int] = set()
    for first, text in enumerate(texts):
        if not _SIGNED.match(text):
            continue
        near = range(first + 1, min(len(texts), first + 1 + _SIGNED_LINES))
        last = max((index for index in near if _SIGNED_KEY.match(texts[index])), default=first)
        dropped.update(range(first, last + 1))
    dropped.update(index for index, text in enumerate(texts) if re.match(r"(?:ngày|thời gian|giờ) ký\s*:", text, re.I))
    return [line for index, line in enumerate(lines) if index not in dropped]
