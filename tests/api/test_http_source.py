"""Archived files over HTTP: nothing in them runs, and their names do no harm."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.sources import safe_name
from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive
from indexer.pipeline import index

if TYPE_CHECKING:
    from tests.conftest import OpenPage, Serve

BODY = "Số: 7/KH-UBND. Kế hoạch kiểm tra việc tiếp nhận hồ sơ của người dân tại bộ phận một cửa trong năm 2018. "
PAGE = f"""<!doctype html><html><head><meta charset="utf-8"><title>Kế hoạch</title><style>p {{ color: green }}</style>
</head><body><p id="said">{BODY * 3}</p><img src="/static/icon.svg" onerror="document.title='chạy'">
<script>document.title = "chạy"; fetch("/health")</script></body></html>"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("hostile")
    folder = base / "files"
    folder.mkdir()
    (folder / 'kế hoạch "số 7"; filename=x.html').write_text(PAGE, encoding="utf-8")
    (folder / "utf16.txt").write_bytes((BODY * 4).encode("utf-16"))
    (folder / "thường.txt").write_text(BODY * 5, encoding="utf-8")
    archive = Archive.create(base / "archive", load_encoder().spec)
    report = index(archive, [folder], workers=1)
    archive.close()
    assert (report.indexed, report.failures) == (3, [])
    return base / "archive"


@pytest.fixture(scope="module")
def address(serve: Serve, hostile: Path) -> Iterator[str]:
    with serve(hostile) as address:
        yield address


def source_of(address: str, ending: str) -> str:
    cards = httpx.get(f"{address}/api/v1/documents").json()["documents"]
    # The same plan in every format is one document: each file has its rendition.
    renditions = [rendition for card in cards for rendition in card["renditions"]]
    return next(f"/api/v1/documents/{each['document']}/source" for each in renditions if each["path"].endswith(ending))


def test_a_page_is_sandboxed_and_keeps_its_own_encoding(address: str) -> None:
    answer = httpx.get(address + source_of(address, ".html"))
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    assert answer.headers["Content-Type"] == "text/html"
    assert answer.content == PAGE.encode()


def test_a_files_name_cannot_break_the_header(address: str) -> None:
    disposition = httpx.get(address + source_of(address, ".html")).headers["Content-Disposition"]
    assert disposition == "inline; filename*=utf-8''k%E1%BA%BF%20ho%E1%BA%A1ch%20s%E1%BB%91%207%3B%20filename%3Dx.html"


def test_plain_text_says_its_encoding_only_where_it_is_known(address: str) -> None:
    assert httpx.get(address + source_of(address, "thường.txt")).headers["Content-Type"] == "text/plain; charset=utf-8"
    assert httpx.get(address + source_of(address, "utf16.txt")).headers["Content-Type"] == "text/plain"


def test_no_script_of_an_archived_page_runs(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    loaded: list[str] = []
    page.on("response", lambda response: loaded.append(response.url))
    place = address + source_of(address, ".html")
    page.goto(place)
    page.wait_for_load_state("networkidle")
    assert page.title() == "Kế hoạch"
    assert page.locator("#said").inner_text().startswith("Số: 7/KH-UBND")
    assert loaded == [place]


def test_a_copy_that_is_gone_is_told(serve: Serve, tmp_path: Path, hostile: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(hostile, copy)
    shutil.rmtree(copy / "sources")
    with serve(copy) as address:
        answer = httpx.get(address + source_of(address, "thường.txt"))
    assert answer.status_code == 503
    assert answer.json()["code"] == "source-missing"
    assert "thường.txt" in answer.json()["detail"]


@given(st.text())
def test_a_safe_name_is_one_plain_name(path: str) -> None:
    name = safe_name(path)
    assert name
    assert name.isprintable()
    assert not set(name) & set('/\\"')
