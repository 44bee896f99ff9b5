"""Agencies found by any spelling, and the work that documents give to one: by year, by province, inherited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import extract, func, select

from api.answers.agencies import AgencyEntry, Roster, list_agencies, read_agencies, roster_of
from api.answers.filters import among
from corpus.language.collation import collation_key
from corpus.language.normalise import fold
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.extracts import Place

UNLISTED = "unlisted"
"""The level of names that documents use and the register does not know."""


@dataclass(frozen=True, slots=True)
class AgencyWork:
    """Assignments given to an agency under any of its names, as issued.

    ``leads`` and ``coordinates``: how many of each year (planned for, else of issue; None where neither is known), an
    assignment in which it does both counted as led; ``provinces``: how many of each, the most first. ``inherited``: how
    many were given to others and are its own today; ``passed_on``: how many of its own are others' today.
    """

    leads: Mapping[int | None, int]
    coordinates: Mapping[int | None, int]
    provinces: Mapping[str | None, int]
    inherited: int
    passed_on: int


def find_agencies(archive: Archive, typed: str = "", level: str = "") -> list[AgencyEntry]:
    """Agencies of the register and names that it does not know, in Vietnamese order; what is meant by ``typed`` first.

    ``typed``: words of any name or spelling, or a short form ("Sở TN&MT"), whatever its case and marks. ``level``: only
    those of a level of the register, or :data:`UNLISTED`.
    """
    roster = roster_of(archive)
    everything, _ = list_agencies(archive)
    meant = roster.id_of(typed) if typed.strip() else None
    wanted = fold(typed).split()
    found = [entry for entry in everything if entry.id == meant is not None or _called(roster, entry, wanted)]
    found = [entry for entry in found if not level or (entry.level or UNLISTED) == level]
    return sorted(found, key=lambda entry: (meant is None or entry.id != meant, collation_key(entry.name)))


def _called(roster: Roster, entry: AgencyEntry, wanted: Sequence[str]) -> bool:
    agency = roster.register.get(entry.id) if entry.id else None
    names = (entry.name, *(agency.aliases if agency else ()), *roster.spellings.get(entry.id or "", ()))
    return any(all(word in folded for word in wanted) for folded in map(fold, names))


def agency_work(archive: Archive, agency_id: str) -> AgencyWork:
    """The work of an agency of the register; nothing for an id that no document means."""
    roster = roster_of(archive)
    leading, given = _given(archive, roster, agency_id)
    today = _today(archive, roster, agency_id)
    provinces = Counter(province for _, province in given.values())
    return AgencyWork(
        leads=_by_year(year for place, (year, _) in given.items() if place in leading),
        coordinates=_by_year(year for place, (year, _) in given.items() if place not in leading),
        provinces=dict(
            sorted(provinces.items(), key=lambda row: (row[0] is None, -row[1], collation_key(row[0] or "")))
        ),
        inherited=len(today - given.keys()) if today is not None else 0,
        passed_on=len(given.keys() - today) if today is not None else 0,
    )


def _by_year(years: Iterable[int | None]) -> dict[int | None, int]:
    return dict(sorted(Counter(years).items(), key=lambda row: (row[0] is None, row[0])))


def _given(
    archive: Archive, roster: Roster, agency_id: str
) -> tuple[set[Place], dict[Place, tuple[int | None, str | None]]]:
    """The assignments that an agency leads, and all in which it takes part with their year and province."""
    named, documents = schema.assignment_agencies.c, schema.documents
    year = func.coalesce(documents.c.year_from, extract("year", documents.c.issued_on))
    query = (
        select(named.document_id, named.ordinal, named.role, year, documents.c.province)
        .join(documents, documents.c.id == named.document_id)
        .where(named.name.in_(among(roster.written([agency_id]))), documents.c.rendition_of.is_(None))
    )
    leading: set[Place] = set()
    given: dict[Place, tuple[int | None, str | None]] = {}
    with archive.reading() as connection:
        for document, ordinal, role, at, province in connection.execute(query):
            given[document, ordinal] = at, province
            if role == schema.LEAD:
                leading.add((document, ordinal))
    return leading, given


def _today(archive: Archive, roster: Roster, agency_id: str) -> set[Place] | None:
    """The assignments that would be an agency's today; None for one that is no more."""
    if roster.register.today(agency_id) != (agency_id,):
        return None
    places = read_agencies(archive, [roster.name_of(agency_id)], as_of_today=True)[0].places().subquery()
    documents = schema.documents.c
    query = (
        select(*places.c).join(schema.documents, documents.id == places.c[0]).where(documents.rendition_of.is_(None))
    )
    with archive.reading() as connection:
        return {(document, ordinal) for document, ordinal in connection.execute(query)}
