"""The search page: narrowed, explained, summarized, completed, kept as files; by keyboard and without a script."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from docx import Document
from lxml import html
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

from corpus.errors import QueryError
from tests.api.page_reading import letters, tree, words

if TYPE_CHECKING:
    from tests.conftest import OpenPage

QUESTION = "cải cách hành chính"


@pytest.fixture
def page(open_page: OpenPage, complaints: list[str], sample_server: str) -> Iterator[Page]:
    yield open_page(sample_server, viewport={"width": 1280, "height": 900})
    assert complaints == []


@pytest.fixture
def plain(open_page: OpenPage, sample_server: str) -> Page:
    return open_page(sample_server, java_script_enabled=False)


def test_every_value_that_is_offered_narrows_to_something(client: httpx.Client) -> None:
    page = tree(client, "/", q=QUESTION)
    offered = page.xpath(
        "//aside[@id='facets']//li/a/@href | //aside[@id='facets']//*[name()='svg']//*[name()='a']/@href"
    )
    assert len(offered) > 15
    for link in offered:
        narrowed = tree(client, link)
        assert narrowed.xpath("//article"), link
        (removal, *_) = narrowed.xpath("//ul[@class='chosen']//a/@href")
        assert parse_qs(urlsplit(removal).query).keys() < parse_qs(urlsplit(link).query).keys()


def test_counts_of_a_facet_add_up_and_agree_with_the_archive(client: httpx.Client) -> None:
    told = client.get("/api/v1/facets", params={"q": QUESTION}).json()
    page = tree(client, "/", q=QUESTION)
    (kinds,) = page.xpath("//section[@aria-labelledby='facet-type']")
    shown = {
        words(row.xpath("./a")[0]): int(words(row.xpath("./*[@class='number']")[0])) for row in kinds.xpath(".//li[a]")
    }
    assert shown == {each["value"]: each["count"] for each in told["type"] if each["value"]}
    assert f"{told['total']} đoạn" in words(page.xpath("//aside[@id='facets']")[0])
    bars = page.xpath("//aside//*[name()='svg']//*[name()='a']/@aria-label")
    assert bars == [f"{each['value']}: {each['count']}" for each in told["year"] if each["value"]]


def test_facets_come_after_the_hits_and_their_failure_costs_nothing_else(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise QueryError("index-gone", "Chỉ mục vừa đổi. Tải lại trang.", "The index has just changed. Load again.")

    monkeypatch.setattr("api.web.pages.search.facets", fails)
    answer = client.get("/", params={"q": QUESTION}).text
    assert answer.index("</article>") < answer.index('id="facets"')
    page = html.fromstring(answer)
    assert len(page.xpath("//article")) == 10
    assert words(page.xpath("//aside//*[@role='alert']")[0]) == "Chỉ mục vừa đổi. Tải lại trang."
    assert page.xpath("//footer")


def test_results_are_put_by_date_and_back(client: httpx.Client) -> None:
    page = tree(client, "/", q=QUESTION)
    (newest,) = [link.get("href") for link in page.xpath("//ul[@class='sorting']//a") if words(link) == "Mới nhất"]
    days = tree(client, newest).xpath("//article//time/@datetime")
    assert len(days) == 10
    assert days == sorted(days, reverse=True)
    oldest = tree(client, "/", q=QUESTION, sort="oldest").xpath("//article//time/@datetime")
    assert oldest == sorted(oldest)
    assert tree(client, newest).xpath("//form//input[@name='sort']/@value") == ["newest"]


def test_a_hit_says_why_it_stands_where_it_does(client: httpx.Client) -> None:
    assert not tree(client, "/", q=QUESTION).xpath("//*[@class='why']")
    shown = tree(client, "/", q=QUESTION, why="1")
    told = client.get("/api/v1/search", params={"q": QUESTION, "limit": 100, "explain": True}).json()["hits"]
    score = {f"{hit['document']}#p{hit['start']}": hit["score"] for hit in told}
    for hit in shown.xpath("//ol[@class='hits']/li"):
        link = urlsplit(hit.xpath("./a/@href")[0])
        first = float(re.findall(r"[\d,]+", words(hit.xpath("./*[@class='why']")[0]))[0].replace(",", "."))
        assert first == pytest.approx(score[f"{link.path.rsplit('/', 1)[1]}#{link.fragment}"])
    number = tree(client, "/", q="298/QĐ-UBND", why="1")
    assert "hỏi đúng số" in words(number.xpath("//*[@class='why']")[0])


@pytest.mark.parametrize("kind", ["1", "years"])
def test_every_sentence_of_a_summary_leads_to_its_words(client: httpx.Client, kind: str) -> None:
    page = tree(client, "/", q=QUESTION, summary=kind)
    sentences = page.xpath("//ol[@class='sentences']/li")
    assert len(sentences) > 2
    for sentence in sentences:
        (shown,) = sentence.xpath("./p")
        for badge in shown.xpath("./span"):
            badge.drop_tree()
        link = sentence.xpath("./a[@class='cited']/@href")[0]
        pointed = tree(client, link.split("#")[0]).xpath("//mark[@class='pointed']")
        assert letters("".join(mark.text_content() for mark in pointed)) == letters(shown.text_content())
        assert link.endswith("#mark")
        assert [mark.get("id") for mark in pointed].count("mark") == 1


def test_what_was_found_is_kept_as_files(client: httpx.Client) -> None:
    asked = {"q": QUESTION, "province": "Sơn Khê", "sort": "newest"}
    told = client.get("/api/v1/search", params={**asked, "limit": 100}).json()
    found = {(hit["document"], hit["start"]) for hit in told["hits"]}
    exports = {
        link.rsplit("?", 1)[0]: link for link in tree(client, "/", **asked).xpath("//*[@class='exports']//a/@href")
    }
    assert set(exports) == {"/search/export.xlsx", "/search/export.csv", "/search/export.docx"}

    rows = list(csv.DictReader(io.StringIO(client.get(exports["/search/export.csv"]).content.decode("utf-8-sig"))))
    assert {(row["document"], int(row["start"])) for row in rows} == found
    assert {row["province"] for row in rows} == {"Sơn Khê"}

    book = load_workbook(io.BytesIO(client.get(exports["/search/export.xlsx"]).content))
    sheet = book.active
    assert sheet is not None
    assert sheet.max_row == len(found) + 1
    links = [cell.hyperlink.target for cell in sheet["B"][1:] if cell.hyperlink]
    assert len(links) == len(found)
    assert re.search(r"/documents/[0-9a-f]{12}#p\d+$", links[0])

    document = Document(io.BytesIO(client.get(exports["/search/export.docx"]).content))
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    assert sum(text.startswith("“") for text in paragraphs) == len(found)
    cited = [text for text in paragraphs if text.startswith("— ")]
    assert any(
        re.match(r"— Kế hoạch số \S+ ngày \d\d/\d\d/\d{4} của Ủy ban nhân dân tỉnh Sơn Khê", text) for text in cited
    )


def test_a_passage_is_shown_between_its_neighbours(client: httpx.Client) -> None:
    page = tree(client, "/", q=QUESTION)
    link = page.xpath("//*[@class='actions']/a/@href")[0]
    document = urlsplit(link).path.split("/")[2]
    told = client.get(
        "/api/v1/nearby", params={"document": document, "start": parse_qs(urlsplit(link).query)["start"][0]}
    )
    shown = tree(client, link)
    for name in ("before", "after"):
        if told.json()[name]:
            assert letters(told.json()[name]["text"])[:80] in letters(shown.text_content())
    assert len(shown.xpath("//ol[@class='similar']/li")) == len(told.json()["similar"][:8])


def test_completions_are_chosen_with_the_keyboard(page: Page) -> None:
    page.goto("/")
    field = page.get_by_role("combobox", name="Nội dung cần tìm")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("cai cach")
    box = page.get_by_role("listbox", name="Gợi ý")
    choices = box.get_by_role("option")
    expect(choices.first).to_be_visible()
    offered = choices.all_inner_texts()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_value(offered[1])
    expect(box.get_by_role("option", selected=True)).to_have_text(offered[1])
    assert page.evaluate("document.getElementById(q.getAttribute('aria-activedescendant')).textContent") == offered[1]
    page.keyboard.press("Escape")
    expect(field).to_have_value("cai cach")
    expect(box).to_be_hidden()
    field.press_sequentially(" h")
    expect(choices.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    chosen = field.input_value()
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
    assert parse_qs(urlsplit(page.url).query)["q"] == [chosen]


def test_a_summary_and_neighbours_open_in_place(page: Page) -> None:
    page.goto(f"/?q={QUESTION}")
    page.get_by_role("link", name="Tóm tắt các kết quả này").click()
    expect(page.locator(".sentences > li").first).to_be_visible()
    assert "summary=1" in page.url
    page.reload()
    expect(page.locator(".sentences > li").first).to_be_visible()
    open_near = page.get_by_role("link", name="Đoạn trước, sau và tương tự").first
    open_near.click()
    expect(page.get_by_role("heading", name="Đoạn tương tự ở văn bản khác")).to_be_visible()
    expect(open_near).to_have_attribute("aria-expanded", "true")
    open_near.click()
    expect(page.get_by_role("heading", name="Đoạn tương tự ở văn bản khác")).to_have_count(0)


def test_the_same_without_a_script(plain: Page) -> None:
    plain.goto(f"/?q={QUESTION}")
    plain.get_by_role("link", name="Tóm tắt các kết quả này").click()
    plain.wait_for_url("**summary=1*")
    expect(plain.locator(".sentences > li").first).to_be_visible()
    plain.get_by_role("link", name="Đoạn trước, sau và tương tự").first.click()
    plain.wait_for_url("**/nearby?*")
    expect(plain.get_by_role("heading", name="Đoạn tương tự ở văn bản khác")).to_be_visible()
    plain.go_back()
    plain.locator("#facets").get_by_role("link", name="Sơn Khê", exact=True).first.click()
    expect(plain.get_by_role("list", name="Bộ lọc đang dùng")).to_contain_text("Sơn Khê")


def press_pair(page: Page, first: str, second: str, path: str) -> None:
    """Two keys lead to an address; pressed again where the machine took too long between them."""
    for _ in range(5):
        page.keyboard.press(first)
        page.keyboard.press(second)
        with suppress(TookTooLong):
            page.wait_for_url(f"**{path}", timeout=12_000)
            return
    raise AssertionError(f"{first} {second} did not lead to {path}")


def test_keys_lead_through_the_pages(page: Page) -> None:
    page.goto(f"/?q={QUESTION}")
    page.keyboard.press("j")
    expect(page.locator("[data-result]").nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("[data-result]").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-result]").nth(0)).to_be_focused()
    page.keyboard.press("n")
    page.wait_for_url("**page=2*")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Phím tắt")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    press_pair(page, "g", "v", "/documents")
    page.get_by_role("searchbox").press_sequentially("gt?")
    expect(page.get_by_role("searchbox")).to_have_value("gt?")


def test_single_letters_can_be_turned_off(page: Page) -> None:
    page.goto("/documents")
    page.get_by_role("link", name="Phím tắt").click()
    page.get_by_role("checkbox", name="Dùng phím tắt một chữ cái").uncheck()
    page.get_by_role("button", name="Đóng").click()
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert urlsplit(page.url).path == "/documents"
    page.reload()
    page.get_by_role("link", name="Phím tắt").click()
    expect(page.get_by_role("checkbox", name="Dùng phím tắt một chữ cái")).not_to_be_checked()


def test_the_keys_have_a_page_of_their_own(plain: Page) -> None:
    plain.goto("/")
    plain.get_by_role("link", name="Phím tắt").click()
    plain.wait_for_url("**/help/keys")
    expect(plain.get_by_role("main")).to_contain_text("Đến ô tìm kiếm")


@pytest.mark.parametrize("script", [True, False])
def test_on_a_phone_the_pages_are_in_a_menu(open_page: OpenPage, sample_server: str, script: bool) -> None:
    page = open_page(sample_server, viewport={"width": 360, "height": 740}, java_script_enabled=script)
    page.goto(f"/?q={QUESTION}&summary=years&why=1")
    documents = page.get_by_role("navigation", name="Các trang").get_by_role("link", name="Văn bản")
    expect(documents).to_be_hidden()
    page.get_by_role("button", name="Tìm kiếm").click()
    documents.click()
    page.wait_for_url("**/documents")


@pytest.mark.parametrize("width", [360, 1280])
def test_no_state_scrolls_sideways(open_page: OpenPage, sample_server: str, width: int) -> None:
    page = open_page(sample_server, viewport={"width": width, "height": 740})
    states = ("summary=years&why=1", "province=Sơn Khê&type=Kế hoạch&year_from=2016&year_to=2025", "sort=oldest&page=2")
    for state in (*states, f"agency={'Ủ' * 200}"):
        page.goto(f"/?q={QUESTION}&{state}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state


@pytest.mark.parametrize(
    "typed",
    ["<img src=x onerror=alert(1)>" * 5, "\u202eđảo ngược\u2066", "Ủ" * 1900, '"><script>alert(1)</script> kế hoạch'],
)
def test_a_hostile_question_is_only_text(page: Page, dialogs: list[str], typed: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    page.get_by_label("Nội dung cần tìm").fill(typed)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
    expect(page.get_by_label("Nội dung cần tìm")).to_have_value(typed)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert dialogs == []


def test_a_page_of_results_is_light(client: httpx.Client) -> None:
    heavy = client.get("/", params={"q": QUESTION, "why": "1", "summary": "years"})
    assert len(heavy.content) <= 120_000
    loaded = html.fromstring(heavy.text).xpath("//link[@rel='stylesheet']/@href | //script/@src")
    assert len(heavy.content) + sum(len(client.get(each).content) for each in loaded) <= 180_000
