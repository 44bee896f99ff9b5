"""Which records a question means: those of the passages that search finds, ranked with their own words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Integer, Row, Table, literal_column, select

from api.answers.filters import Filters, among
from api.answers.question import Question
from api.answers.ranking import Reasons, rank
from corpus.encoder.contract import Encoder
from corpus.language.normalise import fold, normalise
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.extracts import Place

DEEP = 1_000
"""Passages whose records are looked at."""

OWN_WORDS = 0.5
"""Share of a record's own words in its score; the rest is its passage's. Fitted on development questions: of 34 whose
answer is a task, 30 have it among the first five rows, and no row that answers falls below :data:`LEAST`."""

LEAST = 0.25
"""Records of a lower score are left out: neither their words nor their passage bear on the question."""

_FARTHEST = 1 << 40  # no document is as long
_WORD = re.compile(r"\w+")


def matching(
    archive: Archive,
    connection: Connection,
    encoder: Encoder | None,
    question: Question,
    filters: Filters,
    table: Table,
    words: Sequence[ColumnElement[str | None]],
) -> list[tuple[Place, float]]:
    """Places and scores (0 to 1) of the records that a question means, best first.

    ``words``: the columns of ``table`` that say what a record is about. ValueError without the archive's encoder.
    """
    if encoder is None:
        raise ValueError("a question needs the archive's encoder")
    reasons: dict[int, Reasons] = {}
    scores = dict(rank(archive, connection, encoder, question, filters, "hybrid", DEEP, reasons))
    if not any(each.asked_for or each.lexical is not None for each in reasons.values()):
        return []  # no word of it stands anywhere: the nearest meaning is still no answer
    best = max(scores.values(), default=0.0) or 1.0
    touched = _touched(connection, table, filters, {passage: score / best for passage, score in scores.items()})
    rows = select(_row_of(table), table.c.document_id, table.c.ordinal, *words)
    holds = Holder(question)
    scored = []
    for row, document, ordinal, *texts in connection.execute(rows.where(_row_of(table).in_(among(touched)))):
        score = (1.0 - OWN_WORDS) * touched[row] + OWN_WORDS * holds.share(" ".join(filter(None, texts)))
        if score >= LEAST:
            scored.append(((document, ordinal), round(score, 4)))
    return sorted(scored, key=lambda item: (-item[1], item[0]))


def _row_of(table: Table) -> ColumnElement[int]:
    return literal_column(f"{table.name}.rowid", Integer)


def _touched(connection: Connection, table: Table, filters: Filters, scores: Mapping[int, float]) -> dict[int, float]:
    """The rows of ``table`` that pass and touch passages of some scores, each with the best of them.

    Of plans found there are some twenty thousand records in an archive of a million passages, and a few hundred touch:
    their places are compared at once, and only these few are read.
    """
    passages, place = schema.passages.c, table.c
    held = select(passages.id, passages.document_id, passages.start, passages.end)
    spans = connection.execute(held.where(passages.id.in_(among(scores)))).all()
    number = {document: at for at, document in enumerate(dict.fromkeys(document for _, document, *_ in spans))}
    records = select(_row_of(table), place.document_id, place.start, place.end).join(schema.documents)
    found = connection.execute(records.where(filters.of_records(table), place.document_id.in_(among(number)))).all()
    if not found:
        return {}
    given = np.array([scores[passage] for passage, *_ in spans])
    starts, ends = _positions(spans, number)
    order = np.argsort(starts)
    given, starts, ends = given[order], starts[order], ends[order]
    first, last = _positions(found, number)
    after, before = np.searchsorted(ends, first, side="right"), np.searchsorted(starts, last, side="left")
    return {found[at][0]: float(given[after[at] : before[at]].max()) for at in np.flatnonzero(after < before).tolist()}


def _positions(
    rows: Sequence[Row[Any, Any, Any, Any]], number: Mapping[str, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where spans start and end, all documents one behind the other."""
    documents = np.array([number[document] for _, document, _, _ in rows], np.int64) * _FARTHEST
    starts, ends = (np.array([row[at] for row in rows], np.int64) for at in (2, 3))
    return documents + starts, documents + ends


class Holder:
    """Measures how much of a question a text holds."""

    def __init__(self, question: Question) -> None:
        """Take the question's words, each as its syllables; without marks where it has none."""
        self._spell = fold if question.unmarked else lambda text: normalise(text).lower()
        words = dict.fromkeys(question.terms.words.split())
        self._words = [" ".join(_WORD.findall(self._spell(word.replace("_", " ")))) for word in words]

    def share(self, text: str) -> float:
        """The share, 0 to 1, of the question's words that a text holds, longer ones counting more."""
        held = f" {' '.join(_WORD.findall(self._spell(text)))} "
        weights = {word: 1 + word.count(" ") for word in self._words if word}
        total = sum(weights.values())
        return sum(weight for word, weight in weights.items() if f" {word} " in held) / total if total else 0.0
