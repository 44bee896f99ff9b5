"""Many files prepared in processes of their own, within limits, so that one that fails takes no other along."""

from __future__ import annotations

import hashlib
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.encoder.contract import Encoder
from corpus.encoder.registry import load_encoder
from corpus.errors import ReadingError, TienLeError
from corpus.language.places import Places
from corpus.language.segment import segment
from corpus.store.entry import Entry
from corpus.store.faults import index_faults
from corpus.store.settings import FILE_NAME as SETTINGS
from corpus.store.settings import ArchiveSettings, ReadingLimits
from corpus.store.sources import Sources
from indexer.pool import Limits, Lost, run_all
from indexer.prepare import prepare
from indexer.reading import ReadingOptions, content
from indexer.reading.failures import failure
from indexer.reading.packages import is_package, members

MEMBER = "!"
"""Between a package's path and the name inside it: "folder/archive.zip!inside/file.docx"."""

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Task:
    """A file to take in: ``path`` is where it was found.

    ``kept``: hash of the kept copy that is read in its place, empty for the file itself. Of a ZIP package, the first
    ``skip`` members are passed over, and ``only`` the one of this name is taken where it is given.
    """

    path: str
    kept: str = ""
    skip: int = 0
    only: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that gave no entry, and why."""

    path: str
    sha256: str
    size: int
    error: TienLeError


@dataclass(frozen=True, slots=True)
class Package:
    """A ZIP package whose members have all been answered for, each as a file of its own."""

    path: str
    sha256: str
    size: int


Outcome = Entry | Failure | Package


@dataclass(frozen=True, slots=True)
class _Begun:
    """What a process is busy with, said before it begins; of a package's member its name and number in it."""

    path: str
    sha256: str
    size: int
    name: str = ""
    number: int = 0


def prepare_all(
    tasks: Sequence[Task],
    archive: Path,
    model: str,
    workers: int,
    limits: ReadingLimits,
    options: ReadingOptions,
    idle: Callable[[], None] | None = None,
) -> Iterator[Outcome]:
    """The entry of every file, or why it has none, in the order in which they are ready.

    A file over its time has failed. One whose process dies or runs out of memory is tried once more when no other
    process runs; only one that ends that process too has failed. A package comes after all of its members.
    ``idle`` is called now and then while none is ready.
    """
    ours = Limits(limits.seconds, limits.memory_mb * _MB)
    suspects: list[Task] = []
    held: list[Package] = []
    for outcome in _prepare(deque(tasks), archive, model, workers, ours, options, suspects, idle):
        if isinstance(outcome, Package) and any(suspect.path == outcome.path for suspect in suspects):
            held.append(outcome)
        else:
            yield outcome
    yield from _prepare(deque(suspects), archive, model, 1, ours, options, None, idle)
    yield from held


def _prepare(
    tasks: deque[Task],
    archive: Path,
    model: str,
    workers: int,
    limits: Limits,
    options: ReadingOptions,
    suspects: list[Task] | None,
    idle: Callable[[], None] | None,
) -> Iterator[Outcome]:
    """The outcomes of tasks; those whose process ended go to ``suspects``, or have failed where that is None."""
    begun: dict[Task, _Begun] = {}
    for event in run_all(_make, (archive, model, options), tasks, workers, limits, idle):
        if isinstance(event, Lost):
            task, at = event.task, begun.pop(event.task, None)
            if suspects is None or event.why == "time":
                yield _failure(event, at, archive, limits)
            else:
                suspects.append(replace(task, skip=0, only=at.name) if at and at.name else task)
            if at and at.name and not task.only:
                tasks.append(replace(task, skip=at.number + 1))  # the other members of the package
            continue
        task, said = event
        if isinstance(said, _Begun):
            begun[task] = said
        else:
            begun.pop(task, None)
            yield said


def _failure(lost: Lost[Task], at: _Begun | None, archive: Path, limits: Limits) -> Failure:
    settings, megabytes = archive / SETTINGS, limits.memory // _MB
    error = {
        "time": lambda: _timeout(limits.seconds, settings),
        "memory": lambda: _memory(megabytes, settings),
        "died": lambda: _died(lost.status, megabytes, settings),
    }[lost.why]()
    return Failure(at.path, at.sha256, at.size, error) if at else Failure(lost.task.path, "", 0, error)


