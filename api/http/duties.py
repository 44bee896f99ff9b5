"""``GET /api/v1/duties``: what an agency has to do in a period."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.answers.duties import Duties, duties_of
from api.exports import MEDIA_TYPES
from api.exports.answered import of_duties, period
from api.exports.calendar import to_calendar
from api.exports.links import Links
from api.http.answering import as_document
from api.http.asking import Asked, Shared
from api.http.language import language_of
from api.http.problems import problem_responses

router = APIRouter()

Day = Annotated[str | None, Query(description="`2026-01-01`, `1/2026`, `2026`, `Quý I/2026`.")]


@router.get("/api/v1/duties", tags=["answers"], response_model=Duties, responses=problem_responses(400, 404, 422, 503))
def duties(
    request: Request,
    service: Shared,
    filters: Asked,
    of: Annotated[str, Query(description="The agency, in any of its spellings; with what it took over.")],
    first: Annotated[Day, Query(alias="from")] = None,
    last: Annotated[Day, Query(alias="to")] = None,
    form: Annotated[
        Literal["json", "xlsx", "docx", "ics"],
        Query(alias="format", description="JSON, an Excel workbook, a Word document, a calendar."),
    ] = "json",
) -> Duties | Response:
    """Every assignment, report and goal of an agency that is due in a period, the earliest first."""
    found = duties_of(service.archive, of, filters, first=first, last=last)
    if form == "json":
        return found
    links, language, notice = Links(str(request.base_url)), language_of(request), service.facts().notice
    if form == "ics":
        data = to_calendar([duty.record for duty in found.duties], links, language, notice)
        headers = {"Content-Disposition": 'attachment; filename="duties.ics"'}
        return Response(data, headers=headers, media_type=MEDIA_TYPES["ics"])
    name = "Việc phải làm" if language == "vi" else "Duties"
    title = f"{name}: {found.agency}{period(found, language)}"
    return as_document("duties", title, notice, of_duties(found, links, language), form)
