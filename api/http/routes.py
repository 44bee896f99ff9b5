"""The JSON interface: the verbs of :mod:`api.answers` under ``/api/v1``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response

from api.answers.documents import list_documents, show_document
from api.answers.search import Mode
from api.answers.search import search as find
from api.http.language import LanguageQuery
from api.http.problems import problem_responses
from api.http.schemas import DocumentList, Health, SearchAnswer, ShownDocument, ShownPassage
from api.http.service import Service, service_of
from api.http.sources import source_response
from corpus.model import Quality

MOST_HITS = 100
MOST_DOCUMENTS = 500
LAST_OFFSET = 10_000


def _language(lang: LanguageQuery = None) -> None:
    """Declares ``lang`` for every route; errors read it from the request."""


router = APIRouter(dependencies=[Depends(_language)])

Shared = Annotated[Service, Depends(service_of)]
Year = Annotated[
    str | None, Query(description="Year of issue, or planned for: `2018`, `2017..2020`, `2017..`, `..2020`.")
]
Province = Annotated[
    list[str] | None, Query(description="Province as issued; may repeat. Case and marks do not matter.")
]
Type = Annotated[
    list[str] | None, Query(alias="type", description="Document type (Kế hoạch, Quyết định, …); may repeat.")
]
TextQuality = Annotated[
    list[Quality] | None,
    Query(alias="quality", description="How the text came: the file's own, converted, recognised, mixed; may repeat."),
]
AsOfToday = Annotated[
    bool, Query(description="Whether a province stands for today's province with all that were merged into it.")
]
Offset = Annotated[int, Query(ge=0, le=LAST_OFFSET, description="How many to pass over.")]
Reference = Annotated[
    str,
    Path(
        alias="id",
        description="A document's id, six or more of its first digits, its number (`/` as `%2F`) or file name.",
    ),
]


@router.get("/api/v1/search", tags=["search"], responses=problem_responses(400, 422, 503))
def search(
    service: Shared,
    q: Annotated[str, Query(description="The question, as one would ask a colleague.")],
    year: Year = None,
    province: Province = None,
    types: Type = None,
    qualities: TextQuality = None,
    as_of_today: AsOfToday = False,
    limit: Annotated[int, Query(ge=1, le=MOST_HITS, description="How many passages at most.")] = 20,
    offset: Offset = 0,
    mode: Annotated[Mode, Query(description="By words and meaning, by words alone, or by meaning alone.")] = "hybrid",
) -> SearchAnswer:
    """Passages that answer a question, best first, and grouped by document."""
    filters = service.filters(year, province or (), types or (), qualities or (), as_of_today=as_of_today)
    found = find(service.archive, service.encoder, q, filters, limit=limit, offset=offset, mode=mode)
    return SearchAnswer(
        query=q,
        hits=list(found.hits),
        groups=list(found.groups),
        more=found.more,
        limit=limit,
        offset=offset,
        notice=service.facts().notice,
    )


@router.get("/api/v1/documents", tags=["documents"], responses=problem_responses(400, 422, 503))
def documents(
    service: Shared,
    year: Year = None,
    province: Province = None,
    types: Type = None,
    qualities: TextQuality = None,
    as_of_today: AsOfToday = False,
    limit: Annotated[int, Query(ge=1, le=MOST_DOCUMENTS, description="How many documents at most.")] = 50,
    offset: Offset = 0,
) -> DocumentList:
    """Documents that pass the filters, newest first."""
    filters = service.filters(year, province or (), types or (), qualities or (), as_of_today=as_of_today)
    found, total = list_documents(service.archive, filters, limit=limit, offset=offset)
    return DocumentList(documents=found, total=total, limit=limit, offset=offset, notice=service.facts().notice)


# Before the next route, whose id would take "/source" for a part of a document's number.
@router.get(
    "/api/v1/documents/{id:path}/source",
    tags=["documents"],
    response_class=Response,
    responses={
        200: {
            "description": "The source file",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problem_responses(404, 409, 422, 503),
    },
)
def source(service: Shared, reference: Reference) -> Response:
    """The source file of a document, as it was indexed."""
    return source_response(service.archive, show_document(service.archive, reference))


@router.get("/api/v1/documents/{id:path}", tags=["documents"], responses=problem_responses(404, 409, 422, 503))
def document(service: Shared, reference: Reference) -> ShownDocument:
    """A document with its outline, text and passages."""
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
        relations=list(found.relations),
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
