"""What pypdf knows of a PDF beside its text: page count, metadata, attachments, and what is wrong with it."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from indexer.reading.failures import failure

_MOST_NAMED = 20


@dataclass(slots=True)
class Facts:
    """A file's metadata; ``pages`` is None where pypdf could not open it."""

    pages: int | None = None
    title: str = ""
    note: str = ""
    attachments: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)


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
        except (
            PyPdfError,
            OSError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            IndexError,
            RecursionError,
            AssertionError,
            ArithmeticError,
        ) as error:
            # pypdf is stricter than PDFium: what PDFium can read of the file is still read, and this is told.
            problems.append(f"{type(error).__name__}: {error}")
    facts.problems = problems
    return facts


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
