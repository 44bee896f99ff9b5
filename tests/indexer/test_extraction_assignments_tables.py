"""Assignments from tables: a row a task, whatever its columns are called."""

# ruff: noqa: E501 - cells of one row read best on one line

from __future__ import annotations

from datetime import date

from corpus.language.places import Places
from corpus.model import Assignment
from indexer.extraction.assignments import find_assignments
from indexer.extraction.context import Context
from indexer.reading import read_bytes
from indexer.structure import parse_all

_HEAD = "# KẾ HOẠCH\n\nCải cách hành chính năm 2018\n\n## II. NHIỆM VỤ\n\n"


def _of(table: str) -> list[Assignment]:
    source = read_bytes((_HEAD + table).encode(), ".md")
    return [one for parsed in parse_all(source, Places.load(None)) for one in find_assignments(Context.of(parsed))]


def _table(*rows: str) -> str:
    columns = rows[0].count("|") - 1
    return "\n".join([rows[0], "|" + "---|" * columns, *rows[1:]]) + "\n"


def test_each_column_fills_its_field() -> None:
    (one, other) = _of(
        _table(
            "| TT | Nội dung công việc | Cơ quan chủ trì | Cơ quan phối hợp | Thời gian | Sản phẩm | Kinh phí |",
            "| 1 | Rà soát văn bản | Sở Tư pháp | Sở Nội vụ, UBND các xã, phường | Quý II/2018 | Báo cáo | 50 triệu đồng |",
            "| 2 | Mở lớp tập huấn | Sở Nội vụ | nt | Hằng quý | Lớp học | |",
        )
    )
    assert (one.task, one.lead) == ("Rà soát văn bản", ("Sở Tư pháp",))
    assert one.coordinating == ("Sở Nội vụ", "UBND các xã, phường")
    assert (one.due_text, one.due_start, one.due_end) == ("Quý II/2018", date(2018, 4, 1), date(2018, 6, 30))
    assert (one.product, one.funding) == ("Báo cáo", "50 triệu đồng")
    assert other.coordinating == one.coordinating
    assert (other.due_text, other.due_end, other.funding) == ("Hằng quý", None, None)
    assert one.section == "II"


def test_months_in_a_column_are_deadlines() -> None:
    (one, other) = _of(
        _table(
            "| Tháng | Việc | Đơn vị thực hiện |",
            "| 02 | Công bố chỉ số năm 2017 | Phòng Cải cách hành chính |",
            "| 9 | Sơ kết chuyên đề | Phòng Công chức, viên chức |",
        )
    )
    assert (one.task, one.lead) == ("Công bố chỉ số năm 2017", ("Phòng Cải cách hành chính",))
    assert (one.due_text, one.due_start, one.due_end) == ("02", date(2018, 2, 1), date(2018, 2, 28))
    assert (other.lead, other.due_end) == (("Phòng Công chức, viên chức",), date(2018, 9, 30))


def test_one_column_may_tell_who_leads_and_who_helps() -> None:
    (one,) = _of(
        _table(
            "| TT | Nhiệm vụ | Phân công thực hiện |",
            "| 1 | Xây dựng quy chế phối hợp | Sở Nội vụ chủ trì, phối hợp với các sở, ngành liên quan |",
        )
    )
    assert (one.lead, one.coordinating) == (("Sở Nội vụ",), ("các sở, ngành liên quan",))


def test_a_row_that_groups_others_names_their_lead() -> None:
    found = _of(
        _table(
            "| TT | Nhiệm vụ | Đơn vị thực hiện | Thời gian |",
            "| I | Sở Tài chính | | |",
            "| 1 | Lập dự toán kinh phí | | Quý I/2018 |",
        )
    )
    assert [(one.task, one.lead) for one in found] == [("Lập dự toán kinh phí", ("Sở Tài chính",))]


def test_steps_of_a_procedure_are_no_assignments() -> None:
    table = _table(
        "| TT | Trình tự thực hiện | Trách nhiệm thực hiện | Thời gian giải quyết |",
        "| 1 | Tiếp nhận hồ sơ đăng ký | Trung tâm Phục vụ hành chính công tỉnh | 01 ngày |",
    )
    assert _of(table) == []


def test_a_table_whose_head_says_nothing_is_read_by_its_cells() -> None:
    found = _of(
        _table(
            "| A | B | C |",
            "| 1 | Rà soát văn bản quy phạm pháp luật | Sở Tư pháp |",
            "| 2 | Mở lớp tập huấn cho công chức cấp xã | Sở Nội vụ |",
        )
    )
    assert [one.lead for one in found] == [("Sở Tư pháp",), ("Sở Nội vụ",)]


def test_a_table_without_agencies_gives_none() -> None:
    assert _of(_table("| TT | Chỉ tiêu | Giá trị |", "| 1 | Tỷ lệ hồ sơ đúng hạn | 95% |")) == []


def test_five_thousand_rows_are_read() -> None:
    rows = [f"| {n} | Sửa đoạn đường số {n} trong xã | Sở Xây dựng | Quý III/2018 |" for n in range(1, 5001)]
    found = _of(_table("| TT | Nội dung | Đơn vị chủ trì | Thời gian |", *rows))
    assert len(found) == 5000
    assert found[-1].task == "Sửa đoạn đường số 5000 trong xã"
