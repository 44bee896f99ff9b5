"""The page of assignments and the duties sheet, as a staff member uses them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import docx
import httpx
import pytest
from icalendar import Calendar
from lxml import html
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from api.web.pages.duties import periods
from api.web.texts import Texts
from corpus.language.collation import collation_key
from tests.api.page_reading import tree, words
from tests.api.planting import new_archive, plan, plant, target, task

if TYPE_CHECKING:
    from tests.conftest import OpenPage, Serve

LABOUR = "Sở Lao động - Thương binh và Xã hội"
SCIENCE = "Sở Khoa học và Công nghệ"
HOSTILE = '<script>document.title="ran"</script><img src=x onerror=alert(1)>"\'>'


def cells(page: html.HtmlElement, name: str) -> list[str]:
    return [words(cell) for cell in page.xpath(f"//table//td[contains(@class, '{name}')]")]


def test_a_row_leads_to_its_own_words_in_the_document(client: httpx.Client) -> None:
    page = tree(client, "/assignments", agency="Sở Nội vụ")
    rows = page.xpath("//table/tbody/tr")
    assert len(rows) == 50
    for row in rows[:5]:
        (link,) = row.xpath(".//td[contains(@class, 'where')]//a[contains(@href, 'mark=')]/@href")
        document = tree(client, link)
        marked = " ".join(words(mark) for mark in document.xpath("//mark[contains(@class, 'pointed')]"))
        said = words(row.xpath(".//td[contains(@class, 'what')]/p[1]")[0])
        assert said.split()[0].lower() in marked.lower()
        assert document.xpath("//*[@id='mark']")


def test_inherited_tasks_are_marked_and_say_who_had_them_since_when(client: httpx.Client) -> None:
    as_issued = tree(client, "/assignments", agency=SCIENCE)
    assert not as_issued.xpath("//*[@class='inherited']")
    today = tree(client, "/assignments", agency=SCIENCE, as_of_today="1")
    marked = today.xpath("//tr[.//*[@class='inherited']]")
    assert marked
    assert "Sở Thông tin và Truyền thông" in words(marked[0])
    assert f"nay là {SCIENCE}" in words(marked[0])
    (note,) = today.xpath(f"//li[@id='{marked[0].xpath('.//a/@href')[0].removeprefix('#')}']")
    assert words(note).startswith(f"Sở Thông tin và Truyền thông → {SCIENCE}, từ ngày 1/3/2025")
    assert "Nghị định" in words(note)


def test_role_narrows_to_what_an_agency_leads_or_takes_part_in(client: httpx.Client) -> None:
    counts = {}
    for role in ("", "lead", "coordinating"):
        page = tree(client, "/assignments", agency="Sở Tài chính", role=role)
        counts[role] = int(words(page.xpath("//*[@role='status']")[0]).split()[0].replace(".", ""))
        if role == "coordinating":
            assert all("phối hợp: " in cell for cell in cells(page, "who"))
    assert counts["lead"] + counts["coordinating"] == counts[""]
    assert min(counts.values()) > 0


def test_past_deadlines_are_those_before_the_day_typed(client: httpx.Client) -> None:
    page = tree(client, "/assignments", due="overdue", on="1/7/2019", sort="-due")
    days = [date.fromisoformat(day) for day in page.xpath("//td[contains(@class, 'when')]//time/@datetime")]
    assert days[0] == max(days) <= date(2019, 6, 30)
    assert all(cell.startswith("Thời hạn đã qua hạn") for cell in cells(page, "when"))
    soon = tree(client, "/assignments", due="soon", on="1/12/2019")
    days = [date.fromisoformat(day) for day in soon.xpath("//td[contains(@class, 'when')]//time/@datetime")]
    assert days
    assert all(date(2019, 12, 1) <= day <= date(2019, 12, 31) for day in days)


def test_columns_sort_and_say_so(client: httpx.Client) -> None:
    page = tree(client, "/assignments", agency="Sở Nội vụ")
    (head,) = page.xpath("//th[.//a[contains(., 'Thời hạn')]]")
    assert head.get("aria-sort") is None
    up = tree(client, head.xpath(".//a/@href")[0])
    (head,) = up.xpath("//th[@aria-sort]")
    assert head.get("aria-sort") == "ascending"
    days = up.xpath("//td[contains(@class, 'when')]//time/@datetime")
    assert days == sorted(days)
    down = tree(client, head.xpath(".//a/@href")[0])
    assert down.xpath("//th/@aria-sort") == ["descending"]
    days = down.xpath("//td[contains(@class, 'when')]//time/@datetime")
    assert days == sorted(days, reverse=True)


def test_groups_have_heads_and_links_that_find_them(client: httpx.Client) -> None:
    page = tree(client, "/assignments", group="agency")
    names = [words(name) for name in page.xpath("//*[@class='groups']//li/a")]
    known = [name for name in names if name != "không rõ"]
    assert known == sorted(known, key=collation_key)
    last = page.xpath("//*[@class='groups']//li/a/@href")[-1]
    there = tree(client, last)
    assert words(there.xpath(f"//*[@id='{urlsplit(last).fragment}']")[0]).startswith(names[-1])


def test_years_are_drawn_and_lead_to_themselves(client: httpx.Client) -> None:
    page = tree(client, "/assignments")
    bars = page.xpath("//figure//a")
    told = {link.get("aria-label").split(": ")[0]: link.get("href") for link in bars}
    asked = parse_qs(urlsplit(told["2019"]).query)
    assert asked == {"year_from": ["2019"], "year_to": ["2019"]}
    only = tree(client, told["2019"])
    assert 0 < int(words(only.xpath("//*[@role='status']")[0]).split()[0]) < 634


def test_the_files_hold_exactly_what_the_page_shows(client: httpx.Client) -> None:
    asked = {"agency": "Sở Nội vụ", "year_from": "2019", "year_to": "2019", "sort": "due", "as_of_today": "1"}
    page = tree(client, "/assignments", **asked)
    shown = [words(each) for each in page.xpath("//td[contains(@class, 'what')]/p[1]")]
    assert 5 < len(shown) < 50
    links = {link.rsplit(".", 1)[1].split("?")[0]: link for link in page.xpath("//p[@class='exports']//a/@href")}
    assert links.keys() == {"xlsx", "csv", "ics"}
    rows = list(csv.DictReader(io.StringIO(client.get(links["csv"]).content.decode("utf-8-sig"))))
    assert [" ".join(row["task"].split()) for row in rows] == shown
    answer = client.get(links["xlsx"])
    assert 'filename="nhiem-vu.xlsx"' in answer.headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    table = [[cell.value for cell in row] for row in sheet.iter_rows()]
    first = next(at for at, row in enumerate(table) if "Nhiệm vụ" in row)
    at = table[first].index("Nhiệm vụ")
    assert [" ".join(row[at].split()) for row in table[first + 1 :] if row[at]] == shown
    calendar = Calendar.from_ical(client.get(links["ics"]).content)
    assert len(calendar.walk("VEVENT")) == sum(1 for row in rows if row["due_end"] or row["due_start"])


def test_slips_are_told_beside_the_form_that_was_filled_in(client: httpx.Client) -> None:
    for asked, said in (
        ({"agency": "Sở Vũ trụ"}, "Không có cơ quan"),
        ({"due_from": "hôm qua"}, "Không hiểu ngày"),
        ({"due": "soon", "on": "mai"}, "Không hiểu ngày"),
        ({"year_from": "18"}, "Không hiểu năm"),
        ({"province": "Atlantis"}, "Không có tỉnh"),
    ):
        page = tree(client, "/assignments", 400, **asked)
        assert said in words(page.xpath("//*[@role='alert']")[0])
        for name, value in asked.items():
            field = page.xpath(f"//*[@name='{name}']")[0]
            assert value in (
                field.get("value"),
                *field.xpath("option[@selected]/@value"),
                *field.xpath("option[@selected]/text()"),
            )
    tree(client, "/assignments", 422, sort="colour")


def test_nothing_found_says_what_to_try(client: httpx.Client) -> None:
    page = tree(client, "/assignments", agency="Thuế tỉnh", q="nuôi tôm", year_from="2011", year_to="2011")
    (none,) = page.xpath("//*[@class='none']")
    assert none.xpath(".//a[contains(@href, 'as_of_today=1')]")
    assert none.xpath(".//a[@href='/assignments']")


def test_pages_go_on_without_losing_or_doubling_rows(client: httpx.Client) -> None:
    seen: list[str] = []
    path = "/assignments?sort=due&year_from=2019&year_to=2021"
    while path:
        page = tree(client, path)
        seen += page.xpath("//td[contains(@class, 'where')]//a[contains(@href, 'mark=')]/@href")
        following = page.xpath("//a[@rel='next']/@href")
        path = following[0] if following else ""
    total = int(words(page.xpath("//*[@role='status']")[0]).split()[0])
    assert len(seen) == total > 50
    assert len(set(seen)) >= total - 5  # two tasks may share one sentence


def test_the_sheet_of_an_agency_has_its_duties_of_the_period(client: httpx.Client) -> None:
    listed = tree(client, "/assignments", agency="Sở Nội vụ")
    (link,) = listed.xpath("//*[@class='sheet']/a/@href")
    everything = tree(client, link)
    assert words(everything.xpath("//h1")[0]) == "Phiếu nhiệm vụ: Sở Nội vụ"
    page = tree(client, "/assignments/duties", agency="Sở Nội vụ", period="Quý III/2019..12/2019")
    assert words(page.xpath("//*[@role='status']")[0]).startswith("Từ 1/7/2019 đến 31/12/2019")
    days = [date.fromisoformat(day) for day in page.xpath("//td[contains(@class, 'when')]//time/@datetime")]
    assert days == sorted(days)
    assert days[0] >= date(2019, 7, 1)
    links = {urlsplit(link).path.rsplit(".", 1)[1]: link for link in page.xpath("//p[@class='exports']//a/@href")}
    document = docx.Document(io.BytesIO(client.get(links["docx"]).content))
    assert len(document.tables[0].rows) == len(page.xpath("//tbody/tr")) + 1
    assert "Sở Nội vụ" in "".join(paragraph.text for paragraph in document.paragraphs)
    assert load_workbook(io.BytesIO(client.get(links["xlsx"]).content)).worksheets[0].max_row == len(days) + 1 or days
    assert len(Calendar.from_ical(client.get(links["ics"]).content).walk("VEVENT")) == len(days)
    wrong = tree(client, "/assignments/duties", 400, agency="Sở Nội vụ", period="mùa xuân")
    assert "Không hiểu ngày" in words(wrong.xpath("//*[@role='alert']")[0])


def test_periods_near_the_end_of_a_year_reach_into_the_next() -> None:
    assert periods(date(2026, 11, 21), Texts("vi")) == [
        ("Tháng này", "11/2026"),
        ("Quý này", "Quý IV/2026"),
        ("Quý sau", "Quý I/2027"),
        ("Năm nay", "2026"),
        ("Mọi thời gian", ""),
    ]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("hostile") / "archive"
    archive = new_archive(directory)
    long = "dài" * 4_000
    header = plan(f"1/{HOSTILE}", f"{HOSTILE} \u202eđảo ngược", date(2026, 1, 5))
    plant(
        archive,
        f"{HOSTILE}.md",
        header,
        task(
            f"{HOSTILE} \u202egỡ", f"Tổ {HOSTILE}", coordinating=[long], due=HOSTILE, end=date(2026, 2, 1), product=long
        ),
        task(long, "Sở Nội vụ"),
        target(f"{HOSTILE} mức hài lòng", ">=", 80, HOSTILE, end=date(2026, 12, 31)),
        target(f"{HOSTILE} mức hài lòng", ">=", 90, HOSTILE, end=date(2027, 12, 31)),
        target(long, ">=", 1e300, long),
    )
    archive.close()
    with serve(directory) as address:
        yield address


@pytest.mark.parametrize(
    "path",
    [
        "/assignments",
        "/assignments?group=agency",
        "/targets",
        "/assignments/duties?agency=S%E1%BB%9F%20N%E1%BB%99i%20v%E1%BB%A5",
    ],
)
def test_hostile_words_neither_run_nor_break_the_page(
    open_page: OpenPage, complaints: list[str], hostile: str, path: str
) -> None:
    page = open_page(hostile, viewport={"width": 360, "height": 800})
    page.goto(path)
    expect(page.locator("table.records")).to_be_visible()
    assert page.title() != "ran"
    assert page.locator("table img, table script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert complaints == []


def test_hostile_questions_are_repeated_as_words(client: httpx.Client) -> None:
    page = tree(client, "/assignments", 400, agency=HOSTILE)
    assert not page.xpath("//main//script | //main//img")
    assert page.xpath("//input[@name='agency']/@value") == [HOSTILE]
    tree(client, "/assignments", q="dài" * 600)


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def opened(request: pytest.FixtureRequest, open_page: OpenPage, sample_server: str) -> Page:
    return open_page(sample_server, java_script_enabled=request.param, accept_downloads=True)


def test_from_the_form_to_the_opened_file(opened: Page, tmp_path: Path) -> None:
    page = opened
    page.goto("/assignments")
    page.get_by_label("Cơ quan", exact=True).fill(SCIENCE)
    page.get_by_label("Cơ quan, tỉnh tính theo").select_option("hiện nay, gồm việc kế thừa")
    page.get_by_label("Thời hạn").first.select_option("đã qua hạn")
    page.get_by_label("Tính đến ngày").fill("31/12/2019")
    page.keyboard.press("Enter")
    page.wait_for_url("**/assignments?*due=overdue*")
    expect(page.get_by_text("kế thừa", exact=True).first).to_be_visible()
    page.get_by_role("link", name="Thời hạn").click()
    page.wait_for_url("**sort=due*")
    expect(page.get_by_label("Cơ quan", exact=True)).to_have_value(SCIENCE)
    with page.expect_download() as started:
        page.get_by_role("link", name="Excel (.xlsx)").click()
    file = tmp_path / "nhiem-vu.xlsx"
    started.value.save_as(file)
    sheet = load_workbook(file).worksheets[0]
    assert any("Sở Thông tin và Truyền thông" in str(cell.value) for row in sheet.iter_rows() for cell in row)
    page.go_back()
    page.wait_for_url("**due=overdue*")
    expect(page.get_by_label("Tính đến ngày")).to_have_value("31/12/2019")


def test_agencies_complete_while_typing(open_page: OpenPage, sample_server: str) -> None:
    page = open_page(sample_server)
    page.goto("/assignments")
    with page.expect_response("**/api/v1/agencies?q=van+phong*"):
        page.get_by_label("Cơ quan", exact=True).press_sequentially("van phong")
    first = page.locator("#agencies option").first
    expect(first).to_have_attribute("label", "van phong")  # else the browser would not offer it
    assert "văn phòng" in (first.get_attribute("value") or "").lower()


def test_the_keyboard_reaches_everything(open_page: OpenPage, sample_server: str) -> None:
    page = open_page(sample_server)
    page.goto("/assignments?agency=S%E1%BB%9F%20N%E1%BB%99i%20v%E1%BB%A5")
    page.get_by_label("Về việc gì").focus()
    reached = []
    for _ in range(45):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("(at => at.name || at.ariaLabel || at.textContent)(document.activeElement)"))
    told = " | ".join(map(str, reached))
    for name in (
        "agency",
        "Lọc",
        "role",
        "Thêm điều kiện",
        "Excel",
        "Phiếu nhiệm vụ",
        "2019: ",
        "Bảng nhiệm vụ",
        "Thời hạn",
    ):
        assert name in told, told


@pytest.mark.parametrize(
    "path",
    [
        "/assignments?agency=S%E1%BB%9F%20N%E1%BB%99i%20v%E1%BB%A5",
        "/targets",
        "/assignments/duties?agency=S%E1%BB%9F%20N%E1%BB%99i%20v%E1%BB%A5",
    ],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_cards_that_fit(open_page: OpenPage, sample_server: str, path: str, scheme: Any) -> None:
    page = open_page(sample_server, viewport={"width": 360, "height": 700}, color_scheme=scheme)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    expect(page.locator("thead")).to_be_hidden()
    expect(page.locator("td .label").first).to_be_visible()
    assert page.get_by_role("row").count() > 5  # still a table to those who listen


def test_the_sheet_prints_on_one_page(open_page: OpenPage, sample_server: str) -> None:
    page = open_page(sample_server)
    page.goto("/assignments/duties?agency=S%E1%BB%9F%20N%E1%BB%99i%20v%E1%BB%A5&period=2019")
    assert page.locator("tbody tr").count() > 10
    printed = page.pdf(prefer_css_page_size=True)
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(printed)).pages
    assert len(pages) == 1
    text = pages[0].extract_text()
    assert "Phiếu nhiệm vụ" in text
    assert "Lập phiếu" not in text
