"""Which documents an answer may come from, and which of their records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, extract, func, literal, or_, select, tuple_, union_all

from corpus.errors import QueryError
from corpus.language.normalise import fold
from corpus.language.places import Places
from corpus.model import Quality
from corpus.store import given, schema
from corpus.store.extracts import Place, at_places, listed

QUALITY_NAMES = {
    Quality.NATIVE: "bản gốc",
    Quality.CONVERTED: "chuyển mã",
    Quality.RECOGNISED: "nhận dạng",
    Quality.MIXED: "hỗn hợp",
}
"""How a document's text came to us, as Vietnamese readers call it."""

FIRST_YEAR, LAST_YEAR = 1945, 2100
_SHOWN = 80  # characters of what was typed in a message
_YEARS = re.compile(r"\s*(\d{1,4})?\s*(\.\.|-|–)?\s*(\d{1,4})?\s*")


@dataclass(frozen=True, slots=True)
class AgencyChoice:
    """An agency to filter by, in the words of the archive's documents.

    ``names``: every spelling that means it, whatever the task; ``tasks``: assignments of agencies that passed on only
    some of their functions to it, and these among them. ``lead``: only what it leads counts. ``own``: the spellings
    that mean the agency itself; with the others it has what it inherited.
    """

    names: frozenset[str]
    tasks: frozenset[Place] = frozenset()
    lead: bool = False
    own: frozenset[str] = frozenset()

    def places(self) -> Select[Any]:
        """Document and ordinal of the assignments that are given to it."""
        given = schema.assignment_agencies.c
        named = select(given.document_id, given.ordinal).where(given.name.in_(among(self.names)))
        named = named.where(given.role == schema.LEAD) if self.lead else named
        if not self.tasks:
            return named
        both = union_all(named, listed(sorted(self.tasks))).subquery()
        return select(*both.c)


