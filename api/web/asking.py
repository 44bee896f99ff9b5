"""What the pages read from their addresses."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from api.answers.filters import Filters
from api.answers.narrowing import narrowed
from api.http.service import Service, service_of
from api.web.addresses import Filter

Shared = Annotated[Service, Depends(service_of)]
"""The service of the application that answers."""

LAST_PAGE = 10_000


def _filter(
    q: str = "",
    year_from: str = "",
    year_to: str = "",
    province: str = "",
    type_: Annotated[str, Query(alias="type")] = "",
    as_of_today: bool = False,
    quality: str = "",
    agency: str = "",
    lead: str = "",
    sort: Annotated[str, Query(max_length=20)] = "",
    as_typed: bool = False,
    why: bool = False,
    summary: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
    open_: Annotated[str, Query(alias="open")] = "",
) -> Filter:
    return Filter(
        q=q.strip(),
        year_from=year_from,
        year_to=year_to,
        province=province,
        type=type_,
        as_of_today=as_of_today,
        quality=quality,
        agency=agency.strip(),
        lead=lead.strip(),
        sort=sort,
        as_typed=as_typed,
        why=why,
        summary=summary,
        page=page,
        open=open_,
    )


Asked = Annotated[Filter, Depends(_filter)]
"""The search form as it came in."""


def filters_of(service: Service, asked: Filter) -> Filters:
    """The filters of a search form; QueryError when one cannot be read."""
    today = asked.as_of_today
    filters = service.filters(asked.year, [asked.province], [asked.type], [asked.quality], as_of_today=today)
    return narrowed(service.archive, filters, agencies=[asked.agency], leads=[asked.lead], as_of_today=today)


def pages_of(count: int, each: int) -> int:
    """How many pages a list has, at least one."""
    return max(1, -(-count // each))
