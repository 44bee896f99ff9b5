"""From text to the terms that are indexed and searched: one analyser for both sides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.language.normalise import NORMALISATION_VERSION, strip_marks

ANALYSIS_VERSION = f"1.{NORMALISATION_VERSION}"
"""Stored with every archive: raise it when the terms of a text change, and derived indexes are rebuilt."""


_SPOKEN = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Terms:
    """One text three ways, terms parted by blanks: words ("cải_cách"), syllables ("cải cách"), folded ("cai cach")."""

    words: str
    syllables: str
    folded: str


def terms_of(segmented: str) -> Terms:
    """The terms of a text that :func:`corpus.language.segment.segment` has segmented; punctuation is left out."""
    words = [word for word in segmented.lower().split() if _SPOKEN.search(word)]
    syllables = " ".join(words).replace("_", " ")
    return Terms(" ".join(words), syllables, strip_marks(syllables))


_MARKED_AT_MOST = 0.1  # of its syllables; in provincial plans 40 to 100 % carry a mark (128 real ones)
_TOLD_FROM = 3  # syllables; fewer say nothing


def without_marks(terms: Terms) -> bool:
    """Whether a text was written without marks, as old telegrams and poor recognition leave it."""
    marked = [_has_marks(syllable) for syllable in terms.syllables.split() if syllable.isalpha() and len(syllable) > 1]
    return len(marked) >= _TOLD_FROM and sum(marked) <= _MARKED_AT_MOST * len(marked)


@lru_cache(maxsize=20_000)
def _has_marks(syllable: str) -> bool:
    return strip_marks(syllable) != syllable
