"""Short forms that a document defines, and what they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.places import Places
from indexer.extraction.context import Context
from indexer.extraction.definitions import find_abbreviations
from indexer.reading.text import read_text
from indexer.structure import parse

PLACES = Places.load()


def context_of(text: str) -> Context:
    return Context.of(parse(read_text(f"KẾ HOẠCH\nTrồng rừng\n\nI. VIỆC\n\n1. {text}\n".encode()), PLACES))


def defined(text: str) -> list[tuple[str, str]]:
    return [(found.short, found.long) for found in find_abbreviations(context_of(text))]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Đẩy mạnh cải cách hành chính (CCHC) ở xã.", "CCHC", "cải cách hành chính"),
        ("Mở Trung tâm Phục vụ hành chính công (*TTPVHCC*).", "TTPVHCC", "Trung tâm Phục vụ hành chính công"),
        ("Phòng Quản lý Văn hóa và Gia đình (QLVH&GĐ) trình.", "QLVH&GĐ", "Quản lý Văn hóa và Gia đình"),
        ("Nâng Chỉ số hài lòng của người dân, tổ chức (Sipas) của tỉnh.", "Sipas",
         "Chỉ số hài lòng của người dân, tổ chức"),
        ("Chỉ số một (PAPI), Chỉ số năng lực cạnh tranh cấp tỉnh (PCI).", "PCI", "Chỉ số năng lực cạnh tranh cấp tỉnh"),
        ("Ứng dụng mô hình thông tin công trình (BIM).", "BIM", "mô hình thông tin công trình"),
        ("Nuôi Cổng thông tin điện tử (sau đây viết tắt là Cổng TTĐT) tỉnh.", "Cổng TTĐT", "Cổng thông tin điện tử"),
        ("Ủy ban nhân dân các xã, phường (gọi chung là UBND cấp xã) trồng.", "UBND cấp xã",
         "Ủy ban nhân dân các xã, phường"),
        ("Phê duyệt Chương trình mục tiêu quốc gia trồng rừng đến năm 2030 (sau đây gọi tắt là Chương trình).",
         "Chương trình", "Chương trình mục tiêu quốc gia trồng rừng đến năm 2030"),
        ("Các khu rừng của thành phố Hà Nội (sau đây gọi tắt là “Thành phố”).", "Thành phố", "thành phố Hà Nội"),
        ("Theo Nghị quyết số 5/NQ-CP ngày 2/3/2020 của Chính phủ về rừng (Nghị quyết 5/NQ-CP).", "Nghị quyết 5/NQ-CP",
         "Nghị quyết số 5/NQ-CP ngày 2/3/2020 của Chính phủ về rừng"),
        ("Theo Nghị định số 8/2020/NĐ-CP của Chính phủ (sau đây gọi là Nghị định số 8/2020/NĐ-CP), trồng.",
         "Nghị định số 8/2020/NĐ-CP", "Nghị định số 8/2020/NĐ-CP của Chính phủ"),
    ],
)  # fmt: skip
def test_a_short_form_and_its_long_form(text: str, short: str, long: str) -> None:
    assert (short, long) in defined(text)


@pytest.mark.parametrize(
    "text",
    [
        "Giao các sở (Sở Y tế, Sở Nội vụ) trồng rừng (IV) và (12) cây (Nghị quyết số 18-NQ/TW ngày 25/10/2017).",
        "Ghi họ tên, không viết tắt; dùng tên viết tắt của cơ quan.",
        "Trồng cây (TTHC).",
        "Giao Sở Y tế (b/c), xã (nếu có).",
    ],
)
def test_other_brackets_define_nothing(text: str) -> None:
    assert defined(text) == []


def test_each_short_form_is_defined_once_and_points_to_where_it_stands() -> None:
    context = context_of("Cải cách hành chính (CCHC); sau đó cải cách hành chính (CCHC).")
    [found] = find_abbreviations(context)
    assert context.source.text[found.start : found.end] == "CCHC"


_PIECES = st.sampled_from(
    (
        "cải cách hành chính ",
        "(CCHC) ",
        "(sau đây gọi tắt là ",
        "Chương trình",
        ") ",
        "(",
        "Nghị quyết số 5/NQ-CP ",
        "viết tắt: ",
        "“",
        "”",
        "; ",
        ". ",
        "(Nghị quyết 5/NQ-CP) ",
        "Chỉ số ",
        "(PCI) ",
        "\n",
        "gọi chung là ",
    )
)


@given(st.lists(_PIECES, max_size=25))
def test_any_text_is_read(pieces: list[str]) -> None:
    context = context_of("".join(pieces))
    shorts = [found.short for found in find_abbreviations(context)]
    assert len(shorts) == len(set(shorts))
    for found in find_abbreviations(context):
        assert found.short
        assert found.long
        assert found.short in " ".join(context.text[found.start : found.end].split())
