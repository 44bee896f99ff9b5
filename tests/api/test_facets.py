"""What matches is counted, and counts add up; what stands around a passage; completion while typing."""

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.answers.completion import completions
from api.answers.documents import DocumentCard
from api.answers.facets import facets
from api.answers.filters import Filters
from api.answers.nearby import nearby
from api.answers.search import search
from corpus.encoder.registry import load_encoder
from corpus.errors import QueryError
from corpus.language.normalise import fold
from corpus.store.archive import Archive

QUESTIONS = ("cải cách hành chính", "phan mem mot cua dien tu", "SIPAS", '"một cửa" -báo', "bão lũ năm:2019", "zzz qqq")


@pytest.mark.parametrize("typed", QUESTIONS)
def test_counts_add_up(archive: Archive, typed: str) -> None:
    found = facets(archive, typed)
    for values in (found.year, found.province, found.province_today, found.type, found.issuer, found.quality):
        assert sum(each.count for each in values) == found.total
    assert [each.value or "" for each in found.year] == sorted(each.value or "" for each in found.year)


@pytest.mark.parametrize("typed", QUESTIONS)
def test_a_filter_and_its_complement_part_what_matches(archive: Archive, typed: str) -> None:
    whole = facets(archive, typed)
    for province in ("Vĩnh Lam", "Sơn Khê"):
        counted = {each.value: each.count for each in whole.province}
        assert facets(archive, typed, Filters(provinces=(province,))).total == counted.get(province, 0)
    before, after = facets(archive, typed, Filters(types=("Kế hoạch",))), facets(archive, typed)
    others = tuple(each.value for each in after.type if each.value and each.value != "Kế hoạch")
    rest = facets(archive, typed, Filters(types=others)).total if others else 0
    assert before.total + rest == whole.total


def test_every_counted_passage_can_be_found(archive: Archive) -> None:
    found = search(archive, load_encoder(), "SIPAS", limit=None, folded=False)
    with_word = [hit for hit in found.hits if "sipas" in " ".join((hit.title or "", *hit.headings, hit.text)).lower()]
    assert len(with_word) == facets(archive, "SIPAS").total


def test_merged_provinces_count_together_today(archive: Archive) -> None:
    found = facets(archive, "cải cách hành chính")
    assert {each.value for each in found.province} == {"Vĩnh Lam", "Sơn Khê"}
    assert [(each.value, each.count) for each in found.province_today] == [("Vĩnh Lam", found.total)]


def test_lead_agencies_go_by_their_names_in_the_register(archive: Archive) -> None:
    names = {each.value for each in facets(archive, "phần mềm một cửa điện tử").lead}
    assert {"Sở Thông tin và Truyền thông", "Văn phòng Ủy ban nhân dân tỉnh"} <= names
    assert "Văn phòng UBND tỉnh" not in names


@given(typed=st.text(max_size=80))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_answered_or_refused(archive: Archive, typed: str) -> None:
    try:
        found = search(archive, load_encoder(), typed, limit=5)
    except QueryError:
        return
    assert facets(archive, typed).total >= 0
    for hit in found.hits:
        assert all(0 <= start < end <= len(hit.text) for start, end in hit.highlights)
        assert 0.0 <= hit.score <= 2.0


@given(typed=st.text('"-:()*?&%/ .tỉnhnăm0189abcđ\u0301\u00ad\ufeff\x00😀', max_size=40) | st.text(max_size=40))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_over_http_is_answered_or_refused(client: httpx.Client, typed: str) -> None:
    for path in ("search", "facets", "complete"):
        answer = client.get(f"/api/v1/{path}", params={"q": typed.encode("utf-8", "surrogatepass"), "limit": 3})
        assert answer.status_code in {200, 400}
        assert answer.status_code == 200 or answer.json()["code"].startswith(("query-", "year-", "province-", "type-"))


WORDS = ('"một cửa điện tử"', "kinh phí", '"phần mềm"', '"Sở Nội vụ"', '"nước sạch"', '"hồ chứa"', '"hài lòng" -báo')


