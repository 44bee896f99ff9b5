"""The audit log: who signed in, who changed what, as JSON lines in the archive's ``access/audit.jsonl``."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request

from api.access.store import AUDIT, FOLDER

_LOG = logging.getLogger("tienle.access")


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


def note(request: Request, **what: object) -> None:
    """Add to the line that the audit log will have of this request: what a route has changed."""
    request.scope.setdefault("state", {}).setdefault("audit", {}).update(what)
