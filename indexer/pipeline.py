"""From files to an archive: each file committed whole, any run resumable."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from corpus.encoder.registry import load_encoder
from corpus.errors import TienLeError
from corpus.processors import processors
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.entry import Entry
from corpus.store.settings import FILE_NAME as SETTINGS
from corpus.store.settings import ArchiveSettings
from indexer.discovery import discover
from indexer.pending import Again, Known, Unchanged, to_retry
from indexer.prepare import recipe
from indexer.reading import ReadingOptions
from indexer.workers import MEMBER, Failure, Outcome, Package, Task, prepare_all

_SHOWN_EVERY = 1.0  # seconds after which what is stored can be found, though the run goes on
_SHOWN_SHARE = 10  # times as long as showing it took pass until it is done again: a tenth of a run at most goes into it


@dataclass
class Report:
    """What a run did: documents stored, files that were there already or of other kinds, failures and their reasons.

    ``waiting``: documents of which some pages are still to be recognised; ``gone``: files to be tried again that are
    no longer there.
    """

    indexed: int = 0
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[Path, TienLeError]] = field(default_factory=list)
    waiting: list[Path] = field(default_factory=list)
    gone: list[Path] = field(default_factory=list)
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
    retry: bool = False,
) -> Report:
    """Read, segment, embed and commit every file at ``paths``; the rest of the batch goes on when one fails.

    A file whose content the archive has, made by the same recipe, is left alone; ``retry`` takes up again what failed
    or waits, whatever ``paths``. ``workers``: processes, by default one a core, since segmentation is the floor of
    indexing time and takes a core each. ArchiveError when another process writes to the archive. After an interrupt
    (Ctrl-C) what is committed stays, and the report says so.
    """
    started = time.monotonic()
    report = Report()
    with archive.writing():
        archive.sync()  # a killed run may have left the indexes behind
        _adopt_settings(archive, paths)
        again = to_retry(archive) if retry else Again()
        found = discover([*paths, *again.paths])
        report.skipped, report.gone = found.skipped, again.gone
        for path, error in found.failures:
            archive.record_failure(str(path), "", 0, error)
            report.failures.append((path, error))
        # What is known from the start; members of packages come on top of it.
        given = {*map(str, found.files), *(_answered_by(task) for task in again.tasks)}
        done = len(found.failures)
        total = done + len(given)
        made_by = recipe(load_encoder(archive.model))
        showing = _Showing(archive)
        refused: set[str] = set()
        partly = {task.path for task in again.tasks if task.kept}
        try:
            for outcome in _outcomes(archive, found.files, again.tasks, made_by, workers or processors(), showing.show):
                if isinstance(outcome, Failure) and outcome.path in partly:
                    report.failures.append((Path(outcome.path), outcome.error))  # what it gave before stays
                else:
                    _take(archive, outcome, made_by, report)
                done += 1
                total += outcome.path not in given
                showing.due |= isinstance(outcome, Entry)
                if isinstance(outcome, Failure):
                    refused.add(outcome.sha256)
                showing.show()
                if progress:
                    progress(done, total, report)
        except KeyboardInterrupt:
            report.interrupted = True
        _drop(archive, refused)
        archive.sync()
        archive.tidy()
    report.seconds = time.monotonic() - started
    return report


class _Showing:
    """When what a run has stored can be found: soon, though the next file may take minutes."""

    def __init__(self, archive: Archive) -> None:
        self.due = False  # something is stored that cannot be found yet
        self._archive = archive
        self._last, self._pause = time.monotonic(), _SHOWN_EVERY

    def show(self) -> None:
        began = time.monotonic()
        if self.due and began - self._last >= self._pause:
            self._archive.sync(counting=False)
            self._last, self.due = time.monotonic(), False
            self._pause = max(_SHOWN_EVERY, _SHOWN_SHARE * (self._last - began))


def reading_options(archive: Archive, processes: int) -> ReadingOptions:
    """How files are read into an archive by so many processes at once: its limits, its cache of recognised pages."""
    limits = archive.settings.reading
    return ReadingOptions(
        bytes=limits.max_mb * 1024 * 1024,
        pages=limits.max_pages,
        cache=archive.directory / "cache" / "ocr",
        threads=max(1, processors() // max(1, processes)),
    )


def _adopt_settings(archive: Archive, paths: Sequence[Path]) -> None:
    for path in paths:
        settings = path / SETTINGS
        if settings.is_file():
            ArchiveSettings.load(path)  # refuses a file that is not right before it is taken over
            shutil.copyfile(settings, archive.directory / SETTINGS)


def _answered_by(task: Task) -> str:
    return f"{task.path}{MEMBER}{task.only}" if task.only else task.path


def _outcomes(
    archive: Archive,
    files: Sequence[Path],
    again: Sequence[Task],
    made_by: str,
    workers: int,
    idle: Callable[[], None],
) -> Iterator[Outcome | Unchanged]:
    known = Known(archive, made_by)
    tasks = list(again)
    for path in map(str, files):
        # Most files of a second run are unchanged: that is told here, before any process starts.
        answer = known.answer(path)
        if answer is None:
            tasks.append(Task(path))
        else:
            yield from answer
    tasks.sort(key=_size, reverse=True)  # a large file that comes last would leave the other processes waiting
    options = reading_options(archive, min(workers, len(tasks)))
    yield from prepare_all(tasks, archive.directory, archive.model, workers, archive.settings.reading, options, idle)


def _size(task: Task) -> int:
    try:
        return Path(task.path).stat().st_size
    except OSError:
        return 0


def _take(archive: Archive, outcome: Outcome | Unchanged, made_by: str, report: Report) -> None:
    if isinstance(outcome, Entry):
        archive.commit(outcome, made_by)
        report.indexed += 1
        for document in (outcome, *outcome.issued):
            report.passages += len(document.passages)
            report.words += len(document.parsed.source.text.split())
        if outcome.parsed.source.waiting:
            report.waiting.append(Path(outcome.path))
    elif isinstance(outcome, Failure):
        archive.record_failure(outcome.path, outcome.sha256, outcome.size, outcome.error)
        report.failures.append((Path(outcome.path), outcome.error))
    elif isinstance(outcome, Package):
        archive.record_package(outcome.path, outcome.sha256, outcome.size)
    else:
        report.unchanged += 1


def _drop(archive: Archive, refused: set[str]) -> None:
    """Forget the kept copies of files that gave no document; a file of the same content may have given one."""
    with archive.reading() as connection:
        kept = set(connection.scalars(select(schema.documents.c.sha256)))
    for sha256 in refused - kept - {""}:
        archive.sources.drop(sha256)
