"""Which sentences make a summary: what counts, said once, every group heard, within a length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

ALIKE = 0.9
"""Cosine from which two sentences say the same (redundancy of the shipped encoder's vectors, read on plans)."""
REDUNDANCY = 0.35
"""Weight of likeness to what is chosen already, against relevance (maximal marginal relevance, Carbonell 1998)."""
BALANCE = 0.25
"""Weight of the share that a sentence's year and province have of what is chosen already."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a summary may be: at most so many words (separated by blanks), and sentences; None is no limit."""

    words: int | None = None
    sentences: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be chosen: its words, what it is worth (0 to 1), whom it speaks for (year, province …).

    ``words`` counts at least one.
    """

    words: int
    worth: float
    groups: tuple[Hashable, ...] = field(default=())


def choose(
    candidates: Sequence[Candidate],
    vectors: Vectors,
    length: Length,
    *,
    by_word: bool = False,
    redundancy: float = REDUNDANCY,
    balance: float = BALANCE,
    chosen: Sequence[int] = (),
) -> list[int]:
    """The places of the chosen candidates in the order of choice, after those ``chosen`` before.

    Each step takes what is worth most less what the chosen ones say already and how often its groups were heard; what
    does not fit any more, says the same as a chosen one (:data:`ALIKE`) or is worth nothing is passed over.
    ``vectors``: a unit row a candidate. ``by_word``: worth counts a word, so that many short sentences beat a long one.
    """
    taken = list(chosen)
    if not candidates:
        return taken
    worth = np.array([each.worth for each in candidates], np.float64)
    words = np.array([each.words for each in candidates])
    open_ = worth > 0
    open_[taken] = False
    most_alike = np.zeros(len(candidates))
    heard: Counter[Hashable] = Counter()
    for place in taken:
        most_alike = np.maximum(most_alike, vectors @ vectors[place])
        heard.update(candidates[place].groups)
    left = None if length.words is None else length.words - int(words[taken].sum())
    while open_.any() and (length.sentences is None or len(taken) < length.sentences):
        open_ &= most_alike < ALIKE
        if left is not None:
            open_ &= words <= left
        if not open_.any():
            break
        crowd = np.array([_share(each.groups, heard, len(taken)) for each in candidates])
        gain = worth * (1 - redundancy * most_alike) * (1 - balance * crowd)
        best = int(np.argmax(np.where(open_, gain / words if by_word else gain, -1.0)))
        taken.append(best)
        open_[best] = False
        most_alike = np.maximum(most_alike, vectors @ vectors[best])
        heard.update(candidates[best].groups)
        if left is not None:
            left -= int(words[best])
    return taken


def _share(groups: tuple[Hashable, ...], heard: Counter[Hashable], chosen: int) -> float:
    """How much of what is chosen the groups have already, between 0 and 1."""
    return sum(heard[group] for group in groups) / (len(groups) * chosen) if groups and chosen else 0.0


def central(vectors: Vectors, documents: Sequence[Hashable]) -> npt.NDArray[np.float64]:
    """How much each sentence says of what all say, 0 to 1: likeness to the others, those of other documents twice.

    One that nothing resembles has 0; a single one has 1.
    """
    if len(documents) == 1:
        return np.ones(1)
    alike = np.maximum(np.asarray(vectors @ vectors.T, np.float64), 0)
    np.fill_diagonal(alike, 0)
    numbers = {document: place for place, document in enumerate(dict.fromkeys(documents))}
    of = np.array([numbers[document] for document in documents])
    sums = (alike * (1 + (of[:, None] != of[None, :]))).sum(axis=1)
    return sums / sums.max() if sums.size and sums.max() > 0 else np.zeros(len(documents))
