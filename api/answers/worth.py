"""What the score of a passage counts: less for boilerplate, and for those of few words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, and_, select

from api.answers.filters import among
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.records import generation_of

BOILERPLATE = 0.5
"""What the score of a letterhead, legal bases or recipients counts: they name the topic but say nothing of it."""

SHORT, SHORT_WORTH = 300, 0.7
"""A passage of fewer characters counts less, down to this at none: a bare line matches easily and answers nothing."""

_AT_ONCE = 50_000


@dataclass
class _Known:
    """The worth of every passage stored up to a generation, by its id; 0 where there is none."""

    generation: int
    worth: NDArray[np.float32]


_known: WeakKeyDictionary[Archive, _Known] = WeakKeyDictionary()
_guard = Lock()


def worths(archive: Archive, connection: Connection, found: Collection[int]) -> dict[int, float]:
    """The worth of passages: from memory where :func:`keep_worths` has put it, else from the records."""
    known = _known.get(archive)
    if known is None:
        return dict(_read(connection, _query().where(schema.passages.c.id.in_(among(found)))))
    if known.generation != generation_of(connection):
        known = keep_worths(archive, connection)
    kept = [passage for passage in found if passage < known.worth.size]
    return {passage: worth for passage, worth in zip(kept, known.worth[kept].tolist(), strict=True) if worth}


def keep_worths(archive: Archive, connection: Connection) -> _Known:
    """Keep the worth of every passage in memory, four bytes each: a service asks for hundreds with every question.

    What was stored since the last time is added; passages that went stay, since no number is given twice.
    """
    generation = generation_of(connection)
    with _guard:
        before = _known.get(archive) or _Known(-1, np.zeros(1_024, np.float32))
        worth = before.worth.copy()
        new = _query().where(schema.documents.c.generation > before.generation)
        for passage, value in _read(connection, new):
            if passage >= worth.size:
                worth = np.concatenate([worth, np.zeros(max(passage + 1 - worth.size, worth.size), np.float32)])
            worth[passage] = value
        known = _known[archive] = _Known(generation, worth)
    return known


def _query() -> Select[Any]:
    # Boilerplate belongs to no provision of a document that has some: letterhead, legal bases, recipients.
    passages, provisions = schema.passages.c, schema.provisions.c
    outlined = select(provisions.document_id).where(provisions.document_id == passages.document_id).exists()
    return select(passages.id, passages.end - passages.start, and_(passages.provision.is_(None), outlined)).join_from(
        schema.passages, schema.documents
    )


def _read(connection: Connection, query: Select[Any]) -> Iterator[tuple[int, float]]:
    for passage, length, is_boilerplate in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        worth = min(1.0, SHORT_WORTH + (1.0 - SHORT_WORTH) * length / SHORT)
        yield passage, worth * (BOILERPLATE if is_boilerplate else 1.0)
