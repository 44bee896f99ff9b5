"""The process that does an archive's jobs, one after the other: ``python -m api.jobs ARCHIVE``."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from sqlalchemy import select

from api.jobs import staging
from api.jobs.lock import alone
from api.jobs.model import Job, JobFile, Reason, State
from api.jobs.outcomes import outcomes, tidy
from api.jobs.queue import Queue
from corpus.errors import ArchiveError, TienLeError
from corpus.processors import let_readers_first, processors
from corpus.store import schema
from corpus.store.archive import Archive
from indexer.pipeline import Report, index

_MOST_TRIES = 3  # a job whose process died so often is what kills it
_AGAIN_AFTER = 0.5  # seconds until an archive that another process writes to is tried again
_LOOKED_EVERY = 0.3  # seconds between two looks at whether the job is to be cancelled


def work(archive: Path) -> None:
    """Do all jobs of the archive in a folder, unless another process is at it; ends when none is left."""
    queue, stop = Queue(archive), _Stop()
    # A job that came after the last look, while the lock was still held, has found us busy: so look again without it.
    while not stop.told and queue.pending():
        with alone(archive) as ours:
            if not ours:
                return
            staging.sweep(archive, queue.ids())
            while not stop.told and (taken := queue.take()):
                _Doing(queue, stop, *taken).do()


class _Stop:
    """Signals that end what is being done, and nothing else: SIGTERM ends the process, a cancelled job only itself."""

    def __init__(self) -> None:
        self.told = False
        self._busy = False
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._interrupt)

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Signals raise KeyboardInterrupt within; without, they are remembered or come too late."""
        self._busy = True
        try:
            if self.told:
                raise KeyboardInterrupt
            yield
        finally:
            self._busy = False

    def _end(self, signal_: int, frame: FrameType | None) -> None:
        self.told = True
        self._interrupt(signal_, frame)

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        if self._busy:
            self._busy = False  # one is enough: a second would break into the tidying up
            raise KeyboardInterrupt


class _Doing:
    """One job being done."""

    def __init__(self, queue: Queue, stop: _Stop, job: Job, tries: int) -> None:
        self._queue = queue
        self._stop = stop
        self._job = job
        self._tries = tries
        self._told_at = 0.0
        self._ended = threading.Event()

    def do(self) -> None:
        """Do the job, whatever becomes of it, and note how it ended."""
        if self._tries > _MOST_TRIES:
            self._queue.finish(self._job.id, "failed", reason=_died(self._tries - 1))
            return
        watch = threading.Thread(target=self._watch, daemon=True)
        watch.start()
        try:
            with self._stop.heeded():
                reason = self._when_free()
        except KeyboardInterrupt:
            self._interrupted()
        except TienLeError as error:
            self._settle("failed", Reason(error.code, error.vi, error.en))
        except Exception as error:  # noqa: BLE001  (the boundary: a slip of ours in one job must not end the others)
            traceback.print_exc()
            self._settle("failed", _slip(error))
        else:
            self._settle("done", reason)
        finally:
            self._ended.set()
            watch.join()

    def _watch(self) -> None:
        while not self._ended.wait(_LOOKED_EVERY):
            if self._queue.cancelling(self._job.id):
                os.kill(os.getpid(), signal.SIGINT)
                return

    def _when_free(self) -> Reason | None:
        held = False
        while True:
            try:
                return self._once()
            except ArchiveError as error:
                if error.code != "archive-locked":
                    raise
                if not held:
                    self._queue.hold(self._job.id, Reason(error.code, error.vi, error.en))
                held = True
                time.sleep(_AGAIN_AFTER)

    def _once(self) -> Reason | None:
        archive = Archive.open(self._queue.archive)
        try:
            if self._job.kind == "remove":
                remove(archive, self._job.document or "")
                return None
            retry = self._job.kind == "retry"
            staged = () if retry else _staged(self._queue.archive, self._job)
            # A core is left to those who read.
            workers = max(1, processors() - 1)
            report = index(archive, staged, workers=workers, progress=self._progress, retry=retry)
        finally:
            archive.close()
        if report.interrupted:
            raise KeyboardInterrupt
        return _left(report) if retry else None

    def _progress(self, done: int, total: int, _report: Report) -> None:
        if time.monotonic() - self._told_at >= _LOOKED_EVERY or done == total:
            self._told_at = time.monotonic()
            self._queue.progress(self._job.id, done, total)

    def _interrupted(self) -> None:
        if self._stop.told and not self._queue.cancelling(self._job.id):
            self._queue.back(self._job.id)
        else:
            self._settle("cancelled", None)

    def _settle(self, state: State, reason: Reason | None) -> None:
        files = self._job.files
        if self._job.kind == "add":
            archive = Archive.open(self._queue.archive)
            try:
                files = outcomes(archive, self._job)
            finally:
                archive.close()
            if state == "cancelled":
                files = tuple(replace(file, state="cancelled") if file.state == "staged" else file for file in files)
        self._queue.finish(self._job.id, state, files, reason)
        tidy(self._queue.archive, self._job.id, files)


def remove(archive: Archive, document: str) -> None:
    """Take a document out, with what else its file gave, and forget its file; its other renditions stay.

    Nothing where it is gone already. ArchiveError ``archive-locked`` when another process writes.
    """
    files, documents = schema.files.c, schema.documents.c
    with archive.writing():
        with archive.reading() as connection:
            sha256 = connection.scalar(select(documents.sha256).where(documents.id == document))
            paths = list(connection.scalars(select(files.path).where(files.sha256 == sha256)))
        archive.forget(paths)
        archive.sync()
        if sha256:
            archive.sources.drop(sha256)


def _staged(archive: Path, job: Job) -> list[Path]:
    left: list[JobFile] = [file for file in job.files if file.state == "staged"]
    return [staging.staged_path(archive, job.id, file.ordinal, file.name) for file in left]


def _left(report: Report) -> Reason | None:
    """What of the earlier failures could not be helped, None where nothing is left."""
    failed, waiting, gone = len(report.failures), len(report.waiting), len(report.gone)
    if not failed + waiting + gone:
        return None
    return Reason(
        "retry-left",
        f"Đã đọc được {report.indexed} tệp; còn {failed} tệp lỗi hoặc chờ, {waiting} văn bản còn trang chờ nhận dạng, "
        f"{gone} tệp không còn ở chỗ cũ.",
        f"{report.indexed} files were read; {failed} still fail or wait, {waiting} documents have pages that wait, "
        f"{gone} files are no longer where they were.",
    )


def _died(times: int) -> Reason:
    return Reason(
        "job-died",
        f"Tiến trình đọc tệp đã bị dừng đột ngột {times} lần khi làm lượt này, nên lượt này được gác lại. Kiểm tra bộ "
        "nhớ của máy, gửi ít tệp hơn mỗi lần, rồi bấm “Thử lại”.",
        f"The process that reads files was ended abruptly {times} times at this job, which is put aside. Check the "
        "machine's memory, send fewer files at a time, then press “Try again”.",
    )


def _slip(error: Exception) -> Reason:
    said = f"{type(error).__name__}: {error}"[:300]
    return Reason(
        "unexpected",
        f"Chương trình gặp lỗi ({said}). Bấm “Thử lại”; nếu vẫn lỗi, xem uploads/work.log của kho và báo lỗi.",
        f"The program failed ({said}). Press “Try again”; if it goes on, see uploads/work.log in the archive's folder "
        "and report it.",
    )


def main() -> None:
    """Do the jobs of the archive that the command line names."""
    let_readers_first()
    work(Path(sys.argv[1]))
