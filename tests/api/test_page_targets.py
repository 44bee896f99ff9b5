"""The page of goals, as a researcher uses it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.api.page_reading import tree, words

if TYPE_CHECKING:
    from tests.conftest import OpenPage

SATISFACTION = "Chỉ số hài lòng về sự phục vụ hành chính"


def test_goals_that_come_back_are_drawn_by_authority(client: httpx.Client) -> None:
    page = tree(client, "/targets")
    figures = page.xpath("//figure")
    assert 3 <= len(figures) <= 6
    (first,) = [each for each in figures if words(each.xpath("figcaption")[0]) == f"{SATISFACTION} (%)"]
    named = {words(each) for each in first.xpath(".//ul[@class='legend']/li")}
    assert {"Ủy ban nhân dân tỉnh Vĩnh Lam", "Ủy ban nhân dân tỉnh Sơn Khê"} <= named
    points = [link.get("aria-label") for link in first.xpath(".//a")]
    assert "Ủy ban nhân dân tỉnh Vĩnh Lam: 2016: ≥ 78 %" in points
    assert "Ủy ban nhân dân tỉnh Sơn Khê: 2017: 74 %" in points


def test_a_point_leads_to_the_sentence_that_sets_the_goal(client: httpx.Client) -> None:
    page = tree(client, "/targets", indicator="sipas")
    (point,) = page.xpath("//a[@aria-label='Ủy ban nhân dân tỉnh Vĩnh Lam: 2016: ≥ 78 %']/@href")
    assert urlsplit(point).fragment == "mark"
    document = tree(client, point)
    marked = " ".join(words(each) for each in document.xpath("//mark[contains(@class, 'pointed')]"))
    assert "78" in marked
    assert "2016" in words(document.xpath("//h1")[0])


def test_one_indicator_alone_shows_every_unit_and_only_its_rows(client: httpx.Client) -> None:
    every = tree(client, "/targets")
    (link,) = [link for link in every.xpath("//p[@class='alone']/a") if SATISFACTION in words(link)]
    page = tree(client, link.get("href"))
    assert [words(each).split(" (")[1] for each in page.xpath("//figcaption")] == ["%)", "phiếu)"]
    assert page.xpath("//select[@name='indicator']/option[@selected]/@value") == ["sipas"]
    total = int(words(page.xpath("//*[@role='status']")[0]).split()[0])
    assert total == len(page.xpath("//tbody/tr"))
    assert 10 < total < 40
    assert not page.xpath("//p[@class='alone']")


def test_filters_narrow_charts_and_table_alike(client: httpx.Client) -> None:
    page = tree(client, "/targets", indicator="sipas", province="Sơn Khê", year_from="2017", year_to="2021")
    assert all("Sơn Khê" in words(row) for row in page.xpath("//tbody/tr"))
    points = [link.get("aria-label") for link in page.xpath("//figure//a")]
    assert points
    assert not any("Vĩnh Lam" in point for point in points)
    assert "Không hiểu năm" in words(tree(client, "/targets", 400, year_from="hai").xpath("//*[@role='alert']")[0])


def test_a_question_brings_its_goals_first(client: httpx.Client) -> None:
    page = tree(client, "/targets", q="tỷ lệ hồ sơ nộp trực tuyến")
    first = [words(row).lower() for row in page.xpath("//tbody/tr")[:3]]
    assert all("trực tuyến" in row for row in first)


def test_what_does_not_come_back_has_no_chart_but_a_reason(client: httpx.Client) -> None:
    page = tree(client, "/targets", year_from="2016", year_to="2016", province="Sơn Khê")
    if not page.xpath("//tbody/tr"):
        assert page.xpath("//*[@class='none']")
    else:
        assert not page.xpath("//figure")
        assert "không có biểu đồ" in words(page.xpath("//main")[0])


def test_the_files_hold_the_goals_and_their_years(client: httpx.Client) -> None:
    page = tree(client, "/targets", indicator="sipas")
    links = page.xpath("//p[@class='exports']//a/@href")
    of = {urlsplit(link).path.removeprefix("/targets/export."): link for link in links}
    assert of.keys() == {"xlsx", "csv", "ics", "series.xlsx"}
    rows = list(csv.DictReader(io.StringIO(client.get(of["csv"]).content.decode("utf-8-sig"))))
    assert len(rows) == len(page.xpath("//tbody/tr"))
    assert {row["key"] for row in rows} == {"sipas"}
    book = load_workbook(io.BytesIO(client.get(of["series.xlsx"]).content))
    told = [[str(cell.value) for cell in row] for sheet in book.worksheets for row in sheet.iter_rows()]
    assert any("2016" in row for row in told)
    assert any("≥ 78 %" in cell for row in told for cell in row)
    sheet = load_workbook(io.BytesIO(client.get(of["xlsx"]).content)).worksheets[0]
    assert sum(1 for row in sheet.iter_rows(values_only=True) if any(row)) >= len(rows) + 1


def test_the_chart_is_read_and_walked_by_keyboard(open_page: OpenPage, sample_server: str) -> None:
    page = open_page(sample_server, java_script_enabled=False)
    page.goto("/targets?indicator=sipas")
    chart = page.get_by_role("group", name=SATISFACTION).first
    expect(chart.get_by_role("link").first).to_be_visible()
    point = chart.get_by_role("link", name="Ủy ban nhân dân tỉnh Vĩnh Lam: 2016")
    point.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents/*mark=*")
    expect(page.locator("mark.pointed").first).to_be_in_viewport()


def test_english_says_the_same_and_leaves_the_documents_words(client: httpx.Client) -> None:
    page = tree(client, "/targets", indicator="sipas", lang="en")
    assert words(page.xpath("//h1")[0]) == "Goals"
    for cell in page.xpath("//td[contains(@class, 'what')]/p"):
        assert cell.get("lang") == "vi"
    assert all("lang=en" in link for link in page.xpath("//figure//a/@href | //p[@class='exports']/a/@href"))
