"""Filters as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.answers.filters import Filters, read_filters
from corpus.errors import QueryError
from corpus.language.places import Places

PLACES = Places.load()
TYPES = ("Kế hoạch", "Quyết định")


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2018", 2018, 2018),
        ("2017..2020", 2017, 2020),
        ("2017-2020", 2017, 2020),
        ("2017..", 2017, None),
        ("..2020", None, 2020),
    ],
)
def test_years(typed: str, first: int | None, last: int | None) -> None:
    filters = read_filters(PLACES, TYPES, year=typed)
    assert (filters.year_from, filters.year_to) == (first, last)


@pytest.mark.parametrize("typed", ["0", "18", "2020..2017", "năm nay", "..", "99999", "2018.5", "-1"])
def test_a_year_that_cannot_be_is_told(typed: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_filters(PLACES, TYPES, year=typed)
    assert caught.value.code == "year-unknown"
    assert typed in caught.value.vi
    assert "2017..2020" in caught.value.vi


@given(st.text(max_size=12))
def test_any_year_text_is_read_or_told(typed: str) -> None:
    try:
        read_filters(PLACES, TYPES, year=typed)
    except QueryError as error:
        assert error.code == "year-unknown"


@pytest.mark.parametrize("typed", ["Khánh Hòa", "khanh hoa", "tỉnh Khánh Hoà", "KHÁNH HÒA"])
def test_provinces_however_typed(typed: str) -> None:
    assert read_filters(PLACES, TYPES, provinces=[typed]).provinces == ("Khánh Hòa",)


def test_an_unknown_province_suggests_near_names() -> None:
    with pytest.raises(QueryError) as caught:
        read_filters(PLACES, TYPES, provinces=["Khánh Hào"])
    assert caught.value.code == "province-unknown"
    assert "Khánh Hòa" in caught.value.vi


def test_a_province_of_today_stands_for_all_that_were_merged_into_it() -> None:
    as_issued = read_filters(PLACES, TYPES, provinces=["Ninh Thuận"]).provinces
    today = read_filters(PLACES, TYPES, provinces=["Ninh Thuận"], as_of_today=True).provinces
    assert as_issued == ("Ninh Thuận",)
    assert set(today) == {"Khánh Hòa", "Ninh Thuận"}


def test_types_however_typed_and_unknown_ones_told() -> None:
    assert read_filters(PLACES, TYPES, types=["ke hoach"]).types == ("Kế hoạch",)
    with pytest.raises(QueryError) as caught:
        read_filters(PLACES, TYPES, types=["Hợp đồng"])
    assert "Quyết định" in caught.value.vi


def test_nothing_typed_lets_everything_pass() -> None:
    assert read_filters(PLACES, TYPES, year=" ", provinces=[""], types=[""]) == Filters()
