"""Where a passage says what was asked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.language.normalise import fold, normalise

_WORD = re.compile(r"[\w\u0300-\u036f]+")


def highlights(text: str, syllables: Iterable[str], *, unmarked: bool = False) -> list[tuple[int, int]]:
    """Spans of ``text``, ordered and disjoint, that hold the question's syllables; neighbours are joined.

    With ``unmarked`` the marks of the text are passed over.
    """
    spell = fold if unmarked else (lambda word: normalise(word).lower())
    wanted = {spell(syllable) for syllable in syllables}
    spans: list[tuple[int, int]] = []
    for word in _WORD.finditer(text):
        if spell(word[0]) not in wanted:
            continue
        start, end = word.span()
        if spans and text[spans[-1][1] : start].isspace():
            start = spans.pop()[0]
        spans.append((start, end))
    return spans
