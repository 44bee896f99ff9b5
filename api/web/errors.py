"""Errors as pages."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import MutableHeaders

from api.answers.documents import DocumentCard, cards, find_by_number
from api.http.headers import protect
from api.web.render import page, page_language
from corpus.errors import Language


def error_page(request: Request, status: int, code: str, details: dict[Language, str]) -> HTMLResponse:
    """What was wrong and what to do; where a number names several documents, these to choose from."""
    choices = _choices(request) if code == "document-ambiguous" else ()
    detail = details[page_language(request)]
    answer = page(request, "error.html", {"status": status, "detail": detail, "choices": choices}, status)
    # The server's last resort answers outside the middleware that protects every other page.
    protect(MutableHeaders(raw=answer.raw_headers))
    return answer


def _choices(request: Request) -> Sequence[DocumentCard]:
    reference = request.url.path.removeprefix("/documents/").removesuffix("/source").strip()
    archive = request.app.state.service.archive
    with archive.reading() as connection:
        found = cards(connection, find_by_number(connection, reference))
    return sorted(found.values(), key=lambda card: (card.issued_on is None, card.issued_on, card.id))
