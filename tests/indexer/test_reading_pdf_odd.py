"""PDFs of the odd kinds that an office makes: forms, notes, watermarks, hidden layers, letters drawn as outlines."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from pypdf.annotations import FreeText, Text
from pypdf.generic import DictionaryObject, NameObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import ReadingError
from corpus.model import Quality
from indexer.reading import ReadingOptions, ocr, read_bytes
from indexer.reading.pages import numeral
from indexer.reading.symbols import glyph
from tests.indexer.ocr_pages import font as scan_font
from tests.indexer.pdf_drawing import font

BODY = [
    "Ủy ban nhân dân tỉnh ban hành kế hoạch cải cách hành chính",
    "với các nhiệm vụ trọng tâm sau đây, giao các sở, ngành:",
    "1. Sở Nội vụ chủ trì, phối hợp với Sở Tài chính lập báo cáo.",
    "2. Sở Tư pháp rà soát văn bản, báo cáo trước ngày 30/6.",
]
WAIT = ReadingOptions(recognise=False)


def drawn(*pages: Callable[[Any], None]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for page in pages:
        canvas.setFont(font(), 12)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def write(canvas: Any, lines: list[str], top: float = 780, size: float = 12) -> None:
    canvas.setFont(font(), size)
    for number, line in enumerate(lines):
        canvas.drawString(70, top - 1.4 * size * number, line)


def changed(data: bytes, change: Callable[[pypdf.PdfWriter], object]) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_what_was_typed_into_a_form_stands_behind_its_label() -> None:
    def form(canvas: Any) -> None:
        write(canvas, ["PHIẾU ĐĂNG KÝ"])
        for name, top in (("Đơn vị:", 700), ("Đồng ý:", 660), ("Không:", 640), ("Lĩnh vực:", 600)):
            canvas.drawString(70, top, name)
        canvas.acroForm.textfield(name="a", value="x", x=250, y=695, width=200, height=20)
        canvas.acroForm.checkbox(name="b", checked=True, x=250, y=655)
        canvas.acroForm.checkbox(name="c", checked=False, x=250, y=635)
        canvas.acroForm.choice(name="d", value="Y te", options=["Y te", "Lao dong"], x=250, y=595, width=99, height=20)

    def fill(writer: pypdf.PdfWriter) -> None:
        for annotation in writer.pages[0]["/Annots"]:  # type: ignore[attr-defined]
            field = annotation.get_object()
            if field["/T"] == "a":  # as programs write it that leave the drawing to the viewer
                field[NameObject("/V")] = pypdf.generic.TextStringObject("Sở Kế hoạch và Đầu tư")
                del field["/AP"]

    text = read_bytes(changed(drawn(form), fill), ".pdf").text
    assert text.split("\n") == [
        "PHIẾU ĐĂNG KÝ",
        "Đơn vị: Sở Kế hoạch và Đầu tư",
        "Đồng ý: ☒",
        "Không: ☐",
        "Lĩnh vực: Y te",
    ]


def test_a_field_in_a_cell_stays_in_its_column() -> None:
    def table(canvas: Any) -> None:
        for x in (60, 200, 500):
            canvas.line(x, 700, x, 760)
        for y in (700, 730, 760):
            canvas.line(60, y, 500, y)
        write(canvas, ["Nội dung"], top=740)
        canvas.drawString(210, 740, "Đơn vị chủ trì")
        canvas.drawString(70, 710, "Rà soát")
        canvas.acroForm.textfield(name="a", value="Thanh tra", x=210, y=702, width=200, height=20)

    source = read_bytes(drawn(table), ".pdf")
    assert source.text == "Nội dung | Đơn vị chủ trì\nRà soát | Thanh tra"
    assert [len(table.cells) for table in source.tables] == [4]


def test_text_typed_onto_a_page_is_read_and_pinned_comments_are_told() -> None:
    def annotate(writer: pypdf.PdfWriter) -> None:
        long = "Đồng ý. Giao Văn phòng theo dõi, đôn đốc và tổng hợp báo cáo hằng tháng."
        writer.add_annotation(0, FreeText(text=long, rect=(70, 480, 300, 560)))
        writer.add_annotation(0, Text(text="Xem lại mục 2", rect=(20, 600, 40, 620)))

    source = read_bytes(changed(drawn(lambda c: write(c, BODY)), annotate), ".pdf")
    assert "Đồng ý. Giao Văn phòng theo dõi, đôn đốc và tổng hợp báo cáo hằng tháng." in " ".join(source.text.split())
    assert "Xem lại" not in source.text
    assert any("1 ghi chú" in warning and "1 comments" in warning for warning in source.warnings)


@pytest.mark.parametrize("slanting", [True, False])
def test_a_watermark_is_left_out_and_told(slanting: bool) -> None:
    def page(number: int) -> Callable[[Any], None]:
        def draw(canvas: Any) -> None:
            canvas.saveState()
            canvas.setFont(font(), 60)
            canvas.translate(297, 640)
            canvas.rotate(45 if slanting else 0)
            canvas.drawCentredString(0, 0, "DỰ THẢO")
            canvas.restoreState()
            write(canvas, [f"Phần {number}, đoạn {line}. {words}" for line in range(5) for words in BODY])

        return draw

    source = read_bytes(drawn(*map(page, range(1 if slanting else 3))), ".pdf")
    assert "THẢO" not in source.text
    assert source.text.count("Sở Nội vụ") == 5 * (source.pages or 0)
    assert any("“DỰ THẢO”" in warning for warning in source.warnings)


def test_a_large_title_is_no_watermark() -> None:
    def cover(canvas: Any) -> None:
        canvas.setFont(font(), 40)
        canvas.drawCentredString(297, 700, "BÁO CÁO")
        write(canvas, BODY, top=400)

    assert read_bytes(drawn(cover), ".pdf").text.startswith("BÁO CÁO\n")


def test_roman_page_numbers_are_left_out_and_roman_headings_stay() -> None:
    def page(at: int, number: str) -> Callable[[Any], None]:
        def draw(canvas: Any) -> None:
            write(canvas, [f"{'abcdef'[at]}) {words}" for words in BODY])
            canvas.drawCentredString(297, 30, number)

        return draw

    text = read_bytes(drawn(*(page(at, n) for at, n in enumerate(["i", "ii", "- iii -", "1", "2"]))), ".pdf").text
    assert all(page.endswith("30/6.") for page in text.split("\f"))
    lone = read_bytes(drawn(page(0, "II"), lambda canvas: write(canvas, BODY[:2])), ".pdf").text
    assert "\nII\f" in lone


@given(st.integers(1, 49))
def test_a_roman_numeral_has_its_value(number: int) -> None:
    from indexer.reading.numbering import roman

    assert numeral(f"- {roman(number)} -") == number
    assert numeral(roman(number).lower()) == number


@settings(max_examples=50)
@given(st.text(max_size=12))
def test_other_text_is_no_roman_numeral(text: str) -> None:
    assert numeral(text) == 0 or set(text.lower()) <= set("ivxl-–— \t\n\r\f\v\x1c\x1d\x1e\x1f\x85\xa0")


def scan(words: list[str], shown: list[str] | None = None) -> bytes:
    """A scanner's page: an image, and what its program recognised as text that nobody sees."""
    sheet = Image.new("RGB", (1654, 2339), "white")
    pen = ImageDraw.Draw(sheet)
    letters = scan_font(36, 72)
    for number, line in enumerate(shown or []):
        pen.text((180, 180 + 60 * number), line, fill="black", font=letters)

    def draw(canvas: Any) -> None:
        canvas.drawImage(ImageReader(sheet), 0, 0, *A4)
        layer = canvas.beginText(70, 780)
        layer.setTextRenderMode(3)
        layer.setFont(font(), 10)
        layer.textLines(words)
        canvas.drawText(layer)

    return drawn(draw)


