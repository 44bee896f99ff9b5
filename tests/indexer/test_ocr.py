from __future__ import annotations

import os
import stat
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from corpus.errors import ReadingError
from indexer.reading.ocr import RecognisedPage, available, cache, engine, recognise, recognise_all
from indexer.reading.options import DEFAULTS
from tests.indexer.ocr_pages import INK, SAMPLE, STAMP, VARIANTS, error_rate, font, sheet, text_page

BODY = SAMPLE / "vinh-lam" / "2016" / "06-kh-ubnd-cai-cach-hanh-chinh-2016.txt"
DATA = Path(os.environ.get("TIENLE_DATA", "../shared/data"))

needs_tesseract = pytest.mark.skipif(not available(), reason="Tesseract with Vietnamese is not installed")


def body() -> str:
    text = BODY.read_text(encoding="utf-8")
    return text[text.index("MỤC") :]


@pytest.fixture(scope="module")
def letter() -> Image.Image:
    """The first page of a decision: letterhead in two columns, title, text, recipients beside the signature."""
    dpi = 200
    page = sheet(dpi)
    draw = ImageDraw.Draw(page)

    def put(x: float, y: float, words: str, points: float = 13) -> None:
        draw.text((x * dpi, y * dpi), words, font=font(points, dpi), fill=INK, anchor="ma")

    put(2.2, 0.8, "ỦY BAN NHÂN DÂN", 11)
    put(2.2, 1.05, "TỈNH VĨNH LÂM", 11)
    put(2.2, 1.5, "Số: 27/KH-UBND", 12)
    put(5.5, 0.8, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 10)
    put(5.5, 1.05, "Độc lập - Tự do - Hạnh phúc", 12)
    put(5.5, 1.5, "Vĩnh Lâm, ngày 14 tháng 02 năm 2020", 11)
    put(4.1, 2.2, "KẾ HOẠCH", 14)
    for row in range(4):
        put(4.3, 2.8 + row * 0.3, "Tuyên truyền cải cách hành chính đến từng thôn trên địa bàn toàn tỉnh năm nay")
    for row, words in enumerate(("Nơi nhận:", "- Như trên;", "- Thường trực Tỉnh ủy;", "- Lưu: VT, NC.")):
        put(1.9, 5 + row * 0.24, words, 11)
    put(5.6, 5.0, "TM. ỦY BAN NHÂN DÂN", 12)
    put(5.6, 5.25, "CHỦ TỊCH", 12)
    put(5.6, 6.6, "Lê Thị Hòa", 12)
    return page


@needs_tesseract
@pytest.mark.parametrize("dpi", [200, 300])
@pytest.mark.parametrize(
    ("variant", "most"), [("clean", 0.015), ("skewed by 2°", 0.02), ("noisy", 0.04), ("stamped", 0.03)]
)
def test_characters_wrong(variant: str, most: float, dpi: int) -> None:
    page, truth = text_page(body(), dpi)
    assert error_rate(truth, recognise(VARIANTS[variant](page)).text) <= most


@needs_tesseract
def test_columns_are_read_one_after_the_other(letter: Image.Image) -> None:
    lines = recognise(letter).text.splitlines()
    issuer, motto = lines.index("TỈNH VĨNH LÂM"), next(i for i, line in enumerate(lines) if line.startswith("CỘNG HÒA"))
    assert lines[0] == "ỦY BAN NHÂN DÂN"
    assert issuer < motto < lines.index("KẾ HOẠCH")
    assert any(line.endswith("27/KH-UBND") for line in lines[issuer:motto])
    recipients, signature = lines.index("Nơi nhận:"), next(i for i, line in enumerate(lines) if line.startswith("TM."))
    assert lines[recipients + 3].startswith("- Lưu")
    assert signature == recipients + 4
    assert lines[-1] == "Lê Thị Hòa"


@needs_tesseract
@pytest.mark.parametrize(
    "turn", [None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270]
)
def test_words_stand_where_they_are_printed(letter: Image.Image, turn: Image.Transpose | None) -> None:
    image = letter if turn is None else letter.transpose(turn)
    page = recognise(image)
    assert {page.text[word.start : word.end] for word in page.words} >= {"TỈNH", "Hòa", "KẾ"}
    ends = [0, *(side for word in page.words for side in (word.start, word.end)), len(page.text)]
    assert all(earlier <= later for earlier, later in pairwise(ends))
    left, top, right, bottom = next(word.box for word in page.words if page.text[word.start : word.end] == "VĨNH")
    middle = ((left + right) / 2, (top + bottom) / 2)
    x, y = 2.1 / 8.27, 1.14 / 11.69
    wanted = {
        None: (x, y),
        Image.Transpose.ROTATE_90: (y, 1 - x),
        Image.Transpose.ROTATE_180: (1 - x, 1 - y),
        Image.Transpose.ROTATE_270: (1 - y, x),
    }[turn]
    assert middle == pytest.approx(wanted, abs=0.03)


