"""The search page: what was found, what it may be narrowed by, a summary, files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.answers.documents import DocumentCard
from api.answers.facets import facets
from api.answers.filters import Filters
from api.answers.search import Group, Hit, Order, SearchResult, search
from api.answers.suggestions import Suggestion
from api.answers.summarizing import Summary
from api.answers.summarizing_archive import HITS, summarize_hits, summarize_years
from api.exports import MEDIA_TYPES
from api.exports.found import found_csv, found_word, found_xlsx
from api.exports.links import Links
from api.exports.word import MEDIA_TYPE as WORD
from api.http.problems import status_of
from api.http.service import Service
from api.web.addresses import Filter, address
from api.web.asking import Asked, Shared, filters_of, pages_of
from api.web.faceting import SHOWN, chosen, facet_lists, year_chart
from api.web.files import download
from api.web.numbers import shown_number
from api.web.reading import ShownBlock, passage_blocks, trail
from api.web.render import page, page_language, page_then, rendered
from api.web.texts import example_questions
from corpus.errors import QueryError, TienLeError

POOL = 100
"""Passages that a question may show in all: past these the answers no longer bear on it."""

DOCUMENTS_A_PAGE = 10
PASSAGES_A_DOCUMENT = 3

_ORDERS: dict[str, Order] = {"newest": "newest", "oldest": "oldest"}

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
def search_page(request: Request, service: Shared, asked: Asked) -> Response:
    """The search page, with results when something was asked; what they may be narrowed by is counted after them."""
    facts, language = service.facts(), page_language(request)
    context: dict[str, object] = {
        "asked": asked,
        "chosen": chosen(asked),
        "facts": facts,
        "number": partial(shown_number, language=language),
        "examples": example_questions(),
        "searched": False,
        "error": "",
    }
    if not asked.q:
        return page(request, "search.html", context)
    try:
        filters = filters_of(service, asked)
        found = _found(service, asked, filters)
        summary = _summary(service, asked, filters, found) if asked.summary else None
    except QueryError as error:
        context["error"] = error.message(language)
        return page(request, "search.html", context, status_of(error))
    first = (asked.page - 1) * DOCUMENTS_A_PAGE
    context |= {
        "searched": True,
        "groups": [_group(group, asked) for group in found.groups[first : first + DOCUMENTS_A_PAGE]],
        "passages": len(found.hits),
        "documents": len(found.groups),
        "more": found.more,
        "question": found.question,
        "correction": found.correction,
        "suggestions": [_suggested(asked, suggestion) for suggestion in found.suggestions],
        "pages": pages_of(len(found.groups), DOCUMENTS_A_PAGE),
        "summary": summary,
        "state": urlencode(asked.but(why=False, summary="").parameters()),
    }
    if not found.hits:
        return page(request, "search.html", context)
    return page_then(request, "search.html", context, lambda: _facets(request, service, asked, filters))


@router.get("/search/summary")
def summary_part(request: Request, service: Shared, asked: Asked) -> HTMLResponse:
    """The summary of what a question finds, alone: a script puts it into the page."""
    try:
        filters = filters_of(service, asked)
        summary, told = _summary(service, asked, filters, _found(service, asked, filters)), ""
    except QueryError as error:
        summary, told = None, error.message(page_language(request))
    return page(request, "summary_part.html", {"asked": asked, "summary": summary, "error": told})


@router.get("/search/export.{form}")
def search_export(
    request: Request, service: Shared, asked: Asked, form: Annotated[Literal["xlsx", "csv", "docx"], Path()]
) -> Response:
    """What a question finds as a file: the same passages in the same order, of all pages."""
    found = _found(service, asked, filters_of(service, asked))
    language, links, notice = page_language(request), Links(str(request.base_url)), service.facts().notice
    if form == "csv":
        data, media = found_csv(found.groups), MEDIA_TYPES["csv"]
    elif form == "xlsx":
        data, media = found_xlsx(asked.q, found.groups, links, language, notice), MEDIA_TYPES["xlsx"]
    else:
        data, media = found_word(asked.q, found.groups, links, language, notice), WORD
    return download(data, f"tim-kiem.{form}", media)


def _found(service: Service, asked: Filter, filters: Filters) -> SearchResult:
    return search(
        service.archive,
        service.encoder,
        asked.q,
        filters,
        limit=POOL,
        restore=not asked.as_typed,
        order=_ORDERS.get(asked.sort, "relevance"),
        explain=asked.why,
    )


def _summary(service: Service, asked: Filter, filters: Filters, found: SearchResult) -> Summary:
    if asked.summary == "years":
        return summarize_years(service.archive, service.encoder, asked.q, filters)
    best = sorted(found.hits, key=lambda hit: -hit.score)[:HITS]
    return summarize_hits(service.archive, service.encoder, asked.q, best)


def _facets(request: Request, service: Service, asked: Filter, filters: Filters) -> str:
    language, default = page_language(request), request.app.state.language

    def link(form: Filter) -> str:
        return address("/", language, default, **form.parameters())

    context: dict[str, object] = {"asked": asked, "most": SHOWN, "error": ""}
    try:
        found = facets(service.archive, asked.q, filters, restore=not asked.as_typed)
    except TienLeError as error:
        return rendered(request, "facets.html", {**context, "error": error.message(language)})
    context |= {
        "total": shown_number(found.total, language),
        "years": year_chart(found, asked, language, link),
        "lists": facet_lists(found, asked, language),
    }
    return rendered(request, "facets.html", context)


@dataclass(frozen=True, slots=True)
class SuggestedFilter:
    """A filter that the question's words name, and the form with it set."""

    suggestion: Suggestion
    form: Filter


def _suggested(asked: Filter, suggestion: Suggestion) -> SuggestedFilter:
    if suggestion.field == "year":
        first, _, last = suggestion.value.partition("..")
        return SuggestedFilter(suggestion, asked.but(year_from=first, year_to=last or first))
    return SuggestedFilter(suggestion, asked.but(**{suggestion.field: suggestion.value}))


def _group(group: Group, asked: Filter) -> ShownGroup:
    opened = asked.open == group.document.id
    shown = group.hits if opened else group.hits[:PASSAGES_A_DOCUMENT]
    hits = [ShownHit(hit, trail(hit), passage_blocks(hit)) for hit in shown]
    return ShownGroup(group.document, hits, len(group.hits) - len(shown), opened)
