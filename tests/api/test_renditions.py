"""Renditions and text quality as a reader meets them: on the command line, in JSON and on the pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from lxml import html

from corpus.encoder.registry import load_encoder
from corpus.language.places import Places
from corpus.model import Quality, RecognisedWord
from corpus.store.archive import Archive
from indexer.prepare import entry_of
from indexer.reading import read_bytes
from indexer.structure import parse
from tests.commands import tienle

if TYPE_CHECKING:
    from tests.conftest import Serve

TASKS = "\n".join(
    f"{n}. Sở Nội vụ chủ trì kiểm tra cải cách hành chính tại {n + 20} xã, báo cáo trước ngày {n % 20 + 10} hằng tháng."
    for n in range(1, 25)
)
PLAN = f"""ỦY BAN NHÂN DÂN
TỈNH KHÁNH HÒA

Số: 17/KH-UBND

Khánh Hòa, ngày 05 tháng 01 năm 2018

KẾ HOẠCH
Cải cách hành chính năm 2018

I. NHIỆM VỤ
{TASKS}
"""
OTHER = PLAN.replace("17/KH", "90/KH").replace("2018", "2019").replace("Sở Nội vụ", "Sở Y tế")


def add(archive: Archive, name: str, text: str, quality: Quality, media_type: str = "text/plain") -> str:
    data = text.encode()
    archive.sources.keep(data)
    recognised = quality is Quality.RECOGNISED
    words = (RecognisedWord(0, 2, 1, (0.1, 0.1, 0.2, 0.2), 0.92),) if recognised else ()
    source = replace(read_bytes(data, ".txt"), quality=quality, words=words, media_type=media_type)
    entry = entry_of(name, sha256(data).hexdigest(), len(data), parse(source, Places.load()), load_encoder())
    with archive.writing():
        archive.commit(entry, "r1")
    return entry.document_id


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("renditions") / "archive"
    archive = Archive.create(folder, load_encoder().spec)
    add(archive, "in/17-kh.pdf", PLAN.replace("xã", "xa"), Quality.RECOGNISED, "application/pdf")
    add(archive, "in/17-kh.html", PLAN, Quality.NATIVE, "text/html")
    add(archive, "in/90-kh.pdf", OTHER, Quality.RECOGNISED, "application/pdf")
    archive.refresh()
    archive.close()
    return folder


@pytest.fixture(scope="module")
def client(folder: Path, serve: Serve) -> Iterator[httpx.Client]:
    with serve(folder) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


def listed(client: httpx.Client, **parameters: Any) -> list[dict[str, Any]]:
    return client.get("/api/v1/documents", params=parameters).json()["documents"]


def test_a_document_of_two_renditions_is_listed_and_counted_once(client: httpx.Client) -> None:
    assert [document["number"] for document in listed(client)] == ["90/KH-UBND", "17/KH-UBND"]
    assert client.get("/health").json()["documents"] == 2
    (document,) = listed(client, year="2018")
    assert [(each["path"], each["media_type"], each["quality"], each["best"]) for each in document["renditions"]] == [
        ("in/17-kh.html", "text/html", "native", True),
        ("in/17-kh.pdf", "application/pdf", "recognised", False),
    ]
    assert document["renditions"][1]["confidence"] == 0.92


def test_hits_come_from_the_best_rendition_only(client: httpx.Client) -> None:
    best = listed(client, year="2018")[0]["id"]
    for question in ("kiểm tra cải cách hành chính tại xã", "17/KH-UBND", "Sở Nội vụ"):
        hits = client.get("/api/v1/search", params={"q": question, "year": 2018}).json()["hits"]
        assert {hit["document"] for hit in hits} == {best}
        spans = [(hit["start"], hit["end"]) for hit in hits]
        assert len(spans) == len(set(spans)) > 0


@pytest.mark.parametrize(
    ("quality", "numbers"),
    [("native", {"17/KH-UBND"}), ("recognised", {"90/KH-UBND"}), ("mixed", set())],
)
def test_quality_narrows_documents_and_hits_at_every_door(
    client: httpx.Client, folder: Path, quality: str, numbers: set[str]
) -> None:
    assert {document["number"] for document in listed(client, quality=quality)} == numbers
    hits = client.get("/api/v1/search", params={"q": "kiểm tra", "quality": quality}).json()["hits"]
    assert {hit["number"] for hit in hits} == numbers
    page = html.fromstring(client.get("/documents", params={"quality": quality}).text)
    assert {number.text for number in page.xpath("//span[@class='number']")} == numbers
    assert page.xpath("//select[@name='quality']/option[@selected]/@value") == [quality]
    shown = json.loads(tienle("documents", "--json", "--quality", quality, archive=folder).stdout)
    assert {document["number"] for document in shown} == numbers


def test_quality_is_asked_for_in_vietnamese_too_and_an_unknown_one_is_told(folder: Path) -> None:
    shown = json.loads(tienle("search", "kiểm tra", "--json", "--quality", "nhận dạng", archive=folder).stdout)
    assert {hit["number"] for hit in shown} == {"90/KH-UBND"}
    said = tienle("documents", "--quality", "mờ", archive=folder).stderr
    assert "bản gốc" in said


def test_the_page_of_a_document_shows_quality_and_renditions(client: httpx.Client) -> None:
    document = listed(client, year="2018")[0]
    page = html.fromstring(client.get(f"/documents/{document['id']}").text)
    words = " ".join(page.text_content().split())
    assert "Các bản của văn bản này (2)" in words
    assert "PDF, nhận dạng (độ tin cậy trung bình 92 %)" in words
    (other,) = page.xpath("//details[@class='renditions']//a/@href")
    scan = html.fromstring(client.get(other).text)
    assert f"/documents/{document['id']}" in scan.xpath("//p[@class='rendition-of']/a/@href")
    assert client.get(f"{other}/source").content == PLAN.replace("xã", "xa").encode()


def test_show_prints_quality_and_renditions(folder: Path) -> None:
    said = tienle("show", "17/KH-UBND", archive=folder).stdout
    assert "Chất lượng chữ: bản gốc" in said
    assert "in/17-kh.pdf" in said
    assert "nhận dạng (độ tin cậy trung bình 92 %)" in said
    scan = json.loads(tienle("show", "17-kh.pdf", "--json", archive=folder).stdout)
    assert (scan["quality"], scan["confidence"]) == ("recognised", 0.92)
    assert scan["rendition_of"] == json.loads(tienle("show", "17-kh.html", "--json", archive=folder).stdout)["id"]
