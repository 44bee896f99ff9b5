"""Pages of what is done in the background: files taken in, failures tried again, a document taken out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.answers.documents import show_document
from api.http.documents import queue_of, queued
from api.http.service import Service
from api.jobs.model import Job, JobFile
from api.jobs.outcomes import outcomes, packages_told
from api.jobs.starting import see_to_it
from api.web.asking import Shared, pages_of
from api.web.numbers import shown_number
from api.web.pages.archive import Paged, PageNumber, leading_to, may_edit, shown_bytes, shown_time
from api.web.render import page, page_language

JOBS_A_PAGE = 20
FILES_A_PAGE = 100

router = APIRouter(include_in_schema=False)

JobId = Annotated[str, Path(alias="id", max_length=64)]


@router.get("/archive/jobs")
def jobs_page(request: Request, service: Shared, number: PageNumber = 1) -> HTMLResponse:
    """What was done, the latest first."""
    found, total = queue_of(service).latest(JOBS_A_PAGE, (number - 1) * JOBS_A_PAGE)
    context = {"jobs": found, "jobs_total": total, "asked": Paged(number, {}), "pages": pages_of(total, JOBS_A_PAGE)}
    return page(request, "jobs.html", context | _words(request))


@router.get("/archive/jobs/{id}")
def job_page(request: Request, service: Shared, id_: JobId, number: PageNumber = 1) -> HTMLResponse:
    """How far a job is, and what became of each of its files."""
    queue = queue_of(service)
    job = queue.find(id_)
    if job.unfinished:
        see_to_it(queue.archive)  # whoever waits for it learns whether it goes on; a killed process is started again
    files = _as_far(service, job)
    first = (number - 1) * FILES_A_PAGE
    context = {
        "job": job,
        "before": queue.before(job) if job.state == "queued" else 0,
        "files": packages_told(files)[first : first + FILES_A_PAGE],
        "files_total": len(files),
        "added": sum(file.document is not None for file in files),
        "left": sum(file.state in ("failed", "waiting", "refused") for file in files),
        "asked": Paged(number, {}),
        "pages": pages_of(len(files), FILES_A_PAGE),
    }
    return page(request, "job.html", context | _words(request))


@router.post("/archive/jobs/{id}/cancel")
def cancel(request: Request, service: Shared, id_: JobId) -> RedirectResponse:
    """Give a job up; what it has stored stays."""
    queue_of(service).cancel(id_)
    return leading_to(request, f"/archive/jobs/{id_}")


@router.post("/archive/jobs/{id}/retry")
def retry(request: Request, service: Shared, id_: JobId) -> RedirectResponse:
    """Try again what is left of a job."""
    queue = queue_of(service)
    queue.retry(id_)
    see_to_it(queue.archive)
    return leading_to(request, f"/archive/jobs/{id_}")


@router.get("/archive/remove")
def removal_page(request: Request, service: Shared, document: str) -> HTMLResponse:
    """What taking a document out takes along, to be confirmed."""
    found = show_document(service.archive, document)
    parts = [relation for relation in found.relations if relation.found == "file"]
    context = {"card": found.card, "parts": parts, "counts": found.counts, "may_edit": may_edit(request)}
    return page(request, "remove.html", context)


@router.post("/archive/remove")
def remove(request: Request, service: Shared, document: Annotated[str, Form(max_length=64)]) -> RedirectResponse:
    """Take a document out."""
    card = show_document(service.archive, document).card
    label = card.title or card.number or card.source
    job = queued(request, service, "remove", document=card.id, label=label[:300])
    return leading_to(request, f"/archive/jobs/{job.id}")


def _as_far(service: Service, job: Job) -> tuple[JobFile, ...]:
    """The files of a job as far as they are; of a running one, those that are documents already count as such."""
    if job.kind != "add" or not job.unfinished:
        return job.files
    known = {file.ordinal: file for file in outcomes(service.archive, job) if file.state == "added"}
    return tuple(known.get(file.ordinal, file) for file in job.files)


def _words(request: Request) -> dict[str, object]:
    language = page_language(request)
    return {
        "may_edit": may_edit(request),
        "number": lambda value: shown_number(value, language),
        "size": lambda value: shown_bytes(value, language),
        "time": shown_time,
    }
