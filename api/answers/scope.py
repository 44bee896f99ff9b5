"""The documents and passages that filters leave, remembered while the archive does not change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, func, select

from api.answers.filters import Filters
from api.answers.memory import remembered
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.records import generation_of

_REMEMBERED = 32  # choices of filters: people page through one, and change one thing at a time


@dataclass(frozen=True, slots=True)
class Scope:
    """What an answer may come from: ids of documents and, ascending, of their passages."""

    documents: tuple[str, ...]
    passages: NDArray[np.int64]


def scope_of(archive: Archive, connection: Connection, filters: Filters) -> Scope | None:
    """The scope of filters, None where everything passes."""
    if filters.empty:
        return None
    generation = generation_of(connection)
    return remembered(
        archive, generation, "scope", filters, lambda: passages_where(connection, filters.where()), _REMEMBERED
    )


def passages_where(connection: Connection, condition: ColumnElement[bool]) -> Scope:
    """The documents that fulfil a condition, and their passages.

    Passages of a document are numbered without gaps, since one transaction stores them: their first and last number
    say all, and a filter that leaves half of a large archive need not read half a million rows.
    """
    documents, passages = schema.documents.c, schema.passages
    first, last = passages.alias().c, passages.alias().c
    lowest = select(first.id).where(first.document_id == documents.id, first.ordinal == 0).scalar_subquery()
    ordinals = select(func.max(last.ordinal)).where(last.document_id == documents.id).scalar_subquery()
    rows = connection.execute(select(documents.id, lowest, ordinals).where(condition)).all()
    runs = sorted((start, start + most + 1) for _, start, most in rows if start is not None)
    if not runs:
        return Scope(tuple(row[0] for row in rows), np.zeros(0, np.int64))
    return Scope(tuple(row[0] for row in rows), np.concatenate([np.arange(*run, dtype=np.int64) for run in runs]))
