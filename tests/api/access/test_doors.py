"""The doors from outside: what listens where, and with whose leave; assistants show a key too."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

from api.access.roles import Role
from api.cli.serving import reach
from api.mcp import http_app
from corpus.errors import TienLeError
from tests.api.access.conftest import Guarded, keyed
from tests.api.processes import endless_head, serving

if TYPE_CHECKING:
    from tests.conftest import Serve


@pytest.mark.parametrize(("command", "host"), [(["serve"], "0.0.0.0"), (["mcp", "--http"], "192.0.2.10")])
def test_without_keys_nothing_listens_to_other_machines(sample_archive: Path, host: str, command: list[str]) -> None:
    line = [sys.executable, "-m", "api.cli", *command, "--archive", str(sample_archive), "--host", host, "--port", "0"]
    said = subprocess.run(line, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert host in said.stderr
    assert "tienle keys create" in said.stderr
    assert "--allow-open" in said.stderr


def test_who_may_listen_where(sample_archive: Path, tmp_path: Path) -> None:
    assert reach(sample_archive, "127.0.0.1", allow_open=False) == (("127.0.0.1", "localhost", "[::1]", "::1"), False)
    assert reach(sample_archive, "0.0.0.0", allow_open=True) == ((), True)
    for host in ("0.0.0.0", "::", "192.0.2.10", "may-chu.example"):
        with pytest.raises(TienLeError, match="tienle keys create"):
            reach(sample_archive, host, allow_open=False)
    keyed(tmp_path)
    assert reach(tmp_path, "0.0.0.0", allow_open=False) == ((), True)
    (tmp_path / "archive.toml").write_text("[access]\nrequired = false\n")
    with pytest.raises(TienLeError):
        reach(tmp_path, "0.0.0.0", allow_open=False)
    (tmp_path / "archive.toml").write_text('[access]\naddress = "https://tienle.example"\n')
    assert reach(tmp_path, "0.0.0.0", allow_open=False)[0][0] == "tienle.example"


@pytest.fixture
def processes(sample_archive: Path, tmp_path: Path) -> Iterator[tuple[str, dict[Role, str]]]:
    """Two processes that serve one archive with keys, as ``tienle serve`` starts them."""
    archive = tmp_path / "archive"
    shutil.copytree(sample_archive, archive)
    keys = keyed(archive)
    with serving(archive, "--workers", "2") as (address, _):
        yield address, keys


def test_every_process_knows_who_is_signed_in(processes: tuple[str, dict[Role, str]]) -> None:
    address, keys = processes
    guarded = Guarded(address, Path(), keys)
    with guarded.signed_in() as browser:
        cookie = {"Cookie": f"tienle={browser.cookies['tienle']}", "Accept": "text/html"}
    # Each on a connection of its own, so that both processes are asked.
    assert {httpx.get(f"{address}/documents", headers=cookie).status_code for _ in range(12)} == {200}
    assert {httpx.get(f"{address}/documents").status_code for _ in range(12)} == {303}
    # A head that is too long is refused by the server itself, as it refuses all else.
    assert b'"code":"request-unreadable"' in endless_head(address)
    # Another name for this machine is not answered (DNS rebinding).
    assert httpx.get(f"{address}/signin", headers={"Host": "evil.example"}).status_code == 400


def asked(address: str, headers: dict[str, str]) -> httpx.Response:
    call: dict[str, Any] = {"name": "search", "arguments": {"query": "cải cách hành chính"}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    accepted = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    return httpx.post(f"{address}/mcp", content=json.dumps(body), headers=accepted | headers, timeout=60)


def test_assistants_show_a_key_too(guarded: Guarded, serve: Serve) -> None:
    with serve(http_app(guarded.archive, None)) as address:
        refused = asked(address, {})
        assert refused.status_code == 401
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert asked(address, {"Authorization": "Bearer tienle_x"}).status_code == 401
        answered = asked(address, guarded.bearer(Role.READER))
        assert answered.status_code == 200
        assert answered.json()["result"]["structuredContent"]
        with guarded.signed_in() as browser:  # a browser's cookie is no key: another site could send it along
            assert asked(address, {"Cookie": f"tienle={browser.cookies['tienle']}"}).status_code == 403


def test_without_keys_assistants_on_this_machine_ask_freely(sample_archive: Path, serve: Serve) -> None:
    with serve(http_app(sample_archive, None)) as address:
        assert asked(address, {}).status_code == 200
        assert asked(address, {"Origin": "https://evil.example"}).status_code == 403


def test_nothing_typed_reaches_the_database_as_a_command(guarded: Guarded, serve: Serve) -> None:
    """Injection: what breaks out of a value is found as text or refused, and changes nothing."""
    planted = [
        "' OR 1=1 --",
        "'; DROP TABLE documents; --",
        '" OR ""="',
        "1 UNION SELECT digest FROM keys",
        "%00",
        "\0",
    ]
    with httpx.Client(base_url=guarded.address, headers=guarded.bearer(Role.READER), timeout=30) as client:
        total = client.get("/api/v1/documents").json()["total"]
        for text in planted:
            for path, name in [
                ("/api/v1/search", "q"),
                ("/api/v1/documents", "type"),
                ("/api/v1/documents", "province"),
                ("/api/v1/documents", "document"),
                ("/api/v1/citations", "q"),
                ("/api/v1/agencies", "q"),
            ]:
                answer = client.get(path, params={name: text})
                assert answer.status_code < 500, (path, text)
                if answer.status_code == 200:
                    assert answer.json().get("total", 0) < total, (path, text)
            assert client.get(f"/api/v1/documents/{quote(text, safe='')}").status_code in {404, 422}
        assert client.get("/api/v1/documents").json()["total"] == total


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/static/..%2f..%2f..%2fpyproject.toml",
        "/static//etc/passwd",
        "/static/..%5c..%5cpyproject.toml",
        "/documents/..%2f..%2f..%2fetc%2fpasswd/source",
        "/documents/%2fetc%2fpasswd/source",
        "/api/v1/documents/..%2faccess%2fsecret/source",
        "/api/v1/documents/..%2f..%2faccess%2faccess.sqlite/source",
        "/api/v1/documents/access.sqlite/source",
        "/api/v1/documents/archive.sqlite/source",
    ],
)
def test_no_path_leads_to_other_files(guarded: Guarded, path: str) -> None:
    with httpx.Client(headers=guarded.bearer(Role.ADMINISTRATOR), timeout=30) as client:
        request = client.build_request("GET", guarded.address)
        request.url = request.url.copy_with(raw_path=path.encode())
        answer = client.send(request)
        assert answer.status_code == 404, answer.text
        assert b"SQLite format" not in answer.content
        assert b"root:" not in answer.content
