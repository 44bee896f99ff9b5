"""Goals in numbers: what a reader of a plan would write down, and what is no goal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.language.places import Places
from corpus.model import Target
from indexer.extraction.assignments import find_assignments
from indexer.extraction.context import Context
from indexer.extraction.targets import find_targets
from indexer.reading import read_bytes
from indexer.reading.text import read_text
from indexer.structure import parse_all

DATA = Path(os.environ.get("TIENLE_DATA", "../shared/data"))
SAMPLE = Path(__file__).parent.parent.parent / "corpus" / "sample"

PLAN = """ỦY BAN NHÂN DÂN
TỈNH SƠN KHÊ

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

Số: 15/KH-UBND

Sơn Khê, ngày 10 tháng 01 năm 2019

KẾ HOẠCH
Cải cách hành chính năm 2019

{body}

Nơi nhận:
- Như trên;
- Lưu: VT.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
"""


def contexts(text: bytes, suffix: str = ".md") -> Iterator[Context]:
    for parsed in parse_all(read_bytes(text, suffix), Places.load(None)):
        yield Context.of(parsed)


def targets(body: str, document: str = PLAN) -> list[Target]:
    text = document.format(body=body).encode()
    return [target for context in contexts(text, ".txt") for target in find_targets(context)]


def goals(line: str) -> list[Target]:
    return targets(f"I. MỤC TIÊU\n\n1. {line}\n\nII. NHIỆM VỤ\n\n1. Tổ chức thực hiện.")


def tasks(line: str) -> list[Target]:
    return targets(f"I. MỤC ĐÍCH\n\n1. Nâng cao chất lượng.\n\nII. NHIỆM VỤ\n\n1. {line}")


def short(found: list[Target]) -> list[tuple[str, str, float, str | None]]:
    return [(target.indicator, target.comparator, target.value, target.unit) for target in found]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("Tỷ lệ hồ sơ đúng hạn phấn đấu đạt tối thiểu 95%.", [("Tỷ lệ hồ sơ đúng hạn", ">=", 95, "%")]),
        (
            "100% xã có bộ phận một cửa; ít nhất 20% hồ sơ nộp qua mạng.",
            [("xã có bộ phận một cửa", "=", 100, "%"), ("hồ sơ nộp qua mạng", ">=", 20, "%")],
        ),
        ("Tỷ lệ hồ sơ trễ hẹn giảm xuống dưới 5%.", [("Tỷ lệ hồ sơ trễ hẹn", "<", 5, "%")]),
        (
            "Hồ sơ trực tuyến đạt 75%, trong đó toàn trình đạt 50%.",
            [("Hồ sơ trực tuyến", "=", 75, "%"), ("toàn trình", "=", 50, "%")],
        ),
        (
            "100% trung tâm y tế và 90% trạm y tế có bác sĩ làm việc.",
            [
                ("trung tâm y tế và 90% trạm y tế có bác sĩ làm việc", "=", 100, "%"),
                ("trạm y tế có bác sĩ làm việc", "=", 90, "%"),
            ],
        ),
        (
            "Tăng thêm ít nhất 20% số nhóm trẻ và tăng thêm ít nhất 10% số trường công lập.",
            [
                ("Tăng thêm ít nhất 20% số nhóm trẻ", ">=", 20, "%"),
                ("tăng thêm ít nhất 10% số trường công lập", ">=", 10, "%"),
            ],
        ),
        (
            "Hình thành ít nhất 02 vùng nuôi thủy sản thông minh.",
            [("vùng nuôi thủy sản thông minh", ">=", 2, "vùng")],
        ),
        ("Giải quyết việc làm cho 5.000 người.", [("Giải quyết việc làm", "=", 5000, "người")]),
        ("Giảm ít nhất 10% số vụ tai nạn.", [("Giảm ít nhất 10% số vụ tai nạn", ">=", 10, "%")]),
        ("Chỉ số PCI tăng ít nhất 03 bậc so với năm 2018.", [("Chỉ số PCI tăng", ">=", 3, "bậc")]),
        (
            "Tỷ lệ đúng hạn: cấp tỉnh 98%, cấp xã 95%.",
            [("Tỷ lệ đúng hạn: cấp tỉnh", "=", 98, "%"), ("cấp xã", "=", 95, "%")],
        ),
        ("Rút thời gian trích lục từ 05 ngày còn 02 ngày.", [("Rút thời gian trích lục", "=", 2, "ngày")]),
        ("Tại địa bàn vùng cao: 90% trẻ em được tiêm chủng.", [("trẻ em được tiêm chủng", "=", 90, "%")]),
        (
            "Phấn đấu đến năm 2020 đạt 60% người dân biết Cổng dịch vụ công.",
            [("người dân biết Cổng dịch vụ công", "=", 60, "%")],
        ),
    ],
)
def test_goals_under_a_heading_of_goals(line: str, wanted: list[tuple[str, str, float, str]]) -> None:
    assert short(goals(line)) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            "Sở Nội vụ chủ trì tổ chức 02 hội nghị đối thoại với doanh nghiệp trong Quý II/2019.",
            [("tổ chức 02 hội nghị đối thoại với doanh nghiệp", "=", 2, "hội nghị")],
        ),
        (
            "Hướng dẫn người dân nộp hồ sơ ít nhất 02 lần/tuần.",
            [("Hướng dẫn người dân nộp hồ sơ ít nhất 02 lần/tuần", ">=", 2, "lần/tuần")],
        ),
        (
            "Sở Tư pháp chủ trì kiểm tra tại 10 sở và 3 huyện.",
            [("kiểm tra tại 10 sở", "=", 10, "sở"), ("kiểm tra tại 10 sở và 3 huyện", "=", 3, "huyện")],
        ),
    ],
)
def test_quantities_in_tasks(line: str, wanted: list[tuple[str, str, float, str]]) -> None:
    assert short(tasks(line)) == wanted


@pytest.mark.parametrize(
    "line",
    [
        "Thực hiện Quyết định số 12/QĐ-UBND ngày 05/3/2018 và Điều 5 Nghị định số 61/2018/NĐ-CP.",
        "Năm 2018, toàn tỉnh đã giải quyết 12.000 hồ sơ, ước đạt 93% kế hoạch.",
        "Gửi kế hoạch về Sở Nội vụ trong thời hạn 10 ngày kể từ ngày nhận Kế hoạch này.",
        "Rà soát đơn vị sự nghiệp dưới 10 người.",
        "Cung cấp dịch vụ công mức độ 3, 4 cho trẻ em từ 6 đến 36 tháng tuổi.",
        "Sở Tài chính cấp kinh phí 3,1 tỷ đồng.",
        "Phối hợp với Ủy ban nhân dân 04 xã vùng cao.",
        "Cơ quan có tỷ lệ trễ hẹn trên 5% thì không xét thi đua.",
    ],
)
def test_numbers_that_are_no_goals(line: str) -> None:
    assert short(tasks(line)) == []


def test_results_of_the_past_and_money_are_no_goals() -> None:
    body = (
        "I. TÌNH HÌNH NĂM 2018\n\n1. Tỷ lệ hồ sơ đúng hạn đạt 88%.\n\n"
        "II. MỤC TIÊU\n\n1. Tỷ lệ hồ sơ đúng hạn đạt 95%.\n\n"
        "III. KINH PHÍ\n\n1. Ngân sách tỉnh 60%, nguồn khác 40%."
    )
    assert [target.value for target in targets(body)] == [95]


def test_regulations_set_none() -> None:
    regulation = PLAN.replace("15/KH-UBND", "15/2019/QĐ-UBND").replace(
        "KẾ HOẠCH\nCải cách hành chính năm 2019", "QUYẾT ĐỊNH\nBan hành Quy định mức thu phí"
    )
    body = "Điều 1. Mức thu\n\n1. Giảm 50% mức phí đối với người cao tuổi.\n\n2. Đơn vị thu được giữ lại 60%."
    assert targets(body, regulation) == []


def test_deadlines_of_the_clause_the_list_and_the_heading() -> None:
    found = targets(
        "I. MỤC TIÊU ĐẾN NĂM 2021\n\n1. 90% hồ sơ đúng hạn.\n\n"
        "2. Đến năm 2019 có 50% xã dùng phần mềm; 20% thôn có mạng.\n\n"
        "II. NHIỆM VỤ\n\n1. Số hóa\n\na) Nhiệm vụ: Số hóa 500 hồ sơ.\n\n"
        "b) Thời gian thực hiện: Hoàn thành trong Quý II/2019."
    )
    assert [(target.value, target.due_text, target.due_end) for target in found] == [
        (90, "ĐẾN NĂM 2021", date(2021, 12, 31)),
        (50, "Đến năm 2019", date(2019, 12, 31)),
        (20, "Đến năm 2019", date(2019, 12, 31)),
        (500, "Hoàn thành trong Quý II/2019", date(2019, 6, 30)),
    ]


def test_a_goal_is_due_when_any_heading_above_it_says() -> None:
    found = targets(
        "I. MỤC TIÊU\n\n1. Phát triển kinh tế số đến năm 2023 với các yêu cầu\n\n- Tỷ lệ xã có mạng đạt 90%.\n\n"
        "2. Định hướng giai đoạn 2024 - 2026\n\n- Đến năm 2025 có 50% xã dùng phần mềm.\n"
    )
    assert [(target.value, target.due_end) for target in found] == [(90, date(2023, 12, 31)), (50, date(2025, 12, 31))]


def test_shares_of_one_whole_keep_its_name_in_their_keys() -> None:
    found = goals("Cơ cấu kinh tế: Nông nghiệp chiếm 27%; Dịch vụ chiếm 40%.")
    assert [target.value for target in found] == [27, 40]
    assert found[1].key == goals("Cơ cấu kinh tế: Dịch vụ chiếm 45%.")[0].key != goals("Dịch vụ chiếm 40%.")[0].key


TABLE = """
| TT | Chỉ tiêu | ĐVT | Thực hiện 2018 | Năm 2019 | Năm 2020 |
|---|---|---|---|---|---|
| 1 | Tỷ lệ hồ sơ trực tuyến | % | 12 | 30 | 40 - 45 |
| 2 | Số xã đạt chuẩn nông thôn mới | xã | 20 | ≥ 25 | 30 |
"""


def test_each_year_of_a_table_is_a_goal_of_that_year() -> None:
    text = "# KẾ HOẠCH\n\nPhát triển giai đoạn 2019 - 2020\n\n## I. MỤC TIÊU\n\nCác chỉ tiêu cụ thể:\n" + TABLE
    found = [target for context in contexts(text.encode()) for target in find_targets(context)]
    assert [
        (target.indicator, target.comparator, target.value, target.value_high, target.unit, target.due_end)
        for target in found
    ] == [
        ("Tỷ lệ hồ sơ trực tuyến", "=", 30, None, "%", date(2019, 12, 31)),
        ("Tỷ lệ hồ sơ trực tuyến", "range", 40, 45, "%", date(2020, 12, 31)),
        ("Số xã đạt chuẩn nông thôn mới", ">=", 25, None, "xã", date(2019, 12, 31)),
        ("Số xã đạt chuẩn nông thôn mới", "=", 30, None, "xã", date(2020, 12, 31)),
    ]
    assert found[0].key == found[1].key != found[2].key


def test_products_of_a_table_of_tasks_are_named_by_their_tasks() -> None:
    table = (
        "| TT | Nhiệm vụ | Sản phẩm | Thời gian | Cơ quan chủ trì |\n|---|---|---|---|---|\n"
        "| 1 | Làm phóng sự về một cửa | 05 phóng sự | Quý II/2019 | Báo Sơn Khê |\n"
        "| 2 | In sổ tay | 1.200 cuốn | Trước ngày 30/9/2019 | Sở Nội vụ |\n"
    )
    text = f"# KẾ HOẠCH\n\nTuyên truyền năm 2019\n\n## I. NHIỆM VỤ\n\n{table}"
    found = [target for context in contexts(text.encode()) for target in find_targets(context)]
    assert [(target.indicator, target.value, target.unit, target.due_end) for target in found] == [
        ("Làm phóng sự về một cửa", 5, "phóng sự", date(2019, 6, 30)),
        ("In sổ tay", 1200, "cuốn", date(2019, 9, 29)),
    ]


@pytest.mark.parametrize(
    "path", sorted(path for path in SAMPLE.rglob("*.*") if path.suffix in {".txt", ".md", ".docx"})
)
def test_every_goal_points_to_its_words(path: Path) -> None:
    for context in contexts(path.read_bytes(), path.suffix):
        for at, target in enumerate(find_targets(context)):
            clause = " ".join(context.text[target.start : target.end].split())
            assert target.ordinal == at
            assert f"{target.value:g}".split(".")[0].split("e")[0] in clause.replace(".", "") or "," in clause
            if target.provision is not None:
                provision = context.provisions[target.provision]
                assert provision.start <= target.start < provision.end
                assert target.section == provision.path


WORDS = "đạt 90% tăng ít nhất 02 hội nghị trên , ; . : ( ) đến năm 2020 từ 5 xã hồ sơ có"


@settings(max_examples=60)
@given(st.lists(st.sampled_from(WORDS.split(" "))))
def test_any_words_give_goals_with_a_number_and_a_name(words: list[str]) -> None:
    for target in goals(" ".join(words) or "-"):
        assert target.indicator
        assert target.unit
        assert target.start < target.end


@pytest.mark.skipif(not (DATA / "plans").is_dir(), reason="no real documents here: TIENLE_DATA")
def test_real_regulations_hold_hardly_any_goal() -> None:
    counts = {}
    for path in sorted((DATA / "plans").glob("*-2025-*.txt")):
        counts[path.name] = sum(len(find_targets(context)) for context in contexts(path.read_bytes(), ".txt"))
    assert len(counts) > 20
    assert sum(counts.values()) <= 2


def test_a_column_of_units_belongs_to_the_values_of_its_row() -> None:
    table = (
        "STT | Chỉ tiêu | Đơn vị | Năm 2023 (thực hiện) | Năm 2024 (mục tiêu)\n"
        "1 | Mức hài lòng của người dân | % | 87,2 | từ 88 trở lên\n"
        "2 | Hồ sơ trễ hẹn | % | 1,4 | không quá 1,0\n"
    )
    text = f"KẾ HOẠCH\nCải cách hành chính năm 2024\n\nI. CHỈ TIÊU\n\n{table}\nII. KINH PHÍ\n\nNgân sách tỉnh.\n"
    (parsed,) = parse_all(read_text(text.encode()), Places.load(None))
    found = {(each.comparator, each.value, each.unit) for each in find_targets(Context.of(parsed))}
    assert {(">=", 88.0, "%"), ("<=", 1.0, "%")} <= found
    assert find_assignments(Context.of(parsed)) == ()
