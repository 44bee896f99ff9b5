"""One writer an archive: an advisory lock that the system lets go of when its holder dies."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import ArchiveError
from corpus.store.faults import disk_full, read_only


@contextmanager
def writer_lock(directory: Path) -> Iterator[None]:
    """Hold the archive's writer lock; ArchiveError ``archive-locked`` when another process has it."""
    try:
        handle = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise (disk_full if error.errno == errno.ENOSPC else read_only)(directory) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 20, 0).decode().strip() or "?"
            raise ArchiveError(
                "archive-locked",
                f"Kho {directory} đang được tiến trình {holder} ghi. Đợi tiến trình ấy xong rồi chạy lại.",
                f"The archive {directory} is being written by process {holder}. Wait for it to end, then run again.",
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)
