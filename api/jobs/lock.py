"""One process at a time does the jobs of an archive, or works on a draft."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.jobs import staging

LOCK = "work.lock"


@contextmanager
def alone(archive: Path) -> Iterator[bool]:
    """Whether this process is the only one that does the archive's jobs, and stays so within; the lock dies with it."""
    staging.uploads(archive).mkdir(mode=0o700, exist_ok=True)
    with sole(staging.uploads(archive) / LOCK) as mine:
        yield mine


@contextmanager
def sole(lock: Path) -> Iterator[bool]:
    """Whether this process is the only one that holds a lock file; OSError where that cannot be made."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
