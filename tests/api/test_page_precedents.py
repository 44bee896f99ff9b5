"""Precedents on a page: a draft is sent, its result has an address, can be shared, exported, stopped and deleted."""

from __future__ import annotations

import io
import os
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from openpyxl import load_workbook
from playwright.sync_api import expect

import api.drafts.keeping
from api.drafts.keeping import KEPT_HOURS, KeptDrafts
from corpus.errors import QueryError
from tests.api.page_reading import parsed, words

if TYPE_CHECKING:
    from tests.conftest import OpenPage, Serve

SAMPLE = Path(__file__).parent.parent.parent / "corpus" / "sample"
LATEST = SAMPLE / "vinh-lam/2026/03-kh-ubnd-cai-cach-hanh-chinh-2026.docx"
PASTED = """ỦY BAN NHÂN DÂN TỈNH VĨNH LAM

KẾ HOẠCH
Cải cách hành chính nhà nước năm 2027

1. Sở Nội vụ chủ trì khảo sát mức độ hài lòng của người dân bằng phiếu hỏi, hoàn thành trước ngày 30/9/2027.
2. Sở Khoa học và Công nghệ chủ trì nâng cấp phần mềm một cửa điện tử của tỉnh, hoàn thành trong quý II/2027.
3. Sở Tài chính chủ trì trồng 500 cây xanh tại trụ sở, hoàn thành trước ngày 19/5/2027.
"""
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>\u202e Sở Nội vụ chủ trì ' + "Ủ" * 10_000


@pytest.fixture(scope="module")
def place(written: Path, serve: Serve) -> Iterator[str]:
    with serve(written) as place:
        yield place


@pytest.fixture(scope="module")
def latest(browsing: TestClient) -> str:
    """The address of a file's result."""
    files = {"file": (LATEST.name, LATEST.read_bytes())}
    return finished(browsing, browsing.post("/precedents", files=files)).url.path


def finished(browsing: TestClient, answer: httpx.Response) -> httpx.Response:
    """The page of results, when the work is done."""
    until = time.monotonic() + 120
    while 'id="working"' in answer.text and time.monotonic() < until:
        time.sleep(0.2)
        answer = browsing.get(str(answer.url))
    assert 'id="working"' not in answer.text
    return answer


def paste(browsing: TestClient, text: str, **more: str) -> httpx.Response:
    return browsing.post("/precedents", files={"file": ("", b"")}, data={"text": text, **more})


def task_with(page: html.HtmlElement, part: str) -> html.HtmlElement:
    return next(each for each in page.xpath("//article") if part in words(each.xpath(".//h2")[0]).lower())


def test_a_file_is_answered_side_by_side(browsing: TestClient, latest: str) -> None:
    page = parsed(browsing.get(latest))
    assert words(page.xpath("//p[@class='draft-title']")[0]) == "Cải cách hành chính nhà nước năm 2026"
    assert "21/KH-UBND" in words(page.xpath("//main")[0])
    software = task_with(page, "phần mềm một cửa")
    mine, earlier, others = software.xpath("./section")
    assert "Đã có" in words(mine)
    assert "Sở Thông tin và Truyền thông" in words(earlier)
    assert "nay là Sở Khoa học và Công nghệ" in words(earlier)
    assert "Sơn Khê" in words(others)
    new = task_with(page, "cấp phù hiệu")
    assert "Mới" in words(new.xpath("./section")[0])
    link = earlier.xpath(".//p[@class='where']/a/@href")[0]
    assert re.fullmatch(r"/documents/[0-9a-f]+#p\d+", link)
    assert browsing.get(link.split("#")[0]).status_code == 200


def test_kinds_filter_and_their_counts_agree(browsing: TestClient, latest: str) -> None:
    for view in ("", "goals"):
        page = parsed(browsing.get(latest, params={"view": view} if view else {}))
        kinds = page.xpath("//p[@class='kinds']/a[contains(@href, 'show=')]")
        assert kinds
        for kind in kinds:
            count = int(words(kind).rsplit(" ", 1)[1])
            shown = parsed(browsing.get(kind.get("href"))).xpath("//ol[@class='beside']/li")
            assert len(shown) == count > 0


def test_what_the_draft_left_out_is_listed(browsing: TestClient, latest: str) -> None:
    page = parsed(browsing.get(latest, params={"view": "missing"}))
    assert "chữ ký số" in words(page.xpath("//ul[@class='left-out']")[0])


def test_goals_stand_beside_earlier_values(browsing: TestClient, latest: str) -> None:
    page = parsed(browsing.get(latest, params={"view": "goals"}))
    sipas = task_with(page, "sipas")
    assert "tăng 1" in words(sipas.xpath("./section")[1])
    assert "2025" in words(sipas.xpath("./section")[1])


