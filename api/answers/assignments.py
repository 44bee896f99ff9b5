"""Assignments: who was told to do what, with whom, by when, and who that is today."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from api.answers.agencies import Roster, roster_of
from api.answers.asking import asked
from api.answers.filters import AgencyChoice, Filters
from api.answers.matching import matching
from api.answers.rows import Page, page_of, passages_at
from corpus.encoder.contract import Encoder
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.extracts import Named, agencies_of


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """An assignment with its document; field names are those of the public JSON.

    ``number`` and ``type`` to ``source`` are its document's. ``lead_today``: the agencies that would lead it today, as
    the register names them; ``inherited``: whether the agency that was asked for has it only from a predecessor;
    ``unresolved``: names that the register does not know. ``start`` and ``end``: its span in the document's text;
    ``passage``: where the passage that holds it starts. ``score``: 0 to 1, null without a question.
    """

    document: str
    number: str | None
    section: str
    page: int | None
    task: str
    lead: tuple[str, ...]
    coordinating: tuple[str, ...]
    product: str | None
    due_text: str | None
    due_start: date | None
    due_end: date | None
    funding: str | None
    lead_today: tuple[str, ...]
    inherited: bool
    unresolved: tuple[str, ...]
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


def list_assignments(
    archive: Archive,
    filters: Filters,
    *,
    query: str | None = None,
    encoder: Encoder | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[list[AssignmentRow], int]:
    """Assignments that pass, and how many pass in all: the newest document's first, or a question's best first.

    ``query`` needs the archive's ``encoder``; QueryError when there is nothing to ask.
    """
    roster = roster_of(archive)
    table = schema.assignments
    question = None if query is None else asked(archive, query)
    with archive.reading() as connection:
        words = [table.c.task, table.c.product]
        found = matching(archive, connection, encoder, question, filters, table, words) if question else None
        page = page_of(connection, table, filters, found, limit=limit, offset=offset)
        return assignment_rows(connection, roster, filters, page), page.total


def assignment_rows(connection: Connection, roster: Roster, filters: Filters, page: Page) -> list[AssignmentRow]:
    """The assignments of a page of records, with who they are given to; ``filters``: what made it."""
    named = agencies_of(connection, page.places)
    passages = passages_at(connection, page.rows)
    listed = []
    for place, row, passage in zip(page.places, page.rows, passages, strict=True):
        names = named[place]
        everyone = (*names.lead, *names.coordinating)
        today = (later for name in names.lead for later in roster.today(name, row.task, row.of_province))
        listed.append(
            AssignmentRow(
                document=row.document_id,
                number=row.of_number,
                section=row.section,
                page=row.page,
                task=row.task,
                lead=names.lead,
                coordinating=names.coordinating,
                product=row.product,
                due_text=row.due_text,
                due_start=row.due_start,
                due_end=row.due_end,
                funding=row.funding,
                lead_today=tuple(dict.fromkeys(today)),
                inherited=_inherited(filters.agencies, names),
                unresolved=tuple(dict.fromkeys(name for name in everyone if roster.id_of(name) is None)),
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
                score=page.scores.get(place),
            )
        )
    return listed


def _inherited(choices: Collection[AgencyChoice], names: Named) -> bool:
    """Whether an agency that was asked for is not itself among those named."""
    return any(
        choice.own.isdisjoint(names.lead if choice.lead else (*names.lead, *names.coordinating)) for choice in choices
    )
