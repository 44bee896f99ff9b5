"""Indices by all their names, and one key for what measures the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.indicators import indicator_key, indicator_named, indicators


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Chỉ số cải cách hành chính (PAR INDEX)", "par-index"),
        ("PARI của tỉnh", "par-index"),
        ("Par-Index", "par-index"),
        ("Chỉ số CCHC của tỉnh", "par-index"),
        ("SIPAS", "sipas"),
        ("Mức độ hài lòng của người dân, tổ chức đối với sự phục vụ của cơ quan hành chính nhà nước", "sipas"),
        ("Chỉ số hài lòng của người dân", "sipas"),
        ("Chỉ số hiệu quả quản trị và hành chính công cấp tỉnh", "papi"),
        ("chỉ số PAPI của tỉnh", "papi"),
        ("Chỉ số năng lực cạnh tranh cấp tỉnh (PCI)", "pci"),
        ("Chỉ số năng lực cạnh tranh cấp sở, ngành và huyện (DDCI)", "ddci"),
        ("Chỉ số xanh cấp tỉnh (PGI)", "pgi"),
        ("Chỉ số chuyển đổi số (DTI)", "dti"),
        ("Vietnam ICT Index", "ict-index"),
        ("Chỉ số công khai ngân sách tỉnh (POBI)", "pobi"),
    ],
)
def test_every_spelling_of_an_index_has_its_key(words: str, key: str) -> None:
    assert indicator_key(words) == key
    named = indicator_named(words)
    assert named is not None
    assert named.source


@pytest.mark.parametrize(
    "same",
    [
        ("Tỷ lệ hồ sơ nộp trực tuyến", "hồ sơ thủ tục hành chính được tiếp nhận trực tuyến", "Hồ sơ nộp qua mạng"),
        ("Tỷ lệ hồ sơ giải quyết đúng hạn", "hồ sơ được giải quyết trước hoặc đúng hạn ở cấp xã"),
        ("Kinh tế số", "Tỷ trọng kinh tế số trong GRDP"),
        ("Tỷ lệ che phủ rừng năm 2020 của tỉnh Quảng Nam", "Tỷ lệ che phủ rừng đến năm 2025", "Che phủ rừng"),
    ],
)
def test_one_key_across_years_and_provinces(same: tuple[str, ...]) -> None:
    assert len({indicator_key(words) for words in same}) == 1


def test_different_measures_differ() -> None:
    apart = [
        "Tỷ lệ hồ sơ nộp trực tuyến",
        "Tỷ lệ hồ sơ trực tuyến toàn trình",
        "Tỷ lệ hồ sơ thanh toán trực tuyến",
        "Tỷ lệ hồ sơ trễ hạn",
        "Tỷ lệ hồ sơ đúng hạn",
        "Tỷ lệ hộ nghèo",
        "Tỷ lệ che phủ rừng",
    ]
    assert len({indicator_key(words) for words in apart}) == len(apart)


def test_register_has_no_key_twice_and_every_name_finds_itself() -> None:
    keys = [indicator.key for indicator in indicators()]
    assert len(keys) == len(set(keys))
    assert [indicator_key(indicator.name) for indicator in indicators()] == keys


@given(st.text(max_size=60))
def test_key_of_any_words_is_stable(words: str) -> None:
    assert indicator_key(words) == indicator_key(f"  {words}\n")
