"""The parameters that every list takes, read once."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from starlette.concurrency import run_in_threadpool

from api.answers.filters import Filters
from api.answers.narrowing import narrowed
from api.http.service import Service, service_of
from corpus.model import Quality

Shared = Annotated[Service, Depends(service_of)]
Year = Annotated[
    str | None, Query(description="Year of issue, or planned for: `2018`, `2017..2020`, `2017..`, `..2020`.")
]
Province = Annotated[
    list[str] | None, Query(description="Province as issued; may repeat. Case and marks do not matter.")
]
Type = Annotated[
    list[str] | None, Query(alias="type", description="Document type (Kế hoạch, Quyết định, …); may repeat.")
]
TextQuality = Annotated[
    list[Quality] | None,
    Query(alias="quality", description="How the text came: the file's own, converted, recognised, mixed; may repeat."),
]
AsOfToday = Annotated[
    bool,
    Query(
        description="Whether a province stands for today's province with all that were merged into it, and an agency "
        "for today's with the tasks that it took over from others."
    ),
]
Agency = Annotated[
    list[str] | None,
    Query(description="Agency that leads or takes part, in any of its spellings; may repeat. Of documents: or issues."),
]
Lead = Annotated[list[str] | None, Query(description="Agency that leads; may repeat.")]
Document = Annotated[list[str] | None, Query(description="A document's id, number or file name; may repeat.")]
DueFrom = Annotated[
    str | None, Query(description="Due on or after this day: `2018-04-15`, `15/4/2018`, `4/2018`, `Quý II/2018`.")
]
DueTo = Annotated[str | None, Query(description="Due on or before this day.")]
HasDeadline = Annotated[bool, Query(description="Only what is due on known days.")]


async def _filters(
    service: Shared,
    year: Year = None,
    province: Province = None,
    types: Type = None,
    qualities: TextQuality = None,
    as_of_today: AsOfToday = False,
    agency: Agency = None,
    lead: Lead = None,
    document: Document = None,
    due_from: DueFrom = None,
    due_to: DueTo = None,
    has_deadline: HasDeadline = False,
) -> Filters:
    typed = (year, province, types, qualities, agency, lead, document, due_from, due_to, has_deadline)
    if not any(typed):
        return Filters()  # most questions: they need no thread to look names up in

    def read() -> Filters:
        return narrowed(
            service.archive,
            service.filters(year, province or (), types or (), qualities or (), as_of_today=as_of_today),
            agencies=agency or (),
            leads=lead or (),
            documents=document or (),
            due_from=due_from,
            due_to=due_to,
            has_deadline=has_deadline,
            as_of_today=as_of_today,
        )

    return await run_in_threadpool(read)


Asked = Annotated[Filters, Depends(_filters)]
"""The filters of a request; QueryError for what the archive does not know."""
