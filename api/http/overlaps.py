"""``GET /api/v1/overlaps``: the same task given twice."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.answers.overlaps import Overlap, find_overlaps
from api.exports.answered import of_overlaps
from api.exports.links import Links
from api.http.answering import AnswerForm, as_document
from api.http.asking import Asked, Shared
from api.http.language import language_of
from api.http.problems import problem_responses

MOST_GROUPS = 1_000

router = APIRouter()


class OverlapList(BaseModel):
    """Groups of tasks that ask for the same."""

    overlaps: list[Overlap] = Field(description="The surest first.")
    total: int = Field(description="How many groups there are in all.")
    limit: int
    offset: int
    notice: str = Field(description="What the archive says about its documents, empty when nothing.")


@router.get(
    "/api/v1/overlaps", tags=["answers"], response_model=OverlapList, responses=problem_responses(400, 404, 422, 503)
)
def overlaps(
    request: Request,
    service: Shared,
    filters: Asked,
    intended: Annotated[list[str] | None, Query(description="Id of a group judged intended; may repeat.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_GROUPS, description="How many at most.")] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over.")] = 0,
    form: AnswerForm = "json",
) -> OverlapList | Response:
    """The same or nearly the same task in two plans of a year, at two levels, to two agencies, or twice in one plan."""
    found = find_overlaps(service.archive, service.encoder, filters, intended=frozenset(intended or ()))
    shown, notice = found[offset : offset + limit], service.facts().notice
    if form == "json":
        return OverlapList(overlaps=shown, total=len(found), limit=limit, offset=offset, notice=notice)
    language = language_of(request)
    title = "Việc giao trùng" if language == "vi" else "Tasks given twice"
    return as_document("overlaps", title, notice, of_overlaps(shown, Links(str(request.base_url)), language), form)
