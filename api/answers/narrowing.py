"""Filters by agency, deadline and document, from what a person typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from api.answers.agencies import read_agencies
from api.answers.documents import find_documents, known_types
from api.answers.filters import Filters, read_filters, shown
from api.answers.relations import plans_issued
from api.answers.syntax import FIELDS
from corpus.errors import QueryError
from corpus.language.deadlines import read_deadline
from corpus.store.archive import Archive


def narrowed(
    archive: Archive,
    filters: Filters,
    *,
    agencies: Sequence[str] = (),
    leads: Sequence[str] = (),
    documents: Sequence[str] = (),
    due_from: str | None = None,
    due_to: str | None = None,
    has_deadline: bool = False,
    as_of_today: bool = False,
) -> Filters:
    """Filters that also look at agencies, deadlines and documents; QueryError for one that cannot be.

    ``agencies`` in either role, ``leads`` where they lead; of several any. One that names its province ("Sở Nội vụ tỉnh
    Khánh Hòa") is that province's, where ``filters`` name none. ``as_of_today``: with what they took over.
    ``documents``: ids, numbers or file names; a decision stands for the plan that it issues too. ``due_from`` and
    ``due_to``: "2018-04-15", "15/4/2018", or a longer time ("4/2018", "2018", "Quý II/2018"), whose first and last day
    count.
    """
    first = read_days(due_from)[0] if due_from and due_from.strip() else None
    last = read_days(due_to)[1] if due_to and due_to.strip() else None
    if first and last and first > last:
        raise _day_unknown(f"{due_from} .. {due_to}")
    return replace(
        filters,
        provinces=filters.provinces or _provinces_of(archive, [*agencies, *leads], as_of_today=as_of_today),
        documents=_documents(archive, documents),
        agencies=(
            *read_agencies(archive, agencies, as_of_today=as_of_today),
            *read_agencies(archive, leads, lead=True, as_of_today=as_of_today),
        ),
        due_from=first,
        due_to=last,
        has_deadline=has_deadline,
    )


def _provinces_of(archive: Archive, agencies: Sequence[str], *, as_of_today: bool) -> tuple[str, ...]:
    places = archive.places
    named = [province.name for typed in agencies for province, _, _ in places.in_text(typed)[-1:]]
    if as_of_today:
        named = [earlier for name in named for earlier in places.predecessors(places.today(name))]
    return tuple(dict.fromkeys(named))


def as_typed(archive: Archive, filters: Filters, fields: Sequence[tuple[str, str]]) -> Filters:
    """Filters with those that a question's own fields name ("tỉnh:…", "năm:…"); QueryError for one that cannot be."""
    if not fields:
        return filters
    of = {kind: [value for name, value in fields if name == kind] for kind in dict.fromkeys(FIELDS.values())}
    own = read_filters(
        archive.places,
        known_types(archive),
        provinces=of["province"],
        types=of["type"],
        qualities=of["quality"],
    )
    own = replace(own, also=tuple(read_filters(archive.places, (), year=year) for year in of["year"]))
    typed = narrowed(archive, own, agencies=of["agency"], leads=of["lead"], documents=of["document"])
    return typed if filters.empty else replace(filters, also=(*filters.also, typed))


def _documents(archive: Archive, typed: Sequence[str]) -> tuple[str, ...] | None:
    references = [reference for reference in map(str.strip, typed) if reference]
    if not references:
        return None
    with archive.reading() as connection:
        found = [document for reference in references for document in find_documents(connection, reference)]
        return tuple(dict.fromkeys((*found, *plans_issued(connection, found))))


def read_days(typed: str) -> tuple[date, date]:
    """The first and last day of what a person typed ("15/4/2018", "Quý II/2018"); QueryError for none."""
    for text in (typed.strip(), f"tháng {typed.strip()}"):
        deadline = read_deadline(text)
        if deadline and (day := deadline.first or deadline.last):
            return day, deadline.last or day
    raise _day_unknown(typed)


def _day_unknown(typed: str) -> QueryError:
    return QueryError(
        "day-unknown",
        f"Không hiểu ngày “{shown(typed)}”. Viết như 15/4/2018, 2018-04-15, 4/2018, 2018 hay Quý II/2018; "
        "ngày đầu không sau ngày cuối.",
        f"The day “{shown(typed)}” is not understood. Write it as 2018-04-15, 15/4/2018, 4/2018, 2018 or Quý II/2018; "
        "the first day not after the last.",
    )
