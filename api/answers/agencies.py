"""Agencies: which one a name means, which of today it became, and what the archive's documents give to it."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import Connection, func, select

from api.answers.filters import AgencyChoice, among, shown
from api.answers.memory import remembered
from corpus.errors import QueryError
from corpus.language.agencies import Agencies, Agency, Succession
from corpus.language.normalise import fold
from corpus.store import records, schema
from corpus.store.archive import Archive
from corpus.store.extracts import Place

_ANY = "–"
"""A task that shows no function: it goes to who has all the rest. (No task at all would go to everybody.)"""


@dataclass(frozen=True, slots=True)
class AgencyEntry:
    """An agency as the archive's documents know it; field names are those of the public JSON.

    ``id`` is null where the register does not know the name: it stands as written. ``leads`` and ``coordinates`` count
    the assignments given to it under any spelling, as issued.
    """

    id: str | None
    name: str
    level: str | None
    valid_from: date | None
    valid_to: date | None
    leads: int
    coordinates: int


@dataclass(frozen=True, slots=True)
class Step:
    """A succession as seen from one of its ends: the other agency, since when, which functions, and the source.

    No ``functions``: all the rest; ``province``: only there, null for everywhere.
    """

    id: str
    name: str
    since: date | None
    functions: tuple[str, ...]
    source: str
    province: str | None


@dataclass(frozen=True, slots=True)
class AgencyCard:
    """An agency of the register: its names and dates, whom it followed, who followed it, and what it is given.

    ``today``: the agencies that carry on its tasks; ``written``: the spellings that the archive's documents use.
    """

    id: str
    name: str
    level: str
    aliases: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    source: str
    predecessors: tuple[Step, ...]
    successors: tuple[Step, ...]
    today: tuple[str, ...]
    leads: int
    coordinates: int
    written: tuple[str, ...]


@dataclass(frozen=True)
class Roster:
    """The register of agencies, and which of them each name in the archive's documents means."""

    register: Agencies
    ids: Mapping[str, str | None]

    def id_of(self, name: str) -> str | None:
        """The id of the agency that a name means, None where the register does not know it."""
        if name in self.ids:
            return self.ids[name]
        agency = self.register.find(name)
        return agency.id if agency else None

    def today(self, name: str, task: str, province: str | None) -> tuple[str, ...]:
        """The names of the agencies that would be given a task today; a name that still stands comes back as it is.

        So does one that nobody knows. ``province``: where the task was given, as issued.
        """
        agency_id = self.id_of(name)
        later = () if agency_id is None else self.register.today(agency_id, task or _ANY, province)
        if agency_id is None or later == (agency_id,):
            return (name,)
        return tuple(map(self.name_of, later))

    def name_of(self, agency_id: str) -> str:
        """The name of an agency of the register."""
        agency = self.register.get(agency_id)
        return agency.name if agency else agency_id

    @cached_property
    def spellings(self) -> Mapping[str, frozenset[str]]:
        """The names in the documents that mean each agency."""
        found: dict[str, set[str]] = defaultdict(set)
        for name, agency_id in self.ids.items():
            if agency_id is not None:
                found[agency_id].add(name)
        return {agency_id: frozenset(names) for agency_id, names in found.items()}

    def written(self, agency_ids: Iterable[str]) -> frozenset[str]:
        """The names in the documents that mean any of some agencies."""
        return frozenset().union(*(self.spellings.get(agency_id, ()) for agency_id in agency_ids))


def roster_of(archive: Archive) -> Roster:
    """The roster of an archive, made again only when a document or the settings have changed."""
    settings = archive.settings
    changed = settings.path.stat().st_mtime if settings.path and settings.path.exists() else 0.0
    with archive.reading() as connection:
        generation = records.generation_of(connection)
        return remembered(archive, generation, "roster", changed, lambda: _made(connection, settings.agencies))


