"""Which records of a large archive a draft is compared with: those in the passages nearest to its tasks and goals.

To read every task of a large archive as a vector would take minutes; its passages have theirs already, and the words
of tasks are looked up fast. What the draft's own authority has is looked for apart, so that a hundred other provinces
do not hide it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, func, select

from api.answers.agencies import roster_of
from api.answers.alike import Said, Tasks, read_tasks, years_of
from api.answers.assignments import assignment_rows
from api.answers.filters import Filters, among
from api.answers.rows import Page, rows_at
from api.answers.scope import passages_where
from api.answers.targets import TargetRow, target_rows
from api.answers.task_words import TaskWords, task_words
from corpus.encoder.contract import Encoder, Vectors
from corpus.language.indicators import indicators
from corpus.language.segment import segment
from corpus.model import Target
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.extracts import Place

PASSAGES, OWN_PASSAGES = 60, 30
"""Passages looked at for each task or goal of a draft: of everybody, and of the draft's own authority."""

KEPT, KEPT_OWN = 24, 12
"""Records kept for each of these, by their words and their passages. Of what comparing with all 1,728 tasks of 131 real
documents shows for 462 tasks, 98 % of what scores 0.55 (the same task) is found so, 93 % of all."""

_MOSTLY = 0.9  # share of the documents from which leaving the others out afterwards is faster than beforehand

WORDS = 2.0
"""Weight of a task's words beside the likeness of the passage that it stands in, of 1, 2 and 4 the best there."""

Near = Sequence[Mapping[int, float]]
"""For each text the passages near it, with their cosines."""


def tasks_near(
    archive: Archive,
    encoder: Encoder,
    drafted: Sequence[Said],
    documents: Collection[str],
    own: Collection[str],
    whole: str | None,
) -> Tasks:
    """The tasks of ``documents`` nearest to drafted ones, the nearest of ``own`` apart, and all of ``whole``."""
    table = schema.assignments
    texts = [each.task for each in drafted]
    roster, words = roster_of(archive), task_words(archive)
    with archive.reading() as connection:
        near, near_own = _passages_near(archive, connection, encoder, texts, documents, own)
        places = _nearest_tasks(connection, words, texts, near, words.of(documents), KEPT)
        places |= _nearest_tasks(connection, words, texts, near_own, words.of(own), KEPT_OWN)
        if whole is not None:
            places |= _of_document(connection, table, whole)
        rows = rows_at(connection, table, sorted(places))
        found = assignment_rows(connection, roster, Filters(), Page(rows, {}, len(rows)))
    years = years_of(archive, list({row.document for row in found}))
    reading = read_tasks(encoder, found, [row.title for row in found])
    return Tasks(tuple(found), reading, tuple(years.get(row.document) for row in found))


def goals_near(
    archive: Archive,
    encoder: Encoder,
    drafted: Sequence[Target],
    documents: Collection[str],
    own: Collection[str],
    whole: str | None,
) -> list[TargetRow]:
    """The goals of ``documents`` that measure what drafted ones do, or are near them; all of ``whole`` among them."""
    table = schema.targets
    registered = {indicator.key for indicator in indicators()}
    texts = [each.indicator for each in drafted if each.key not in registered]
    with archive.reading() as connection:
        near, near_own = _passages_near(archive, connection, encoder, texts, documents, own)
        places = _nearest_goals(connection, near, documents) | _nearest_goals(connection, near_own, own)
        same = select(table.c.document_id, table.c.ordinal).where(table.c.key.in_({each.key for each in drafted}))
        places |= {(document, ordinal) for document, ordinal in connection.execute(same) if document in documents}
        if whole is not None:
            places |= _of_document(connection, table, whole)
        rows = rows_at(connection, table, sorted(places))
        return target_rows(connection, Page(rows, {}, len(rows)))


