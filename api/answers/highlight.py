"""Where a passage says what was asked."""

from __future__ import annotations

import re
from functools import lru_cache

from api.answers.question import Question
from corpus.language.normalise import fold, normalise

_WORD = re.compile(r"[\w\u0300-\u036f]+")


@lru_cache(maxsize=50_000)
def _marked(word: str) -> str:
    return normalise(word).lower()


_unmarked = lru_cache(maxsize=50_000)(fold)


def highlights(text: str, question: Question) -> list[tuple[int, int]]:
    """Spans of ``text``, ordered and disjoint, that hold the question's syllables; neighbours are joined.

    A syllable by itself is one only where the question has it as a word of its own: parts of compounds ("người" of
    "người dân") would else be marked in nearly every line. Marks are passed over where the question has none, and where
    those that were restored to it are not the text's.
    """
    found = _spans(text, question, unmarked=question.unmarked)
    return found or (_spans(text, question, unmarked=True) if question.restored else [])


def _spans(text: str, question: Question, *, unmarked: bool) -> list[tuple[int, int]]:
    spell = _unmarked if unmarked else _marked
    wanted = {spell(syllable) for syllable in question.terms.syllables.split()}
    words = question.terms.words.split()
    single = len(words) == 1 or not unmarked  # without marks "so" would mark every "Sở", "số" and "sơ"
    alone = {spell(word) for word in words if "_" not in word and single}
    spans: list[tuple[int, int]] = []
    for word in _WORD.finditer(text):
        if spell(word[0]) not in wanted:
            continue
        start, end = word.span()
        if spans and text[spans[-1][1] : start].isspace():
            start = spans.pop()[0]
        spans.append((start, end))
    return [span for span in spans if any(map(str.isspace, text[slice(*span)])) or spell(text[slice(*span)]) in alone]
