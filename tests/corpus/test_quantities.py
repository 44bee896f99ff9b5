"""Numbers with a unit, their sense, and the numbers that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.quantities import find_quantities, parse_number


@pytest.mark.parametrize(
    ("text", "comparator", "value", "high", "unit"),
    [
        ("phấn đấu tối thiểu 90 % hồ sơ", ">=", 90, None, "%"),
        ("đạt trên 80%", ">", 80, None, "%"),
        ("đạt 100%", "=", 100, None, "%"),
        ("30 - 40 % số hộ", "range", 30, 40, "%"),
        ("từ 30% đến 40% số hộ", "range", 30, 40, "%"),
        ("1%-1,5%", "range", 1, 1.5, "%"),
        ("giảm xuống dưới 5%", "<", 5, None, "%"),
        ("đạt từ 90% trở lên", ">=", 90, None, "%"),
        ("không quá 30 phút", "<=", 30, None, "phút"),
        ("không để hệ thống dừng quá 04 giờ", "<=", 4, None, "giờ"),
        ("trong 24-48 giờ", "range", 24, 48, "giờ"),
        ("trong vòng 15 phút", "<=", 15, None, "phút"),
        ("02 hội nghị đối thoại", "=", 2, None, "hội nghị"),
        ("ít nhất 02 lần/tuần", ">=", 2, None, "lần/tuần"),
        ("1.500 tỷ đồng", "=", 1500, None, "tỷ đồng"),
        ("8,95 tỷ USD", "=", 8.95, None, "tỷ USD"),
        ("91 triệu đồng/người/năm", "=", 91, None, "triệu đồng/người/năm"),
        ("1,9 triệu hồ sơ được chuyển", "=", 1.9, None, "triệu hồ sơ"),
        ("11 cơ sở dữ liệu chuyên ngành", "=", 11, None, "cơ sở dữ liệu"),
        ("giảm từ 82% xuống 55% vào năm 2025", "=", 55, None, "%"),
        ("rút từ 02 ngày xuống còn 01 ngày làm việc", "=", 1, None, "ngày làm việc"),
        ("sửa mặt đường 96 km", "=", 96, None, "km"),
        ("mở rộng đến 40 xã, phường", "=", 40, None, "xã, phường"),
        ("25/30 xã đạt chuẩn", "=", 25, None, "xã"),
    ],
)
def test_reads_a_quantity(text: str, comparator: str, value: float, high: float | None, unit: str) -> None:
    (found,) = find_quantities(text)
    assert (found.comparator, found.value, found.high, found.unit) == (comparator, value, high, unit)


@pytest.mark.parametrize(
    "text",
    [
        "Quyết định số 12/QĐ-UBND ngày 05/3/2019 theo Điều 5 và khoản 2",
        "trực tuyến mức độ 3, 4 cho các sở",
        "trẻ em từ 06 tháng đến 36 tháng tuổi và người từ 15 tuổi trở lên",
        "chính quyền địa phương 02 cấp",
        "trong 6 tháng đầu năm 2019 và quý II",
        "phủ sóng 5G, tiêu chuẩn ISO 9001:2015",
        "doanh nghiệp nhà nước nắm 100% vốn điều lệ",
    ],
)
def test_numbers_that_are_no_quantities(text: str) -> None:
    assert find_quantities(text) == []


@pytest.mark.parametrize(
    ("digits", "value"), [("1.500", 1500), ("99,5", 99.5), ("1.364.329,24", 1364329.24), ("02", 2)]
)
def test_vietnamese_numbers(digits: str, value: float) -> None:
    assert parse_number(digits) == value


@given(st.integers(1, 10**9))
def test_thousands_are_read_back(number: int) -> None:
    assert parse_number(f"{number:,}".replace(",", ".")) == number


@given(st.text(alphabet="0123456789.,%-/ từ đến trên dưới ít nhất hội nghị % ngày lần", max_size=80))
def test_any_text_gives_spans_in_order(text: str) -> None:
    quantities = find_quantities(text)
    for before, quantity in zip([None, *quantities], quantities, strict=False):
        assert 0 <= quantity.start <= quantity.number < quantity.end <= len(text)
        assert before is None or before.number < quantity.number
        assert (quantity.high is not None) == (quantity.comparator == "range")
