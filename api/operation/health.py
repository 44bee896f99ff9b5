"""What those ask who run the service: is the process alive, can it answer, what has it counted."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api.http.problems import problem_responses
from api.http.service import Service, service_of
from corpus.language.analysis import Terms

router = APIRouter(tags=["service"])


class Alive(BaseModel):
    """That the process answers."""

    status: Literal["ok"] = "ok"


@router.get("/health/live")
def live() -> Alive:
    """That the process answers, whatever the state of its archive."""
    return Alive()


@router.get("/health/ready", responses=problem_responses(503))
def ready(service: Annotated[Service, Depends(service_of)]) -> Alive:
    """That questions can be answered: the archive opens, its model is there, both indexes are read."""
    archive, encoder = service.archive, service.encoder
    archive.require(encoder.spec)
    archive.lexical.search(Terms("_", "_", "_"), {"words": 1.0}, 1)
    archive.vectors.search(np.zeros(archive.spec.dimensions, dtype=np.float32), 1)
    return Alive()


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"description": "Counts in Prometheus' text format", "content": {"text/plain": {}}}},
)
def metrics(request: Request) -> Response:
    """Counts and times for Prometheus: requests, stages of answers, how the archive stands."""
    body, media_type = request.app.state.metrics.exposed()
    return Response(body, media_type=media_type)
