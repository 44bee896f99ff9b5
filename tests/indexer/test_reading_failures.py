"""Files that cannot be read: each is refused with its cause and a remedy, in two languages."""

from __future__ import annotations

import io
import os
import re
import string
import zipfile
from pathlib import Path

import pytest

from corpus.errors import ReadingError
from indexer.reading import read
from indexer.reading.detect import MAX_UNPACKED
from indexer.reading.failures import CAUSES, MESSAGES
from indexer.reading.options import DEFAULTS

OLD_WORD = "WordDocument".encode("utf-16-le")
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def package(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


_TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    b'Target="word/document.xml"/></Relationships>'
)


def word_file(document: bytes) -> bytes:
    """The smallest package that Word opens, without properties."""
    members = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS, "word/document.xml": document}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


_W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_PARAGRAPH = "<w:p><w:r><w:t>Kế hoạch &x; năm</w:t></w:r></w:p>".encode()
_DOCUMENT = b"<w:document " + _W + b"><w:body>" + _PARAGRAPH + b"</w:body></w:document>"


def test_a_title_is_never_made_up(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(word_file(_DOCUMENT.replace(b"&x; ", b"")))
    source = read(path)
    assert (source.text, source.title, source.note) == ("Kế hoạch năm", "", "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_since_it_hides_text(tmp_path: Path, encoding: str) -> None:
    text = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ẩn">]>' + _DOCUMENT.decode()
    path = tmp_path / "a.docx"
    path.write_bytes(word_file(text.encode(encoding)))
    with pytest.raises(ReadingError) as caught:
        read(path)
    assert caught.value.code == "docx-damaged"
    assert "DOCTYPE" in caught.value.vi


REFUSED: dict[str, tuple[str, bytes, str]] = {
    "empty": ("a.txt", b"", "empty"),
    "blank text": ("a.txt", b" \n\t\n 12 ---", "blank"),
    "blank page": ("a.html", b"<html><p> </p></html>", "blank"),
    "zeros": ("a.txt", b"abc\0\0\0def", "binary"),
    "program named txt": ("a.txt", b"MZ\x90\0" + bytes(40), "binary"),
    "controls": ("a.md", bytes(range(1, 9)) * 20, "binary"),
    "text named docx": ("a.docx", "Kế hoạch".encode(), "docx-not-zip"),
    "truncated zip": ("a.docx", package(word__document_xml=b"x" * 4000)[:60], "zip-damaged"),
    "excel named docx": ("a.docx", package(xl__workbook_xml=b"x"), "zip-not-word"),
    "plain zip": ("a.docx", package(a=b"x"), "zip-not-word"),
    "empty zip": ("a.docx", package(), "zip-not-word"),
    "bomb": ("a.docx", package(word__document_xml=bytes(30_000_000)), "zip-too-large"),
    "word without a document": ("a.docx", package(word__document_xml=b"<a/>"), "docx-damaged"),
    "old excel": ("a.xls", OLE2 + "Workbook".encode("utf-16-le"), "office-old"),
    "word with password": ("a.docx", OLE2 + "EncryptedPackage".encode("utf-16-le"), "docx-encrypted"),
    "old word with password": (
        "a.doc",
        OLE2 + b"\xec\xa5" + bytes(9) + b"\1" + "WordDocument".encode("utf-16-le"),
        "docx-encrypted",
    ),
    "web archive": ("a.mht", b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n", "web-archive"),
    "pdf of one line": ("a.pdf", b"%PDF-1.7\n", "pdf-damaged"),
}


@pytest.mark.parametrize(("name", "data", "code"), REFUSED.values(), ids=REFUSED)
def test_a_bad_file_is_refused_with_its_code(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ReadingError) as caught:
        read(path)
    assert caught.value.code == code


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        read(tmp_path / "khong-co.txt")
    assert caught.value.code == "not-found"


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        read(tmp_path)
    assert caught.value.code == "is-directory"


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ong.txt")
    with pytest.raises(ReadingError) as caught:
        read(tmp_path / "ong.txt")
    assert caught.value.code == "not-a-file"


def test_a_name_that_no_system_accepts(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        read(tmp_path / ("x" * 5000))
    assert caught.value.code == "io-error"


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "lon.txt"
    with path.open("wb") as file:
        file.truncate(DEFAULTS.bytes + 1)
    with pytest.raises(ReadingError) as caught:
        read(path)
    assert caught.value.code == "too-large"
    assert "200 MB" in caught.value.vi


def test_the_size_that_a_package_claims_to_unpack_to_is_limited(tmp_path: Path) -> None:
    path = tmp_path / "lon.docx"
    data = bytearray(package(word__document_xml=b"x" * 100))
    record = data.rindex(b"PK\x01\x02")
    data[record + 24 : record + 28] = (MAX_UNPACKED + 1).to_bytes(4, "little")  # the central directory's size field
    path.write_bytes(data)
    with pytest.raises(ReadingError) as caught:
        read(path)
    assert caught.value.code == "zip-too-large"


def test_without_permission_the_error_says_who_may_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Kế hoạch")
    path.chmod(0o600)

    def refuse(_: Path, mode: str) -> None:
        raise PermissionError(13, f"Permission denied: {mode}")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ReadingError) as caught:
        read(path)
    assert caught.value.code == "no-permission"
    assert path.owner() in caught.value.vi
    assert path.owner() in caught.value.en


DAMAGED: dict[str, tuple[str, bytes, str]] = {
    "pdf in name only": ("a.pdf", b"hello", "không bắt đầu như một tệp PDF"),
    "pdf without structure": ("a.pdf", b"%PDF-1.7\n1 0 obj", "không đọc được cấu trúc"),
    "malformed markup": ("a.docx", word_file(b"<w:document><unclosed>"), "mã đánh dấu (XML) bị sai"),
    "deep markup": ("a.docx", word_file(b"<a>" * 9000 + b"</a>" * 9000), "lồng nhau quá sâu"),
    "deep page": ("a.html", b"<html>" + b"<div>" * 9000 + b"x", "lồng nhau quá sâu"),
    "truncated zip": ("a.docx", package(word__document_xml=b"x" * 4000)[:60], "bị cắt cụt"),
}


@pytest.mark.parametrize(("name", "data", "cause"), DAMAGED.values(), ids=DAMAGED)
def test_what_is_damaged_is_said_in_the_readers_language(tmp_path: Path, name: str, data: bytes, cause: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ReadingError) as caught:
        read(path)
    assert cause in caught.value.vi
    parsers_words = r"(?i)error|pdfium|failed|nested|line \d|%pdf|magic|format\b"
    assert re.search(parsers_words, caught.value.vi) is None, caught.value.vi
    assert caught.value.en.isascii(), caught.value.en


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_is_told_in_two_languages(cause: str) -> None:
    vi, en = CAUSES[cause]
    assert not vi.isascii()
    assert en.isascii()


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_has_the_same_facts_in_both_languages_and_a_remedy(code: str) -> None:
    vi, en = MESSAGES[code]
    facts = [
        {name.removesuffix("_en") for _, name, _, _ in string.Formatter().parse(text) if name} for text in (vi, en)
    ]
    assert facts[0] == facts[1]
    assert "Hãy " in vi or "hãy " in vi
    assert "_en" not in vi
