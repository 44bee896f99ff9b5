"""One file to one entry: read, parse, extract, segment, embed. Pure work for a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from corpus.encoder.contract import Encoder, EncoderSpec
from corpus.language.analysis import ANALYSIS_VERSION
from corpus.language.places import Places
from corpus.language.segment import segment
from corpus.model import ParsedDocument
from corpus.store.entry import Entry, EntryPassage
from corpus.store.renditions import bands_of
from indexer.extraction import extract
from indexer.reading import ReadingOptions, read_bytes
from indexer.reading.options import DEFAULTS
from indexer.structure import Analysed, analyse_all

_CONTEXT = 600  # characters of a title or heading that go with its passages

READING_VERSION = 4
STRUCTURE_VERSION = 4
EXTRACTION_VERSION = 1


def recipe(encoder: Encoder) -> str:
    """Names the versions of everything that shapes an entry: a document made by another recipe is made again."""
    return (
        f"r{READING_VERSION}.s{STRUCTURE_VERSION}.x{EXTRACTION_VERSION}.a{ANALYSIS_VERSION}.e{encoder.spec.fingerprint}"
    )


def prepare(
    path: Path, data: bytes, sha256: str, encoder: Encoder, places: Places, options: ReadingOptions = DEFAULTS
) -> Entry:
    """The entry of a file's bytes; ``path`` is where they were found. ReadingError when they cannot be read."""

    def entry(analysed: Analysed) -> Entry:
        made = entry_of(str(path), sha256, len(data), analysed.parsed, encoder)
        return replace(made, extraction=extract(analysed))

    first, *issued = map(entry, analyse_all(read_bytes(data, path.suffix, options), places))
    return replace(first, issued=tuple(replace(plan, part=part) for part, plan in enumerate(issued, start=1)))


def entry_of(path: str, sha256: str, size: int, parsed: ParsedDocument, encoder: Encoder) -> Entry:
    """A parsed document segmented and embedded; one without a title goes by the name of its file."""
    title = segment(_opening(parsed.header.title or Path(path).stem.replace("-", " ").replace("_", " ")))
    passages = segment_passages(parsed)
    texts = [
        embedded_text(
            encoder.spec,
            written=(parsed.header.title or "", *passage.headings, parsed.source.text[passage.start : passage.end]),
            segmented=(title, segmented.headings, segmented.text),
        )
        for passage, segmented in zip(parsed.passages, passages, strict=True)
    ]
    vectors = encoder.encode_passages(texts)
    return Entry(path, sha256, size, parsed, title, passages, vectors, bands_of(parsed.source.text))


def embedded_text(spec: EncoderSpec, *, written: Sequence[str], segmented: Sequence[str]) -> str:
    """What a model reads of a passage: title, headings and text, in the form that its record asks for."""
    if spec.segmented:
        return " ".join(segmented)
    *context, text = written
    return " ".join((*map(_opening, context), *text.split()))


def _opening(text: str) -> str:
    # Context comes again with every passage: a title of a million letters must not.
    return text if len(text) <= _CONTEXT else text[:_CONTEXT].rsplit(None, 1)[0]


def segment_passages(parsed: ParsedDocument) -> tuple[EntryPassage, ...]:
    """The passages of a document segmented, each heading once; wrapped lines are joined first."""
    headings: dict[str, str] = {}

    def heading(text: str) -> str:
        if text not in headings:
            headings[text] = segment(_opening(text))
        return headings[text]

    text = parsed.source.text
    wrapped = parsed.source.wrapped
    passages = []
    for passage in parsed.passages:
        shown = text[passage.start : passage.end]
        body = " ".join(shown.split()) if wrapped else shown
        passages.append(EntryPassage(segment(body), " ".join(heading(h) for h in passage.headings)))
    return tuple(passages)
