"""Processes that can each be killed: one that crashes, hangs or grows too large takes only its own work along."""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, Literal, TypeVar

from corpus.errors import TienLeError

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")

_MEMORY = 86  # exit status of a process that ran into its memory limit
_WATCH = 0.25  # seconds between two looks at the parent and the memory
_IDLE = 0.25  # seconds without a result after which the caller may do something else
_GRACE = 5  # seconds after which a process that its parent did not stop in time ends itself


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may take: ``seconds`` between two of its results; ``memory`` bytes beyond the process's own."""

    seconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class Lost(Generic[TaskT]):
    """A task whose process is gone: for its time, its memory, or by itself (``status``: exit status, -signal)."""

    task: TaskT
    why: Literal["time", "memory", "died"]
    status: int | None = None


@dataclass(frozen=True, slots=True)
class _Ready:
    """The process is set up."""


@dataclass(frozen=True, slots=True)
class _Done:
    """The task has given its last result."""


@dataclass(frozen=True, slots=True)
class _Raised:
    """What the work raised: it ends the whole run."""

    error: Exception


@dataclass(slots=True)
class _Worker(Generic[TaskT]):
    process: BaseProcess
    pipe: Connection
    tasks: deque[TaskT] = field(default_factory=deque)
    ready: bool = False
    heard: float = 0.0  # when the task at hand began or last gave a result

    def give(self, task: TaskT) -> None:
        if not self.tasks:
            self.heard = time.monotonic()
        self.tasks.append(task)
        with suppress(OSError):  # it died meanwhile: the end of its pipe says so
            self.pipe.send(task)

    def end(self) -> int | None:
        """Kill the process and all that it started; its exit status."""
        if self.process.pid:
            with suppress(ProcessLookupError, PermissionError):  # it died before it had a group of its own
                os.killpg(self.process.pid, signal.SIGKILL)
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.pipe.close()
        return self.process.exitcode


Work = Callable[[TaskT], Iterable[ResultT]]


def run_all(
    make: Callable[..., Work[TaskT, ResultT]],
    arguments: tuple[object, ...],
    tasks: deque[TaskT],
    workers: int,
    limits: Limits,
    idle: Callable[[], None] | None = None,
) -> Iterator[tuple[TaskT, ResultT] | Lost[TaskT]]:
    """Every result of every task as it comes, with its task; of a task whose process is gone, a :class:`Lost`.

    ``make(*arguments)`` gives the work, in each process once. What it or the work raises is raised here. Tasks go out
    only as results are taken, so that results never pile up; ``tasks`` empties, and may be added to meanwhile. Closing
    the iterator kills the processes. ``idle`` is called again and again while they work and none has a result.
    """
    pool: list[_Worker[TaskT]] = []
    try:
        while tasks or any(worker.tasks for worker in pool):
            while len(pool) < min(workers, len(tasks) + sum(len(worker.tasks) for worker in pool)):
                pool.append(_launch(make, arguments, limits))
            _hand_out(tasks, pool)
            heard = _heard_from(pool, limits.seconds, _IDLE if idle else None)
            if idle and not heard:
                idle()
            for worker in heard:
                yield from _take(worker, pool, tasks, limits)
    finally:
        for worker in pool:
            worker.end()


def _launch(make: Callable[..., Work[TaskT, ResultT]], arguments: tuple[object, ...], limits: Limits) -> _Worker[TaskT]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, os.getpid(), limits, make, arguments), daemon=True)
    process.start()
    theirs.close()  # so that the pipe ends with the process
    return _Worker(process, ours)


def _hand_out(waiting: deque[TaskT], pool: list[_Worker[TaskT]]) -> None:
    for worker in pool:
        if waiting and not worker.tasks:
            worker.give(waiting.popleft())
    for worker in pool:
        # A task ahead, so that no process waits while its result is being stored; none at the end, where a task behind
        # a long one would wait while others are idle.
        if len(worker.tasks) == 1 and len(waiting) > len(pool):
            worker.give(waiting.popleft())


def _heard_from(pool: list[_Worker[TaskT]], seconds: float, longest: float | None) -> list[_Worker[TaskT]]:
    """The processes that have something to say, or whose time is up; none when that takes longer than ``longest``."""
    busy = [worker for worker in pool if worker.tasks and worker.ready]
    now = time.monotonic()
    ends = [max(0.0, worker.heard + seconds - now) for worker in busy] + ([] if longest is None else [longest])
    ready = wait([worker.pipe for worker in pool], min(ends, default=None))
    now = time.monotonic()
    return [worker for worker in pool if worker.pipe in ready or (worker in busy and now >= worker.heard + seconds)]


