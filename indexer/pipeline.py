"""From files to an archive: each file committed whole, any run resumable."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from corpus.encoder.registry import load_encoder
from corpus.errors import TienLeError
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.entry import Entry
from corpus.store.settings import FILE_NAME as SETTINGS
from corpus.store.settings import ArchiveSettings
from corpus.store.sources import hash_file
from indexer.discovery import discover
from indexer.prepare import recipe
from indexer.workers import Failure, prepare_all

_SYNC_EVERY = 1_000  # documents; each time both indexes are written to disk


@dataclass
class Report:
    """What a run did: documents stored, files that were there already or of other kinds, failures and their reasons."""

    indexed: int = 0
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[Path, TienLeError]] = field(default_factory=list)
    passages: int = 0
    words: int = 0
    seconds: float = 0.0
    interrupted: bool = False


Progress = Callable[[int, int, Report], None]
"""Called after every file with files done, files in all, and the report so far."""


def index(
    archive: Archive,
    paths: Sequence[Path],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Read, segment, embed and commit every file at ``paths``; the rest of the batch goes on when one fails.

    A file whose content the archive has, made by the same recipe, is left alone. ArchiveError when another process
    writes to the archive. After an interrupt (Ctrl-C) what is committed stays, and the report says so.
    """
    started = time.monotonic()
    report = Report()
    with archive.writing():
        archive.sync()  # a killed run may have left the indexes behind
        _adopt_settings(archive, paths)
        found = discover(paths)
        report.skipped = found.skipped
        for path, error in found.failures:
            archive.record_failure(str(path), "", 0, error)
            report.failures.append((path, error))
        total, done = len(found.files) + len(found.failures), len(found.failures)
        made_by = recipe(load_encoder(archive.model))
        unsynced = 0
        try:
            for outcome in _outcomes(archive, found.files, made_by, workers or default_workers()):
                _take(archive, outcome, made_by, report)
                done += 1
                unsynced += isinstance(outcome, Entry)
                if unsynced >= _SYNC_EVERY:
                    archive.sync()
                    unsynced = 0
                if progress:
                    progress(done, total, report)
        except KeyboardInterrupt:
            report.interrupted = True
        archive.sync()
    report.seconds = time.monotonic() - started
    return report


def default_workers() -> int:
    """One process a core: segmentation is the floor of indexing time and takes a core each."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _adopt_settings(archive: Archive, paths: Sequence[Path]) -> None:
    for path in paths:
        settings = path / SETTINGS
        if settings.is_file():
            ArchiveSettings.load(path)  # refuses a file that is not right before it is taken over
            shutil.copyfile(settings, archive.directory / SETTINGS)


def _outcomes(archive: Archive, files: Sequence[Path], made_by: str, workers: int) -> Iterator[Entry | Failure | None]:
    known = _known(archive, made_by)
    changed = []
    for path in map(str, files):
        # Most files of a second run are unchanged: that is told here, before any process starts.
        if path in known and known[path] == _hash(path):
            yield None
        else:
            changed.append(path)
    changed.sort(key=_size, reverse=True)  # a large file that comes last would leave the other processes waiting
    yield from prepare_all(changed, archive.directory, archive.model, workers)


def _known(archive: Archive, made_by: str) -> dict[str, str]:
    files, documents = schema.files, schema.documents
    query = select(files.c.path, files.c.sha256).join(documents).where(documents.c.recipe == made_by)
    with archive.reading() as connection:
        return {path: sha256 for path, sha256 in connection.execute(query)}  # noqa: C416  (rows are no pairs to mypy)


def _hash(path: str) -> str:
    try:
        return hash_file(Path(path))[0]
    except OSError:
        return ""  # gone or closed since: the worker says why


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


def _take(archive: Archive, outcome: Entry | Failure | None, made_by: str, report: Report) -> None:
    if isinstance(outcome, Entry):
        archive.commit(outcome, made_by)
        report.indexed += 1
        report.passages += len(outcome.passages)
        report.words += len(outcome.parsed.source.text.split())
    elif isinstance(outcome, Failure):
        archive.record_failure(outcome.path, outcome.sha256, outcome.size, outcome.error)
        report.failures.append((Path(outcome.path), outcome.error))
    else:
        report.unchanged += 1
