"""Which format a file is in, judged by what it holds; its name's suffix only decides between kinds of text."""

from __future__ import annotations

import io
import re
import zipfile
from enum import StrEnum

from corpus.errors import ReadingError
from indexer.reading.failures import failure


class Format(StrEnum):
    """The formats that have a reader."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"


SUFFIXES: dict[str, Format] = {
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".docx": Format.DOCX,
    ".pdf": Format.PDF,
}

# First bytes of formats that are no text: (bytes, Vietnamese, English).
_BINARY_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n", "ảnh PNG", "a PNG image"),
    (b"\xff\xd8\xff", "ảnh JPEG", "a JPEG image"),
    (b"GIF8", "ảnh GIF", "a GIF image"),
    (b"II*\0", "ảnh TIFF", "a TIFF image"),
    (b"MM\0*", "ảnh TIFF", "a TIFF image"),
    (b"Rar!\x1a\x07", "tệp nén RAR", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "tệp nén 7z", "a 7z archive"),
    (b"\x1f\x8b\x08", "tệp nén gzip", "a gzip file"),
    (b"BZh", "tệp nén bzip2", "a bzip2 file"),
    (b"\xfd7zXZ\0", "tệp nén xz", "an xz file"),
    (b"SQLite format 3\0", "cơ sở dữ liệu SQLite", "an SQLite database"),
    (b"MZ\x90\0", "chương trình Windows", "a Windows program"),
    (b"\x7fELF", "chương trình Linux", "a Linux program"),
)

# A member that tells what a ZIP package is: (name or prefix, Vietnamese, English).
_ZIP_KINDS: tuple[tuple[str, str, str], ...] = (
    ("xl/", "bảng tính Excel", "an Excel workbook"),
    ("ppt/", "bản trình chiếu PowerPoint", "a PowerPoint presentation"),
    ("content.xml", "tài liệu OpenDocument (LibreOffice)", "an OpenDocument (LibreOffice) file"),
    ("META-INF/container.xml", "sách điện tử EPUB", "an EPUB book"),
)

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 1024  # where a PDF's header may stand (ISO 32000-1, annex H.3.4.1) and where markup shows itself
_MARKUP_START = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*|(?><!--.*?-->)\s*)*+<(?:!doctype\s+html|html|head|body)[\s>]", re.I | re.S
)
_TAG = re.compile(r"<(?:p|div|br|table|h[1-6]|span|ul|ol|body|meta|title|article|section)\b[^<>]*>", re.I)

MAX_UNPACKED = 500 * 1024 * 1024
MAX_RATIO = 200  # text packs 5-50 to 1; a thousand to one is deflate's ceiling, reached by bombs
_RATIO_COUNTS_FROM = 20 * 1024 * 1024


def detect(data: bytes, suffix: str) -> Format:
    """The format of a file's bytes; ``suffix`` in lower case with its dot. Raises ReadingError where none fits."""
    hint = SUFFIXES.get(suffix)
    head = data[:_HEAD]
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-") or (hint is Format.PDF and b"%PDF-" in head):
        return Format.PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_package(data)
    _refuse_known(data, hint)
    if _is_html(data, hint):
        return Format.HTML
    if hint is Format.DOCX:
        raise failure("docx-not-zip")
    if hint is Format.PDF:
        raise failure("pdf-damaged", cause="not-pdf")
    return Format.MARKDOWN if hint is Format.MARKDOWN else Format.TEXT


def _refuse_known(data: bytes, hint: Format | None) -> None:
    """Raises for formats that are known and have no reader."""
    if data.startswith(_OLE2):
        raise failure(_compound_kind(data))
    if data.startswith(b"{\\rtf"):
        raise failure("rtf")
    head = data[:_HEAD].lstrip().lower()
    if head.startswith((b"mime-version:", b"from: <saved by")) and b"content-type: multipart/related" in head:
        raise failure("web-archive")
    for magic, vi, en in _BINARY_MAGIC:
        if data.startswith(magic):
            raise failure("binary", what=f" ({vi})", what_en=f" ({en})")


def _compound_kind(data: bytes) -> str:
    """What an OLE2 file is, by the names in its directory (MS-CFB 2.6.1: UTF-16)."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "docx-encrypted"
    return "doc-old" if "WordDocument".encode("utf-16-le") in data else "office-old"


def _zip_package(data: bytes) -> Format:
    """DOCX where a ZIP holds a Word document of sane size; raises ReadingError for any other ZIP."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise failure("zip-damaged") from error
    _refuse_bomb(members)
    names = {member.filename for member in members}
    if "word/document.xml" in names:
        return Format.DOCX
    raise _other_package(names)


def _refuse_bomb(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if unpacked > MAX_UNPACKED or (unpacked > _RATIO_COUNTS_FROM and unpacked / packed > MAX_RATIO):
        raise failure("zip-too-large", size=unpacked // 1024**2)


def _other_package(names: set[str]) -> ReadingError:
    for mark, vi, en in _ZIP_KINDS:
        if any(name.startswith(mark) for name in names):
            return failure("zip-not-word", what=vi, what_en=en)
    return failure("zip-not-word", what="tệp nén ZIP", what_en="a ZIP archive")


def _is_html(data: bytes, hint: Format | None) -> bool:
    """Whether bytes are a web page: they begin as one, or are called one and hold its tags."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1"
    head = data[: 64 * _HEAD].decode(encoding, errors="replace").lstrip("\ufeffï»¿")
    return bool(_MARKUP_START.match(head)) or (hint in {Format.HTML, Format.DOCX} and bool(_TAG.search(head)))
