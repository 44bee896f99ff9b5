"""What pypdf knows of a PDF beside its text: page count, metadata, attachments, and what is wrong with it."""

from __future__ import annotations

import io
import logging
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from corpus.model import Line, LineKind
from indexer.reading.failures import failure

if TYPE_CHECKING:
    import pypdf

_MOST_NAMED = 20
_MOST_HEADINGS = 2_000
_DEEPEST = 6
# What pypdf runs into in damaged files, beside its own errors.
_DAMAGE = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    RecursionError,
    AssertionError,
    ArithmeticError,
)


@dataclass(slots=True)
class Facts:
    """A file's metadata; ``pages`` is None where pypdf could not open it.

    ``headings``: level, from 1, of what the file's outline (bookmarks) names, by page from 1 and words without blanks.
    """

    pages: int | None = None
    title: str = ""
    note: str = ""
    attachments: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)
    headings: dict[tuple[int, str], int] = field(default_factory=dict)


def facts_of(data: bytes) -> Facts:
    """Metadata, page count and names of attached files; raises ``pdf-encrypted`` where no password opens it."""
    import pypdf
    from pypdf.errors import PyPdfError

    facts = Facts()
    with captured("pypdf") as problems:
        try:
            reader = pypdf.PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise failure("pdf-encrypted")
            facts.pages = len(reader.pages)
            metadata = reader.metadata
            if metadata is not None:
                facts.title, facts.note = _words(metadata.title), _words(metadata.subject)
            names = (_words(attachment.name) for attachment in reader.attachment_list)
            facts.attachments = tuple(dict.fromkeys(name for name in names if name))[:_MOST_NAMED]
        except (PyPdfError, *_DAMAGE) as error:
            # pypdf is stricter than PDFium: what PDFium can read of the file is still read, and this is told.
            problems.append(f"{type(error).__name__}: {error}")
    facts.problems = problems
    if facts.pages is not None:
        facts.headings = _headings(reader)
    return facts


def with_headings(text: str, lines: Sequence[Line], facts: Facts) -> tuple[Line, ...]:
    """The lines, those marked as headings that the file's own outline names on their page."""
    if not facts.headings:
        return tuple(lines)
    levels = (
        facts.headings.get((line.page or 1, _without_blanks(text[line.start : line.end])), 0)
        if line.kind is LineKind.TEXT
        else 0
        for line in lines
    )
    return tuple(
        replace(line, kind=LineKind.HEADING, level=level) if level else line
        for line, level in zip(lines, levels, strict=True)
    )


def _headings(reader: pypdf.PdfReader) -> dict[tuple[int, str], int]:
    """What the outline names, none where it is damaged: the text has its own marks of headings too."""
    from pypdf.errors import PyPdfError

    found: dict[tuple[int, str], int] = {}
    with captured("pypdf"):
        try:
            _gather(reader, reader.outline, 1, found)
        except (PyPdfError, *_DAMAGE):
            return {}
    return found


def _gather(reader: pypdf.PdfReader, items: Iterable[object], level: int, found: dict[tuple[int, str], int]) -> None:
    import pypdf.generic

    for item in items:
        if isinstance(item, list):
            _gather(reader, item, level + 1, found)
        elif isinstance(item, pypdf.generic.Destination) and len(found) < _MOST_HEADINGS:
            page = reader.get_destination_page_number(item)
            title = _without_blanks(str(item.title))
            if page is not None and title:
                found.setdefault((page + 1, title), min(level, _DEEPEST))


def _without_blanks(words: str) -> str:
    return "".join(unicodedata.normalize("NFC", words).split())


def _words(value: object) -> str:
    return " ".join(str(value).split()) if value else ""


@contextmanager
def captured(logger_name: str) -> Iterator[list[str]]:
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