def test_a_scanners_own_text_layer_counts_as_recognised() -> None:
    source = read_bytes(scan(BODY * 3), ".pdf", WAIT)
    assert source.quality is Quality.RECOGNISED
    assert source.text.count("Sở Nội vụ") == 3
    assert (source.waiting, source.warnings) == ((), ())


def test_text_on_a_picture_that_is_seen_stays_the_files_own() -> None:
    def draw(canvas: Any) -> None:
        canvas.drawImage(ImageReader(Image.new("RGB", (100, 141), "#eeeeee")), 0, 0, *A4)
        write(canvas, BODY * 3)

    assert read_bytes(drawn(draw), ".pdf", WAIT).quality is Quality.NATIVE


def test_a_layer_without_vietnamese_marks_is_to_be_recognised_again() -> None:
    source = read_bytes(scan(["Uy ban nhan dan tinh ban hanh ke hoach cai cach hanh chinh"] * 5), ".pdf", WAIT)
    assert source.waiting == (1,)
    assert "Uy ban nhan dan" in source.text  # better than nothing meanwhile


@pytest.mark.skipif(not ocr.available(), reason="no Tesseract with Vietnamese on this machine")
def test_a_layer_without_vietnamese_marks_gives_way_and_stays_where_nothing_is_recognised() -> None:
    layer = ["Uy ban nhan dan tinh ban hanh ke hoach cai cach hanh chinh"] * 5
    assert "Sở Nội vụ chủ trì" in read_bytes(scan(layer, shown=BODY), ".pdf").text
    assert "Uy ban nhan dan" in read_bytes(scan(layer), ".pdf").text


