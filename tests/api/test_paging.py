"""Pages of hits that neither repeat nor lose a hit while documents come."""

import json
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.answers.filters import Filters
from api.answers.paging import LONGEST, Before, read_token
from api.answers.ranking import Mode
from api.answers.search import Order, search
from api.http import create_app
from corpus.encoder.registry import load_encoder
from corpus.errors import QueryError
from corpus.store.archive import Archive
from indexer.prepare import prepare, recipe
from tests.commands import tienle

PLAN = """ỦY BAN NHÂN DÂN
TỈNH SƠN KHÊ

Số: {number}/KH-UBND
Sơn Khê, ngày {day} tháng 3 năm 2018

KẾ HOẠCH
{title}

I. NHIỆM VỤ
1. {first}
2. {second}
"""
WORK = ("ươm giống keo", "đào giếng khoan", "sửa đập tràn", "mở lớp xóa mù chữ", "tiêm phòng trâu bò", "làm cầu treo")
PLACES = ("bản Nà Lốc", "xã Mường Thải", "xã Huổi Sản", "bản Phiêng Ban", "thị trấn Khe Trầm")


def _plan(number: int) -> str:
    work, place = WORK[number % len(WORK)], PLACES[number % len(PLACES)]
    return PLAN.format(
        number=number,
        day=number % 28 + 1,
        title=f"{work.capitalize()} tại {place} đợt {number}",
        first=f"Phòng kinh tế huyện {work} ở {place}, giao đủ {7 * number} suất vật tư cho hộ nghèo trước vụ mưa.",
        second=f"Hội phụ nữ {place} nhận {number + 3} hộ nghèo để kèm cặp, mỗi tháng họp một buổi ở nhà văn hóa.",
    )


Grow = Callable[[int], None]


@pytest.fixture
def growing(tmp_path: Path) -> tuple[Archive, Grow]:
    """An archive of twenty plans, and what adds so many more to it."""
    encoder = load_encoder()
    numbers = count(1)
    archive = Archive.create(tmp_path / "archive", encoder.spec)

    def grow(plans: int) -> None:
        with archive.writing():
            for number in (next(numbers) for _ in range(plans)):
                data = _plan(number).encode()
                path = Path(f"{number}.txt")
                archive.commit(prepare(path, data, sha256(data).hexdigest(), encoder, archive.places), recipe(encoder))
            archive.sync()

    grow(20)
    return archive, grow


QUESTION = "giao vật tư cho hộ nghèo, đào giếng"


@pytest.mark.parametrize(
    ("mode", "order", "filters"),
    [
        ("hybrid", "relevance", Filters()),
        ("lexical", "relevance", Filters(provinces=("Sơn Khê",))),
        ("dense", "relevance", Filters(types=("Kế hoạch",))),
        ("hybrid", "newest", Filters()),
    ],
)
def test_pages_go_on_while_documents_come(
    growing: tuple[Archive, Grow], mode: Mode, order: Order, filters: Filters
) -> None:
    archive, grow = growing
    encoder = load_encoder()

    def page(after: str | None, limit: int | None = 7) -> tuple[list[tuple[str, int]], str | None]:
        found = search(
            archive, encoder, QUESTION, filters, limit=limit, mode=mode, order=order, folded=False, after=after
        )
        assert found.more == (found.next is not None)
        return [(hit.document, hit.start) for hit in found.hits], found.next

    whole, _ = page(None, None)
    shown, after = page(None)
    assert shown == whole[:7]
    while after:
        grow(2)
        more, after = page(after)
        assert 0 < len(more) <= 7
        shown += more
    assert len(set(shown)) == len(shown)
    assert set(shown) == set(whole)
    newer, _ = page(None, None)
    assert set(newer) > set(whole)


def test_a_page_of_folded_hits_goes_on_too(growing: tuple[Archive, Grow]) -> None:
    archive, grow = growing
    whole = search(archive, load_encoder(), QUESTION, limit=None)
    held = [(hit.document, hit.start) for hit in whole.hits]
    first = search(archive, load_encoder(), QUESTION, limit=5)
    grow(3)
    second = search(archive, load_encoder(), QUESTION, limit=200, after=first.next)
    assert not {(hit.document, hit.start) for hit in first.hits} & {(hit.document, hit.start) for hit in second.hits}
    assert {(hit.document, hit.start) for found in (first, second) for hit in found.hits} == set(held)


def test_over_http_and_on_the_command_line(growing: tuple[Archive, Grow]) -> None:
    archive, grow = growing
    command = partial(tienle, "search", QUESTION, archive=archive.directory)
    with TestClient(create_app(archive.directory), base_url="http://127.0.0.1") as client:
        asked = {"q": QUESTION, "limit": 6}
        first = client.get("/api/v1/search", params=asked).json()
        assert f"--after {first['next']}\n" in command("--limit", "6").stderr
        grow(2)
        second = client.get("/api/v1/search", params={**asked, "after": first["next"]}).json()
        again = command("--limit", "6", "--json", "--after", first["next"])
        wrong = client.get("/api/v1/search", params={**asked, "after": "???"})
    assert json.loads(again.stdout) == second["hits"]
    places = [(hit["document"], hit["start"]) for answer in (first, second) for hit in answer["hits"]]
    assert len(set(places)) == len(places) == 12
    assert wrong.status_code == 400
    assert wrong.json()["code"] == "page-unknown"
    told = command("--after", "???")
    assert (told.returncode, told.stdout) == (2, "")


IDS = st.integers(1, 2**63 - 1)


@given(IDS, st.frozensets(IDS, max_size=50))
def test_a_token_says_what_was_shown(newest: int, passages: frozenset[int]) -> None:
    before = Before(newest, passages)
    assert read_token(before.token) == before
    assert before.token.isascii()


@given(st.text(max_size=40) | st.text("ABCabc012-_", max_size=40))
def test_any_text_is_a_token_or_told(token: str) -> None:
    try:
        before = read_token(token)
    except QueryError as error:
        assert error.code == "page-unknown"
    else:
        assert read_token(before.token) == before


def test_a_token_fits_into_an_address() -> None:
    assert len(Before(10**7, frozenset(range(500, 10**7, 1_000))).token) < LONGEST
    with pytest.raises(QueryError):
        read_token("B" * (LONGEST + 1))