@dataclass(frozen=True, slots=True)
class Filters:
    """Years (inclusive), provinces by their canonical names as issued, document types as written in documents.

    ``qualities``: how the text came to us. Of a document's renditions only the best passes. ``documents``: ids, all
    where None. ``agencies``: whom the tasks are given to, each of them. ``due_from`` and ``due_to``: days that the
    deadline has to touch; one that names only its last or first day is that day. ``has_deadline``: it names a day.
    ``also``: further filters that have to pass too.
    """

    year_from: int | None = None
    year_to: int | None = None
    provinces: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    qualities: tuple[Quality, ...] = ()
    documents: tuple[str, ...] | None = None
    agencies: tuple[AgencyChoice, ...] = ()
    due_from: date | None = None
    due_to: date | None = None
    has_deadline: bool = False
    also: tuple[Filters, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether every document passes."""
        return self == Filters()

    @property
    def _asks_deadline(self) -> bool:
        return self.has_deadline or self.due_from is not None or self.due_to is not None

    def where(self) -> ColumnElement[bool]:
        """The condition on :data:`corpus.store.schema.documents`.

        A document is of a year when it was issued in it or plans for it; it is an agency's when it was issued by it or
        gives it a task, and has a deadline when one of its tasks, to that agency where one is named, has it.
        """
        return and_(self._of_document(), *self._records_in_document(), *(further.where() for further in self.also))

    def of_records(self, table: Table) -> ColumnElement[bool]:
        """The condition on rows of ``assignments``, ``targets`` or ``citations`` joined with their documents.

        A target is an agency's when it stands in a task given to it, or in a document that it issued. Citations have
        neither agency nor deadline: of theirs, the document decides.
        """
        if table is schema.citations:
            return self.where()
        further = [each.of_records(table) for each in self.also]
        if table is schema.assignments:
            of_agencies = [self._given(table, choice) for choice in self.agencies]
        else:
            of_agencies = [or_(self._holding_task(table, choice), self._issued_by(choice)) for choice in self.agencies]
        return and_(self._of_document(), *of_agencies, *self._due(table), *further)

    def _of_document(self) -> ColumnElement[bool]:
        documents = schema.documents.c
        conditions: list[ColumnElement[bool]] = [documents.rendition_of.is_(None)]
        if self.year_from is not None or self.year_to is not None:
            first, last = self.year_from or FIRST_YEAR, self.year_to or LAST_YEAR
            issued = extract("year", documents.issued_on).between(first, last)
            planned = and_(documents.year_from <= last, documents.year_to >= first)
            conditions.append(or_(issued, planned))
        if self.provinces:
            conditions.append(documents.province.in_(self.provinces))
        if self.types:
            conditions.append(documents.type.in_(self.types))
        if self.qualities:
            conditions.append(documents.quality.in_([quality.value for quality in self.qualities]))
        if self.documents is not None:
            conditions.append(documents.id.in_(among(self.documents)))
        return and_(*conditions)

    def _records_in_document(self) -> list[ColumnElement[bool]]:
        documents, assignments = schema.documents.c, schema.assignments
        if self._asks_deadline:
            given = [self._given(assignments, choice) for choice in self.agencies]
            holding = select(assignments.c.document_id).where(*given, *self._due(assignments))
            return [documents.id.in_(holding)]
        return [
            or_(documents.id.in_(select(choice.places().subquery().c[0])), self._issued_by(choice))
            for choice in self.agencies
        ]

    @staticmethod
    def _given(table: Table, choice: AgencyChoice) -> ColumnElement[bool]:
        return tuple_(table.c.document_id, table.c.ordinal).in_(choice.places())

    @staticmethod
    def _holding_task(table: Table, choice: AgencyChoice) -> ColumnElement[bool]:
        # From its tasks to what stands in them: asked of every record in turn, a million passages took minutes.
        tasks, held = schema.assignments, table.alias()
        inside = and_(held.c.document_id == tasks.c.document_id, held.c.start.between(tasks.c.start, tasks.c.end - 1))
        given = at_places(choice.places(), tasks)
        standing = select(held.c.document_id, held.c.ordinal).select_from(given.join(held, inside))
        return tuple_(table.c.document_id, table.c.ordinal).in_(standing)

    @staticmethod
    def _issued_by(choice: AgencyChoice) -> ColumnElement[bool]:
        return schema.documents.c.issuer.in_(among(choice.names | choice.own))

    def _due(self, table: Table) -> list[ColumnElement[bool]]:
        first = func.coalesce(table.c.due_start, table.c.due_end)
        last = func.coalesce(table.c.due_end, table.c.due_start)
        conditions: list[ColumnElement[bool]] = [last.is_not(None)] if self.has_deadline else []
        if self.due_from is not None:
            conditions.append(last >= literal(self.due_from))
        if self.due_to is not None:
            conditions.append(first <= literal(self.due_to))
        return conditions


def among(values: Iterable[str] | Iterable[int]) -> Select[Any]:
    """A list of any length as a query, for ``in_``."""
    return given.values(json.dumps(sorted(values), ensure_ascii=False))


def shown(typed: str) -> str:
    """What a person typed as a message repeats it: no longer than a line."""
    return typed if len(typed) <= _SHOWN else f"{typed[: _SHOWN - 1]}…"


def read_filters(
    places: Places,
    known_types: Sequence[str],
    *,
    year: str | None = None,
    provinces: Sequence[str] = (),
    types: Sequence[str] = (),
    qualities: Sequence[str] = (),
    as_of_today: bool = False,
) -> Filters:
    """Filters from what a person typed; QueryError for a year, province, type or quality that cannot be.

    ``year``: "2018", "2017..2020", "2017..", "..2020". ``as_of_today``: a province of today stands for all that were
    merged into it. ``known_types``: the types that the archive holds. ``qualities``: values of
    :class:`corpus.model.Quality` or their names in Vietnamese.
    """
    first, last = _read_years(year) if year and year.strip() else (None, None)
    names: dict[str, None] = {}
    for typed in filter(str.strip, provinces):
        names |= dict.fromkeys(_province(places, typed, as_of_today=as_of_today))
    chosen = tuple(_type(known_types, typed) for typed in filter(str.strip, types))
    return Filters(first, last, tuple(names), chosen, tuple(_quality(typed) for typed in filter(str.strip, qualities)))


def _read_years(year: str) -> tuple[int | None, int | None]:
    match = _YEARS.fullmatch(year)
    first = last = None
    if match and (match[1] or match[3]):
        first = int(match[1]) if match[1] else None
        last = int(match[3]) if match[3] else (None if match[2] else first)
    given = [value for value in (first, last) if value is not None]
    if not given or any(not FIRST_YEAR <= value <= LAST_YEAR for value in given) or given != sorted(given):
        raise QueryError(
            "year-unknown",
            f"Không hiểu năm “{shown(year)}”. Viết một năm từ {FIRST_YEAR} đến {LAST_YEAR} như 2018, "
            "hay khoảng năm như 2017..2020.",
            f"The year “{shown(year)}” is not understood. Write a year from {FIRST_YEAR} to {LAST_YEAR} such as 2018, "
            "or a range such as 2017..2020.",
        )
    return first, last


def _province(places: Places, typed: str, *, as_of_today: bool) -> tuple[str, ...]:
    province = places.find(typed)
    if province is None:
        near = places.near(typed)
        vi = f" Có phải: {', '.join(near)}?" if near else " Xem tên các tỉnh bằng: tienle documents"
        en = f" Did you mean: {', '.join(near)}?" if near else " See the provinces with: tienle documents"
        raise QueryError(
            "province-unknown", f"Không có tỉnh, thành phố “{shown(typed)}”.{vi}", f"No province “{shown(typed)}”.{en}"
        )
    return places.predecessors(places.today(province.name)) if as_of_today else (province.name,)


def _type(known: Sequence[str], typed: str) -> str:
    for name in known:
        if fold(name) == fold(typed.strip()):
            return name
    choices = ", ".join(sorted(known)) or "–"
    raise QueryError(
        "type-unknown",
        f"Kho không có loại văn bản “{shown(typed)}”. Các loại có trong kho: {choices}.",
        f"The archive has no document type “{shown(typed)}”. It has: {choices}.",
    )


def _quality(typed: str) -> Quality:
    for quality, name in QUALITY_NAMES.items():
        if fold(typed.strip()) in {quality.value, fold(name)}:
            return quality
    vi = ", ".join(f"{quality.value} ({name})" for quality, name in QUALITY_NAMES.items())
    raise QueryError(
        "quality-unknown",
        f"Không có chất lượng chữ “{shown(typed)}”. Chọn: {vi}.",
        f"No text quality “{shown(typed)}”. Choose: {', '.join(QUALITY_NAMES)}.",
    )
