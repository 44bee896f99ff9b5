"""The pages: search, documents, one document, its source file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles

from api.answers.documents import DocumentCard, list_documents, show_document
from api.answers.filters import Filters
from api.answers.question import Question
from api.answers.search import Group, Hit, search
from api.answers.suggestions import Suggestion
from api.http.problems import status_of
from api.http.service import Service, service_of
from api.http.sources import source_response
from api.web.addresses import Filter
from api.web.reading import ShownBlock, document_parts, outline, passage_blocks, trail
from api.web.render import STATIC, page, page_language
from api.web.texts import example_questions
from corpus.errors import QueryError

POOL = 100
"""Passages that a question may show in all: past these the answers no longer bear on it."""

DOCUMENTS_A_PAGE = 10
PASSAGES_A_DOCUMENT = 3
LISTED_A_PAGE = 50
_LAST_PAGE = 10_000

router = APIRouter(include_in_schema=False)
Shared = Annotated[Service, Depends(service_of)]
Reference = Annotated[str, Path(alias="id")]


def _filter(
    q: str = "",
    year_from: str = "",
    year_to: str = "",
    province: str = "",
    type_: Annotated[str, Query(alias="type")] = "",
    as_of_today: bool = False,
    quality: str = "",
    as_typed: bool = False,
    page: Annotated[int, Query(ge=1, le=_LAST_PAGE)] = 1,
    open_: Annotated[str, Query(alias="open")] = "",
) -> Filter:
    return Filter(q.strip(), year_from, year_to, province, type_, as_of_today, quality, as_typed, page, open_)


Asked = Annotated[Filter, Depends(_filter)]


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A passage found, the headings above it, and its text laid out."""

    hit: Hit
    trail: tuple[str, ...]
    blocks: list[ShownBlock]


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A document found with the passages that are shown; ``rest`` counts the others."""

    card: DocumentCard
    hits: list[ShownHit]
    rest: int
    opened: bool


@router.get("/")
def search_page(request: Request, service: Shared, asked: Asked) -> HTMLResponse:
    """The search page, with results when something was asked."""
    facts = service.facts()
    context: dict[str, object] = {
        "asked": asked,
        "facts": facts,
        "examples": example_questions(),
        "searched": False,
        "error": "",
    }
    if not asked.q:
        return page(request, "search.html", context)
    try:
        filters = _filters(service, asked)
        found = search(service.archive, service.encoder, asked.q, filters, limit=POOL, restore=not asked.as_typed)
    except QueryError as error:
        context["error"] = error.message(page_language(request))
        return page(request, "search.html", context, status_of(error))
    first = (asked.page - 1) * DOCUMENTS_A_PAGE
    context |= {
        "searched": True,
        "groups": [_group(group, asked, found.question) for group in found.groups[first : first + DOCUMENTS_A_PAGE]],
        "passages": len(found.hits),
        "documents": len(found.groups),
        "more": found.more,
        "question": found.question,
        "correction": found.correction,
        "suggestions": [_suggested(asked, suggestion) for suggestion in found.suggestions],
        "pages": _pages(len(found.groups), DOCUMENTS_A_PAGE),
    }
    return page(request, "search.html", context)


@dataclass(frozen=True, slots=True)
class SuggestedFilter:
    """A filter that the question's words name, and the form with it set."""

    suggestion: Suggestion
    form: Filter


def _suggested(asked: Filter, suggestion: Suggestion) -> SuggestedFilter:
    if suggestion.field == "year":
        first, _, last = suggestion.value.partition("..")
        return SuggestedFilter(suggestion, asked.but(year_from=first, year_to=last or first))
    if suggestion.field in {"province", "type"}:
        return SuggestedFilter(suggestion, asked.but(**{suggestion.field: suggestion.value}))
    # The form has no field for agencies yet: the question itself takes them.
    return SuggestedFilter(suggestion, asked.but(q=f'{asked.q} cơ-quan:"{suggestion.value}"'))


def _filters(service: Service, asked: Filter) -> Filters:
    return service.filters(asked.year, [asked.province], [asked.type], [asked.quality], as_of_today=asked.as_of_today)


def _group(group: Group, asked: Filter, question: Question) -> ShownGroup:
    opened = asked.open == group.document.id
    shown = group.hits if opened else group.hits[:PASSAGES_A_DOCUMENT]
    hits = [ShownHit(hit, trail(hit), passage_blocks(hit)) for hit in shown]
    return ShownGroup(group.document, hits, len(group.hits) - len(shown), opened)


def _pages(count: int, each: int) -> int:
    return max(1, -(-count // each))


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
        filters = _filters(service, asked)
    except QueryError as error:
        context["error"] = error.message(page_language(request))
        return page(request, "documents.html", context, status_of(error))
    first = (asked.page - 1) * LISTED_A_PAGE
    found, total = list_documents(service.archive, filters, limit=LISTED_A_PAGE, offset=first)
    context |= {"documents": found, "total": total, "pages": _pages(total, LISTED_A_PAGE)}
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


def add_pages(app: FastAPI) -> None:
    """Add the pages and their static files to an application that has a service."""
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
