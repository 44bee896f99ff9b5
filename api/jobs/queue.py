"""The queue of jobs on the disk: what it has taken it keeps, whatever is killed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from api.jobs import staging
from api.jobs.model import LEFT, UNFINISHED, Job, JobFile, Kind, Reason, State
from api.jobs.schema import files, jobs, metadata
from corpus.errors import QueryError
from corpus.store.companion import Companion

DATABASE = "jobs.sqlite"


def now() -> datetime:
    """The time, in UTC, as it is stored."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def new_id() -> str:
    """An id for a job, not to be guessed."""
    return secrets.token_hex(8)


class Queue:
    """The jobs of an archive, for several processes; ArchiveError where its folder cannot be read or written."""

    def __init__(self, archive: Path) -> None:
        """The queue of the archive in a folder; its file is made with the first job."""
        self.archive = archive
        self._database = Companion(archive, staging.uploads(archive) / DATABASE, metadata)

    def add(
        self,
        kind: Kind,
        *,
        owner: str = "",
        job: str | None = None,
        given: Sequence[JobFile] = (),
        document: str | None = None,
        label: str = "",
    ) -> Job:
        """A new job, durable when this returns; one of whose files none is left to be read is done at once."""
        job_id, at = job or new_id(), now()
        finished = kind == "add" and not any(file.state == "staged" for file in given)
        row = {
            "id": job_id,
            "kind": kind,
            "state": "done" if finished else "queued",
            "owner": owner,
            "created_at": at,
            "ended_at": at if finished else None,
            "total": sum(file.state == "staged" for file in given),
            "document": document,
            "label": label,
        }
        with self._database.writing() as connection:
            connection.execute(insert(jobs).values(row))
            if given:
                connection.execute(insert(files), [_file_row(job_id, file) for file in given])
        return self.find(job_id)

    def find(self, job: str) -> Job:
        """A job with its files; QueryError ``job-unknown``."""
        with self._database.reading() as connection:
            row = connection and connection.execute(select(jobs).where(jobs.c.id == job)).first()
            if not connection or not row:
                raise _unknown(job)
            of_job = select(files).where(files.c.job == job).order_by(files.c.ordinal)
            return _job(row, [_file(each) for each in connection.execute(of_job)])

    def latest(self, limit: int, offset: int = 0) -> tuple[list[Job], int]:
        """The latest jobs with their files, and how many there are in all."""
        with self._database.reading() as connection:
            if connection is None:
                return [], 0
            total = connection.execute(select(func.count()).select_from(jobs)).scalar_one()
            newest = select(jobs).order_by(jobs.c.number.desc()).limit(limit).offset(offset)
            rows = connection.execute(newest).all()
            held: dict[str, list[JobFile]] = {row.id: [] for row in rows}
            of_jobs = select(files).where(files.c.job.in_(held)).order_by(files.c.job, files.c.ordinal)
            for row in connection.execute(of_jobs):
                held[row.job].append(_file(row))
        return [_job(row, held[row.id]) for row in rows], total

    def ids(self) -> set[str]:
        """The ids of all jobs."""
        with self._database.reading() as connection:
            return set(connection.scalars(select(jobs.c.id))) if connection else set()

    def pending(self) -> bool:
        """Whether a job waits or runs."""
        with self._database.reading() as connection:
            waiting = select(jobs.c.id).where(jobs.c.state.in_(UNFINISHED)).limit(1)
            return connection is not None and connection.execute(waiting).first() is not None

    def before(self, job: Job) -> int:
        """How many unfinished jobs come before one."""
        with self._database.reading() as connection:
            if connection is None:
                return 0
            mine = select(jobs.c.number).where(jobs.c.id == job.id).scalar_subquery()
            earlier = select(func.count()).where(jobs.c.state.in_(UNFINISHED), jobs.c.number < mine)
            return connection.execute(earlier).scalar_one()

    def take(self) -> tuple[Job, int] | None:
        """The next job, now running, and how often it was taken up; one that a killed process left comes first.

        For the one process that does the jobs.
        """
        with self._database.writing() as connection:
            unfinished = select(jobs.c.id, jobs.c.tries).where(jobs.c.state.in_(UNFINISHED))
            running_first = (jobs.c.state != "running", jobs.c.number)
            row = connection.execute(unfinished.order_by(*running_first)).first()
            if row is None:
                return None
            taken = {"state": "running", "tries": row.tries + 1, "started_at": now()}
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(taken | _told(None)))
        return self.find(row.id), row.tries + 1

    def progress(self, job: str, done: int, total: int) -> bool:
        """Note how far a job is; whether it is to be cancelled."""
        with self._database.writing() as connection:
            connection.execute(update(jobs).where(jobs.c.id == job).values(done=done, total=total))
            return bool(connection.scalar(select(jobs.c.cancelling).where(jobs.c.id == job)))

    def cancelling(self, job: str) -> bool:
        """Whether a job is to be cancelled."""
        with self._database.reading() as connection:
            return bool(connection and connection.scalar(select(jobs.c.cancelling).where(jobs.c.id == job)))

    def hold(self, job: str, reason: Reason | None) -> None:
        """Note what a running job is held up by."""
        with self._database.writing() as connection:
            connection.execute(update(jobs).where(jobs.c.id == job).values(_told(reason)))

    def back(self, job: str) -> None:
        """Put a running job back in its place: the process that did it was told to stop."""
        with self._database.writing() as connection:
            back = update(jobs).where(jobs.c.id == job, jobs.c.state == "running")
            connection.execute(back.values(state="queued", tries=jobs.c.tries - 1))

    def finish(self, job: str, state: State, given: Sequence[JobFile] = (), reason: Reason | None = None) -> None:
        """Note how a job ended, and what became of all its files where that is given."""
        ended = {"state": state, "ended_at": now(), "cancelling": False}
        with self._database.writing() as connection:
            connection.execute(update(jobs).where(jobs.c.id == job).values(ended | _told(reason)))
            if given:
                connection.execute(delete(files).where(files.c.job == job))
                connection.execute(insert(files), [_file_row(job, file) for file in given])

    def cancel(self, job: str) -> Job:
        """Give a job up: at once where it waits, soon where it runs; one that has ended stays as it is."""
        with self._database.writing() as connection:
            of_job = update(jobs).where(jobs.c.id == job)
            waiting = connection.execute(
                of_job.where(jobs.c.state == "queued").values(state="cancelled", ended_at=now())
            )
            if waiting.rowcount:
                left = update(files).where(files.c.job == job, files.c.state == "staged")
                connection.execute(left.values(state="cancelled"))
            connection.execute(of_job.where(jobs.c.state == "running").values(cancelling=True))
        return self.find(job)

    def retry(self, job: str) -> Job:
        """Queue again what of a job failed, waits for a program or was cancelled; an unfinished job stays as it is."""
        with self._database.writing() as connection:
            ended = jobs.c.state.not_in(UNFINISHED)
            if connection.execute(select(jobs.c.id).where(jobs.c.id == job, ended)).first():
                of_job = files.c.job == job
                connection.execute(
                    update(files)
                    .where(of_job, files.c.state.in_(LEFT), files.c.package.is_(None))
                    .values({"state": "staged"} | _told(None))
                )
                left = connection.scalar(select(func.count()).where(of_job, files.c.state == "staged"))
                queued = {"state": "queued", "done": 0, "total": left, "tries": 0, "started_at": None, "ended_at": None}
                connection.execute(update(jobs).where(jobs.c.id == job, ended).values(queued | _told(None)))
        return self.find(job)


