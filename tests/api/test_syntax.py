"""Operators of a typed line are taken as such, and everything else stays plain words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.answers.syntax import Typed, take_apart


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("cải cách hành chính", Typed("cải cách hành chính")),
        ('"một cửa" điện tử', Typed("một cửa  điện tử", phrases=("một cửa",))),
        ("“một cửa”", Typed("một cửa", phrases=("một cửa",))),
        ("tuyên truyền -báo", Typed("tuyên truyền", excluded=("báo",))),
        ('tuyên truyền -"báo tỉnh"', Typed("tuyên truyền", excluded=("báo tỉnh",))),
        ("chỉ tiêu năm:2017..2020", Typed("chỉ tiêu", fields=(("year", "2017..2020"),))),
        ('chỉ tiêu tỉnh:"Khánh Hòa"', Typed("chỉ tiêu", fields=(("province", "Khánh Hòa"),))),
        ('cơ-quan:"Sở Nội vụ" LOẠI:"Kế hoạch"', Typed("", fields=(("agency", "Sở Nội vụ"), ("type", "Kế hoạch")))),
        # Plain text that only looks like operators.
        ("giai đoạn 2021 -2025", Typed("giai đoạn 2021 -2025")),
        ("- Sở Nội vụ", Typed("- Sở Nội vụ")),
        ("PAR-INDEX", Typed("PAR-INDEX")),
        ("Cơ quan chủ trì: Sở Nội vụ", Typed("Cơ quan chủ trì: Sở Nội vụ")),
        ("nơi nhận:tỉnh", Typed("nơi nhận:tỉnh")),
        ('thiếu " dấu', Typed("thiếu   dấu")),
        ("http://sonkhe.example", Typed("http://sonkhe.example")),
    ],
)
def test_a_line_is_taken_apart(typed: str, parts: Typed) -> None:
    assert take_apart(typed) == parts


@given(st.text(max_size=60))
def test_any_line_is_taken_apart(typed: str) -> None:
    parts = take_apart(typed)
    assert '"' not in parts.words
    assert all(any(map(str.isalnum, phrase)) for phrase in parts.phrases)
