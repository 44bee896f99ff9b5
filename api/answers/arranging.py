"""Assignments in an order, in groups, of one role or state of deadline; and how many of them each year has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, extract, func, literal, select, tuple_

from api.answers.agencies import Roster, roster_of
from api.answers.asking import asked
from api.answers.assignments import AssignmentRow, assignment_rows
from api.answers.filters import AgencyChoice, Filters
from api.answers.matching import matching
from api.answers.memory import remembered
from api.answers.rows import Page, in_order, rows_at
from corpus.encoder.contract import Encoder
from corpus.language.collation import CollationKey, collation_key
from corpus.store import records, schema
from corpus.store.archive import Archive
from corpus.store.extracts import Place

Sort = Literal["due", "-due", "year", "-year", "agency", "-agency"]
Grouping = Literal["agency", "year"]
State = Literal["overdue", "soon", "dated", "undated"]

SOON = timedelta(days=30)
"""How near the last day of a deadline is that is soon due."""

_KEPT = 4  # arrangements that are remembered: a reader pages through one, exports it, and tries another


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How assignments are put; ``sort`` with a minus from the last to the first, None: as they are found.

    ``group``: together by the agency that leads or the year planned for. ``state`` of the deadline on the day ``on``:
    "overdue" ended before it, "soon" ends within :data:`SOON`; "dated" names a day, "undated" none. ``unled``: an
    agency that does not lead them. ``as_of_today``: groups and order by who would lead today.
    """

    sort: Sort | None = None
    group: Grouping | None = None
    state: State | None = None
    on: date | None = None
    unled: AgencyChoice | None = None
    as_of_today: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Assignments of one agency or year, None where that is not known: how many, and the place of the first in all."""

    name: str | None
    count: int
    first: int


@dataclass(frozen=True, slots=True)
class Arranged:
    """A page of arranged assignments, how many there are in all, their groups in order, and how many a year has."""

    rows: tuple[AssignmentRow, ...]
    total: int
    groups: tuple[Group, ...]
    years: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _Order:
    """Every assignment that passes, in its order."""

    places: tuple[Place, ...]
    scores: Mapping[Place, float]
    groups: tuple[Group, ...]
    years: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _Key:
    """What an assignment is put in order by; ``agency``: the first that leads it."""

    place: Place
    year: int | None
    due: date | None
    agency: str | None


def arranged(
    archive: Archive,
    filters: Filters,
    arrangement: Arrangement,
    *,
    query: str | None = None,
    encoder: Encoder | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Arranged:
    """Assignments that pass, put as ``arrangement`` says: else a question's best first, or the newest document's.

    ``query`` needs the archive's ``encoder``; QueryError when there is nothing to ask, ValueError for a state that
    needs a day and has none.
    """
    if arrangement.state in ("overdue", "soon") and arrangement.on is None:
        raise ValueError(f"what is {arrangement.state} depends on the day")
    question = None if query is None else asked(archive, query)
    roster = roster_of(archive)
    table = schema.assignments
    with archive.reading() as connection:

        def make() -> _Order:
            words = [table.c.task, table.c.product]
            found = matching(archive, connection, encoder, question, filters, table, words) if question else None
            return _ordered(connection, roster, filters, arrangement, found)

        state = (filters, arrangement, query)
        order = remembered(archive, records.generation_of(connection), "arranged", state, make, _KEPT)
        wanted = order.places[offset : None if limit is None else offset + limit]
        page = Page(rows_at(connection, table, wanted), order.scores, len(order.places))
        rows = assignment_rows(connection, roster, filters, page)
    return Arranged(tuple(rows), len(order.places), order.groups, order.years)


def _ordered(
    connection: Connection,
    roster: Roster,
    filters: Filters,
    arrangement: Arrangement,
    found: Sequence[tuple[Place, float]] | None,
) -> _Order:
    keys = _keys(connection, roster, filters, arrangement)
    if found is not None:
        by_place = {key.place: key for key in keys}
        keys = [by_place[place] for place, _ in found if place in by_place]
    if arrangement.sort is not None:
        keys = _sorted(keys, arrangement.sort)
    groups: tuple[Group, ...] = ()
    if arrangement.group is not None:
        keys, groups = _grouped(keys, arrangement.group)
    years = Counter(key.year for key in keys if key.year is not None)
    return _Order(tuple(key.place for key in keys), dict(found or ()), groups, dict(sorted(years.items())))


def _keys(connection: Connection, roster: Roster, filters: Filters, arrangement: Arrangement) -> list[_Key]:
    table, documents = schema.assignments, schema.documents
    due = func.coalesce(table.c.due_end, table.c.due_start)
    year = func.coalesce(documents.c.year_from, extract("year", documents.c.issued_on))
    columns = [table.c.document_id, table.c.ordinal, due.label("due"), year.label("year")]
    by_agency = arrangement.group == "agency" or arrangement.sort in ("agency", "-agency")
    if by_agency and arrangement.as_of_today:
        columns += [table.c.task, documents.c.province]
    passing = [filters.of_records(table), *_of_state(due, arrangement)]
    if arrangement.unled is not None:
        passing.append(tuple_(table.c.document_id, table.c.ordinal).not_in(arrangement.unled.places()))
    query = select(*columns).select_from(table).join(documents, documents.c.id == table.c.document_id)
    rows = connection.execute(in_order(query.where(*passing), table)).all()
    leads = _first_leads(connection) if by_agency else {}
    name = _name_today(roster, leads) if arrangement.as_of_today else _name_as_issued(roster, leads)
    return [
        _Key((row.document_id, row.ordinal), row.year, _day(row.due), name(row) if by_agency else None) for row in rows
    ]


def _of_state(due: ColumnElement[Any], arrangement: Arrangement) -> list[ColumnElement[bool]]:
    on = arrangement.on
    if arrangement.state == "overdue" and on:
        return [due < literal(on)]
    if arrangement.state == "soon" and on:
        return [due >= literal(on), due <= literal(on + SOON)]
    if arrangement.state is not None:
        return [due.is_not(None) if arrangement.state == "dated" else due.is_(None)]
    return []


def _day(value: date | str | None) -> date | None:
    # SQLite gives what coalesce makes as it is stored.
    return date.fromisoformat(value) if isinstance(value, str) else value


def _first_leads(connection: Connection) -> dict[Place, str]:
    given = schema.assignment_agencies.c
    query = select(given.document_id, given.ordinal, given.name).where(given.role == schema.LEAD)
    leads: dict[Place, str] = {}
    for document, ordinal, name in connection.execute(query.order_by(given.position)):
        leads.setdefault((document, ordinal), name)
    return leads


def _name_as_issued(roster: Roster, leads: Mapping[Place, str]) -> Callable[[Row[Any]], str | None]:
    def name(row: Row[Any]) -> str | None:
        written = leads.get((row.document_id, row.ordinal))
        agency = roster.id_of(written) if written else None
        return roster.name_of(agency) if agency else written

    return name


def _name_today(roster: Roster, leads: Mapping[Place, str]) -> Callable[[Row[Any]], str | None]:
    def name(row: Row[Any]) -> str | None:
        written = leads.get((row.document_id, row.ordinal))
        if written is None:
            return None
        agency = next(iter(roster.today(written, row.task, row.province)), written)
        known = roster.id_of(agency)
        return roster.name_of(known) if known else agency

    return name


def _sorted(keys: Sequence[_Key], sort: Sort) -> list[_Key]:
    """In the order wanted; what has no such value comes last both ways."""
    field = sort.removeprefix("-")
    known = [key for key in keys if getattr(key, field) is not None]
    unknown = [key for key in keys if getattr(key, field) is None]
    return sorted(known, key=lambda key: _value(key, field), reverse=sort.startswith("-")) + unknown


def _value(key: _Key, field: str) -> CollationKey | date | int:
    value: CollationKey | date | int = collation_key(key.agency or "") if field == "agency" else getattr(key, field)
    return value


def _grouped(keys: Sequence[_Key], group: Grouping) -> tuple[list[_Key], tuple[Group, ...]]:
    """Groups by name, years from the latest; the order within each is kept."""
    members: dict[Any, list[_Key]] = defaultdict(list)
    for key in keys:
        members[getattr(key, group)].append(key)
    names = [name for name in members if name is not None]
    names.sort(key=collation_key if group == "agency" else lambda year: -year)
    if None in members:
        names.append(None)
    put: list[_Key] = []
    groups = []
    for name in names:
        groups.append(Group(None if name is None else str(name), len(members[name]), len(put)))
        put += members[name]
    return put, tuple(groups)
