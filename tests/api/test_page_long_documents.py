"""Long documents are read in portions: light pages, every letter on one of them, every link at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from api.exports.links import FIRST_PORTION
from api.web.layout import lay_out
from api.web.splitting import EACH, WHOLE, portion_starts
from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive
from indexer.pipeline import index
from tests.api.page_reading import letters, tree, words

if TYPE_CHECKING:
    from tests.conftest import OpenPage, Serve

HEAD = """ỦY BAN NHÂN DÂN TỈNH SƠN KHÊ

Số: 77/KH-UBND

Sơn Khê, ngày 5 tháng 3 năm 2019

KẾ HOẠCH
Trồng, chăm sóc và bảo vệ rừng giai đoạn 2019 - 2025

"""
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
WORK = ("phát dọn thực bì", "đào hố và bón lót", "chuẩn bị cây giống", "tuần tra ven suối", "đo đạc trữ lượng")


def long_plan() -> str:
    sections = []
    for number, roman in enumerate(ROMAN, 1):
        tasks = [
            f"{each}. Hạt Kiểm lâm khu vực {number} chủ trì {WORK[each % 5]} tại tiểu khu {number * 100 + each}, "
            f"phối hợp Ủy ban nhân dân xã tổ chức {WORK[(each + number) % 5]} và ghi sổ theo dõi từng tháng; xong "
            f"trước ngày {each % 28 + 1}/{each % 12 + 1}/2020."
            for each in range(1, 60)
        ]
        sections.append(f"{roman}. CÔNG VIỆC CỦA LÂM PHẦN THỨ {number}\n\n" + "\n\n".join(tasks))
    return HEAD + "\n\n".join(sections) + "\n\nTrên đây là kế hoạch, yêu cầu các đơn vị thực hiện.\n"


@pytest.fixture(scope="module")
def address(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("long")
    (folder / "ke-hoach-rung.md").write_text(long_plan(), encoding="utf-8")
    archive = Archive.create(folder / "archive", load_encoder().spec)
    report = index(archive, [folder / "ke-hoach-rung.md"])
    archive.close()
    assert report.indexed == 1
    with serve(folder / "archive") as served:
        yield served


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as asking:
        yield asking


@pytest.fixture
def document(client: httpx.Client) -> dict[str, Any]:
    (card,) = client.get("/api/v1/documents").json()["documents"]
    return {**client.get(f"/api/v1/documents/{card['id']}").json(), "id": card["id"]}


def here(document: dict[str, Any]) -> str:
    return f"/documents/{document['id']}"


def portions(client: httpx.Client, document: dict[str, Any]) -> list[str]:
    links: list[str] = tree(client, here(document)).xpath("//nav[@class='portions']//ol//a/@href")
    return links


def test_every_letter_is_on_one_light_page(client: httpx.Client, document: dict[str, Any]) -> None:
    links = portions(client, document)
    assert len(links) > 2
    texts = [tree(client, link).xpath("//article")[0] for link in links]  # tree sees to it that pages are light
    for text in texts:
        for around in text.xpath(".//nav | .//span[@class='page-number']"):
            around.drop_tree()
    assert "".join(letters(text.text_content()) for text in texts) == letters(document["text"])


def test_every_passage_is_where_its_links_lead(client: httpx.Client, document: dict[str, Any]) -> None:
    found = client.get("/api/v1/search", params={"q": "tuần tra ven suối", "limit": 100}).json()["hits"]
    assert any(hit["start"] > FIRST_PORTION for hit in found)
    shown = tree(client, "/", q="tuần tra ven suối").xpath("//a[@data-result]/@href")
    assert shown
    for link in shown:
        path, _, anchor = link.partition("#")
        (part,) = tree(client, path).xpath(f"//*[@id='{anchor}']")
        (hit,) = [hit for hit in found if f"p{hit['start']}" == anchor]
        assert letters(hit["text"])[:60] in letters(part.text_content())


def test_every_record_is_marked_where_it_stands(client: httpx.Client, document: dict[str, Any]) -> None:
    records = client.get("/api/v1/assignments", params={"limit": 1000}).json()["assignments"]
    assert max(record["start"] for record in records) > FIRST_PORTION
    for record in records[::40]:
        page = tree(client, here(document), mark=f"{record['start']}-{record['end']}")
        marked = "".join(mark.text_content() for mark in page.xpath("//mark[@class='pointed']"))
        assert letters(marked) == letters(document["text"][record["start"] : record["end"]])


def test_the_outline_of_a_portion_leads_to_all_sections(client: httpx.Client, document: dict[str, Any]) -> None:
    for link in portions(client, document):
        entries = tree(client, link).xpath("//nav[@class='outline']//a")
        sections = [entry for entry in entries if "LÂM PHẦN" in words(entry)]
        assert len(sections) == len(ROMAN)
        for entry in sections[::3]:
            path, _, anchor = entry.get("href").partition("#")
            (place,) = tree(client, path or link).xpath(f"//*[@id='{anchor}']")
            assert letters(words(place)) == letters(words(entry))


def test_the_whole_text_is_one_link_away(client: httpx.Client, document: dict[str, Any]) -> None:
    (link,) = [
        each.get("href")
        for each in tree(client, here(document)).xpath("//nav[@class='portions']//a")
        if words(each) == "cả văn bản"
    ]
    whole = client.get(link)
    assert letters(document["text"][-60:]) in letters(whole.text)
    assert all(f'id="p{passage["start"]}"' in whole.text for passage in document["passages"])


def test_words_looked_for_are_counted_in_each_portion(client: httpx.Client, document: dict[str, Any]) -> None:
    page = tree(client, here(document), q='"LÂM PHẦN THỨ"')
    told = [words(each) for each in page.xpath("//nav[@class='portions']//ol//a")]
    counts = [int(each.partition("(")[2].split()[0]) for each in told]
    assert sum(counts) == len(ROMAN)
    assert counts[0] == len(page.xpath("//article//mark"))


@pytest.mark.parametrize("script", [True, False])
def test_a_link_to_a_far_passage_shows_it(open_page: OpenPage, address: str, script: bool) -> None:
    page = open_page(address, java_script_enabled=script)
    page.goto("/?q=" + "lâm phần thứ 9 tuần tra")
    far = page.locator("a[data-result][href*='at=']").first
    anchor = (far.get_attribute("href") or "").partition("#")[2]
    far.click()
    expect(page.locator(f"#{anchor}")).to_be_in_viewport()
    page.locator("nav.outline").get_by_role("link", name="LÂM PHẦN THỨ 2", exact=False).click()
    expect(page.locator("article").get_by_role("heading", name="LÂM PHẦN THỨ 2")).to_be_in_viewport()
    page.get_by_role("link", name="Phần sau").click()
    expect(page.locator("article .paging")).to_contain_text("Phần 2 /")


def test_an_address_that_tells_its_place_to_no_server_arrives(open_page: OpenPage, address: str) -> None:
    (card,) = httpx.get(f"{address}/api/v1/documents").json()["documents"]
    last = httpx.get(f"{address}/api/v1/documents/{card['id']}").json()["passages"][-1]["start"]
    page = open_page(address)
    page.goto(f"/documents/{card['id']}#p{last}")
    page.wait_for_url(f"**at={last}#p{last}")
    expect(page.locator(f"#p{last}")).to_be_in_viewport()


BLOCK = st.sampled_from(
    ["Một đoạn văn dài vừa phải. " * 8, "1 | 2 | 3 | 4 | 5 | 6", "- một việc;", "CHƯƠNG I", "&<>" * 50]
)


@given(st.lists(BLOCK, min_size=1, max_size=40), st.integers(1, 120))
def test_portions_are_light_and_the_first_is_sure(kinds: list[str], times: int) -> None:
    text = "\n\n".join(kinds * times)
    blocks = lay_out(text)
    starts = portion_starts(text, blocks, ())
    assert starts[0] == 0
    assert list(starts) == sorted(set(starts))
    ends = [blocks[at].start for at in starts[1:]] + [len(text)]
    for first, last in pairwise([0, *ends]):
        assert len(text[first:last].encode()) <= max(WHOLE, 1.2 * EACH, FIRST_PORTION * 4)
    assert len(starts) == 1 or ends[0] >= FIRST_PORTION
    if len(text.encode()) > 2 * WHOLE:
        assert len(starts) > 1


def test_a_short_text_is_one_portion() -> None:
    text = re.sub(r"\n+", "\n\n", HEAD)
    assert portion_starts(text, lay_out(text), ()) == (0,)
    assert portion_starts("", (), ()) == (0,)
