"""Many files prepared in processes of their own, so that one that crashes takes no other along."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from corpus.encoder.contract import Encoder
from corpus.encoder.registry import load_encoder
from corpus.errors import TienLeError
from corpus.language.places import Places
from corpus.store.entry import Entry
from corpus.store.faults import index_faults
from corpus.store.settings import ArchiveSettings
from corpus.store.sources import Sources
from indexer.prepare import prepare
from indexer.reading import content


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that gave no entry, and why."""

    path: str
    sha256: str
    size: int
    error: TienLeError


@dataclass(frozen=True, slots=True)
class _Tools:
    archive: Path
    sources: Sources
    places: Places
    encoder: Encoder


_tools: _Tools | None = None


def prepare_all(paths: Sequence[str], archive: Path, model: str, workers: int) -> Iterator[Entry | Failure]:
    """The entry of every file, or why it has none, in the order in which they are ready.

    A file whose process dies is tried once more by itself; only one that kills that process too has failed.
    """
    waiting = list(reversed(paths))
    suspects: list[str] = []
    while waiting:
        with _Pool(archive, model, min(workers, len(waiting))) as pool:
            running: dict[Future[Entry | Failure], str] = {}
            while (waiting or running) and not pool.broken:
                while waiting and len(running) < 2 * workers:
                    path = waiting.pop()
                    running[pool.submit(path)] = path
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    path = running.pop(future)
                    try:
                        yield future.result()
                    except BrokenProcessPool:
                        pool.broken = True
                        suspects.append(path)
            suspects += running.values()
    for path in suspects:
        with _Pool(archive, model, 1) as pool:
            try:
                yield pool.submit(path).result()
            except BrokenProcessPool:
                yield Failure(path, "", 0, _died())


class _Pool:
    def __init__(self, archive: Path, model: str, workers: int) -> None:
        self.broken = False
        self._executor = ProcessPoolExecutor(
            workers, multiprocessing.get_context("spawn"), initializer=_start, initargs=(archive, model, os.getpid())
        )

    def submit(self, path: str) -> Future[Entry | Failure]:
        try:
            return self._executor.submit(_work, path)
        except BrokenProcessPool as error:
            future: Future[Entry | Failure] = Future()
            future.set_exception(error)
            return future

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)


def _start(archive: Path, model: str, parent: int) -> None:
    global _tools  # noqa: PLW0603  (a worker process has one set of tools, made once)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which lets running files finish
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    places = ArchiveSettings.load(archive).places
    _tools = _Tools(archive, Sources(archive / "sources"), places, load_encoder(model))


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)  # the parent was killed: nobody is left to take what this process makes


def _work(path: str) -> Entry | Failure:
    if _tools is None:
        raise RuntimeError("the worker was not started")
    file = Path(path)
    try:
        data = content(file)
    except TienLeError as error:
        return Failure(path, "", 0, error)
    with index_faults(_tools.archive):  # a full disk ends the run, it is no fault of this file
        sha256 = _tools.sources.keep(data)  # before it is read: a document is never without its source
    try:
        return prepare(file, data, sha256, _tools.encoder, _tools.places)
    except TienLeError as error:
        failed = error
    except Exception as error:  # noqa: BLE001  (the boundary: a slip of ours in one file must not end the batch)
        failed = _slip(error)
    _tools.sources.drop(sha256)
    return Failure(path, sha256, len(data), failed)


def _slip(error: Exception) -> TienLeError:
    said = f"{type(error).__name__}: {error}"
    return TienLeError(
        "unexpected",
        f"Lỗi của chương trình khi xử lý tệp này ({said}). Xin báo lỗi kèm tệp.",
        f"A fault of the program on this file ({said}). Please report it with the file.",
    )


def _died() -> TienLeError:
    return TienLeError(
        "worker-died",
        "Tiến trình đọc tệp này chết hai lần (thường vì thiếu bộ nhớ). Thử lại với --workers 1, hoặc chia nhỏ tệp.",
        "The process reading this file died twice (often out of memory). Try --workers 1, or split the file.",
    )
