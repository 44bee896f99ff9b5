"""The pages of documents: listed, read beside their pages, their records and ties, and what points into them."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from lxml import html
from PIL import Image
from playwright.sync_api import Page, expect

from api.web.layout import first_shown, lay_out, runs
from corpus.encoder.registry import load_encoder
from corpus.errors import ReadingError
from corpus.language.collation import collation_key
from corpus.store.archive import Archive
from indexer.pipeline import index
from indexer.reading.page_image import PageWanted, page_renderer
from tests.api.page_reading import letters, tree, words

if TYPE_CHECKING:
    from tests.conftest import OpenPage, Serve

PDF = "19-kh-ubnd-cai-cach-hanh-chinh-2021.pdf"


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(request: pytest.FixtureRequest, open_page: OpenPage, sample_server: str) -> Page:
    return open_page(sample_server, java_script_enabled=request.param, viewport={"width": 1280, "height": 900})


def cards(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/documents", params={"limit": 500}).json()["documents"]
    return found


def test_every_record_is_marked_where_it_stands(client: httpx.Client) -> None:
    marked = 0
    for kind in ("assignments", "targets", "citations"):
        for record in client.get(f"/api/v1/{kind}", params={"limit": 500}).json()[kind][::7]:
            text = client.get(f"/api/v1/documents/{record['document']}").json()["text"]
            span = f"{record['start']}-{record['end']}"
            page = tree(client, f"/documents/{record['document']}", mark=span)
            pointed = page.xpath("//mark[@class='pointed']")
            assert letters("".join(mark.text_content() for mark in pointed)) == letters(
                text[record["start"] : record["end"]]
            )
            assert page.xpath("//*[@id='mark']") == pointed[:1]
            marked += 1
    assert marked > 50


def test_a_link_to_a_record_shows_it(page: Page, sample_server: str) -> None:
    listed = httpx.get(f"{sample_server}/api/v1/assignments", params={"limit": 500}).json()["assignments"]
    late = max(listed, key=lambda record: record["start"])
    page.goto(f"/documents/{late['document']}?mark={late['start']}-{late['end']}#mark")
    expect(page.locator("#mark")).to_be_in_viewport()


def test_a_mark_that_is_none_is_told(client: httpx.Client) -> None:
    document = cards(client)[0]["id"]
    answer = client.get(f"/documents/{document}", params={"mark": "from here"})
    assert answer.status_code == 422
    assert "mark" in words(html.fromstring(answer.text).xpath("//*[@role='alert']")[0])
    assert not tree(client, f"/documents/{document}", mark="99999998-99999999").xpath("//*[@id='mark']")


def test_a_span_begins_at_its_first_letter_that_is_shown() -> None:
    text = "Việc thứ nhất\n\n- Sở Nội vụ rà soát\ndanh sách;\n| 1 | Lập sổ | Sở Y tế |"
    blocks = lay_out(text)
    whole = (text.index("nhất") + 4, text.index("danh") + 4)
    first = first_shown(text, blocks, whole)
    assert first == text.index("- Sở")
    (item,) = [block for block in blocks if block.start == first]
    shown = runs(text, item, (), (first, whole[1]))
    assert [run.text for run in shown if run.pointed] == ["- Sở Nội vụ rà soát danh"]
    assert [run.opens for run in shown] == [True, False]
    assert first_shown(text, blocks, (text.index("| Lập"), len(text))) == text.index("Lập")
    assert first_shown(text, blocks, (len(text), len(text) + 9)) is None


def test_the_list_is_sorted_as_vietnamese_is(client: httpx.Client) -> None:
    told = cards(client)
    titles = [card["title"] or card["number"] for card in sorted(told, key=lambda c: (c["title"] is None,))]
    page = tree(client, "/documents", sort="title")
    shown = [words(link) for link in page.xpath("//ul[@class='documents']/li/a")]
    assert sorted(shown) == sorted(" ".join(title.split()) for title in titles if title)
    named = [" ".join(card["title"].split()) for card in told if card["title"]]
    assert shown[: len(named)] == sorted(shown[: len(named)], key=collation_key)
    numbers = [words(each) for each in tree(client, "/documents", sort="number").xpath("//span[@class='number']")]
    first = [int(re.findall(r"\d+", number)[0]) for number in numbers if re.match(r"\d", number)]
    assert first == sorted(first)
    assert first[-1] > 99 > first[0]
    oldest = tree(client, "/documents", sort="oldest").xpath("//ul[@class='documents']//time/@datetime")
    assert oldest == sorted(oldest)


def test_the_list_is_narrowed_by_words_of_names_and_kept_as_a_file(client: httpx.Client) -> None:
    page = tree(client, "/documents", q="CAI cach son khe", sort="oldest")
    shown = [link.rsplit("/", 1)[1] for link in page.xpath("//ul[@class='documents']/li/a/@href")]
    fitting = [
        card["id"]
        for card in cards(client)
        if "cải cách" in (card["title"] or "").lower() and "Sơn Khê" in (card["issuer"] or "")
    ]
    assert set(shown) == set(fitting) != set()
    (export,) = [link for link in page.xpath("//*[@class='exports']//a/@href") if ".csv" in link]
    rows = list(csv.DictReader(io.StringIO(client.get(export).content.decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == shown
    none = tree(client, "/documents", q="không có tên như thế")
    assert "Không có văn bản nào" in words(none.xpath("//*[@role='status']")[0])
    assert not none.xpath("//*[@class='exports']")


def test_records_of_a_document_lead_to_their_words(client: httpx.Client) -> None:
    for card in cards(client)[:12]:
        counts = client.get(f"/api/v1/documents/{card['id']}").json()["counts"]
        for kind in ("assignments", "targets"):
            page = tree(client, f"/documents/{card['id']}", view=kind)
            rows = page.xpath("//table[@class='records']/tbody/tr")
            assert len(rows) == min(counts[kind], 50)
            for row in rows[:2]:
                (link,) = [each for each in row.xpath(".//a/@href") if each.endswith("#mark")]
                pointed = tree(client, link.split("#")[0]).xpath("//mark[@class='pointed']")
                assert letters("".join(mark.text_content() for mark in pointed))
            (tab,) = page.xpath("//nav[@class='tabs']/a[@aria-current]")
            assert words(tab).endswith(str(counts[kind]))
            if rows:
                (export,) = [link for link in page.xpath("//*[@class='exports']//a/@href") if ".csv" in link]
                kept = list(csv.DictReader(io.StringIO(client.get(export).content.decode("utf-8-sig"))))
                assert {row["document"] for row in kept} == {card["id"]}
                assert len(kept) == counts[kind]


def test_citations_lead_to_documents_and_back(client: httpx.Client) -> None:
    told = client.get("/api/v1/citations", params={"limit": 500}).json()["citations"]
    one = next(each for each in told if each["resolved"])
    out = tree(client, f"/documents/{one['document']}", view="ties")
    assert f"/documents/{one['resolved']}" in out.xpath("//section[@aria-labelledby='cites']//a/@href")
    back = tree(client, f"/documents/{one['resolved']}", view="ties")
    assert any(
        link.startswith(f"/documents/{one['document']}?mark={one['start']}-{one['end']}")
        for link in back.xpath("//section[@aria-labelledby='cited_by']//a/@href")
    )


def test_the_summary_of_a_document_is_of_its_own_words(client: httpx.Client) -> None:
    card = next(card for card in cards(client) if card["source"].endswith(PDF))
    text = letters(client.get(f"/api/v1/documents/{card['id']}").json()["text"])
    short, long = (tree(client, f"/documents/{card['id']}", view="summary", words=str(n)) for n in (100, 500))
    said = [[words(each) for each in page.xpath("//ol[@class='sentences']/li/p")] for page in (short, long)]
    assert 1 < len(said[0]) < len(said[1])
    assert all(letters(sentence) in text for sentence in said[1])


def test_a_page_of_a_pdf_is_drawn_once_and_kept_by_the_browser(client: httpx.Client) -> None:
    card = next(card for card in cards(client) if card["source"].endswith(PDF))
    answer = client.get(f"/documents/{card['id']}/pages/1.png")
    assert answer.headers["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.width == 900
        assert picture.height > picture.width
        assert len(picture.convert("L").getcolors() or ()) > 2  # letters on paper, no blank sheet
    again = client.get(f"/documents/{card['id']}/pages/1.png", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "max-age" in answer.headers["Cache-Control"]
    for path in (f"{card['id']}/pages/99.png", f"{card['id']}/pages/1.png?size=huge"):
        assert client.get(f"/documents/{path}").status_code in (404, 422)
    word = next(card for card in cards(client) if card["source"].endswith(".docx"))
    assert client.get(f"/documents/{word['id']}/pages/1.png").status_code == 404
    assert not tree(client, f"/documents/{word['id']}").xpath("//a[@data-key='b']")


def test_pages_of_an_image_file_are_drawn_upright_and_no_wider_than_asked(tmp_path: Path) -> None:
    first, second = Image.new("RGB", (1200, 1600), "white"), Image.new("L", (300, 200), 0)
    file = tmp_path / "scan.tif"
    first.save(file, save_all=True, append_images=[second])
    render = page_renderer()

    def drawn(number: int) -> bytes:
        (made,) = render(PageWanted(file, "image/tiff", number, 600))
        return made

    with Image.open(io.BytesIO(drawn(1))) as picture:
        assert picture.size == (600, 800)
    with Image.open(io.BytesIO(drawn(2))) as picture:
        assert picture.size == (300, 200)
        assert picture.convert("L").getextrema() == (0, 0)
    assert drawn(3) == drawn(0) == b""
    file.write_bytes(b"II*\0" + bytes(40))
    with pytest.raises(ReadingError):
        drawn(1)


def test_a_damaged_file_does_not_take_the_server_down(serve: Serve, own: Path) -> None:
    archive = Archive.open(own)
    with serve(own) as place, httpx.Client(base_url=place, timeout=60) as client:
        card = next(card for card in cards(client) if card["source"].endswith(PDF))
        sha256 = client.get(f"/api/v1/documents/{card['id']}").json()["sha256"]
        kept = archive.sources.path(sha256)
        kept.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 40)
        assert client.get(f"/documents/{card['id']}/pages/1.png").status_code >= 500
        kept.unlink()
        assert client.get(f"/documents/{card['id']}/pages/2.png").status_code == 503
        other = next(c for c in cards(client) if c["source"].endswith(".pdf") and c["id"] != card["id"])
        assert client.get(f"/documents/{other['id']}/pages/1.png").status_code == 200
    archive.close()


def test_a_text_is_read_beside_its_pages(page: Page, sample_server: str) -> None:
    found = httpx.get(f"{sample_server}/api/v1/documents", params={"limit": 500}).json()["documents"]
    card = next(card for card in found if card["source"].endswith(PDF))
    page.goto(f"/documents/{card['id']}")
    page.get_by_role("link", name="Xem ảnh trang bên cạnh").click()
    page.wait_for_url("**beside=1*")
    picture = page.get_by_role("img", name="Ảnh trang 1 của tệp gốc")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 900
    page.get_by_role("complementary").get_by_role("link", name="Trang sau").click()
    expect(page.get_by_role("img", name="Ảnh trang 2 của tệp gốc")).to_be_visible()
    expect(page.locator("#page-2")).to_be_in_viewport()
    text, side = page.locator("article.text").bounding_box(), page.locator(".sheet").bounding_box()
    assert text is not None and side is not None
    assert text["x"] + text["width"] <= side["x"]
    page.get_by_role("link", name="Đóng ảnh trang").click()
    expect(page.get_by_role("img")).to_have_count(0)


def test_the_picture_follows_the_reader(open_page: OpenPage, sample_server: str) -> None:
    found = httpx.get(f"{sample_server}/api/v1/documents", params={"limit": 500}).json()["documents"]
    card = next(card for card in found if card["source"].endswith(PDF))
    page = open_page(sample_server, viewport={"width": 1280, "height": 900})
    page.goto(f"/documents/{card['id']}?beside=1")
    page.locator("#page-3").scroll_into_view_if_needed()
    page.mouse.wheel(0, 3000)
    expect(page.get_by_role("img", name="Ảnh trang 3 của tệp gốc")).to_be_visible()
    assert "beside=3" in page.url
    page.keyboard.press("b")
    page.wait_for_url(lambda url: "beside" not in url)


def test_nothing_scrolls_sideways_on_a_phone(open_page: OpenPage, sample_server: str) -> None:
    found = httpx.get(f"{sample_server}/api/v1/documents", params={"limit": 500}).json()["documents"]
    card = next(card for card in found if card["source"].endswith(PDF))
    page = open_page(sample_server, viewport={"width": 360, "height": 740})
    views = [f"/documents/{card['id']}?view={view}" for view in ("text", "assignments", "targets", "ties", "summary")]
    views += [
        f"/documents/{card['id']}?beside=2",
        f"/documents/{card['id']}/nearby?start=1500",
        "/documents?sort=title",
    ]
    for view in (*views, "/help/keys"):
        page.goto(view)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, view


HOSTILE = """# <script>alert("tên")</script> Kế hoạch “làm” 'việc' &amp; <img src=x onerror=alert(1)>

