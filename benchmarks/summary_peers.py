"""The summarisers that ours stands beside: lead, LexRank, TextRank, over the same segmented sentences.

Written here after their papers, since no maintained package for them is among the dependencies. Each gives places of
sentences, best first; the caller takes them while they fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
import numpy.typing as npt

Sentences = Sequence[Sequence[str]]
Matrix = npt.NDArray[np.float64]

_DAMPING = 0.85
_THRESHOLD = 0.1  # cosine from which LexRank sees an edge (Erkan and Radev 2004, section 3.2)


def lead(places: Sequence[tuple[int, int]]) -> list[int]:
    """First every document's first sentence, then every second one; ``places``: document and position of each."""
    return sorted(range(len(places)), key=lambda each: (places[each][1], places[each][0]))


def lexrank(sentences: Sentences) -> list[int]:
    """LexRank: PageRank over sentences whose TF-IDF cosine passes a threshold (Erkan and Radev 2004)."""
    if not sentences:
        return []
    known = {word: place for place, word in enumerate(dict.fromkeys(word for each in sentences for word in each))}
    holding = Counter(word for each in sentences for word in set(each))
    weights = np.zeros((len(sentences), max(len(known), 1)))
    for row, each in enumerate(sentences):
        for word, count in Counter(each).items():
            weights[row, known[word]] = count * log(1 + len(sentences) / holding[word])
    norms = np.linalg.norm(weights, axis=1, keepdims=True)
    weights /= np.where(norms == 0, 1, norms)
    return _ranked((weights @ weights.T >= _THRESHOLD).astype(np.float64))


def textrank(sentences: Sentences) -> list[int]:
    """TextRank: PageRank over sentences, edges weighted by the words they share (Mihalcea and Tarau 2004)."""
    sets = [set(each) for each in sentences]
    edges = np.zeros((len(sets), len(sets)))
    for row, one in enumerate(sets):
        for column, other in enumerate(sets[:row]):
            size = log(max(len(one), 1)) + log(max(len(other), 1))
            edges[row, column] = edges[column, row] = len(one & other) / size if size > 0 else 0
    return _ranked(edges)


def _ranked(edges: Matrix) -> list[int]:
    sums = edges.sum(axis=1, keepdims=True)
    count = len(edges)
    step = np.where(sums > 0, edges / np.where(sums == 0, 1, sums), 1 / max(count, 1))
    score = np.full(count, 1 / max(count, 1))
    for _ in range(100):
        score = (1 - _DAMPING) / max(count, 1) + _DAMPING * step.T @ score
    return [int(place) for place in np.argsort(-score, kind="stable")]


def fitting(order: Sequence[int], words: Sequence[int], most: int) -> list[int]:
    """The places taken in order while they fit into so many words, in reading order."""
    taken, left = [], most
    for place in order:
        if words[place] <= left:
            taken.append(place)
            left -= words[place]
    return sorted(taken)
