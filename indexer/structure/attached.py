"""A plan that a decision issues, in the file of the decision: a document of its own."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from corpus.language.doctypes import type_of_symbol
from corpus.model import Cell, Header, SourceText, Table
from indexer.structure.blocks import Block
from indexer.structure.parts import Part

PLANS = frozenset({"Kế hoạch", "Chương trình", "Đề án", "Phương án"})
"""What provinces issue by a decision and cite by itself; regulations (quy chế, quy định) go by their decision."""


ISSUING = frozenset({"Quyết định", "Nghị quyết"})
"""What a plan is issued by: a letter only sends it."""


def attached_plans(blocks: Sequence[Block], parts: Sequence[Part]) -> list[tuple[int, str]]:
    """Where the plans start that a text's first part issues, and their types; annexes and forms follow their plan."""
    return [(blocks[part.first].start, part.type) for part in parts[1:] if part.type is not None and part.type in PLANS]


def cut(source: SourceText, start: int, end: int) -> SourceText:
    """A run of a source text as one of its own: lines, tables and words that lie in it, their spans counted from 0."""
    first = bisect_left(source.lines, start, key=lambda line: line.start)
    last = bisect_left(source.lines, end, key=lambda line: line.start)
    within = [table for table in source.tables if table.cells and start <= table.cells[0].start < end]
    return replace(
        source,
        text=source.text[start:end],
        lines=tuple(
            replace(line, start=line.start - start, end=min(line.end, end) - start) for line in source.lines[first:last]
        ),
        tables=tuple(Table(tuple(_moved(cell, start, end) for cell in table.cells), table.heads) for table in within),
        words=tuple(
            replace(word, start=word.start - start, end=word.end - start)
            for word in source.words
            if start <= word.start and word.end <= end
        ),
    )


def _moved(cell: Cell, start: int, end: int) -> Cell:
    return replace(cell, start=min(cell.start, end) - start, end=min(cell.end, end) - start)


def inherited(plan: Header, decision: Header, type_: str) -> Header:
    """The plan's header: its own fields, and from its decision who issued it, where and when, unless it prints them.

    The number that it prints below its title as a rule is the decision's ("Ban hành kèm theo Quyết định số …").
    """
    own = plan.number is not None and plan.number != decision.number and type_of_symbol(plan.symbol or "") == type_
    return replace(
        plan,
        number=plan.number if own else None,
        symbol=plan.symbol if own else None,
        type=type_,
        issuer=plan.issuer or decision.issuer,
        province=plan.province or decision.province,
        place=plan.place or decision.place,
        issued_on=plan.issued_on or decision.issued_on,
    )
