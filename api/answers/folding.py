"""Passages of several documents that say nearly the same: a recurring plan repeats itself year after year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, case, select

from corpus.store import schema
from corpus.store.given import NAMED, naming

LOOKED_AT = 40
"""First hits that are compared with each other."""

ALIKE = 0.7
"""Shared part of runs of three words (Jaccard, numbers alike) from which two passages say the same: in 128 real
documents the same procedure in three provinces' decisions passes, other tasks in the same phrases stay below 0.6."""

_FEWEST_WORDS = 12  # a shorter line is alike by chance
_MIXERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)  # odd, bits well spread
_SIGNS = bytes.maketrans(b"123456789_", b"000000000 ")  # in bytes: a third of the time that patterns took

_passages, _documents = schema.passages.c, schema.documents.c
# Letterheads are alike and say nothing: they would hide the very year that is asked for.
_own = case((_passages.provision.is_(None), ""), else_=_passages.segmented)
_COMPARED = (
    select(_passages.id, _documents.id, _documents.issued_on, _own)
    .join_from(schema.passages, schema.documents)
    .where(_passages.id.in_(NAMED))
)

Ranked = Sequence[tuple[int, float]]
Counted = NDArray[np.int64]


def fold(
    connection: Connection, ranked: Ranked, apart: Collection[str] = ()
) -> tuple[list[tuple[int, float]], dict[int, tuple[int, ...]]]:
    """The ranking with near-identical passages of different documents folded into one; and what is folded into each.

    Passages of the documents in ``apart`` stay by themselves. The newest document stands for the others, at the best
    one's place and with its score; its others come newest first.
    """
    first = [passage for passage, _ in ranked[:LOOKED_AT]]
    owner: dict[int, str] = {}
    issued: dict[int, date] = {}
    texts: dict[int, str] = {}
    for passage, document, day, segmented in connection.execute(_COMPARED, naming(first)):
        owner[passage], issued[passage] = document, day or date.min
        if document not in apart:
            texts[passage] = segmented
    stands_for: dict[int, int] = {}
    folded: dict[int, tuple[int, ...]] = {}
    place = {passage: at for at, passage in enumerate(first)}
    for group in groups(texts):
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


def groups(texts: Mapping[int, str]) -> list[list[int]]:
    """Those whose texts are alike, directly or through others; groups of two and more."""
    words = [each if len(each) >= _FEWEST_WORDS else [] for each in map(_words, texts.values())]
    holder = np.repeat(np.arange(len(words)), [len(each) for each in words])
    flat = [word for each in words for word in each]
    hashes = np.fromiter(map(hash, flat), np.int64, len(flat)).astype(np.uint64)
    runs = (hashes[:-2] * _MIXERS[0]) ^ (hashes[1:-1] * _MIXERS[1]) ^ (hashes[2:] * _MIXERS[2])
    inside = holder[:-2] == holder[2:]
    leader = list(range(len(words)))

    def lead(text: int) -> int:
        while leader[text] != text:
            text = leader[text]
        return text

    for one, other in _alike(runs[inside] * _MIXERS[0], holder[:-2][inside], len(words)):
        leader[lead(one)] = lead(other)
    grouped: dict[int, list[int]] = defaultdict(list)
    for place, passage in enumerate(texts):
        grouped[lead(place)].append(passage)
    return [members for members in grouped.values() if len(members) > 1]


def _words(text: str) -> list[bytes]:
    signs = text.lower().encode().translate(_SIGNS)
    while b"00" in signs:  # numbers are alike
        signs = signs.replace(b"00", b"0")
    return signs.split()


def _alike(runs: NDArray[np.uint64], holder: Counted, count: int) -> list[tuple[int, int]]:
    """Which two of so many texts are alike, by their runs and whose each is."""
    bits = np.uint64(count.bit_length())
    marked = np.sort(runs << bits | holder.astype(np.uint64))  # both in one number: one sort, and the fastest
    marked = marked[np.append(marked[:1] == marked[:1], marked[1:] != marked[:-1])]
    runs, holder = marked >> bits, (marked & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    sizes = np.bincount(holder, minlength=count)
    met = np.zeros(runs.size, dtype=bool)  # a run that stands in several texts
    met[1:] = runs[1:] == runs[:-1]
    met[:-1] |= met[1:]
    # Who is like another shares that much of its own runs: most texts are out before any two are compared.
    candidates = np.flatnonzero(np.bincount(holder[met], minlength=count) >= ALIKE * np.maximum(sizes, 1))
    if candidates.size == 0:
        return []
    place = np.full(count, -1)
    place[candidates] = np.arange(candidates.size)
    met &= place[holder] >= 0
    _, which = np.unique(runs[met], return_inverse=True)
    standing = np.zeros((int(which.max(initial=-1)) + 1, candidates.size), dtype=np.int64)
    standing[which, place[holder[met]]] = 1
    shared, sizes = standing.T @ standing, sizes[candidates]
    alike = np.triu(shared >= ALIKE * (sizes[:, np.newaxis] + sizes - shared), 1)
    return [(int(candidates[one]), int(candidates[other])) for one, other in np.argwhere(alike)]
