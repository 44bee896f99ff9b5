"""What a recurring plan repeats year after year is one hit: the newest, with the other years named."""

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.answers.filters import Filters
from api.answers.folding import ALIKE, groups
from api.answers.search import search
from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive
from indexer.pipeline import index

PLAN = """ỦY BAN NHÂN DÂN
TỈNH SƠN KHÊ

Số: {number}/KH-UBND
Sơn Khê, ngày 15 tháng 01 năm {year}

KẾ HOẠCH
Trồng cây gây rừng năm {year}

I. NHIỆM VỤ
1. Sở Nông nghiệp Mẫu chủ trì trồng {trees} cây phân tán dọc đường liên xã, ven kênh và trong sân trường, chăm cây
trong ba năm đầu, trồng lại cây chết trước mùa mưa và báo số cây sống về tỉnh trong tháng 12 năm {year}.
2. {own}
"""
OWN = {
    2017: "Hạt kiểm lâm mở lớp ươm giống keo lai cho thanh niên ba bản vùng cao, phát sổ tay và dụng cụ làm bầu đất.",
    2018: "Các trường học đăng ký vườn ươm nhỏ, mỗi trường hai luống, học sinh tưới nước theo lịch trực của từng lớp.",
    2019: "Hội nông dân vận động từng hộ ven suối đổi đất lúa hay ngập lấy tre chắn sóng, tỉnh trả tiền giống một lần.",
}


@pytest.fixture(scope="module")
def yearly(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Three plans of three years that share their first task and differ in their second."""
    folder = tmp_path_factory.mktemp("plans")
    for year, own in OWN.items():
        text = PLAN.format(number=year - 2000, year=year, trees=1000 + year, own=own)
        (folder / f"{year}.txt").write_text(text, encoding="utf-8")
    archive = Archive.create(tmp_path_factory.mktemp("archive"), load_encoder().spec)
    index(archive, [folder], workers=1)
    return archive


def test_the_newest_year_stands_for_all_and_names_them(yearly: Archive) -> None:
    found = search(yearly, load_encoder(), "trồng cây phân tán dọc đường liên xã")
    (hit,) = [hit for hit in found.hits if "cây phân tán" in hit.text]
    assert "2019" in hit.text
    assert [(also.number, also.year) for also in hit.also] == [("18/KH-UBND", 2018), ("17/KH-UBND", 2017)]
    assert hit.score == max(each.score for each in found.hits)


def test_what_differs_stays_apart(yearly: Archive) -> None:
    found = search(yearly, load_encoder(), "ươm giống, vườn ươm, tre chắn sóng")
    assert sum("luống" in hit.text or "keo lai" in hit.text or "tre chắn" in hit.text for hit in found.hits) == 3
    assert all(not hit.also for hit in found.hits if "luống" in hit.text)


def test_a_year_that_is_asked_for_is_not_hidden_behind_another(yearly: Archive) -> None:
    found = search(yearly, load_encoder(), "trồng cây phân tán", Filters(year_from=2017, year_to=2017))
    assert [hit.number for hit in found.hits if "cây phân tán" in hit.text] == ["17/KH-UBND"]


def test_pages_of_folded_hits_neither_repeat_nor_lose(yearly: Archive) -> None:
    encoder = load_encoder()
    whole = search(yearly, encoder, "trồng cây", limit=None).hits
    pages = [search(yearly, encoder, "trồng cây", limit=2, offset=offset).hits for offset in range(0, len(whole), 2)]
    assert [hit.start for page in pages for hit in page] == [hit.start for hit in whole]
    unfolded = search(yearly, encoder, "trồng cây", limit=None, folded=False).hits
    assert len(unfolded) == len(whole) + sum(len(hit.also) for hit in whole)


def test_letterheads_are_not_folded(yearly: Archive) -> None:
    found = search(yearly, load_encoder(), "kế hoạch trồng cây gây rừng tỉnh Sơn Khê", limit=None)
    heads = [hit for hit in found.hits if "ỦY BAN NHÂN DÂN" in hit.text]
    assert {hit.number for hit in heads} == {"17/KH-UBND", "18/KH-UBND", "19/KH-UBND"}


def test_groups_are_those_alike() -> None:
    base = "sở nội vụ chủ trì tổ chức hội nghị tổng kết công tác cải cách hành chính năm 2018 trong tháng 12"
    texts = {
        1: base,
        2: base.replace("2018", "2019"),
        3: "sở y tế kiểm tra an toàn thực phẩm tại bếp ăn của các trường học trên địa bàn tỉnh",
        4: "quá ngắn",
        5: "quá ngắn",
    }
    assert groups(texts) == [[1, 2]]
    assert groups({}) == groups({4: "quá ngắn"}) == []


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.sub(r"\d+", "0", text.lower()).replace("_", " ").split()
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)} if len(words) >= 12 else set()


@given(st.lists(st.lists(st.sampled_from(["rừng", "Rừng", "cây_xanh", "7", "12", "ngập"]), max_size=20), max_size=8))
def test_alike_are_those_that_share_most_runs_of_three_words(drawn: list[list[str]]) -> None:
    texts = {10 + place: " ".join(words) for place, words in enumerate(drawn)}
    together = {passage: group for group in groups(texts) for passage in group}
    for one, other in combinations(texts, 2):
        mine, theirs = _runs(texts[one]), _runs(texts[other])
        if mine and theirs and len(mine & theirs) >= ALIKE * len(mine | theirs):
            assert other in together[one]
        elif together.get(one) == [one, other]:
            raise AssertionError(texts[one], texts[other])