@needs_tesseract
def test_boxes_are_on_the_page_before_it_was_set_straight(letter: Image.Image) -> None:
    found = []
    for image in (letter, letter.rotate(2, resample=Image.Resampling.BICUBIC, fillcolor="white")):
        page = recognise(image)
        box = next(word.box for word in page.words if page.text[word.start : word.end] == "Hòa")
        found.append(((box[0] + box[2]) / 2 * image.width, (box[1] + box[3]) / 2 * image.height))
    # Two degrees counter-clockwise lift a point that lies right of the middle by the sine of its distance.
    lifted = (found[0][0] - letter.width / 2) * 0.0349
    assert found[0][1] - found[1][1] == pytest.approx(lifted - 0.0006 * (found[0][1] - letter.height / 2), abs=8)


@needs_tesseract
def test_stamps_and_pens_are_not_text(letter: Image.Image) -> None:
    clean = recognise(letter).text
    page = letter.copy()
    draw = ImageDraw.Draw(page)
    draw.rectangle((60, 420, 450, 570), outline="black", width=4)  # a black incoming stamp
    draw.text((90, 440), "CỔNG THÔNG TIN", font=font(10, 200), fill="black")
    draw.text((90, 500), "ĐẾN Ngày: 12/4", font=font(10, 200), fill="black")
    draw.ellipse((900, 1080, 1180, 1360), outline=STAMP, width=6)
    draw.text((980, 1200), "VĂN PHÒNG", font=font(8, 200), fill=STAMP)
    draw.line([(1050, 1180), (1150, 1120), (1130, 1300), (1300, 1150), (1380, 1290)], fill=(20, 20, 20), width=5)
    for speck in range(40):
        draw.point((30 + speck * 7, 40 + speck * speck % 97), fill="black")
    text = recognise(page).text
    assert error_rate(clean, text) < 0.01
    assert len(text.splitlines()) == len(clean.splitlines())


@needs_tesseract
def test_signature_strip_is_not_text(letter: Image.Image) -> None:
    page = letter.copy()
    draw = ImageDraw.Draw(page)
    for row, words in enumerate(
        ("Ký bởi: Ủy ban nhân dân tỉnh Vĩnh Lâm", "Cơ quan: Tỉnh Vĩnh Lâm", "Ngày ký: 14-02-2020 09:12:33 +07:00")
    ):
        draw.text((250, 1700 + row * 34), words, font=font(9, 200), fill="black")
    text = recognise(page).text
    assert "Ngày ký" not in text
    assert "Ký bởi" not in text
    assert "Lê Thị Hòa" in text


@needs_tesseract
def test_ruled_table_keeps_its_rows() -> None:
    dpi = 200
    page = sheet(dpi)
    draw = ImageDraw.Draw(page)
    rows = [("STT", "Cơ quan chủ trì", "Thời hạn"), ("1", "Sở Nội vụ", "Tháng 6"), ("2", "Sở Tài chính", "Tháng 9")]
    rows += [(str(number), f"Huyện Phú {name}", "31/12/2020") for number, name in enumerate(("An", "Hòa", "Lộc"), 3)]
    for number, row in enumerate(rows):
        top = 300 + number * 70
        for cell, left, right in zip(row, (160, 300, 900), (300, 900, 1400), strict=True):
            draw.rectangle((left, top, right, top + 70), outline="black", width=3)
            draw.text((left + 25, top + 12), cell, font=font(13, dpi), fill="black")
    lines = recognise(page).text.splitlines()
    assert lines == [" ".join(row) for row in rows]


@needs_tesseract
def test_blank_page_and_picture_are_empty() -> None:
    assert recognise(sheet(150)) == RecognisedPage("", (), 0.0)
    assert recognise(Image.new("1", (3, 3))).text == ""
    picture = Image.effect_mandelbrot((700, 900), (-2.2, -1.2, 0.8, 1.2), 60)
    assert len(recognise(picture).text) < 20


@needs_tesseract
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_image(letter: Image.Image, mode: str) -> None:
    image = (
        letter.convert("I").point(lambda value: value * 256).convert("I;16") if mode == "I;16" else letter.convert(mode)
    )
    assert "Tuyên truyền cải cách hành chính" in recognise(image).text


