"""The application: one archive, its JSON interface and its pages."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware

from api.access.guard import AccessControl, Guard
from api.access.limits import TimeLimit
from api.http.described import description_of
from api.http.headers import HeadAsGet, SecurityHeaders
from api.http.problems import add_problem_handlers, refusal
from api.http.routes import router
from api.http.service import Service
from corpus.errors import Language

_DESCRIPTION = """Search over an archive of Vietnamese provincial plans.

Errors are problem details (RFC 9457) in Vietnamese or English, by `lang` or Accept-Language. Spans count characters
(code points), end exclusive."""


def create_app(
    archive: Path, *, language: Language = "vi", hosts: Sequence[str] = (), exposed: bool = False
) -> FastAPI:
    """The application over the archive in a folder, which may come later.

    ``language`` is the callers' default. ``hosts``: the names it answers to, all where empty; on the loopback address
    they keep a page of the web from reading the archive under a name of its own (DNS rebinding). ``exposed``: other
    machines reach it. ArchiveError ``settings-damaged`` when it is not known who may come in.
    """
    from api.operation.service import add_operation
    from api.web import add_pages

    service, guard = Service(archive), Guard(archive, exposed=exposed)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(service.start)
        yield
        service.stop()
        guard.store.close()

    app = FastAPI(
        title="Tiền Lệ",
        version=version("tienle"),
        description=_DESCRIPTION,
        docs_url=None,  # these pages load scripts from another host
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.guard = guard
    app.state.language = language
    app.include_router(router)
    add_pages(app)
    add_problem_handlers(app)
    # The last one added is the first to see a request.
    app.add_middleware(AccessControl, guard=guard, refuse=refusal)
    app.add_middleware(TimeLimit, seconds=guard.settings.seconds, refuse=refusal)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HeadAsGet)
    if hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    add_operation(app)
    app.state.descriptions = {}
    app.openapi = lambda: description_of(app)  # type: ignore[method-assign]  # as FastAPI documents it
    return app


SERVED, HOSTS, EXPOSED = "TIENLE_SERVED", "TIENLE_HOSTS", "TIENLE_EXPOSED"
"""Environment in which a parent tells its workers the archive's folder, the names to answer to, who reaches them."""


def served_app() -> FastAPI:
    """The application of a worker process, as its parent's environment says."""
    from api.operation.logs import configure_worker

    configure_worker()
    hosts = os.environ.get(HOSTS, "").split()
    return create_app(Path(os.environ[SERVED]), hosts=hosts, exposed=bool(os.environ.get(EXPOSED)))