def outlined(canvas: Any) -> None:
    """A page whose letters are filled curves, as printing houses send them."""
    letters = scan_font(48, 72)
    for number, line in enumerate(BODY):
        glyphs = Image.new("1", (2400, 80))
        ImageDraw.Draw(glyphs).text((0, 5), line, font=letters, fill=1)
        for y in range(glyphs.height):
            row = [bool(glyphs.getpixel((x, y))) for x in range(glyphs.width)]
            starts = [x for x in range(1, len(row)) if row[x] and not row[x - 1]]
            path = canvas.beginPath()
            for x in starts:
                end = row.index(False, x)
                path.rect(60 + x / 5, 780 - 24 * number - y / 5, (end - x) / 5, 0.21)
            if starts:
                path.circle(60 + starts[0] / 5, 780 - 24 * number - y / 5, 0.05)
                canvas.drawPath(path, stroke=0, fill=1)


def test_a_page_of_letters_drawn_as_outlines_waits_and_the_others_are_read() -> None:
    source = read_bytes(drawn(lambda canvas: write(canvas, BODY), outlined), ".pdf", WAIT)
    assert source.waiting == (2,)
    assert "Sở Nội vụ" in source.text


@pytest.mark.skipif(not ocr.available(), reason="no Tesseract with Vietnamese on this machine")
def test_letters_drawn_as_outlines_are_recognised() -> None:
    source = read_bytes(drawn(lambda canvas: write(canvas, BODY), outlined), ".pdf")
    assert source.quality is Quality.MIXED
    assert "Sở Tư pháp rà soát văn bản" in source.text.split("\f")[1]


def test_one_damaged_page_is_told_and_the_others_are_read() -> None:
    def damage(writer: pypdf.PdfWriter) -> None:
        kids = writer.root_object["/Pages"].get_object()["/Kids"]  # type: ignore[index]
        kids[1] = writer._add_object(DictionaryObject({NameObject("/Type"): NameObject("/Font")}))

    data = changed(drawn(*[lambda canvas: write(canvas, BODY)] * 3), damage)
    source = read_bytes(data, ".pdf", WAIT)
    assert source.pages == 3
    assert [line.page for line in source.lines if "Sở Tư pháp" in source.text[line.start : line.end]] == [1, 3]
    assert any("Trang 2" in warning and "pages 2" in warning for warning in source.warnings)


def test_a_glyph_that_a_font_of_symbols_lacks_is_the_box_that_it_prints() -> None:
    assert glyph(0, "ABCDEF+SymbolMT") == "☐"
    assert glyph(0xFE - 29, "Wingdings-Regular") == "☑"
    assert glyph(12, "TimesNewRoman") is None


