"""The operation of an application, added in one call."""

from __future__ import annotations

from collections.abc import Awaitable

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.http.service import Service
from api.operation.health import router
from api.operation.logs import request_id
from api.operation.metrics import Metrics
from api.operation.state import state_of
from api.operation.watching import HEADER, Watch
from corpus.stages import listen


def add_operation(app: FastAPI) -> None:
    """Health, counts and watched requests; call it last, so that nothing is answered unseen."""
    service: Service = app.state.service
    metrics = Metrics(lambda: state_of(service.archive))
    app.state.metrics = metrics
    app.include_router(router)
    _mark_faults(app)
    app.add_middleware(Watch, metrics=metrics)
    listen(metrics.stage)


def _mark_faults(app: FastAPI) -> None:
    """Give the answer to an unexpected error its request's id too: it is made outside of every middleware."""
    answer = app.exception_handlers[Exception]

    async def marked(request: Request, error: Exception) -> Response:
        made = await run_in_threadpool(answer, request, error)
        response = await made if isinstance(made, Awaitable) else made
        response.headers[HEADER] = request_id.get()
        return response

    app.add_exception_handler(Exception, marked)
