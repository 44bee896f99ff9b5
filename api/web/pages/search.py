"""The search page."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.answers.documents import DocumentCard
from api.answers.question import Question
from api.answers.search import Group, Hit, search
from api.answers.suggestions import Suggestion
from api.http.problems import status_of
from api.web.addresses import Filter
from api.web.asking import Asked, Shared, filters_of, pages_of
from api.web.reading import ShownBlock, passage_blocks, trail
from api.web.render import page, page_language
from api.web.texts import example_questions
from corpus.errors import QueryError

POOL = 100
"""Passages that a question may show in all: past these the answers no longer bear on it."""

DOCUMENTS_A_PAGE = 10
PASSAGES_A_DOCUMENT = 3

router = APIRouter(include_in_schema=False)


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
        filters = filters_of(service, asked)
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
        "pages": pages_of(len(found.groups), DOCUMENTS_A_PAGE),
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


def _group(group: Group, asked: Filter, question: Question) -> ShownGroup:
    opened = asked.open == group.document.id
    shown = group.hits if opened else group.hits[:PASSAGES_A_DOCUMENT]
    hits = [ShownHit(hit, trail(hit), passage_blocks(hit)) for hit in shown]
    return ShownGroup(group.document, hits, len(group.hits) - len(shown), opened)
