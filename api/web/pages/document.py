"""The page of a document: its text beside its pages, its records, what it is tied to, a summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from api.answers.assignments import list_assignments
from api.answers.choosing import Length
from api.answers.documents import FullDocument, show_document
from api.answers.filters import Filters
from api.answers.summarizing_archive import summarize_documents
from api.answers.targets import list_targets
from api.exports.wording import KINDS, amount
from api.http.service import Service
from api.web.addresses import Addressed
from api.web.asking import LAST_PAGE, Shared, pages_of
from api.web.layout import Span
from api.web.numbers import shown_number
from api.web.page_images import WIDTHS, page_count
from api.web.pages.documents import Reference
from api.web.reading import document_text, outline
from api.web.render import page, page_language

Part = Literal["text", "assignments", "targets", "ties", "summary"]
PARTS: tuple[Part, ...] = get_args(Part)
"""What a document's page shows, one at a time."""

RECORDS_A_PAGE = 50
LENGTHS = (100, 200, 500)
"""Words of a summary that may be chosen."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Shown(Addressed):
    """What is shown of a document: ``mark``: the span that a link points at; ``beside``: the page whose image is shown.

    ``at``: an offset that is in the portion to show of a long text, ``whole``: all of such a text. ``page`` of a list
    of records counts from 1; ``words``: of the summary.
    """

    view: Part = "text"
    q: str = ""
    mark: str = ""
    at: int = 0
    whole: int = 0
    beside: int = 0
    page: int = 1
    words: int = 200

    @property
    def span(self) -> Span | None:
        """The span that a link points at."""
        if not self.mark:
            return None
        start, _, end = self.mark.partition("-")
        return int(start), int(end)

    @property
    def place(self) -> int:
        """The offset that a link leads to, 0 where it leads to none."""
        return self.span[0] if self.span else self.at


def _shown(
    view: Part = "text",
    q: str = "",
    mark: Annotated[str, Query(pattern=r"^(\d{1,9}-\d{1,9})?$")] = "",
    at: Annotated[int, Query(ge=0, le=10**9)] = 0,
    whole: Annotated[int, Query(ge=0, le=1)] = 0,
    beside: Annotated[int, Query(ge=0, le=100_000)] = 0,
    page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
    words: Annotated[int, Query(ge=20, le=2_000)] = 200,
) -> Shown:
    return Shown(view, q.strip(), mark, at, whole, beside, page, words)


@router.get("/documents/{id:path}")
def document_page(
    request: Request, service: Shared, reference: Reference, shown: Annotated[Shown, Depends(_shown)]
) -> HTMLResponse:
    """A document."""
    document = show_document(service.archive, reference)
    context: dict[str, object] = {
        "card": document.card,
        "counts": document.counts,
        "relations": document.relations,
        "shown": shown,
        "parts_of": PARTS,
        "ties": len(document.citations) + len(document.cited_by) + len(document.relations),
        "images": page_count(document),
        "mark_page": _page_at(document, shown.place),
        "number": partial(shown_number, language=page_language(request)),
    }
    return page(request, "document.html", {**context, **_part(request, service, document, shown)})


def _page_at(document: FullDocument, place: int) -> int | None:
    return next((each.page for each in reversed(document.passages) if each.start <= place), None) if place else None


def _part(request: Request, service: Service, document: FullDocument, shown: Shown) -> Mapping[str, object]:
    if shown.view == "text":
        beside = min(shown.beside, page_count(document))
        return {
            "text": document_text(document, shown.q, shown.span, at=shown.at, page=beside, whole=bool(shown.whole)),
            "outline": outline(document),
            "beside": beside,
            "widths": WIDTHS,
        }
    if shown.view == "ties":
        return {"document": document, "kinds": {kind: said[page_language(request)] for kind, said in KINDS.items()}}
    if shown.view == "summary":
        length = Length(words=shown.words)
        summary = summarize_documents(service.archive, service.encoder, [document.card.id], length)
        return {"summary": summary, "lengths": LENGTHS}
    listed = list_assignments if shown.view == "assignments" else list_targets
    only, first = Filters(documents=(document.card.id,)), (shown.page - 1) * RECORDS_A_PAGE
    rows, total = listed(service.archive, only, limit=RECORDS_A_PAGE, offset=first)
    return {"rows": rows, "total": total, "pages": pages_of(total, RECORDS_A_PAGE), "amount": amount}
