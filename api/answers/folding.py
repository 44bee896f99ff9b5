"""Passages of several documents that say nearly the same: a recurring plan repeats itself year after year."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, case, select

from api.answers.filters import among
from corpus.store import schema

LOOKED_AT = 40
"""First hits that are compared with each other."""

ALIKE = 0.7
"""Shared part of runs of three words (Jaccard, numbers alike) from which two passages say the same: in 128 real
documents the same procedure in three provinces' decisions passes, other tasks in the same phrases stay below 0.6."""

_FEWEST_WORDS = 12  # a shorter line is alike by chance
_SMALLEST, _FEWEST_SHARED = 16, 4  # hashes that a pair is found by: at a likeness of 0.7 it shares 11 of 16
_MIXERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)  # odd, bits well spread
_DIGITS = re.compile(r"\d+")

Runs = NDArray[np.uint64]
Ranked = Sequence[tuple[int, float]]


def fold(
    connection: Connection, ranked: Ranked, apart: Collection[str] = ()
) -> tuple[list[tuple[int, float]], dict[int, tuple[int, ...]]]:
    """The ranking with near-identical passages of different documents folded into one; and what is folded into each.

    Passages of the documents in ``apart`` stay by themselves. The newest document stands for the others, at the best
    one's place and with its score; its others come newest first.
    """
    first = [passage for passage, _ in ranked[:LOOKED_AT]]
    passages, documents = schema.passages.c, schema.documents.c
    # Letterheads are alike and say nothing: they would hide the very year that is asked for.
    own = case((passages.provision.is_(None), ""), else_=passages.segmented)
    query = select(passages.id, documents.id, documents.issued_on, own)
    rows = connection.execute(query.join_from(schema.passages, schema.documents).where(passages.id.in_(among(first))))
    owner: dict[int, str] = {}
    issued: dict[int, date] = {}
    runs: dict[int, Runs] = {}
    for passage, document, day, segmented in rows:
        owner[passage], issued[passage] = document, day or date.min
        runs[passage] = runs_of("") if document in apart else runs_of(segmented)
    stands_for: dict[int, int] = {}
    folded: dict[int, tuple[int, ...]] = {}
    place = {passage: at for at, passage in enumerate(first)}
    for group in groups(runs):
        newest: dict[str, int] = {}
        for passage in sorted(group, key=lambda each: place[each]):
            newest.setdefault(owner[passage], passage)  # of one document's repetitions the best stays by itself
        if len(newest) > 1:
            best, *others = sorted(newest.values(), key=lambda each: (issued[each], -place[each]), reverse=True)
            stands_for |= dict.fromkeys((best, *others), best)
            folded[best] = tuple(others)
    shown: list[tuple[int, float]] = []
    seen: set[int] = set()
    for passage, score in ranked:
        standing = stands_for.get(passage, passage)
        if standing not in seen:
            seen.add(standing)
            shown.append((standing, score))
    return shown, folded


@lru_cache(maxsize=4_000)
def runs_of(segmented: str) -> Runs:
    """The runs of three words of a text as hashes, sorted, numbers alike; none for a text too short to be compared."""
    words = _DIGITS.sub("0", segmented.lower()).replace("_", " ").split()
    if len(words) < _FEWEST_WORDS:
        return np.zeros(0, np.uint64)
    hashes = np.fromiter(map(hash, words), np.int64, len(words)).astype(np.uint64)
    runs = (hashes[:-2] * _MIXERS[0]) ^ (hashes[1:-1] * _MIXERS[1]) ^ (hashes[2:] * _MIXERS[2])
    return np.unique(runs * _MIXERS[0])


def groups(runs: Mapping[int, Runs]) -> Iterable[list[int]]:
    """Those whose runs are alike, directly or through others; groups of two and more."""
    # Of alike texts the smallest hashes are mostly the same ones (Broder, 1997).
    holding: dict[int, list[int]] = defaultdict(list)
    for passage, own in runs.items():
        for run in own[:_SMALLEST].tolist():
            holding[run].append(passage)
    shared = Counter(pair for held in holding.values() for pair in combinations(held, 2))
    leader = {passage: passage for passage in runs}

    def lead(passage: int) -> int:
        while leader[passage] != passage:
            passage = leader[passage]
        return passage

    for (one, other), common in shared.items():
        if common >= _FEWEST_SHARED and _likeness(runs[one], runs[other]) >= ALIKE:
            leader[lead(one)] = lead(other)
    grouped: dict[int, list[int]] = defaultdict(list)
    for passage in runs:
        grouped[lead(passage)].append(passage)
    return [members for members in grouped.values() if len(members) > 1]


def _likeness(one: Runs, other: Runs) -> float:
    common = np.intersect1d(one, other, assume_unique=True).size
    return float(common / (one.size + other.size - common))
