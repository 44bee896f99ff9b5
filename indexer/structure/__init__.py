"""From a source text to its header, outline and passages (Decree 30/2020/NĐ-CP, article 8 and annex I)."""

from __future__ import annotations

from corpus.language.places import Places
from corpus.model import ParsedDocument, SourceText
from indexer.structure.blocks import Block, blocks_of
from indexer.structure.head import read_head
from indexer.structure.header import parse_header
from indexer.structure.outline import parse_outline
from indexer.structure.parts import Part, parts_of
from indexer.structure.passages import cut_passages

__all__ = ["Block", "Part", "blocks_of", "cut_passages", "parse", "parse_header", "parse_outline", "parts_of"]


def parse(source: SourceText, places: Places) -> ParsedDocument:
    """The document that a source text is; never raises, whatever the text."""
    blocks = blocks_of(source)
    parts = parts_of(source.text, blocks)
    head = read_head(source)
    header = parse_header(source, places, blocks, parts, head)
    provisions = parse_outline(source, blocks, parts, head.end)
    passages = cut_passages(source, provisions, blocks, parts, head.end)
    return ParsedDocument(source, header, provisions, passages)
