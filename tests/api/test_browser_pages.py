"""The pages in a real browser: asked, read, narrow, dark, without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.conftest import OpenPage

QUESTION = "chỉ số hài lòng của người dân"
ADDRESSES = ("/", f"/?q={QUESTION}", "/?q=x&year_from=18", "/documents", "/documents/298%2FQĐ-UBND", "/documents/none")
STYLE = Path(__file__).parents[2] / "api" / "web" / "static" / "style.css"


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(request: pytest.FixtureRequest, open_page: OpenPage, sample_server: str) -> Page:
    return open_page(sample_server, java_script_enabled=request.param)


@pytest.fixture
def scripted(open_page: OpenPage, sample_server: str) -> Page:
    return open_page(sample_server)


def test_a_question_leads_to_the_passage_that_answers_it(page: Page, complaints: list[str]) -> None:
    page.goto("/")
    page.get_by_label("Nội dung cần tìm").fill(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
    expect(page.get_by_label("Nội dung cần tìm")).to_have_value(QUESTION)
    first = page.get_by_role("article").first.locator(".hits > li").first
    expect(first.locator("mark").first).to_be_visible()
    answered = first.locator(".passage").inner_text()
    assert "hài lòng" in answered.lower()

    first.locator(".trail").click()
    page.wait_for_url("**/documents/*#p*")
    anchor = urlsplit(page.url).fragment
    passage = page.locator(f"#{anchor}")
    box, height = passage.bounding_box(), page.viewport_size["height"]  # type: ignore[index]
    assert box is not None
    assert 0 <= box["y"] < height
    assert re.sub(r"\s+", " ", answered).strip()[:30] in re.sub(r"\s+", " ", passage.inner_text())
    expect(passage.locator("mark").first).to_be_visible()
    assert complaints == []


def test_filters_are_sent_with_the_question(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Nội dung cần tìm").fill("cải cách hành chính")
    page.get_by_label("Từ năm").fill("2018")
    page.get_by_label("Đến năm").fill("2019")
    page.get_by_label("Tỉnh, thành phố").select_option("Sơn Khê")
    page.get_by_role("button", name="Tìm", exact=True).click()
    page.wait_for_url("**/?*province=*")
    metas = page.locator("article .meta").all_inner_texts()
    assert metas
    assert all("Sơn Khê" in meta for meta in metas)
    expect(page.get_by_label("Từ năm")).to_have_value("2018")


def test_the_merged_province_is_found_as_of_today(page: Page) -> None:
    page.goto("/documents")
    page.get_by_label("Tỉnh, thành phố").select_option("Vĩnh Lam")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Lọc").click()
    page.wait_for_url("**/documents?*as_of_today=1*")
    assert any("Sơn Khê" in meta for meta in page.locator(".meta").all_inner_texts())
    expect(page.get_by_role("checkbox")).to_be_checked()


def test_more_passages_open_in_place(page: Page) -> None:
    page.goto(f"/?q={QUESTION}")
    more = page.get_by_role("link", name=re.compile(r"^Xem thêm \d+ đoạn")).first
    more.click()
    page.wait_for_url("**open=*")
    article = page.locator(f"#{urlsplit(page.url).fragment}")
    assert article.locator(".hits > li").count() > 3
    expect(article.get_by_role("link", name="Thu gọn văn bản này")).to_have_count(1)


def test_nothing_leaves_the_machine_and_nothing_complains(scripted: Page, complaints: list[str]) -> None:
    requests: list[str] = []
    scripted.on("request", lambda request: requests.append(request.url))
    for address in ADDRESSES:
        scripted.goto(address)
        scripted.wait_for_load_state("networkidle")
    assert {urlsplit(url).hostname for url in requests} == {"127.0.0.1"}
    # A browser reports the status of the two error pages itself.
    assert [said for said in complaints if not re.search(r"status of (400|404)", said)] == []


def test_markup_in_a_question_is_text(scripted: Page, dialogs: list[str]) -> None:
    page = scripted
    page.goto("/")
    page.get_by_label("Nội dung cần tìm").fill("<script>alert(1)</script>")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
    expect(page.get_by_label("Nội dung cần tìm")).to_have_value("<script>alert(1)</script>")
    page.goto("/documents/<script>alert(1)</script>")
    expect(page.get_by_role("alert")).to_contain_text("<script>alert(1)</script>")
    assert dialogs == []


@pytest.mark.parametrize("width", [320, 375])
def test_a_phone_scrolls_one_way_only(open_page: OpenPage, sample_server: str, width: int) -> None:
    page = open_page(sample_server, viewport={"width": width, "height": 700})
    for address in (*ADDRESSES, "/documents/09%2FKH-UBND", f"/?q={'Ủ' * 200}"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_address_of_a_search_carries_no_empty_fields(scripted: Page) -> None:
    page = scripted
    page.goto("/")
    page.get_by_label("Nội dung cần tìm").fill("nước sạch")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
    assert urlsplit(page.url).query.count("=") == 1
    page.go_back()
    expect(page.get_by_label("Từ năm")).to_be_enabled()


def test_the_keyboard_reaches_everything(scripted: Page) -> None:
    page = scripted
    page.goto("/documents/298%2FQĐ-UBND")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Tô sáng chữ trong văn bản này")).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_the_outline_follows_the_reader(scripted: Page) -> None:
    page = scripted
    page.goto("/documents/298%2FQĐ-UBND")
    page.get_by_role("link", name="Kế hoạch").first.click()  # the plan that the decision issues has the long outline
    entry = page.get_by_role("navigation", name="Mục lục").get_by_role("link").nth(4)
    entry.click()
    expect(entry).to_have_attribute("aria-current", "location")
    expect(page.locator(page.url[page.url.index("#") :])).to_be_in_viewport()


def test_the_language_switch_keeps_the_place(page: Page) -> None:
    page.goto(f"/?q={QUESTION}")
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**lang=en*")
    expect(page.get_by_label("What are you looking for?")).to_have_value(QUESTION)
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_visible()
    page.get_by_role("link", name="Tiếng Việt").click()
    expect(page.get_by_role("button", name="Tìm", exact=True)).to_be_visible()


def test_printing_leaves_the_furniture_out(scripted: Page) -> None:
    page = scripted
    page.goto("/documents/298%2FQĐ-UBND")
    page.emulate_media(media="print")
    expect(page.locator("article.text")).to_be_visible()
    expect(page.get_by_role("navigation", name="Mục lục")).to_be_hidden()
    expect(page.locator("form").filter(visible=True)).to_have_count(0)
    expect(page.locator(".notice")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_stand_out_enough(open_page: OpenPage, sample_server: str, scheme: str) -> None:
    page = open_page(sample_server, color_scheme=scheme)
    page.goto("/")
    names = set(re.findall(r"--([\w-]+):", STYLE.read_text(encoding="utf-8")))
    colour = {
        name: page.evaluate(
            "name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim()", name
        )
        for name in names
    }
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")
    pairs = [(text, ground) for text in ("ink", "quiet", "accent") for ground in ("ground", "raised", "target")]
    pairs += [("ink", "mark"), ("ink", "pointed"), ("ink", "notice"), ("on-accent", "accent")]
    for text, ground in pairs:
        assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)  # WCAG 2.2, 1.4.3


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        digits = colour.lstrip("#")
        digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
