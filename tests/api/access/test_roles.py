"""Who may do what: every route has its role, and each role is held to it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.responses import PlainTextResponse

from api.access.guard import AccessControl, Guard
from api.access.roles import RULES, SAFE_METHODS, Role, Rule, rule_of
from api.http.app import create_app
from api.http.problems import refusal
from tests.api.access.conftest import Guarded, keyed

if TYPE_CHECKING:
    from tests.conftest import Serve

PUBLIC = {"/signin", "/signin/oidc", "/signin/oidc/back", "/static/x", "/health/live"}


def asked(path: str) -> str:
    """A path that a route's pattern fits."""
    return re.sub(r"\{(\w+)(:int)?[^}]*\}", lambda part: "1" if part[2] else "x", path)


def routes(app: FastAPI) -> list[tuple[str, str]]:
    found = []
    for route in iter_route_contexts(app.routes):
        path = route.path or ""
        if route.methods is None:  # what is mounted says nothing of its methods
            path += "/x"
        found += [(method, path) for method in (route.methods or {"GET"})]
    return sorted(set(found))


def test_every_route_has_a_role(tmp_path: Path) -> None:
    """A route that changes something and has no row in RULES could be asked by nobody: add its row."""
    found = routes(create_app(tmp_path))
    assert len(found) > 20
    assert ("POST", "/api/v1/precedents") in found
    lacking = [(method, path) for method, path in found if rule_of(method, asked(path)) is None]
    assert lacking == []


def test_a_line_end_in_a_path_gets_nobody_past_a_row(tmp_path: Path) -> None:
    """The router passes on a path that ends in one, and takes one within a part (%0A)."""
    for method, template in routes(create_app(tmp_path)):
        plain = rule_of(method, asked(template))
        assert rule_of(method, asked(template) + "\n") == plain, (method, template)
        assert rule_of(method, asked(template).replace("x", "x\ny")) == plain, (method, template)


def test_only_what_signing_in_takes_is_open_to_anyone(tmp_path: Path) -> None:
    found = routes(create_app(tmp_path))
    open_to_all = {asked(path) for method, path in found if (rule := rule_of(method, asked(path))) and not rule.role}
    assert open_to_all <= PUBLIC


def test_every_rule_has_a_route(tmp_path: Path) -> None:
    """A row that no route needs any more would open the next route of that name."""
    found = {(method, asked(path)) for method, path in routes(create_app(tmp_path))}
    elsewhere = {"/mcp", "/health/live"}
    unused = [
        rule.path
        for rule in RULES
        if rule.path not in elsewhere
        and not any(method == rule.method and rule_of(method, path) == rule for method, path in found)
    ]
    assert unused == []


def test_roles_contain_each_other() -> None:
    assert [[role.may(needed) for needed in Role] for role in Role] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> tuple[FastAPI, dict[Role, str]]:
    """An application with a route for each role and one without a row, over keys alone."""
    archive = tmp_path_factory.mktemp("roles")
    keys = keyed(archive)
    app = FastAPI()
    for path in ("/read", "/edit", "/run", "/forgotten"):
        app.add_api_route(path, lambda: PlainTextResponse("ok"), methods=["GET", "POST"])
    app.state.language, app.state.pages = "vi", False
    app.add_middleware(AccessControl, guard=Guard(archive), refuse=refusal)
    return app, keys


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize(
    ("path", "needed"), [("/read", Role.READER), ("/edit", Role.EDITOR), ("/run", Role.ADMINISTRATOR)]
)
def test_role_matrix(
    app: tuple[FastAPI, dict[Role, str]],
    path: str,
    needed: Role,
    role: Role | None,
    monkeypatch: pytest.MonkeyPatch,
    apart: Any,
) -> None:
    rule = Rule("POST", path, needed)
    monkeypatch.setattr(
        "api.access.guard.rule_of", lambda method, at: rule if method == "POST" else rule_of(method, at)
    )
    answer = apart(app[0], "POST", path, {"Authorization": f"Bearer {app[1][role]}"} if role else {})
    order = [None, *Role]
    allowed = role is not None and order.index(role) >= order.index(needed)
    assert answer.status_code == (200 if allowed else 403 if role else 401)
    if role and not allowed:
        assert answer.json()["code"] == "role-needed"


@pytest.mark.parametrize("role", list(Role))
def test_what_changes_something_is_refused_without_a_row(
    app: tuple[FastAPI, dict[Role, str]], role: Role, apart: Any
) -> None:
    key = {"Authorization": f"Bearer {app[1][role]}"}
    assert apart(app[0], "GET", "/forgotten", key).status_code == 200
    assert apart(app[0], "POST", "/forgotten", key).status_code == 405


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reads(guarded: Guarded, role: Role) -> None:
    with httpx.Client(base_url=guarded.address, headers=guarded.bearer(role), timeout=30) as client:
        for path in ("/api/v1/documents", "/api/v1/search?q=cải cách", "/documents", "/", "/health", "/openapi.json"):
            assert client.get(path).status_code == 200, path


def test_nobody_unknown_reads(guarded: Guarded) -> None:
    with httpx.Client(base_url=guarded.address, timeout=30) as client:
        for path in ("/api/v1/documents", "/api/v1/search?q=x", "/health", "/openapi.json", "/api/v1/nothing"):
            answer = client.get(path)
            assert answer.status_code == 401, path
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert answer.json()["code"] == "signin-needed"
        for path in ("/documents", "/documents/abcdef/source", "/nothing"):
            answer = client.get(path, headers={"Accept": "text/html"})
            assert answer.status_code == 303, path
            assert answer.headers["Location"].startswith("/signin?next=%2F")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../documents",
        "/static/%2e%2e/documents",
        "/static/..%2fdocuments",
        "/signin%3F/../documents",
        "/signin%3Fx",
        "/signin%23x",
        "/signin/",
        "//signin",
        "/Signin",
        "/documents/%2e%2e/signin",
        "/documents;/signin",
        "/api/v1/documents/%2e%2e%2f%2e%2e%2fsignin",
    ],
)
def test_no_spelling_of_a_path_opens_what_is_closed(guarded: Guarded, path: str) -> None:
    with httpx.Client(timeout=30) as client:
        request = client.build_request("GET", guarded.address + "/")
        request.url = request.url.copy_with(raw_path=path.encode())
        answer = client.send(request)
        assert answer.status_code in {303, 307, 401, 404}, answer.text
        assert 'class="documents"' not in answer.text


def test_off_until_the_first_key_and_then_on_at_once(serve: Serve, sample_archive: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    shutil.copytree(sample_archive, archive)
    with serve(archive) as address:
        assert httpx.get(f"{address}/api/v1/documents").status_code == 200
        key = keyed(archive)[Role.READER]
        assert httpx.get(f"{address}/api/v1/documents").status_code == 401
        bearer = {"Authorization": f"Bearer {key}"}
        assert httpx.get(f"{address}/api/v1/documents", headers=bearer).status_code == 200
        shutil.rmtree(archive / "access")
        assert httpx.get(f"{address}/api/v1/documents").status_code == 401  # keys that vanish open nothing


def test_safe_methods_are_those_of_the_standard() -> None:
    assert {"GET", "HEAD", "OPTIONS"} == SAFE_METHODS
