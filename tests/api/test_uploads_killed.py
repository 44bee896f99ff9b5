"""The process that works off what was sent in: killed, started twice, it loses nothing and does nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from api.jobs import staging
from api.jobs.model import JobFile
from api.jobs.queue import Queue, new_id
from api.jobs.starting import see_to_it
from corpus.store.archive import Archive
from corpus.store.verify import verify
from tests.api.processes import serving
from tests.api.sending import plan, send, staged, stored, wait_for


@contextmanager
def sending_to(archive: Path) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes]]]:
    """A client of a server of its own process, and that process."""
    with serving(archive) as (address, process), httpx.Client(base_url=address, timeout=60) as asking:
        yield asking, process


def workers_of(archive: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"api.jobs" in words and str(archive).encode() in words:
            found.append(int(entry.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds processes as Linux shows them")
def test_nothing_acknowledged_is_lost_when_everything_is_killed(empty: Path) -> None:
    count = 30
    sent = [(f"kế hoạch {number}.txt", plan(number, words=1000)) for number in range(1, count + 1)]
    with sending_to(empty) as (client, server):
        job = send(client, sent)["id"]
        later = send(client, [("sau.txt", plan(500))])["id"]  # waits its turn
        wait_for(lambda: stored(empty) >= 1)
        server.send_signal(signal.SIGKILL)
        for worker in workers_of(empty):
            os.kill(worker, signal.SIGKILL)
    wait_for(lambda: not workers_of(empty))
    assert stored(empty) < count + 1, "it was killed too late to show anything"
    assert Queue(empty).pending()
    with sending_to(empty) as (client, _):  # nobody asks for the job: starting is enough
        wait_for(lambda: not Queue(empty).pending())
        told = client.get(f"/api/v1/jobs/{job}").json()
        assert told["state"] == "done"
        assert [file["state"] for file in told["files"]] == ["added"] * count
        assert client.get(f"/api/v1/jobs/{later}").json()["state"] == "done"
        for number in (1, count, 500):
            found = client.get("/api/v1/documents/" + quote(f"{number}/KH-UBND", safe=""))
            assert found.status_code == 200, number
    archive = Archive.open(empty)
    assert verify(archive) == []
    archive.close()
    assert stored(empty) == count + 1
    assert staged(empty) == []


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds processes as Linux shows them")
def test_pages_answer_while_files_are_read(empty: Path) -> None:
    with sending_to(empty) as (client, _):
        job = send(client, [(f"{number}.txt", plan(number, words=1000)) for number in range(1, 9)])["id"]

        def look() -> bool:
            state = client.get(f"/api/v1/jobs/{job}").json()["state"]
            pages = ("/", "/archive", "/agencies", f"/archive/jobs/{job}", "/api/v1/search?q=b%C3%A0ng")
            for address in pages:
                answer = client.get(address)
                assert answer.status_code == 200, (address, answer.text[:300])
            return bool(state == "done")

        wait_for(look)


def test_left_overs_of_a_killed_server_are_swept_and_jobs_kept(empty: Path) -> None:
    queue = Queue(empty)
    for job in ("old", "new", "known"):
        path = staging.staged_path(empty, job, 1, "a.txt")
        path.parent.mkdir(parents=True)
        path.write_bytes(plan(1))
    for job in ("old", "known"):
        os.utime(staging.job_folder(empty, job), (0, 0))
    queue.add("add", job="known", given=[JobFile(1, "a.txt", 1, "", "refused")])
    assert staging.sweep(empty, queue.ids()) == 1
    assert {path.parent.parent.name for path in staged(empty)} == {"new", "known"}


def test_two_that_start_at_once_do_each_job_once(empty: Path) -> None:
    queue = Queue(empty)
    jobs = []
    for number in (1, 2):
        job = new_id()
        path = staging.staged_path(empty, job, 1, "a.txt")
        path.parent.mkdir(parents=True)
        path.write_bytes(plan(number))
        jobs.append(queue.add("add", job=job, given=[JobFile(1, "a.txt", 9, "", "staged")]).id)
    threads = [threading.Thread(target=see_to_it, args=(empty,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_for(lambda: not queue.pending())
    assert [queue.find(job).state for job in jobs] == ["done", "done"]
    assert stored(empty) == 2


def test_a_job_that_kills_its_process_is_put_aside(empty: Path) -> None:
    queue = Queue(empty)
    path = staging.staged_path(empty, "deadly", 1, "a.txt")
    path.parent.mkdir(parents=True)
    path.write_bytes(plan(1))
    queue.add("add", job="deadly", given=[JobFile(1, "a.txt", 9, "", "staged")])
    for _ in range(3):  # three processes took it up, and none of them came back
        queue.take()
    see_to_it(empty)
    wait_for(lambda: not queue.pending())
    job = queue.find("deadly")
    assert (job.state, job.reason and job.reason.code) == ("failed", "job-died")
    assert job.can_retry
    queue.retry("deadly")
    see_to_it(empty)
    wait_for(lambda: not queue.pending())
    assert queue.find("deadly").files[0].state == "added"
