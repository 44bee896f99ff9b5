"""The tools over HTTP, behind the same keys and limits as the pages and the API."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette

from api.access.guard import AccessControl, Guard
from api.access.limits import TimeLimit
from api.exports.links import Links
from api.http.headers import SecurityHeaders
from api.http.problems import refusal
from api.mcp.server import create_server


def http_app(archive: Path, links: Links | None, *, host: str = "127.0.0.1", exposed: bool = False) -> Starlette:
    """The application that serves the tools at ``/mcp``; ``exposed``: other machines reach it.

    Where the archive has keys, a caller shows one (``Authorization: Bearer``). On the loopback address the SDK refuses
    other names for this machine (DNS rebinding).
    """
    app = create_server(archive, links).streamable_http_app(host=host, stateless_http=True, json_response=True)
    guard = Guard(archive, exposed=exposed)
    app.state.guard, app.state.language, app.state.pages = guard, "vi", False
    # The last one added is the first to see a request.
    app.add_middleware(AccessControl, guard=guard, refuse=refusal)
    app.add_middleware(TimeLimit, seconds=guard.settings.seconds, refuse=refusal)
    app.add_middleware(SecurityHeaders)
    return app
