"""The pages as the server sends them."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from api.web.addresses import Filter, address
from tests.api.page_reading import tree, words

if TYPE_CHECKING:
    from tests.conftest import Serve

QUESTION = "chỉ số hài lòng của người dân"
WEB = Path(__file__).parents[2] / "api" / "web"
NOTICE = "Tài liệu minh họa"


def links(page: html.HtmlElement) -> list[str]:
    return [link for link in page.xpath("//a/@href") if not link.startswith("#")]


def test_every_page_says_that_the_archive_is_illustrative(client: httpx.Client) -> None:
    document = client.get("/api/v1/documents?limit=1").json()["documents"][0]["id"]
    for path, status in (
        ("/", 200),
        (f"/?q={QUESTION}", 200),
        ("/?q=x&year_from=18", 400),
        ("/documents", 200),
        (f"/documents/{document}", 200),
        ("/documents/none", 404),
        ("/documents?page=0", 422),
    ):
        page = tree(client, path, status)
        (notice,) = page.xpath("//*[@class='notice']")
        assert NOTICE in words(notice)
        assert "Kho mẫu" in words(page.xpath("//header")[0])
        assert page.get("lang") == "vi"
        assert page.xpath("//main") and page.xpath("//h1")


def test_pages_may_load_and_do_nothing_foreign(client: httpx.Client) -> None:
    for path in ("/", "/documents", "/documents/none"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        page = tree(client, path, 404 if "none" in path else 200)
        assert not page.xpath("//@style | //style | //script[not(@src)] | //*[@onclick or @onload or @onerror]")
        for loaded in page.xpath("//link/@href | //script/@src | //img/@src"):
            assert loaded.startswith("/static/")
            assert client.get(loaded).status_code == 200


def test_the_empty_page_invites_with_questions_that_find_something(client: httpx.Client) -> None:
    page = tree(client, "/")
    examples = page.xpath("//section[@class='examples']//a")
    assert len(examples) >= 3
    for example in examples:
        assert tree(client, example.get("href")).xpath("//article//mark"), words(example)


def test_results_are_grouped_with_number_issuer_date_and_the_words_found(client: httpx.Client) -> None:
    page = tree(client, "/", q=QUESTION)
    results = page.xpath("//article")
    assert len(results) == 10
    for result in results:
        assert result.xpath(".//h2/a/@href")[0].startswith("/documents/")
        assert 1 <= len(result.xpath(".//ol[@class='hits']/li")) <= 3
    plan = next(result for result in results if "06/KH-UBND" in words(result))
    meta = words(plan.xpath(".//p[@class='meta']")[0])
    assert meta == "Kế hoạch06/KH-UBNDỦy ban nhân dân tỉnh Vĩnh Lam18/1/2016"
    first = plan.xpath(".//li")[0]
    assert "78%" in words(first)
    assert "hài lòng" in [mark.lower() for mark in first.xpath(".//mark/text()")]
    assert "I.1.b" in words(first.xpath(".//a[@class='trail']")[0])
    assert "tr. 1" in words(first.xpath(".//a[@class='trail']")[0])


def test_shown_passages_are_the_sources_words(client: httpx.Client) -> None:
    answer = client.get("/api/v1/search", params={"q": QUESTION, "limit": 100}).json()
    texts = {f"/documents/{hit['document']}#p{hit['start']}": hit["text"] for hit in answer["hits"]}
    page = tree(client, "/", q=QUESTION)
    passages = page.xpath("//ol[@class='hits']/li")
    assert passages
    for passage in passages:
        link = urlsplit(passage.xpath("./a/@href")[0])
        assert parse_qs(link.query)["q"] == [QUESTION]
        letters = re.sub(r"[\W_]", "", texts[f"{link.path}#{link.fragment}"])
        shown = re.sub(r"[\W_]", "", passage.xpath("./div")[0].text_content())
        assert shown == letters or re.sub(r"\d", "", shown) == re.sub(r"\d", "", letters)


def test_pages_of_results_show_each_document_once(client: httpx.Client) -> None:
    seen: list[str] = []
    path = f"/?q={QUESTION}"
    for _ in range(20):
        page = tree(client, path)
        seen += page.xpath("//article/@id")
        following = page.xpath("//a[@rel='next']/@href")
        if not following:
            break
        path = following[0]
    answer = client.get("/api/v1/search", params={"q": QUESTION, "limit": 100}).json()
    assert seen == [f"d-{group['document']['id']}" for group in answer["groups"]]
    assert tree(client, path).xpath("//a[@rel='prev']")


def test_more_of_a_document_can_be_shown_and_has_an_address(client: httpx.Client) -> None:
    page = tree(client, "/", q=QUESTION)
    result = next(result for result in page.xpath("//article") if result.xpath("./p[@class='unfold']"))
    (more,) = result.xpath("./p[@class='unfold']/a")
    rest = int(re.findall(r"\d+", words(more))[0])
    opened = tree(client, more.get("href")).xpath(f"//article[@id='{result.get('id')}']")[0]
    assert len(opened.xpath(".//li")) == 3 + rest
    assert more.get("href").endswith("#" + result.get("id"))
    assert words(opened.xpath("./p[@class='unfold']/a")[0]) == "Thu gọn văn bản này"


def test_filters_narrow_and_stay_in_the_form_and_the_links(client: httpx.Client) -> None:
    asked = {
        "q": "cải cách hành chính",
        "year_from": "2017",
        "year_to": "2019",
        "province": "Sơn Khê",
        "type": "Kế hoạch",
    }
    page = tree(client, "/", **asked)
    for result in page.xpath("//article//p[@class='meta']"):
        assert words(result).startswith("Kế hoạch")
        assert "Sơn Khê" in words(result)
    assert page.xpath("//input[@name='year_from']/@value") == ["2017"]
    assert page.xpath("//select[@name='province']/option[@selected]/text()") == ["Sơn Khê"]
    for link in page.xpath("//p[@class='unfold']/a/@href"):
        assert parse_qs(urlsplit(link).query)["province"] == ["Sơn Khê"]


def test_as_of_today_brings_the_merged_province_in(client: httpx.Client) -> None:
    def issuers(**more: str) -> str:
        return " ".join(map(words, tree(client, "/documents", province="Vĩnh Lam", **more).xpath("//p[@class='meta']")))

    assert "Sơn Khê" not in issuers()
    assert "Sơn Khê" in issuers(as_of_today="1")


def test_empty_fields_of_the_form_do_not_matter(client: httpx.Client) -> None:
    full = tree(client, "/?q=nước+sạch&year_from=&year_to=&type=&province=").xpath("//article/@id")
    assert full == tree(client, "/?q=nước+sạch").xpath("//article/@id") != []


def test_nothing_found_says_what_to_try(client: httpx.Client) -> None:
    page = tree(client, "/", q=QUESTION, year_from="1990", year_to="1991")
    assert "Không tìm thấy" in words(page.xpath("//h2")[0])
    (clear,) = [link for link in page.xpath("//main//a") if words(link) == "Bỏ bộ lọc"]
    assert tree(client, clear.get("href")).xpath("//article")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"q": "???"}, "Câu hỏi trống"),
        ({"q": QUESTION, "year_from": "hai nghìn"}, "hai nghìn"),
        ({"q": QUESTION, "year_from": "2020", "year_to": "2018"}, "2020..2018"),
        ({"q": QUESTION, "province": "Atlantis"}, "Atlantis"),
        ({"q": QUESTION, "type": "Sonnet"}, "Sonnet"),
    ],
)
def test_a_question_not_understood_is_told_in_place(
    client: httpx.Client, parameters: dict[str, str], message: str
) -> None:
    page = tree(client, "/", 400, **parameters)
    assert message in words(page.xpath("//*[@role='alert']")[0])
    assert page.xpath("//input[@name='q']/@value") == [parameters["q"]]
    assert not page.xpath("//article")


def test_what_was_typed_is_shown_as_text(client: httpx.Client) -> None:
    typed = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    for path, parameters in (
        ("/", {"q": typed}),
        ("/", {"q": "x", "province": typed}),
        ("/", {"q": "x", "type": typed, "year_from": typed}),
        ("/documents", {"province": typed}),
        (f"/documents/{typed}", {}),
        ("/nothing/" + typed, {}),
    ):
        answer = client.get(path, params=parameters, headers={"Accept": "text/html"})
        page = html.fromstring(answer.text)
        assert not page.xpath("//img | //script[not(@src)] | //*[@onerror]")
        assert "alert(1)" in answer.text


def test_documents_are_listed_newest_first_and_filtered(client: httpx.Client) -> None:
    page = tree(client, "/documents")
    total = client.get("/api/v1/documents").json()["total"]
    listed = page.xpath("//ul[@class='documents']/li/a/@href")
    assert len(listed) == min(total, 50)
    assert f"{total} văn bản" in words(page.xpath("//p[@class='count']")[0])
    days = page.xpath("//ul[@class='documents']//time/@datetime")
    assert days == sorted(days, reverse=True)
    none = tree(client, "/documents", year_from="1990", year_to="1991")
    assert "Không có văn bản nào" in words(none.xpath("//p[@class='count']")[0])


def test_a_document_page_shows_every_letter_of_the_text(client: httpx.Client) -> None:
    for card in client.get("/api/v1/documents?limit=500").json()["documents"]:
        shown = client.get(f"/api/v1/documents/{card['id']}").json()
        (text,) = tree(client, f"/documents/{card['id']}").xpath("//article")
        for number in text.xpath(".//span[@class='page-number']"):
            number.drop_tree()
        letters = re.sub(r"[^\w]|\d|_", "", shown["text"])
        assert re.sub(r"[^\w]|\d|_", "", text.text_content()) == letters, card["source"]


def test_a_document_page_has_its_passages_anchored_and_its_outline_linked(client: httpx.Client) -> None:
    for card in client.get("/api/v1/documents?limit=500").json()["documents"]:
        passages = client.get(f"/api/v1/documents/{card['id']}").json()["passages"]
        page = tree(client, f"/documents/{card['id']}")
        identifiers = page.xpath("//@id")
        assert len(identifiers) == len(set(identifiers))
        assert {f"p{passage['start']}" for passage in passages} <= set(identifiers), card["source"]
        for passage in passages[:: max(1, len(passages) // 4)]:
            (part,) = page.xpath(f"//*[@id='p{passage['start']}']")
            opening = re.sub(r"\W", "", passage["text"])[:20]
            assert opening in re.sub(r"\W", "", part.text_content())
        assert {link[1:] for link in page.xpath("//nav[@class='outline']//a/@href")} <= set(identifiers)


def test_a_document_page_shows_its_card_outline_tables_and_source(client: httpx.Client) -> None:
    found = client.get("/api/v1/documents", params={"limit": 500}).json()["documents"]
    card = next(card for card in found if card["number"] == "298/QĐ-UBND")
    page = tree(client, "/documents/298%2FQĐ-UBND")
    shown = {words(row.xpath("./dt")[0]): words(row.xpath("./dd")[0]) for row in page.xpath("//dl/div")}
    assert shown["Số, ký hiệu"] == "298/QĐ-UBND"
    assert shown["Cơ quan ban hành"] == "Ủy ban nhân dân tỉnh Sơn Khê"
    assert shown["Ngày ban hành"] == "21/2/2024"
    assert shown["Người ký"].endswith(card["signer"])
    (plan,) = page.xpath("//dt[text()='Ban hành']/../dd/a/@href")
    decision, page = page, tree(client, plan)
    assert page.xpath("//dt[text()='Ban hành kèm theo']/../dd/a/@href") == [f"/documents/{card['id']}"]
    assert "Điều 1" in words(decision.xpath("//nav[@class='outline']")[0])
    assert [words(cell) for cell in page.xpath("//table/thead//th")][:3] == ["TT", "Nhiệm vụ", "Sản phẩm"]
    assert len(page.xpath("//table")) == 1
    assert [words(row.xpath("./td")[0]) for row in page.xpath("//table/tbody/tr")][:3] == ["1", "2", "3"]
    headings = [words(entry) for entry in page.xpath("//nav[@class='outline']//a")]
    assert "I MỤC ĐÍCH, YÊU CẦU" in headings
    (source,) = [link.get("href") for link in page.xpath("//main//a") if words(link) == "Mở tệp gốc"]
    assert client.get(source).content == Path(card["source"]).read_bytes()


def test_page_numbers_stand_in_the_margin(client: httpx.Client) -> None:
    found = client.get("/api/v1/documents", params={"limit": 500}).json()["documents"]
    paged = [card for card in found if (card["pages"] or 0) > 1]
    assert paged
    shown: dict[str, list[int]] = {}
    for card in paged:
        numbers = tree(client, f"/documents/{card['id']}").xpath("//span[@class='page-number']/span[1]/text()")
        pages = [int(number.removeprefix("Trang ")) for number in numbers]
        assert pages == list(range(pages[0], pages[-1] + 1)), card["source"]
        shown.setdefault(card["source"], []).extend(pages)
    for source, pages in shown.items():  # a decision and its plan share the pages of their file
        count = next(card["pages"] for card in paged if card["source"] == source)
        assert set(pages) == set(range(1, count + 1)), source


def test_words_of_the_question_are_marked_when_coming_from_a_search(client: httpx.Client) -> None:
    link = tree(client, "/", q=QUESTION).xpath("//a[@class='trail']/@href")[0]
    page = tree(client, link.split("#")[0])
    marks = {mark.lower() for mark in page.xpath("//article//mark/text()")}
    assert any("hài lòng" in mark for mark in marks)
    assert "người" not in marks  # a syllable of "người dân" says nothing alone
    assert not tree(client, link.split("?")[0]).xpath("//mark")


def test_a_number_of_several_documents_lets_one_choose(client: httpx.Client) -> None:
    page = tree(client, "/documents/09%2FKH-UBND", 409)
    choices = page.xpath("//ul[@class='documents']//a/@href")
    assert len(choices) == 2
    for choice in choices:
        assert "09/KH-UBND" in words(tree(client, choice).xpath("//dl")[0])


def test_english_is_kept_from_page_to_page(client: httpx.Client) -> None:
    page = tree(client, "/", q=QUESTION, lang="en")
    assert page.get("lang") == "en"
    assert words(page.xpath("//main//button")[0]) == "Search"
    assert "18 January 2016" in words(page)
    switch = page.xpath("//a[@hreflang='vi']/@href")[0]
    assert parse_qs(urlsplit(switch).query) == {"q": [QUESTION]}
    for link in links(page):
        if link != switch:
            assert parse_qs(urlsplit(link).query)["lang"] == ["en"], link
    assert page.xpath("//form//input[@name='lang']/@value") == ["en"]
    error = tree(client, "/documents/none", 404, lang="en")
    assert "has no document" in words(error.xpath("//*[@role='alert']")[0])


def test_every_field_has_a_label_and_every_page_its_landmarks(client: httpx.Client) -> None:
    for path in ("/", "/documents", "/documents/298%2FQĐ-UBND", "/?q=nước"):
        page = tree(client, path)
        for field in page.xpath("//input[not(@type='hidden')] | //select"):
            wrapped = field.xpath("ancestor::label")
            named = page.xpath(f"//label[@for='{field.get('id')}']") if field.get("id") else []
            assert wrapped or named, html.tostring(field)
        assert len(page.xpath("//h1")) == len(page.xpath("//main")) == 1
        assert page.xpath("//a[@class='skip']/@href") == ["#main"]
        assert all(nav.get("aria-label") or nav.get("aria-labelledby") for nav in page.xpath("//nav"))
        levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
        assert all(b - a <= 1 for a, b in pairwise(levels)), levels


def test_an_archive_without_settings_has_no_banner(serve: Serve, own: Path) -> None:
    (own / "archive.toml").unlink()
    with serve(own) as place, httpx.Client(base_url=place) as client:
        assert not tree(client, "/").xpath("//*[@class='notice']")


def test_every_text_is_there_in_both_languages_with_the_same_blanks() -> None:
    table = dict(
        section
        for file in (WEB / "texts").glob("*.toml")
        for section in tomllib.loads(file.read_text(encoding="utf-8")).items()
    )
    table.pop("examples")
    pages = "".join(page.read_text() for page in WEB.rglob("*.html"))
    known = {f"{section}.{name}" for section, texts in table.items() for name in texts}
    used = set(re.findall(r"""\bt\(["']([a-z]+\.\w+)["'] *[,)]""", pages))
    assert used
    assert used <= known
    for opening in re.findall(r"""\bt\(["']([a-z]+\.\w+)["'] *\+""", pages):
        assert any(name.startswith(opening) for name in known)
    for texts in table.values():
        for text in texts.values():
            assert set(text) == {"vi", "en"}
            assert re.findall(r"{\w+}", text["vi"]) == re.findall(r"{\w+}", text["en"])


@given(st.text(), st.text(), st.sampled_from(["vi", "en"]))
def test_an_address_never_leaves_the_host(path: str, value: str, language: Any) -> None:
    made = urlsplit(address(path, language, "vi", q=value))
    assert (made.scheme, made.netloc) == ("", "")
    assert made.path.startswith("/")
    assert parse_qs(made.query, strict_parsing=bool(made.query)).get("q", [""])[0] == value


@given(
    st.builds(
        Filter, q=st.text(), year_from=st.text(), province=st.text(), as_of_today=st.booleans(), page=st.integers(1)
    )
)
def test_a_form_survives_its_address(form: Filter) -> None:
    given_back = form.parameters()
    typed = {name: value for name, value in given_back.items() if name not in ("as_of_today", "page")}
    assert Filter(**typed, as_of_today="as_of_today" in given_back, page=int(given_back.get("page", 1))) == form


@pytest.mark.parametrize("value", [".", "a.b", "2018.", "1.5.2"])
@pytest.mark.parametrize("field", ["year_from", "type", "province", "quality"])
def test_a_filter_with_dots_is_no_fault_of_ours(client: httpx.Client, field: str, value: str) -> None:
    for path in ("/", "/documents"):
        assert client.get(path, params={"q": "a", field: value}).status_code in (200, 400)
