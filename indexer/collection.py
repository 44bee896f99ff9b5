"""Texts that are no files: a judged collection as an archive, through the very steps that files take."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.encoder.contract import Encoder
from corpus.model import Header, Line, ParsedDocument, SourceText
from corpus.store.archive import Archive
from indexer.prepare import entry_of, recipe
from indexer.structure import blocks_of, cut_passages, parts_of


@dataclass(frozen=True, slots=True)
class LooseText:
    """A text with its id and title (empty where it has none)."""

    id: str
    title: str
    text: str


def index_texts(archive: Archive, texts: Sequence[LooseText], encoder: Encoder) -> dict[str, str]:
    """Store every text as a document of passages; the text's id for each document's id."""
    made_by = recipe(encoder)
    names: dict[str, str] = {}
    with archive.writing():
        for loose in texts:
            sha256 = hashlib.sha256(f"{loose.id}\0{loose.title}\0{loose.text}".encode()).hexdigest()
            parsed = _parsed(loose)
            entry = entry_of(loose.id, sha256, len(loose.text.encode()), parsed, encoder)
            archive.commit(entry, made_by)
            names[entry.document_id] = loose.id
        archive.sync()
    return names


def _parsed(loose: LooseText) -> ParsedDocument:
    lines, at = [], 0
    for line in loose.text.split("\n"):
        lines.append(Line(at, at + len(line)))
        at += len(line) + 1
    source = SourceText(loose.text, tuple(lines), "text/plain", "loose", wrapped=False)
    blocks = blocks_of(source)
    passages = cut_passages(source, (), blocks, parts_of(source.text, blocks))
    return ParsedDocument(source, Header(title=loose.title or None), (), passages)
