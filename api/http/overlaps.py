"""``/api/v1/overlaps``: the same task given twice, and which of them are judged intended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.answers.intended import LONGEST_REMARK
from api.answers.overlaps import Overlap, find_overlaps, mark_intended
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
    every: Annotated[
        bool, Query(alias="all", description="Whether groups that were judged intended are given too.")
    ] = False,
    limit: Annotated[int, Query(ge=1, le=MOST_GROUPS, description="How many at most.")] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over.")] = 0,
    form: AnswerForm = "json",
) -> OverlapList | Response:
    """The same or nearly the same task in two plans of a year, at two levels, to two agencies, or twice in one plan."""
    found = find_overlaps(service.archive, service.encoder, filters)
    found = found if every else [group for group in found if not group.intended]
    shown, notice = found[offset : offset + limit], service.facts().notice
    if form == "json":
        return OverlapList(overlaps=shown, total=len(found), limit=limit, offset=offset, notice=notice)
    language = language_of(request)
    title = "Việc giao trùng" if language == "vi" else "Tasks given twice"
    return as_document("overlaps", title, notice, of_overlaps(shown, Links(str(request.base_url)), language), form)


class Judged(BaseModel):
    """Which groups are intended, or are no longer."""

    ids: list[str] = Field(min_length=1, max_length=MOST_GROUPS, description="Ids of groups, as the list gives them.")
    intended: bool = Field(True, description="False takes a judgement back.")
    remark: str = Field("", max_length=LONGEST_REMARK, description="Why; kept with it.")


@router.post("/api/v1/overlaps/intended", tags=["answers"], responses=problem_responses(400, 404, 422, 503))
def judged(service: Shared, filters: Asked, judgement: Judged) -> list[Overlap]:
    """Keep in the archive that groups are intended: lists leave them out from then on, unless asked with `all`.

    The filters are those of the list that gave the ids.
    """
    found = find_overlaps(service.archive, service.encoder, filters)
    return mark_intended(service.archive, found, judgement.ids, intended=judgement.intended, remark=judgement.remark)