def _passages_near(
    archive: Archive,
    connection: Connection,
    encoder: Encoder,
    texts: Sequence[str],
    documents: Collection[str],
    own: Collection[str],
) -> tuple[Near, Near]:
    """The passages of documents nearest to each text, and those of the authority's own."""
    if not texts:
        return [], []
    queries = encoder.encode_queries(list(map(segment, texts)) if encoder.spec.segmented else texts)
    within = None
    every = select(func.count()).where(schema.documents.c.rendition_of.is_(None))
    if len(documents) < _MOSTLY * connection.execute(every).scalar_one():
        within = passages_where(connection, schema.documents.c.id.in_(among(documents))).passages
    near = [dict(archive.vectors.search(query, PASSAGES, within)) if query.any() else {} for query in queries]
    return near, _nearest_of(connection, encoder.spec.fingerprint, queries, own)


def _nearest_of(connection: Connection, fingerprint: str, queries: Vectors, own: Collection[str]) -> Near:
    """The same among the passages of a few documents, exactly: they are too few for the index to be faster."""
    vectors, passages = schema.vectors.c, schema.passages.c
    stored = connection.execute(
        select(vectors.passage_id, vectors.vector)
        .join(schema.passages, passages.id == vectors.passage_id)
        .where(vectors.fingerprint == fingerprint, passages.document_id.in_(among(own)))
    ).all()
    if not stored:
        return [{} for _ in queries]
    ids = [passage for passage, _ in stored]
    matrix = np.frombuffer(b"".join(vector for _, vector in stored), "<f2").reshape(len(ids), -1).astype(np.float32)
    found = []
    for query in queries:
        cosines = matrix @ query
        best = np.argsort(-cosines)[:OWN_PASSAGES]
        found.append({ids[at]: float(cosines[at]) for at in best.tolist()})
    return found


def _nearest_tasks(
    connection: Connection,
    words: TaskWords,
    texts: Sequence[str],
    near: Near,
    allowed: NDArray[np.bool_],
    kept: int,
) -> set[Place]:
    """For each text the tasks allowed that its words and the passages near it speak for."""
    held = _held(connection, schema.assignments, near)
    numbers = {place: at for at, place in enumerate(words.places)}
    chosen: set[Place] = set()
    for text, found in zip(texts, near, strict=True):
        meaning = np.full(len(words.places), min(found.values(), default=0.0), np.float32)
        for passage, cosine in sorted(found.items(), key=lambda each: each[1]):
            meaning[[numbers[place] for place in held[passage] if place in numbers]] = cosine
        likeness = np.where(allowed, WORDS * words.likeness(text) + meaning, -1.0)
        best = np.argpartition(-likeness, kept)[:kept] if len(likeness) > kept else np.arange(len(likeness))
        chosen |= {words.places[at] for at in best.tolist() if likeness[at] > 0.0}
    return chosen


def _nearest_goals(connection: Connection, near: Near, documents: Collection[str]) -> set[Place]:
    """The goals of documents in the passages near any text."""
    held = _held(connection, schema.targets, near)
    return {place for found in near for passage in found for place in held[passage] if place[0] in documents}


def _held(connection: Connection, table: Table, near: Near) -> dict[int, list[Place]]:
    """The records in each of some passages."""
    passages = schema.passages.c
    query = (
        select(passages.id, table.c.document_id, table.c.ordinal)
        .join(schema.passages, passages.document_id == table.c.document_id)
        .where(passages.id.in_(among({passage for found in near for passage in found})))
        .where(passages.start < table.c.end, passages.end > table.c.start)
    )
    records: dict[int, list[Place]] = defaultdict(list)
    for passage, document, ordinal in connection.execute(query):
        records[passage].append((document, ordinal))
    return records


def _of_document(connection: Connection, table: Table, document: str) -> set[Place]:
    found = connection.execute(select(table.c.document_id, table.c.ordinal).where(table.c.document_id == document))
    return {(id_, ordinal) for id_, ordinal in found}
