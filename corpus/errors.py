"""Errors that a person reads: each says what was wrong and what to do, in Vietnamese and in English.

::

    TienLeError
    ├── ReadingError      a file could not be read
    ├── ArchiveError      an archive is missing, damaged, locked or made with another model
    ├── EncoderError      a model is missing or does not fit its record
    └── QueryError        a question, filter or address is not understood
"""

from __future__ import annotations

from typing import Literal

Language = Literal["vi", "en"]


class TienLeError(Exception):
    """An error with a stable ``code`` and one message a language, each ending in what to do."""

    def __init__(self, code: str, vi: str, en: str) -> None:
        """Take the code and the message in Vietnamese and in English."""
        super().__init__(en)
        self.code = code
        self.vi = vi
        self.en = en

    def __reduce__(self) -> tuple[type[TienLeError], tuple[object, ...]]:
        """Come whole from one process to another."""
        return type(self), (self.code, self.vi, self.en)

    def message(self, language: Language = "vi") -> str:
        """The message in the reader's language."""
        return self.vi if language == "vi" else self.en


class ReadingError(TienLeError):
    """A file could not be read; the message names cause and remedy, the caller adds the file."""


class ArchiveError(TienLeError):
    """An archive is missing, damaged, locked, or was made with another model."""


class EncoderError(TienLeError):
    """A model is missing or does not fit its record."""


class QueryError(TienLeError):
    """A question, a filter or an address is not understood."""
