"""From a file to a SourceText: one reader a format, chosen by what the file holds."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from corpus.errors import ReadingError
from corpus.model import SourceText
from indexer.reading.converting import in_unicode
from indexer.reading.detect import SUFFIXES, Format, detect
from indexer.reading.encoding import foreign
from indexer.reading.failures import failure
from indexer.reading.html import read_html
from indexer.reading.images import read_image
from indexer.reading.markdown import read_markdown
from indexer.reading.mhtml import read_mhtml
from indexer.reading.office import read_office
from indexer.reading.options import DEFAULTS, ReadingOptions
from indexer.reading.pdf import read_pdf
from indexer.reading.text import read_text
from indexer.reading.word import read_docx

__all__ = ["READABLE", "ReadingOptions", "content", "read", "read_bytes"]

READABLE: frozenset[str] = frozenset(SUFFIXES)

_READERS: dict[Format, Callable[[bytes, ReadingOptions], SourceText]] = {
    Format.TEXT: lambda data, _: read_text(data),
    Format.MARKDOWN: lambda data, _: read_markdown(data),
    Format.HTML: lambda data, _: read_html(data),
    Format.DOCX: read_docx,
    Format.PDF: read_pdf,
    Format.IMAGE: read_image,
    Format.MHTML: lambda data, _: read_mhtml(data),
    Format.DOC: lambda data, options: read_office(data, Format.DOC, options=options),
    Format.RTF: lambda data, options: read_office(data, Format.RTF, options=options),
    Format.ODT: lambda data, options: read_office(data, Format.ODT, options=options),
    Format.WORD_XML: lambda data, options: read_office(data, Format.WORD_XML, options=options),
}


def read(path: Path, options: ReadingOptions = DEFAULTS) -> SourceText:
    """The text of a file: :func:`read_bytes` of its :func:`content`."""
    return read_bytes(content(path, options), path.suffix, options)


def read_bytes(data: bytes, suffix: str, options: ReadingOptions = DEFAULTS) -> SourceText:
    """The text of a file's bytes, its lines and what its format says about them.

    The format is judged by content, the suffix is a hint. Raises ReadingError, and nothing else, with the cause and
    the remedy; the caller adds the file's name. MemoryError passes.
    """
    try:
        source = _READERS[detect(data, suffix.lower())](data, options)
    except (ReadingError, MemoryError):  # a file too large for its limit is told by whoever set that
        raise
    except Exception as error:
        # The one boundary that lets nothing through: a damaged file may not stop an indexing run.
        raise failure("unexpected", detail=type(error).__name__) from error
    source = in_unicode(source)
    if not any(map(str.isalpha, source.text)):
        raise failure("blank")
    signs = foreign(source.text)
    if signs:
        raise failure("encoding-unknown", sample=signs)
    return source


def content(path: Path, options: ReadingOptions = DEFAULTS) -> bytes:
    """The bytes of an ordinary, readable file of no more than ``options.bytes``; else ReadingError."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise failure("is-directory")
        if not stat.S_ISREG(status.st_mode):
            raise failure("not-a-file")
        data = b""
        if status.st_size <= options.bytes:
            with path.open("rb") as file:
                data = file.read(options.bytes + 1)  # it may be growing
        size = max(status.st_size, len(data))
        if size > options.bytes:
            raise failure("too-large", size=-(-size // 1024**2), limit=options.bytes // 1024**2)
    except FileNotFoundError as error:
        raise failure("not-found") from error
    except PermissionError as error:
        vi, en = _readers_of(path)
        raise failure("no-permission", readers=vi, readers_en=en) from error
    except (OSError, ValueError) as error:
        raise failure("io-error", number=getattr(error, "errno", None) or "?") from error
    if not data:
        raise failure("empty")
    return data


def _readers_of(path: Path) -> tuple[str, str]:
    """Who may read a file, in Vietnamese and in English, as far as the system tells."""
    try:
        owner, group, mode = path.owner(), path.group(), path.stat().st_mode
    except (OSError, KeyError, NotImplementedError):
        return "chủ sở hữu tệp", "the file's owner"
    if mode & stat.S_IRGRP:
        return f"người dùng “{owner}” hoặc nhóm “{group}”", f"user “{owner}” or group “{group}”"
    if mode & stat.S_IRUSR:
        return f"người dùng “{owner}”", f"user “{owner}”"
    return f"không ai (chủ sở hữu “{owner}” phải mở quyền)", f"nobody (its owner “{owner}” must grant access)"