ỦY BAN NHÂN DÂN TỈNH SƠN KHÊ

I. NHIỆM VỤ <b onclick="alert(2)">đậm</b>

1. Sở Nội vụ chủ trì, phối hợp với Sở Tài chính rà soát \u202edanh sách\u202c <script>alert(3)</script>; hoàn thành
trước ngày 30/6/2026; tỷ lệ đạt 95%.

2. {word}
"""


def test_hostile_text_is_only_text(
    serve: Serve, open_page: OpenPage, dialogs: list[str], complaints: list[str], tmp_path: Path
) -> None:
    source = tmp_path / "<img src=x onerror=alert(4)>.txt"
    source.write_text(HOSTILE.format(word="Ủ" * 10_000), encoding="utf-8")
    archive = Archive.create(tmp_path / "archive", load_encoder().spec)
    assert index(archive, [source]).failures == []
    archive.close()
    with serve(tmp_path / "archive") as place:
        page = open_page(place, viewport={"width": 360, "height": 740})
        page.goto("/documents")
        page.locator(".documents a").first.click()
        expect(page.locator("article.text")).to_contain_text("<script>alert(3)</script>")
        path = urlsplit(page.url).path
        views = [f"{path}?view={view}" for view in ("text", "assignments", "targets", "ties", "summary")]
        for view in (*views, "/?q=danh sách&summary=1&why=1", f"{path}/nearby?start=300", "/documents?sort=title"):
            page.goto(view)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, view
            assert page.locator("main script, main img, main b[onclick]").count() == 0, view
        assert dialogs == complaints == []


def test_pages_of_the_sample_are_light(client: httpx.Client) -> None:
    for card in cards(client)[::5]:
        for view in ("text", "assignments", "targets", "ties", "summary"):
            assert len(client.get(f"/documents/{card['id']}", params={"view": view}).content) <= 120_000, card["source"]
    assert len(client.get("/documents").content) <= 120_000
