"""Documents and passages as the templates show them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from api.answers.documents import FullDocument
from api.answers.highlight import highlights
from api.answers.question import read_question
from api.answers.search import Hit
from api.web.layout import Block, BlockKind, Run, Span, cells, first_shown, heading_starts, lay_out, runs
from api.web.splitting import portion_starts
from corpus.errors import QueryError
from corpus.model import Provision

_COUNTING = frozenset({"tt", "stt", "số tt", "số thứ tự"})  # heads of a table's first column
_ENDING = " .:;,*_"
_LONGEST_MARKER = 20  # characters of a number before a heading
_SHORT = 48  # characters
_MANY = 5  # short lines
_DEEPEST = 3  # levels of the outline that are listed


Row = tuple[tuple[Run, ...], ...]


@dataclass(frozen=True, slots=True)
class ShownRows:
    """Rows of a table that one passage holds; ``anchor`` is that passage's start where the table is of another one."""

    anchor: int | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A heading, paragraph, list item or table; ``page`` is given where a new page starts."""

    kind: str
    start: int
    level: int = 0
    runs: tuple[Run, ...] = ()
    head: Row = ()
    bodies: tuple[ShownRows, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class ShownPart:
    """Blocks of one passage, or between passages; ``anchor`` is the passage's start."""

    anchor: int | None
    blocks: tuple[ShownBlock, ...]


@dataclass(frozen=True, slots=True)
class Portion:
    """What of a long text is shown at a time: from ``start`` to ``end``; ``marked``: places with words asked for."""

    start: int
    end: int
    marked: int