def test_files_attached_to_a_pdf_are_named_with_what_to_do() -> None:
    data = changed(drawn(lambda canvas: write(canvas, BODY)), lambda w: w.add_attachment("Phụ lục.docx", b"PK"))
    (warning,) = read_bytes(data, ".pdf").warnings
    assert "Phụ lục.docx" in warning
    assert "lưu từng tệp" in warning
    assert "Save each" in warning


def test_a_password_is_told(tmp_path: object) -> None:
    data = changed(drawn(lambda canvas: write(canvas, BODY)), lambda w: w.encrypt("bí mật"))
    with pytest.raises(ReadingError, match="password"):
        read_bytes(data, ".pdf")
    only_owner = changed(drawn(lambda canvas: write(canvas, BODY)), lambda w: w.encrypt("", "chủ"))
    assert "Sở Nội vụ" in read_bytes(only_owner, ".pdf").text


def test_columns_of_a_page_set_in_different_leading_are_read_one_after_the_other() -> None:
    def draw(canvas: Any) -> None:
        for x, count, leading, side in ((60, 40, 14.5, "trái"), (310, 38, 13.7, "phải")):
            canvas.setFont(font(), 10)
            for number in range(count):
                canvas.drawString(x, 770 - leading * number, f"{side} {number} giao các sở, ngành thực hiện")

    lines = read_bytes(drawn(draw), ".pdf").text.split("\n")
    assert [line.split()[0] for line in lines] == ["trái"] * 40 + ["phải"] * 38


def test_two_pages_on_one_sheet_are_read_one_after_the_other_without_their_numbers() -> None:
    def draw(sheet: int) -> Callable[[Any], None]:
        def page(canvas: Any) -> None:
            canvas.setPageSize((A4[1], A4[0]))
            canvas.setFont(font(), 11)
            for x, side in ((50, "trái"), (470, "phải")):
                for line in range(20):
                    canvas.drawString(x, 540 - 15 * line, f"{side} {line} {'abc'[sheet] * 9} của văn bản kế hoạch")
                canvas.drawString(x + 150, 30, str(2 * sheet + (2 if x > 400 else 1)))

        return page

    text = read_bytes(drawn(draw(0), draw(1), draw(2)), ".pdf").text
    assert [line.split()[0] for line in text.replace("\f", "\n").split("\n")] == (["trái"] * 20 + ["phải"] * 20) * 3


def test_lines_alike_but_for_their_numbers_are_running_heads_only_where_they_count_pages() -> None:
    def draw(at: int) -> Callable[[Any], None]:
        def page(canvas: Any) -> None:
            canvas.drawString(70, 800, f"Kế hoạch cải cách hành chính 2018, trang {at + 1}")
            canvas.drawString(70, 770, f"Tháng {(5, 3, 9)[at]}: các sở, ngành báo cáo kết quả.")
            write(canvas, [f"{'abc'[at] * 9} {words}" for words in BODY], top=740)

        return page

    text = read_bytes(drawn(*map(draw, range(3))), ".pdf").text
    assert "trang" not in text
    assert [page.split("\n")[0][:8] for page in text.split("\f")] == ["Tháng 5:", "Tháng 3:", "Tháng 9:"]


def test_a_second_reading_has_no_empty_words(monkeypatch: pytest.MonkeyPatch) -> None:
    import pdfplumber

    from indexer.reading.pdf_second import second_reading
    from indexer.reading.pdf_words import NOTHING

    box = {"x0": 10, "x1": 20, "top": 10, "bottom": 20}
    found = [{"text": "", **box}, {"text": "Sở", **box}]
    monkeypatch.setattr(pdfplumber.page.Page, "extract_words", lambda *_, **__: found)
    content = second_reading(drawn(lambda canvas: write(canvas, BODY)), 0, NOTHING)
    assert content is not None
    assert [word.text for word in content.words] == ["Sở"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4))
def test_every_word_that_was_typed_in_is_placed(text: str, sides: list[float]) -> None:
    from indexer.reading.pdf_fields import Typed, with_typed
    from indexer.reading.pdf_words import NOTHING

    left, right = sorted(sides[:2])
    bottom, top = sorted(sides[2:])
    placed = with_typed(NOTHING, [Typed(text, (left, bottom, right, top))])
    assert [word.text for word in placed.words] == text.split()
