"""Sentences of Vietnamese text: spans in the text as it is written, wrapped lines and list items understood.

A full stop ends no sentence after an abbreviation, an initial or a number that marks an item ("TP. Huế", "Nguyễn V. A",
"1. Mục đích"), nor before a small letter; a line break ends one unless the line goes on below it. Which breaks do is
read from the lines themselves, since an archive does not keep how each file was wrapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from corpus.language.letters import LOWER, UPPER

# Written before a name or a number, so that what follows goes on (usage of newspapers and of Decree 30/2020/NĐ-CP).
_BEFORE_NAMES = """
tp tt tx th ts ths pgs gs bs ks ls cn cvcc gv nsnd nsưt nxb đc mr mrs ms dr st no tr t q p f đt sđt fax tel cty ltd
corp jr sr art vol
"""
_ABBREVIATIONS = frozenset(_BEFORE_NAMES.split())
_MARKER = re.compile(
    r"(?:[-–—+*•▪●○◦➢✓]\s*\S|(?:\d{1,3}(?:\.\d{1,3})*|[a-zđ]|[A-ZĐ]|[IVXLC]{1,6})[.)/]\s+\S|\d{1,2}(?:\.\d{1,2})+\.?\s+\S"
    r"|(?:Điều|Chương|Mục|Phần|Phụ lục|ĐIỀU|CHƯƠNG|MỤC|PHẦN|PHỤ LỤC)\s+[\dIVXLC]+)"
)
_ITEM_NUMBER = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6}|[A-Za-zĐđ])")
_BREAK = re.compile(r"[\n\r\f\v\x1c-\x1e\x85\u2028\u2029]")
_CLOSING = "\"”’'»)]"
_OPENING = "\"“‘'«(["
_END = re.compile(
    rf"[.!?…]+[{re.escape(_CLOSING)}]*(?=\s)"
    rf"|(?<=[{LOWER}][{LOWER}])\.(?=[{UPPER}][{LOWER}\s])"  # a blank was forgotten
)
_CLAUSE = re.compile(r";(?=\s)")
_NEAR = 60  # characters around a full stop that tell whether it ends a sentence
_DAY = re.compile(r"\d{1,2}")
# Words that no sentence ends with: a line that does goes on below, even before a capital.
_NEVER_LAST = "các những và hoặc của cho với là để theo tại về đến từ trong trên do bởi nhằm được số"
_OPEN_WORDS = frozenset(_NEVER_LAST.split())

_WIDEST = 140  # characters of a line that a program has wrapped; a longer one is a paragraph
_SHORT = 50  # characters of a line that no program has wrapped: a heading, an item
_FULL = 0.7  # share of the usual width from which a line is taken for full, so that it goes on below


@dataclass(frozen=True, slots=True)
class Sentence:
    """The span of a sentence, without the blanks around it."""

    start: int
    end: int


def split_sentences(text: str, start: int = 0, end: int | None = None, *, clauses: bool = False) -> list[Sentence]:
    """The sentences of ``text[start:end]`` in reading order: disjoint, none blank, every other character in one.

    ``clauses``: a semicolon ends one too, as between the tasks of a plan.
    """
    found: list[Sentence] = []
    for first, last in _blocks(text, start, len(text) if end is None else end):
        at = first
        for cut in _cuts(text, first, last, clauses=clauses):
            found += _trimmed(text, at, cut)
            at = cut
        found += _trimmed(text, at, last)
    return found


def _trimmed(text: str, start: int, end: int) -> list[Sentence]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end = start + len(piece.strip())
    return [Sentence(start, end)] if start < end else []


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in _BREAK.finditer(text, start, end):
        for line in _trimmed(text, at, match.start()):
            yield line.start, line.end
        at = match.end()
    for line in _trimmed(text, at, end):
        yield line.start, line.end


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Runs of lines that are one paragraph or item."""
    lines = list(_lines(text, start, end))
    if not lines:
        return
    lengths = sorted(last - first for first, last in lines)
    width = lengths[int(0.9 * (len(lengths) - 1))]
    first = lines[0][0]
    for (above, above_end), (below, below_end) in pairwise(lines):
        if not _goes_on(text, (above, above_end), (below, below_end), width):
            yield first, above_end
            first = below
    yield first, lines[-1][1]


def _goes_on(text: str, above: tuple[int, int], below: tuple[int, int], width: int) -> bool:
    gap = text[above[1] : below[0]]
    ended = text[above[0] : above[1]].rstrip(_CLOSING)[-1:] in set(".!?…:;")
    following = text[below[0]]
    blank = len(_BREAK.findall(gap.replace("\r\n", "\n"))) > 1 and "\f" not in gap
    if blank or _MARKER.match(text, below[0], below[1]):
        return False
    if not ended and (following.islower() or text[above[0] : above[1]].rsplit(None, 1)[-1] in _OPEN_WORDS):
        return True
    length = above[1] - above[0]
    full = length >= _FULL * width
    heading = text[above[0] : above[1]].isupper() and not text[below[0] : below[1]].isupper()
    if width > _WIDEST or length < _SHORT or heading:
        return False
    if ended:  # a full stop in a full line: the paragraph goes on, and the stop is judged as any other
        return full and text[above[1] - 1] not in ":;"
    return full or following in ",.;:%)"


def _cuts(text: str, start: int, end: int, *, clauses: bool) -> Iterator[int]:
    ends = [match.end() for match in _END.finditer(text, start, end) if _is_end(text, match, start, end)]
    if clauses:
        ends += [match.end() for match in _CLAUSE.finditer(text, start, end)]
    yield from sorted(ends)


def _is_end(text: str, match: re.Match[str], start: int, end: int) -> bool:
    following = text[match.end() : min(end, match.end() + _NEAR)].lstrip()
    opening = following.lstrip(_OPENING)[:1] or following[:1]
    if not opening or opening.islower() or opening in ",;:.)":
        return False
    return match[0].rstrip(_CLOSING) != "." or not _is_within(
        text[max(start, match.start() - _NEAR) : match.start()], following
    )


def _is_within(before: str, following: str) -> bool:
    """Whether a full stop between two texts belongs to an abbreviation, an initial, an item's number or a date."""
    word = before.rsplit(None, 1)[-1].lstrip(_OPENING) if before.strip() else ""
    opens = not before.strip().removesuffix(word).strip(" -–+*•" + _OPENING)
    if opens and _ITEM_NUMBER.fullmatch(word):
        return True
    if len(word) == 1 and word.isupper():
        return True
    if word.lower() in _ABBREVIATIONS and not word.islower():
        return True
    return bool(_DAY.fullmatch(word) and re.match(r"\d{1,2}\s?\.\s?\d", following))
