"""A page of records with their documents, in the order of the documents or of a question."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, FromClause, Row, Select, Table, func, select

from api.answers.filters import Filters, among
from api.answers.sources import SOURCE
from corpus.store import schema
from corpus.store.extracts import Place, at_places, listed

_FACTS = ("number", "type", "title", "issuer", "province", "issued_on")


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a table with facts of their documents (``of_number`` …), the scores of a question, how many in all."""

    rows: Sequence[Row[Any]]
    scores: Mapping[Place, float]
    total: int

    @property
    def places(self) -> list[Place]:
        """Where each row is."""
        return [(row.document_id, row.ordinal) for row in self.rows]


def page_of(
    connection: Connection,
    table: Table,
    filters: Filters,
    found: Sequence[tuple[Place, float]] | None,
    *,
    limit: int | None,
    offset: int,
) -> Page:
    """The records ``found`` in their order; where it is None, all that pass, the newest document's first."""
    if found is not None:
        wanted = dict(found[offset:] if limit is None else found[offset : offset + limit])
        return Page(rows_at(connection, table, list(wanted)), wanted, len(found))
    passing = filters.of_records(table)
    joined = select(func.count()).select_from(table).join(schema.documents)
    total = connection.execute(joined.where(passing)).scalar_one()
    rows = in_order(_with_documents(table).where(passing), table).limit(limit).offset(offset)
    return Page(connection.execute(rows).all(), {}, total)


def rows_at(connection: Connection, table: Table, places: Sequence[Place]) -> list[Row[Any]]:
    """The records at some places, with their documents, in that order."""
    found = connection.execute(_with_documents(table, at_places(listed(places), table)))
    rows = {(row.document_id, row.ordinal): row for row in found}
    return [rows[place] for place in places if place in rows]


def in_order(query: Select[Any], table: Table) -> Select[Any]:
    """The newest document's records first, those of one document as they stand in it."""
    newest = schema.documents.c.issued_on.desc().nulls_last()
    return query.order_by(newest, table.c.document_id, table.c.ordinal)


def _with_documents(table: Table, records: FromClause | None = None) -> Select[Any]:
    documents = schema.documents
    of_document = [documents.c[name].label(f"of_{name}") for name in _FACTS]
    joined = (table if records is None else records).join(documents, documents.c.id == table.c.document_id)
    return select(table, *of_document, SOURCE).select_from(joined)


def passages_at(connection: Connection, rows: Sequence[Row[Any]]) -> list[int | None]:
    """Where the passage starts that holds each record, in their order.

    A list of starts for each document: asking the database row by row took 4 s for a plan of 9,000 tasks.
    """
    passages = schema.passages.c
    listed = select(passages.document_id, func.json_group_array(passages.start)).group_by(passages.document_id)
    listed = listed.where(passages.document_id.in_(among({row.document_id for row in rows})))
    starts = {document: sorted(json.loads(held)) for document, held in connection.execute(listed)}
    found = [(held := starts.get(row.document_id, []), bisect_right(held, row.start)) for row in rows]
    return [held[after - 1] if after else None for held, after in found]
