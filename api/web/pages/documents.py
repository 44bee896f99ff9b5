"""The list of documents, and what belongs to one beside its page: its file, its pages' images, what stands around."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Header, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.answers.assignments import list_assignments
from api.answers.catalogue import ORDERS, Order, list_catalogue
from api.answers.documents import DocumentCard, show_document
from api.answers.filters import Filters
from api.answers.nearby import nearby
from api.answers.targets import list_targets
from api.http.problems import status_of
from api.http.service import Service
from api.http.sources import source_response
from api.web.addresses import Filter
from api.web.asking import Asked, Shared, filters_of, pages_of
from api.web.faceting import chosen
from api.web.files import records_file
from api.web.numbers import shown_number
from api.web.page_images import WIDTHS, page_count, page_image
from api.web.reading import text_blocks
from api.web.render import page, page_language
from corpus.errors import QueryError

LISTED_A_PAGE = 50
SIMILAR = 8
"""Passages of other documents that are shown around one."""

_KEPT = 7 * 24 * 3600  # seconds for which a browser may keep a page's image: its address names the file's content

router = APIRouter(include_in_schema=False)
Reference = Annotated[str, Path(alias="id")]


@router.get("/documents")
def documents_page(request: Request, service: Shared, asked: Asked) -> HTMLResponse:
    """The archive's documents, newest first unless sorted otherwise."""
    language = page_language(request)
    context: dict[str, object] = {
        "asked": asked,
        "chosen": chosen(asked),
        "orders": ORDERS,
        "facts": service.facts(),
        "number": partial(shown_number, language=language),
        "error": "",
        "documents": [],
        "total": 0,
        "pages": 1,
    }
    try:
        found, total = _listed(service, asked, LISTED_A_PAGE, (asked.page - 1) * LISTED_A_PAGE)
    except QueryError as error:
        context["error"] = error.message(language)
        return page(request, "documents.html", context, status_of(error))
    context |= {"documents": found, "total": total, "pages": pages_of(total, LISTED_A_PAGE)}
    return page(request, "documents.html", context)


@router.get("/documents/export.{form}")
def documents_export(request: Request, service: Shared, asked: Asked, form: Literal["xlsx", "csv"]) -> Response:
    """The same list as a file, whole."""
    found, _ = _listed(service, asked, None, 0)
    return records_file(request, found, "documents", form, "van-ban")


def _listed(service: Service, asked: Filter, limit: int | None, offset: int) -> tuple[list[DocumentCard], int]:
    order: Order = next((order for order in ORDERS if order == asked.sort), "newest")
    return list_catalogue(service.archive, filters_of(service, asked), asked.q, order, limit=limit, offset=offset)


# These stand before the document's own page, whose id would take the rest of their addresses for a part of a number.
@router.get("/documents/{id:path}/source")
def source_page(service: Shared, reference: Reference) -> Response:
    """The source file of a document."""
    return source_response(service.archive, show_document(service.archive, reference))


@router.get("/documents/{id:path}/pages/{number}.png")
def page_picture(
    service: Shared,
    reference: Reference,
    number: Annotated[int, Path(ge=1, le=100_000)],
    size: Annotated[Literal["", "large"], Query()] = "",
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """A page of a document's file as a picture."""
    document = show_document(service.archive, reference)
    tag = f'"{document.sha256[:16]}-{number}-{WIDTHS[size]}"'
    headers = {"ETag": tag, "Cache-Control": f"private, max-age={_KEPT}"}
    if if_none_match == tag:
        return Response(status_code=304, headers=headers)
    picture = page_image(service.archive, document, number, WIDTHS[size]) if page_count(document) else None
    if picture is None:
        raise HTTPException(404)
    return Response(picture, media_type="image/png", headers=headers)


@router.get("/documents/{id:path}/{kind}/export.{form}")
def records_export(
    request: Request,
    service: Shared,
    reference: Reference,
    kind: Literal["assignments", "targets"],
    form: Literal["xlsx", "csv", "ics"],
) -> Response:
    """All assignments or targets of a document as a file."""
    listed = list_assignments if kind == "assignments" else list_targets
    only = Filters(documents=(show_document(service.archive, reference).card.id,), has_deadline=form == "ics")
    name = "nhiem-vu" if kind == "assignments" else "chi-tieu"
    return records_file(request, listed(service.archive, only)[0], kind, form, name)


@router.get("/documents/{id:path}/nearby")
def nearby_page(
    request: Request,
    service: Shared,
    reference: Reference,
    start: Annotated[int, Query(ge=0, le=10**9)],
    q: str = "",
    part: bool = False,
) -> HTMLResponse:
    """A passage with those before and after it, and what other documents say alike; ``part``: these alone."""
    found = nearby(service.archive, reference, start, SIMILAR)
    context = {"found": found, "q": q.strip(), "part": part, "blocks": text_blocks}
    return page(request, "nearby_part.html" if part else "nearby.html", context)
