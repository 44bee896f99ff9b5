"""``POST /api/v1/precedents``: a draft in, what earlier plans did out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.answers.precedents import Precedents, find_precedents
from api.exports.answered import of_precedents
from api.exports.links import Links
from api.http.answering import AnswerForm, Drafted, as_document
from api.http.asking import Asked, Shared
from api.http.language import language_of
from api.http.problems import problem_responses

router = APIRouter()

_BODY = {
    "requestBody": {
        "required": True,
        "description": "The draft's file as it is: Word, PDF, web page, text, Markdown; or a paragraph as UTF-8 text.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "/api/v1/precedents",
    tags=["answers"],
    response_model=Precedents,
    responses=problem_responses(400, 422, 503),
    openapi_extra=_BODY,
)
def precedents(
    request: Request,
    service: Shared,
    filters: Asked,
    draft: Drafted,
    most: Annotated[int, Query(ge=1, le=20, description="Precedents of each kind for a task or goal.")] = 3,
    form: AnswerForm = "json",
) -> Precedents | Response:
    """For each task and goal of a draft: the same in earlier years, comparable ones elsewhere, what is new, missing."""
    found = find_precedents(service.archive, service.encoder, draft, filters, most=most)
    if form == "json":
        return found
    language = language_of(request)
    sheets = of_precedents(found, Links(str(request.base_url)), language)
    title = "Tiền lệ cho dự thảo" if language == "vi" else "Precedents for the draft"
    return as_document("precedents", title, service.facts().notice, sheets, form)
