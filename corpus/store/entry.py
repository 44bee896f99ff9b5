"""A document ready to be stored: parsed, segmented, embedded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from corpus.encoder.contract import Vectors
from corpus.model import Extraction, ParsedDocument


@dataclass(frozen=True, slots=True)
class EntryPassage:
    """The segmented text of a passage and of the headings above it."""

    text: str
    headings: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What the pipeline hands to :meth:`corpus.store.archive.Archive.commit`: one file, whole.

    ``path``: where it was read; ``sha256``: hash of its bytes, whose first twelve digits are the document's id.
    ``passages`` and the rows of ``vectors`` stand in the order of ``parsed.passages``; ``bands`` are those of its text
    (:func:`corpus.store.renditions.bands_of`); ``extraction``: its records. ``issued``: the plans that this decision
    issues in the same file, each with the number of its ``part`` from 1.
    """

    path: str
    sha256: str
    size: int
    parsed: ParsedDocument
    title: str
    passages: tuple[EntryPassage, ...]
    vectors: Vectors
    bands: tuple[int, ...] = ()
    extraction: Extraction = field(default_factory=Extraction)
    part: int = 0
    issued: tuple[Entry, ...] = ()

    @property
    def document_id(self) -> str:
        """The document's id."""
        return document_id(self.sha256, self.part)


def document_id(sha256: str, part: int = 0) -> str:
    """A document's id: the first twelve hexadecimal digits of its file's hash; a further part's, of hash and part."""
    return (hashlib.sha256(f"{sha256}#{part}".encode()).hexdigest() if part else sha256)[:12]
