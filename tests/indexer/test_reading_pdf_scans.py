"""PDFs whose text is not simply there: scans, mixed files, fonts of old encodings."""

from __future__ import annotations

import io

import pypdf
import pytest
from PIL.Image import Image

from corpus.errors import ReadingError
from corpus.model import Quality, SourceText
from indexer.reading import ReadingOptions, ocr, read_bytes
from indexer.reading.failures import failure
from indexer.reading.ocr import PageWord, RecognisedPage

READ = "KẾ HOẠCH\nCải cách hành chính"


def scan(*pages: str | None, stamp: str = "") -> bytes:
    """A PDF in which None is a page that an image covers, with a small text over it, and other pages are text."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setFont("Helvetica", 12)
    for page in pages:
        if page is None:
            canvas.drawImage(ImageReader(Image.new("L", (60, 85), 255)), 0, 0, 595, 842)
            canvas.drawString(400, 820, stamp)
        else:
            canvas.drawString(60, 780, page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture
def tesseract(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """A recogniser that reads the same on every page; gives the sizes of the images that it was shown."""
    sizes: list[tuple[int, int]] = []

    def recognise(image: object, options: ReadingOptions) -> RecognisedPage:
        sizes.append(image.size)  # type: ignore[attr-defined]
        starts = [0, 3, 9, 13, 18, 23]
        words = zip(starts, [2, 8, 12, 17, 22, 28], strict=True)
        return RecognisedPage(READ, tuple(PageWord(a, b, (0.1, 0.1, 0.2, 0.2), 0.9) for a, b in words), 0.9)

    monkeypatch.setattr(ocr, "available", lambda: True)
    monkeypatch.setattr(ocr, "recognise", recognise)
    return sizes


def spoken(source: SourceText) -> list[tuple[str, int]]:
    return [(source.text[word.start : word.end], word.page) for word in source.words]


def test_a_scan_is_recognised_with_the_place_of_every_word(tesseract: list[tuple[int, int]]) -> None:
    source = read_bytes(scan(None, None), ".pdf")
    assert source.text == f"{READ}\f{READ}"
    assert (source.quality, source.reader, source.pages) == (Quality.RECOGNISED, "pdf:tesseract", 2)
    words = ["KẾ", "HOẠCH", "Cải", "cách", "hành", "chính"]
    assert [text for text, _ in spoken(source)] == words * 2
    assert [page for _, page in spoken(source)] == [1] * 6 + [2] * 6
    assert [(source.text[line.start : line.end], line.page) for line in source.lines][2:] == [
        ("KẾ HOẠCH", 2),
        ("Cải cách hành chính", 2),
    ]
    width, height = tesseract[0]
    assert abs(width - 595 / 72 * 300) < 5
    assert abs(height - 842 / 72 * 300) < 5


def test_a_file_with_scanned_pages_is_mixed(tesseract: list[tuple[int, int]]) -> None:
    source = read_bytes(scan("Trang dau co lop chu", None), ".pdf")
    assert (source.quality, len(tesseract), source.warnings) == (Quality.MIXED, 1, ())
    assert source.text == f"Trang dau co lop chu\f{READ}"
    assert spoken(source)[0] == ("KẾ", 2)


def test_a_stamp_of_text_over_a_scan_does_not_pass_for_its_text(tesseract: list[tuple[int, int]]) -> None:
    assert read_bytes(scan(None, stamp="DEN so 12"), ".pdf").text == READ


def test_without_tesseract_a_scan_waits_and_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    with pytest.raises(ReadingError) as caught:
        read_bytes(scan(None, None), ".pdf")
    assert caught.value.code == "waiting-ocr"
    for message in (caught.value.vi, caught.value.en):
        assert "tesseract-ocr-vie" in message
        assert "tienle index --retry" in message
        assert "UB Mannheim" in message


def test_without_tesseract_the_pages_with_text_are_read_and_the_others_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    source = read_bytes(scan("Trang dau co lop chu", None, "Trang ba", None), ".pdf")
    assert source.waiting == (2, 4)
    assert source.quality is Quality.NATIVE
    assert "Trang 2, 4" in source.warnings[0]
    assert "tienle index --retry" in source.warnings[0]


def test_the_operator_may_switch_recognition_off(tesseract: list[tuple[int, int]]) -> None:
    with pytest.raises(ReadingError) as caught:
        read_bytes(scan(None), ".pdf", ReadingOptions(recognise=False))
    assert caught.value.code == "waiting-ocr"
    assert tesseract == []


def test_a_page_that_fails_is_named_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch, tesseract: list[tuple[int, int]]
) -> None:
    def failing(image: object, options: ReadingOptions) -> RecognisedPage:
        raise ReadingError("ocr-timeout", "quá giờ", "timeout")

    monkeypatch.setattr(ocr, "recognise", failing)
    source = read_bytes(scan("Trang dau co lop chu", None), ".pdf")
    assert [warning for warning in source.warnings if "Trang 2: quá giờ" in warning] == [*source.warnings]
    assert source.waiting == ()  # it would take as long again
    with pytest.raises(ReadingError) as caught:
        read_bytes(scan(None), ".pdf")
    assert caught.value.code == "ocr-timeout"


def test_a_page_on_which_tesseract_failed_waits_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch, tesseract: list[tuple[int, int]]
) -> None:
    read, calls = ocr.recognise, iter(range(9))

    def failing_once(image: Image, options: ReadingOptions) -> RecognisedPage:
        if next(calls) == 1:
            raise failure("ocr-failed")
        return read(image, options)

    monkeypatch.setattr(ocr, "recognise", failing_once)
    source = read_bytes(scan("Trang dau co lop chu", None, None, None), ".pdf")
    assert source.waiting == (3,)
    assert [page for _, page in spoken(source)] == [2] * 6 + [4] * 6
    assert "Trang 3: " in source.warnings[0]
    assert "tienle index --retry" in source.warnings[0]
    assert read_bytes(scan("Trang dau co lop chu", None, None, None), ".pdf").waiting == ()


TCVN3 = "Céng hßa x· héi chñ nghÜa ViÖt Nam"


@pytest.mark.parametrize(
    ("font", "shown"),
    [(".VnTime", "Cộng hòa xã hội chủ nghĩa Việt Nam"), (".VnTimeH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")],
)
def test_text_in_a_legacy_font_is_converted_and_said_so(font: str, shown: str) -> None:
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(595, 842)
    name = pypdf.generic.NameObject
    entries = {"/Type": "/Font", "/Subtype": "/TrueType", "/BaseFont": f"/{font}", "/Encoding": "/WinAnsiEncoding"}
    fonts = pypdf.generic.DictionaryObject({name(key): name(value) for key, value in entries.items()})
    held = pypdf.generic.DictionaryObject({name("/F"): fonts})
    page[name("/Resources")] = pypdf.generic.DictionaryObject({name("/Font"): held})
    stream = pypdf.generic.DecodedStreamObject()
    stream.set_data(f"BT /F 12 Tf 50 780 Td ({TCVN3}) Tj ET".encode("cp1252"))
    page[name("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    source = read_bytes(out.getvalue(), ".pdf")
    assert source.text == shown
    assert (source.converted_from, source.quality) == ("TCVN3", Quality.CONVERTED)
