"""How a question is understood: marks restored and undone, operators, filters suggested, slips."""

from pathlib import Path

import httpx
import pytest

from api.answers.filters import Filters
from api.answers.search import search
from api.answers.suggestions import Suggestion
from corpus.encoder.registry import load_encoder
from corpus.errors import QueryError
from corpus.store.archive import Archive
from indexer.pipeline import index


def _numbers(archive: Archive, typed: str, filters: Filters | None = None, **options: bool) -> list[str | None]:
    return [hit.number for hit in search(archive, load_encoder(), typed, filters, limit=10, **options).hits]


def test_words_without_marks_find_what_marked_words_find(archive: Archive) -> None:
    marked = search(archive, load_encoder(), "mức độ hài lòng của người dân", limit=10)
    bare = search(archive, load_encoder(), "muc do hai long cua nguoi dan", limit=10)
    assert bare.question.restored == "mức độ hài lòng của người dân"
    # Not in quite the same order: syllables are searched without marks, which might have been put in wrongly.
    assert {(hit.document, hit.start) for hit in bare.hits} == {(hit.document, hit.start) for hit in marked.hits}
    assert marked.question.restored is None


def test_restoring_can_be_undone(archive: Archive) -> None:
    found = search(archive, load_encoder(), "muc do hai long", restore=False)
    assert found.question.restored is None
    assert found.question.unmarked
    assert found.hits


@pytest.mark.parametrize("phrase", ["bản tin cải cách hành chính", "ban tin cai cach hanh chinh"])
def test_a_phrase_has_to_stand_in_text_or_headings(archive: Archive, phrase: str) -> None:
    found = search(archive, load_encoder(), f'"{phrase}" phát hành', limit=None)
    assert found.hits
    for hit in found.hits:
        shown = " ".join((hit.title or "", *hit.headings, hit.text)).lower()
        assert "bản tin cải cách hành chính" in " ".join(shown.split())


def test_a_word_is_left_out(archive: Archive) -> None:
    with_word = search(archive, load_encoder(), "tuyên truyền bưu điện", limit=None).hits
    without = search(archive, load_encoder(), 'tuyên truyền -"bưu điện"', limit=None).hits
    assert any("bưu điện" in hit.text.lower() for hit in with_word)
    assert without
    assert not any("bưu điện" in " ".join(hit.text.lower().split()) for hit in without)


def test_a_word_of_titles_is_left_out(archive: Archive) -> None:
    found = search(archive, load_encoder(), 'tuyên truyền -"cải cách hành chính"', limit=None).hits
    assert found
    for hit in found:
        said = " ".join((hit.title or "", *hit.headings, hit.text)).lower()
        assert "cải cách hành chính" not in " ".join(said.split())


def test_fields_filter_as_the_options_do(archive: Archive) -> None:
    typed = _numbers(archive, 'cải cách hành chính tỉnh:"Sơn Khê" năm:2019')
    assert typed == _numbers(archive, "cải cách hành chính", Filters(2019, 2019, ("Sơn Khê",)))
    assert _numbers(archive, "cải cách hành chính năm:2019", Filters(provinces=("Sơn Khê",))) == typed
    assert _numbers(archive, "cải cách hành chính năm:2019 năm:2017") == []


def test_a_field_that_cannot_be_is_told(archive: Archive) -> None:
    with pytest.raises(QueryError, match="Sơn Khê"):
        search(archive, load_encoder(), 'cải cách tỉnh:"Sơn Khe Mới"')


def test_an_abbreviation_that_a_document_defines_is_searched_along(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    folder.mkdir()
    opening = "KẾ HOẠCH\nTrồng rừng\n\nI. NHIỆM VỤ\n\n1. "
    texts = (
        "Lập hồ sơ vườn ươm giống mẫu (VƯGM) tại ba xã vùng cao, giao tổ hợp tác trông coi.",
        "Các vườn ươm giống mẫu ghi sổ cây con mỗi tuần và báo trạm kiểm lâm.",
        "Sửa mái trường mầm non và đường vào bản trước mùa mưa.",
    )
    for at, text in enumerate(texts):
        (folder / f"{at}.txt").write_text(opening + text + "\n", encoding="utf-8")
    archive = Archive.create(tmp_path / "archive", load_encoder().spec)
    index(archive, [folder], workers=1)
    found = search(archive, load_encoder(), "sổ theo dõi VƯGM")
    assert found.question.expanded == ("vườn ươm giống mẫu",)
    assert "ghi sổ" in found.hits[0].text or "VƯGM" in found.hits[0].text
    assert search(archive, load_encoder(), "vưgm là gì").question.expanded == ()


def test_filters_are_suggested_not_applied(archive: Archive) -> None:
    found = search(archive, load_encoder(), "kế hoạch CCHC 2019 Sơn Khê", limit=None)
    assert Suggestion("year", "2019") in found.suggestions
    assert Suggestion("province", "Sơn Khê", ("Vĩnh Lam",)) in found.suggestions
    assert Suggestion("type", "Kế hoạch") in found.suggestions
    assert len({group.document.province for group in found.groups}) > 1
    chosen = search(archive, load_encoder(), "CCHC 2019 Sơn Khê", Filters(provinces=("Sơn Khê",)))
    assert all(suggestion.field != "province" for suggestion in chosen.suggestions)


def test_an_agency_is_told_with_its_successor(archive: Archive) -> None:
    found = search(archive, load_encoder(), "Sở Giao thông vận tải bảo trì đường")
    assert Suggestion("agency", "Sở Giao thông vận tải", ("Sở Xây dựng",)) in found.suggestions


def test_slips_are_offered_not_replaced(archive: Archive) -> None:
    found = search(archive, load_encoder(), "cải cáhc hành chính")
    assert found.correction == "cải cách hành chính"
    assert found.question.typed == "cải cáhc hành chính"
    assert search(archive, load_encoder(), "cải cách hành chính").correction is None


def test_the_interface_says_how_it_understood(client: httpx.Client) -> None:
    answer = client.get("/api/v1/search", params={"q": "cai cach hanh chinh 2019"}).json()
    assert answer["restored"] == "cải cách hành chính 2019"
    assert {"field": "year", "value": "2019", "now": []} in answer["suggestions"]
    as_typed = client.get("/api/v1/search", params={"q": "cai cach hanh chinh", "as_typed": True}).json()
    assert as_typed["restored"] is None


def test_the_page_shows_it_and_leads_back(client: httpx.Client) -> None:
    page = client.get("/", params={"q": "cai cach hanh chinh Son Khe"}).text
    assert "cải cách hành chính Sơn Khê" in page
    assert "as_typed=1" in page
    assert "province=S%C6%A1n+Kh%C3%AA" in page
    as_typed = client.get("/", params={"q": "cai cach hanh chinh", "as_typed": "1"}).text
    assert "Đã thêm dấu" not in as_typed
    assert "Thêm dấu vào những chữ" in as_typed