def test_exports_open_and_hold_the_whole_result(browsing: TestClient, latest: str) -> None:
    page = parsed(browsing.get(latest))
    links = {link[-4:]: link for link in page.xpath("//p[@class='exports']/a/@href")}
    told = docx.Document(io.BytesIO(browsing.get(links["docx"]).content))
    cells = {cell.text for table in told.tables for row in table.rows for cell in row.cells}
    assert any("phần mềm một cửa" in cell for cell in cells)
    book = load_workbook(io.BytesIO(browsing.get(links["xlsx"]).content))
    assert book.sheetnames == ["Nhiệm vụ", "Chỉ tiêu", "Dự thảo không có"]
    linked = [cell.hyperlink.target for row in book["Nhiệm vụ"].iter_rows() for cell in row if cell.hyperlink]
    assert linked and linked[0].startswith("http://testserver/documents/")


def test_pasted_words_are_answered_and_reload_gives_the_same(browsing: TestClient) -> None:
    answer = finished(browsing, paste(browsing, PASTED))
    page = parsed(answer)
    assert [words(each) for each in page.xpath("//article//h2")][2].startswith("trồng 500 cây xanh")
    assert "Mới" in words(task_with(page, "trồng 500 cây xanh").xpath("./section")[0])
    assert "Đã có" in words(task_with(page, "mức độ hài lòng").xpath("./section")[0])
    again = parsed(browsing.get(str(answer.url)))
    assert words(again.xpath("//main")[0]) == words(page.xpath("//main")[0])


def test_filters_narrow_what_counts_and_stay_in_the_address(browsing: TestClient) -> None:
    answer = finished(browsing, paste(browsing, PASTED, province="Sơn Khê"))
    assert answer.url.params["province"] == "Sơn Khê"
    page = parsed(answer)
    assert not page.xpath("//article/section[2]//li")
    assert page.xpath("//article/section[3]//li")
    refused = parsed(paste(browsing, PASTED, year_from="hai nghìn"), 400)
    assert "hai nghìn" in words(refused.xpath("//*[@role='alert']")[0])
    assert "trồng 500 cây xanh" in refused.xpath("//textarea")[0].text


