"""Errors as callers get them: problem details that say what to do, in their language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.language import accepted_language
from corpus.errors import Language

if TYPE_CHECKING:
    from tests.conftest import Serve

PATHS = ["/", "/documents", "/api/v1/search?q=x", "/api/v1/documents", "/health"]


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    said: dict[str, Any] = answer.json()
    assert (answer.status_code, said["status"], said["code"]) == (status, status, code)
    assert said["type"].endswith(code)
    assert said["title"]
    assert said["detail"]
    return said


@pytest.mark.parametrize(
    ("path", "status", "code", "vi", "en"),
    [
        ("/api/v1/search?q=", 400, "query-blank", "Câu hỏi trống", "is empty"),
        ("/api/v1/search?q=%3F%3F", 400, "query-blank", "Câu hỏi trống", "is empty"),
        ("/api/v1/search?q=" + "a" * 2001, 400, "query-long", "2001", "2001"),
        ("/api/v1/search?q=x&year=18", 400, "year-unknown", "“18”", "“18”"),
        ("/api/v1/search?q=x&province=Atlantis", 400, "province-unknown", "Không có tỉnh", "No province"),
        ("/api/v1/documents?type=Sonnet", 400, "type-unknown", "Kế hoạch", "Kế hoạch"),
        ("/api/v1/documents/0000000000ff", 404, "document-unknown", "không có văn bản", "no document"),
        ("/api/v1/documents/0000000000ff/source", 404, "document-unknown", "không có văn bản", "no document"),
        ("/api/v1/documents/09%2FKH-UBND", 409, "document-ambiguous", "2 văn bản", "2 documents"),
        ("/api/v1/search", 422, "parameter-invalid", "“q” thiếu", "“q” is missing"),
        ("/api/v1/search?q=x&limit=0", 422, "parameter-invalid", "“limit” nhỏ nhất là 1", "“limit” must be at least 1"),
        ("/api/v1/search?q=x&limit=101", 422, "parameter-invalid", "lớn nhất là 100", "at most 100"),
        ("/api/v1/search?q=x&offset=ba", 422, "parameter-invalid", "“offset” phải là số", "“offset” must be a whole"),
        ("/api/v1/search?q=x&mode=best", 422, "parameter-invalid", "'hybrid'", "'hybrid'"),
        ("/api/v1/search?q=x&as_of_today=perhaps", 422, "parameter-invalid", "true hay false", "true or false"),
        ("/api/v1/nothing", 404, "path-unknown", "/api/v1/nothing", "/api/v1/nothing"),
        ("/nothing", 404, "path-unknown", "Không có trang", "no page"),
    ],
)
def test_each_error_says_what_and_how(
    client: httpx.Client, path: str, status: int, code: str, vi: str, en: str
) -> None:
    assert vi in problem(client.get(path), status, code)["detail"]
    assert en in problem(client.get(path, headers={"Accept-Language": "en-GB,vi;q=0.5"}), status, code)["detail"]
    mark = "&" if "?" in path else "?"
    asked = client.get(f"{path}{mark}lang=en", headers={"Accept-Language": "vi"})
    assert en in problem(asked, status, code)["detail"]
    assert asked.headers["Content-Language"] == "en"


def test_an_invalid_parameter_is_named_by_itself(client: httpx.Client) -> None:
    said = client.get("/api/v1/search", params={"q": "x", "limit": 0, "offset": -1, "lang": "en"}).json()
    assert [slip["name"] for slip in said["errors"]] == ["limit", "offset"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", [path for path in PATHS if path != "/api/v1/documents"])
def test_only_get_is_offered(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET"


def test_all_methods_of_a_path_are_told(client: httpx.Client) -> None:
    answer = client.put("/api/v1/documents")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")
    assert "GET, POST" in answer.json()["detail"]


def test_no_page_describes_the_interface_with_anothers_scripts(client: httpx.Client) -> None:
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404


def test_without_an_archive_everything_says_so(serve: Serve, tmp_path: Path) -> None:
    with serve(tmp_path / "none") as address, httpx.Client(base_url=address) as client:
        for path in ("/health", "/api/v1/search?q=x", "/api/v1/documents", "/api/v1/documents/abcdef"):
            said = problem(client.get(path), 503, "archive-missing")
            assert "tienle index" in said["detail"]
        for path in ("/", "/?q=x", "/documents", "/documents/abcdef"):
            page = client.get(path)
            assert page.status_code == 503
            assert "text/html" in page.headers["Content-Type"]
            assert "tienle index" in page.text


def test_an_archive_that_comes_later_is_found(serve: Serve, tmp_path: Path, sample_archive: Path) -> None:
    place = tmp_path / "later"
    with serve(place) as address, httpx.Client(base_url=address) as client:
        assert client.get("/health").status_code == 503
        place.symlink_to(sample_archive)
        assert client.get("/health").json()["status"] == "ok"
        assert client.get("/api/v1/search", params={"q": "cải cách"}).json()["hits"]


def test_a_database_that_breaks_while_serving_is_told(serve: Serve, own: Path) -> None:
    with serve(own) as address, httpx.Client(base_url=address) as client:
        assert client.get("/health").status_code == 200
        for file in own.glob("archive.sqlite*"):
            file.write_bytes(b"not a database " * 1000)
        assert "tienle restore" in problem(client.get("/api/v1/documents"), 503, "archive-damaged")["detail"]
        page = client.get("/documents")
        assert page.status_code == 503
        assert "tienle restore" in page.text


def test_a_fault_of_ours_shows_nothing_of_the_inside(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("mật khẩu ở /etc/bí-mật")

    monkeypatch.setattr("api.http.routes.list_documents", broken)
    monkeypatch.setattr("api.web.pages.documents.list_catalogue", broken)
    said = problem(client.get("/api/v1/documents"), 500, "unexpected")
    assert "bí-mật" not in str(said)
    page = client.get("/documents")
    assert page.status_code == 500
    assert "bí-mật" not in page.text
    assert "RuntimeError" not in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "vi"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("vi-VN,en;q=0.9", "vi"),
        ("en;q=0.4, vi;q=0.8", "vi"),
        ("fr, en;q=0.3", "en"),
        ("fr", "vi"),
        ("*", "vi"),
        ("en;q=0", "vi"),
    ],
)
def test_the_callers_language(header: str, language: Language) -> None:
    assert accepted_language(header, "vi") == language


@given(st.text())
def test_any_header_gives_a_language(header: str) -> None:
    assert accepted_language(header, "en") in ("vi", "en")