@needs_tesseract
def test_a_page_is_recognised_once(letter: Image.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = replace(DEFAULTS, cache=tmp_path / "ocr")
    first = recognise(letter, options)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "tokens", lambda *_, **__: pytest.fail("recognised again"))
        again = recognise(letter.copy(), options)
    assert again.text == first.text
    assert [word.start for word in again.words] == [word.start for word in first.words]
    assert again.words[0].box == pytest.approx(first.words[0].box, abs=1e-4)
    (file,) = (tmp_path / "ocr").rglob("*.json")
    assert file.parent.name == file.name[:2]
    for damage in (b"", b"{", b'{"text": "a", "confidence": 1, "words": [[0, 9, 0, 0, 1, 1, 1]]}', b"[1]", b"\xff"):
        file.write_bytes(damage)
        assert recognise(letter, options).text == first.text
        assert cache.load(tmp_path / "ocr", file.stem) is not None


@needs_tesseract
def test_a_cache_that_cannot_be_written_is_done_without(letter: Image.Image, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert recognise(letter, replace(DEFAULTS, cache=tmp_path / "file")).text


@needs_tesseract
def test_pages_side_by_side_keep_their_order() -> None:
    pages = []
    for name in ("An Khê", "Bình Sơn", "Cẩm Hà", "Đông Giang", "Phú Lộc"):
        page = sheet(150)
        ImageDraw.Draw(page).text((200, 200), f"Ủy ban nhân dân xã {name}", font=font(14, 150), fill="black")
        pages.append(page)
    alone = [page.text for page in recognise_all(pages, DEFAULTS, 1)]
    assert alone[3] == "Ủy ban nhân dân xã Đông Giang"
    assert [page.text for page in recognise_all(iter(pages), DEFAULTS, 3)] == alone


def program(folder: Path, script: str) -> str:
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_without_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TESSERACT", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not available()
    with pytest.raises(ReadingError) as caught:
        recognise(sheet(100))
    assert caught.value.code == "waiting-ocr"
    assert "tesseract-ocr-vie" in caught.value.vi


@pytest.mark.parametrize("script", ["exit 1", "echo eng", "kill -9 $$", "printf '\\377'"])
def test_a_tesseract_that_does_not_work_counts_as_none(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSERACT", program(tmp_path, script))
    assert not available()


def test_a_page_that_takes_too_long_or_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    knows = 'case "$1" in --list-langs) echo vie; exit;; --version) echo tesseract 9.9; exit;; esac\n'
    monkeypatch.setenv("TESSERACT", program(tmp_path, knows + "exec sleep 60"))
    assert available()
    with pytest.raises(ReadingError) as caught:
        engine.tokens(b"", 300, seconds=0.2)
    assert caught.value.code == "ocr-timeout"
    monkeypatch.setenv("TESSERACT", program(tmp_path, knows + "exit 3"))
    with pytest.raises(ReadingError) as caught:
        recognise(sheet(100))
    assert caught.value.code == "ocr-failed"


SCANS = DATA / "scans"


@needs_tesseract
@pytest.mark.skipif(not SCANS.is_dir(), reason="needs the real documents (TIENLE_DATA)")
@pytest.mark.parametrize(
    ("name", "page", "there", "absent"),
    [
        ("153-tb-vpcp.pdf", 0, ["VĂN PHÒNG CHÍNH PHỦ\n", "THÔNG BÁO\n"], ["THÔNG TIN ĐIỆN", "Giờ"]),
        ("2450-kgvx.pdf", 0, ["Số: 2450/VPCP-KGVX\n", "hoán đổi ngày"], ["THÔNG TIN ĐIỆN", "ĐẾN"]),
        ("04-2021-tt-bldtbxh.pdf", 0, ["VÀ XÃ HỘI\n", "Số: 04/2021/TT-BLĐTBXH\n"], []),
        ("04-2021-tt-bldtbxh.pdf", 7, ["(30 bản)", "\nĐào Ngọc Dung"], []),
        ("51-2025-tt-bca.pdf", 0, ["BỘ CÔNG AN\nSố: 51/2025/TT-BCA\n"], ["THÔNG TIN ĐIỆN", "Giờ"]),
    ],
)
def test_real_scans(name: str, page: int, there: list[str], absent: list[str]) -> None:
    import pypdfium2

    with pypdfium2.PdfDocument(SCANS / name) as document:
        text = recognise(document[page].render(scale=300 / 72).to_pil()).text
    assert [words for words in there if words not in text] == []
    assert [words for words in absent if words in text] == []
