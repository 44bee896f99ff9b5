"""Assignments, targets, citations and agencies under ``/api/v1``, as JSON or as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from api.answers.agencies import AgencyCard, list_agencies, show_agency
from api.answers.assignments import list_assignments
from api.answers.citations import list_citations
from api.answers.filters import Filters
from api.answers.targets import list_targets
from api.exports import MEDIA_TYPES, FileFormat, export
from api.exports.columns import Kind
from api.exports.links import Links
from api.http.asking import Asked, Shared
from api.http.language import language_of
from api.http.problems import problem_responses
from api.http.schemas import AgencyList, AssignmentList, CitationList, TargetList
from api.http.service import Service

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MOST_RECORDS = 1_000
USUAL_RECORDS = 50
_LAST_OFFSET = 10_000_000

router = APIRouter()

Question = Annotated[str | None, Query(description="What they are about; all where nothing is asked.")]
Limit = Annotated[
    int | None,
    Query(
        ge=1,
        le=MOST_RECORDS,
        description=f"How many at most: {USUAL_RECORDS} where JSON is asked for, all in files unless limited.",
    ),
]
Offset = Annotated[int, Query(ge=0, le=_LAST_OFFSET, description="How many to pass over.")]
RecordForm = Annotated[
    Literal["json", "csv", "xlsx", "ics"],
    Query(alias="format", description="JSON, comma-separated values, an Excel sheet, or a calendar of deadlines."),
]
SheetForm = Annotated[
    Literal["json", "csv", "xlsx"], Query(alias="format", description="JSON, comma-separated values, an Excel sheet.")
]
AgencyReference = Annotated[str, Path(alias="id", description="An agency's id, or any of its names.")]


def file_responses(*forms: FileFormat) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI description of a list that may come as a file, and of its problems."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = {MEDIA_TYPES[form].split(";")[0]: binary for form in forms}
    return {200: {"description": "The list", "content": content}, **problem_responses(400, 404, 409, 422, 503)}


def as_file(
    request: Request, service: Service, records: Sequence[DataclassInstance], kind: Kind, form: FileFormat
) -> Response:
    """Records as a file to keep, its links leading to this server's pages."""
    links = Links(str(request.base_url))
    data = export(records, kind, form, links, language_of(request), service.facts().notice)
    headers = {"Content-Disposition": f'attachment; filename="{kind}.{form}"'}
    return Response(data, headers=headers, media_type=MEDIA_TYPES[form])


def fitting(filters: Filters, form: str) -> Filters:
    """The filters, and only what has a deadline where a calendar is wanted: a limit counts what it can show."""
    return replace(filters, has_deadline=True) if form == "ics" else filters


def shown(limit: int | None, form: str) -> int | None:
    """How many records are given: a page as JSON, everything in a file, unless a limit says otherwise."""
    return USUAL_RECORDS if limit is None and form == "json" else limit


@router.get(
    "/api/v1/assignments",
    tags=["records"],
    response_model=AssignmentList,
    responses=file_responses("csv", "xlsx", "ics"),
)
def assignments(
    request: Request,
    service: Shared,
    filters: Asked,
    q: Question = None,
    limit: Limit = None,
    offset: Offset = 0,
    form: RecordForm = "json",
) -> AssignmentList | Response:
    """Who was told to do what, with whom, by when: the newest document's first, or a question's best first."""
    encoder = None if q is None else service.encoder
    count = shown(limit, form)
    found, total = list_assignments(
        service.archive, fitting(filters, form), query=q, encoder=encoder, limit=count, offset=offset
    )
    if form != "json":
        return as_file(request, service, found, "assignments", form)
    facts, limit = service.facts(), count or total
    return AssignmentList(
        assignments=found, total=total, limit=limit, offset=offset, unread=facts.unread, notice=facts.notice
    )


@router.get(
    "/api/v1/targets", tags=["records"], response_model=TargetList, responses=file_responses("csv", "xlsx", "ics")
)
def targets(
    request: Request,
    service: Shared,
    filters: Asked,
    q: Question = None,
    limit: Limit = None,
    offset: Offset = 0,
    form: RecordForm = "json",
) -> TargetList | Response:
    """What had to be reached, and by when: the newest document's first, or a question's best first."""
    encoder = None if q is None else service.encoder
    count = shown(limit, form)
    found, total = list_targets(
        service.archive, fitting(filters, form), query=q, encoder=encoder, limit=count, offset=offset
    )
    if form != "json":
        return as_file(request, service, found, "targets", form)
    facts, limit = service.facts(), count or total
    return TargetList(targets=found, total=total, limit=limit, offset=offset, unread=facts.unread, notice=facts.notice)


@router.get("/api/v1/citations", tags=["records"], response_model=CitationList, responses=file_responses("csv", "xlsx"))
def citations(
    request: Request,
    service: Shared,
    filters: Asked,
    q: Annotated[str | None, Query(description="A number, or words of the name, type or issuer cited.")] = None,
    limit: Limit = None,
    offset: Offset = 0,
    form: SheetForm = "json",
) -> CitationList | Response:
    """What documents cite, and which of the archive's documents that is; the newest document's first."""
    count = shown(limit, form)
    found, total = list_citations(service.archive, filters, query=q, limit=count, offset=offset)
    if form != "json":
        return as_file(request, service, found, "citations", form)
    facts, limit = service.facts(), count or total
    return CitationList(
        citations=found, total=total, limit=limit, offset=offset, unread=facts.unread, notice=facts.notice
    )


@router.get("/api/v1/agencies", tags=["agencies"], responses=problem_responses(422, 503))
def agencies(
    service: Shared,
    q: Annotated[str, Query(description="Words of the name; case and marks do not matter.")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_RECORDS, description="How many at most.")] = USUAL_RECORDS,
    offset: Offset = 0,
) -> AgencyList:
    """The agencies of the register, and names in the documents that it does not know; the busiest first."""
    found, total = list_agencies(service.archive, q, limit=limit, offset=offset)
    return AgencyList(agencies=found, total=total, limit=limit, offset=offset, notice=service.facts().notice)


@router.get("/api/v1/agencies/{id:path}", tags=["agencies"], responses=problem_responses(404, 422, 503))
def agency(service: Shared, reference: AgencyReference) -> AgencyCard:
    """An agency: its names and dates, whom it followed and who followed it, with sources."""
    return show_agency(service.archive, reference)
