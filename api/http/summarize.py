"""``/api/v1/summarize``: what documents, a search or an agency's duties say, in their own words."""

from __future__ import annotations

import os
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.answers.summarizing import Summary, check_length
from api.answers.summarizing_archive import summarize as find
from api.answers.writing import Written, require_writer
from api.answers.writing_archive import write_summary
from api.exports.links import Links
from api.exports.summarized import of_summary, summary_word
from api.http.answering import AnswerForm, as_document, as_word
from api.http.asking import Asked, Shared
from api.http.language import language_of
from api.http.problems import problem_responses
from api.model_endpoint import writer_of

MOST_WORDS = 5_000
MOST_SENTENCES = 200
MOST_DOCUMENTS = 20

router = APIRouter()


class SummaryAnswer(BaseModel):
    """A summary whose every sentence is a span of a document."""

    summary: Summary
    written: Written | None = Field(description="What a model wrote beside it, where that was asked for.")
    notice: str = Field(description="What the archive says about its documents, empty when nothing.")


@router.get(
    "/api/v1/summarize",
    tags=["answers"],
    response_model=SummaryAnswer,
    responses=problem_responses(400, 404, 409, 422, 503),
)
def summarize(
    request: Request,
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
    written: Annotated[
        bool, Query(description="Whether the model that the operator has set up writes one too, each sentence checked.")
    ] = False,
    form: AnswerForm = "json",
) -> SummaryAnswer | Response:
    """Sentences of documents (`id`), of what a question finds (`q`), or of an agency's duties (`agency`).

    Each sentence is a span of its document, character by character; redundancy is removed, years and provinces are
    kept in balance.
    """
    writer = require_writer(writer_of(os.environ)) if written else None
    length = check_length(words, sentences)
    archive, encoder = service.archive, service.encoder
    found = find(archive, encoder, filters, length, references=ids or (), query=q, years=by_year)
    rewritten = None
    if writer:
        rewritten = write_summary(
            archive, encoder, writer, filters, length, references=ids or (), query=q, years=by_year
        )
    notice = service.facts().notice
    if form == "json":
        return SummaryAnswer(summary=found, written=rewritten, notice=notice)
    links, language = Links(str(request.base_url)), language_of(request)
    if form == "docx":
        return as_word("summary", summary_word(found, links, language, notice, rewritten))
    title = f"{'Tóm tắt' if language == 'vi' else 'Summary'}: {found.about}"
    return as_document("summary", title, notice, of_summary(found, links, language, rewritten), form)