@given(typed=st.sampled_from(WORDS), by=st.sampled_from(["province", "type", "issued_on", "id"]), data=st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_filter_and_its_complement_part_the_hits(archive: Archive, typed: str, by: str, data: st.DataObject) -> None:
    def found(filters: Filters) -> dict[tuple[str, int], DocumentCard]:
        answer = search(archive, load_encoder(), typed, filters, limit=None, folded=False, mode="lexical")
        cards = {group.document.id: group.document for group in answer.groups}
        return {(hit.document, hit.start): cards[hit.document] for hit in answer.hits}

    whole = found(Filters())
    assert 0 < len(whole) < 300, "as many as either arm offers: what is beyond would come in with a filter"
    values = sorted({str(getattr(card, by)) for card in whole.values() if getattr(card, by)})
    chosen = tuple(data.draw(st.lists(st.sampled_from(values), unique=True)))
    others = tuple(value for value in values if value not in chosen)
    rest = {place for place, card in whole.items() if not getattr(card, by)}

    def within(some: tuple[str, ...]) -> set[tuple[str, int]]:
        if by == "issued_on":
            wanted = [card.id for card in whole.values() if str(card.issued_on) in some]
            return set(found(Filters(documents=tuple(wanted))))
        name = {"province": "provinces", "type": "types", "id": "documents"}[by]
        return set(found(Filters(**{name: some}))) if some else set()

    assert within(chosen) | within(others) | rest == set(whole)
    assert not within(chosen) & within(others)
    assert within(chosen) == {place for place, card in whole.items() if str(getattr(card, by)) in chosen}


def test_a_hit_says_why_it_stands_there(archive: Archive) -> None:
    found = search(archive, load_encoder(), "mức độ hài lòng của người dân", explain=True)
    for hit in found.hits:
        why = hit.reasons
        assert why is not None
        total = (why.lexical_share + why.dense_share) * why.weight + why.asked_for
        assert hit.score == pytest.approx(total, abs=1e-3)
    assert search(archive, load_encoder(), "hài lòng").hits[0].reasons is None


def test_hits_by_date(archive: Archive) -> None:
    newest = search(archive, load_encoder(), "cải cách hành chính", order="newest", folded=False)
    oldest = search(archive, load_encoder(), "cải cách hành chính", order="oldest", folded=False)
    days = [group.document.issued_on for group in newest.groups if group.document.issued_on]
    assert days == sorted(days, reverse=True)
    days = [group.document.issued_on for group in oldest.groups if group.document.issued_on]
    assert days == sorted(days)


def test_neighbours_and_similar_passages(archive: Archive) -> None:
    hit = search(archive, load_encoder(), "duy trì phần mềm một cửa điện tử").hits[0]
    around = nearby(archive, hit.document, hit.start)
    assert around.passage.text == hit.text
    assert around.before is None or around.before.end <= hit.start
    assert around.after is None or around.after.start >= hit.end
    assert all(each.document.id != hit.document for each in around.similar)
    assert any("một cửa" in " ".join(each.text.split()) for each in around.similar[:3])
    scores = [each.score or 0.0 for each in around.similar]
    assert scores == sorted(scores, reverse=True)
    inside = nearby(archive, hit.document, hit.end - 1)
    assert inside.passage == around.passage
    with pytest.raises(QueryError):
        nearby(archive, hit.document, 10_000_000)


@pytest.mark.parametrize("typed", ["sở nội", "so noi", "SỞ  NỘI", "Cai cach hanh"])
def test_completion_goes_on_from_what_is_typed(archive: Archive, typed: str) -> None:
    offered = completions(archive, typed)
    assert offered
    wanted = fold(" ".join(typed.split()))
    assert all(f" {wanted}" in f" {fold(each)}" for each in offered)
    assert len({fold(each) for each in offered}) == len(offered)


def test_completion_needs_something_to_go_on_from(archive: Archive) -> None:
    assert completions(archive, "s") == ()
    assert completions(archive, "zzzz") == ()


def test_over_http(client: httpx.Client) -> None:
    counted = client.get("/api/v1/facets", params={"q": "cai cach hanh chinh", "province": "Sơn Khê"}).json()
    assert [each["value"] for each in counted["province"]] == ["Sơn Khê"]
    assert "Sở Nội vụ" in client.get("/api/v1/complete", params={"q": "so noi"}).json()
    hit = client.get("/api/v1/search", params={"q": "một cửa", "explain": True, "sort": "newest"}).json()["hits"][0]
    assert hit["reasons"]["weight"] > 0
    around = client.get("/api/v1/nearby", params={"document": hit["document"], "start": hit["start"]}).json()
    assert around["passage"]["start"] == hit["start"]
    missing = client.get("/api/v1/nearby", params={"document": hit["document"], "start": 99_999_999})
    assert missing.status_code == 404
    assert missing.json()["code"] == "passage-unknown"
