"""A file that takes too much, or takes its process along, costs nothing but itself; what failed is tried again."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from corpus.errors import ArchiveError, TienLeError
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.settings import ArchiveSettings, ReadingLimits
from corpus.store.verify import verify
from indexer.pipeline import index, reading_options
from indexer.pool import _GRACE, Limits, Lost, run_all

MB = 1024 * 1024
LIMITS = Limits(seconds=6, memory=200 * MB)


@pytest.fixture(autouse=True)
def _tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2])  # where the processes find this module


def _crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _loop() -> None:
    while True:
        pass


def _loop_in_c() -> None:
    ctypes.PyDLL(None).sleep(3600)  # PyDLL keeps the interpreter's lock: no thread of the process runs meanwhile


def _bomb() -> None:
    bytearray(4_000 * MB)


def _bomb_in_pieces() -> None:
    kept = []
    while True:
        kept.append(bytes(MB))


def _child() -> None:
    """A program that the reader started and waits for."""
    import subprocess

    subprocess.run(["sleep", "3600.25"], check=True)


_TRICKS = {trick.__name__: trick for trick in (_crash, _loop, _loop_in_c, _bomb, _bomb_in_pieces, _child)}


def make(folder: str) -> Callable[[str], Iterator[str]]:
    """What the processes of these tests do: a task named like a trick plays it, any other gives its name twice."""

    def work(task: str) -> Iterator[str]:
        with (Path(folder) / "seen").open("a") as seen:
            seen.write(f"{task} {os.getpid()}\n")
        yield f"{task} 1"
        if task in _TRICKS:
            _TRICKS[task]()
        yield f"{task} 2"

    return work


def broken(_: str) -> Callable[[str], Iterator[str]]:
    """A process that cannot set itself up."""
    raise TienLeError("model-missing", "Không có mô hình.", "There is no model.")


def dying(_: str) -> Callable[[str], Iterator[str]]:
    """A process that dies while it sets itself up."""
    os._exit(9)


def seen(folder: Path) -> dict[str, list[int]]:
    """The processes that saw each task."""
    found: dict[str, list[int]] = {}
    for line in (folder / "seen").read_text().splitlines():
        task, process = line.split()
        found.setdefault(task, []).append(int(process))
    return found


@pytest.mark.parametrize(
    ("trick", "why"),
    [
        ("_crash", "died"),
        ("_loop", "time"),
        ("_loop_in_c", "time"),
        ("_bomb", "memory"),
        ("_bomb_in_pieces", "memory"),
        ("_child", "time"),
    ],
)
def test_a_task_that_goes_wrong_takes_only_itself_along(trick: str, why: str, tmp_path: Path) -> None:
    tasks = [f"good-{number}" for number in range(8)]
    tasks.insert(1, trick)
    events = list(run_all(make, (str(tmp_path),), deque(tasks), 2, LIMITS))
    lost = [event for event in events if isinstance(event, Lost)]
    assert [(event.task, event.why) for event in lost] == [(trick, why)]
    results = {result for event in events if not isinstance(event, Lost) for result in event[1:]}
    good = {f"{task} {number}" for task in tasks if task != trick for number in (1, 2)}
    assert results == {f"{trick} 1"} | good  # also what the lost one had already given
    processes = seen(tmp_path)
    assert {task: len(processes[task]) for task in tasks} == dict.fromkeys(tasks, 1)  # nothing was done twice
    assert len({process for each in processes.values() for process in each}) <= 3  # one process replaced one


def test_a_task_that_hangs_is_late_though_something_else_was_done_meanwhile(tmp_path: Path) -> None:
    """Its process has ended itself before its parent looked."""
    busy = LIMITS.seconds + _GRACE + 1.5
    events = list(run_all(make, (str(tmp_path),), deque(["_loop"]), 1, LIMITS, lambda: time.sleep(busy)))
    assert [event.why for event in events if isinstance(event, Lost)] == ["time"]


def test_what_a_lost_process_had_started_ends_with_it(tmp_path: Path) -> None:
    list(run_all(make, (str(tmp_path),), deque(["_child"]), 1, LIMITS))
    running = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert [line for line in running if b"3600.25" in line] == []


def test_tasks_added_meanwhile_are_done_too(tmp_path: Path) -> None:
    tasks = deque(["one"])
    results = []
    for event in run_all(make, (str(tmp_path),), tasks, 1, LIMITS):
        results.append(event)
        if event == ("one", "one 1"):
            tasks.append("two")
    assert results == [("one", "one 1"), ("one", "one 2"), ("two", "two 1"), ("two", "two 2")]


def test_a_result_that_waits_to_be_taken_is_not_late(tmp_path: Path) -> None:
    results = []
    for event in run_all(make, (str(tmp_path),), deque(["one"]), 1, Limits(0.5, 200 * MB)):
        results.append(event)
        time.sleep(0.8)  # as long as an archive may need to store what it was given
    assert results == [("one", "one 1"), ("one", "one 2")]


def test_processes_end_with_the_run(tmp_path: Path) -> None:
    events = run_all(make, (str(tmp_path),), deque(["_loop"]), 1, Limits(60, 200 * MB))
    assert next(events) == ("_loop", "_loop 1")
    events.close()  # type: ignore[attr-defined]  # as Ctrl-C does
    (process,) = seen(tmp_path)["_loop"]
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_process_that_cannot_start_is_no_fault_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(TienLeError) as caught:
        list(run_all(broken, (str(tmp_path),), deque(["one"]), 2, LIMITS))
    assert caught.value.code == "model-missing"
    with pytest.raises(TienLeError) as caught:
        list(run_all(dying, (str(tmp_path),), deque(["one"]), 2, LIMITS))
    assert caught.value.code == "worker-start"


# The same through a whole indexing run.

PLAN = """ỦY BAN NHÂN DÂN
TỈNH VĨNH LAM

