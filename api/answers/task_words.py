"""Every task of an archive by its pairs of syllables: which share the rare ones with a text, without a model."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from api.answers.memory import remembered
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.extracts import Place

COMMON = 0.05
"""Share of the tasks from which a pair of syllables says nothing ("thực hiện"); left out, looking up stays fast."""

_SYLLABLE = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class TaskWords:
    """Tasks as unit vectors over pairs of syllables that are the longer the rarer they are.

    ``places``: where each stands; ``documents``: the number of its document in ``numbers``; ``weights``: of each pair
    in ``pairs``; ``holders``: of each pair the tasks that hold it, sparse, shape (pairs, tasks).
    """

    places: list[Place]
    documents: NDArray[np.int64]
    numbers: dict[str, int]
    pairs: dict[str, int]
    weights: NDArray[np.float32]
    holders: Any

    def of(self, documents: Collection[str]) -> NDArray[np.bool_]:
        """Which tasks stand in some documents."""
        wanted = np.zeros(len(self.numbers) + 1, np.bool_)
        wanted[[self.numbers[each] for each in documents if each in self.numbers]] = True
        found: NDArray[np.bool_] = wanted[self.documents]
        return found

    def likeness(self, text: str) -> NDArray[np.float32]:
        """The cosine of a text with each task, shape (tasks,)."""
        from scipy.sparse import csr_matrix

        columns = [self.pairs[pair] for pair in dict.fromkeys(_pairs(text)) if pair in self.pairs]
        weights = self.weights[columns]
        length = float(np.linalg.norm(weights))
        if not length:
            return np.zeros(len(self.places), np.float32)
        row = csr_matrix((weights / length, ([0] * len(columns), columns)), shape=(1, len(self.pairs)))
        cosines: NDArray[np.float32] = (row @ self.holders).toarray()[0]
        return cosines


def task_words(archive: Archive) -> TaskWords:
    """The words of an archive's tasks, kept while it does not change (93,000 tasks take 2.2 s)."""
    return remembered(archive, archive.generation, "task words", None, lambda: _read(archive))


def _read(archive: Archive) -> TaskWords:
    from scipy.sparse import csr_matrix, diags

    table = schema.assignments.c
    places: list[Place] = []
    pairs: dict[str, int] = {}
    columns: list[int] = []
    ends = [0]
    with archive.reading() as connection:
        for document, ordinal, task in connection.execute(select(table.document_id, table.ordinal, table.task)):
            places.append((document, ordinal))
            columns += [pairs.setdefault(pair, len(pairs)) for pair in dict.fromkeys(_pairs(task))]
            ends.append(len(columns))
    numbers = {document: at for at, document in enumerate(dict.fromkeys(document for document, _ in places))}
    held = np.bincount(np.asarray(columns, np.int64), minlength=len(pairs))
    weights = np.log1p(len(places) / np.maximum(held, 1)).astype(np.float32)
    weights[held > max(1, COMMON * len(places))] = 0.0
    rows = csr_matrix((weights[columns], columns, ends), shape=(len(places), len(pairs)), dtype=np.float32)
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    unit = diags((1.0 / np.maximum(lengths, 1e-9)).astype(np.float32)) @ rows
    documents = np.asarray([numbers[document] for document, _ in places], np.int64)
    return TaskWords(places, documents, numbers, pairs, weights, unit.T.tocsr())


def _pairs(text: str) -> Iterator[str]:
    syllables = _SYLLABLE.findall(text.lower())
    return (f"{one} {other}" for one, other in pairwise(syllables))
