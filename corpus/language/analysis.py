"""From text to the terms that are indexed and searched: one analyser for both sides."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
