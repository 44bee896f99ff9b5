"""From a source text to its header, outline and passages (Decree 30/2020/NĐ-CP, article 8 and annex I)."""

from __future__ import annotations

from dataclasses import replace

from corpus.language.normalise import plain_d
from corpus.language.places import Places
from corpus.model import ParsedDocument, SourceText
from indexer.structure.attached import ISSUING, attached_plans, cut, inherited
from indexer.structure.blocks import Block, blocks_of
from indexer.structure.head import read_head
from indexer.structure.header import parse_header
from indexer.structure.outline import parse_outline
from indexer.structure.parts import Part, parts_of
from indexer.structure.passages import cut_passages
from indexer.structure.tables import tables_of

__all__ = [
    "Block",
    "Part",
    "blocks_of",
    "cut_passages",
    "parse",
    "parse_all",
    "parse_header",
    "parse_outline",
    "parts_of",
]


def parse(source: SourceText, places: Places) -> ParsedDocument:
    """The document that a source text is; never raises, whatever the text."""
    return _parse(replace(source, tables=tables_of(source)), places)


def parse_all(source: SourceText, places: Places) -> tuple[ParsedDocument, ...]:
    """The documents that a source text holds, each with its own part of it; never raises, whatever the text.

    One, or a decision and after it the plans that it issues, each with its annexes.
    """
    whole = parse(source, places)
    if whole.header.type not in ISSUING:
        return (whole,)
    source, decision = whole.source, whole.header
    blocks = blocks_of(source)
    plans = attached_plans(blocks, parts_of(source.text, blocks))
    if not plans:
        return (whole,)
    ends = [*(start for start, _ in plans[1:]), len(source.text)]
    first = replace(_parse(cut(source, 0, plans[0][0]), places), header=decision)
    issued = []
    for (start, type_), end in zip(plans, ends, strict=True):
        plan = _parse(cut(source, start, end), places)
        issued.append(replace(plan, header=inherited(plan.header, decision, type_)))
    return (first, *issued)


def _parse(written: SourceText, places: Places) -> ParsedDocument:
    source = replace(written, text=plain_d(written.text))
    blocks = blocks_of(source)
    parts = parts_of(source.text, blocks)
    head = read_head(source)
    header = parse_header(source, places, blocks, parts, head)
    provisions = parse_outline(source, blocks, parts, head.end)
    passages = cut_passages(source, provisions, blocks, parts, head.end)
    return ParsedDocument(written, header, provisions, passages)