def _make(archive: Path, model: str, options: ReadingOptions) -> Callable[[Task], Iterator[Outcome | _Begun]]:
    places, encoder = ArchiveSettings.load(archive).places, load_encoder(model)
    encoder.encode_passages([segment("kế hoạch")])  # models are loaded now, not on the first file's time and memory
    return _Reading(archive, Sources(archive / "sources"), places, encoder, options).take


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a process of its own does with a task."""

    archive: Path
    sources: Sources
    places: Places
    encoder: Encoder
    options: ReadingOptions

    def take(self, task: Task) -> Iterator[Outcome | _Begun]:
        try:
            data = content(self.sources.path(task.kept) if task.kept else Path(task.path), self.options)
        except TienLeError as error:
            yield Failure(task.path, "", 0, error)
            return
        if is_package(data):
            yield from self._package(task, data)
        else:
            yield from self._file(task.path, data)

    def _package(self, task: Task, data: bytes) -> Iterator[Outcome | _Begun]:
        sha256 = hashlib.sha256(data).hexdigest()
        yield _Begun(task.path, sha256, len(data))
        number = -1
        try:
            for number, (name, inside) in enumerate(members(data, self.options)):
                if number < task.skip or (task.only and task.only != name):
                    continue
                path = f"{task.path}{MEMBER}{name}"
                if isinstance(inside, ReadingError):
                    yield Failure(path, "", 0, inside)
                elif not inside:
                    yield Failure(path, "", 0, failure("empty"))
                else:
                    yield from self._file(path, inside, name, number)
        except ReadingError as error:  # the package as a whole
            yield Failure(task.path, sha256, len(data), error)
            return
        if number < 0:
            yield Failure(task.path, sha256, len(data), failure("blank"))
        elif not task.only:
            yield Package(task.path, sha256, len(data))

    def _file(self, path: str, data: bytes, name: str = "", number: int = 0) -> Iterator[Outcome | _Begun]:
        with index_faults(self.archive):  # a full disk ends the run, it is no fault of this file
            sha256 = self.sources.keep(data)  # before it is read: a document is never without its source
        yield _Begun(path, sha256, len(data), name, number)
        try:
            outcome: Outcome = prepare(Path(path), data, sha256, self.encoder, self.places, self.options)
        except MemoryError:
            raise
        except TienLeError as error:
            outcome = Failure(path, sha256, len(data), error)
        except Exception as error:  # noqa: BLE001  (the boundary: a slip of ours in one file must not end the batch)
            outcome = Failure(path, sha256, len(data), _slip(error))
        yield outcome


def _slip(error: Exception) -> TienLeError:
    said = f"{type(error).__name__}: {error}"
    return TienLeError(
        "unexpected",
        f"Lỗi của chương trình khi xử lý tệp này ({said}). Xin báo lỗi kèm tệp.",
        f"A fault of the program on this file ({said}). Please report it with the file.",
    )


def _timeout(seconds: float, settings: Path) -> ReadingError:
    return ReadingError(
        "file-timeout",
        f"Đọc tệp này quá {seconds:g} giây nên đã dừng; các trang đã nhận dạng được giữ lại. Chia nhỏ tệp, hoặc tăng "
        f"seconds ở mục [reading] trong {settings}, rồi chạy tienle index --retry.",
        f"Reading this file took more than {seconds:g} seconds and was stopped; pages recognised so far are kept. "
        f"Split the file, or raise seconds under [reading] in {settings}, then run tienle index --retry.",
    )


def _memory(megabytes: int, settings: Path) -> ReadingError:
    return ReadingError(
        "file-memory",
        f"Đọc tệp này cần hơn {megabytes} MB bộ nhớ nên đã dừng. Chia nhỏ tệp, hoặc tăng memory_mb ở mục [reading] "
        f"trong {settings}, rồi chạy tienle index --retry.",
        f"Reading this file takes more than {megabytes} MB of memory and was stopped. Split the file, or raise "
        f"memory_mb under [reading] in {settings}, then run tienle index --retry.",
    )


def _died(status: int | None, megabytes: int, settings: Path) -> ReadingError:
    try:
        how = signal.Signals(-(status or 0)).name
    except ValueError:
        how = str(status)
    return ReadingError(
        "worker-died",
        f"Tiến trình đọc tệp này chết hai lần ({how}): tệp hỏng, hoặc cần hơn {megabytes} MB bộ nhớ. Lấy lại hay chia "
        f"nhỏ tệp, hoặc tăng memory_mb ở mục [reading] trong {settings}, rồi chạy tienle index --retry.",
        f"The process reading this file died twice ({how}): the file is damaged, or takes more than {megabytes} MB of "
        f"memory. Get it again or split it, or raise memory_mb under [reading] in {settings}, then run "
        "tienle index --retry.",
    )
