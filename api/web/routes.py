"""The pages of an application, and where the head of every page leads."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from api.web.pages import (
    access,
    agencies,
    archive,
    assignments,
    compare,
    document,
    documents,
    duties,
    jobs,
    precedents,
    saved,
    search,
    shortcuts,
    signin,
    targets,
)
from api.web.render import STATIC

PAGES = (
    precedents,
    compare,
    assignments,
    duties,
    targets,
    saved,
    search,
    documents,
    document,
    agencies,
    archive,
    jobs,
    shortcuts,
    signin,
    access,
)
"""Modules of pages; the first whose route fits an address answers it."""


def add_pages(app: FastAPI) -> None:
    """Add the pages and their static files to an application that has a service."""
    for module in PAGES:
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
