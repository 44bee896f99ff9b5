"""The page of goals: how they went over the years, and where each is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.answers.goals_over_years import Goals, Recurring, goals, series_of_indicators
from api.answers.timeline import GoalPoint, GoalSeries
from api.exports import MEDIA_TYPES
from api.exports.links import Links
from api.exports.over_time import of_series
from api.exports.sheets import sheets_to_xlsx
from api.http.problems import status_of
from api.http.service import Service
from api.web.addresses import address
from api.web.asking import Shared, pages_of
from api.web.charts import MOST_LINES, Line, LineChart, Point, lines
from api.web.files import download, records_file
from api.web.numbers import shown_amount, shown_number
from api.web.pages.assignments import busiest, here
from api.web.records_forms import AskedTargets, TargetsForm, filters_of
from api.web.render import page, page_language
from api.web.texts import Texts
from corpus.errors import Language, QueryError

LISTED_A_PAGE = 30
MOST_CHARTS = 6
"""Indicators that are drawn side by side where none is chosen."""

MOST_POINTS = 80
"""Points drawn on a page: more would make it heavy, and the charts too dense to read."""

MOST_INDICATORS = 50
"""Indicators that can be chosen: those of the most years."""

_SHORT_UNIT = 2  # characters: %, ha, km
_LONGEST_NAME = 60  # characters of an authority in a legend

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ShownIndicator:
    """An indicator drawn in one unit; ``left``: authorities for which the chart has no room."""

    indicator: Recurring
    chart: LineChart
    left: int


@router.get("/targets")
def targets_page(request: Request, service: Shared, asked: AskedTargets) -> HTMLResponse:
    """What had to be reached, how much of it and by when; what comes back, over the years."""
    language = page_language(request)
    context: dict[str, object] = {"asked": asked, "facts": service.facts(), "error": "", "here": here(request)}
    context |= {"agencies": busiest(service), "recurring": ()}
    try:
        found = _found(service, asked, limit=LISTED_A_PAGE, offset=(asked.page - 1) * LISTED_A_PAGE)
    except QueryError as error:
        context["error"] = error.message(language)
        return page(request, "targets.html", context, status_of(error))
    context |= {
        "found": found,
        "recurring": found.recurring[:MOST_INDICATORS],
        "drawn": _drawn(request, service, asked, found, language) if asked.page == 1 else [],
        "amount": lambda target: shown_amount(target, language),
        "pages": pages_of(found.total, LISTED_A_PAGE),
        "number": lambda value: shown_number(value, language),
    }
    return page(request, "targets.html", context)


# Before the next route, which would take "series.xlsx" for a form.
@router.get("/targets/export.series.xlsx")
def series_file(request: Request, service: Shared, asked: AskedTargets) -> Response:
    """The goals that come back, an indicator a row and a year a column."""
    language, notice = page_language(request), service.facts().notice
    keys = [each.key for each in _chosen(asked, _found(service, asked, limit=1))]
    series = series_of_indicators(service.archive, filters_of(service, asked), keys)
    sheets = of_series(series, Links(str(request.base_url)), language)
    data = sheets_to_xlsx(Texts(language)("targets.over_years"), notice, sheets)
    return download(data, "chi-tieu-qua-cac-nam.xlsx", MEDIA_TYPES["xlsx"])


@router.get("/targets/export.{form}")
def targets_file(
    request: Request, service: Shared, asked: AskedTargets, form: Literal["xlsx", "csv", "ics"]
) -> Response:
    """All goals of a state of the page, in its order, as a file."""
    return records_file(request, _found(service, asked).rows, "targets", form, "chi-tieu")


def _found(service: Service, asked: TargetsForm, *, limit: int | None = None, offset: int = 0) -> Goals:
    return goals(
        service.archive,
        filters_of(service, asked),
        indicator=asked.indicator or None,
        query=asked.q or None,
        encoder=service.encoder if asked.q else None,
        limit=limit,
        offset=offset,
    )


def _chosen(asked: TargetsForm, found: Goals) -> Sequence[Recurring]:
    """The indicators that are drawn."""
    if not asked.indicator:
        return found.recurring
    return [each for each in found.recurring if each.key == asked.indicator]


def _drawn(
    request: Request, service: Service, asked: TargetsForm, found: Goals, language: Language
) -> list[ShownIndicator]:
    """Charts, one for each indicator and unit, those of the most years first."""
    chosen = _chosen(asked, found)[:MOST_CHARTS]
    series = series_of_indicators(service.archive, filters_of(service, asked), [each.key for each in chosen])
    drawn: list[ShownIndicator] = []
    room = MOST_POINTS
    for indicator in chosen:
        units: dict[str, list[GoalSeries]] = {}
        for each in series:
            if each.key == indicator.key:
                units.setdefault(each.unit or "", []).append(each)
        several = [(unit, some) for unit, some in units.items() if len(_years(some)) > 1]
        # One unit tells most of an indicator; the others are drawn where it is looked at alone.
        several.sort(key=lambda each: -sum(len(one.points) for one in each[1]))
        for unit, some in several if asked.indicator else several[:1]:
            kept = _fitting(some, room)
            if not kept:
                return drawn
            room -= sum(len(_years([each])) for each in kept)
            made = lines([_line(request, each, language) for each in kept], unit)
            drawn.append(ShownIndicator(indicator, made, len(some) - len(kept)))
    return drawn


def _fitting(series: Sequence[GoalSeries], room: int) -> Sequence[GoalSeries]:
    """The first series that a chart can tell apart, whose points find room."""
    points = accumulate(len(_years([each])) for each in series[:MOST_LINES])
    return series[: sum(total <= room for total in points)]


def _years(series: Iterable[GoalSeries]) -> set[int]:
    return {point.year for each in series for point in each.points}


def _line(request: Request, series: GoalSeries, language: Language) -> Line:
    """A series as a line; of several goals of one year the newest document's first is drawn, the others counted."""
    name = series.issuer or series.province or Texts(language)("targets.unknown_issuer")
    name = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    return Line(
        name, tuple(_point(request, list(of_year), language) for _, of_year in groupby(series.points, _year_of))
    )


def _year_of(point: GoalPoint) -> int:
    return point.year


def _point(request: Request, goals_of_year: Sequence[GoalPoint], language: Language) -> Point:
    newest = goals_of_year[-1].target.document
    target = next(point.target for point in goals_of_year if point.target.document == newest)
    others = len({(point.target.value, point.target.comparator) for point in goals_of_year}) - 1
    # The chart's caption names the unit; a long one would leave no room for values.
    shown = shown_amount(target, language, unit=len(target.unit or "") <= _SHORT_UNIT)
    shown += f" (+{others})" if others else ""
    mark = f"{target.start}-{target.end}"
    default: Language = request.app.state.language
    href = address(f"/documents/{target.document}", language, default, anchor="mark", mark=mark)
    year = goals_of_year[0].year
    return Point(year, target.value, str(year), shown, href)
