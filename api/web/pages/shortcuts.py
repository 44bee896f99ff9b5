"""The keys of all pages, for those who read without a script."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.web.render import page

router = APIRouter(include_in_schema=False)


@router.get("/help/keys")
def keys_page(request: Request) -> HTMLResponse:
    """The keyboard shortcuts."""
    return page(request, "help_keys.html", {})
