"""The JSON interface: the verbs of :mod:`api.answers` under ``/api/v1``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from api.answers.completion import completions
from api.answers.documents import list_documents, show_document
from api.answers.facets import Facets, facets
from api.answers.nearby import Nearby, nearby
from api.answers.paging import LONGEST
from api.answers.ranking import Mode
from api.answers.search import Order
from api.answers.search import search as find
from api.http.asking import Asked, Shared
from api.http.compare import router as compare
from api.http.documents import router as changes
from api.http.duties import router as duties
from api.http.language import LanguageQuery
from api.http.overlaps import router as overlaps
from api.http.precedents import router as precedents
from api.http.problems import problem_responses
from api.http.records import SheetForm, as_file, file_responses, shown
from api.http.records import router as records
from api.http.schemas import DocumentList, Health, SearchAnswer, ShownDocument, ShownPassage
from api.http.sources import source_response
from api.http.summarize import router as summarize
from api.http.timeline import router as timeline

MOST_HITS = 100
MOST_DOCUMENTS = 500
LAST_OFFSET = 10_000


async def _language(lang: LanguageQuery = None) -> None:
    """Declares ``lang`` for every route; errors read it from the request."""


router = APIRouter(dependencies=[Depends(_language)])
for part in (records, precedents, compare, overlaps, duties, timeline, summarize, changes):
    router.include_router(part)

Offset = Annotated[int, Query(ge=0, le=LAST_OFFSET, description="How many to pass over.")]
AsTyped = Annotated[bool, Query(description="Whether words typed without marks stay without.")]
Reference = Annotated[
    str,
    Path(
        alias="id",
        description="A document's id, six or more of its first digits, its number (`/` as `%2F`) or file name.",
    ),
]


@router.get("/api/v1/search", tags=["search"], response_model=SearchAnswer, responses=problem_responses(400, 422, 503))
def search(
    service: Shared,
    filters: Asked,
    q: Annotated[str, Query(description="The question, as one would ask a colleague.")],
    limit: Annotated[int, Query(ge=1, le=MOST_HITS, description="How many passages at most.")] = 20,
    offset: Offset = 0,
    mode: Annotated[Mode, Query(description="By words and meaning, by words alone, or by meaning alone.")] = "hybrid",
    as_typed: AsTyped = False,
    sort: Annotated[Order, Query(description="By relevance, or by date of issue.")] = "relevance",
    explain: Annotated[bool, Query(description="Whether each hit says why it stands where it does.")] = False,
    after: Annotated[
        str | None,
        Query(
            max_length=LONGEST,
            description="The `next` of the page before: goes on from it, even when documents have come since.",
        ),
    ] = None,
) -> Response:
    """Passages that answer a question, best first, and grouped by document.

    The question may hold `"a phrase"`, `-word` and fields: `tỉnh:"Khánh Hòa"`, `năm:2017..2020`, `loại:`, `cơ-quan:`.
    """
    found = find(
        service.archive,
        service.encoder,
        q,
        filters,
        limit=limit,
        offset=offset,
        mode=mode,
        restore=not as_typed,
        order=sort,
        explain=explain,
        after=after,
    )
    answer = SearchAnswer(
        query=q,
        restored=found.question.restored,
        expanded=list(found.question.expanded),
        correction=found.correction,
        suggestions=list(found.suggestions),
        hits=list(found.hits),
        groups=list(found.groups),
        more=found.more,
        next=found.next,
        limit=limit,
        offset=offset,
        notice=service.archive.settings.notice,
    )
    return Response(answer.model_dump_json(), media_type="application/json")  # it is valid: not checked once more


@router.get("/api/v1/facets", tags=["search"], responses=problem_responses(400, 422, 503))
def counted(
    service: Shared,
    filters: Asked,
    q: Annotated[str, Query(description="The question.")],
    as_typed: AsTyped = False,
) -> Facets:
    """How many passages match a question's words, by year, province, type, issuer, lead agency and quality."""
    return facets(service.archive, q, filters, restore=not as_typed)


