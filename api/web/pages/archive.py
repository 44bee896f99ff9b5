"""The archive's own page: what it holds, in which state it is, what could not be read; files sent in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from api.access.roles import Role
from api.answers.holdings import Holdings, holdings, index_states, list_unread, unread_kinds
from api.http.documents import queue_of, queued, received
from api.http.problems import status_of
from api.http.service import Service
from api.jobs.model import Job
from api.jobs.receiving import MOST_BYTES, MOST_FILES
from api.web.addresses import address
from api.web.asking import LAST_PAGE, Shared, pages_of
from api.web.charts import Bar, BarChart, bars
from api.web.numbers import shown_number
from api.web.render import page, page_language
from corpus.errors import Language, QueryError
from corpus.language.collation import collation_key

JOBS_SHOWN = 5
UNREAD_A_PAGE = 50
READABLE = ".pdf,.docx,.doc,.rtf,.odt,.html,.htm,.mht,.mhtml,.txt,.md,.jpg,.jpeg,.png,.tif,.tiff,.zip"
"""What a browser's choice of files offers first; what is sent is judged by its content."""

_UNITS = ("byte", "KB", "MB", "GB", "TB")
_STEP = 1024

router = APIRouter(include_in_schema=False)

PageNumber = Annotated[int, Query(alias="page", ge=1, le=LAST_PAGE)]


@dataclass(frozen=True, slots=True)
class Paged:
    """Where a paged list is, as the macro for paging asks."""

    page: int
    given: Mapping[str, str]

    def but(self, **changes: int) -> Paged:
        """The same list on another page."""
        return Paged(changes.get("page", 1), self.given)

    def parameters(self) -> dict[str, str]:
        """What stands in the address."""
        return {**self.given, **({"page": str(self.page)} if self.page > 1 else {})}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row of counts: its share of the largest in percent, and where it leads; ``label`` is empty for unknown."""

    label: str
    count: int
    share: float
    href: str


@router.get("/archive")
def archive_page(request: Request, service: Shared) -> HTMLResponse:
    """What the archive holds, and the form that sends files in."""
    return page(request, "archive.html", _context(request, service))


@router.post("/archive/upload")
async def upload(request: Request, service: Shared) -> Response:
    """Take files in and lead to the page of their job; what cannot be taken at all is told on the archive's page."""
    try:
        job = await received(request, service)
    except QueryError as error:
        told = {"error": error.message(page_language(request))}
        context = await run_in_threadpool(_context, request, service)
        return await run_in_threadpool(page, request, "archive.html", context | told, status_of(error))
    return leading_to(request, f"/archive/jobs/{job.id}")


@router.post("/archive/retry")
def retry(request: Request, service: Shared) -> RedirectResponse:
    """Try again all that failed or waits."""
    return leading_to(request, f"/archive/jobs/{queued(request, service, 'retry').id}")


@router.get("/archive/unread")
def unread_page(request: Request, service: Shared, code: str = "", number: PageNumber = 1) -> HTMLResponse:
    """The files that gave no document, each with its reason."""
    language = page_language(request)
    found, total = list_unread(service.archive, code, limit=UNREAD_A_PAGE, offset=(number - 1) * UNREAD_A_PAGE)
    context = {
        "unread": found,
        "total": total,
        "asked": Paged(number, {"code": code} if code else {}),
        "pages": pages_of(total, UNREAD_A_PAGE),
        "may_edit": may_edit(request),
        "number": lambda value: shown_number(value, language),
    }
    return page(request, "archive_unread.html", context)


def leading_to(request: Request, path: str) -> RedirectResponse:
    """An answer that leads on, so that a reload sends nothing again; the language stays."""
    to = address(path, page_language(request), request.app.state.language)
    return RedirectResponse(to, 303)


def may_edit(request: Request) -> bool:
    """Whether whoever asks may change the archive; everyone where nobody signs in."""
    user = getattr(request.state, "user", None)
    return user is None or user.role.may(Role.EDITOR)


def shown_bytes(size: int, language: Language) -> str:
    """A size as people write it: "1,4 MB"."""
    value, unit = float(size), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{shown_number(round(value, 1 if unit > 1 else 0), language)} {_UNITS[unit]}"


def shown_time(at: datetime, day: Callable[[datetime], str]) -> str:
    """A moment on this machine's clock; ``day`` writes dates. Moments without a zone are UTC."""
    local = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone()
    return f"{day(local)} {local:%H:%M}"


def _context(request: Request, service: Service) -> dict[str, object]:
    archive, language = service.archive, page_language(request)
    held, latest, total = holdings(archive), list[Job](), 0
    if may_edit(request):  # who sent which files in is not for all
        latest, total = queue_of(service).latest(JOBS_SHOWN)

    def link(**parameters: str) -> str:
        return address("/documents", language, request.app.state.language, **parameters)

    def ranked(counts: Mapping[str | None, int] | Mapping[str, int], name: str) -> list[Ranked]:
        most = max(counts.values(), default=1)
        rows = sorted(counts.items(), key=lambda row: (row[0] is None, -row[1], collation_key(row[0] or "")))
        return [
            Ranked(label or "", count, 100 * count / most, link(**{name: label}) if label else "")
            for label, count in rows
        ]

    return {
        "held": held,
        "years": _years(held, language, link),
        "undated": held.years.get(None, 0),
        "types": ranked(held.types, "type"),
        "provinces": ranked(held.provinces, "province"),
        "qualities": ranked(held.qualities, "quality"),
        "model": archive.spec,
        "states": index_states(archive),
        "kinds": unread_kinds(archive),
        "jobs": latest,
        "jobs_total": total,
        "may_edit": may_edit(request),
        "largest": archive.settings.reading.max_mb * 1024**2,
        "most_bytes": MOST_BYTES,
        "most_files": MOST_FILES,
        "readable": READABLE,
        "error": "",
        "number": lambda value: shown_number(value, language),
        "size": lambda value: shown_bytes(value, language),
        "time": shown_time,
    }


def _years(held: Holdings, language: Language, link: Callable[..., str]) -> BarChart:
    known = {year: count for year, count in held.years.items() if year is not None}
    if not known:
        return bars([])
    return bars(
        [
            Bar(
                str(year),
                count := known.get(year, 0),
                shown_number(count, language),
                link(year_from=str(year), year_to=str(year)) if count else "",
            )
            for year in range(min(known), max(known) + 1)
        ]
    )
