"""Logs as JSON lines, each with the request that it belongs to; what people ask for is kept out unless allowed."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

AS_JSON, QUERIES = "TIENLE_LOG_JSON", "TIENLE_LOG_QUERIES"
"""Environment in which a parent process tells its workers how to log."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The request that is being answered here; empty outside of one."""

access = logging.getLogger("tienle.requests")
"""One line a request."""

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_OWN = "own"  # the attribute of a log record with fields of ours


def request_id_of(given: str | None) -> str:
    """The id that a caller gave with a request, where it is a plain short name; else a new one."""
    return given if given and _TOKEN.fullmatch(given) else uuid.uuid4().hex


def fields(**values: object) -> dict[str, dict[str, object]]:
    """What a log call takes as ``extra`` to have these fields in its line."""
    return {_OWN: values}


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, request_id, our fields, and of an error its frames.

    The message of an error and what was logged with arguments may hold a question: they are left out unless
    ``queries`` lets them in.
    """

    def __init__(self, *, queries: bool = False) -> None:
        """``queries``: whether what people ask for may be in the log."""
        super().__init__()
        self._queries = queries

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage() if self._queries else str(record.msg),
        }
        if identity := request_id.get():
            line["request_id"] = identity
        line |= getattr(record, _OWN, {})
        if not self._queries:
            line.pop("query", None)
        if record.exc_info and record.exc_info[0]:
            line |= self._error(*record.exc_info[:2])
        return json.dumps(line, ensure_ascii=False, default=str)

    def _error(self, kind: type[BaseException] | None, error: BaseException | None) -> dict[str, object]:
        frames = traceback.extract_tb(error.__traceback__) if error else []
        told: dict[str, object] = {
            "error": kind.__name__ if kind else "",
            "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        }
        if self._queries and error:
            told["error_message"] = str(error)
        cause = error and (error.__cause__ or error.__context__)
        if cause:
            told["cause"] = self._error(type(cause), cause)
        return told


def configure(*, queries: bool = False) -> None:
    """Log as JSON lines on standard error: our requests, and what goes wrong anywhere."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(queries=queries))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    access.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.WARNING)


def configure_worker() -> None:
    """Log as the parent's environment says."""
    if os.environ.get(AS_JSON):
        configure(queries=bool(os.environ.get(QUERIES)))
