"""Goals that come back: which indicators several years have, their series, and the list of goals of one indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, extract, func, select

from api.answers.asking import asked
from api.answers.filters import Filters, among
from api.answers.matching import matching
from api.answers.memory import remembered
from api.answers.rows import Page, in_order, rows_at
from api.answers.targets import TargetRow, target_rows
from api.answers.timeline import ANSWERS, GoalSeries, series_of
from corpus.encoder.contract import Encoder
from corpus.language.indicators import indicators
from corpus.store import records, schema
from corpus.store.archive import Archive
from corpus.store.extracts import Place

MOST_GOALS = 2_000
"""Goals of the indicators that are looked at together: the newest documents' first."""

_KEPT = 4  # questions whose goals are remembered


@dataclass(frozen=True, slots=True)
class Recurring:
    """An indicator with goals in several years: how many years, how many goals; ``name`` where the register has it."""

    key: str
    name: str
    years: int
    goals: int


@dataclass(frozen=True, slots=True)
class _Known:
    """Where a question's goals are, None where nothing is asked, and which indicators come back."""

    found: list[tuple[Place, float]] | None
    recurring: tuple[Recurring, ...]


@dataclass(frozen=True, slots=True)
class Goals:
    """A page of goals, how many there are in all, and the indicators that come back, those of the most years first."""

    rows: tuple[TargetRow, ...]
    total: int
    recurring: tuple[Recurring, ...]


def goals(
    archive: Archive,
    filters: Filters,
    *,
    indicator: str | None = None,
    query: str | None = None,
    encoder: Encoder | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Goals:
    """Goals that pass, of one ``indicator`` by its key where it is given: a question's best first, else the newest.

    ``query`` needs the archive's ``encoder``; QueryError when there is nothing to ask.
    """
    question = None if query is None else asked(archive, query)
    table = schema.targets
    with archive.reading() as connection:

        def make() -> _Known:
            if question is None:
                return _Known(None, _recurring(connection, filters, None))
            found = matching(archive, connection, encoder, question, filters, table, [table.c.indicator])
            about = [place for place, score in found if score >= ANSWERS]
            keys = list(dict.fromkeys(row.key for row in rows_at(connection, table, about)))
            return _Known(found, _recurring(connection, filters, keys))

        known = remembered(archive, records.generation_of(connection), "goals", (filters, query), make, _KEPT)
        wanted, total = _places(connection, filters, indicator, known.found, limit, offset)
        rows = target_rows(connection, Page(rows_at(connection, table, wanted), dict(known.found or ()), total))
    return Goals(tuple(rows), total, known.recurring)


def series_of_indicators(archive: Archive, filters: Filters, keys: Sequence[str]) -> tuple[GoalSeries, ...]:
    """The series of some indicators, by their keys, in goals that pass; of very many goals the newest."""
    table = schema.targets
    query = select(table.c.document_id, table.c.ordinal).join(schema.documents)
    with archive.reading() as connection:
        query = query.where(filters.of_records(table), table.c.key.in_(among(keys)))
        places = [(row[0], row[1]) for row in connection.execute(in_order(query, table).limit(MOST_GOALS))]
        rows = target_rows(connection, Page(rows_at(connection, table, places), {}, len(places)))
    return series_of(archive, rows)


def _places(
    connection: Connection,
    filters: Filters,
    indicator: str | None,
    found: Sequence[tuple[Place, float]] | None,
    limit: int | None,
    offset: int,
) -> tuple[list[Place], int]:
    """Where the goals of a page are, in order, and how many there are in all."""
    table = schema.targets
    passing = (
        [filters.of_records(table)] if indicator is None else [filters.of_records(table), table.c.key == indicator]
    )
    query = select(table.c.document_id, table.c.ordinal).join(schema.documents).where(*passing)
    if found is None:
        total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
        rows = connection.execute(in_order(query, table).limit(limit).offset(offset))
        return [(row[0], row[1]) for row in rows], total
    places = [place for place, _ in found]
    if indicator is not None:
        kept = {(row[0], row[1]) for row in connection.execute(query)}
        places = [place for place in places if place in kept]
    return places[offset : None if limit is None else offset + limit], len(places)


def _recurring(connection: Connection, filters: Filters, keys: Sequence[str] | None) -> tuple[Recurring, ...]:
    table, documents = schema.targets.c, schema.documents.c
    due = extract("year", func.coalesce(table.due_end, table.due_start))
    year = func.coalesce(due, documents.year_from, extract("year", documents.issued_on))
    years, count = func.count(year.distinct()), func.count()
    query = select(table.key, years, count, func.max(table.indicator)).join(schema.documents)
    query = query.where(filters.of_records(schema.targets))
    if keys is not None:
        query = query.where(table.key.in_(among(keys)))
    query = query.group_by(table.key).having(years > 1).order_by(years.desc(), count.desc(), table.key)
    names = {each.key: each.name for each in indicators()}
    return tuple(
        Recurring(key, names.get(key, worded), several, many)
        for key, several, many, worded in connection.execute(query)
    )
