"""A topic over the years and goals over the years, under ``/api/v1/timeline`` and ``/api/v1/targets/series``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.answers.timeline import GoalSeries, Timeline, series, timeline
from api.exports import MEDIA_TYPES
from api.exports.csv import to_csv
from api.exports.links import Links
from api.exports.over_time import of_series, of_timeline, points_of
from api.http.answering import AnswerForm, as_document
from api.http.asking import Asked, Shared
from api.http.language import language_of
from api.http.problems import problem_responses
from api.http.records import Limit, Offset, Question, SheetForm, file_responses, shown
from api.http.schemas import Listed

router = APIRouter()


class TopicTimeline(BaseModel):
    """A topic over the years: documents and passages, goals by indicator and authority, who was responsible."""

    timeline: Timeline
    notice: str = Field(description="What the archive says about its documents, empty when nothing.")


class SeriesList(Listed):
    """Goals of an indicator and an authority over the years."""

    series: list[GoalSeries] = Field(description="Those of most years first.")


@router.get(
    "/api/v1/timeline",
    tags=["records"],
    response_model=TopicTimeline,
    responses=problem_responses(400, 404, 409, 422, 503),
)
def over_the_years(
    request: Request,
    service: Shared,
    filters: Asked,
    q: Annotated[str, Query(description="What it is about.")],
    form: AnswerForm = "json",
) -> TopicTimeline | Response:
    """Documents and passages a year with their telling headings, goal series, and who led its tasks when."""
    found, notice = timeline(service.archive, service.encoder, filters, q), service.facts().notice
    if form == "json":
        return TopicTimeline(timeline=found, notice=notice)
    language = language_of(request)
    title = f"{'Qua các năm' if language == 'vi' else 'Over the years'}: {q}"
    return as_document("timeline", title, notice, of_timeline(found, Links(str(request.base_url)), language), form)


@router.get(
    "/api/v1/targets/series", tags=["records"], response_model=SeriesList, responses=file_responses("csv", "xlsx")
)
def goal_series(
    request: Request,
    service: Shared,
    filters: Asked,
    q: Question = None,
    limit: Limit = None,
    offset: Offset = 0,
    form: SheetForm = "json",
) -> SeriesList | Response:
    """Goals by indicator, unit and authority over the years, the series of most years first; in files a goal a row."""
    every = series(service.archive, filters, q, encoder=None if q is None else service.encoder)
    count, notice = shown(limit, form), service.facts().notice
    found = every[offset:][:count]
    if form == "json":
        return SeriesList(series=list(found), total=len(every), limit=count or len(every), offset=offset, notice=notice)
    if form == "csv":
        headers = {"Content-Disposition": 'attachment; filename="series.csv"'}
        return Response(to_csv(points_of(found), "series"), headers=headers, media_type=MEDIA_TYPES["csv"])
    language = language_of(request)
    title = "Chỉ tiêu qua các năm" if language == "vi" else "Goals over the years"
    return as_document("series", title, notice, of_series(found, Links(str(request.base_url)), language), form)
