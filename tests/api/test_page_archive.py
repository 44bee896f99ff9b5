"""The archive's page: counts that are right, reasons with remedies, files dropped and watched until they are in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from api.answers.documents import list_documents
from api.answers.filters import Filters
from api.answers.holdings import holdings, index_states, list_unread, unread_kinds
from api.jobs.queue import Queue
from api.web.pages.archive import shown_bytes
from corpus.encoder.registry import load_encoder
from corpus.errors import ReadingError
from corpus.store.archive import Archive
from tests.api.page_reading import tree
from tests.api.selecting import css

if TYPE_CHECKING:
    from tests.conftest import OpenPage, Serve

PLAN = (
    "ỦY BAN NHÂN DÂN\nTỈNH VĨNH LAM\nSố: 77/KH-UBND\nVĩnh Lam, ngày 5 tháng 3 năm 2025\n\nKẾ HOẠCH\n"
    "Làm cầu treo qua suối\n\n1. Sở Xây dựng chủ trì làm 3 cầu treo trước ngày 30/9/2025.\n"
)
PATIENCE = 300_000  # milliseconds: the machine may be busy with other things


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    made = Archive.create(tmp_path / "kho", load_encoder().spec)
    yield made
    made.close()


def test_the_figures_are_those_of_the_archive(client: httpx.Client, sample_archive: Path) -> None:
    archive = Archive.open(sample_archive)
    held = holdings(archive)
    _, total = list_documents(archive, Filters(), limit=1)
    assert held.documents == total > 0
    assert sum(held.years.values()) == sum(held.types.values()) == sum(held.qualities.values()) == total
    shown = {
        css(term.getparent(), "dt")[0].text_content(): int(term.text_content().replace(".", ""))
        for term in css(tree(client, "/archive"), ".figures dd")
    }
    assert shown["văn bản"] == total
    assert shown["đoạn tra cứu được"] == held.passages
    assert shown["nhiệm vụ"] == held.assignments
    archive.close()


def test_bars_and_rows_lead_to_the_documents_that_they_count(client: httpx.Client) -> None:
    told = tree(client, "/archive")
    rows = [(css(row, "th a")[0].get("href"), row) for row in css(told, ".ranks tr") if css(row, "th a")]
    assert rows
    for href, row in rows:
        said = css(tree(client, href), "p.count")[0].text_content()
        assert re.findall(r"\d+", said)[0] == css(row, "td span")[0].text_content()
    bars = css(told, "figure.chart a")
    assert bars
    for bar in bars:
        asked = parse_qs(urlsplit(bar.get("href")).query)
        assert asked["year_from"] == asked["year_to"] == [bar.get("aria-label").split(":")[0]]


def test_indexes_tell_their_size_and_whether_they_are_behind(sample_archive: Path, client: httpx.Client) -> None:
    archive = Archive.open(sample_archive)
    states = {state.name: state for state in index_states(archive)}
    assert all(state.bytes > 0 and state.changed_at for state in states.values())
    assert states["lexical"].generation == states["vectors"].generation == archive.generation
    archive.close()
    assert tree(client, "/archive").text_content().count("khớp với kho") == 3


def test_reasons_are_told_once_with_their_remedy_and_their_files(serve: Serve, archive: Archive) -> None:
    waits = ReadingError("waiting-office", "Cài LibreOffice rồi đọc lại.", "Install LibreOffice, then read again.")
    failed = ReadingError("empty", "Tệp rỗng.", "The file is empty.")
    with archive.writing():
        for at in range(60):
            archive.record_failure(f"/nơi nào đó/{at:02} <b>đậm</b>.doc", "", 0, waits)
        archive.record_failure("/nơi nào đó/rỗng.pdf", "", 0, failed)
    assert [(kind.code, kind.count) for kind in unread_kinds(archive)] == [("waiting-office", 60), ("empty", 1)]
    assert list_unread(archive, "empty", limit=5)[1] == 1
    with serve(archive.directory) as address, httpx.Client(base_url=address, timeout=60) as client:
        told = tree(client, "/archive")
        rows = [row.text_content() for row in css(told, ".reasons tbody tr")]
        assert "60" in rows[0]
        assert "chờ chương trình" in rows[0]
        assert "Cài LibreOffice" in rows[0]
        assert "lỗi" in rows[1]
        (first,) = css(told, "a[href*='code=waiting-office']")
        listed = tree(client, first.get("href"))
        assert len(css(listed, "tbody tr")) == 50
        assert "<b>đậm</b>" in css(listed, "tbody td")[0].text_content()
        (following,) = css(listed, "a[rel=next]")
        assert len(css(tree(client, following.get("href")), "tbody tr")) == 10
        assert "Install LibreOffice" in tree(client, "/archive", lang="en").text_content()


def test_an_empty_archive_says_how_to_begin(serve: Serve, archive: Archive) -> None:
    with serve(archive.directory) as address, httpx.Client(base_url=address, timeout=60) as client:
        told = tree(client, "/archive")
        assert "Kéo thả vài tệp" in told.text_content()
        assert css(told, "form.send input[type=file][multiple]")
        assert "Chưa có lượt nào" in tree(client, "/archive/jobs").text_content()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_files_are_sent_watched_and_found(
    open_page: OpenPage, complaints: list[str], serve: Serve, archive: Archive, tmp_path: Path, script: bool
) -> None:
    good, bad = tmp_path / "cầu treo.txt", tmp_path / "chương trình.pdf"
    good.write_text(PLAN, encoding="utf-8")
    bad.write_bytes(b"MZ\x90\0" * 50)
    with serve(archive.directory) as address:
        page = open_page(address, java_script_enabled=script)
        page.goto("/archive")
        page.get_by_label("Chọn tệp, hoặc kéo thả vào khung này").set_input_files([good, bad])
        if script:
            expect(page.get_by_role("list", name="Tệp đã chọn")).to_contain_text("cầu treo.txt")
        page.get_by_role("button", name="Đưa vào kho").click()
        page.wait_for_url("**/archive/jobs/*")
        expect(page.locator(".now")).to_contain_text("đã xong", timeout=PATIENCE)
        row = page.get_by_role("row", name="cầu treo.txt")
        expect(row).to_contain_text("đã vào kho")
        expect(page.get_by_role("row", name="chương trình.pdf")).to_contain_text("không nhận")
        row.get_by_role("link", name="Mở văn bản").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Làm cầu treo qua suối")
        page.goto("/archive")
        expect(page.locator(".jobs > li").first).to_contain_text("đã xong")
        assert complaints == []


def test_a_reader_sees_the_archive_and_no_button_that_would_refuse_them(serve: Serve, archive: Archive) -> None:
    from api.access.roles import Role
    from api.access.store import AccessStore

    store = AccessStore(archive.directory)
    keys = {role: store.create(role.value, role)[1] for role in (Role.READER, Role.EDITOR)}
    with serve(archive.directory) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/archive", headers={"Accept": "text/html"}).status_code in (303, 401)
        client.headers["Authorization"] = f"Bearer {keys[Role.READER]}"
        told = tree(client, "/archive")
        assert not css(told, "main form")
        assert "quyền biên tập" in told.text_content()
        sent = {"files": [("file", ("a.txt", PLAN.encode()))]}
        for route in ("/archive/upload", "/api/v1/documents"):
            assert client.post(route, **sent).status_code == 403
        assert Queue(archive.directory).latest(5) == ([], 0)
        client.headers["Authorization"] = f"Bearer {keys[Role.EDITOR]}"
        assert css(tree(client, "/archive"), "main form.send")


@pytest.mark.parametrize(
    ("size", "vi"), [(0, "0 byte"), (1023, "1.023 byte"), (1536, "2 KB"), (1_500_000, "1,4 MB"), (5 * 1024**4, "5 TB")]
)
def test_sizes_are_written_as_people_read_them(size: int, vi: str) -> None:
    assert shown_bytes(size, "vi") == vi


def test_pages_stay_light(client: httpx.Client) -> None:
    for address in ("/archive", "/archive/jobs", "/archive/unread", "/agencies", "/agencies/provinces"):
        assert len(client.get(address).content) < 120_000, address
