"""From a source text to its header, outline and passages (Decree 30/2020/NĐ-CP, article 8 and annex I)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corpus.language.normalise import plain_d
from corpus.language.places import Places
from corpus.model import Header, ParsedDocument, SourceText
from indexer.structure.attached import ISSUING, attached_plans, cut, inherited
from indexer.structure.blocks import Block, blocks_of
from indexer.structure.head import read_head
from indexer.structure.header import parse_header
from indexer.structure.outline import parse_outline
from indexer.structure.parts import Part, parts_of
from indexer.structure.passages import cut_passages
from indexer.structure.tables import tables_of

__all__ = [
    "Analysed",
    "Block",
    "Part",
    "analyse_all",
    "blocks_of",
    "cut_passages",
    "parse",
    "parse_all",
    "parse_header",
    "parse_outline",
    "parts_of",
]


@dataclass(frozen=True, slots=True)
class Analysed:
    """A document, and what it was read from: its paragraphs and parts, their spans in a text with plain đ."""

    parsed: ParsedDocument
    blocks: tuple[Block, ...]
    parts: tuple[Part, ...]


def parse(source: SourceText, places: Places) -> ParsedDocument:
    """The document that a source text is; never raises, whatever the text."""
    return _analyse(replace(source, tables=tables_of(source)), places).parsed


def parse_all(source: SourceText, places: Places) -> tuple[ParsedDocument, ...]:
    """The documents that a source text holds, each with its own part of it; never raises, whatever the text.

    One, or a decision and after it the plans that it issues, each with its annexes.
    """
    return tuple(analysed.parsed for analysed in analyse_all(source, places))


def analyse_all(source: SourceText, places: Places) -> tuple[Analysed, ...]:
    """The documents of :func:`parse_all` with their paragraphs and parts."""
    whole = _analyse(replace(source, tables=tables_of(source)), places)
    decision = whole.parsed.header
    if decision.type not in ISSUING:
        return (whole,)
    plans = attached_plans(whole.blocks, whole.parts)
    if not plans:
        return (whole,)
    source = whole.parsed.source
    ends = [*(start for start, _ in plans[1:]), len(source.text)]
    first = _with_header(_analyse(cut(source, 0, plans[0][0]), places), decision)
    issued = []
    for (start, type_), end in zip(plans, ends, strict=True):
        plan = _analyse(cut(source, start, end), places)
        issued.append(_with_header(plan, inherited(plan.parsed.header, decision, type_)))
    return (first, *issued)


def _with_header(analysed: Analysed, header: Header) -> Analysed:
    return replace(analysed, parsed=replace(analysed.parsed, header=header))


def _analyse(written: SourceText, places: Places) -> Analysed:
    source = replace(written, text=plain_d(written.text))
    blocks = blocks_of(source)
    parts = parts_of(source.text, blocks)
    head = read_head(source)
    header = parse_header(source, places, blocks, parts, head)
    provisions = parse_outline(source, blocks, parts, head.end)
    passages = cut_passages(source, provisions, blocks, parts, head.end)
    return Analysed(ParsedDocument(written, header, provisions, passages), blocks, parts)
