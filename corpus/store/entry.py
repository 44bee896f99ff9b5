"""A document ready to be stored: parsed, segmented, embedded."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.encoder.contract import Vectors
from corpus.model import ParsedDocument


@dataclass(frozen=True, slots=True)
class EntryPassage:
    """The segmented text of a passage and of the headings above it."""

    text: str
    headings: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What the pipeline hands to :meth:`corpus.store.archive.Archive.commit`: one file, whole.

    ``path``: where it was read; ``sha256``: hash of its bytes, whose first twelve digits are the document's id.
    ``passages`` and the rows of ``vectors`` stand in the order of ``parsed.passages``.
    """

    path: str
    sha256: str
    size: int
    parsed: ParsedDocument
    title: str
    passages: tuple[EntryPassage, ...]
    vectors: Vectors

    @property
    def document_id(self) -> str:
        """The document's id."""
        return document_id(self.sha256)


def document_id(sha256: str) -> str:
    """A document's id: the first twelve hexadecimal digits of its file's hash."""
    return sha256[:12]
