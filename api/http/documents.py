"""Documents in and out over HTTP: files to take in, documents to take out, and the jobs that do it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, FastAPI, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.access.audit import note
from api.answers.documents import show_document
from api.answers.holdings import document_of_hash
from api.http.asking import Shared
from api.http.language import language_of
from api.http.problems import problem_responses
from api.http.service import Service
from api.jobs.model import FileState, Job, JobFile, Kind, State
from api.jobs.queue import Queue, new_id
from api.jobs.receiving import Limits, Receiving, boundary_of, malformed
from api.jobs.starting import see_to_it
from corpus.errors import Language, TienLeError


@asynccontextmanager
async def _going_on(app: FastAPI) -> AsyncIterator[None]:
    """What was queued before the server ended is done after it starts."""
    with suppress(TienLeError):  # requests say what is missing
        await run_in_threadpool(lambda: see_to_it(app.state.service.archive.directory))
    yield


router = APIRouter(lifespan=_going_on)

JobId = Annotated[str, Path(alias="id", description="The job's id.", max_length=64)]

_FORM = {
    "requestBody": {
        "required": True,
        "description": "Files of any form field, each with its name: PDF, Word, web pages, text, images, ZIP of these.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                    "required": ["file"],
                }
            }
        },
    }
}


class ShownFile(BaseModel):
    """A file of a job."""

    name: str = Field(description="How its sender called it.")
    size: int
    state: FileState
    document: str | None = Field(description="The id of the document that it became, or was already.")
    code: str | None = Field(description="Why it gave none, a stable name.")
    message: str | None = Field(description="The same in words, with what to do, in the caller's language.")


class ShownJob(BaseModel):
    """Files to take in, earlier failures to try again, or a document to take out."""

    id: str
    kind: Kind
    state: State
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    done: int = Field(description="How many files are read.")
    total: int = Field(description="Of how many; more where packages hold several.")
    document: str | None = Field(description="What is to be taken out.")
    code: str | None = Field(description="Why it failed, what it is held up by, or why files were not taken.")
    message: str | None
    files: list[ShownFile]


class JobList(BaseModel):
    """Jobs, the latest first."""

    jobs: list[ShownJob]
    total: int


async def received(request: Request, service: Service) -> Job:
    """The job that takes in the files of a request's form, durable; QueryError for a form that is none or broke off."""
    archive = await run_in_threadpool(lambda: service.archive)
    job, boundary = new_id(), boundary_of(request.headers.get("content-type", ""))
    limits = Limits(archive.settings.reading.max_mb * 1024**2)
    receiving = Receiving(
        archive.directory.resolve(), job, boundary, limits, lambda sha256: document_of_hash(archive, sha256)
    )
    try:
        async for data in request.stream():
            await run_in_threadpool(receiving.feed, data)
        files = await run_in_threadpool(receiving.finish)
        return await run_in_threadpool(queued, request, service, "add", job=job, given=files)
    except ClientDisconnect as error:
        await run_in_threadpool(receiving.abort)
        raise malformed() from error
    except BaseException:
        await run_in_threadpool(receiving.abort)
        raise


def queued(
    request: Request,
    service: Service,
    kind: Kind,
    *,
    job: str | None = None,
    given: list[JobFile] | None = None,
    document: str | None = None,
    label: str = "",
) -> Job:
    """A new job that a request asks for, and the process to do it."""
    directory = service.archive.directory.resolve()
    user = getattr(request.state, "user", None)
    made = Queue(directory).add(
        kind, owner=user.name if user else "", job=job, given=given or (), document=document, label=label
    )
    note(request, job=made.id, kind=kind, files=len(made.files), document=document)
    see_to_it(directory)
    return made


def queue_of(service: Service) -> Queue:
    """The queue of a service's archive."""
    return Queue(service.archive.directory.resolve())


@router.post(
    "/api/v1/documents",
    tags=["documents"],
    status_code=202,
    responses=problem_responses(400, 413, 422, 503),
    openapi_extra=_FORM,
)
async def add(request: Request, response: Response, service: Shared) -> ShownJob:
    """Take files into the archive: kept when this answers, and read by and by; the job tells what became of them.

    What cannot be a document is refused with its reason, and the other files go on.
    """
    job = await received(request, service)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return shown(job, language_of(request))


@router.delete(
    "/api/v1/documents/{id:path}", tags=["documents"], status_code=202, responses=problem_responses(404, 409, 422, 503)
)
def remove(
    request: Request,
    response: Response,
    service: Shared,
    reference: Annotated[str, Path(alias="id", description="A document's id, number or file name.")],
) -> ShownJob:
    """Take a document out, with what else its file gave; its other renditions stay."""
    found = show_document(service.archive, reference).card
    job = queued(request, service, "remove", document=found.id, label=found.title or found.number or found.source)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return shown(job, language_of(request))


@router.get("/api/v1/jobs", tags=["jobs"], responses=problem_responses(422, 503))
def jobs(
    request: Request,
    service: Shared,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 20,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over.")] = 0,
) -> JobList:
    """The jobs, the latest first."""
    found, total = queue_of(service).latest(limit, offset)
    return JobList(jobs=[shown(job, language_of(request)) for job in found], total=total)


@router.get("/api/v1/jobs/{id}", tags=["jobs"], responses=problem_responses(404, 422, 503))
def job(request: Request, service: Shared, id_: JobId) -> ShownJob:
    """How far a job is, and what became of its files."""
    return shown(queue_of(service).find(id_), language_of(request))


@router.post("/api/v1/jobs/retry", tags=["jobs"], status_code=202, responses=problem_responses(422, 503))
def retry_all(request: Request, response: Response, service: Shared) -> ShownJob:
    """Try again everything in the archive that failed, or waited for a program that is there now."""
    made = queued(request, service, "retry")
    response.headers["Location"] = f"/api/v1/jobs/{made.id}"
    return shown(made, language_of(request))


@router.post("/api/v1/jobs/{id}/cancel", tags=["jobs"], responses=problem_responses(404, 422, 503))
def cancel(request: Request, service: Shared, id_: JobId) -> ShownJob:
    """Give a job up; what it has stored stays, and it can be tried again."""
    return shown(queue_of(service).cancel(id_), language_of(request))


@router.post("/api/v1/jobs/{id}/retry", tags=["jobs"], responses=problem_responses(404, 422, 503))
def retry(request: Request, service: Shared, id_: JobId) -> ShownJob:
    """Try again what of a job failed, waited or was cancelled."""
    queue = queue_of(service)
    again = queue.retry(id_)
    see_to_it(queue.archive)
    return shown(again, language_of(request))


def shown(job: Job, language: Language) -> ShownJob:
    """A job as public JSON."""
    return ShownJob(
        id=job.id,
        kind=job.kind,
        state=job.state,
        created_at=job.created_at.replace(tzinfo=UTC),
        started_at=job.started_at and job.started_at.replace(tzinfo=UTC),
        ended_at=job.ended_at and job.ended_at.replace(tzinfo=UTC),
        done=job.done,
        total=job.total,
        document=job.document,
        code=job.told.code if job.told else None,
        message=job.told.message(language) if job.told else None,
        files=[_shown_file(file, language) for file in job.files],
    )


def _shown_file(file: JobFile, language: Language) -> ShownFile:
    return ShownFile(
        name=file.name,
        size=file.size,
        state=file.state,
        document=file.document,
        code=file.reason.code if file.reason else None,
        message=file.reason.message(language) if file.reason else None,
    )
