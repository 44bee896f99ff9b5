"""Saved things: collections with notes, moved, removed and brought back, exported; searches that tell what is new."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from unicodedata import category

import docx
import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from playwright.sync_api import expect

from api.answers.assignments import list_assignments
from api.answers.filters import Filters
from api.answers.targets import list_targets
from api.http import create_app
from api.saved.model import Quoted
from api.saved.store import SavedStore
from corpus.errors import QueryError
from corpus.store.archive import Archive
from tests.api.page_reading import parsed, words
from tests.api.planting import new_archive, plan, plant, task

if TYPE_CHECKING:
    from tests.conftest import OpenPage, Serve

QUESTION = "chỉ số hài lòng của người dân"
HOSTILE = '"><img src=x onerror=alert(1)>\u202e' + "Ủ" * 10_000


@pytest.fixture
def client(own: Path) -> Iterator[TestClient]:
    with TestClient(create_app(own), headers={"Accept": "text/html"}) as client:
        yield client


def first_hit(client: TestClient) -> dict[str, Any]:
    hit: dict[str, Any] = client.get("/api/v1/search", params={"q": QUESTION}).json()["hits"][0]
    return hit


def save(client: TestClient, kind: str, reference: str, **more: str) -> html.HtmlElement:
    return parsed(client.post("/saved/add", data={"kind": kind, "reference": reference, **more}))


def submit(client: TestClient, form: html.HtmlElement, **fields: str) -> html.HtmlElement:
    return parsed(client.post(form.get("action"), data=dict(form.form_values()) | fields))


def button(page: html.HtmlElement, name: str) -> html.HtmlElement:
    """The form of the first button with this name."""
    return next(each for each in page.xpath("//main//form") if words(each.xpath(".//button")[0]) == name)


def test_nothing_is_stored_before_something_is_saved(client: TestClient, own: Path) -> None:
    page = parsed(client.get("/saved"))
    assert "bấm ☆ Đánh dấu" in words(page)
    assert not (own / "saved.sqlite").exists()


def test_a_passage_is_kept_with_its_words_and_a_citation_that_leads_there(client: TestClient) -> None:
    hit = first_hit(client)
    page = save(client, "passage", f"{hit['document']}:{hit['start']}", back=f"/?q={QUESTION}")
    (item,) = page.xpath("//ol[@class='kept']/li")
    assert words(item.xpath(".//blockquote")[0]) == " ".join(hit["text"].split())
    (link,) = item.xpath(".//p[@class='cited']/a")
    assert link.get("href") == f"/documents/{hit['document']}#p{hit['start']}"
    assert words(link).startswith("Kế hoạch số 06/KH-UBND ngày 18/01/2016 của Ủy ban nhân dân tỉnh Vĩnh Lam")
    assert words(link).endswith("mục I.1.b, trang 1")
    assert page.xpath("//*[@id='done']//a/@href") == [f"/?q={QUESTION}"]


def test_the_same_passage_is_kept_once(client: TestClient) -> None:
    hit = first_hit(client)
    reference = f"{hit['document']}:{hit['start']}"
    save(client, "passage", reference)
    assert len(save(client, "passage", reference).xpath("//ol[@class='kept']/li")) == 1


def test_assignments_targets_and_documents_are_kept_too(client: TestClient, own: Path) -> None:
    archive = Archive.open(own)
    given = next(row for row in list_assignments(archive, Filters())[0] if row.number and row.due_text and row.lead)
    goal = list_targets(archive, Filters())[0][0]
    archive.close()
    save(client, "document", given.document)
    save(client, "assignment", f"{given.document}:{given.ordinal}")
    page = save(client, "target", f"{goal.document}:{goal.ordinal}")
    kinds = [words(badge) for badge in page.xpath("//ol[@class='kept']//span[@class='badge']")]
    assert kinds == ["Văn bản", "Nhiệm vụ", "Chỉ tiêu"]
    quotes = [words(each) for each in page.xpath("//ol[@class='kept']//blockquote")]
    assert given.task in quotes[0]
    assert f"thời hạn: {given.due_text}" in quotes[0]
    assert goal.indicator in quotes[1]
    cited = [words(each) for each in page.xpath("//p[@class='cited']")]
    assert given.number in cited[0] and given.number in cited[1]
    assert "mục" not in cited[0]


def test_a_note_is_written_and_an_item_moved_removed_and_brought_back(client: TestClient) -> None:
    hit = first_hit(client)
    page = save(client, "passage", f"{hit['document']}:{hit['start']}")
    other = parsed(client.post("/saved/collections", data={"name": "Đoàn kiểm tra quý III"}))
    assert words(other.xpath("//h1")[0]) == "Đoàn kiểm tra quý III"
    page = parsed(client.get("/saved/1"))
    page = submit(client, button(page, "Lưu thay đổi"), note="Dẫn trong tờ trình\ndòng hai", collection="2")
    assert words(page.xpath("//h1")[0]) == "Đoàn kiểm tra quý III"
    assert "Dẫn trong tờ trình dòng hai" in words(page.xpath("//p[@class='note']")[0])
    assert "chưa có mục nào" in words(parsed(client.get("/saved/1")))
    page = submit(client, button(page, "Bỏ"))
    assert not page.xpath("//ol[@class='kept']/li")
    assert "Đã bỏ" in words(page.xpath("//*[@role='status']")[0])
    page = submit(client, button(page, "Lấy lại"))
    assert "Dẫn trong tờ trình" in words(page.xpath("//ol[@class='kept']/li")[0])


def test_a_collection_is_renamed_removed_and_brought_back(client: TestClient) -> None:
    page = parsed(client.post("/saved/collections", data={"name": "Nháp"}))
    page = submit(client, button(page, "Đổi tên"), name="  Tờ   trình ")
    assert words(page.xpath("//h1")[0]) == "Tờ trình"
    page = submit(client, button(page, "Bỏ bộ sưu tập này"))
    assert not page.xpath("//ul[@class='shelves']/li")
    page = submit(client, button(page, "Lấy lại"))
    assert words(page.xpath("//h1")[0]) == "Tờ trình"
    refused = parsed(client.post("/saved/collections", data={"name": "   "}), 400)
    assert "chưa có tên" in words(refused.xpath("//*[@role='alert']")[0])


def test_the_word_file_quotes_and_cites(client: TestClient) -> None:
    hit = first_hit(client)
    page = save(client, "passage", f"{hit['document']}:{hit['start']}", note="Dùng cho báo cáo")
    (link,) = page.xpath("//p[@class='exports']/a/@href")
    answer = client.get(link)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="saved.docx"'
    document = docx.Document(io.BytesIO(answer.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert " ".join(hit["text"].split()) in text
    assert "Kế hoạch số 06/KH-UBND ngày 18/01/2016 của Ủy ban nhân dân tỉnh Vĩnh Lam" in text
    assert "mục I.1.b, trang 1" in text
    assert "Ghi chú: Dùng cho báo cáo" in text
    targets = [rel.target_ref for rel in document.part.rels.values() if rel.is_external]
    assert targets == [f"http://testserver/documents/{hit['document']}#p{hit['start']}"]


def test_a_saved_search_tells_what_is_new_until_it_was_seen(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    title = "Cải cách hành chính năm {}"
    duty = task("khảo sát mức độ hài lòng của người dân", "Sở Nội vụ")
    first = plant(archive, "a.md", plan("1/KH-UBND", title.format(2024), date(2024, 1, 5)), duty)
    with TestClient(create_app(tmp_path / "archive"), headers={"Accept": "text/html"}) as client:
        page = save(client, "search", "q=mức độ hài lòng&year_from=2020&page=3")
        (link,) = page.xpath("//ul[@class='asked']//p[@class='what']/a")
        assert "mức độ hài lòng" in words(link)
        assert "page" not in link.get("href") and "year_from=2020" in link.get("href")
        assert "không có gì mới" in words(page)
        plant(archive, "b.md", plan("2/KH-UBND", title.format(2025), date(2025, 1, 5)), duty)
        page = parsed(client.get("/saved"))
        assert "trong 1 văn bản" in words(page.xpath("//b[@class='badge news']")[0])
        page = submit(client, button(page, "Đã xem"))
        assert "không có gì mới" in words(page)
        page = submit(client, button(page, "Bỏ"))
        assert not page.xpath("//ul[@class='asked']/li")
        page = submit(client, button(page, "Lấy lại"))
        assert len(page.xpath("//ul[@class='asked']/li")) == 1
    assert first


def test_a_passage_outlives_its_document_and_the_page_says_so(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    header = plan("1/KH-UBND", "Cải cách hành chính năm 2024", date(2024, 1, 5))
    plant(archive, "a.md", header, task("khảo sát mức độ hài lòng của người dân", "Sở Nội vụ"))
    with TestClient(create_app(tmp_path / "archive"), headers={"Accept": "text/html"}) as client:
        hit = client.get("/api/v1/search", params={"q": "hài lòng"}).json()["hits"][0]
        page = save(client, "passage", f"{hit['document']}:{hit['start']}")
        assert not page.xpath("//p[@class='warning']")
        plant(archive, "a.md", header, task("lập danh mục thủ tục", "Sở Tài chính"))
        page = parsed(client.get("/saved/1"))
        assert "không còn nguyên văn" in words(page.xpath("//p[@class='warning']")[0])
        assert "hài lòng" in words(page.xpath("//blockquote")[0])
        (link,) = page.xpath("//p[@class='cited']/a/@href")
        assert hit["document"] not in link
        assert client.get(link).status_code == 200


def test_what_is_not_there_is_refused_with_what_to_do(client: TestClient) -> None:
    unknown = (("passage", "abc:1"), ("assignment", "x"), ("target", "abc:9999999999999"))
    for kind, reference in (*unknown, ("search", "")):
        status = 404 if reference else 400
        page = parsed(client.post("/saved/add", data={"kind": kind, "reference": reference}), status)
        assert "bấm" in words(page.xpath("//*[@role='alert']")[0])
    assert client.post("/saved/add", data={"kind": "x", "reference": "y"}).status_code == 422
    assert client.get("/saved/7").status_code == 404
    assert client.post("/saved/items/7/remove").status_code == 404


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_back_stays_on_this_site(client: TestClient, back: str) -> None:
    hit = first_hit(client)
    page = save(client, "passage", f"{hit['document']}:{hit['start']}", back=back)
    assert not page.xpath("//*[@id='done']//a")


def test_names_and_notes_are_shown_as_text(client: TestClient) -> None:
    hit = first_hit(client)
    save(client, "passage", f"{hit['document']}:{hit['start']}", note=HOSTILE[:9000])
    client.post("/saved/1/rename", data={"name": HOSTILE[:190]})
    save(client, "search", f"q={HOSTILE[:1900]}")
    for path in ("/saved", "/saved/1"):
        page = parsed(client.get(path))
        assert not page.xpath("//img | //*[@onerror]")
        assert "onerror=alert(1)" in page.text_content()


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
def test_the_keyboard_alone_makes_and_renames_a_collection(
    open_page: OpenPage, complaints: list[str], own: Path, serve: Serve, scripted: bool
) -> None:
    with serve(own) as place:
        page = open_page(place, java_script_enabled=scripted)
        page.goto("/saved")
        page.get_by_label("Tên bộ sưu tập mới").focus()
        page.keyboard.type("Hồ sơ trình quý III")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Hồ sơ trình quý III")
        page.get_by_text("Đổi tên hoặc bỏ bộ sưu tập").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Control+A")
        page.keyboard.type("Hồ sơ trình")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Hồ sơ trình")
        assert complaints == []


def test_a_phone_scrolls_one_way_only(open_page: OpenPage, own: Path, serve: Serve) -> None:
    with serve(own) as place, httpx.Client(base_url=place, follow_redirects=True, timeout=30) as client:
        hit = client.get("/api/v1/search", params={"q": QUESTION}).json()["hits"][0]
        reference = f"{hit['document']}:{hit['start']}"
        client.post("/saved/add", data={"kind": "passage", "reference": reference, "note": "Ủ" * 9_000})
        client.post("/saved/add", data={"kind": "search", "reference": "q=" + "Ủ" * 300})
        page = open_page(place, viewport={"width": 360, "height": 700})
        for path in ("/saved", "/saved/1"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


_WRITE_TEN = """
import sys
from pathlib import Path
from api.saved.store import SavedStore
for number in range(10):
    SavedStore(Path(sys.argv[1])).add_collection("", f"{sys.argv[2]} {number}")
