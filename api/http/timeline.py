"""A topic over the years, under ``/api/v1/timeline``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.answers.timeline import Timeline, timeline
from api.http.asking import Asked, Shared
from api.http.problems import problem_responses

router = APIRouter()


class TopicTimeline(BaseModel):
    """A topic over the years: documents and passages, goals by indicator and authority, who was responsible."""

    timeline: Timeline
    notice: str = Field(description="What the archive says about its documents, empty when nothing.")


@router.get("/api/v1/timeline", tags=["records"], responses=problem_responses(400, 404, 409, 422, 503))
def over_the_years(
    service: Shared, filters: Asked, q: Annotated[str, Query(description="What it is about.")]
) -> TopicTimeline:
    """Documents and passages a year with their telling headings, goal series, and who led its tasks when."""
    found = timeline(service.archive, service.encoder, filters, q)
    return TopicTimeline(timeline=found, notice=service.facts().notice)
