"""``/api/v1/summarize``: what documents, a search or an agency's duties say, in their own words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.answers.summarizing import Summary, check_length
from api.answers.summarizing_archive import summarize as find
from api.http.asking import Asked, Shared
from api.http.problems import problem_responses

MOST_WORDS = 5_000
MOST_SENTENCES = 200
MOST_DOCUMENTS = 20

router = APIRouter()


class SummaryAnswer(BaseModel):
    """A summary whose every sentence is a span of a document."""

    summary: Summary
    notice: str = Field(description="What the archive says about its documents, empty when nothing.")


@router.get("/api/v1/summarize", tags=["answers"], responses=problem_responses(400, 404, 409, 422, 503))
def summarize(
    service: Shared,
    filters: Asked,
    ids: Annotated[
        list[str] | None,
        Query(alias="id", max_length=MOST_DOCUMENTS, description="A document's id, number or file name; may repeat."),
    ] = None,
    q: Annotated[str | None, Query(description="A question: what its best passages say.")] = None,
    by_year: Annotated[bool, Query(description="With a question: year by year, with what changed.")] = False,
    words: Annotated[int | None, Query(ge=1, le=MOST_WORDS, description="At most so many words; usually 200.")] = None,
    sentences: Annotated[int | None, Query(ge=1, le=MOST_SENTENCES, description="At most so many sentences.")] = None,
) -> SummaryAnswer:
    """Sentences of documents (`id`), of what a question finds (`q`), or of an agency's duties (`agency`).

    Each sentence is a span of its document, character by character; redundancy is removed, years and provinces are
    kept in balance.
    """
    found = find(
        service.archive,
        service.encoder,
        filters,
        check_length(words, sentences),
        references=ids or (),
        query=q,
        years=by_year,
    )
    return SummaryAnswer(summary=found, notice=service.facts().notice)
