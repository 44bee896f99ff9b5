"""Targets: what had to be reached, how much of it and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from api.answers.asking import asked
from api.answers.filters import Filters
from api.answers.matching import matching
from api.answers.rows import Page, page_of, passages_at
from corpus.encoder.contract import Encoder
from corpus.store import schema
from corpus.store.archive import Archive


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target with its document; field names are those of the public JSON.

    ``comparator``: >=, <=, <, >, = or range (``value`` to ``value_high``); ``key`` is the same for indicators that can
    be compared across documents and years. ``number`` and ``type`` to ``source`` are its document's. ``start`` and
    ``end``: its span in the document's text; ``passage``: where the passage that holds it starts. ``score``: 0 to 1,
    null without a question.
    """

    document: str
    number: str | None
    section: str
    page: int | None
    indicator: str
    comparator: str
    value: float
    value_high: float | None
    unit: str | None
    due_text: str | None
    due_start: date | None
    due_end: date | None
    key: str
    type: str | None
    title: str | None
    issuer: str | None
    province: str | None
    issued_on: date | None
    source: str
    ordinal: int
    start: int
    end: int
    passage: int | None
    score: float | None


def list_targets(
    archive: Archive,
    filters: Filters,
    *,
    query: str | None = None,
    encoder: Encoder | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[list[TargetRow], int]:
    """Targets that pass, and how many pass in all: the newest document's first, or a question's best first.

    ``query`` needs the archive's ``encoder``; QueryError when there is nothing to ask.
    """
    table = schema.targets
    question = None if query is None else asked(archive, query)
    with archive.reading() as connection:
        words = [table.c.indicator]
        found = matching(archive, connection, encoder, question, filters, table, words) if question else None
        page = page_of(connection, table, filters, found, limit=limit, offset=offset)
        return target_rows(connection, page), page.total


def target_rows(connection: Connection, page: Page) -> list[TargetRow]:
    """The targets of a page of records."""
    return [
        TargetRow(
            document=row.document_id,
            number=row.of_number,
            section=row.section,
            page=row.page,
            indicator=row.indicator,
            comparator=row.comparator,
            value=row.value,
            value_high=row.value_high,
            unit=row.unit,
            due_text=row.due_text,
            due_start=row.due_start,
            due_end=row.due_end,
            key=row.key,
            type=row.of_type,
            title=row.of_title,
            issuer=row.of_issuer,
            province=row.of_province,
            issued_on=row.of_issued_on,
            source=row.source,
            ordinal=row.ordinal,
            start=row.start,
            end=row.end,
            passage=passage,
            score=page.scores.get((row.document_id, row.ordinal)),
        )
        for row, passage in zip(page.rows, passages_at(connection, page.rows), strict=True)
    ]
