"""PDF files: text and rules by PDFium, metadata by pypdf, a second reader for broken text, OCR for scans."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.errors import ReadingError
from corpus.model import Line, Quality, RecognisedWord, SourceText
from indexer.reading.failures import failure
from indexer.reading.lines import Assembly
from indexer.reading.options import DEFAULTS, ReadingOptions
from indexer.reading.pdf_facts import Facts, facts_of, with_headings
from indexer.reading.pdf_fields import typed_on, with_typed
from indexer.reading.pdf_joined import WholeTable
from indexer.reading.pdf_layers import has_letters, is_layer, scans, stands
from indexer.reading.pdf_layout import printed_lines
from indexer.reading.pdf_measure import measure
from indexer.reading.pdf_page import Item, items_of
from indexer.reading.pdf_scans import can_recognise, recognised
from indexer.reading.pdf_second import UNKNOWN, second_reading, with_signs
from indexer.reading.pdf_watermarks import without_watermarks
from indexer.reading.pdf_words import NOTHING, PageContent, content_of
from indexer.reading.tables import TableAssembly

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

    from indexer.reading.ocr import RecognisedPage

_TAIL = 2048  # where a whole file has its end marker; what follows it is tolerated (ISO 32000-1, annex H.3.4.4)
_ONE_AT_A_TIME = threading.Lock()  # PDFium is not thread-safe
_PDFIUM, _PDFPLUMBER = "pdfium", "pdfplumber"


@dataclass(slots=True)
class _Reading:
    """A file's pages as they are read, by number from 1."""

    contents: list[PageContent]
    readers: list[str]
    pages: dict[int, RecognisedPage] = field(default_factory=dict)
    waiting: tuple[int, ...] = ()
    failures: dict[int, ReadingError] = field(default_factory=dict)
    lost: tuple[int, ...] = ()  # pages that cannot be opened
    comments: int = 0
    watermarks: tuple[str, ...] = ()

    def to_retry(self) -> tuple[int, ...]:
        """The pages that are images still to be recognised: here not yet, or Tesseract failed on them."""
        failed = (number for number, error in self.failures.items() if error.code == "ocr-failed")
        return tuple(sorted({*self.waiting, *failed}))

    def reader(self) -> str:
        """Which readers gave text ("pdf:pdfium", "pdf:pdfium+tesseract")."""
        used = [name for name in dict.fromkeys(self.readers) if name]
        return "pdf:" + "+".join([*used, *(["tesseract"] if self.pages else [])])


def read_pdf(data: bytes, options: ReadingOptions = DEFAULTS) -> SourceText:
    """The text of a PDF, page by page, with its tables; what pages print around the text is left out.

    Raises ReadingError ``pdf-encrypted``, ``pdf-damaged``, ``pdf-pages`` where there are more than ``options.pages``,
    ``pdf-no-text`` where it holds neither text nor images, ``waiting-ocr`` where it is a scan that cannot be recognised
    here.
    """
    facts = facts_of(data)
    reading, items = _read(data, options)
    if b"%%EOF" not in data[-_TAIL:]:
        facts.problems.append("no %%EOF")
    recognised_letters = any(any(map(str.isalpha, page.text)) for page in reading.pages.values())
    if not recognised_letters and not any(map(has_letters, items)):
        if reading.waiting:
            raise failure("waiting-ocr", pages=len(reading.waiting))
        if reading.failures:
            raise next(iter(reading.failures.values()))
        if facts.problems or not items:
            raise failure("pdf-damaged", cause="no-text")
        raise failure("pdf-no-text", pages=len(items))
    return _assembled(reading, items, facts)


