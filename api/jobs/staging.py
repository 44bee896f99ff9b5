"""Where files lie that were sent in and are not yet in the archive."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from api.jobs.names import clean_name

FOLDER = "uploads"
"""In the archive's folder: the queue, and a folder for each of its jobs."""

_FORGOTTEN_AFTER = 24 * 3600  # seconds after which a folder that no job knows is a left-over of a killed server


def uploads(archive: Path) -> Path:
    """The folder of what comes in."""
    return archive / FOLDER


def job_folder(archive: Path, job: str) -> Path:
    """The folder of a job's files."""
    return uploads(archive) / job


def staged_path(archive: Path, job: str, ordinal: int, name: str) -> Path:
    """Where a file of a job lies: alone in a folder of its own, so that no name meets another.

    The last part is the name as shown, since the archive tells documents by the names of their files.
    """
    return job_folder(archive, job) / f"{ordinal:04}" / clean_name(name)


def discard(archive: Path, job: str, ordinal: int | None = None) -> None:
    """Remove a job's files, or one of them."""
    folder = job_folder(archive, job)
    shutil.rmtree(folder if ordinal is None else folder / f"{ordinal:04}", ignore_errors=True)
    if ordinal is not None and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def sync_folders(archive: Path, job: str) -> None:
    """See that the names of a job's files are on the disk, as their bytes are."""
    folder = job_folder(archive, job)
    for each in (*(path for path in folder.iterdir() if path.is_dir()), folder, uploads(archive)):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sweep(archive: Path, known: set[str]) -> int:
    """Remove what requests left that broke off: folders of no job, a day old; how many there were."""
    gone = 0
    for folder in uploads(archive).iterdir():
        old = folder.is_dir() and time.time() - folder.stat().st_mtime > _FORGOTTEN_AFTER
        if old and folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone
