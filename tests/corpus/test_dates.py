"""Dates and planned years as documents write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.dates import find_dates, planned_years


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Đắk Lắk, ngày 21\ntháng 11 năm 2025", date(2025, 11, 21)),
        ("ngày 18 tháng 11năm 2025", date(2025, 11, 18)),
        ("ngày l0 tháng O3 năm 2020", date(2020, 3, 10)),  # as a scan misreads it
        ("ngày 05/8/2025", date(2025, 8, 5)),
        ("21.11.2025", date(2025, 11, 21)),
        ("2025-11-21", date(2025, 11, 21)),
    ],
)
def test_reads_a_date(text: str, value: date) -> None:
    found = find_dates(text)
    assert [one.value for one in found] == [value]
    assert text[found[0].start : found[0].end].strip() == text[found[0].start : found[0].end]


@pytest.mark.parametrize(
    "text",
    ["ngày 31 tháng 02 năm 2020", "ngày      tháng 3 năm 2022", "số 12/2025/QĐ-UBND", "32/13/2020", "quý I/2017"],
)
def test_what_is_no_date_gives_none(text: str) -> None:
    assert find_dates(text) == []


@given(st.dates(min_value=date(1945, 9, 2), max_value=date(2099, 12, 31)))
def test_every_date_is_read_back(value: date) -> None:
    assert [one.value for one in find_dates(f"ngày {value.day} tháng {value.month} năm {value.year}")] == [value]
    assert [one.value for one in find_dates(f"{value.day:02}/{value.month:02}/{value.year}")] == [value]


@pytest.mark.parametrize(
    ("title", "years"),
    [
        ("Tuyên truyền cải cách hành chính năm 2018", (2018, 2018)),
        ("Chuyển đổi số giai đoạn 2021 - 2025, tầm nhìn đến năm 2030", (2021, 2025)),
        ("Năm học 2025-2026", (2025, 2026)),
        ("Tài chính - ngân sách 03 năm 2026 - 2028", (2026, 2028)),
        ("Kế hoạch năm 2022 thực hiện Đề án giai đoạn 2021-2025", (2022, 2022)),
        ("Phát triển hạ tầng đến năm 2030", (None, 2030)),
        ("CÁC NHIỆM VỤ TRỌNG TÂM NĂM 2025, 2026", (2025, 2026)),
        ("Bầu cử đại biểu nhiệm kỳ 2026 - 2031", (None, None)),
        ("Thực hiện Nghị quyết số 214/NQ-CP ngày 23/7/2025 của Chính phủ", (None, None)),
        ("Bãi bỏ Quyết định số 42/2018/QĐ-UBND ngày 08 tháng 8 năm 2018", (None, None)),
        ("Triển khai Luật Đất đai năm 2013", (None, None)),
        ("Khắc phục môi trường sau lụt bão", (None, None)),
    ],
)
def test_planned_years(title: str, years: tuple[int | None, int | None]) -> None:
    assert planned_years(title) == years


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    for found in find_dates(text):
        assert 0 <= found.start < found.end <= len(text)
    first, last = planned_years(text)
    assert first is None or (last is not None and first <= last)
