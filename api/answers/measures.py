"""Measures of a ranking, and how sure their means are."""

from __future__ import annotations

import math
import random
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Id = TypeVar("Id", bound=Hashable)
DEPTH = 100
_CUT = 10
_RESAMPLES = 1_000
_SEED = 13


def measures(ranking: Sequence[Id], grades: Mapping[Id, int]) -> dict[str, float]:
    """nDCG@10 (gain 2^grade - 1, discount log2), MRR@10, Recall@10 and @100, Success@1 and @10 of one ranking.

    ``grades``: what is relevant, with its grade above 0; what is not in it is not relevant.
    """
    gains = [2 ** grades.get(found, 0) - 1 for found in ranking[:_CUT]]
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:_CUT]
    best = _discounted(ideal)
    first = next((place for place, gain in enumerate(gains, 1) if gain), None)

    def recall(depth: int) -> float:
        return sum(1 for found in ranking[:depth] if grades.get(found, 0)) / len(grades) if grades else 0.0

    return {
        "nDCG@10": _discounted(gains) / best if best else 0.0,
        "MRR@10": 1.0 / first if first else 0.0,
        "Recall@10": recall(_CUT),
        "Recall@100": recall(DEPTH),
        "Success@1": float(first == 1),
        "Success@10": float(first is not None),
    }


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


def mean(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each measure over questions."""
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean (1,000 resamples of the questions, fixed seed)."""
    chance = random.Random(_SEED)  # noqa: S311  (statistics, not secrets)
    means = sorted(sum(chance.choices(values, k=len(values))) / len(values) for _ in range(_RESAMPLES))
    return means[round(0.025 * _RESAMPLES)], means[round(0.975 * _RESAMPLES) - 1]
