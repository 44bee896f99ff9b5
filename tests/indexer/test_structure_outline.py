"""Outlines: which numbers are headings, where each branch ends, and what its path is called."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.language.places import Places
from corpus.model import Line, LineKind, ParsedDocument, Provision, SourceText
from indexer.reading.text import read_text
from indexer.structure import blocks_of, parse

PLACES = Places.load()


def parsed(text: str) -> ParsedDocument:
    return parse(read_text(text.encode()), PLACES)


def outline(text: str) -> list[tuple[str, str]]:
    return [(provision.path, provision.heading) for provision in parsed(text).provisions]


def test_headings_glued_to_the_words_before_them() -> None:
    assert outline(
        "I. MỤC\nĐÍCH, YÊU CẦU1. Mục đích\n\n- Giảm khí CO2. Các xã tham gia.\n\n"
        "II. VIỆC LÀM1. Đường sá1.1. Sửa\ncầu:\n\n"
        "a) Việc làm: Báo cáo UBND\nTỉnh.\n\nb) Thời gian: Năm 2035.\n\n1.2. Kết nối\n\n"
        "2. Nhân lựca) Đào tạo\n\nb) Tuyển dụng\n"
    ) == [
        ("I", "MỤC ĐÍCH, YÊU CẦU"),
        ("I.1", "Mục đích"),
        ("II", "VIỆC LÀM"),
        ("II.1", "Đường sá"),
        ("II.1.1", "Sửa cầu"),
        ("II.1.1.a", "Việc làm: Báo cáo UBND Tỉnh"),
        ("II.1.1.b", "Thời gian: Năm 2035"),
        ("II.1.2", "Kết nối"),
        ("II.2", "Nhân lực"),
        ("II.2.a", "Đào tạo"),
        ("II.2.b", "Tuyển dụng"),
    ]


def test_printed_numbers_are_kept_even_when_wrong() -> None:
    paths = [
        path
        for path, _ in outline(
            "II. MỤC TIÊU\n\n1. Một hai\n\n2. Ba bốn\n\nV. TỔ CHỨC\n\na) Một việc\n\nb) Hai việc\n\nd) Ba việc\n"
        )
    ]
    assert paths == ["II", "II.1", "II.2", "V", "V.a", "V.b", "V.d"]


def test_the_vietnamese_alphabet() -> None:
    letters = "abcdđeghiklmnopq"
    text = "I. VIỆC\n\n" + "\n\n".join(f"{letter}) Việc thứ {letter}" for letter in letters)
    assert [path for path, _ in outline(text)] == ["I", *(f"I.{letter}" for letter in letters)]


@pytest.mark.parametrize(
    "line",
    [
        "Ban hành ngày 28 tháng\n10. Các sở thực hiện.",
        "Theo quy định tại khoản\n1. Điều này được hiểu rộng.",
        "Tổng kinh phí là\n1.446.000 đồng cho mỗi xã.",
        "Theo quy định tại điểm a) khoản 2 Điều này.",
        "theo quy định tại Điều 5 Nghị định này",
        "- Một gạch đầu dòng",
        "+ Hai",
        "100% hồ sơ đúng hạn",
        "3/4 số xã đạt chuẩn",
        "24-48 giờ sau khi nước rút",
    ],
)
def test_numbers_that_are_no_headings(line: str) -> None:
    assert [path for path, _ in outline(f"I. MỤC TIÊU\n\n1. Việc đầu tiên\n\n{line}\n\n2. Việc thứ hai\n")] == [
        "I",
        "I.1",
        "I.2",
    ]


DECISION = """QUYẾT ĐỊNH
Ban hành Quy chế họp

Căn cứ Luật Tổ chức chính quyền địa phương;QUYẾT ĐỊNH:Điều 1.Ban hành Quy chế họp.

Điều 2. Quyết định có hiệu lực từ ngày ký./.

Nơi nhận:
- Như Điều 2;
- Lưu: VT.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
Trần Văn Mẫu

QUY CHẾ

HỌP TRỰC TUYẾN

(Kèm theo Quyết định số 1/QĐ-UBND)Chương
IQUY ĐỊNH CHUNGĐiều
1. Phạm vi

1. Quy chế này quy định việc họp.

a) Họp giao ban.

Điều 2. Đối tượng

Chương II

THỰC HIỆN

Điều 3.
Trách nhiệm

PHỤ LỤC I

DANH SÁCH PHÒNG HỌP

1. Phòng A

PHỤ LỤC II

