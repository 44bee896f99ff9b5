"""Deadlines in all the forms that plans write, and the days they mean."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.deadlines import find_deadlines, read_deadline

FIELDS = [
    ("Hoàn thành trong năm 2025", "2025-01-01", "2025-12-31"),
    ("Trong năm 2018", "2018-01-01", "2018-12-31"),
    ("Năm 2018", "2018-01-01", "2018-12-31"),
    ("2018", "2018-01-01", "2018-12-31"),
    ("Quý II/2018", "2018-04-01", "2018-06-30"),
    ("Trong Quý\nI/2018", "2018-01-01", "2018-03-31"),
    ("Quý 2 năm 2018", "2018-04-01", "2018-06-30"),
    ("quý III, IV năm 2020", "2020-07-01", "2020-12-31"),
    ("Quý II và Quý IV/2020", "2020-04-01", "2020-12-31"),
    ("Quý IV/2017 - Quý I/2018", "2017-10-01", "2018-03-31"),
    ("từ tháng 9 năm 2025 đến hết Quý I năm 2026", "2025-09-01", "2026-03-31"),
    ("chậm nhất Quý II/2018", None, "2018-06-30"),
    ("Hoàn thành chậm nhất Quý III/2018", None, "2018-09-30"),
    ("Từ Quý II/2018", "2018-04-01", None),
    ("trong tháng 4/2017", "2017-04-01", "2017-04-30"),
    ("từ tháng 3 đến tháng 5/2021", "2021-03-01", "2021-05-31"),
    ("Tháng 3-5/2021", "2021-03-01", "2021-05-31"),
    ("tháng 10 đến tháng 3/2026", "2025-10-01", "2026-03-31"),
    ("Tháng 11/2025 đến tháng 2", "2025-11-01", "2026-02-28"),
    ("trước tháng 8/2017", None, "2017-07-31"),
    ("6 tháng đầu năm 2019", "2019-01-01", "2019-06-30"),
    ("Sáu tháng cuối năm 2019", "2019-07-01", "2019-12-31"),
    ("9 tháng đầu năm", "2023-01-01", "2023-09-30"),
    ("giai đoạn 2021-2025", "2021-01-01", "2025-12-31"),
    ("2021 - 2025", "2021-01-01", "2025-12-31"),
    ("Từ năm 2025 đến hết năm 2030", "2025-01-01", "2030-12-31"),
    ("đến năm 2030", None, "2030-12-31"),
    ("trước năm 2030", None, "2029-12-31"),
    ("Năm 2026 và các năm tiếp theo", "2026-01-01", None),
    ("Từ năm 2025 trở đi", "2025-01-01", None),
    ("năm học 2024 - 2025", "2024-09-05", "2025-05-31"),
    ("trước ngày 15/4/2017", None, "2017-04-14"),
    ("chậm nhất ngày 31 tháng 12 năm 2024", None, "2024-12-31"),
    ("Chậm nhất là trước ngày 01/3/2024", None, "2024-02-29"),
    ("31/12/2018", None, "2018-12-31"),
    ("trong vòng 60 ngày kể từ ngày 1/7/2025", "2025-07-01", "2025-08-30"),
    ("từ ngày 5/5 đến 10/5/2019", "2019-05-05", "2019-05-10"),
    ("ngày 5 đến ngày 10 tháng 5 năm 2019", "2019-05-05", "2019-05-10"),
    ("05-10/5/2019", "2019-05-05", "2019-05-10"),
    ("Từ 01/7/2025", "2025-07-01", None),
    ("sau ngày 30/6/2025", "2025-07-01", None),
]
UNDATED = [
    "trước 31/12 hàng năm",
    "trước ngày 20 hằng tháng",
    "Thường xuyên",
    "Hằng quý, 6 tháng và năm",
    "Định kỳ",
    "theo tiến độ của Trung ương",
    "Theo lộ trình, hướng dẫn của Bộ, ngành",
    "sau khi Nghị quyết được ban hành",
    "Không quá 10 ngày làm việc kể từ ngày 1/7/2025",
    "ngày 31/02/2020",
]


@pytest.mark.parametrize(("field", "first", "last"), FIELDS)
def test_field_means_its_days(field: str, first: str | None, last: str | None) -> None:
    deadline = read_deadline(field, 2023)
    assert deadline is not None
    assert deadline.text == " ".join(field.split())
    assert (deadline.first, deadline.last) == (
        first and date.fromisoformat(first),
        last and date.fromisoformat(last),
    )


@pytest.mark.parametrize("field", UNDATED)
def test_what_names_no_day_is_kept_as_written(field: str) -> None:
    deadline = read_deadline(field, 2023)
    assert deadline is not None
    assert (deadline.text, deadline.first, deadline.last) == (field, None, None)


@pytest.mark.parametrize("field", ["", "  ", "-", "…"])
def test_blank_field_is_no_deadline(field: str) -> None:
    assert read_deadline(field, 2023) is None


def test_times_without_a_year_take_the_plans() -> None:
    assert read_deadline("Quý II") is not None
    assert read_deadline("Quý II").last is None  # type: ignore[union-attr]
    assert read_deadline("Quý II", 2019).last == date(2019, 6, 30)  # type: ignore[union-attr]
    assert read_deadline("trước ngày 15/4", 2019).last == date(2019, 4, 14)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "deadlines"),
    [
        ("Sở A rà soát danh mục, hoàn thành trước ngày 30/6/2019; Sở B báo cáo trong Quý III/2019.",
         ["trước ngày 30/6/2019", "trong Quý III/2019"]),
        ("định kỳ hàng quý phát hành bản tin; báo cáo trước ngày 20 hằng tháng",
         ["định kỳ hàng quý", "trước ngày 20 hằng tháng"]),
        ("Gửi kế hoạch về Sở Nội vụ chậm nhất trong Quý I năm 2018 để tổng hợp", ["chậm nhất trong Quý I năm 2018"]),
        ("cập nhật danh mục trong vòng 7 ngày kể từ khi có quyết định.",
         ["trong vòng 7 ngày kể từ khi có quyết định"]),
        ("Đến năm 2030, 90% hộ dân dùng nước sạch", ["Đến năm 2030"]),
        ("Quý III năm 2022.", ["Quý III năm 2022"]),
    ],
)  # fmt: skip
def test_deadlines_in_prose(text: str, deadlines: list[str]) -> None:
    assert [deadline.text for deadline in find_deadlines(text, 2019)] == deadlines


@pytest.mark.parametrize(
    "text",
    [
        "Căn cứ Luật Đất đai ngày 18 tháng 01 năm 2024;",
        "Quyết định số 12/QĐ-UBND ngày 05/3/2019 của Ủy ban nhân dân tỉnh",
        "thực hiện Chương trình chuyển đổi số giai đoạn 2021 - 2025",
        "Chiến lược phát triển dữ liệu đến năm 2030",
        "có hiệu lực từ ngày 01/7/2025",
        "bố trí trong dự toán chi thường xuyên",
        "Kế hoạch năm 2019 của tỉnh",
        "Tháng 5 có 1/4 số hộ tham gia và 15/20 xã đạt",
    ],
)
def test_dates_that_are_no_deadlines(text: str) -> None:
    assert find_deadlines(text, 2019) == []


days = st.dates(date(2011, 1, 1), date(2035, 12, 31))


@given(days, st.sampled_from(["{0.day}/{0.month}/{0.year}", "ngày {0.day} tháng {0.month} năm {0.year}"]))
def test_the_day_before_a_day_is_the_last(day: date, form: str) -> None:
    deadlines = find_deadlines("Hoàn thành trước " + form.format(day) + "; báo cáo.")
    assert [deadline.last for deadline in deadlines] == [day - timedelta(days=1)]


@given(st.text(alphabet="quý tháng năm ngày từ đến trước I V X 0 1 2 3 9 / - , . ; 2019 2030 hằng kỳ", max_size=80))
def test_any_text_gives_spans_in_order(text: str) -> None:
    deadlines = find_deadlines(text, 2019)
    ends = [0, *(deadline.end for deadline in deadlines)]
    for deadline, before in zip(deadlines, ends, strict=False):
        assert before <= deadline.start < deadline.end <= len(text)
        assert deadline.text == " ".join(text[deadline.start : deadline.end].split())
        if deadline.first and deadline.last:
            assert deadline.first <= deadline.last
    read_deadline(text, 2019)


@pytest.mark.parametrize(
    "text",
    [
        "Hằng năm, Sở A báo cáo Ủy ban nhân dân tỉnh trước ngày 15/12.",
        "Định kỳ hằng năm (trước ngày 15 tháng 12) gửi báo cáo về Sở A.",
        "Gửi báo cáo trước ngày 14/12 hằng năm.",
    ],
)
def test_a_day_of_every_year_has_no_date(text: str) -> None:
    found = find_deadlines(text, 2025)
    assert [(each.first, each.last) for each in found] == [(None, None)] * len(found)
    assert any("trước ngày 1" in each.text for each in found)


@pytest.mark.parametrize(
    "text",
    [
        "Lồng ghép nội dung vào kế hoạch phát triển kinh tế - xã hội hằng năm của địa phương.",
        "Bố trí kinh phí chi thường xuyên hằng năm theo quy định.",
        "Đưa vào chương trình chỉ đạo thường xuyên của cấp ủy.",
    ],
)
def test_a_frequency_that_says_which_paper_or_money_is_no_deadline(text: str) -> None:
    assert find_deadlines(text, 2025) == []
    assert [each.text for each in find_deadlines("Rà soát danh mục hằng năm.", 2025)] == ["hằng năm"]
