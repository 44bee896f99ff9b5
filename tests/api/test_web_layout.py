"""Text laid out for reading: lines joined and parted, and never a character lost."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.layout import Block, BlockKind, cells, heading_starts, lay_out, runs
from corpus.model import Provision

WRAPPED = """KẾ HOẠCH
Kiểm tra công vụ năm 2018

I. MỤC ĐÍCH

1. Thanh tra tỉnh chủ trì kiểm tra việc chấp hành giờ giấc tại các cơ quan, đơn vị; xong
trước ngày 15/11/2018 và báo cáo Chủ tịch Ủy ban nhân dân tỉnh xem xét, quyết định trong
cùng tháng.

a) Sở Nội vụ phối hợp lập danh sách;
- Ủy ban nhân dân các huyện cử người tham gia đoàn kiểm tra khi được yêu cầu bằng văn bản
của Thanh tra tỉnh.
"""


def shown(text: str, block: Block) -> str:
    return "".join(run.text for run in runs(text, block))


def said(text: str, **options: object) -> list[str]:
    return [shown(text, block) for block in lay_out(text, **options)]  # type: ignore[arg-type]


def test_wrapped_lines_are_joined_and_real_breaks_kept() -> None:
    assert said(WRAPPED) == [
        "KẾ HOẠCH",
        "Kiểm tra công vụ năm 2018",
        "I. MỤC ĐÍCH",
        "1. Thanh tra tỉnh chủ trì kiểm tra việc chấp hành giờ giấc tại các cơ quan, đơn vị; xong trước ngày "
        "15/11/2018 và báo cáo Chủ tịch Ủy ban nhân dân tỉnh xem xét, quyết định trong cùng tháng.",
        "a) Sở Nội vụ phối hợp lập danh sách;",
        "- Ủy ban nhân dân các huyện cử người tham gia đoàn kiểm tra khi được yêu cầu bằng văn bản của Thanh tra tỉnh.",
    ]


def test_a_clause_goes_on_after_a_semicolon_at_a_full_lines_end() -> None:
    first = "a) Văn phòng theo dõi việc ban hành văn bản đúng chương trình công tác;"
    text = f"{first}\nđịnh kỳ thông báo.\ntrừ trường hợp khác"
    assert said(text) == [
        "a) Văn phòng theo dõi việc ban hành văn bản đúng chương trình công tác; định kỳ thông báo.",
        "trừ trường hợp khác",
    ]


def test_a_number_goes_on_after_the_word_that_announces_it() -> None:
    assert said("Căn cứ Thông tư số\n01/2011/TT-BNV;\nTT\nnăm\n2018") == [
        "Căn cứ Thông tư số 01/2011/TT-BNV;",
        "TT năm",
        "2018",
    ]


def test_list_items_are_told_apart() -> None:
    assert [block.kind for block in lay_out("Gồm:\n- một;\n+ hai;\na) ba;\nđ) bốn.")] == [
        BlockKind.PARAGRAPH,
        *[BlockKind.ITEM] * 4,
    ]


def test_a_paragraph_goes_on_over_a_page_and_the_page_number_goes() -> None:
    text = (
        "Sở Nội vụ tổng hợp kết quả của các cơ quan, đơn vị và các huyện rồi trình Ủy ban nhân\n2\n\f\ndân tỉnh.\nHết."
    )
    blocks = lay_out(text)
    assert [shown(text, block) for block in blocks] == [
        "Sở Nội vụ tổng hợp kết quả của các cơ quan, đơn vị và các huyện rồi trình Ủy ban nhân dân tỉnh.",
        "Hết.",
    ]
    assert [block.page for block in blocks] == [1, 2]


def test_a_number_inside_a_page_is_no_page_number() -> None:
    assert said("Số lượng\n12\nngười\fTrang sau") == ["Số lượng", "12 người", "Trang sau"]


def test_headings_stand_alone_only_over_something() -> None:
    text = "I. MỤC ĐÍCH\n1. Yêu cầu\nLàm đúng hạn.\n2. Báo cáo đúng hạn;\n3. Sở Nội vụ chủ trì việc\nnày."
    at = [text.index(words) for words in ("I.", "1.", "2.", "3.")]
    provisions = [
        Provision(0, None, "I", "MỤC ĐÍCH", 1, at[0], len(text)),
        Provision(1, 0, "I.1", "Yêu cầu", 2, at[1], at[2] - 1),
        Provision(2, 0, "I.2", "Báo cáo đúng hạn", 2, at[2], at[3] - 1),
        Provision(3, 0, "I.3", "Sở Nội vụ chủ trì việc", 2, at[3], len(text)),
    ]
    assert heading_starts(text, provisions) == {at[0], at[1]}
    blocks = lay_out(text, provisions)
    assert [(shown(text, block), block.level) for block in blocks if block.kind == BlockKind.HEADING] == [
        ("I. MỤC ĐÍCH", 2),
        ("1. Yêu cầu", 3),
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("1 | Mở lớp | Sở Nội vụ", ["1", "Mở lớp", "Sở Nội vụ"]),
        ("| 1 | Mở lớp |", ["1", "Mở lớp"]),
        ("1 |  | Sở Nội vụ", ["1", "", "Sở Nội vụ"]),
        (" | Mở lớp | Sở Nội vụ", ["", "Mở lớp", "Sở Nội vụ"]),
    ],
)
def test_rows_become_cells(row: str, expected: list[str]) -> None:
    (block,) = lay_out(row)
    assert block.kind == BlockKind.ROW
    assert ["".join(run.text for run in cell) for cell in cells(row, block)] == expected


def test_marks_are_cut_at_the_right_characters() -> None:
    text = "mức độ hài\nlòng của người dân"
    start = text.index("hài")
    block = Block(BlockKind.PARAGRAPH, ((0, 10), (11, len(text))), 1)
    assert [(run.text, run.marked) for run in runs(text, block, [(start, start + 8)])] == [
        ("mức độ ", False),
        ("hài lòng", True),
        (" của người dân", False),
    ]


_LINES_OF_PLANS = [
    *["", "   ", "\f", "\r", "2", "- 3 -", "Kế hoạch này", "và các đơn vị", "a) việc", "- mục", "I. MỤC", "Ủy ban."],
    *["1 | hai | ba", "| a |", "\u2028x", "một dòng dài đến hết bề ngang của trang giấy rồi mới ngắt xuống dòng dưới"],
]
LINES = st.lists(st.sampled_from(_LINES_OF_PLANS) | st.text(max_size=12))


@given(LINES, st.lists(st.integers(0, 200)))
def test_every_character_is_shown_once_and_in_order(lines: list[str], cuts: list[int]) -> None:
    text = "\n".join(lines)
    blocks = lay_out(text, cuts=cuts)
    spans = [span for block in blocks for span in block.lines]
    assert spans == sorted(spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    shown_at = {at for start, end in spans for at in range(start, end)}
    left_out = "".join(character for at, character in enumerate(text) if at not in shown_at)
    assert re.fullmatch(r"[\s\d–—-]*", left_out)
    if "\f" not in text:
        assert not left_out.strip()
    for block in blocks:
        assert shown(text, block) == " ".join(text[start:end] for start, end in block.lines)
        assert not any(block.start < cut < block.end for cut in cuts)


@given(LINES, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))))
def test_marks_change_nothing_of_what_is_said(lines: list[str], spans: list[tuple[int, int]]) -> None:
    text = "\n".join(lines)
    ordered = sorted((min(a, b), max(a, b)) for a, b in spans)
    marks = [span for at, span in enumerate(ordered) if at == 0 or span[0] >= max(e for _, e in ordered[:at])]
    for block in lay_out(text):
        pieces = runs(text, block, marks)
        assert "".join(run.text for run in pieces) == shown(text, block)
        assert all(run.text for run in pieces)
