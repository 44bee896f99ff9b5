"""The pages of agencies: found by any spelling, in Vietnamese order, through time, with their tasks; provinces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from playwright.sync_api import expect

from api.answers.agencies import list_agencies
from api.answers.agency_work import agency_work, find_agencies
from api.web.lineage import Box, lineage
from corpus.language.agencies import Agencies, Agency, Succession
from corpus.language.collation import collation_key
from corpus.store.archive import Archive
from tests.api.page_reading import tree
from tests.api.selecting import css

if TYPE_CHECKING:
    from tests.conftest import OpenPage


def names(page: Any) -> list[str]:
    return [link.text_content() for link in css(page, ".register tbody th a")]


@pytest.mark.parametrize("typed", ["Sở TN&MT", "so tai nguyen", "SỞ TÀI NGUYÊN VÀ MÔI TRƯỜNG", "Sở Tài nguyên"])
def test_an_agency_is_found_by_any_spelling(client: httpx.Client, typed: str) -> None:
    assert "Sở Tài nguyên và Môi trường" in names(tree(client, "/agencies", q=typed))


def test_a_short_form_puts_what_it_means_first(archive: Archive) -> None:
    assert find_agencies(archive, "Sở LĐTBXH")[0].name == "Sở Lao động - Thương binh và Xã hội"


def test_every_agency_is_listed_once_by_level_in_vietnamese_order(client: httpx.Client, archive: Archive) -> None:
    page, listed = 1, []
    while True:
        told = tree(client, "/agencies", page=str(page))
        for section in css(told, "section.level"):
            here = [link.text_content() for link in css(section, "tbody th a")]
            assert here == sorted(here, key=collation_key)
            listed += here
        if not css(told, "a[rel=next]"):
            break
        page += 1
    assert page > 1
    everything, total = list_agencies(archive)
    assert len(listed) == total
    assert sorted(listed) == sorted(entry.name for entry in everything)
    assert listed[0].startswith("Ban")  # the province's own come first


def test_nothing_found_says_what_to_try(client: httpx.Client) -> None:
    told = tree(client, "/agencies", q="Sở Nội vu tỉng")
    assert "Không có cơ quan nào tên như vậy" in told.text_content()
    assert css(told, ".near a") or css(told, ".count a[href='/agencies']")


def test_an_agency_shows_who_came_before_and_after_with_dates_and_sources(client: httpx.Client) -> None:
    told = tree(client, "/agencies/so-lao-dong-thuong-binh-va-xa-hoi")
    after = css(told, ".side.after .box")
    who = {css(box, ".who")[0].text_content(): box.text_content() for box in after}
    assert {"Sở Nội vụ", "Sở Y tế", "Sở Nông nghiệp và Môi trường"} <= set(who)
    assert "từ 1/3/2025" in who["Sở Y tế"]
    assert "bảo trợ xã hội" in who["Sở Y tế"]
    assert "Nghị định" in who["Sở Y tế"]
    assert "đã kết thúc, đến 28/2/2025" in told.text_content()
    # and the way back
    told = tree(client, "/agencies/so-nong-nghiep-va-moi-truong")
    before = [link.text_content() for link in css(told, ".side.before .who")]
    assert {"Sở Tài nguyên và Môi trường", "Sở Nông nghiệp và Phát triển nông thôn"} <= set(before)


def test_the_charts_lead_to_just_the_assignments_that_they_count(client: httpx.Client, archive: Archive) -> None:
    busiest = next(entry for entry in list_agencies(archive)[0] if entry.id and entry.leads and entry.coordinates)
    told = tree(client, f"/agencies/{busiest.id}")
    for figure, role, count in zip(
        css(told, "figure.chart"), ("lead", "coordinating"), (busiest.leads, busiest.coordinates), strict=True
    ):
        links = css(figure, "a")
        shown = {link.get("aria-label"): link.get("href") for link in links}
        assert shown
        total = 0
        for label, href in shown.items():
            asked = {name: values[0] for name, values in parse_qs(urlsplit(href).query).items()}
            year, number = label.split(": ")
            assert asked == {"agency": busiest.name, "role": role, "year_from": year, "year_to": year}
            listed = client.get(href)
            assert listed.status_code == 200
            said = css(html.fromstring(listed.text), "p.count")[0].text_content()
            found = re.search(r"\d+", said)
            assert found is not None
            assert int(found[0]) >= int(number)  # a plan over several years is listed under each
            total += int(number)
        assert total <= count


def test_work_counts_each_assignment_once_and_knows_what_was_inherited(archive: Archive) -> None:
    for entry in list_agencies(archive)[0]:
        if entry.id is None:
            continue
        work = agency_work(archive, entry.id)
        assert sum(work.leads.values()) <= entry.leads
        together = sum(work.leads.values()) + sum(work.coordinates.values())
        assert sum(work.provinces.values()) == together <= entry.leads + entry.coordinates
    heir = agency_work(archive, "so-nong-nghiep-va-moi-truong")
    assert heir.inherited > 0
    assert agency_work(archive, "so-tai-nguyen-va-moi-truong").inherited == 0


def test_provinces_of_before_stand_beside_those_of_today(client: httpx.Client) -> None:
    told = tree(client, "/agencies/provinces")
    rows = {css(row, "th")[0].text_content().split(" tỉnh")[0]: row for row in css(told, "tbody tr")}
    assert "Ninh Thuận" in rows["Khánh Hòa"].text_content()
    assert "đến 30/6/2025" in rows["Khánh Hòa"].text_content()
    assert "Nghị quyết 202/2025/QH15" in rows["Khánh Hòa"].text_content()
    assert "không sáp nhập" in rows["Cao Bằng"].text_content()
    listed = [css(row, "th")[0].text_content() for row in css(told, "tbody tr")]
    assert listed == sorted(listed, key=collation_key)


def test_an_unknown_agency_is_told_with_names_that_are_near(client: httpx.Client) -> None:
    answer = client.get("/agencies/Sở Nội vu", headers={"Accept": "text/html"})
    if answer.status_code == 200:  # so near that the register takes it for the agency itself
        assert "Sở Nội vụ" in answer.text
    answer = client.get("/agencies/không có sở này", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "x" * 10_000, "\u202e so noi vu", '" onfocus="alert(1)']
)
def test_what_was_typed_is_shown_as_text(client: httpx.Client, typed: str) -> None:
    answer = client.get("/agencies", params={"q": typed})
    assert answer.status_code == 200
    told = html.fromstring(answer.text)
    assert [script.get("src", "").startswith("/static/") for script in css(told, "script")] == [True]
    assert css(told, "input[name=q]")[0].get("value") == typed.strip()
    assert not css(told, "[onfocus]")
    assert len(answer.content) < 120_000


def test_english_pages_say_which_words_are_vietnamese(client: httpx.Client) -> None:
    told = tree(client, "/agencies/so-noi-vu", lang="en")
    assert css(told, "h1")[0].get("lang") == "vi"
    assert "Through time" in told.text_content()
    assert all("lang=en" in link.get("href") for link in css(told, ".lineage a, .ways a"))


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=25))
def test_a_lineage_is_finite_and_has_every_neighbour(pairs: list[tuple[int, int]]) -> None:
    bodies = [Agency(f"a{at}", f"Cơ quan {at}", "province") for at in range(7)]
    edges = [Succession(f"a{min(pair)}", f"a{max(pair)}", None) for pair in pairs if pair[0] != pair[1]]
    register = Agencies(bodies, edges)
    for body in bodies:
        drawn = lineage(register, body)
        assert {box.agency.id for box in drawn.later} == {e.successor for e in edges if e.predecessor == body.id}
        assert {box.agency.id for box in drawn.earlier} == {e.predecessor for e in edges if e.successor == body.id}
        assert max((depth(box) for box in (*drawn.later, *drawn.earlier)), default=0) <= 3


def depth(box: Box) -> int:
    return 1 + max(map(depth, box.beyond), default=0)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_register_is_used_with_the_keyboard_alone(open_page: OpenPage, sample_server: str, width: int) -> None:
    page = open_page(sample_server, java_script_enabled=False)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/agencies")
    page.get_by_label("Tên cơ quan").focus()
    page.keyboard.type("sở TN&MT")
    page.keyboard.press("Enter")
    page.wait_for_url("**/agencies?q=*")
    link = page.get_by_role("link", name="Sở Tài nguyên và Môi trường")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/agencies/so-tai-nguyen-va-moi-truong")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sở Tài nguyên và Môi trường")
    assert page.locator(".side.after .box").first.is_visible()
    page.go_back()
    expect(page.get_by_label("Tên cơ quan")).to_have_value("sở TN&MT")