def _read(data: bytes, options: ReadingOptions) -> tuple[_Reading, list[list[Item]]]:
    import pypdfium2

    with _ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise failure("pdf-encrypted") from error
            raise failure("pdf-damaged", cause="structure") from error
    try:
        with _ONE_AT_A_TIME:
            count = len(document)
            if count > options.pages:
                raise failure("pdf-pages", pages=count, limit=options.pages)
            document.init_forms()
            pages = [_content(document, number) for number in range(count)]
        reading = _Reading(*_best(data, [content for content, _ in pages]))
        reading.lost = tuple(number for number, (content, _) in enumerate(pages, 1) if content is NOTHING)
        if count and len(reading.lost) == count:
            raise failure("pdf-damaged", cause="pdf-page", page=1)
        reading.comments = sum(comments for _, comments in pages)
        reading.contents, reading.watermarks = without_watermarks(reading.contents)
        items = items_of(reading.contents)
        images = scans(reading.contents, items)
        if images and can_recognise(options):
            _recognise(reading, document, images, items, options)
            items = items_of(reading.contents)
        else:
            reading.waiting = images
        return reading, items
    finally:
        with _ONE_AT_A_TIME:
            document.close()


def _recognise(
    reading: _Reading,
    document: PdfDocument,
    images: Sequence[int],
    items: Sequence[Sequence[Item]],
    options: ReadingOptions,
) -> None:
    """Recognises pages that are images, and takes away the words of those that are shown as they were recognised."""
    reading.pages, reading.failures = recognised(document, images, options, _ONE_AT_A_TIME)
    for number in images:
        content = reading.contents[number - 1]
        if stands(reading.pages.get(number), content, items[number - 1]):
            reading.contents[number - 1], reading.readers[number - 1] = replace(content, words=()), ""
        else:
            reading.pages.pop(number, None)


def _content(document: PdfDocument, number: int) -> tuple[PageContent, int]:
    """A page's content, :data:`NOTHING` where it cannot be opened, and how many comments are pinned to it."""
    import pypdfium2

    try:
        page = document[number]
        try:
            typed, comments = typed_on(document, page)
            return with_typed(content_of(page), typed), comments
        finally:
            page.close()
    except pypdfium2.PdfiumError:
        return NOTHING, 0


def _best(data: bytes, contents: list[PageContent]) -> tuple[list[PageContent], list[str]]:
    """Every page by the reader that reads it better, and that reader's name ("" where the page has no text)."""
    readers = [_PDFIUM if content.words else "" for content in contents]
    for index, content in enumerate(contents):
        text = _words(content)
        first = measure(text)
        if first.broken:
            first = measure(_lines(content))
        if not first.broken:
            contents[index] = with_signs(data, index, content) if UNKNOWN in text else content
            continue
        other = second_reading(data, index, content)
        if other is not None and measure(_lines(other)).score > first.score:
            contents[index], readers[index] = other, _PDFPLUMBER
    return contents, readers


def _words(content: PageContent) -> str:
    return " ".join(word.text for word in content.words)


def _lines(content: PageContent) -> str:
    """The same with words that are drawn in pieces made whole."""
    return "\n".join(line.text for line in printed_lines(content.words))


def _assembled(reading: _Reading, items: Sequence[Sequence[Item]], facts: Facts) -> SourceText:
    """The text: a line a printed line or table row, a form feed between pages."""
    assembly = Assembly()
    tables = TableAssembly(assembly)
    words: list[RecognisedWord] = []
    filled: set[int] = set()  # pages with anything of the document
    held: set[int | None] = set()  # pages with rows of a table that starts on an earlier one
    for number, page in enumerate(items, 1):
        before = assembly.count
        for item in page:
            if isinstance(item, WholeTable):
                tables.add(item.rows, marked=item.heads, page=number)
                filled.update(item.pages)
                held.update(cell.page for row in item.rows for cell in row if cell.text.strip())
            else:
                assembly.add(item.text, page=number)
        if number in reading.pages:
            words += _recognised(assembly, reading.pages[number], number)
        if assembly.count > before:
            filled.add(number)
        elif number not in held:
            assembly.line("", page=number)  # keeps the count of pages
    text, lines = assembly.finish()
    text = _with_form_feeds(text, lines)
    lines = with_headings(text, lines, facts)
    return SourceText(
        text=text,
        lines=lines,
        media_type="application/pdf",
        reader=reading.reader(),
        wrapped=True,
        pages=len(items),
        quality=_quality(reading),
        title=facts.title,
        note=facts.note,
        warnings=tuple(_warnings(reading, facts, [n for n in range(1, len(items) + 1) if n not in filled])),
        converted_from=_converted(reading.contents),
        tables=tuple(tables.tables),
        words=tuple(words),
        waiting=reading.to_retry(),
    )


