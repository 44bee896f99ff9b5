"""Every page under the rules of axe-core, in a real browser: wide, narrow, light and dark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from fastapi.routing import APIRoute
from playwright.sync_api import Page

from api.web.routes import PAGES

if TYPE_CHECKING:
    from tests.conftest import OpenPage

PLAN = "298%2FQĐ-UBND"
ADDRESSES = (
    "/",
    "/?q=chỉ số hài lòng của người dân",
    "/?q=chi so hai long&province=x&year_from=2018",
    "/?q=x&year_from=18",
    "/documents",
    f"/documents/{PLAN}?q=cải cách",
    f"/documents/{PLAN}?view=assignments",
    f"/documents/{PLAN}?view=targets",
    f"/documents/{PLAN}?view=ties",
    f"/documents/{PLAN}?view=summary",
    "/documents/none",
    "/assignments",
    "/assignments?agency=Sở Nội vụ&as_of_today=1&group=agency",
    "/assignments?q=một cửa",
    "/assignments/duties",
    "/assignments/duties?agency=Sở Nội vụ&period=2019",
    "/targets",
    "/targets?indicator=sipas",
    "/precedents",
    "/compare",
    "/compare?a=06/KH-UBND&b=04/KH-UBND",
    "/saved",
    "/agencies",
    "/agencies/so-noi-vu",
    "/agencies/provinces",
    "/archive",
    "/archive/jobs",
    "/archive/unread",
    "/help/keys",
    "/signin",
)
"""Addresses of every page, some of their states among them."""

NO_PAGES = frozenset(
    {
        "/documents/{id:path}/source",
        "/documents/{id:path}/pages/{number}.png",
        "/documents/{id:path}/nearby",
        "/search/summary",
        "/signin/oidc",
        "/signin/oidc/back",
        "/saved/{collection:int}",
        "/precedents/{id}",
        "/archive/jobs/{id}",
        "/archive/remove",
        "/access",
        "/access/log",
    }
)
"""Routes beside the pages that give files or parts of pages, or that need what the sample does not have."""

LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 360, "height": 740}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}


@pytest.fixture(params=list(LOOKS))
def look(request: pytest.FixtureRequest, open_page: OpenPage, sample_server: str) -> Page:
    return open_page(sample_server, **LOOKS[request.param])


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_has_a_serious_violation_or_scrolls_sideways(look: Page, address: str) -> None:
    look.goto(address)
    assert look.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    violations: list[dict[str, Any]] = Axe().run(look).response["violations"]
    grave = [
        (each["impact"], each["id"], each["help"], [node["html"][:200] for node in each["nodes"]][:3])
        for each in violations
        if each["impact"] in {"serious", "critical"}
    ]
    assert grave == []


def test_no_page_is_forgotten() -> None:
    app = FastAPI()
    for module in PAGES:
        app.include_router(module.router)
    paths = [address.split("?")[0] for address in ADDRESSES]
    for route in app.routes:
        if not isinstance(route, APIRoute) or "GET" not in (route.methods or ()) or "/export." in route.path:
            continue
        if route.path not in NO_PAGES:
            assert any(re.fullmatch(route.path_regex, path) for path in paths), route.path