DANH SÁCH THIẾT BỊ
"""


def test_articles_chapters_an_attached_regulation_and_annexes() -> None:
    assert outline(DECISION) == [
        ("Điều 1", "Ban hành Quy chế họp"),
        ("Điều 2", "Quyết định có hiệu lực từ ngày ký./"),
        ("Quy chế.Chương I", "QUY ĐỊNH CHUNG"),
        ("Quy chế.Điều 1", "Phạm vi"),
        ("Quy chế.Điều 1.1", "Quy chế này quy định việc họp"),
        ("Quy chế.Điều 1.1.a", "Họp giao ban"),
        ("Quy chế.Điều 2", "Đối tượng"),
        ("Quy chế.Chương II", "THỰC HIỆN"),
        ("Quy chế.Điều 3", "Trách nhiệm"),
        ("Phụ lục I", "DANH SÁCH PHÒNG HỌP"),
        ("Phụ lục I.1", "Phòng A"),
        ("Phụ lục II", "DANH SÁCH THIẾT BỊ"),
    ]


def test_a_branch_ends_where_the_next_begins_and_before_the_sign_off() -> None:
    document = parsed(DECISION)
    by_path = {provision.path: provision for provision in document.provisions}
    last_of_decision = by_path["Điều 2"]
    assert (
        document.source.text[last_of_decision.start : last_of_decision.end]
        == "Điều 2. Quyết định có hiệu lực từ ngày ký./."
    )
    chapter = document.source.text[by_path["Quy chế.Chương I"].start : by_path["Quy chế.Chương I"].end]
    assert chapter.startswith("Chương")
    assert chapter.endswith("Điều 2. Đối tượng")


def test_headings_that_the_format_marks_need_no_number() -> None:
    text = "Xã nối mạng\nMở đầu câu chuyện.\nNhững con số\nĐạt 95%.\nChuyện còn lại\nChưa xong."
    lines, at = [], 0
    for number, words in enumerate(text.split("\n")):
        heading = number % 2 == 0
        lines.append(
            Line(
                at,
                at + len(words),
                kind=LineKind.HEADING if heading else LineKind.TEXT,
                level=1 if number == 0 else 2 * heading,
            )
        )
        at += len(words) + 1
    source = SourceText(text, tuple(lines), "text/html", "html", wrapped=False)
    provisions = parse(source, PLACES).provisions
    assert [provision.heading for provision in provisions][-2:] == ["Những con số", "Chuyện còn lại"]


def test_a_heading_in_another_style_of_numbering() -> None:
    text = "A. MỤC TIÊU\n\nI. Chung\n\n1/ Một việc\n\n2/ Hai việc\n\nB. NHIỆM VỤ\n\nI. Riêng\n\n1) Một việc\n"
    assert [path for path, _ in outline(text)] == [
        "A", "A.I", "A.I.1", "A.I.2", "B", "B.I", "B.I.1",
    ]  # fmt: skip


WRAPPED = """QUYẾT ĐỊNH
Phê duyệt danh sách

Căn cứ Luật Lưu trữ;
Giám đốc Sở Công Thương và Thanh tra Vĩnh Lam chịu trách nhiệm thi hành Quyết định này.
QUYẾT ĐỊNH:
Điều 1. Phê duyệt kèm theo
Quyết định này Danh sách 12 chợ cần sửa chữa trong năm.
Điều 2. Giao Sở Công
Thương chủ trì sửa chữa các chợ đã xuống cấp.
Điều 3. Trách nhiệm của Thanh tra Vĩnh
Lam
Thanh tra kiểm tra việc sửa chữa.
Điều 4. Hiệu lực thi hành
Quyết định này có hiệu lực kể từ ngày ký.
Điều 5. Tổ chức thực hiện
Chánh Văn phòng chịu trách nhiệm.
Điều 6. Chánh Văn phòng
UBND tỉnh và các xã chịu trách nhiệm làm việc này.

PHỤ LỤC