def _made(connection: Connection, register: Agencies) -> Roster:
    name = schema.assignment_agencies.c.name
    names = select(name).where(name.is_not(None)).distinct()  # a damaged database may have none
    issuers = select(schema.documents.c.issuer).where(schema.documents.c.issuer.is_not(None)).distinct()
    found = {name: register.find(name) for name in sorted({*connection.scalars(names), *connection.scalars(issuers)})}
    return Roster(register, {name: agency.id if agency else None for name, agency in found.items()})


def read_agencies(
    archive: Archive, typed: Sequence[str], *, lead: bool = False, as_of_today: bool = False
) -> tuple[AgencyChoice, ...]:
    """The choice that typed names make, any of them; none where nothing was typed.

    ``as_of_today``: an agency stands for today's, with what that one took over from others by the functions that each
    task's words show. A name that the register does not know is looked up as documents write it. QueryError when no
    document does.
    """
    names = [name for name in map(str.strip, typed) if name]
    if not names:
        return ()
    roster = roster_of(archive)
    whole: set[str] = set()
    own: set[str] = set()
    tasks: set[Place] = set()
    for name in names:
        agency = roster.register.find(name)
        if agency is None:
            written = _as_written(roster, name)
            whole |= written
            own |= written
            continue
        if not as_of_today:
            whole |= roster.written([agency.id])
            own |= roster.written([agency.id])
            continue
        present = set(roster.register.today(agency.id, _ANY))
        earlier = {each for later in present for each in roster.register.inherited_by(later)}
        split = {each for each in earlier if _splits(roster.register, each)}
        whole |= roster.written(earlier - split)
        own |= roster.written(present)
        with archive.reading() as connection:
            tasks |= _passed_on(connection, roster, split, present, lead=lead)
    return (AgencyChoice(frozenset(whole), frozenset(tasks), lead, frozenset(own)),)


def _as_written(roster: Roster, name: str) -> frozenset[str]:
    """The names in the documents that read like one that the register does not know; QueryError for none."""
    wanted, known = fold(name), {fold(each): each for each in roster.ids}
    if wanted in known:
        return frozenset(each for each in roster.ids if fold(each) == wanted)
    close = difflib.get_close_matches(wanted, known, 3, 0.6)
    near = list(dict.fromkeys((*roster.register.near(name), *(known[each] for each in close))))[:3]
    vi = f" Có phải: {'; '.join(near)}?" if near else " Xem tên các cơ quan: tienle assignments, /api/v1/agencies"
    en = f" Did you mean: {'; '.join(near)}?" if near else " See the agencies: tienle assignments, /api/v1/agencies"
    raise QueryError("agency-unknown", f"Không có cơ quan “{shown(name)}”.{vi}", f"No agency “{shown(name)}”.{en}")


def _splits(register: Agencies, agency_id: str) -> bool:
    """Whether an agency's tasks went different ways, by function or province, then or later."""
    steps = register.successors(agency_id)
    apart = len(steps) > 1 or any(step.functions or step.province for step in steps)
    return apart or any(_splits(register, step.successor) for step in steps)


def _passed_on(
    connection: Connection, roster: Roster, agencies: Iterable[str], present: set[str], *, lead: bool
) -> set[Place]:
    given, assignments = schema.assignment_agencies.c, schema.assignments.c
    query = (
        select(given.document_id, given.ordinal, given.name, assignments.task, schema.documents.c.province)
        .join(
            schema.assignments,
            (assignments.document_id == given.document_id) & (assignments.ordinal == given.ordinal),
        )
        .join(schema.documents, schema.documents.c.id == given.document_id)
    )
    query = query.where(given.name.in_(among(roster.written(agencies))))
    query = query.where(given.role == schema.LEAD) if lead else query
    return {
        (document, ordinal)
        for document, ordinal, name, task, province in connection.execute(query)
        if (given_to := roster.ids.get(name)) and present.intersection(roster.register.today(given_to, task, province))
    }


