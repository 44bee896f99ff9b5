"""ZIP packages of documents: their members one by one, within limits; nothing is written to the disk."""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from corpus.errors import ReadingError
from corpus.language.syllables import is_syllable
from indexer.reading.detect import MAX_RATIO, MAX_UNPACKED, SUFFIXES, Format, detect, open_zip
from indexer.reading.failures import failure
from indexer.reading.options import ReadingOptions

MAX_MEMBERS = 2_000
MAX_DEPTH = 3  # a package in a package in a package
_RATIO_COUNTS_FROM = 1024 * 1024  # a small text of one letter packs better than any bomb needs to
_MB = 1024 * 1024
_INSIDE = "!"  # between a package's name and the name of a member in it
_ENCRYPTED = 0x1  # general purpose bit 0 (APPNOTE 4.4.4)
_UTF8 = 0x800  # bit 11: the name is UTF-8

# Members that tell a document kept as a ZIP (OOXML, OpenDocument, EPUB) from a package of documents.
_DOCUMENT_MARKS = ("[Content_Types].xml", "mimetype", "META-INF/container.xml", "META-INF/manifest.xml")
_ROOTED = re.compile(r"/|[A-Za-z]:")
# What systems leave in packages beside the documents: folder settings, thumbnails, locks of open files.
_JUNK = re.compile(r"(?:^|/)(?:__MACOSX/|\.[^./]|~\$|Thumbs\.db$|desktop\.ini$)", re.I)


class Member(NamedTuple):
    """A file in a package: its path inside, through nested packages joined by "!", and its bytes."""

    name: str
    data: bytes


@dataclass
class _Budget:
    """What may still be taken out of a package and all that are nested in it."""

    members: int = MAX_MEMBERS
    bytes: int = MAX_UNPACKED
    names: Counter[str] = field(default_factory=Counter)


def is_package(data: bytes) -> bool:
    """Whether bytes are a ZIP of files, and not a document that is kept as one (.docx, .xlsx, .odt, .epub)."""
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    try:
        with open_zip(data) as package:
            return not set(package.namelist()).intersection(_DOCUMENT_MARKS)
    except ReadingError:
        return False


def members(data: bytes, options: ReadingOptions) -> Iterator[Member | tuple[str, ReadingError]]:
    """The files of a ZIP and of those nested in it, in order, or a member's name and why it is refused.

    Names are unique. Folders and what systems leave behind are passed over. Raises ReadingError ``zip-damaged`` or
    ``zip-too-large`` where the package itself cannot be opened.
    """
    yield from _members(data, options, "", 1, _Budget())


def _members(
    data: bytes, options: ReadingOptions, prefix: str, depth: int, budget: _Budget
) -> Iterator[Member | tuple[str, ReadingError]]:
    with open_zip(data) as package:
        wanted = [
            (name, info) for info in package.infolist() if not _JUNK.search(name := _name(info)) and name[-1:] != "/"
        ]
        for at, (inside, info) in enumerate(wanted):
            name = _unique(prefix + inside, budget)
            if budget.members <= 0:
                yield name, failure("zip-members", limit=MAX_MEMBERS, rest=len(wanted) - at)
                return
            budget.members -= 1
            try:
                content = _content(package, info, inside, options, budget)
                if not is_package(content):
                    _check_kind(content, inside)
                    yield Member(name, content)
                    continue
                if depth == MAX_DEPTH:
                    raise failure("zip-depth", limit=MAX_DEPTH)
                yield from _members(content, options, f"{name}{_INSIDE}", depth + 1, budget)
            except ReadingError as error:
                yield name, error


def _content(
    package: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, options: ReadingOptions, budget: _Budget
) -> bytes:
    """A member's bytes; ReadingError where it may not or cannot be unpacked."""
    if _ROOTED.match(name) or ".." in name.split("/") or any(unicodedata.category(c) == "Cc" for c in name):
        raise failure("member-name")
    if info.flag_bits & _ENCRYPTED:
        raise failure("member-encrypted")
    if info.file_size > options.bytes:
        raise failure("too-large", size=-(-info.file_size // _MB), limit=options.bytes // _MB)
    swells = info.file_size > _RATIO_COUNTS_FROM and info.file_size > MAX_RATIO * max(1, info.compress_size)
    if swells or info.file_size > budget.bytes:
        raise failure("zip-too-large", size=-(-info.file_size // _MB))
    budget.bytes -= info.file_size
    try:
        content = package.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, LookupError) as error:
        # NotImplementedError, a RuntimeError, tells of a way of packing that only other programs have.
        raise failure("member-damaged") from error
    if not content:
        raise failure("empty")
    return content


def _check_kind(content: bytes, name: str) -> None:
    """Refuses text that is no document: styles, scripts, data. Formats that show themselves need no suffix."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix and suffix not in SUFFIXES and detect(content, suffix) is Format.TEXT:
        raise failure("member-kind", suffix=suffix)


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name; programs of the time wrote names in the system's code page and said nothing."""
    written = info.orig_filename.replace("\\", "/")
    if info.flag_bits & _UTF8 or written.isascii():
        return written
    raw = written.encode("cp437")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        vietnamese = unicodedata.normalize("NFC", raw.decode("cp1258", errors="replace"))
    return vietnamese if _syllables(vietnamese) > _syllables(written) else written


def _syllables(name: str) -> float:
    """The share of words with marks that are Vietnamese syllables."""
    words = [word for word in re.findall(r"[^\W\d_]+", name) if not word.isascii()]
    return sum(map(is_syllable, words)) / len(words) if words else 0.0


def _unique(name: str, budget: _Budget) -> str:
    path, unique = PurePosixPath(name), name
    while unique in budget.names:
        budget.names[name] += 1
        unique = str(path.with_name(f"{path.stem} ({budget.names[name]}){path.suffix}"))
    budget.names[unique] = 1
    return unique
