"""Plans compared on a page: chosen, read with and without colours, filtered, exported."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx
import httpx
import pytest
from lxml import html
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.api.page_reading import tree, words

if TYPE_CHECKING:
    from tests.conftest import OpenPage

LAST, LATEST = "21/KH-UBND", "03/KH-UBND"
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>\u202e'


def compared(client: httpx.Client, **more: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(
        "/api/v1/compare", params={"first": LAST, "second": LATEST}, headers={"Accept": "application/json"}
    ).json()["comparisons"][0]
    return found


def test_two_plans_show_every_task_with_what_became_of_it(client: httpx.Client) -> None:
    page = tree(client, "/compare", a=LAST, b=LATEST)
    rows = page.xpath("//table[contains(@class, 'changes')]/tbody/tr")
    tasks = compared(client)["tasks"]
    assert len(rows) == len(tasks) > 20
    names = {"changed": "thay đổi", "new": "mới", "dropped": "không còn", "inherited": "cơ quan kế thừa"}
    for row, change in zip(rows, tasks, strict=True):
        if change["status"] in names:
            assert words(row.xpath("./td")[0]).endswith(names[change["status"]])
        task = words(row.xpath("./td")[1])
        if change["status"] in ("new", "dropped"):
            assert task == " ".join((change["second"] or change["first"])["task"].split())


def test_joined_pieces_give_both_wordings_and_are_told_without_colour(client: httpx.Client) -> None:
    page = tree(client, "/compare", a=LAST, b=LATEST, status="changed")
    changes = [each for each in compared(client)["tasks"] if each["status"] == "changed" and "task" in each["differs"]]
    rows = page.xpath("//table[contains(@class, 'changes')]/tbody/tr[td[2]//del or td[2]//ins]")
    assert len(rows) == len(changes) > 0
    for row, change in zip(rows, changes, strict=True):
        cell = row.xpath("./td")[1]
        for told in cell.xpath(".//del/span | .//ins/span"):
            assert words(told) in ("bỏ:", "thêm:")  # for those who hear the page
            told.drop_tree()
        before = " ".join(cell.xpath("./text() | ./del//text()")).split()
        after = " ".join(cell.xpath("./text() | ./ins//text()")).split()
        assert " ".join(before) == " ".join(change["first"]["task"].split())
        assert " ".join(after) == " ".join(change["second"]["task"].split())


def test_statuses_filter_and_their_counts_agree(client: httpx.Client) -> None:
    page = tree(client, "/compare", a=LAST, b=LATEST)
    tasks = compared(client)["tasks"]
    links = page.xpath("//p[@class='kinds']/a[contains(@href, 'status=')]")
    assert links
    for link in links:
        status = link.get("href").split("status=")[1].split("&")[0]
        wanted = sum(task["status"] == status for task in tasks)
        assert words(link).endswith(f" {wanted}")
        rows = tree(client, link.get("href")).xpath("//table[contains(@class, 'changes')]/tbody/tr")
        assert len(rows) == wanted > 0


def test_goals_show_their_change(client: httpx.Client) -> None:
    page = tree(client, "/compare", a=LAST, b=LATEST, view="goals")
    goals = compared(client)["goals"]
    rows = page.xpath("//table[contains(@class, 'changes')]/tbody/tr")
    assert len(rows) == len(goals)
    moved = [(row, goal) for row, goal in zip(rows, goals, strict=True) if goal["change"]]
    assert moved
    for row, goal in moved:
        told = words(row.xpath("./td")[4])
        assert told.startswith("▲ +" if goal["change"] > 0 else "▼ −")
        assert told.split()[1][1:] == f"{abs(goal['change']):.10g}".replace(".", ",")


def test_a_series_shows_every_pair_and_goals_through_the_years(client: httpx.Client) -> None:
    page = tree(client, "/compare", a=LATEST, series="1")
    pairs = page.xpath("//table[@class='overview']/tbody/tr")
    assert len(pairs) == 9
    second = pairs[1].xpath(".//a")[0]
    chosen = tree(client, second.get("href").split("#")[0])
    assert words(chosen.xpath("//h2[@id='pair']")[0]) == words(second)
    across = tree(client, "/compare", a=LATEST, series="1", view="across")
    years = [words(head) for head in across.xpath("//table[@class='across']/thead//th")][1:]
    assert years == ["2016", "2017", "2018", "2019", "2020", "2021", "2023", "2024", "2025", "2026"]
    threads = across.xpath("//table[@class='across']/tbody/tr")
    (sipas,) = [row for row in threads if "SIPAS" in words(row.xpath("./th")[0]) and len(row.xpath("./td/a")) > 3][:1]
    assert "2026" in years and "90" in words(sipas.xpath("./td")[-1])
    link = sipas.xpath("./td[last()]/a/@href")[0]
    assert client.get(link.split("#")[0]).status_code == 200


def test_three_plans_are_compared_one_after_the_other(client: httpx.Client) -> None:
    page = tree(client, "/compare", a="05/KH-UBND", b=LAST, c=LATEST)
    pairs = [words(row.xpath("./th")[0]) for row in page.xpath("//table[@class='overview']/tbody/tr")]
    assert pairs == [
        "05/KH-UBND (2024) → 21/KH-UBND (2025)",
        "21/KH-UBND (2025) → 03/KH-UBND (2026)",
    ]


def test_plans_are_chosen_step_by_step(client: httpx.Client) -> None:
    page = tree(client, "/compare")
    proposed = page.xpath("//section[h2[@id='proposed']]//li")
    assert proposed
    assert tree(client, proposed[0].xpath("./p[@class='years']/a/@href")[0]).xpath("//h2[@id='pair']")
    page = tree(client, "/compare", find="tuyên truyền cải cách hành chính")
    first = page.xpath("//ul[@class='documents']/li")[0]
    assert "tuyên truyền" in words(first).lower()
    page = tree(client, first.xpath(".//a[text()='Chọn']/@href")[0])
    assert len(page.xpath("//ol[@class='chain']/li")) == 1
    (form,) = page.xpath("//form[contains(@class, 'find')]")
    fields = dict(form.form_values()) | {"find": "cải cách hành chính nhà nước năm 2025"}
    page = tree(client, form.get("action"), **fields)
    later = page.xpath("//a[text()='Chọn làm kế hoạch sau']/@href")[0]
    assert tree(client, later).xpath("//h2[@id='pair']")


def test_what_cannot_be_compared_is_told_in_place(client: httpx.Client) -> None:
    page = tree(client, "/compare", 404, a="404/KH-XYZ", b=LATEST)
    told = words(page.xpath("//*[@role='alert']")[0])
    assert "404/KH-XYZ" in told and "tienle" not in told
    page = tree(client, "/compare", 409, a="09/KH-UBND", b=LATEST)
    choices = page.xpath("//section[@class='choices']//li/a/@href")
    assert len(choices) == 2
    assert tree(client, choices[0]).xpath("//h2[@id='pair']")
    page = tree(client, "/compare", 400, a="22/KH-SXD", series="1")
    assert "không có kế hoạch năm khác" in words(page.xpath("//*[@role='alert']")[0])


def test_exports_open_and_hold_what_the_page_shows(client: httpx.Client) -> None:
    page = tree(client, "/compare", a=LAST, b=LATEST)
    links = {link.rsplit("?")[0][-4:]: link for link in page.xpath("//p[@class='exports']/a/@href")}
    document = docx.Document(io.BytesIO(client.get(links["docx"]).content))
    told = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "21/KH-UBND (2025) → 03/KH-UBND (2026)" in told
    book = load_workbook(io.BytesIO(client.get(links["xlsx"]).content))
    assert book["Nhiệm vụ"].max_row == len(compared(client)["tasks"]) + 1


def test_hostile_references_are_text(client: httpx.Client) -> None:
    for parameters in (
        {"a": HOSTILE, "b": HOSTILE},
        {"find": HOSTILE},
        {"a": "Ủ" * 390, "b": LATEST},
        {"find": "Ủ" * 1_900},
    ):
        page = html.fromstring(client.get("/compare", params=parameters).text)
        assert not page.xpath("//img | //main//script | //*[@onerror]")
    assert client.get("/compare", params={"a": "x" * 500}).status_code == 422
    assert client.get("/compare", params={"a": LAST, "b": LATEST, "status": "x"}).status_code == 422


def test_english_keeps_the_vietnamese_of_the_documents_marked(client: httpx.Client) -> None:
    page = tree(client, "/compare", a=LAST, b=LATEST, lang="en")
    assert "Compare plans" in words(page.xpath("//h1")[0])
    assert all(cell.get("lang") == "vi" for cell in page.xpath("//table[contains(@class, 'changes')]//td[2]"))
    assert "inherited" in words(page.xpath("//p[@class='kinds']")[0])


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
def test_the_keyboard_filters_a_comparison(
    open_page: OpenPage, complaints: list[str], sample_server: str, scripted: bool
) -> None:
    page = open_page(sample_server, java_script_enabled=scripted)
    page.goto("/compare")
    page.get_by_label("Kế hoạch trước").fill(LAST)
    page.get_by_label("Kế hoạch sau").fill(LATEST)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_have_text("21/KH-UBND (2025) → 03/KH-UBND (2026)")
    page.get_by_role("link", name="không còn").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**status=dropped*")
    statuses = page.locator("td.status").all_inner_texts()
    assert statuses and all("không còn" in each for each in statuses)
    page.go_back()
    expect(page.locator("td.status").first).not_to_contain_text("không còn")
    assert complaints == []


@pytest.mark.parametrize(
    "path",
    [
        "/compare",
        f"/compare?a={LAST}&b={LATEST}",
        f"/compare?a={LATEST}&series=1",
        f"/compare?a={LATEST}&series=1&view=across",
    ],
)
def test_a_phone_scrolls_one_way_only(open_page: OpenPage, sample_server: str, path: str) -> None:
    page = open_page(sample_server, viewport={"width": 360, "height": 700})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_no_page_is_heavy(client: httpx.Client) -> None:
    for parameters in (
        {"a": LAST, "b": LATEST},
        {"a": LATEST, "series": "1"},
        {"a": LATEST, "series": "1", "view": "across"},
    ):
        assert len(client.get("/compare", params=parameters).content) < 120_000
