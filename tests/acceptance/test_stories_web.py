"""Two people at work in a real browser, from the first page to a file on their desk."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import docx
import openpyxl
import pytest
from playwright.sync_api import Download, Page, expect

if TYPE_CHECKING:
    from tests.conftest import OpenPage, Serve


@pytest.fixture
def page(open_page: OpenPage, complaints: list[str], own: Path, serve: Serve) -> Iterator[Page]:
    """A page of an archive of one's own; no complaint of the browser and no request to another host is let pass."""
    hosts: set[str | None] = set()
    with serve(own) as address:
        page = open_page(address, accept_downloads=True)
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        yield page
        page.close()
    assert complaints == []
    assert hosts == {"127.0.0.1"}


def taken(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def test_a_researcher_finds_precedents_keeps_them_and_takes_them_along(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Nội dung cần tìm").fill("chi so hai long cua nguoi dan")  # typed without marks
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã thêm dấu, tìm theo:")).to_be_visible()
    hit = page.get_by_role("article").first.locator(".hits > li").first
    expect(hit.locator("mark").first).to_be_visible()
    asked = page.url

    hit.get_by_text("Đánh dấu").first.click()
    page.goto("/saved")
    page.get_by_role("link", name="Đánh dấu chung").click()
    page.wait_for_url("**/saved/1")
    expect(page.get_by_role("main")).to_contain_text("hài lòng")
    with page.expect_download() as began:
        page.get_by_role("link", name=re.compile("Word")).first.click()
    kept = docx.Document(io.BytesIO(taken(began.value)))
    assert re.search(r"\d+/KH-\w+", "\n".join(paragraph.text for paragraph in kept.paragraphs))

    page.goto(asked)
    page.locator(".trail").first.click()
    page.wait_for_url("**/documents/*#p*")
    page.get_by_role("link", name=re.compile("So sánh với")).click()
    page.wait_for_url("**/compare?a=*")
    page.go_back()
    page.wait_for_url("**/documents/*")
    page.goto("/targets?indicator=sipas")
    expect(page.get_by_role("figure").first).to_be_visible()
    with page.expect_download() as began:
        page.get_by_role("link", name="Excel (.xlsx)").click()
    sheet = openpyxl.load_workbook(io.BytesIO(taken(began.value))).worksheets[0]
    assert sheet.max_row > 10
    assert "hài lòng" in str([cell.value for row in sheet.iter_rows(max_row=5) for cell in row]).lower()


def test_a_staff_member_finds_who_was_to_do_what_and_prints_the_sheet(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Nhiệm vụ", exact=True).first.click()
    page.wait_for_url("**/assignments")
    page.get_by_label("Về việc gì").fill("phần mềm một cửa")
    page.keyboard.press("Enter")
    page.wait_for_url("**/assignments?*q=*")
    first = page.locator("main tbody tr").first
    expect(first).to_contain_text("một cửa")
    with page.expect_download() as began:
        page.get_by_role("link", name="Excel (.xlsx)").click()
    sheet = openpyxl.load_workbook(io.BytesIO(taken(began.value))).worksheets[0]
    assert "một cửa" in str([cell.value for row in sheet.iter_rows(min_row=2, max_row=3) for cell in row])

    first.get_by_role("link").first.click()
    page.wait_for_url("**/documents/*#mark")
    expect(page.locator("#mark")).to_contain_text("một cửa")

    page.goto("/assignments/duties?agency=Sở Nội vụ&period=2019")
    with page.expect_download() as began:
        page.get_by_role("link", name=re.compile("Word")).click()
    duties = docx.Document(io.BytesIO(taken(began.value)))
    assert "Sở Nội vụ" in "\n".join(paragraph.text for paragraph in duties.paragraphs)
    assert duties.tables[0].rows[1:]
