"""The page of assignments, its files, and what an agency has to do in a period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.answers.agencies import Roster, list_agencies, roster_of
from api.answers.arranging import SOON, Arranged, Group, arranged
from api.answers.assignments import AssignmentRow
from api.answers.inheritance import Handover, handovers
from api.http.problems import status_of
from api.http.service import Service
from api.web.addresses import address
from api.web.asking import Shared, pages_of
from api.web.charts import Bar, BarChart, bars
from api.web.files import records_file
from api.web.numbers import shown_number
from api.web.records_forms import AskedAssignments, AssignmentsForm, arrangement_of, day_of, filters_of
from api.web.render import page, page_language
from corpus.errors import Language, QueryError

LISTED_A_PAGE = 50
MOST_NAMES = 60
"""Agencies that a field proposes before anything is typed: the busiest."""

MOST_GROUPS = 60
"""Groups that can be jumped to."""

MOST_YEARS = 30
"""Bars of the chart of years: the latest."""

_FEWEST_BARS = 2

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ShownAssignment:
    """A row of the table; ``head``: the group that begins with it; ``state``: of its deadline on the day asked about.

    ``notes``: numbers, from 1, of the handovers below the table by which it was inherited.
    """

    row: AssignmentRow
    head: Group | None
    state: Literal["overdue", "soon", ""]
    notes: tuple[int, ...]


def today() -> date:
    """The day on this machine's calendar, which is the office's."""
    return date.today()


@router.get("/assignments")
def assignments_page(request: Request, service: Shared, asked: AskedAssignments) -> HTMLResponse:
    """Who was told to do what, with whom, by when, in which document."""
    language = page_language(request)
    context: dict[str, object] = {"asked": asked, "facts": service.facts(), "today": today(), "error": ""}
    context |= {"agencies": busiest(service), "here": here(request)}
    try:
        found = _found(service, asked, limit=LISTED_A_PAGE, offset=(asked.page - 1) * LISTED_A_PAGE)
        on = day_of(asked, today()) if asked.on or asked.due in ("overdue", "soon") else None
    except QueryError as error:
        context["error"] = error.message(language)
        return page(request, "assignments.html", context, status_of(error))
    roster = roster_of(service.archive)
    notes = _notes(roster, asked, found)
    context |= {
        "found": found,
        "on": on,
        "shown": _shown(roster, asked, found, on, notes),
        "notes": list(notes),
        "pages": pages_of(found.total, LISTED_A_PAGE),
        "each": LISTED_A_PAGE,
        "most_groups": MOST_GROUPS,
        "chart": _years(request, asked, found, language),
        "number": lambda value: shown_number(value, language),
    }
    return page(request, "assignments.html", context)


@router.get("/assignments/export.{form}")
def assignments_file(
    request: Request, service: Shared, asked: AskedAssignments, form: Literal["xlsx", "csv", "ics"]
) -> Response:
    """All assignments of a state of the page, in its order, as a file."""
    dated = form == "ics"  # a calendar holds what has a day
    return records_file(request, _found(service, asked, dated=dated).rows, "assignments", form, "nhiem-vu")


def here(request: Request) -> str:
    """The address of a page as it was asked for, to come back to."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def busiest(service: Service) -> list[str]:
    """The agencies that are told most, by the register's names."""
    return [entry.name for entry in list_agencies(service.archive, limit=MOST_NAMES)[0] if entry.leads]


def _found(
    service: Service, asked: AssignmentsForm, *, limit: int | None = None, offset: int = 0, dated: bool = False
) -> Arranged:
    filters = filters_of(service, asked)
    return arranged(
        service.archive,
        replace(filters, has_deadline=True) if dated else filters,
        arrangement_of(service, asked, today()),
        query=asked.q or None,
        encoder=service.encoder if asked.q else None,
        limit=limit,
        offset=offset,
    )


def _notes(roster: Roster, asked: AssignmentsForm, found: Arranged) -> dict[Handover, int]:
    """The handovers by which rows of a page were inherited, numbered as they come."""
    to = roster.today(asked.agency, "", None) if asked.agency else ()
    steps = (step for row in found.rows if row.inherited for step in handovers(roster, row, to))
    return {step: number for number, step in enumerate(dict.fromkeys(steps), 1)}


def _shown(
    roster: Roster, asked: AssignmentsForm, found: Arranged, on: date | None, notes: dict[Handover, int]
) -> list[ShownAssignment]:
    first = (asked.page - 1) * LISTED_A_PAGE
    to = roster.today(asked.agency, "", None) if asked.agency else ()
    starts = {max(group.first, first): group for group in found.groups if group.first + group.count > first}
    return [
        ShownAssignment(
            row=row,
            head=starts.get(at),
            state=_state(row, on),
            notes=tuple(notes[step] for step in handovers(roster, row, to)) if row.inherited else (),
        )
        for at, row in enumerate(found.rows, first)
    ]


def _state(row: AssignmentRow, on: date | None) -> Literal["overdue", "soon", ""]:
    due = row.due_end or row.due_start
    if due is None or on is None:
        return ""
    return "overdue" if due < on else "soon" if due <= on + SOON else ""


def _years(request: Request, asked: AssignmentsForm, found: Arranged, language: Language) -> BarChart | None:
    """How many of the assignments each year has, None where there is nothing to compare."""
    if len(found.years) < _FEWEST_BARS:
        return None
    first, last = min(found.years), max(found.years)
    years = [(year, found.years.get(year, 0)) for year in range(max(first, last - MOST_YEARS + 1), last + 1)]
    default = request.app.state.language
    made = []
    for year, count in years:
        only = asked.but(year_from=str(year), year_to=str(year))
        chosen = (asked.year_from, asked.year_to) == (str(year), str(year))
        href = address("/assignments", language, default, **only.parameters())
        made.append(Bar(str(year), count, shown_number(count, language), href if count else "", chosen))
    return bars(made)
