"""What pages print around the document does not enter its text: heads, feet, numbers, gazette lines, signatures."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.model import SourceText
from indexer.reading import read_bytes
from indexer.reading.pages import Placed, furniture
from indexer.reading.pdf_layout import Printed

LINE = 14.0
HEIGHT = 842.0


def printed(text: str, from_top: float, left: float = 70, size: float = 12) -> Placed:
    line = Printed(text, (), left, left + 6 * len(text), from_top, from_top + size, from_top + 0.8 * size, 0)
    return Placed(line, from_top, HEIGHT - from_top - size, HEIGHT)


def page(*texts: str, head: str = "", foot: str = "", start: float = 60) -> list[Placed]:
    lines = [printed(head, 30)] if head else []
    lines += [printed(text, start + number * LINE) for number, text in enumerate(texts)]
    return [*lines, *([printed(foot, 810)] if foot else [])]


def kept(*pages: list[Placed]) -> list[list[str]]:
    dropped = furniture(pages, [False] * len(pages))
    return [
        [placed.line.text for index, placed in enumerate(lines) if index not in gone]
        for lines, gone in zip(pages, dropped, strict=True)
    ]


def test_a_running_head_and_a_foot_with_changing_numbers_are_left_out() -> None:
    pages = [page(f"Nội dung {name}", "và tiếp", head="Kế hoạch năm 2032", foot=f"UBND tỉnh - trang {number}/3")
             for number, name in enumerate(("một", "hai", "ba"), 1)]  # fmt: skip
    assert kept(*pages) == [[f"Nội dung {name}", "và tiếp"] for name in ("một", "hai", "ba")]


def test_a_head_that_starts_on_the_second_page_is_left_out() -> None:
    pages = [
        page("KẾ HOẠCH", "Năm 2032"),
        page("Một", "hai", head="Kế hoạch 12"),
        page("Ba", "bốn", head="Kế hoạch 12"),
    ]
    assert kept(*pages) == [["KẾ HOẠCH", "Năm 2032"], ["Một", "hai"], ["Ba", "bốn"]]


def test_a_heading_that_pages_happen_to_start_with_stays() -> None:
    pages = [page("Mẫu số 01", "Đơn đề nghị"), page("tiếp theo đơn", "người viết"), page("Mẫu số 02", "Tờ khai"),
             page("Mẫu số 03", "Bảng kê")]  # fmt: skip
    assert kept(*pages) == [[placed.line.text for placed in lines] for lines in pages]


def test_lines_that_two_pages_share_stay() -> None:
    pages = [page("Sở Nội vụ", "báo cáo quý I", "về hồ sơ"), page("Sở Nội vụ", "báo cáo quý II", "về đất đai")]
    assert kept(*pages) == [[placed.line.text for placed in lines] for lines in pages]


def test_amounts_at_the_edge_of_a_page_stay() -> None:
    pages = [page("Tổng cộng", "2031"), page("Nguồn vốn", "57"), page("Còn lại", "8")]
    assert kept(*pages) == [["Tổng cộng", "2031"], ["Nguồn vốn", "57"], ["Còn lại", "8"]]


@pytest.mark.parametrize(
    "gazette",
    ["CÔNG BÁO/Số 41 + 42/Ngày 05-3-2032", "7 CÔNG BÁO/Số 41/Ngày 05-3-2032", "CÔNG BÁO VĨNH LAM/Số 3/Ngày 01-02-2032",
     "(Xem tiếp Công báo số 43 + 44)"],
)  # fmt: skip
def test_gazette_lines_are_left_out_of_a_single_page_too(gazette: str) -> None:
    assert kept(page("THÔNG TƯ", head=gazette)) == [["THÔNG TƯ"]]
    body = "Đăng CÔNG BÁO tỉnh trong 15 ngày"
    assert kept(page(body)) == [[body]]


def test_a_signature_strip_is_left_out_and_what_stands_beside_it_stays() -> None:
    strip = ["Người ký: Ủy ban nhân dân", "tỉnh Vĩnh Lam", "Email: ubnd@vinhlam.example", "Cơ quan: Tỉnh Vĩnh Lam",
             "Thời gian ký: 05.03.2032", "14:20:11 +07:00"]  # fmt: skip
    small = [printed(text, 20 + 8 * number, left=400, size=7) for number, text in enumerate(strip)]
    lines = [*small, *page("UBND TỈNH VĨNH LAM", "Người ký: ghi rõ họ tên", "Cơ quan chủ trì báo cáo", start=64)]
    assert kept(lines) == [["UBND TỈNH VĨNH LAM", "Người ký: ghi rõ họ tên", "Cơ quan chủ trì báo cáo"]]


WORDS = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=12)


@settings(deadline=None, max_examples=40)
@given(body=st.lists(st.lists(WORDS, min_size=2, max_size=6, unique=True), min_size=3, max_size=6), head=WORDS)
def test_a_head_never_takes_the_body_with_it(body: list[list[str]], head: str) -> None:
    texts = [[f"{chr(65 + number)} {line}" for line in lines] for number, lines in enumerate(body)]
    assert kept(*(page(*lines, head=f"Kế hoạch {head}") for lines in texts)) == texts


def with_letters(*placed: tuple[float, float, str]) -> SourceText:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setFont("Helvetica", 12)
    for left, up, text in placed:
        canvas.drawString(left, up, text)
    canvas.save()
    return read_bytes(out.getvalue(), ".pdf")


def test_letters_that_are_set_apart_are_closed_up_into_words() -> None:
    spaced = [(60 + 14 * n + (10 if n > 4 else 0), 780, letter) for n, letter in enumerate("THANGMAY")]
    source = with_letters(*spaced, (60, 750, "A B C va D"))
    assert source.text.split("\n") == ["THANG MAY", "A B C va D"]
