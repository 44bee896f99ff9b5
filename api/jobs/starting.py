"""The process that does the jobs, started where there are some and none is at it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from api.jobs import staging
from api.jobs.lock import alone
from api.jobs.queue import Queue

LOG = "work.log"

_guard = threading.Lock()
_started: list[subprocess.Popen[bytes]] = []


def see_to_it(archive: Path) -> None:
    """Start the process that does an archive's jobs, unless nothing is to be done or one is at it.

    It is of a session of its own: it outlives this server, as a job does that has been acknowledged, and ends with the
    last job.
    """
    archive = archive.resolve()
    if not Queue(archive).pending():
        return
    with _guard:
        _started[:] = [process for process in _started if process.poll() is None]  # collect those that have ended
        with alone(archive) as free:
            if not free:
                return
        with (staging.uploads(archive) / LOG).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  (our own module over a folder that the operator named)
                [sys.executable, "-m", "api.jobs", str(archive)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _started.append(process)
