"""The pages of documents: all of them, one, its source file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.answers.documents import list_documents, show_document
from api.http.problems import status_of
from api.http.sources import source_response
from api.web.asking import Asked, Shared, filters_of, pages_of
from api.web.reading import document_parts, outline
from api.web.render import page, page_language
from corpus.errors import QueryError

LISTED_A_PAGE = 50

router = APIRouter(include_in_schema=False)
Reference = Annotated[str, Path(alias="id")]


@router.get("/documents")
def documents_page(request: Request, service: Shared, asked: Asked) -> HTMLResponse:
    """The archive's documents, newest first."""
    context: dict[str, object] = {
        "asked": asked,
        "facts": service.facts(),
        "error": "",
        "documents": [],
        "total": 0,
        "pages": 1,
    }
    try:
        filters = filters_of(service, asked)
    except QueryError as error:
        context["error"] = error.message(page_language(request))
        return page(request, "documents.html", context, status_of(error))
    first = (asked.page - 1) * LISTED_A_PAGE
    found, total = list_documents(service.archive, filters, limit=LISTED_A_PAGE, offset=first)
    context |= {"documents": found, "total": total, "pages": pages_of(total, LISTED_A_PAGE)}
    return page(request, "documents.html", context)


# Before the next route, whose id would take "/source" for a part of a document's number.
@router.get("/documents/{id:path}/source")
def source_page(service: Shared, reference: Reference) -> Response:
    """The source file of a document."""
    return source_response(service.archive, show_document(service.archive, reference))


@router.get("/documents/{id:path}")
def document_page(request: Request, service: Shared, reference: Reference, q: str = "") -> HTMLResponse:
    """A document: its card, outline and text."""
    document = show_document(service.archive, reference)
    parts = document_parts(document, q)
    context = {
        "card": document.card,
        "relations": document.relations,
        "q": q.strip(),
        "parts": parts,
        "outline": outline(document),
    }
    return page(request, "document.html", context)
