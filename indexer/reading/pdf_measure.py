"""How far a page's text can be trusted, and words whose letters the print sets apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from corpus.language.syllables import is_syllable
from indexer.reading.pdf_words import Word

_LETTERS = re.compile(r"[^\W\d_]+")
_NO_GLYPH = re.compile(r"[\ufffd\ue000-\uf8ff\x80-\x9f]")
_ONE_LETTER_WORDS = frozenset("ôoơởờớợởoaàáạâăuưyýỳỷỹêeiíìỉĩóòỏõọú")
# Gazette pages have 0.00-0.04 letters alone (list markers and forms), shattered ones 0.2 and more; Vietnamese has
# 0.85-0.99 known syllables, English 0.3.
_MOST_ALONE = 0.15
_MOST_UNMAPPED = 0.03
_FEWEST_KNOWN = 0.6
_FEWEST_MARKED = 0.3  # plans have 0.7-0.8 words with marks
_ENOUGH = 20  # words that a judgement needs
_SPACED_OUT = 5  # letters standing alone in a row
_WORD_GAP = 1.35  # times the usual gap between letters that are set apart


@dataclass(frozen=True, slots=True)
class Measure:
    """Counts over a text: words, those that Vietnamese knows, those with marks, letters alone, characters, those
    without a value.
    """

    words: int
    known: int
    marked: int
    alone: int
    characters: int
    unmapped: int

    @property
    def broken(self) -> bool:
        """Whether a reader shattered the words or the file says no characters: another reader may do better."""
        if self.characters and self.unmapped > _MOST_UNMAPPED * self.characters:
            return True
        return self.words >= _ENOUGH and self.alone > _MOST_ALONE * self.words

    @property
    def foreign(self) -> bool:
        """Whether few words are Vietnamese: another language, or the guesses of a bad recognition."""
        return self.words >= _ENOUGH and self.known < _FEWEST_KNOWN * self.words

    @property
    def bare(self) -> bool:
        """Whether hardly a word has a mark: recognised by a program that knew no Vietnamese."""
        return self.words >= _ENOUGH and self.marked < _FEWEST_MARKED * self.words

    @property
    def score(self) -> float:
        """Comparable over readers of one page: share of known words, less what is broken."""
        if not self.words:
            return 0.0
        return (self.known - self.alone) / self.words - self.unmapped / max(1, self.characters)


def measure(text: str) -> Measure:
    """The measure of a text."""
    words = _LETTERS.findall(text)
    return Measure(
        words=len(words),
        known=sum(1 for word in words if is_syllable(word)),
        marked=sum(1 for word in words if not word.isascii()),
        alone=sum(1 for word in words if len(word) == 1 and word.lower() not in _ONE_LETTER_WORDS),
        characters=sum(1 for character in text if not character.isspace()),
        unmapped=len(_NO_GLYPH.findall(text)),
    )


def closed_up(words: list[Word]) -> list[Word]:
    """Words with letters that the print sets apart ("T I Ê U") made whole; runs are told by five letters in a row."""
    mended: list[Word] = []
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and _is_letter(words[end]) and _in_line(words, at, end):
            end += 1
        if end - at >= _SPACED_OUT:
            mended += _closed(words[at:end])
        else:
            end = max(end, at + 1)
            mended += words[at:end]
        at = end
    return mended


def _is_letter(word: Word) -> bool:
    return len(word.text) == 1 and word.text.isalpha()


def _in_line(words: list[Word], first: int, index: int) -> bool:
    if index == first:
        return True
    before, word = words[index - 1], words[index]
    level = abs(word.baseline - before.baseline) < word.height / 4 and word.angle == before.angle
    return level and 0 < word.left - before.right < 2 * word.height


def _closed(letters: list[Word]) -> list[Word]:
    """Letters as words: parted where gaps are wider than usual, else where syllables end."""
    gaps = [after.left - before.right for before, after in pairwise(letters)]
    usual = median(gaps)
    cuts = [index + 1 for index, gap in enumerate(gaps) if gap > _WORD_GAP * usual]
    groups = _groups(letters, cuts)
    if not all(is_syllable(text) for text in map(_text, groups)):
        whole = _syllables("".join(word.text for word in letters))
        if whole is None:
            return letters if not cuts else [_one(group) for group in groups]
        groups = _groups(letters, whole)
    return [_one(group) for group in groups]


def _groups(letters: list[Word], cuts: list[int]) -> list[list[Word]]:
    return [letters[start:end] for start, end in zip([0, *cuts], [*cuts, len(letters)], strict=True)]


def _text(letters: list[Word]) -> str:
    return "".join(word.text for word in letters)


def _one(letters: list[Word]) -> Word:
    return replace(letters[0], text=_text(letters), right=letters[-1].right, at=-1)


def _syllables(text: str) -> list[int] | None:
    """Where to cut letters into the fewest syllables; None where they make none."""
    best: list[tuple[int, list[int]] | None] = [(0, [])]
    for end in range(1, len(text) + 1):
        options = [
            (found[0] + 1, [*found[1], start])
            for start in range(max(0, end - 7), end)
            if (found := best[start]) is not None and is_syllable(text[start:end])
        ]
        best.append(min(options, default=None, key=lambda option: option[0]))
    whole = best[-1]
    return None if whole is None else [cut for cut in whole[1] if cut]
