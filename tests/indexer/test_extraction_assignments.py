"""Assignments from prose: who is told to do what, with whom, by when."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.language.places import Places
from corpus.model import Assignment
from indexer.extraction.assignments import find_assignments
from indexer.extraction.context import Context
from indexer.reading import read_bytes
from indexer.structure import parse_all

_HEAD = """ỦY BAN NHÂN DÂN
TỈNH VĨNH LAM

Số: 12/KH-UBND

Vĩnh Lam, ngày 15 tháng 01 năm 2018

KẾ HOẠCH
Cải cách hành chính năm 2018

Thực hiện Quyết định số 01/QĐ-UBND ngày 02/01/2018, UBND tỉnh ban hành Kế hoạch như sau:

"""


def _all(text: str) -> list[Assignment]:
    source = read_bytes(text.encode(), ".txt")
    return [one for parsed in parse_all(source, Places.load(None)) for one in find_assignments(Context.of(parsed))]


def _of(body: str) -> list[Assignment]:
    return _all(_HEAD + body)


def _tasks(body: str) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(one.task, one.lead, one.coordinating) for one in _of(body)]


def test_a_sentence_names_who_leads_and_who_helps() -> None:
    body = "I. NHIỆM VỤ\n\n1. Sở Nội vụ chủ trì, phối hợp với Sở Tài chính, UBND các huyện rà soát biên chế.\n"
    assert _tasks(body) == [("rà soát biên chế", ("Sở Nội vụ",), ("Sở Tài chính", "UBND các huyện"))]


def test_items_below_a_heading_that_is_an_agency_are_its_tasks() -> None:
    body = (
        "I. TỔ CHỨC THỰC HIỆN\n\n1. Sở Nội vụ\n\n- Theo dõi, đôn đốc việc thực hiện.\n\n"
        "- Chủ trì, phối hợp với các cơ quan liên quan mở lớp tập huấn; định kỳ báo cáo UBND tỉnh.\n\n"
        "2. Sở Tài chính: Bố trí kinh phí.\n"
    )
    found = _of(body)
    assert [(one.section, one.lead) for one in found] == [("I.1", ("Sở Nội vụ",))] * 3 + [("I.2", ("Sở Tài chính",))]
    assert [one.task for one in found] == [
        "Theo dõi, đôn đốc việc thực hiện",
        "mở lớp tập huấn",
        "định kỳ báo cáo UBND tỉnh",
        "Bố trí kinh phí",
    ]
    assert found[1].coordinating == ("các cơ quan liên quan",)
    assert found[2].coordinating == ()


def test_labelled_lines_belong_to_every_task_of_their_block() -> None:
    body = (
        "I. NHIỆM VỤ\n\n1. Về dữ liệu\n\na) Nhiệm vụ:\n\n- Rà soát, chuẩn hóa dữ liệu dân cư.\n\n"
        "- Xây dựng kho dữ liệu dùng chung.\n\nb) Cơ quan thực hiện:\n\n- Đơn vị chủ trì: Công an tỉnh.\n\n"
        "- Đơn vị phối hợp: Sở Nội vụ, UBND các xã, phường.\n\nc) Thời gian thực hiện: Hoàn thành trong năm 2018.\n\n"
        "2. Về hạ tầng\n\n- Nâng cấp đường truyền.\n\n- Đơn vị chủ trì: Sở Tài chính.\n"
    )
    found = _of(body)
    assert [one.lead for one in found] == [("Công an tỉnh",), ("Công an tỉnh",), ("Sở Tài chính",)]
    assert all(one.coordinating == ("Sở Nội vụ", "UBND các xã, phường") for one in found[:2])
    assert {one.due_text for one in found[:2]} == {"Hoàn thành trong năm 2018"}
    assert (found[0].due_start, found[0].due_end) == (date(2018, 1, 1), date(2018, 12, 31))
    assert found[2].due_text is None
    assert found[2].section == "I.2"


def test_a_list_that_shares_its_head_is_distributed() -> None:
    body = "I. THỰC HIỆN\n\n1. Các Sở: Tài chính, Nội vụ có trách nhiệm hướng dẫn các huyện.\n"
    assert _tasks(body) == [("hướng dẫn các huyện", ("Sở Tài chính", "Sở Nội vụ"), ())]


def test_a_deadline_and_a_product_after_the_task_are_its_fields() -> None:
    body = (
        "I. NHIỆM VỤ\n\n1. Sở Tư pháp trình danh mục văn bản hết hiệu lực; sản phẩm: danh mục đã công bố; "
        "trước ngày 31/3/2018.\n"
    )
    (one,) = _of(body)
    assert one.task == "trình danh mục văn bản hết hiệu lực"
    assert one.product == "danh mục đã công bố"
    assert (one.due_text, one.due_end) == ("trước ngày 31/3/2018", date(2018, 3, 30))


def test_what_assigns_nothing_gives_nothing() -> None:
    body = (
        "I. MỤC ĐÍCH\n\n1. Sở Nội vụ thực hiện tốt vai trò của mình.\n\n"
        "II. NỘI DUNG\n\n1. Tuyên truyền trên báo, đài.\n\n"
        "I. THỰC HIỆN\n\n1. Sở Nội vụ theo dõi kế hoạch.\n\nTrong quá trình thực hiện, nếu có khó khăn, vướng mắc, "
        "các sở, ngành phản ánh về Sở Nội vụ để tổng hợp./.\n"
    )
    assert _tasks(body) == [("theo dõi kế hoạch", ("Sở Nội vụ",), ())]


def test_a_decision_s_responsibility_clause_is_no_task() -> None:
    text = _HEAD.replace("KẾ HOẠCH\n", "QUYẾT ĐỊNH\n").replace("12/KH-UBND", "12/QĐ-UBND") + (
        "Điều 1. Giao Sở Nội vụ theo dõi việc thực hiện.\n\n"
        "Điều 2. Chánh Văn phòng UBND tỉnh, Giám đốc Sở Nội vụ và Thủ trưởng các đơn vị có liên quan "
        "chịu trách nhiệm thi hành Quyết định này./.\n"
    )
    assert [(one.task, one.lead) for one in _all(text)] == [("theo dõi việc thực hiện", ("Sở Nội vụ",))]


def test_a_directive_s_items_are_its_addressees_tasks() -> None:
    text = _HEAD.replace("KẾ HOẠCH\n", "CHỈ THỊ\n").replace("12/KH-UBND", "12/CT-UBND") + (
        "1. Chủ tịch UBND các huyện\n\na) Lập danh sách hộ phải sơ tán.\n\nb) Giao Công an huyện tuần tra.\n"
    )
    assert [(one.task, one.lead) for one in _all(text)] == [
        ("Lập danh sách hộ phải sơ tán", ("Chủ tịch UBND các huyện",)),
        ("tuần tra", ("Công an huyện",)),
    ]


def test_a_body_that_is_nobody_s_is_kept_as_written() -> None:
    body = "I. NHIỆM VỤ\n\n1. Dọn kênh\n\n- Cơ quan chủ trì: Tổ máy kéo Đồng Vọng.\n"
    (one,) = _of(body)
    assert one.lead == ("Tổ máy kéo Đồng Vọng",)


def test_a_letter_without_numbers_still_tells_its_tasks() -> None:
    text = _HEAD.replace("KẾ HOẠCH\n", "CÔNG ĐIỆN\n") + "UBND tỉnh yêu cầu Sở Nội vụ:\n\n- Theo dõi mực nước các hồ.\n"
    assert [(one.task, one.lead, one.section) for one in _all(text)] == [
        ("Theo dõi mực nước các hồ", ("Sở Nội vụ",), ""),
    ]


def test_a_division_s_name_runs_to_chu_tri() -> None:
    body = (
        "I. NHIỆM VỤ\n\n1. Phòng Công chức, viên chức chủ trì cập nhật hồ sơ.\n\n"
        "2. Phòng Xây dựng chính quyền chủ trì lấy ý kiến cử tri.\n\n3. Phòng Nội vụ rà soát biên chế.\n"
    )
    assert _tasks(body) == [
        ("cập nhật hồ sơ", ("Phòng Công chức, viên chức",), ()),
        ("lấy ý kiến cử tri", ("Phòng Xây dựng chính quyền",), ()),
        ("rà soát biên chế", ("Phòng Nội vụ",), ()),
    ]


def test_those_who_do_it_may_stand_after_the_task_or_its_topic() -> None:
    body = (
        "I. NHIỆM VỤ\n\n1. Thay phiếu giấy bằng mã quét đặt tại quầy; Sở Nội vụ chủ trì, phối hợp với Sở Y tế.\n\n"
        "2. Phổ biến cách quét mã: Sở Tư pháp chủ trì.\n\n"
        "3. Mở tài khoản cho người dân: UBND các xã phối hợp với Công an tỉnh lập danh sách.\n"
    )
    assert _tasks(body) == [
        ("Thay phiếu giấy bằng mã quét đặt tại quầy", ("Sở Nội vụ",), ("Sở Y tế",)),
        ("Phổ biến cách quét mã", ("Sở Tư pháp",), ()),
        ("phối hợp với Công an tỉnh lập danh sách", ("UBND các xã",), ("Công an tỉnh",)),
    ]


def test_a_heading_may_say_what_kind_of_bodies_it_names() -> None:
    body = (
        "I. THỰC HIỆN\n\n1. Các doanh nghiệp hoạt động trong lĩnh vực xây dựng, vận tải trên địa bàn tỉnh\n\n"
        "- Lắp camera trên xe.\n\n2. Đề nghị các tổ chức cung cấp dịch vụ chi trả\n\na) Bố trí người tại quầy;\n\n"
        "3. Các cơ quan ngành dọc gồm: Cục Thuế, Công an tỉnh\n\n- Tuyên truyền trong ngành.\n"
    )
    assert [(one.task, one.lead) for one in _of(body)] == [
        ("Lắp camera trên xe", ("Các doanh nghiệp hoạt động trong lĩnh vực xây dựng, vận tải trên địa bàn tỉnh",)),
        ("Bố trí người tại quầy", ("các tổ chức cung cấp dịch vụ chi trả",)),
        ("Tuyên truyền trong ngành", ("Cục Thuế", "Công an tỉnh")),
    ]


def test_a_heading_tells_whose_duty_it_is_even_of_bodies_that_nobody_knows() -> None:
    body = (
        "I. TRÁCH NHIỆM CỦA CÁC CƠ QUAN\n\n1. Trách nhiệm của văn thư cơ quan\n\n- Tiếp nhận văn bản đến.\n\n"
        "2. Sở Tài chính - Cơ quan thường trực Ban Chỉ đạo\n\n- Tổng hợp kết quả kiểm kê.\n"
    )
    assert [(one.task, one.lead) for one in _of(body)] == [
        ("Tiếp nhận văn bản đến", ("văn thư cơ quan",)),
        ("Tổng hợp kết quả kiểm kê", ("Sở Tài chính",)),
    ]


def test_names_may_stand_below_their_label() -> None:
    body = (
        "I. NHIỆM VỤ\n\n1. Hoạt động\n\n- Nội dung: Chiếu phim ở thôn.\n\n- Cơ quan thực hiện:\n\n"
        "+ Sở Nội vụ chủ trì, phối hợp với Sở Y tế.\n\n+ Sở Xây dựng đăng thông báo ở bến xe.\n"
    )
    assert _tasks(body) == [
        ("Chiếu phim ở thôn", ("Sở Nội vụ",), ("Sở Y tế",)),
        ("đăng thông báo ở bến xe", ("Sở Xây dựng",), ()),
    ]


def test_a_task_that_a_semicolon_parts_may_open_with_a_short_verb() -> None:
    body = (
        "I. NHIỆM VỤ\n\n1. Sở Nội vụ chấm điểm năm 2017; sửa bộ tiêu chí; kết thúc trước ngày 15/11/2018.\n\n"
        "2. Sở Tài chính rà soát các khoản thu; chi phí quản lý.\n"
    )
    found = _of(body)
    assert [one.task for one in found] == [
        "chấm điểm năm 2017",
        "sửa bộ tiêu chí",
        "rà soát các khoản thu; chi phí quản lý",
    ]
    assert found[1].due_end == date(2018, 11, 14)


def test_giao_gives_a_task_even_where_a_section_tells_none() -> None:
    body = (
        "I. TIÊU CHÍ ĐÁNH GIÁ\n\n1. Trên cơ sở kết quả thực hiện, giao Sở Y tế thành lập đoàn kiểm tra.\n\n"
        "2. Sở Nội vụ xem xét tiêu chí.\n\nII. THỰC HIỆN\n\n1. Sở Tư pháp\n\na) Đánh giá kết quả thi đua.\n"
    )
    assert [(one.task, one.lead) for one in _of(body)] == [
        ("thành lập đoàn kiểm tra", ("Sở Y tế",)),
        ("Đánh giá kết quả thi đua", ("Sở Tư pháp",)),
    ]


def test_a_condition_and_a_numbered_document_are_no_tasks() -> None:
    body = (
        "I. NHIỆM VỤ\n\n1. Công an tỉnh tham mưu sửa đổi Quyết định số 15/2021/QĐ-UBND; Quyết định số 46/QĐ-UBND.\n\n"
        "2. UBND các xã lập danh sách. Nếu hai xã bằng điểm thì xã có nhiều hộ hơn xếp trên.\n"
    )
    assert [one.task for one in _of(body)] == [
        "tham mưu sửa đổi Quyết định số 15/2021/QĐ-UBND; Quyết định số 46/QĐ-UBND",
        "lập danh sách",
    ]


def test_a_dash_at_which_a_line_was_broken_is_no_bullet() -> None:
    body = (
        "I. THỰC HIỆN\n\n1. UBND các xã\n\na) Chỉ đạo các phòng chuyên môn, vận động các tổ chức chính trị\n"
        "- xã hội tuyên truyền ở thôn.\n"
    )
    (one,) = _of(body)
    assert one.task.endswith("các tổ chức chính trị - xã hội tuyên truyền ở thôn")


def test_a_department_typed_without_signs_is_one_name() -> None:
    body = "I. NHIỆM VỤ\n\n1. Sở Lao động Thương binh Xã hội và Sở Tài nguyên & Môi trường lập danh sách.\n"
    (one,) = _of(body)
    assert one.lead == ("Sở Lao động Thương binh Xã hội", "Sở Tài nguyên & Môi trường")


def test_a_long_task_is_cut_at_forty_words() -> None:
    (one,) = _of("I. NHIỆM VỤ\n\n1. Sở Nội vụ rà soát " + " ".join(f"việc{n}" for n in range(60)) + ".\n")
    assert len(one.task.split()) == 40


def test_contradictory_dates_are_kept_as_they_are() -> None:
    (one,) = _of("I. NHIỆM VỤ\n\n1. Sở Nội vụ rà soát biên chế từ ngày 31/12/2018 đến ngày 01/01/2018.\n")
    assert one.due_text == "từ ngày 31/12/2018 đến ngày 01/01/2018"


_MARKS = ["1. ", "a) ", "- ", ": ", "; ", ".\n\n", "\n\n", "(", ")", ", ", "II. NHIỆM VỤ\n\n", "Điều 1. "]
_WORDS = ["Sở Nội vụ", "UBND các xã", " chủ trì, phối hợp với ", " rà soát ", "căn cứ ", "Giao ", "trong năm 2018"]
_PIECES = st.sampled_from([*_MARKS, *_WORDS, " có trách nhiệm", "Đơn vị chủ trì: "])


@settings(deadline=None, max_examples=60)
@given(st.lists(_PIECES, max_size=25).map("".join))
def test_every_task_is_the_text_of_its_span(body: str) -> None:
    text = _HEAD + body
    source = read_bytes(text.encode(), ".txt")
    for parsed in parse_all(source, Places.load(None)):
        for number, one in enumerate(find_assignments(Context.of(parsed))):
            assert one.ordinal == number
            assert one.task == " ".join(parsed.source.text[one.start : one.end].split())
            assert one.task
            assert one.lead


_DATA = Path(os.environ.get("TIENLE_DATA", "../shared/data"))
_GOLD = [
    (_DATA / "plans-dev/gold/0130-kh-ubnd-tinh-dak-lak.json", _DATA / "plans/0130-kh-ubnd-tinh-dak-lak.txt"),
    (_DATA / "plans-dev/gold/308-kh-ubnd-thanh-pho-ha-noi.json", _DATA / "plans/308-kh-ubnd-thanh-pho-ha-noi.txt"),
    (_DATA / "seeds/binh-phuoc-2020-59-kh-ubnd.gold.json", _DATA / "seeds/binh-phuoc-2020-59-kh-ubnd.txt"),
]


@pytest.mark.skipif(not _GOLD[0][0].exists(), reason="the real documents are not here")
@pytest.mark.parametrize(("gold", "file"), _GOLD, ids=[file.stem for _, file in _GOLD])
def test_real_plans_agree_with_their_gold(gold: Path, file: Path) -> None:
    expected: list[dict[str, Any]] = json.loads(gold.read_text(encoding="utf-8"))["assignments"]
    found = _all(file.read_text(encoding="utf-8"))
    by_length = sorted(found, key=lambda other: -len(other.task))
    pairs: list[tuple[dict[str, Any], Assignment]] = []
    for one in sorted(expected, key=lambda one: -len(one["task"])):
        fitting = [
            other for other in by_length if _same(one["task"], other.task) and other not in [p for _, p in pairs]
        ]
        pairs.extend((one, other) for other in fitting[:1])
    assert 2 * len(pairs) / (len(expected) + len(found)) >= 0.9
    leads = sum({*map(_fold, one["lead"])} == {*map(_fold, other.lead)} for one, other in pairs)
    assert leads / len(pairs) >= 0.95


def _fold(text: str) -> str:
    return " ".join(text.split()).lower()


def _same(one: str, other: str) -> bool:
    return _fold(one) in _fold(other) or _fold(other) in _fold(one)


def test_a_deadline_may_stand_below_the_task_without_a_colon_or_before_who_does_it() -> None:
    below = "I. NHIỆM VỤ\n\n1. Sở Nội vụ:\n\nRà soát quy trình nội bộ.\n\nThời hạn hoàn thành trước ngày 15/4/2018.\n"
    before = "I. NHIỆM VỤ\n\n1. Trong thời hạn 15 ngày kể từ khi có kết luận, Sở Nội vụ có trách nhiệm thu hồi giấy.\n"
    assert [(one.task, one.due_end) for one in _of(below)] == [("Rà soát quy trình nội bộ", date(2018, 4, 14))]
    assert [(one.task, one.due_text) for one in _of(before)] == [
        ("thu hồi giấy", "Trong thời hạn 15 ngày kể từ khi có kết luận")
    ]


def test_a_regulation_that_allots_powers_assigns_only_the_duties_that_go_with_them() -> None:
    head = _HEAD.replace("12/KH-UBND", "12/2018/QĐ-UBND").replace("KẾ HOẠCH\nCải cách", "QUYẾT ĐỊNH\nVề việc cải cách")
    articles = (
        "Điều 1. Phân cấp thẩm quyền quyết định mua sắm\n\n1. Sở Tài chính quyết định mua sắm tài sản dùng chung.\n\n"
        "2. Ủy ban nhân dân cấp xã quyết định mua sắm thiết bị của xã.\n\n"
        "Điều 2. Trách nhiệm của Sở Tài chính\n\n1. Kiểm tra việc mua sắm của các đơn vị.\n\n"
        "2. Chịu trách nhiệm trước pháp luật về tính chính xác của số liệu.\n"
    )
    assert [(one.task, one.lead) for one in _all(head + articles)] == [
        ("Kiểm tra việc mua sắm của các đơn vị", ("Sở Tài chính",))
    ]


def test_forbidden_acts_are_no_tasks() -> None:
    body = (
        "I. NHIỆM VỤ\n\n1. Các sở, ban, ngành thực hiện tốt quản lý. Nghiêm cấm các hành vi: xả nước thải ra sông;"
        " làm sai lệch dữ liệu.\n\n2. Sở Nội vụ\n\nNghiêm cấm các hành vi sau:\n\n- Sửa chữa hồ sơ đã nộp.\n"
    )
    assert [one.task for one in _of(body)] == ["thực hiện tốt quản lý"]
