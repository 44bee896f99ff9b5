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
    MHTML = "mhtml"
    DOC = "doc"
    RTF = "rtf"
    ODT = "odt"
    WORD_XML = "word-xml"
    IMAGE = "image"


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
    ".mht": Format.MHTML,
    ".mhtml": Format.MHTML,
    ".doc": Format.DOC,
    ".dot": Format.DOC,
    ".wps": Format.DOC,
    ".rtf": Format.RTF,
    ".odt": Format.ODT,
    ".jpg": Format.IMAGE,
    ".jpeg": Format.IMAGE,
    ".png": Format.IMAGE,
    ".tif": Format.IMAGE,
    ".tiff": Format.IMAGE,
    ".bmp": Format.IMAGE,
    ".webp": Format.IMAGE,
    ".docm": Format.DOCX,
    ".dotx": Format.DOCX,
    ".dotm": Format.DOCX,
}

_IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")  # PNG, JPEG, TIFF of either byte order

_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1")

# First bytes of formats that are no text: (bytes, Vietnamese, English).
_BINARY_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"GIF8", "ảnh GIF", "a GIF image"),
    (b"SQLite format 3\0", "cơ sở dữ liệu SQLite", "an SQLite database"),
    (b"MZ\x90\0", "chương trình Windows", "a Windows program"),
    (b"\x7fELF", "chương trình Linux", "a Linux program"),
)

# The same of packed files that are not opened: (bytes, name).
_PACKED_MAGIC = (
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
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

# Word 2003 and later save a document as one XML file too, mostly named .doc or .xml.
_FLAT_PACKAGE = b"schemas.microsoft.com/office/2006/xmlPackage"
_WORD_XML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*>\s*(?:<!--.*?-->\s*)?<\?mso-application\s+progid=[\"']Word\.Document", re.S
)
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml\s|svg\s)")
_MHTML = re.compile(rb"\s*(?=(?:mime-version:|from:|content-type:)).*?content-type:\s*multipart/related", re.I | re.S)
_ODT_TYPE = b"mimetypeapplication/vnd.oasis.opendocument.text"  # stored first and unpacked (OpenDocument 1.2, 3.3)
_WORD_PART = re.compile(r"/?word/document\d*\.xml")  # Word for the web counts them
_MOST_ENTRIES = 100_000

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
    if data.startswith(_OLE2):
        return _compound(data)
    if data.startswith(_IMAGES) or _is_bitmap(data) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return Format.IMAGE
    if data[4:12] in _HEIC:
        raise failure(
            "binary",
            what=" (ảnh HEIC của iPhone: hãy lưu lại thành JPEG)",
            what_en=" (a HEIC image of an iPhone: save it as JPEG)",
        )
    for magic, name in _PACKED_MAGIC:
        if data.startswith(magic):
            raise failure("packed", what=name)
    for magic, vi, en in _BINARY_MAGIC:
        if data.startswith(magic):
            raise failure("binary", what=f" ({vi})", what_en=f" ({en})")
    return _text_kind(data, hint)


def _is_bitmap(data: bytes) -> bool:
    """Whether bytes are a BMP: its mark, and the size of the whole file after it, as far as that is written."""
    return data.startswith(b"BM") and int.from_bytes(data[2:6], "little") == len(data) and data[6:10] == bytes(4)


def _text_kind(data: bytes, hint: Format | None) -> Format:
    """What a file written in characters is, by its beginning, else by its name."""
    if data.startswith(b"{\\rtf"):
        return Format.RTF
    if _MHTML.match(data[:_HEAD]):
        return Format.MHTML
    if _WORD_XML.match(data[:_HEAD]):
        if _FLAT_PACKAGE in data[:_HEAD]:  # LibreOffice takes it for plain text
            raise failure("data-file", what="Word XML")
        return Format.WORD_XML
    if _is_html(data, hint):
        return Format.HTML
    if _XML.match(data[:_HEAD]):
        raise failure("data-file", what="XML")
    if hint is Format.DOCX:
        raise failure("docx-not-zip")
    if hint is Format.PDF:
        raise failure("pdf-damaged", cause="not-pdf")
    if hint is Format.IMAGE:
        raise failure("image-damaged")
    return Format.MARKDOWN if hint is Format.MARKDOWN else Format.TEXT


def _compound(data: bytes) -> Format:
    """DOC where an OLE2 file holds a Word document, by the names in its directory (MS-CFB 2.6.1: UTF-16)."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise failure("docx-encrypted")
    if "WordDocument".encode("utf-16-le") not in data:
        raise failure("office-old")
    # The text's own stream mostly comes first; its header says whether it is encrypted (MS-DOC 2.5.2, fEncrypted).
    magic, flags = data[512:514], data[523:524]
    if magic == b"\xec\xa5" and flags and flags[0] & 1:
        raise failure("docx-encrypted")
    return Format.DOC


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The ZIP that bytes are; ReadingError ``zip-damaged`` where they are none, ``zip-members`` where it is huge."""
    entries = data.count(b"PK\x01\x02")
    if entries > _MOST_ENTRIES:  # each takes ten times its size in memory before anything of it is read
        raise failure("zip-members", limit=_MOST_ENTRIES, rest=entries - _MOST_ENTRIES)
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise failure("zip-damaged") from error


def _zip_package(data: bytes) -> Format:
    """DOCX or ODT where a ZIP holds such a document of sane size; raises ReadingError for any other ZIP."""
    with open_zip(data) as package:
        members = package.infolist()
    _refuse_bomb(members)
    names = {member.filename.replace("\\", "/") for member in members}
    if any(map(_WORD_PART.fullmatch, names)):
        return Format.DOCX
    if _ODT_TYPE in data[:_HEAD]:
        return Format.ODT
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
    return bool(_MARKUP_START.match(head)) or (
        hint in {Format.HTML, Format.DOCX, Format.DOC} and bool(_TAG.search(head))
    )
