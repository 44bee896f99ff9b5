"""The application: one archive, its JSON interface and its pages."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware

from api.http.headers import HeadAsGet, SecurityHeaders
from api.http.problems import InvalidParameter, Problem, add_problem_handlers
from api.http.routes import router
from api.http.service import Service
from corpus.errors import Language

_DESCRIPTION = """Search over an archive of Vietnamese provincial plans.

Errors are problem details (RFC 9457) in Vietnamese or English, by `lang` or Accept-Language. Spans count characters
(code points), end exclusive."""


def create_app(archive: Path, *, language: Language = "vi", hosts: Sequence[str] = ()) -> FastAPI:
    """The application over the archive in a folder, which may come later.

    ``language`` is the callers' default. ``hosts``: the names it answers to, all where empty; on the loopback address
    they keep a page of the web from reading the archive under a name of its own (DNS rebinding).
    """
    from api.web import add_pages

    service = Service(archive)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(service.start)
        yield
        service.stop()

    app = FastAPI(
        title="Tiền Lệ",
        version=version("tienle"),
        description=_DESCRIPTION,
        docs_url=None,  # these pages load scripts from another host
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.language = language
    app.include_router(router)
    add_pages(app)
    add_problem_handlers(app)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HeadAsGet)
    if hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]  # as FastAPI documents it
    return app


SERVED, HOSTS = "TIENLE_SERVED", "TIENLE_HOSTS"
"""Environment in which a parent process tells its workers the archive's folder and the names to answer to."""


def served_app() -> FastAPI:
    """The application of a worker process, as its parent's environment says."""
    return create_app(Path(os.environ[SERVED]), hosts=os.environ.get(HOSTS, "").split())


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        described = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = described["components"]["schemas"]
        for model in (Problem, InvalidParameter):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schema.pop("$defs", None)
            schemas[model.__name__] = schema
        app.openapi_schema = described
    return app.openapi_schema
