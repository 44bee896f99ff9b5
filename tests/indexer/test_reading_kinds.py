"""Files that are not what their name says, or of kinds that nobody expects."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from corpus.errors import ReadingError
from indexer.discovery import discover
from indexer.reading import ReadingOptions, content, ocr, office, read_bytes
from indexer.reading.packages import members
from tests.indexer.ocr_pages import text_page

BODY = "Sở Nội vụ chủ trì, phối hợp với Sở Tài chính lập báo cáo kết quả cải cách hành chính hằng quý."
WORD_2003 = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Word.Document"?>\n<w:wordDocument '
    'xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body><w:p><w:r><w:t>Kế hoạch của tỉnh</w:t>'
    "</w:r></w:p></w:body></w:wordDocument>"
)


def refusal(data: bytes, suffix: str) -> ReadingError:
    with pytest.raises(ReadingError) as caught:
        read_bytes(data, suffix)
    return caught.value


@pytest.mark.parametrize(
    ("data", "suffix", "code", "says"),
    [
        (b"Rar!\x1a\x07\0" + bytes(64), ".rar", "packed", "RAR"),
        (b"\x1f\x8b\x08" + bytes(64), ".txt", "packed", "gzip"),
        (b"\0\0\0\x18ftypheic" + bytes(64), ".jpg", "binary", "HEIC"),
        (b"<?xml version='1.0'?><data><a>Ban hanh</a></data>", ".txt", "data-file", "XML"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>", ".svg", "data-file", "XML"),
        (
            b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><pkg:package '
            b'xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"/>',
            ".xml",
            "data-file",
            "Word XML",
        ),
    ],
)
def test_kinds_that_are_not_read_are_named_with_what_to_do(data: bytes, suffix: str, code: str, says: str) -> None:
    error = refusal(data, suffix)
    assert error.code == code
    assert says in error.vi
    assert says in error.en


@pytest.mark.skipif(not office.available(), reason="no LibreOffice on this machine")
def test_a_word_2003_xml_file_is_read_and_not_its_markup() -> None:
    assert read_bytes(WORD_2003.encode(), ".doc").text == "Kế hoạch của tỉnh"


def test_a_word_2003_xml_file_waits_without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_program", lambda: None)
    assert refusal(WORD_2003.encode(), ".xml").code == "waiting-office"


@pytest.mark.parametrize("kind", ["BMP", "WEBP"])
def test_images_of_other_kinds_are_images_whatever_they_are_called(kind: str) -> None:
    out = io.BytesIO()
    text_page(BODY, 200)[0].save(out, kind)
    with pytest.raises(ReadingError) as caught:
        read_bytes(out.getvalue(), ".jpg", ReadingOptions(recognise=False))
    assert caught.value.code == "waiting-ocr"
    if ocr.available():
        assert "Sở Nội vụ" in read_bytes(out.getvalue(), ".jpg").text


def test_text_that_begins_as_a_bitmap_does_is_text() -> None:
    assert read_bytes("BM: Ban Mê Thuột, kế hoạch năm".encode(), ".txt").text.startswith("BM:")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_in_a_package_stay_unique_where_one_is_the_numbered_form_of_another() -> None:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in ("a.txt", "a.txt", "a (2).txt", "a (2).txt", "a.txt"):
            package.writestr(name, BODY)
    names = [name for name, _ in members(out.getvalue(), ReadingOptions())]
    assert len(set(names)) == len(names) == 5


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes")
def test_links_and_pipes_in_a_folder_are_told(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "ke-hoach", tmp_path / "kho-khac"
    folder.mkdir()
    elsewhere.mkdir()
    (elsewhere / "a.txt").write_text(BODY, encoding="utf-8")
    (folder / "tep.txt").symlink_to(elsewhere / "a.txt")
    (folder / "hong.txt").symlink_to(elsewhere / "khong-co.txt")
    (folder / "muc").symlink_to(elsewhere, target_is_directory=True)
    os.mkfifo(folder / "ong.txt")
    found = discover([folder])
    assert found.files == [folder / "tep.txt"]
    ((path, error),) = found.failures
    assert (path, error.code) == (folder / "hong.txt", "link-broken")
    assert [name for name in found.skipped if "muc" in name and "kho-khac" in name]
    assert [name for name in found.skipped if "ong.txt" in name]


@pytest.mark.parametrize("name", ["a.docm", "b.dotx", "c.rar", "d.7z", "e.heic", "f.bmp", "g.webp"])
def test_documents_of_rarer_kinds_are_taken_so_that_the_run_says_what_became_of_them(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert discover([tmp_path]).files == [tmp_path / name]


def test_a_file_that_grows_past_the_limit_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(BODY, encoding="utf-8")
    before = path.stat()
    path.write_text(BODY * 30_000, encoding="utf-8")
    monkeypatch.setattr(Path, "stat", lambda *_, **__: before)
    with pytest.raises(ReadingError) as caught:
        content(path, ReadingOptions(bytes=1024 * 1024))
    assert caught.value.code == "too-large"
    assert "2 MB" in caught.value.en
