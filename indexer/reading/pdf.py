"""PDF files with a text layer: text by PDFium, metadata and encryption by pypdf, each a check on the other."""

from __future__ import annotations

import io
import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.model import SourceText
from indexer.reading.failures import failure
from indexer.reading.lines import split_lines, with_newlines
from indexer.reading.options import DEFAULTS, ReadingOptions
from indexer.reading.pages import without_page_numbers
from indexer.reading.pdf_lines import mended

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_TAIL = 2048  # where a whole file has its end marker; what follows it is tolerated (ISO 32000-1, annex H.3.4.4)
_ONE_AT_A_TIME = threading.Lock()  # PDFium is not thread-safe
# PDFium marks a hyphen at a line's end as a non-character, and gives glyphs without a Unicode value as zeros.
_PDFIUM_HYPHEN = re.compile("[\ufffe\x02]")
_SPACES_AT_END = re.compile(r"[ \t]+$", re.MULTILINE)
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class _Facts:
    """What pypdf knows of a file; ``pages`` is None where pypdf could not open it."""

    pages: int | None = None
    title: str = ""
    note: str = ""
    problems: list[str] = field(default_factory=list)


def read_pdf(data: bytes, options: ReadingOptions = DEFAULTS) -> SourceText:
    """The text layer of a PDF, page by page.

    Raises ReadingError ``pdf-encrypted``, ``pdf-damaged``, or ``pdf-no-text`` where no page has a text layer.
    """
    facts = _facts(data)
    pages = _page_texts(data)
    if b"%%EOF" not in data[-_TAIL:]:
        facts.problems.append("no %%EOF")
    if not any(any(map(str.isalpha, page)) for page in pages):
        if facts.problems or not pages:
            raise failure("pdf-damaged", cause="no-text")
        raise failure("pdf-no-text", pages=len(pages))
    text = "\f".join(pages)
    lines = split_lines(text) if len(pages) > 1 else split_lines(text + "\f")
    return SourceText(
        text=text,
        lines=without_page_numbers(text, lines),
        media_type="application/pdf",
        reader="pdf",
        wrapped=True,
        pages=len(pages),
        title=facts.title,
        note=facts.note,
        warnings=tuple(_warnings(pages, facts)),
    )


def _page_texts(data: bytes) -> list[str]:
    """The text of every page, by PDFium."""
    import pypdfium2

    with _ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise failure("pdf-encrypted") from error
            raise failure("pdf-damaged", cause="structure") from error
        try:
            return [_page_text(document, number) for number in range(len(document))]
        finally:
            document.close()


def _page_text(document: PdfDocument, number: int) -> str:
    import pypdfium2

    try:
        page = document[number]
        text_page = page.get_textpage()
        try:
            text = mended(text_page.get_text_range(), text_page)
        finally:
            text_page.close()
            page.close()
    except pypdfium2.PdfiumError as error:
        raise failure("pdf-damaged", cause="pdf-page", page=number + 1) from error
    text = _SURROGATES.sub("\ufffd", _PDFIUM_HYPHEN.sub("-", with_newlines(text)))
    return _SPACES_AT_END.sub("", text.replace("\f", "\n").replace("\0", ""))


def _facts(data: bytes) -> _Facts:
    """Metadata and page count by pypdf; raises ``pdf-encrypted`` where the empty password does not open the file."""
    import pypdf
    from pypdf.errors import PyPdfError

    facts = _Facts()
    with _captured("pypdf") as problems:
        try:
            reader = pypdf.PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise failure("pdf-encrypted")
            facts.pages = len(reader.pages)
            metadata = reader.metadata
            if metadata is not None:
                facts.title, facts.note = _words(metadata.title), _words(metadata.subject)
        except (
            PyPdfError,
            OSError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            IndexError,
            RecursionError,
        ) as error:
            # pypdf is stricter than PDFium: what PDFium can read of the file is still read, and this is told.
            problems.append(f"{type(error).__name__}: {error}")
    facts.problems = problems
    return facts


def _words(value: object) -> str:
    return " ".join(str(value).split()) if value else ""


def _warnings(pages: Sequence[str], facts: _Facts) -> Iterator[str]:
    silent = [str(number) for number, page in enumerate(pages, 1) if not page.strip()]
    if silent:
        listed = ", ".join(silent)
        yield (
            f"Trang {listed} không có lớp chữ (bản quét hoặc trang trắng) nên không đọc được "
            f"(pages {listed} have no text layer, being scans or blank, and were not read)"
        )
    if facts.pages is not None and facts.pages != len(pages):
        yield (
            f"Hai bộ đọc đếm số trang khác nhau ({len(pages)} và {facts.pages}): tệp có thể bị hỏng một phần "
            f"(two parsers count {len(pages)} and {facts.pages} pages: the file may be partly damaged)"
        )
    if facts.problems:
        count = len(facts.problems)
        yield (
            f"Tệp PDF có {count} lỗi hoặc bị cắt cụt, chữ có thể thiếu "
            f"(the PDF has {count} errors or is truncated, text may be missing)"
        )


@contextmanager
def _captured(logger_name: str) -> Iterator[list[str]]:
    """What a library's logger says meanwhile, kept instead of printed."""
    messages: list[str] = []

    class _Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    logger = logging.getLogger(logger_name)
    handler, propagate = _Keep(logging.WARNING), logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield messages
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
