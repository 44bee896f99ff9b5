"""Pages of agencies: the register, an agency through time, provinces before and after the mergers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from api.answers.agencies import AgencyEntry, roster_of, show_agency
from api.answers.agency_work import UNLISTED, agency_work, find_agencies
from api.answers.holdings import holdings
from api.web.addresses import Addressed, address
from api.web.asking import LAST_PAGE, Shared, pages_of
from api.web.charts import Bar, BarChart, bars
from api.web.lineage import lineage
from api.web.numbers import shown_number
from api.web.render import page, page_language
from corpus.language.collation import collation_key
from corpus.language.places import Places

LISTED_A_PAGE = 120
ORDER = ("province", "district", "commune", "central", "group", UNLISTED)
"""Levels as the register shows them: those whose agencies have most of the tasks first."""

SPELLINGS_SHOWN = 12

BEFORE = date(2025, 6, 30)
"""The last day of the 63 provinces (Resolution 202/2025/QH15)."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class AgenciesForm(Addressed):
    """What is looked for in the register; ``page`` counts from 1."""

    q: str = ""
    level: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Level:
    """Agencies of one level on a page of the register."""

    name: str
    entries: list[AgencyEntry]


@dataclass(frozen=True, slots=True)
class Unit:
    """A province of today and those that it is made of, each with its last day under its own name."""

    name: str
    kind: str
    merged: tuple[tuple[str, date | None], ...]
    sources: tuple[str, ...]
    documents: int


def _form(
    q: Annotated[str, Query(max_length=20_000)] = "",
    level: str = "",
    number: Annotated[int, Query(alias="page", ge=1, le=LAST_PAGE)] = 1,
) -> AgenciesForm:
    return AgenciesForm(q.strip(), level if level in ORDER else "", number)


Asked = Annotated[AgenciesForm, Depends(_form)]


@router.get("/agencies")
def agencies_page(request: Request, service: Shared, asked: Asked) -> HTMLResponse:
    """The register of agencies, and names in the documents that it does not know."""
    archive, language = service.archive, page_language(request)
    found = find_agencies(archive, asked.q, asked.level)
    if not asked.q:
        found.sort(key=lambda entry: ORDER.index(entry.level or UNLISTED))
    first = (asked.page - 1) * LISTED_A_PAGE
    context = {
        "asked": asked,
        "levels": ORDER,
        "groups": _levels(found[first : first + LISTED_A_PAGE], together=bool(asked.q)),
        "total": len(found),
        "near": roster_of(archive).register.near(asked.q[:200]) if asked.q and not found else [],
        "pages": pages_of(len(found), LISTED_A_PAGE),
        "number": lambda value: shown_number(value, language),
    }
    return page(request, "agencies.html", context)


@router.get("/agencies/provinces")
def provinces_page(request: Request, service: Shared) -> HTMLResponse:
    """Which province of today each earlier one became part of."""
    language, counts = page_language(request), holdings(service.archive).provinces
    units = _units(service.archive.places, counts)
    context = {
        "units": units,
        "before": sum(1 + sum(until is None or until >= BEFORE for _, until in unit.merged) for unit in units),
        "day": BEFORE + timedelta(days=1),
        "number": lambda value: shown_number(value, language),
    }
    return page(request, "provinces.html", context)


@router.get("/agencies/{id:path}")
def agency_page(request: Request, service: Shared, reference: Annotated[str, Path(alias="id")]) -> HTMLResponse:
    """An agency through time, and its tasks."""
    archive, language = service.archive, page_language(request)
    card = show_agency(archive, reference)
    register = roster_of(archive).register
    agency = register.get(card.id)
    work = agency_work(archive, card.id)

    def chart(role: str, counts: Mapping[int | None, int]) -> BarChart:
        known = [year for year in (*work.leads, *work.coordinates) if year is not None]
        return bars(
            [
                Bar(
                    str(year),
                    count := counts.get(year, 0),
                    shown_number(count, language),
                    _assignments(request, card.name, role, year) if count else "",
                )
                for year in (range(min(known), max(known) + 1) if known else ())
            ]
        )

    context = {
        "card": card,
        "lineage": lineage(register, agency) if agency else None,
        "work": work,
        "leads": chart("lead", work.leads),
        "coordinates": chart("coordinating", work.coordinates),
        "spellings": card.written,
        "most_spellings": SPELLINGS_SHOWN,
        "number": lambda value: shown_number(value, language),
    }
    return page(request, "agency.html", context)


def _assignments(request: Request, agency: str, role: str, year: int) -> str:
    asked = {"agency": agency, "role": role, "year_from": str(year), "year_to": str(year)}
    return address("/assignments", page_language(request), request.app.state.language, **asked)


def _levels(entries: list[AgencyEntry], *, together: bool) -> list[Level]:
    if together:
        return [Level("", entries)] if entries else []
    groups: dict[str, list[AgencyEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.level or UNLISTED, []).append(entry)
    return [Level(name, held) for name, held in groups.items()]


def _units(places: Places, counts: Mapping[str | None, int]) -> list[Unit]:
    units = []
    for name in places.names():
        province = places.find(name)
        if province is None or places.today(name) != name:
            continue
        earlier = [found for each in places.predecessors(name)[1:] if (found := places.find(each))]
        units.append(
            Unit(
                name,
                province.kind,
                tuple(
                    (each.name, each.valid_to) for each in sorted(earlier, key=lambda each: collation_key(each.name))
                ),
                tuple(dict.fromkeys(each.source for each in earlier if each.source)),
                sum(counts.get(each, 0) for each in (name, *(other.name for other in earlier))),
            )
        )
    return sorted(units, key=lambda unit: collation_key(unit.name))