def list_agencies(
    archive: Archive, name: str = "", *, limit: int | None = None, offset: int = 0
) -> tuple[list[AgencyEntry], int]:
    """The agencies of the register and all that documents name besides, the busiest first; how many there are in all.

    ``name``: only those one of whose names holds these words, whatever their case and marks.
    """
    roster = roster_of(archive)
    entries = remembered(archive, archive.generation, "agencies", roster.register, lambda: _entries(archive, roster))
    if wanted := fold(name).split():
        entries = [entry for entry in entries if _holds(roster, entry, wanted)]
    return entries[offset : None if limit is None else offset + limit], len(entries)


def _entries(archive: Archive, roster: Roster) -> list[AgencyEntry]:
    leads, coordinates = _counts(archive, roster)
    entries = [_entry(agency, leads[agency.id], coordinates[agency.id]) for agency in roster.register.all()]
    unknown = {written for written, agency_id in roster.ids.items() if agency_id is None}
    entries += [
        AgencyEntry(None, written, None, None, None, leads[written], coordinates[written])
        for written in unknown
        if leads[written] or coordinates[written]
    ]
    return sorted(entries, key=lambda entry: (-entry.leads - entry.coordinates, entry.id is None, entry.name))


def _entry(agency: Agency, leads: int, coordinates: int) -> AgencyEntry:
    return AgencyEntry(agency.id, agency.name, agency.level, agency.valid_from, agency.valid_to, leads, coordinates)


def _holds(roster: Roster, entry: AgencyEntry, wanted: Sequence[str]) -> bool:
    agency = roster.register.get(entry.id) if entry.id else None
    names = [entry.name, *(agency.aliases if agency else ())]
    return any(all(word in folded for word in wanted) for folded in map(fold, names))


def _counts(archive: Archive, roster: Roster) -> tuple[Counter[str], Counter[str]]:
    """How many assignments each agency (by id, or by a name that nobody knows) leads, and in how many it takes part."""
    given, documents = schema.assignment_agencies, schema.documents
    query = (
        select(given.c.role, given.c.name, func.count())
        .join(documents, documents.c.id == given.c.document_id)
        .where(documents.c.rendition_of.is_(None))
        .group_by(given.c.role, given.c.name)
    )
    leads: Counter[str] = Counter()
    coordinates: Counter[str] = Counter()
    with archive.reading() as connection:
        for role, name, count in connection.execute(query):
            (leads if role == schema.LEAD else coordinates)[roster.ids.get(name) or name] += count
    return leads, coordinates


def show_agency(archive: Archive, reference: str) -> AgencyCard:
    """An agency by its id or any of its names; QueryError ``agency-not-listed`` when the register has none."""
    roster = roster_of(archive)
    register = roster.register
    agency = register.get(reference) or register.find(reference)
    if agency is None:
        near = register.near(reference)
        vi = f" Có phải: {'; '.join(near)}?" if near else ""
        en = f" Did you mean: {'; '.join(near)}?" if near else ""
        raise QueryError(
            "agency-not-listed",
            f"Danh mục không có cơ quan “{shown(reference)}”.{vi}",
            f"The register has no agency “{shown(reference)}”.{en}",
        )
    leads, coordinates = _counts(archive, roster)

    def step(other: str, succession: Succession) -> Step:
        told = (succession.since, succession.functions, succession.source, succession.province)
        return Step(other, roster.name_of(other), *told)

    return AgencyCard(
        id=agency.id,
        name=agency.name,
        level=agency.level,
        aliases=agency.aliases,
        valid_from=agency.valid_from,
        valid_to=agency.valid_to,
        source=agency.source,
        predecessors=tuple(step(each.predecessor, each) for each in register.predecessors(agency.id)),
        successors=tuple(step(each.successor, each) for each in register.successors(agency.id)),
        today=tuple(roster.name_of(later) for later in register.today(agency.id)),
        leads=leads[agency.id],
        coordinates=coordinates[agency.id],
        written=tuple(sorted(roster.spellings.get(agency.id, ()))),
    )
