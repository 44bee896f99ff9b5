"""Tables of PDFs: the annex of the table truth in every form that PDFs give it, and what is no table."""

from __future__ import annotations

import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from corpus.model import LineKind, SourceText
from indexer.reading import read_bytes
from tests.indexer.shown import shown


def _beside(path: str) -> ModuleType:
    """A module that lies beside the tests, which are no package."""
    file = Path(__file__).parent / path
    name = f"tests_{file.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


drawing = _beside("pdf_drawing.py")
scoring = _beside("tables/scoring.py")

FORMS: list[dict[str, Any]] = [
    {},
    {"valign": "MIDDLE"},
    {"ruled": False},
    {"ruled": False, "valign": "MIDDLE"},
    {"landscape": True, "size": 12},
    {"landscape": True, "turned": True, "size": 12},
    {"landscape": True, "turned": True, "size": 12, "ruled": False, "foot": "Phụ lục kế hoạch, trang"},
]


@pytest.mark.parametrize("repeat", [True, False], ids=["heads-repeated", "heads-once"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: "-".join(map(str, form.items())) or "ruled")
def test_the_annex_is_one_table_with_every_cell_under_its_head(form: dict[str, Any], repeat: bool) -> None:
    annex = scoring.truth()
    source = read_bytes(drawing.annex_pdf(annex, repeat=repeat, **form), ".pdf")
    assert len(source.tables) == 1
    assert source.tables[0].heads == 1
    assert scoring.cell_f1(source, source.tables) >= 0.98
    assert source.pages == (3 if form.get("landscape") else 2)
    assert source.text.count(annex["heads"][1]) == 1, "a repeated head is left out of the text"
    assert "Phụ lục kế hoạch, trang" not in source.text


def test_rows_are_lines_of_their_page_and_cells_point_at_their_words() -> None:
    source = read_bytes(drawing.annex_pdf(scoring.truth()), ".pdf")
    rows = [line for line in source.lines if line.kind is LineKind.ROW]
    assert {line.page for line in rows} == {1, 2}
    table = source.tables[0]
    assert len(rows) == table.cells[-1].row + 1
    for cell in table.cells:
        line = rows[cell.row]
        assert line.start <= cell.start <= cell.end <= line.end
    task = next(line for line in rows if "thi đua" in source.text[line.start : line.end])
    assert source.text[task.start : task.end].startswith("2 | Phát động phong trào thi đua")
    assert source.text.rstrip("\f").endswith("ngày 15 hằng tháng.")


def drawn(*pages: list[tuple[float, float, str]], rules: bool = False) -> SourceText:
    """What is read of pages with these lines, (left, height above the foot, text) in points."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for page in pages:
        canvas.setFont(drawing.font(), 12)
        for left, up, text in page:
            canvas.drawString(left, up, text)
        if rules:
            for x in (50, 100, 300, 500):
                canvas.line(x, 60, x, 780)
            for y in (60, 780):
                canvas.line(50, y, 500, y)
        canvas.showPage()
    canvas.save()
    return read_bytes(out.getvalue(), ".pdf")


LETTERHEAD = [
    (90, 780, "UBND TỈNH VĨNH LAM"),
    (290, 780, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    (110, 762, "SỞ NỘI VỤ"),
    (340, 762, "Độc lập - Tự do - Hạnh phúc"),
    (100, 740, "Số: 12/KH-SNV"),
    (320, 740, "Vĩnh Lam, ngày 5 tháng 3 năm 2032"),
]


@pytest.mark.parametrize("order", [1, -1], ids=["by-row", "backwards"])
def test_a_letterhead_is_two_columns_read_one_after_the_other_and_no_table(order: int) -> None:
    title = [(270, 700, "KẾ HOẠCH"), (100, 680, "Thực hiện cải cách hành chính năm 2032 trên địa bàn tỉnh")]
    source = drawn([*LETTERHEAD, *title][::order])
    left, right = LETTERHEAD[::2], LETTERHEAD[1::2]
    assert shown(source) == [text for _, _, text in [*left, *right, *title]]
    assert source.tables == ()


def test_a_signature_block_is_two_columns_and_no_table() -> None:
    body = [(70, 600, "Các cơ quan báo cáo kết quả về Sở Nội vụ trước ngày 15 tháng 12 năm 2032 để tổng hợp.")]
    block = [
        (70, 560, "Nơi nhận:"),
        (350, 560, "KT. GIÁM ĐỐC"),
        (70, 545, "- Như trên;"),
        (345, 545, "PHÓ GIÁM ĐỐC"),
        (70, 530, "- Lưu: VT."),
        (350, 470, "Lê Thị Bình"),
    ]
    source = drawn(body + block)
    assert source.tables == ()
    text = shown(source)
    assert text[1:4] == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    assert text[4:] == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Lê Thị Bình"]


def test_the_three_parts_of_a_forms_head_are_read_one_after_another() -> None:
    head = [
        (50, 780, "Biểu số 01/NV"), (220, 780, "SỐ LIỆU"), (400, 780, "Đơn vị báo cáo:"),
        (50, 765, "Ban hành kèm theo"), (220, 765, "CÁN BỘ"), (400, 765, "Sở Nội vụ"),
        (50, 750, "Quyết định số 5"), (220, 750, "Năm 2032"), (400, 750, "Đơn vị nhận:"),
        (50, 735, "ngày 01/3/2032"), (400, 735, "Bộ Nội vụ"),
    ]  # fmt: skip
    source = drawn(head)
    assert source.tables == ()
    assert shown(source) == [text for column in (50, 220, 400) for left, _, text in head if left == column]


def test_a_row_that_a_page_breaks_is_one_row() -> None:
    first = [(60, 760, "TT"), (110, 760, "Nhiệm vụ"), (310, 760, "Cơ quan"),
             (60, 740, "1"), (110, 740, "Rà soát thủ tục"), (310, 740, "Sở Tư pháp"),
             (60, 720, "2"), (110, 720, "Công bố thủ tục"), (310, 720, "Sở Nội vụ"),
             (60, 700, "3"), (110, 700, "Niêm yết tại bộ phận"), (310, 700, "Các sở,")]  # fmt: skip
    second = [(110, 760, "một cửa cấp xã"), (310, 760, "ban, ngành"),
              (60, 700, "4"), (110, 700, "Khảo sát"), (310, 700, "Sở Nội vụ")]  # fmt: skip
    source = ruled([[760, 740, 720, 700], [760, 700]], [first, second])
    assert [text for text in shown(source) if "|" in text] == [
        "TT | Nhiệm vụ | Cơ quan",
        "1 | Rà soát thủ tục | Sở Tư pháp",
        "2 | Công bố thủ tục | Sở Nội vụ",
        "3 | Niêm yết tại bộ phận một cửa cấp xã | Các sở, ban, ngành",
        "4 | Khảo sát | Sở Nội vụ",
    ]
    assert len(source.tables) == 1


def ruled(rows: list[list[float]], pages: list[list[tuple[float, float, str]]]) -> SourceText:
    """A ruled table of three columns whose rows have these first lines on each page."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for lines, page in zip(rows, pages, strict=True):
        canvas.setFont(drawing.font(), 12)
        for left, up, text in page:
            canvas.drawString(left, up, text)
        bottom = lines[-1] - 8
        for y in [up + 12 for up in lines] + [bottom]:
            canvas.line(50, y, 500, y)
        for x in (50, 100, 300, 500):
            canvas.line(x, lines[0] + 12, x, bottom)
        canvas.showPage()
    canvas.save()
    return read_bytes(out.getvalue(), ".pdf")


def test_two_tables_of_other_columns_on_following_pages_stay_two() -> None:
    from reportlab.lib import colors
    from reportlab.platypus import PageBreak, SimpleDocTemplate, Table

    out = io.BytesIO()
    font = ("FONTNAME", (0, 0), (-1, -1), drawing.font())
    grid = ("GRID", (0, 0), (-1, -1), 0.5, colors.black)
    first = Table([["TT", "Nội dung"], ["1", "Một"], ["2", "Hai"]], colWidths=[40, 300], style=[font, grid])
    second = Table([["TT", "Tên", "Năm"], ["1", "Ba", "2032"]], colWidths=[40, 200, 90], style=[font, grid])
    SimpleDocTemplate(out).build([first, PageBreak(), second])
    assert len(read_bytes(out.getvalue(), ".pdf").tables) == 2
