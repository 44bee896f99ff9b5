"""Document numbers, and the type that a symbol tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.doctypes import type_named, type_names, type_of_symbol
from corpus.language.numbers import find_numbers, number_key, symbol_of


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Số: 59 /KH-UBND", ["59/KH-UBND"]),
        ("số 12/QĐ- UBND ngày 3/4/2020", ["12/QĐ-UBND"]),
        ("Số 12-KH/TU", ["12-KH/TU"]),
        ("Nghị quyết 30c/NQ-CP, 202/2025/QH15 và 46-CT/TW.", ["30c/NQ-CP", "202/2025/QH15", "46-CT/TW"]),
        ("Công văn số 8935/BNV-CTTN&BĐG", ["8935/BNV-CTTN&BĐG"]),
        ("tại số 142/QĐ-TTg.Căn cứ", ["142/QĐ-TTg"]),
        ("theo Nghị quyết số 48/NQ-CP. II. MỤC TIÊU", ["48/NQ-CP"]),
        ("số\n36/2025/QĐ-CTUBND", ["36/2025/QĐ-CTUBND"]),
        ("Quyết định số 12/QĐ–UBND", ["12/QĐ-UBND"]),
        ("số 92/2017/NĐCP", ["92/2017/NĐCP"]),
        ("số92/2017/NĐ-CP và số __165/2024/NĐ-CP__", ["92/2017/NĐ-CP", "165/2024/NĐ-CP"]),
        ("số 255/2025-NĐ-CP, 49/2025TT-BCT", ["255/2025-NĐ-CP", "49/2025TT-BCT"]),
        ("nghị định 30/2020/nđ-cp", ["30/2020/nđ-cp"]),
        ("từ tháng 10/2025 UBND tỉnh, năm 2021/2022", []),
        ("trong 24-48 giờ, tỷ lệ 4/100.000, ngày 3/4/2020, 02 lần/tuần", []),
        ("1.446.000 đồng/ha/năm", []),
    ],
)
def test_finds_numbers_and_nothing_else(text: str, numbers: list[str]) -> None:
    assert [found.number for found in find_numbers(text)] == numbers


@pytest.mark.parametrize(
    ("number", "symbol", "name"),
    [
        ("59/KH-UBND", "KH-UBND", "Kế hoạch"),
        ("36/2025/QĐ-CTUBND", "QĐ-CTUBND", "Quyết định"),
        ("12-KH/TU", "KH/TU", "Kế hoạch"),
        ("12-CTr/TU", "CTr/TU", "Chương trình"),
        ("22/2025/NQ-HĐND", "NQ-HĐND", "Nghị quyết"),
        ("30/2020/NĐ-CP", "NĐ-CP", "Nghị định"),
        ("4240/UBND-VX", "UBND-VX", None),
    ],
)
def test_symbol_and_type(number: str, symbol: str, name: str | None) -> None:
    assert symbol_of(number) == symbol
    assert type_of_symbol(symbol) == name


def test_types_are_known_in_any_case() -> None:
    assert type_named("KẾ  HOẠCH") == "Kế hoạch"
    assert type_named("quyết định") == "Quyết định"
    assert type_named("Thơ") is None
    assert len(set(type_names())) == len(type_names())


@pytest.mark.parametrize(
    "variant",
    [
        "92/2017/NĐ-CP",
        "092/2017/NĐ- CP",
        "92 /2017/nđ-cp",
        "92/2017/NĐCP",
        "92/2017-NĐ-CP",
        "92/2017NĐ-CP",
        "92/2017/ND-CP",
    ],
)
def test_variants_of_a_number_have_one_key(variant: str) -> None:
    assert number_key(variant) == "92/2017/nd-cp"


def test_numbers_of_government_and_party_have_two_keys() -> None:
    assert number_key("19/NQ-CP") != number_key("19-NQ/TW")
    assert number_key("9/TT-SNV") != number_key("9/TTr-SNV")


@given(st.integers(1, 99999), st.sampled_from(["KH", "QĐ", "CTr", "BC"]), st.sampled_from(["UBND", "SNV", "HĐND"]))
def test_every_number_is_read_back(number: int, kind: str, body: str) -> None:
    text = f"theo văn bản số {number} / {kind} - {body}, ngày"
    assert [found.number for found in find_numbers(text)] == [f"{number}/{kind}-{body}"]


@given(st.text(max_size=200))
def test_spans_lie_in_the_text(text: str) -> None:
    for found in find_numbers(text):
        assert 0 <= found.start < found.end <= len(text)
        assert symbol_of(found.number)
