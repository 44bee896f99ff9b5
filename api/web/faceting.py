"""Filters as links: those that are set, to be taken back, and those that what was found offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from api.answers.facets import Facets, Value
from api.web.addresses import Filter
from api.web.charts import Bar, BarChart, bars
from api.web.numbers import shown_number
from corpus.errors import Language

SHOWN = 6
"""Values of a facet that are shown at once; the others unfold."""

MOST = 40
"""Values of a facet that are listed: who looks for a rarer one types it."""

Linking = Callable[[Filter], str]
"""Makes the address of a form."""

_MOST_YEARS = 60  # from the first to the last: beyond that, a date was misread


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter that is set: ``name`` of its text, what it is set to, and the form without it."""

    name: str
    value: str
    without: Filter


@dataclass(frozen=True, slots=True)
class FacetRow:
    """A value with its count and the form that filters by it; ``chosen``: it is set, and ``form`` takes it back.

    ``value`` and ``form`` are null for what has no value.
    """

    value: str | None
    count: str
    form: Filter | None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet: ``name`` of its text, its values, and how many more there are that are not listed."""

    name: str
    rows: tuple[FacetRow, ...]
    unlisted: int


def chosen(asked: Filter) -> list[Chosen]:
    """The filters of a form, each with the form that has all but this one."""
    found = []
    if asked.year:
        first, last = asked.year_from.strip(), asked.year_to.strip()
        years = first if first == last else f"{first or '…'}–{last or '…'}"
        found.append(Chosen("year", years, asked.but(year_from="", year_to="")))
    for name in ("type", "province", "agency", "lead", "quality"):
        if value := getattr(asked, name):
            found.append(Chosen(name, value, asked.but(**{name: ""})))
    if asked.as_of_today and (asked.province or asked.agency or asked.lead):
        found.append(Chosen("as_of_today", "", asked.but(as_of_today=False)))
    return found


def facet_lists(found: Facets, asked: Filter, language: Language) -> list[Facet]:
    """The facets of an answer but its years; provinces of today only where they differ from those of issue."""
    today = asked.as_of_today
    provinces = asked.but(as_of_today=False)
    lists = [_facet("province", "province", found.province, provinces, language, set_now=not today)]
    if today or _counted(found.province) != _counted(found.province_today):
        as_of_today = asked.but(as_of_today=True)
        lists.append(_facet("province", "province_today", found.province_today, as_of_today, language, set_now=today))
    lists += [
        _facet("type", "type", found.type, asked, language),
        _facet("agency", "issuer", found.issuer, asked, language),
        _facet("lead", "lead", found.lead, asked, language),
        _facet("quality", "quality", found.quality, asked, language),
    ]
    return [facet for facet in lists if len(facet.rows) > 1 or any(row.chosen for row in facet.rows)]


def year_chart(found: Facets, asked: Filter, language: Language, link: Linking) -> BarChart | None:
    """Passages by year, each bar a link that filters by its year; None where there is no year."""
    counted = {int(value.value): value.count for value in found.year if value.value}
    if not counted:
        return None
    first, last = min(counted), max(counted)
    years = range(first, last + 1) if last - first < _MOST_YEARS else sorted(counted)
    return bars([_bar(year, counted.get(year, 0), asked, language, link) for year in years])


def _bar(year: int, count: int, asked: Filter, language: Language, link: Linking) -> Bar:
    current = asked.year_from.strip() == asked.year_to.strip() == str(year)
    value = "" if current else str(year)
    form = asked.but(year_from=value, year_to=value)
    return Bar(str(year), count, shown_number(count, language), link(form) if count else "", current)


def _facet(
    field: str, name: str, values: Sequence[Value], asked: Filter, language: Language, *, set_now: bool = True
) -> Facet:
    rows = tuple(_rows(field, values[:MOST], asked, language, set_now=set_now))
    return Facet(name, rows, max(0, len(values) - MOST))


def _rows(
    field: str, values: Sequence[Value], asked: Filter, language: Language, *, set_now: bool
) -> Iterator[FacetRow]:
    for value in values:
        count = shown_number(value.count, language)
        if value.value is None:
            yield FacetRow(None, count, None)
        elif set_now and getattr(asked, field) == value.value:
            yield FacetRow(value.value, count, asked.but(**{field: ""}), chosen=True)
        else:
            yield FacetRow(value.value, count, asked.but(**{field: value.value}))


def _counted(values: Sequence[Value]) -> dict[str | None, int]:
    return {value.value: value.count for value in values}
