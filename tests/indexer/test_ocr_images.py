from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from corpus.errors import ReadingError
from corpus.model import Quality
from indexer.reading import READABLE, read_bytes
from indexer.reading.images import read_image
from indexer.reading.ocr import available, engine, sieve
from indexer.reading.options import DEFAULTS
from tests.indexer.ocr_pages import font, sheet

needs_tesseract = pytest.mark.skipif(not available(), reason="Tesseract with Vietnamese is not installed")


def page(number: int, *lines: str) -> Image.Image:
    image = sheet(150)
    draw = ImageDraw.Draw(image)
    draw.text((620, 60), str(number), font=font(13, 150), fill="black")
    for row, line in enumerate(lines):
        draw.text((180, 200 + 45 * row), line, font=font(13, 150), fill="black")
    return image


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


FIRST = page(1, "Sở Nội vụ chủ trì thực hiện kế hoạch này", "và báo cáo trước ngày 15 tháng 6.")
SECOND = page(2, "Sở Tài chính phối hợp bố trí kinh phí.")


@needs_tesseract
@pytest.mark.parametrize(("kind", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("TIFF", ".tif"), ("PNG", ".txt")])
def test_an_image_is_read_as_its_page(kind: str, suffix: str) -> None:
    source = read_bytes(saved(FIRST, kind), suffix)
    assert source.quality is Quality.RECOGNISED
    assert source.pages == 1
    assert [source.text[line.start : line.end] for line in source.lines] == [
        "Sở Nội vụ chủ trì thực hiện kế hoạch này",
        "và báo cáo trước ngày 15 tháng 6.",
    ]
    assert {line.page for line in source.lines} == {1}


@needs_tesseract
def test_a_tiff_of_many_pages() -> None:
    blank = sheet(150)
    source = read_bytes(saved(FIRST, "TIFF", save_all=True, append_images=[blank, SECOND]), ".tiff")
    assert source.pages == 3
    spoken = [(line.page, source.text[line.start : line.end]) for line in source.lines if line.end > line.start]
    assert spoken[-1] == (3, "Sở Tài chính phối hợp bố trí kinh phí.")
    assert [number for number, _ in spoken] == [1, 1, 3]
    assert "2" in source.warnings[0]
    for word in source.words:
        line = next(line for line in source.lines if line.start <= word.start < line.end) if word.end > 1 else None
        assert line is None or line.page == word.page
    assert source.text[source.words[-1].start : source.words[-1].end] == "phí."


@needs_tesseract
def test_a_photograph_taken_sideways_is_turned_as_its_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(FIRST.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)
    assert "Sở Nội vụ chủ trì" in read_bytes(data, ".jpg").text


def test_images_are_found_by_discovery() -> None:
    assert {".jpg", ".jpeg", ".png", ".tif", ".tiff"} <= READABLE


def code_of(data: bytes, suffix: str = ".png", **changes: object) -> str:
    with pytest.raises(ReadingError) as caught:
        read_bytes(data, suffix, replace(DEFAULTS, **changes))
    assert caught.value.vi != caught.value.en
    return caught.value.code


def test_what_cannot_be_read_is_told() -> None:
    whole = saved(FIRST, "PNG")
    assert code_of(whole[:40]) == "image-damaged"
    assert code_of(b"no image at all") == "image-damaged"
    assert code_of(whole, recognise=False) == "waiting-ocr"
    pages = saved(FIRST, "TIFF", save_all=True, append_images=[SECOND])
    assert code_of(pages, ".tif", pages=1) == "image-pages"


@needs_tesseract
def test_pictures_cut_off_blank_and_too_large() -> None:
    whole = saved(FIRST, "PNG")
    assert code_of(whole[: len(whole) // 2]) == "image-damaged"
    assert code_of(saved(sheet(60), "PNG")) == "image-no-text"
    assert code_of(saved(Image.new("1", (15_000, 11_000)), "PNG")) == "image-too-large"
    assert code_of(saved(Image.new("1", (30_000, 15_000)), "PNG")) == "image-too-large"


def test_waiting_without_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSERACT", "/nowhere/tesseract")
    assert code_of(saved(FIRST, "PNG")) == "waiting-ocr"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\0", b"MM\0*"]))
def test_no_bytes_break_the_reader(tail: bytes, magic: bytes) -> None:
    with pytest.raises(ReadingError):
        read_image(magic + tail)


@given(st.text(max_size=20))
def test_every_word_has_a_kind(text: str) -> None:
    assert sieve.kind(text) in {"word", "number", "sign", "other"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("trưởng,", "word"),
        ("(CCHC)", "word"),
        ("27/KH-UBND", "word"),
        ("TT-BLĐTBXH", "word"),
        ("31/12/2020;", "number"),
        ("a)", "word"),
        ("-", "sign"),
        ("./.", "sign"),
        ("TĐ1†", "other"),
        ("guyễnq", "other"),
        ("|", "other"),
    ],
)
def test_what_a_word_looks_like(text: str, kind: str) -> None:
    assert sieve.kind(text) == kind


@given(st.text(alphabet="0123456789\t.\nabcđ-", max_size=200))
def test_no_table_of_words_breaks_the_parser(table: str) -> None:
    for token in engine.parsed("head\n" + table):
        assert token.text
        assert 0 <= token.confidence <= 1