"""


def test_several_processes_write_the_same_list(tmp_path: Path) -> None:
    writing = [subprocess.Popen([sys.executable, "-c", _WRITE_TEN, str(tmp_path), who]) for who in "abc"]
    assert [process.wait(timeout=120) for process in writing] == [0, 0, 0]
    names = [each.name for each in SavedStore(tmp_path).collections("")]
    assert sorted(names) == sorted(f"{who} {number}" for who in "abc" for number in range(10))


def test_nobody_sees_or_changes_the_list_of_another(tmp_path: Path) -> None:
    store = SavedStore(tmp_path)
    quoted = Quoted("document", "0" * 12, None, "1/KH", None, None, None, None, "", None, "", "", 0, 0, "", "a.md")
    item = store.add("an", quoted, "", None, "Của An")
    assert store.collections("bình") == []
    with pytest.raises(QueryError):
        store.items("bình", item.collection)
    with pytest.raises(QueryError):
        store.remove("bình", item.id)
    mine = store.add_collection("bình", "Của Bình")
    with pytest.raises(QueryError):
        store.change("an", item.id, "", mine)
    assert [each.removed_at for each in store.items("an", item.collection)] == [None]


@settings(max_examples=25)  # each writes a file
@given(st.text(max_size=300), st.text(max_size=2000))
def test_any_name_and_note_comes_back_as_it_went_in(name: str, note: str) -> None:
    with TemporaryDirectory() as folder:
        store = SavedStore(Path(folder))
        shown = " ".join(name.split())
        if not shown or len(shown) > 200 or any(category(character) == "Cc" for character in shown):
            with pytest.raises(QueryError):
                store.add_collection("", name)
            return
        made = store.add_collection("", name)
        (kept,) = store.collections("")
        assert (kept.id, kept.name) == (made, shown)
        quoted = Quoted("document", "0" * 12, None, None, None, None, None, None, "", None, "", "", 0, 0, "", "a.md")
        store.add("", quoted, note, made, "")
        assert [item.note for item in store.items("", made)] == [note]


def test_the_page_says_that_the_list_is_shared(client: TestClient) -> None:
    assert "dùng chung" in words(parsed(client.get("/saved")).xpath("//p[@class='lead']")[0])
    english = parsed(client.get("/saved", params={"lang": "en"}))
    assert "shares this list" in words(english)


@pytest.mark.parametrize("number", [2**63, 10**20])
def test_a_number_that_no_database_holds_is_refused(client: TestClient, number: int) -> None:
    assert client.post("/saved/collections", data={"name": "Có sẵn"}).status_code == 200
    for path in (f"{number}/rename", f"{number}/remove", f"items/{number}/remove", f"searches/{number}/seen"):
        assert client.post(f"/saved/{path}", data={"name": "x"}).status_code == 422, path
    assert client.get(f"/saved/{number}").status_code == 422
    assert client.get("/saved", params={"what": number}).status_code == 422
    added = {"kind": "search", "reference": "q=x", "collection": str(number)}
    assert client.post("/saved/add", data=added).status_code == 422
