"""Old Word files, RTF, OpenDocument and MHTML: read through LibreOffice, or told what is missing."""

from __future__ import annotations

import io
import os
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest

from corpus.errors import ReadingError
from corpus.model import LineKind, Quality
from indexer.reading import office, read_bytes
from indexer.reading.detect import Format, detect
from tests.indexer.shown import shown

with_office = pytest.mark.skipif(
    not office.available() and not os.environ.get("CI"), reason="no LibreOffice: apt install libreoffice-writer-nogui"
)

# "Kế hoạch năm 2031" in Unicode, then two paragraphs in TCVN3 fonts, one of them a font of capitals.
RTF = (
    rb"{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 .VnTime;}{\f1 .VnTimeH;}{\f2 Times New Roman;}}"
    rb"\f2 K\u7871? ho\u7841?ch n\u259?m 2031\par"
    rb"\f0 C\'e9ng h\'dfa x\'b7 h\'e9i, ch\'ad\'acng tr\'d7nh h\'ad\'edng nghi\'d6p\par"
    rb"\f1 k\'d5 ho\'b9ch\par}"
)


def word_file() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("KẾ HOẠCH", 1)
    document.add_paragraph("Mục tiêu của kế hoạch", style="List Number")
    document.add_paragraph("Nhiệm vụ của các sở", style="List Number")
    table = document.add_table(2, 2, "Table Grid")
    for row, words in zip(table.rows, (("STT", "Nhiệm vụ"), ("1", "Rà soát")), strict=True):
        row.cells[0].text, row.cells[1].text = words
    document.add_paragraph("Kết thúc")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def converted(data: bytes, suffix: str, kind: str, folder: Path) -> bytes:
    """Our own file in an old format, as LibreOffice writes it."""
    (folder / f"a{suffix}").write_bytes(data)
    program = office._program()
    assert program is not None
    subprocess.run(
        [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", kind,
         "--outdir", str(folder / "out"), str(folder / f"a{suffix}")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return next((folder / "out").iterdir()).read_bytes()


@with_office
@pytest.mark.parametrize(("kind", "suffix"), [("doc:MS Word 97", ".doc"), ("odt", ".odt")])
def test_lists_and_tables_of_old_formats_come_along(tmp_path: Path, kind: str, suffix: str) -> None:
    data = converted(word_file(), ".docx", kind, tmp_path)
    assert detect(data, suffix).value == suffix[1:]
    source = read_bytes(data, suffix)
    assert shown(source) == [
        "KẾ HOẠCH", "1. Mục tiêu của kế hoạch", "2. Nhiệm vụ của các sở", "STT | Nhiệm vụ", "1 | Rà soát", "Kết thúc"
    ]  # fmt: skip
    assert source.lines[0].kind is LineKind.HEADING
    assert source.reader == f"libreoffice:{suffix[1:]}"
    assert source.media_type != read_bytes(word_file(), ".docx").media_type


@with_office
def test_legacy_fonts_of_rtf_are_converted() -> None:
    source = read_bytes(RTF, ".rtf")
    assert shown(source) == ["Kế hoạch năm 2031", "Cộng hòa xã hội, chương trình hướng nghiệp", "KẾ HOẠCH"]
    assert (source.quality, source.converted_from) == (Quality.CONVERTED, "TCVN3")


@with_office
def test_rtf_named_doc_is_read_as_what_it_is() -> None:
    assert read_bytes(RTF, ".doc").reader == "libreoffice:rtf"


@with_office
def test_a_damaged_old_file_is_refused() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "WordDocument".encode("utf-16-le")
    with pytest.raises(ReadingError) as caught:
        read_bytes(data, ".doc")
    assert caught.value.code == "office-failed"


def test_without_libreoffice_the_file_waits_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(office, "_PLACES", ())
    with pytest.raises(ReadingError) as caught:
        read_bytes(RTF, ".rtf")
    assert caught.value.code == "waiting-office"
    for message in (caught.value.vi, caught.value.en):
        assert "apt install libreoffice-writer-nogui" in message
        assert "tienle index --retry" in message


@pytest.mark.skipif(os.name != "posix", reason="the program that hangs is a shell script")
def test_a_conversion_that_hangs_is_stopped_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "started"
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {started}.new\nmv {started}.new {started}\nwait\n")
    program.chmod(0o755)
    monkeypatch.setattr(office, "_program", lambda: str(program))
    with pytest.raises(ReadingError) as caught:
        office.read_office(RTF, Format.RTF, seconds=2)
    assert caught.value.code == "office-timeout"
    assert "2 giây" in caught.value.vi
    assert not _runs(int(started.read_text()))


def _runs(pid: int) -> bool:
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], check=False, capture_output=True, text=True)
    return bool(listed.stdout.strip()) and not listed.stdout.startswith("Z")


def test_mhtml_gives_the_page_and_not_its_pictures() -> None:
    message = EmailMessage()
    message["Subject"] = "Trang"
    page = "<html><head><meta charset=utf-8></head><body><h1>Kế hoạch</h1><p>Nội dung của trang</p></body></html>"
    message.set_content(page, subtype="html", charset="utf-8", cte="quoted-printable")
    message.make_related()
    message.add_related(b"\x89PNG\r\n", "image", "png")
    source = read_bytes(b"From: <Saved by a browser>\r\n" + message.as_bytes(), ".mht")
    assert shown(source) == ["Kế hoạch", "Nội dung của trang"]
    assert source.reader == "mhtml"


def test_mhtml_without_a_page_is_refused() -> None:
    data = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n\r\nchu\r\n--x--\r\n"
    with pytest.raises(ReadingError) as caught:
        read_bytes(data, ".mht")
    assert caught.value.code == "web-archive"