def _told(reason: Reason | None) -> dict[str, str | None]:
    told = asdict(reason) if reason else dict.fromkeys(("code", "vi", "en"))
    return {f"error_{name}": said for name, said in told.items()}


def _reason(row: Row[Any]) -> Reason | None:
    return None if row.error_code is None else Reason(row.error_code, row.error_vi, row.error_en)


def _file_row(job: str, file: JobFile) -> dict[str, Any]:
    kept = ("ordinal", "name", "size", "sha256", "state", "document", "pages_waiting", "package")
    return {"job": job} | {name: getattr(file, name) for name in kept} | _told(file.reason)


def _file(row: Row[Any]) -> JobFile:
    facts = (row.ordinal, row.name, row.size, row.sha256, row.state, row.document)
    return JobFile(*facts, _reason(row), bool(row.pages_waiting), row.package)


def _job(row: Row[Any], given: Sequence[JobFile]) -> Job:
    job = Job(
        row.id,
        row.kind,
        row.state,
        row.owner,
        row.created_at,
        row.started_at,
        row.ended_at,
        row.done,
        row.total,
        bool(row.cancelling),
        row.document,
        row.label,
        _reason(row),
    )
    # What came in a package stands below it.
    return replace(job, files=tuple(sorted(given, key=lambda file: (file.package or file.ordinal, file.ordinal))))


def _unknown(job: str) -> QueryError:
    shown = job[:40]
    return QueryError(
        "job-unknown",
        f"Không có lượt việc “{shown}”. Xem các lượt việc ở trang Kho.",
        f"There is no job “{shown}”. See the jobs on the archive's page.",
    )
