"""The audit log: who signed in, who changed what, as JSON lines in the archive's ``access/audit.jsonl``."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from starlette.requests import Request

from api.access.store import AUDIT, FOLDER

_LOG = logging.getLogger("tienle.access")
_PIECE = 64 * 1024  # bytes read at once, from the end


class AuditLog:
    """Appends lines that several processes may write at once; for the owner of the archive alone (0600)."""

    def __init__(self, archive: Path) -> None:
        """Nothing is made until there is a line to write."""
        self.path = archive / FOLDER / AUDIT

    def write(self, event: str, **what: object) -> None:
        """Add a line: the time (UTC), the event and what is given; a fault is told in the server's log."""
        line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **what}
        data = json.dumps(line, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace") + b"\n"
        try:
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
            # One write to a file opened for appending is never mixed with another process's.
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(handle, data)
            finally:
                os.close(handle)
        except OSError:
            _LOG.exception("audit log not written: %s", event)

    def latest(self, limit: int, offset: int = 0, containing: str = "") -> tuple[list[dict[str, Any]], bool]:
        """The latest lines first, and whether there are more; ``containing``: only those with these words anywhere.

        A line that cannot be read is given as ``event`` "unreadable" with its ``text``.
        """
        wanted = containing.casefold()
        found = (line for line in _backwards(self.path) if wanted in line.casefold())
        lines = list(islice(found, offset, offset + limit + 1))
        return [_read(line) for line in lines[:limit]], len(lines) > limit


def _read(line: str) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except ValueError:
        read = None
    return read if isinstance(read, dict) else {"event": "unreadable", "text": line}


def _backwards(path: Path) -> Iterator[str]:
    """The lines of a file that is only added to, the last first; none without the file."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        left, rest = file.seek(0, os.SEEK_END), b""
        while left:
            size = min(_PIECE, left)
            left -= size
            file.seek(left)
            first, *others = (file.read(size) + rest).split(b"\n")
            yield from (line.decode("utf-8", "replace") for line in reversed(others) if line)
            rest = first
        if rest:
            yield rest.decode("utf-8", "replace")


def note(request: Request, **what: object) -> None:
    """Add to the line that the audit log will have of this request: what a route has changed."""
    request.scope.setdefault("state", {}).setdefault("audit", {}).update(what)
