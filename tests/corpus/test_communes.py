"""What communes of before 1 July 2025 became."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.communes import CommuneToday, Fate, today_commune


def test_a_merged_ward_names_the_new_one_and_its_province() -> None:
    expected = CommuneToday(Fate.MERGED, ("Phường Hồng Hà",), "Hà Nội")
    assert today_commune("Phường Phúc Xá", "Quận Ba Đình", "Hà Nội") == expected
    assert today_commune("phuong phuc xa", "Ba Đình", "TP. Hà Nội") == expected
    assert today_commune("P. Phúc Xá", "Q. Ba Đình", "thành phố Hà Nội") == expected
    assert today_commune("Phúc Xá", "", "Hà Nội") == expected


def test_a_commune_of_a_merged_province_is_found_under_both_names() -> None:
    for province in ("Bình Phước", "Đồng Nai"):
        found = today_commune("Xã Đắk Ơ", "", province)
        assert found.province == "Đồng Nai"
        assert found.communes == ("Xã Đăk Ơ",)
    assert today_commune("Phường Vĩnh Ninh", "", "Thừa Thiên Huế").province == "Huế"


def test_a_divided_commune_names_all_its_successors() -> None:
    found = today_commune("Xã Thạnh Quới", "Vĩnh Thạnh", "Cần Thơ")
    assert found.fate is Fate.DIVIDED
    assert found.communes == ("Xã Thạnh Quới", "Xã Gia Hòa")


def test_numbered_wards_do_not_depend_on_noughts() -> None:
    assert today_commune("Phường 1", "Quận 3", "TPHCM") == today_commune("Phường 01", "Quận 3", "Hồ Chí Minh")
    assert today_commune("Phường 1", "Quận 3", "TPHCM").communes


def test_marks_tell_two_communes_apart_where_they_are_written() -> None:
    marked = today_commune("xã Tân Thạnh")
    unmarked = today_commune("xa tan thanh")
    assert marked.fate is unmarked.fate is Fate.AMBIGUOUS
    assert set(marked.communes) < set(unmarked.communes)
    assert "Huyện Thới Lai" in marked.districts
    assert today_commune("xã Tân Thạnh", "Thới Lai").fate is Fate.DIVIDED


def test_a_commune_of_today_is_known_as_such() -> None:
    assert today_commune("Phường Ba Đình", "", "Hà Nội") == CommuneToday(Fate.PRESENT, ("Phường Ba Đình",), "Hà Nội")


@pytest.mark.parametrize(
    ("name", "district", "province"),
    [
        ("", "", ""),
        ("xã", "", ""),
        ("Xã Không Có", "", "Hà Nội"),
        ("Phường Phúc Xá", "Quận Lạ", "Hà Nội"),
        ("Phường Phúc Xá", "", "Atlantis"),
        ("Xã Phúc Xá", "", "Hà Nội"),
    ],
)
def test_what_is_not_known_is_said_to_be_unknown(name: str, district: str, province: str) -> None:
    assert today_commune(name, district, province) == CommuneToday(Fate.UNKNOWN)


def test_the_table_comes_without_its_package() -> None:
    before = "torch" in sys.modules
    today_commune("Phường Ba Đình")
    assert ("torch" in sys.modules) == before


@given(st.text(max_size=30), st.text(max_size=10), st.sampled_from(["", "Hà Nội", "Huế", "x"]))
def test_any_name_gets_an_answer(name: str, district: str, province: str) -> None:
    answer = today_commune(name, district, province)
    assert (answer.fate is Fate.UNKNOWN) == (not answer.communes)