@router.get("/api/v1/complete", tags=["search"], responses=problem_responses(422, 503))
def complete(
    service: Shared,
    q: Annotated[str, Query(description="What is typed so far.")],
    limit: Annotated[int, Query(ge=1, le=50, description="How many at most.")] = 8,
) -> list[str]:
    """Titles, headings and agencies that go on from what is typed."""
    return list(completions(service.archive, q, limit))


@router.get("/api/v1/nearby", tags=["search"], responses=problem_responses(400, 404, 409, 422, 503))
def around(
    service: Shared,
    document: Annotated[str, Query(description="A document's id, number or file name.")],
    start: Annotated[int, Query(ge=0, description="An offset in its text, such as a hit's `start`.")],
    limit: Annotated[int, Query(ge=0, le=50, description="How many similar passages at most.")] = 10,
) -> Nearby:
    """A passage with its neighbours, and similar passages of other documents."""
    return nearby(service.archive, document, start, limit)


@router.get(
    "/api/v1/documents", tags=["documents"], response_model=DocumentList, responses=file_responses("csv", "xlsx")
)
def documents(
    request: Request,
    service: Shared,
    filters: Asked,
    limit: Annotated[
        int | None,
        Query(ge=1, le=MOST_DOCUMENTS, description="How many at most: 50 as JSON, all in files unless limited."),
    ] = None,
    offset: Offset = 0,
    form: SheetForm = "json",
) -> DocumentList | Response:
    """Documents that pass the filters, newest first."""
    count = shown(limit, form)
    found, total = list_documents(service.archive, filters, limit=count, offset=offset)
    if form != "json":
        return as_file(request, service, found, "documents", form)
    limit = count or total
    return DocumentList(documents=found, total=total, limit=limit, offset=offset, notice=service.facts().notice)


# Before the next route, whose id would take "/source" for a part of a document's number.
@router.get(
    "/api/v1/documents/{id:path}/source",
    tags=["documents"],
    response_class=Response,
    responses={
        200: {
            "description": "The source file",
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problem_responses(404, 409, 422, 503),
    },
)
def source(service: Shared, reference: Reference) -> Response:
    """The source file of a document, as it was indexed."""
    return source_response(service.archive, show_document(service.archive, reference))


@router.get("/api/v1/documents/{id:path}", tags=["documents"], responses=problem_responses(404, 409, 422, 503))
def document(service: Shared, reference: Reference) -> ShownDocument:
    """A document with its outline, text and passages, what it is tied to, cites and defines."""
    found = show_document(service.archive, reference)
    passages = [
        ShownPassage(
            ordinal=passage.ordinal,
            provision=passage.provision,
            section=passage.section,
            headings=list(passage.headings),
            page=passage.page,
            start=passage.start,
            end=passage.end,
            text=found.text[passage.start : passage.end],
        )
        for passage in found.passages
    ]
    return ShownDocument(
        card=found.card,
        media_type=found.media_type,
        sha256=found.sha256,
        counts=found.counts,
        relations=list(found.relations),
        cascade=list(found.cascade),
        citations=list(found.citations),
        cited_by=list(found.cited_by),
        abbreviations=list(found.abbreviations),
        text=found.text,
        provisions=list(found.provisions),
        passages=passages,
        notice=service.facts().notice,
    )


@router.get("/health", tags=["service"], responses=problem_responses(422, 503))
def health(service: Shared) -> Health:
    """That the archive answers, and what it holds."""
    facts = service.facts()
    spec = service.archive.spec
    service.archive.require(service.encoder.spec)
    return Health(
        status="ok",
        documents=facts.documents,
        passages=facts.passages,
        generation=facts.generation,
        encoder=spec.name,
        fingerprint=spec.fingerprint,
    )
