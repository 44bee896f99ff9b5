"""ROUGE-1, ROUGE-2 and ROUGE-L of token lists, exact, without stemming (Lin 2004).

Our own since no maintained package reads segmented Vietnamese as given: the usual one keeps only the letters a to z.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

Tokens = Sequence[str]
MEASURES = ("R1", "R2", "RL")


def rouge(tokens: Tokens, reference: Tokens) -> dict[str, float]:
    """F1 of single tokens, of pairs, and of the longest common subsequence of the two texts, 0 to 1."""
    ones = (Counter(tokens) & Counter(reference)).total()
    pairs, wanted = _pairs(tokens), _pairs(reference)
    return {
        "R1": _f1(ones, len(tokens), len(reference)),
        "R2": _f1((pairs & wanted).total(), pairs.total(), wanted.total()),
        "RL": _f1(_common(tokens, reference), len(tokens), len(reference)),
    }


def _pairs(tokens: Tokens) -> Counter[tuple[str, str]]:
    return Counter(pairwise(tokens))


def _f1(both: int, found: int, wanted: int) -> float:
    return 2 * both / (found + wanted) if both else 0.0


def _common(one: Tokens, other: Tokens) -> int:
    row = [0] * (len(other) + 1)
    for token in one:
        before = 0
        for place, against in enumerate(other, 1):
            above = row[place]
            row[place] = before + 1 if token == against else max(above, row[place - 1])
            before = above
    return row[-1]