def _with_form_feeds(text: str, lines: Sequence[Line]) -> str:
    """The text with the line break where a page ends made a form feed."""
    characters = list(text)
    for before, line in pairwise(lines):
        if before.page != line.page:
            characters[line.start - 1] = "\f"
    return "".join(characters)


def _recognised(assembly: Assembly, page: RecognisedPage, number: int) -> Iterator[RecognisedWord]:
    """Adds a recognised page's lines; gives its words with their spans in the whole text."""
    at = 0
    for line in page.text.split("\n"):
        if line.strip():
            shift = assembly.line(line, page=number) - at
            for word in page.words:
                if at <= word.start and word.end <= at + len(line):
                    yield RecognisedWord(word.start + shift, word.end + shift, number, word.box, word.confidence)
        at += len(line) + 1


def _quality(reading: _Reading) -> Quality:
    layers = [is_layer(content) for content in reading.contents]
    if reading.pages or any(layers):
        own = any(reader for reader, layer in zip(reading.readers, layers, strict=True) if not layer)
        return Quality.MIXED if own else Quality.RECOGNISED
    return Quality.CONVERTED if _converted(reading.contents) else Quality.NATIVE


def _converted(contents: Sequence[PageContent]) -> str | None:
    return next((content.converted_from for content in contents if content.converted_from), None)


def _warnings(reading: _Reading, facts: Facts, silent: Sequence[int]) -> Iterator[str]:
    if reading.waiting:
        listed = ", ".join(map(str, reading.waiting))
        error = failure("waiting-ocr", pages=len(reading.waiting))
        yield f"Trang {listed}: {error.vi} (pages {listed}: {error.en})"
    if reading.lost:
        listed = ", ".join(map(str, reading.lost))
        yield (
            f"Trang {listed} bị hỏng, không đọc được: hãy lấy lại tệp gốc "
            f"(pages {listed} are damaged and could not be read: get the original again)"
        )
    told = {*reading.waiting, *reading.pages, *reading.lost, *reading.failures}
    silent = [number for number in silent if number not in told]
    if silent:
        listed = ", ".join(map(str, silent))
        yield f"Trang {listed} không có chữ nào của văn bản (pages {listed} have no text of the document)"
    unread = [number for number, page in reading.pages.items() if not page.text.strip()]
    if unread:
        listed = ", ".join(map(str, unread))
        yield f"Trang {listed} là ảnh không nhận ra chữ nào (pages {listed} are images on which nothing was recognised)"
    for error in {error.code: error for error in reading.failures.values()}.values():
        listed = ", ".join(str(number) for number, other in reading.failures.items() if other.code == error.code)
        yield f"Trang {listed}: {error.vi} (pages {listed}: {error.en})"
    if reading.watermarks:
        listed = ", ".join(f"“{words}”" for words in reading.watermarks)
        yield f"Chữ in chìm trên trang không đưa vào văn bản: {listed} (watermarks left out of the text: {listed})"
    if reading.comments:
        count = reading.comments
        yield (
            f"{count} ghi chú ghim trên trang không đưa vào văn bản "
            f"({count} comments pinned to pages are not part of the text)"
        )
    if facts.attachments:
        listed = ", ".join(facts.attachments)
        yield (
            f"Tệp đính kèm trong PDF không được đọc: {listed}. Hãy lưu từng tệp ra ngoài rồi lập chỉ mục "
            f"(files attached to the PDF were not read: {listed}. Save each of them and index it)"
        )
    if facts.pages is not None and facts.pages != len(reading.contents):
        count = len(reading.contents)
        yield (
            f"Hai bộ đọc đếm số trang khác nhau ({count} và {facts.pages}): tệp có thể bị hỏng một phần "
            f"(two parsers count {count} and {facts.pages} pages: the file may be partly damaged)"
        )
    if facts.problems:
        count = len(facts.problems)
        yield (
            f"Tệp PDF có {count} lỗi hoặc bị cắt cụt, chữ có thể thiếu "
            f"(the PDF has {count} errors or is truncated, text may be missing)"
        )