@dataclass(frozen=True, slots=True)
class ShownText:
    """A text as it is shown: all of it where ``number`` is None, else that one of its portions.

    ``places``: offsets of provisions, which can be led to.
    """

    parts: tuple[ShownPart, ...]
    portions: tuple[Portion, ...]
    number: int | None
    places: frozenset[int]

    @property
    def start(self) -> int:
        """The offset that what is shown begins at."""
        return self.portions[self.number].start if self.number else 0

    def holds(self, start: int) -> bool:
        """Whether the place at an offset is on the page."""
        if self.number is None:
            return True
        portion = self.portions[self.number]
        return portion.start <= start < portion.end


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A line of the outline; ``level`` counts from 1."""

    start: int
    level: int
    path: str
    heading: str


def passage_blocks(hit: Hit) -> list[ShownBlock]:
    """A found passage with its highlights; a heading that it starts with is shown as one."""
    blocks = list(_shown(hit.text, lay_out(hit.text), hit.highlights))
    if blocks and hit.headings and blocks[0].kind == BlockKind.PARAGRAPH:
        words = "".join(run.text for run in blocks[0].runs)
        if words.rstrip(_ENDING).endswith(hit.headings[-1].rstrip(_ENDING)):
            blocks[0] = replace(blocks[0], kind="lead")
    return [block for _, run in groupby(blocks, _is_short) for block in _cells_together(list(run))]


def text_blocks(text: str) -> list[ShownBlock]:
    """A text laid out by itself."""
    return list(_shown(text, lay_out(text), ()))


def _is_short(block: ShownBlock) -> bool:
    return block.kind == BlockKind.PARAGRAPH and sum(len(run.text) for run in block.runs) <= _SHORT


def _cells_together(blocks: list[ShownBlock]) -> list[ShownBlock]:
    """Many short lines in a row are cells of a table that lost its rows: they are shown side by side to save space."""
    if len(blocks) >= _MANY and _is_short(blocks[0]):
        return [replace(block, kind="cell") for block in blocks]
    return blocks


def trail(hit: Hit) -> tuple[str, ...]:
    """The headings above a passage, without the last where the passage itself starts with it."""
    if not hit.headings:
        return ()
    last = hit.headings[-1].rstrip(_ENDING)
    opening = " ".join(hit.text.split())[: len(last) + _LONGEST_MARKER]
    return hit.headings[:-1] if last in opening else hit.headings


def document_text(
    document: FullDocument,
    query: str = "",
    pointed: Span | None = None,
    *,
    at: int = 0,
    page: int = 0,
    whole: bool = False,
) -> ShownText:
    """A document with its passages as parts, the words of ``query`` marked, and the span that a link points at.

    Of a long one the portion that holds that span, else the offset ``at``, else where ``page`` begins; ``whole``: all.
    """
    text = document.text
    cuts = [offset for passage in document.passages for offset in (passage.start, passage.end)]
    cuts += [provision.start for provision in document.provisions]
    blocks = lay_out(text, document.provisions, cuts)
    marks = question_marks(text, query)
    pages = _pages(document, blocks)
    if pointed and (first := first_shown(text, blocks, pointed)) is not None:
        pointed = first, pointed[1]
    starts = [passage.start for passage in document.passages]

    def holder(block: Block) -> int | None:
        at = bisect_right(starts, block.start) - 1
        return starts[at] if at >= 0 and block.start < document.passages[at].end else None

    firsts = portion_starts(text, blocks, frozenset(starts))
    portions = _portions(text, blocks, firsts, marks)
    if pointed:
        at = pointed[0]
    elif page and not at:
        at = next((block.start for block in blocks if pages.get(block.start, 0) >= page), 0)
    number = max(0, bisect_right([portion.start for portion in portions], at) - 1)
    if not whole:
        blocks = blocks[firsts[number] : firsts[number + 1] if number + 1 < len(firsts) else None]
    parts: list[ShownPart] = []
    last_page: int | None = None
    for anchor, held in groupby(blocks, holder):
        run = list(held)
        parts.append(ShownPart(anchor, tuple(_shown(text, run, marks, pages, last_page, pointed))))
        last_page = pages.get(run[-1].start, last_page)
    places = frozenset(provision.start for provision in document.provisions)
    return ShownText(tuple(_tables_joined(parts)), portions, None if whole else number, places)


def _portions(text: str, blocks: Sequence[Block], firsts: Sequence[int], marks: Sequence[Span]) -> tuple[Portion, ...]:
    starts = [0, *(blocks[first].start for first in firsts[1:])]
    ends = [*starts[1:], len(text)]
    opened = [mark[0] for mark in marks]
    return tuple(
        Portion(start, end, bisect_left(opened, end) - bisect_left(opened, start))
        for start, end in zip(starts, ends, strict=True)
    )


def _tables_joined(parts: Sequence[ShownPart]) -> Iterator[ShownPart]:
    """Parts whose first rows go on with the table of the part before give it these rows."""
    held: ShownPart | None = None
    for part in parts:
        if held is None or not _goes_on(held, part):
            if held is not None:
                yield held
            held = part
            continue
        table, rest = part.blocks[0], part.blocks[1:]
        last = held.blocks[-1]
        bodies = (*last.bodies, *(ShownRows(part.anchor, body.rows) for body in table.bodies))
        held = ShownPart(held.anchor, (*held.blocks[:-1], replace(last, bodies=bodies)))
        if rest:
            yield held
            held = ShownPart(None, rest)
    if held is not None:
        yield held


def _goes_on(before: ShownPart, part: ShownPart) -> bool:
    first = part.blocks[0]
    return before.blocks[-1].kind == first.kind == "table" and not first.head and first.page is None


def question_marks(text: str, query: str) -> list[Span]:
    """Spans of a whole text to mark for a question; none where there is no question."""
    try:
        question = read_question(query)
    except QueryError:
        return []
    return highlights(text, question)


def outline(document: FullDocument) -> list[OutlineEntry]:
    """The provisions that have a heading over something, and all of the first level."""
    parents = {provision.parent for provision in document.provisions}
    alone = heading_starts(document.text, document.provisions)
    top = min((provision.level for provision in document.provisions), default=0)

    def listed(provision: Provision) -> bool:
        level = provision.level - top + 1
        headed = bool(provision.heading) and (provision.ordinal in parents or provision.start in alone)
        return level == 1 or (level <= _DEEPEST and headed)

    return [
        OutlineEntry(provision.start, provision.level - top + 1, provision.path.rsplit(".", 1)[-1], provision.heading)
        for provision in document.provisions
        if listed(provision)
    ]


def _pages(document: FullDocument, blocks: Sequence[Block]) -> dict[int, int]:
    """The page of each block by its start: counted from form feeds, else as the passages say, empty without pages."""
    if "\f" in document.text:
        before = 0  # pages of the file before this document
        if document.passages and (page := document.passages[0].page) is not None:
            before = page - 1 - document.text.count("\f", 0, document.passages[0].start)
        return {block.start: block.page + before for block in blocks}
    pages = {}
    starts = [passage.start for passage in document.passages]
    for block in blocks:
        at = bisect_right(starts, block.start) - 1
        said = document.passages[at].page if at >= 0 else None
        if said is not None:
            pages[block.start] = said
    return pages


def _shown(
    text: str,
    blocks: Sequence[Block],
    marks: Sequence[Span],
    pages: dict[int, int] | None = None,
    page: int | None = None,
    pointed: Span | None = None,
) -> Iterator[ShownBlock]:
    ends = [end for _, end in marks]
    table: list[Block] = []
    new_page: int | None = None

    def near(block: Block) -> Sequence[Span]:
        return marks[bisect_right(ends, block.start) : bisect_left(marks, (block.end, 0))]

    def turned(block: Block) -> int | None:
        nonlocal page
        at = (pages or {}).get(block.start)
        if at is None or at == page:
            return None
        page = at
        return at

    def whole_table() -> Iterator[ShownBlock]:
        if table:
            yield _table(text, [cells(text, row, near(row), pointed) for row in table], table[0].start, new_page)
            table.clear()

    for block in blocks:
        if block.kind is BlockKind.ROW:
            if not table:
                new_page = turned(block)
            table.append(block)
            continue
        yield from whole_table()
        shown = runs(text, block, near(block), pointed)
        yield ShownBlock(block.kind, block.start, block.level, shown, page=turned(block))
    yield from whole_table()


def _table(text: str, rows: Sequence[Row], start: int, page: int | None) -> ShownBlock:
    rows = [row for row in rows if not _is_rule(row)]
    columns = max((len(row) for row in rows), default=0)
    padded = [(*row, *[()] * (columns - len(row))) for row in rows]
    first = "".join(run.text for run in padded[0][0]).strip(" *.").lower() if padded else ""
    head = padded.pop(0) if first in _COUNTING else ()
    return ShownBlock("table", start, head=head, bodies=(ShownRows(None, tuple(padded)),), page=page)


def _is_rule(row: Sequence[Sequence[Run]]) -> bool:
    """Whether a row is only the line that Markdown draws under a table's head."""
    words = [run.text for cell in row for run in cell]
    return bool(words) and all(not word.strip("-: ") for word in words)
