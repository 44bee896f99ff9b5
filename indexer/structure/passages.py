"""Passages: what is retrieved. A provision or a run of it, about 120 words, whose span is the source's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.language.letters import UPPER
from corpus.model import LineKind, Passage, Provision, SourceText
from indexer.structure.blocks import Block, page_finder
from indexer.structure.parts import Part
from indexer.structure.table_rows import row_spans
from indexer.structure.tables import numbered_rows

TARGET_WORDS = 120
MAX_WORDS = 200
_SMALL_ITEM = 40
_TINY = 40  # a piece shorter than this joins its neighbour
_LONGEST_WORD = 100  # characters; a longer run without a blank is no word, and is cut
_WORD = re.compile(rf"\S{{1,{_LONGEST_WORD}}}")
_SENTENCE_END = re.compile(rf"""(?<=[^\s\d.])[.!?…;:]["”’)\]]*\s+(?=["“(]?[{UPPER}\d])""")
_BARE_MARKER = 3  # words, as in "Phụ lục II"
_LONG = 14  # words; a shorter heading of other provisions is their context, a longer one says something itself


@dataclass(frozen=True, slots=True)
class _RowPlace:
    """Which table a row is of, and the titles of the group rows above it; -1 for a row of no table."""

    table: int = -1
    group: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    words: int
    row: _RowPlace | None = None  # None for prose


@dataclass(frozen=True, slots=True)
class _Run:
    """Blocks under one provision, before the first provision (None), or in one sign-off."""

    provision: int | None
    blocks: tuple[Block, ...]
    groupable: bool = False  # a small item without children, which may share a passage with its neighbours


def cut_passages(
    source: SourceText,
    provisions: Sequence[Provision],
    blocks: Sequence[Block],
    parts: Sequence[Part],
    body_start: int = 0,
) -> tuple[Passage, ...]:
    """The passages of a document, ordered and disjoint; every letter is in one of them or in a heading.

    The header (up to ``body_start``), what stands before the first provision, and each sign-off are passages of their
    own with section "". Rows of one table and one group share passages, with no others and no prose; the group's titles
    are the last headings. Lengths are in words between blanks: target 120, at most 200 but for single table rows.
    """
    passages: list[Passage] = []
    page_of = page_finder(source)
    chains = _heading_chains(provisions)
    by_ordinal = {provision.ordinal: provision for provision in provisions}
    parents = {provision.parent for provision in provisions}
    runs = _runs(source.text, provisions, blocks, parts, body_start, parents)
    for owner, pieces in _grouped(source, runs, by_ordinal):
        section = by_ordinal[owner].path if owner is not None else ""
        for piece in pieces:
            headings = (*(chains[owner] if owner is not None else ()), *(piece.row.group if piece.row else ()))
            passages.append(
                Passage(len(passages), owner, section, headings, piece.start, piece.end, page_of(piece.start))
            )
    return tuple(passages)


def _row_places(source: SourceText) -> dict[int, _RowPlace]:
    """The place of each row of a table, by where the row starts."""
    places: dict[int, _RowPlace] = {}
    for number, table in enumerate(source.tables):
        spans = row_spans(source.text, table)
        for row, understood in numbered_rows(source.text, table):
            if row in spans:
                places[spans[row][0]] = _RowPlace(number, understood.group)
    return places


def _heading_chains(provisions: Sequence[Provision]) -> dict[int, tuple[str, ...]]:
    chains: dict[int, tuple[str, ...]] = {}
    for provision in provisions:
        above = chains[provision.parent] if provision.parent is not None else ()
        chains[provision.ordinal] = (*above, provision.heading) if provision.heading else above
    return chains


def _runs(
    text: str,
    provisions: Sequence[Provision],
    blocks: Sequence[Block],
    parts: Sequence[Part],
    body_start: int,
    parents: set[int | None],
) -> Iterator[_Run]:
    starts = {provision.start: provision for provision in provisions}
    for part in parts:
        owner: Provision | None = None
        held: list[Block] = []
        for block in blocks[part.first : part.tail]:
            opens = starts.get(block.start)
            header_ends = held and held[-1].start < body_start <= block.start
            if opens is not None or header_ends:
                yield from _run(text, owner, held, parents)
                owner, held = opens or owner, []
            held.append(block)
        yield from _run(text, owner, held, parents)
        yield from _run(text, None, list(blocks[part.tail : part.last]), parents)


def _run(text: str, owner: Provision | None, held: list[Block], parents: set[int | None]) -> Iterator[_Run]:
    if not held:
        return
    if owner is None:
        yield _Run(None, tuple(held))
        return
    has_children = owner.ordinal in parents
    if has_children and _is_only_heading(text, owner, held):
        return
    words = sum(_count(text, block) for block in held)
    prose = all(block.kind is not LineKind.ROW for block in held)
    yield _Run(owner.ordinal, tuple(held), groupable=prose and not has_children and words < _SMALL_ITEM)


def _count(text: str, block: Block) -> int:
    return len(text[block.start : block.end].split())


def _is_only_heading(text: str, owner: Provision, held: list[Block]) -> bool:
    """Whether nothing stands between a heading and its first child but the heading itself."""
    words = " ".join(" ".join(text[block.start : block.end].split()) for block in held)
    if not owner.heading:
        return len(held) == 1 and len(words.split()) <= _BARE_MARKER
    if not words.strip("*_#. :;|").endswith(owner.heading.strip("*_#. :;|")):
        return False
    return len(words.split()) < _LONG or words.isupper()


def _grouped(
    source: SourceText, runs: Iterator[_Run], by_ordinal: dict[int, Provision]
) -> Iterator[tuple[int | None, list[_Piece]]]:
    """Runs cut into pieces; neighbouring small items of one parent share pieces, which then belong to the parent."""
    text, places = source.text, _row_places(source)
    pending: list[_Run] = []

    def flush() -> Iterator[tuple[int | None, list[_Piece]]]:
        if len(pending) == 1:
            yield pending[0].provision, _cut(source, pending[0].blocks, places)
        elif pending:
            owner = pending[0].provision
            parent = by_ordinal[owner].parent if owner is not None else None
            for group in _fill([_whole(text, run.blocks) for run in pending]):
                alone = [
                    run for run in pending if run.blocks[0].start == group.start and run.blocks[-1].end == group.end
                ]
                yield (alone[0].provision if alone else parent), [group]
        pending.clear()

    for run in runs:
        together = (
            pending
            and run.groupable
            and run.provision is not None
            and pending[-1].provision is not None
            and by_ordinal[run.provision].parent is not None
            and by_ordinal[run.provision].parent == by_ordinal[pending[-1].provision].parent
        )
        if not together:
            yield from flush()
        if run.groupable:
            pending.append(run)
        else:
            yield run.provision, _cut(source, run.blocks, places)
    yield from flush()


def _whole(text: str, blocks: Sequence[Block]) -> _Piece:
    return _Piece(blocks[0].start, blocks[-1].end, sum(_count(text, block) for block in blocks))


def _cut(source: SourceText, blocks: Sequence[Block], places: dict[int, _RowPlace]) -> list[_Piece]:
    pieces: list[_Piece] = []
    for block in blocks:
        words = _count(source.text, block)
        is_row = block.kind is LineKind.ROW
        is_long = words > MAX_WORDS or block.end - block.start > MAX_WORDS * _LONGEST_WORD
        place = places.get(block.start, _RowPlace()) if is_row else None
        # A row that the format itself gives stays whole; one found in wrapped text may be longer than a page.
        if is_long and (source.wrapped or not is_row):
            pieces.extend(replace(piece, row=place) for piece in _sentences(source.text, block))
        else:
            pieces.append(_Piece(block.start, block.end, words, place))
    return _fill(pieces)


def _fill(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Neighbouring pieces joined up to the target; a tiny rest joins the one before it."""
    filled: list[_Piece] = []
    for piece in pieces:
        last = filled[-1] if filled else None
        if (
            last is not None
            and last.row == piece.row
            and (
                last.words + piece.words <= TARGET_WORDS
                or (min(last.words, piece.words) < _TINY and last.words + piece.words <= MAX_WORDS)
            )
        ):
            filled[-1] = replace(last, end=piece.end, words=last.words + piece.words)
        else:
            filled.append(piece)
    return filled


def _sentences(text: str, block: Block) -> Iterator[_Piece]:
    """A long paragraph cut at its sentence ends, and where one sentence is too long, between words."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, block.start, block.end)]
    start = block.start
    for end in [*ends, block.end]:
        words = [match.span() for match in _WORD.finditer(text, start, end)]
        at = 0
        while len(words) - at > MAX_WORDS:
            yield _Piece(words[at][0], words[at + TARGET_WORDS - 1][1], TARGET_WORDS)
            at += TARGET_WORDS
        if at < len(words):
            yield _Piece(words[at][0], words[-1][1], len(words) - at)
        start = end
