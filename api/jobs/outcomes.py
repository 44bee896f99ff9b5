"""What became of a job's files, as the archive's records say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from api.jobs import staging
from api.jobs.model import FileState, Job, JobFile, Reason
from corpus.store import schema
from corpus.store.archive import Archive
from indexer.workers import MEMBER

_WAITING = "waiting-"  # how the codes of files begin that another program on this machine would let us read
_MOST_MEMBERS = 2_000


def outcomes(archive: Archive, job: Job) -> tuple[JobFile, ...]:
    """The files of a job with what the archive knows of those still staged; a ZIP package with its members after it.

    A file that the archive does not know yet stays as it is.
    """
    known = _records(archive, job)
    told: list[JobFile] = []
    for file in job.files:
        if file.package is not None:
            continue  # told anew with its package
        path = str(staging.staged_path(archive.directory, job.id, file.ordinal, file.name))
        members = [
            _outcome(JobFile(0, each.removeprefix(path + MEMBER), row.size, row.sha256, "staged"), row)
            for each, row in known.items()
            if each.startswith(path + MEMBER)
        ]
        row = known.get(path)
        if file.state != "staged" or row is None:
            told.append(file)
        else:
            told.append(_outcome(file, row))
        told += [
            replace(member, ordinal=file.ordinal * 10_000 + at, package=file.ordinal)
            for at, member in enumerate(members[:_MOST_MEMBERS], start=1)
        ]
    return tuple(told)


def packages_told(files: Sequence[JobFile]) -> list[JobFile]:
    """Files for showing: a package of which not all members are documents says how many are; without any it failed."""
    inside: defaultdict[int, list[JobFile]] = defaultdict(list)
    for file in files:
        if file.package is not None:
            inside[file.package].append(file)
    return [_of_members(file, inside[file.ordinal]) if file.ordinal in inside else file for file in files]


def _of_members(package: JobFile, members: Sequence[JobFile]) -> JobFile:
    added = sum(member.state == "added" for member in members)
    if package.state != "added" or added == len(members):
        return package
    count, left = len(members), len(members) - added
    reason = Reason(
        "package-members",
        f"{added} trong {count} tệp bên trong đã vào kho; {left} tệp chưa vào, lý do ghi ở từng tệp bên dưới.",
        f"{added} of the {count} files in it are in the archive; {left} are not, each with its reason below.",
    )
    return replace(package, state="added" if added else "failed", reason=reason)


def tidy(archive: Path, job: str, files: tuple[JobFile, ...]) -> None:
    """Remove the staged copies of what the archive has; what is to be tried again is kept."""
    kept = {file.package for file in files if file.package is not None and file.state in ("failed", "waiting")}
    for file in files:
        if file.state == "added" and file.package is None and file.ordinal not in kept:
            staging.discard(archive, job, file.ordinal)


def _outcome(file: JobFile, row: Row[Any]) -> JobFile:
    if row.error_code is not None:
        state: FileState = "waiting" if row.error_code.startswith(_WAITING) else "failed"
        reason = Reason(row.error_code, row.error_vi, row.error_en)
        return replace(file, state=state, reason=reason, document=None)
    return replace(file, state="added", reason=None, document=row.document_id, pages_waiting=bool(row.waiting))


def _records(archive: Archive, job: Job) -> Mapping[str, Row[Any]]:
    """What the archive knows of a job's files and their members, by path and in its order."""
    folder = f"{staging.job_folder(archive.directory, job.id)}/"
    files, documents = schema.files, schema.documents
    query = (
        select(files, documents.c.waiting)
        .outerjoin(documents, documents.c.id == files.c.document_id)
        .where(files.c.path >= folder, files.c.path < folder[:-1] + "0")  # an index serves this, not LIKE
        .order_by(files.c.path)
    )
    with archive.reading() as connection:
        return {row.path: row for row in connection.execute(query).all()}