def test_nothing_sent_and_too_much_sent_are_told(browsing: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    page = parsed(paste(browsing, "   "), 400)
    assert "Chưa có bản thảo" in words(page.xpath("//*[@role='alert']")[0])
    monkeypatch.setattr("api.web.pages.precedents.LARGEST_DRAFT", 1024)
    page = parsed(browsing.post("/precedents", files={"file": ("to.txt", b"x" * 100_000)}), 413)
    assert "Gửi riêng phần cần đối chiếu" in words(page.xpath("//*[@role='alert']")[0])


def test_a_file_that_cannot_be_read_says_why_and_can_be_deleted(browsing: TestClient) -> None:
    answer = finished(browsing, browsing.post("/precedents", files={"file": ("hỏng.pdf", b"%PDF-1.7 nothing")}))
    page = parsed(answer, 400)
    assert words(page.xpath("//*[@role='alert']")[0])
    (delete,) = page.xpath("//form[contains(@action, '/delete')]/@action")
    done = parsed(browsing.post(delete))
    assert "Đã xóa bản thảo" in words(done.xpath("//*[@role='status']")[0])
    assert browsing.get(str(answer.url)).status_code == 404


def test_work_can_be_stopped_and_taken_up_again(browsing: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.web.pages.precedents.SOON", 0.0)
    answer = browsing.post("/precedents", files={"file": (LATEST.name, LATEST.read_bytes())})
    page = parsed(answer)
    assert page.xpath("//*[@id='working'][@role='status']")
    assert page.xpath("//head/noscript/meta[@http-equiv='refresh']")
    (cancel,) = page.xpath("//form[contains(@action, '/cancel')]/@action")
    stopped = parsed(browsing.post(cancel))
    assert "Đã dừng" in words(stopped.xpath("//*[@role='alert']")[0])
    assert "Đã dừng" in words(parsed(browsing.get(str(answer.url))).xpath("//*[@role='alert']")[0])
    (again,) = stopped.xpath("//form[contains(@action, '/again')]/@action")
    page = parsed(finished(browsing, browsing.post(again)))
    assert page.xpath("//article")


def test_a_draft_is_for_the_server_alone_and_goes_after_a_day(browsing: TestClient, written: Path) -> None:
    answer = finished(browsing, paste(browsing, PASTED))
    id_ = answer.url.path.rsplit("/", 1)[1]
    folder = written / "cache" / "drafts" / id_
    assert len(id_) == 22
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    old = time.time() - KEPT_HOURS * 3600 - 1
    os.utime(folder / "file", (old, old))
    page = parsed(browsing.get(str(answer.url)), 404)
    assert "Gửi lại bản thảo" in words(page.xpath("//*[@role='alert']")[0])
    assert not folder.exists()


def test_old_drafts_go_when_another_comes_and_there_is_an_end_of_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = KeptDrafts(tmp_path)
    first = drafts.keep(b"x" * 600, "a.txt")
    monkeypatch.setattr(api.drafts.keeping, "MOST_BYTES", 1000)
    with pytest.raises(QueryError) as refused:
        drafts.keep(b"y" * 600, "b.txt")
    assert refused.value.code == "drafts-full"
    old = time.time() - KEPT_HOURS * 3600 - 1
    os.utime(first.file, (old, old))
    second = drafts.keep(b"y" * 600, "b.txt")
    assert not first.folder.exists()
    assert drafts.open(second.id).file.read_bytes() == b"y" * 600


@given(st.text(max_size=40))
def test_no_address_leads_out_of_the_drafts(id_: str) -> None:
    with pytest.raises(QueryError):
        KeptDrafts(Path("/nowhere")).open(id_)


@pytest.mark.parametrize("id_", ["..%2F..%2Farchive.sqlite", "x" * 41, "A" * 22, "%00"])
def test_addresses_of_no_draft_are_refused(browsing: TestClient, id_: str) -> None:
    assert browsing.get(f"/precedents/{id_}").status_code in (404, 422)


def test_a_hostile_draft_is_shown_as_text(browsing: TestClient) -> None:
    answer = finished(browsing, paste(browsing, HOSTILE))
    page = parsed(answer)
    assert not page.xpath("//img | //main//script | //*[@onerror]")
    assert len(answer.content) < 200_000
    hostile_name = finished(browsing, browsing.post("/precedents", files={"file": (HOSTILE[:200], PASTED.encode())}))
    assert not parsed(hostile_name).xpath("//img | //main//script | //*[@onerror]")


def test_a_form_of_another_kind_is_refused(browsing: TestClient) -> None:
    assert browsing.post("/precedents", data={"text": ""}).status_code == 400
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert browsing.post("/precedents", content=b"--y\r\n", headers=broken).status_code == 400
    assert browsing.post("/precedents", content=b"", headers={"Content-Type": "multipart/form-data"}).status_code == 400


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
def test_a_draft_from_form_to_result(open_page: OpenPage, complaints: list[str], place: str, scripted: bool) -> None:
    page = open_page(place, java_script_enabled=scripted)
    page.goto("/precedents")
    page.get_by_label("Tệp dự thảo").set_input_files(LATEST)
    page.get_by_role("button", name="Tìm tiền lệ").click()
    page.wait_for_url("**/precedents/*")
    expect(page.get_by_role("article").first).to_be_visible()
    page.get_by_role("link", name="Dự thảo không có").click()
    expect(page.locator(".left-out").first).to_contain_text("chữ ký số")
    page.get_by_role("button", name="Đánh dấu nhiệm vụ này").first.click()
    if scripted:
        expect(page.get_by_role("link", name="★ Đã đánh dấu")).to_be_focused()
        page.get_by_role("link", name="★ Đã đánh dấu").click()
    expect(page.locator("ol.kept blockquote").first).to_be_visible()
    assert complaints == []
    page.goto("/precedents")
    recent = page.get_by_role("link", name="Cải cách hành chính nhà nước năm 2026")
    expect(recent).to_have_count(1 if scripted else 0)


def test_a_file_is_dropped_and_one_too_large_is_told_before_it_is_sent(open_page: OpenPage, place: str) -> None:
    page = open_page(place)
    page.goto("/precedents")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["Sở Nội vụ chủ trì"], "thả.txt"));
            const dropped = new DragEvent("drop", { dataTransfer: data, cancelable: true });
            document.querySelector("form.send").dispatchEvent(dropped);
        }"""
    )
    assert page.evaluate("document.getElementById('file').files[0].name") == "thả.txt"
    page.evaluate("document.querySelector('form.send').dataset.largest = 3")
    page.get_by_label("Tệp dự thảo").dispatch_event("change")
    expect(page.get_by_role("alert")).to_contain_text("lớn hơn")
    page.get_by_role("button", name="Tìm tiền lệ").click()
    assert page.url.endswith("/precedents")


def test_a_phone_scrolls_one_way_only(open_page: OpenPage, place: str, latest: str, browsing: TestClient) -> None:
    hostile = finished(browsing, paste(browsing, HOSTILE)).url.path
    page = open_page(place, viewport={"width": 360, "height": 700})
    for path in ("/precedents", latest, f"{latest}?view=goals", f"{latest}?view=missing", hostile):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_no_page_is_heavy(browsing: TestClient, latest: str) -> None:
    for view in ("tasks", "goals", "missing"):
        assert len(browsing.get(latest, params={"view": view}).content) < 120_000


def test_the_page_says_how_long_and_for_whom_it_is_kept(browsing: TestClient, latest: str) -> None:
    told = words(parsed(browsing.get(latest)).xpath("//div[@class='shared']")[0])
    assert re.search(r"Tự xóa lúc \d\d:\d\d ngày \d+/\d+/\d{4}", told)
    assert "ai có địa chỉ đều xem được" in told