def _take(
    worker: _Worker[TaskT], pool: list[_Worker[TaskT]], waiting: deque[TaskT], limits: Limits
) -> Iterator[tuple[TaskT, ResultT] | Lost[TaskT]]:
    try:
        # What has arrived counts before the clock: the process may have waited for us.
        message = worker.pipe.recv() if worker.pipe.poll() else None
    except (EOFError, OSError):
        yield from _bury(worker, pool, waiting, timed_out=False)
        return
    if message is None:
        if time.monotonic() >= worker.heard + limits.seconds:
            yield from _bury(worker, pool, waiting, timed_out=True)
        return
    worker.heard = time.monotonic()
    if isinstance(message, _Ready):
        worker.ready = True
    elif isinstance(message, _Raised):
        raise message.error
    elif isinstance(message, _Done):
        worker.tasks.popleft()
    else:
        yield worker.tasks[0], message


def _bury(
    worker: _Worker[TaskT], pool: list[_Worker[TaskT]], waiting: deque[TaskT], *, timed_out: bool
) -> Iterator[Lost[TaskT]]:
    pool.remove(worker)
    if not timed_out:
        worker.process.join(_GRACE)  # its pipe is closed, its exit status may be a moment behind
    status = worker.end()
    timed_out = timed_out or status == -signal.SIGALRM  # it ended itself, while we did something else
    if not worker.ready:
        raise _not_started(status)
    if worker.tasks:
        lost, *later = worker.tasks
        waiting.extendleft(reversed(later))
        yield Lost(lost, "time" if timed_out else "memory" if status == _MEMORY else "died", status)


def _serve(
    pipe: Connection,
    parent: int,
    limits: Limits,
    make: Callable[..., Work[TaskT, ResultT]],
    arguments: tuple[object, ...],
) -> None:
    """What a process does: sets itself up, then does task after task until its pipe is closed."""
    os.setpgid(0, 0)  # what it starts (text recognition, LibreOffice) is killed with it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    logging.getLogger().addHandler(logging.NullHandler())  # what libraries say of damaged files is no message of ours
    warnings.simplefilter("ignore")
    try:
        work = make(*arguments)
        _limit_memory(limits.memory)
        threading.Thread(target=_watch, args=(parent, limits.memory), daemon=True).start()
        pipe.send(_Ready())
        while True:
            task = pipe.recv()
            for result in _within(limits, work(task)):
                pipe.send(result)
            pipe.send(_Done())
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except MemoryError:
        os._exit(_MEMORY)
    except Exception as error:  # noqa: BLE001  (the boundary of the process: the parent raises it)
        pipe.send(_Raised(error if isinstance(error, TienLeError) else RuntimeError(traceback.format_exc())))


def _within(limits: Limits, results: Iterable[ResultT]) -> Iterator[ResultT]:
    """The results, each within a time after which the system ends this process, should the parent be gone."""
    iterator = iter(results)
    while True:
        signal.setitimer(signal.ITIMER_REAL, limits.seconds + _GRACE)  # unhandled, its signal ends even a loop in C
        try:
            result = next(iterator)
        except StopIteration:
            return
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        yield result


def _limit_memory(beyond: int) -> None:
    """Let the system refuse memory beyond what is in use now (Linux counts private writable memory, mapped too)."""
    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = _data_size() + beyond
        resource.setrlimit(resource.RLIMIT_DATA, (limit if hard < 0 else min(limit, hard), hard))


def _data_size() -> int:
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123  (no file of ours)
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))


def _peak() -> int:
    """The most resident memory that this process ever had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _watch(parent: int, memory: int) -> None:
    """End this process with its parent, or when it outgrows its memory where the system does not refuse it."""
    most = _peak() + memory
    while os.getppid() == parent:
        if _peak() > most:
            os._exit(_MEMORY)
        time.sleep(_WATCH)
    os.killpg(0, signal.SIGKILL)  # the parent was killed: nobody is left to take what this process makes


def _not_started(status: int | None) -> TienLeError:
    return TienLeError(
        "worker-start",
        f"Không khởi động được tiến trình đọc tệp (mã thoát {status}), thường vì thiếu bộ nhớ. "
        "Đóng bớt chương trình rồi chạy lại, hoặc thêm --workers 1.",
        f"A process that reads files could not start (exit status {status}), often for want of memory. "
        "Close other programs and run again, or add --workers 1.",
    )