Số: {number}/KH-UBND

KẾ HOẠCH
Cải cách hành chính năm 2018

I. MỤC ĐÍCH, YÊU CẦU
1. Mục đích
Nâng mức độ hài lòng của người dân.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plans"
    folder.mkdir()
    for number in range(1, 4):
        (folder / f"{number}.txt").write_text(PLAN.format(number=number))
    return folder


def limit(archive: Archive, **limits: int) -> None:
    lines = [f"{key} = {value}" for key, value in limits.items()]
    (archive.directory / "archive.toml").write_text("\n".join(["[reading]", *lines]))


def documents(archive: Archive) -> int:
    with archive.reading() as connection:
        return len(connection.scalars(select(schema.documents.c.id)).all())


@pytest.mark.parametrize(
    ("body", "code", "key", "value"),
    [
        ("while True: pass", "file-timeout", "seconds", 12),
        ("bytearray(1 << 33)", "file-memory", "memory_mb", 300),
        ("import os; os.abort()", "worker-died", "memory_mb", 900),  # so much that it is not what ends it
    ],
)
def test_a_file_beyond_its_limits_is_recorded_with_cause_and_remedy(
    archive: Archive, folder: Path, spoil: Callable[[str], None], body: str, code: str, key: str, value: int
) -> None:
    limit(archive, **{key: value})
    spoil(body)
    report = index(archive, [folder], workers=2)
    assert report.indexed == 2
    ((path, error),) = report.failures
    assert (path.name, error.code) == ("2.txt", code)
    for text in (error.vi, error.en):
        assert key in text
        assert "archive.toml" in text
        assert "--retry" in text
    with archive.reading() as connection:
        row = connection.execute(select(schema.files).where(schema.files.c.error_code == code)).one()
    assert row.sha256 != ""
    assert not archive.sources.path(row.sha256).exists()  # nothing is kept of what gave no document
    assert verify(archive) == []


def test_what_failed_is_taken_up_again_without_being_named(
    archive: Archive, folder: Path, spoil: Callable[[str], None]
) -> None:
    spoil("raise MemoryError")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "gone.txt").write_bytes(b"")
    assert len(index(archive, [folder], workers=1).failures) == 3
    spoil("pass")
    (folder / "gone.txt").unlink()
    (folder / "3.txt").unlink()  # has its document: nothing to try again
    report = index(archive, [], workers=1, retry=True)
    assert (report.indexed, report.unchanged) == (1, 0)
    assert [(path.name, error.code) for path, error in report.failures] == [("empty.txt", "empty")]
    assert [path.name for path in report.gone] == ["gone.txt"]
    (folder / "gone.txt").write_text(PLAN.format(number=7))  # it was on a drive that is back
    assert index(archive, [], workers=1, retry=True).indexed == 1
    assert documents(archive) == 4
    assert verify(archive) == []


def test_a_document_of_which_pages_wait_is_made_whole_later_wherever_its_file_went(
    archive: Archive, folder: Path, spoil: Callable[[str], None]
) -> None:
    waits = (
        "from dataclasses import replace as r; e = whole(path, *rest);"
        " return r(e, parsed=r(e.parsed, source=r(e.parsed.source, waiting=(2,))))"
    )
    spoil(waits)
    report = index(archive, [folder], workers=1)
    assert (report.indexed, [path.name for path in report.waiting]) == (3, ["2.txt"])
    assert index(archive, [folder], workers=1).unchanged == 3
    (folder / "2.txt").unlink()
    spoil("raise ValueError")  # trying again may fail: what is there stays
    assert [error.code for _, error in index(archive, [], workers=1, retry=True).failures] == ["unexpected"]
    spoil("pass")
    assert index(archive, [], workers=1, retry=True).indexed == 1
    assert documents(archive) == 3
    assert index(archive, [], workers=1, retry=True).indexed == 0
    assert verify(archive) == []


def test_size_and_pages_are_limited_by_the_archives_settings(archive: Archive, folder: Path) -> None:
    limit(archive, max_mb=1, max_pages=7)
    (folder / "large.txt").write_text(PLAN.format(number=8) + "Việc phải làm. " * 100_000)
    report = index(archive, [folder], workers=1)
    assert [(path.name, error.code) for path, error in report.failures] == [("large.txt", "too-large")]
    assert "max_mb" in report.failures[0][1].vi
    options = reading_options(archive, 1)
    assert (options.bytes, options.pages) == (MB, 7)
    assert options.cache == archive.directory / "cache" / "ocr"


@pytest.mark.parametrize("text", ["seconds = 0", "seconds = 1.5", 'max_mb = "5"', "second = 5", "max_mb = true"])
def test_limits_that_are_none_are_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "archive.toml").write_text(f"[reading]\n{text}\n")
    with pytest.raises(ArchiveError) as caught:
        ArchiveSettings.load(tmp_path)
    assert caught.value.code == "settings-damaged"
    assert "[reading]" in caught.value.vi


def test_limits_left_out_have_sensible_values(tmp_path: Path) -> None:
    (tmp_path / "archive.toml").write_text("[reading]\nseconds = 5\n")
    assert ArchiveSettings.load(tmp_path).reading == ReadingLimits(seconds=5)
    assert ArchiveSettings.load(tmp_path / "none").reading == ReadingLimits()
