"""Every request watched: its id in and out, its line in the log, its place in the counts."""

from __future__ import annotations

import time
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.operation.logs import access, fields, request_id, request_id_of
from api.operation.metrics import Metrics

HEADER = "X-Request-ID"
NO_ROUTE = "none"
"""What a request is counted under that no route takes: addresses that callers make up would be counts without end."""

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Watch:
    """ASGI middleware around all others."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Wrap ``app``; count in ``metrics``."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and keep what became of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identity = request_id_of(Headers(scope=scope).get(HEADER))
        request_id.set(identity)  # in the task of this request alone
        started, status = time.perf_counter(), 500

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = identity
            await send(message)

        try:
            await self._app(scope, receive, marked)
        finally:
            seconds = time.perf_counter() - started
            route, method = _route(scope), scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.request(route, method, status, seconds)
            access.info(
                "request",
                extra=fields(
                    method=method,
                    route=route,
                    status=status,
                    ms=round(1000 * seconds, 1),
                    query=parse_qs(scope.get("query_string", b"").decode("latin-1")),
                ),
            )


def _route(scope: Scope) -> str:
    """The route as it is written, so that neither ids nor questions are in it."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    return str(path) if path else NO_ROUTE