A. NHÓM
CHỢ VÙNG CAO (05 chợ)Chợ
thứ nhất
B. NHÓM
CHỢ VÙNG THẤP
UBND tỉnh quyết định riêng.
C. CHỢ ĐÃ SỬA Ở HUYỆN MẪUDanh
sách còn thiếu.
"""


def test_headings_go_on_over_the_line_breaks_of_the_source_and_end_where_their_paragraph_does() -> None:
    assert outline(WRAPPED) == [
        ("Điều 1", "Phê duyệt kèm theo Quyết định này Danh sách 12 chợ cần"),
        ("Điều 2", "Giao Sở Công Thương chủ trì sửa chữa các chợ đã xuống"),
        ("Điều 3", "Trách nhiệm của Thanh tra Vĩnh Lam"),
        ("Điều 4", "Hiệu lực thi hành"),
        ("Điều 5", "Tổ chức thực hiện"),
        ("Điều 6", "Chánh Văn phòng UBND tỉnh và các xã chịu trách nhiệm làm"),
        ("Phụ lục", ""),
        ("Phụ lục.A", "NHÓM CHỢ VÙNG CAO (05 chợ)"),
        ("Phụ lục.B", "NHÓM CHỢ VÙNG THẤP"),
        ("Phụ lục.C", "CHỢ ĐÃ SỬA Ở HUYỆN MẪU"),
    ]


def check(source: SourceText, provisions: tuple[Provision, ...]) -> None:
    starts = [provision.start for provision in provisions]
    assert starts == sorted(starts)
    for number, provision in enumerate(provisions):
        assert provision.ordinal == number
        assert 0 <= provision.start < provision.end <= len(source.text)
        assert provision.path
        if provision.parent is not None:
            parent = provisions[provision.parent]
            assert parent.ordinal < number
            assert parent.start <= provision.start
            assert provision.end <= parent.end
            assert provision.level == parent.level + 1


_PIECES = st.lists(
    st.sampled_from(
        ["I. ", "II. ", "1. ", "1.1. ", "2.", "a) ", "b)", "Điều 1. ", "Chương I", "PHỤ LỤC", "\n", "\n\n", "\f", " | ",
         "Nơi nhận:", "- ", "TM. ", "CHỦ TỊCH", "KẾ HOẠCH", "Số: 1/KH-UBND", "việc", "VIỆC LỚN", "làm. Xong",
         "ngày 1/2/2020", "Căn cứ ",
         "#", "**"]
    ),
    max_size=60,
)  # fmt: skip


@settings(max_examples=150)
@given(_PIECES, st.booleans())
def test_any_run_of_markers_gives_a_tree(pieces: list[str], wrapped: bool) -> None:
    source = read_text(" ".join(pieces).encode())
    source = SourceText(source.text, source.lines, "text/plain", "text", wrapped)
    check(source, parse(source, PLACES).provisions)


@settings(max_examples=150)
@given(st.text(max_size=300), st.lists(st.integers(0, 300), max_size=6), st.booleans())
def test_any_text_and_any_lines_give_a_tree(text: str, cuts: list[int], wrapped: bool) -> None:
    bounds = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    kinds = list(LineKind)
    lines = tuple(Line(a, b, kind=kinds[a % 3], level=a % 3) for a, b in pairwise(bounds))
    source = SourceText(text, lines, "text/plain", "text", wrapped)
    check(source, parse(source, PLACES).provisions)


def test_a_heading_that_ends_in_digital_is_no_reference_to_a_number() -> None:
    text = (
        "I. VIỆC\n\n1. Chính quyền số, kinh tế số\na) Sở Tư pháp rà soát\n\nII. XÃ HỘI\n\n1. Xã hội số\n2. Kỹ năng số\n"
    )
    assert outline(text)[1:] == [
        ("I.1", "Chính quyền số, kinh tế số"),
        ("I.1.a", "Sở Tư pháp rà soát"),
        ("II", "XÃ HỘI"),
        ("II.1", "Xã hội số"),
        ("II.2", "Kỹ năng số"),
    ]
    assert [path for path, _ in outline("I. VIỆC\n\n1. Theo Mẫu số\n2. Việc hai\n")] == ["I", "I.1"]


def test_numbers_with_a_hyphen_as_the_party_prints_them() -> None:
    assert [path for path, _ in outline("I- MỤC ĐÍCH\n1- Mục đích\n2- Yêu cầu\nII- NHIỆM VỤ\n1- Việc một\n")] == [
        "I", "I.1", "I.2", "II", "II.1",
    ]  # fmt: skip


def test_a_line_that_stops_before_a_name_goes_on_in_the_next() -> None:
    text = (
        "I. VIỆC\n\n1. Căn cứ\n\nCăn cứ Luật\nNgân sách nhà nước, căn cứ quyết định của Chủ tịch\nUBND tỉnh mà làm.\n"
    )
    source = read_text(text.encode())
    paragraphs = [source.text[block.start : block.end] for block in blocks_of(source)]
    assert paragraphs[-1].startswith("Căn cứ Luật\nNgân sách")
    assert paragraphs[-1].endswith("Chủ tịch\nUBND tỉnh mà làm.")
