"""The outline of a document: its provisions, numbered as printed, each with the span of its whole branch."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from corpus.model import LineKind, Provision, SourceText
from indexer.structure.blocks import Block, page_finder
from indexer.structure.markers import Kind, Marker, read_marker
from indexer.structure.parts import Part

_LONGEST_COLUMN_HEAD = 4  # characters: "STT" over a table is no title
_FIRST_WORDS = 12  # of an item that is a whole paragraph
_LONGEST_HEADING = 40
_MISCOUNT = 3  # how far a printed number may jump: "III." then "V."
_FIRST_UNSEEN = 3  # how far on a series may start whose beginning is missing
_TOP = frozenset({Kind.ANNEX, Kind.FORM, Kind.PART, Kind.CHAPTER, Kind.SECTION})
_BETWEEN = re.compile(r"[.;:]\s")
_ENDING = " \t\n.;:,…*_|-–"


@dataclass(slots=True)
class _Open:
    kind: Kind
    value: int
    numbers: tuple[int, ...]
    path: str
    ordinal: int
    level: int  # of the source's own heading, 0 where it is plain text


def parse_outline(
    source: SourceText, blocks: Sequence[Block], parts: Sequence[Part], body_start: int = 0
) -> tuple[Provision, ...]:
    """The provisions of a document in reading order; those before ``body_start`` (the title's end) are left out."""
    found: list[Provision] = []
    paths: set[str] = set()
    page_of = page_finder(source)
    for number, part in enumerate(parts):
        reader = _PartReader(source, blocks, part, page_of, first_ordinal=len(found), body_start=body_start)
        provisions = reader.read()
        if number and part.type and not paths.isdisjoint(p.path for p in provisions):
            provisions = [replace(p, path=f"{part.type}.{p.path}") for p in provisions]
        found.extend(provisions)
        paths.update(provision.path for provision in provisions)
    return tuple(found)


class _PartReader:
    def __init__(
        self,
        source: SourceText,
        blocks: Sequence[Block],
        part: Part,
        page_of: Callable[[int], int | None],
        first_ordinal: int,
        body_start: int,
    ) -> None:
        self.source, self.blocks, self.part = source, blocks, part
        self.text = source.text
        self.page_of = page_of
        self.first_ordinal, self.body_start = first_ordinal, body_start
        self.stack: list[_Open] = []
        self.found: list[Provision] = []
        self.last: dict[Kind, int] = {}  # articles count on over chapters

    def read(self) -> list[Provision]:
        if self.part.first >= len(self.blocks):
            return []
        skip = -1
        for at in range(self.part.first, self.part.tail):
            block = self.blocks[at]
            if at <= skip or block.start < self.body_start or block.kind is LineKind.ROW:
                continue
            words = self.text[block.start : block.end]
            marker = read_marker(words.lstrip("*#_ "))
            if marker is not None:
                shift = len(words) - len(words.lstrip("*#_ "))
                marker = replace(marker, end=marker.end + shift)
                if self._accepts(marker, block):
                    skip = self._open(marker, block, at)
            elif block.kind is LineKind.HEADING and not self._is_over_part(at):
                self._open_unnumbered(block)
        last = self.blocks[self.part.tail - 1].end if self.part.tail > self.part.first else self.body_start
        self._close(0, last)
        return self.found

    def _is_over_part(self, at: int) -> bool:
        """An attached document's own name and title, which are headings in the file but not provisions."""
        return not self.found and self.part.first > 0 and at < self.part.first + 2

    def _same(self, kind: Kind) -> int | None:
        for depth in range(len(self.stack) - 1, -1, -1):
            if self.stack[depth].kind is kind:
                return depth
        return None

    def _accepts(self, marker: Marker, block: Block) -> bool:  # noqa: PLR0911  one return a rule
        if block.kind is LineKind.HEADING or marker.kind in _TOP:
            return True
        if marker.kind in {Kind.DECIMAL2, Kind.DECIMAL3, Kind.DECIMAL4}:
            return self._accepts_decimal(marker, block)
        depth = self._same(marker.kind)
        loose = not block.glued
        if depth is None:
            if marker.kind is Kind.SUBLETTER:
                return self._same(Kind.LETTER) is not None and marker.label[0] == self._letter()
            expected = self.last.get(marker.kind, 0) if marker.kind is Kind.ARTICLE else 0
            return marker.value in {1, expected + 1} or (
                loose and expected <= marker.value <= expected + _FIRST_UNSEEN and self._may_start_late(marker, block)
            )
        value = self.stack[depth].value
        if marker.value == value + 1:
            return True
        if marker.kind is Kind.LETTER and marker.value == value + 2 and marker.label in {"e", "g"}:
            return True  # "d) e)": đ is often forgotten
        if marker.value == 1:
            return True
        return loose and value <= marker.value <= value + _MISCOUNT and self._has_words(marker, block)

    def _letter(self) -> str:
        depth = self._same(Kind.LETTER)
        return self.stack[depth].path[-1] if depth is not None else ""

    def _may_start_late(self, marker: Marker, block: Block) -> bool:
        return marker.kind in {Kind.ROMAN, Kind.ARABIC, Kind.LETTER, Kind.ARTICLE} and self._has_words(marker, block)

    def _has_words(self, marker: Marker, block: Block) -> bool:
        return len(self.text[block.start + marker.end : block.end].split()) > 1

    def _accepts_decimal(self, marker: Marker, block: Block) -> bool:
        above = self._same(Kind(marker.kind - 1))
        if above is not None and self.stack[above].numbers and marker.numbers[:-1] == self.stack[above].numbers:
            return not block.glued or marker.value in self._next_values(marker.kind)
        beside = self._same(marker.kind)
        if beside is not None and self.stack[beside].numbers[:-1] == marker.numbers[:-1]:
            return marker.value >= self.stack[beside].value
        return not block.glued and self._has_words(marker, block) and max(marker.numbers) <= 30  # noqa: PLR2004  amounts

    def _next_values(self, kind: Kind) -> tuple[int, ...]:
        depth = self._same(kind)
        return (1,) if depth is None else (1, self.stack[depth].value + 1)

    def _depth_for(self, kind: Kind) -> int:
        """How many open provisions stay open above a new one of this kind."""
        same = self._same(kind)
        if same is not None:
            return same
        depth = 0
        for open_one in self.stack:
            inside = open_one.kind < kind
            if kind in {Kind.ROMAN, Kind.CAPITAL} and open_one.kind is Kind.ARTICLE:
                inside = True
            if kind is Kind.CAPITAL and open_one.kind is Kind.ROMAN:
                inside = True
            if not inside:
                break
            depth += 1
        return depth

    def _path(self, marker: Marker, parent: _Open | None) -> str:
        annex = next((o.path for o in self.stack if o.kind in {Kind.ANNEX, Kind.FORM}), "")
        if marker.kind in _TOP or marker.kind is Kind.ARTICLE:
            name = _NAMES[marker.kind]
            own = f"{name} {marker.label}".strip()
            within = parent.path if marker.kind is Kind.SECTION and parent is not None else annex
            return f"{within}.{own}" if within and marker.kind is not Kind.ANNEX else own
        if parent is None:
            return marker.label
        if marker.kind is Kind.SUBLETTER:
            return f"{parent.path}.{marker.value}"
        if marker.numbers:
            # "1.1" inside "1" adds ".1"; where the printed numbers disagree, all of them are kept.
            above = parent.numbers
            shared = len(above) if above and marker.numbers[: len(above)] == above else 0
            return ".".join([parent.path, *map(str, marker.numbers[shared:])])
        return f"{parent.path}.{marker.label}"

    def _open(self, marker: Marker, block: Block, at: int) -> int:
        """Opens a provision; gives the index of the last block that its heading takes."""
        depth = self._depth_for(marker.kind)
        if marker.numbers and len(marker.numbers) > 1:
            while depth and not self._is_above(self.stack[depth - 1], marker):
                depth -= 1
        if block.level:
            depth = min([depth, *(i for i, above in enumerate(self.stack) if above.level >= block.level)])
        self._close(depth, block.start)
        parent = self.stack[-1] if self.stack else None
        words = self.text[block.start + marker.end : block.end]
        heading, last = heading_of(words), at
        if marker.kind in _TOP or (marker.kind is Kind.ARTICLE and not words.strip()):
            heading, last = self._title_below(words, at)
        numbers = marker.numbers or (parent.numbers if marker.kind is Kind.LETTER and parent else ())
        opened = _Open(marker.kind, marker.value, numbers, self._path(marker, parent), 0, block.level)
        self._add(opened, heading, parent, block)
        self.last[marker.kind] = marker.value
        return last

    @staticmethod
    def _is_above(open_one: _Open, marker: Marker) -> bool:
        if open_one.kind in {Kind.ARABIC, Kind.DECIMAL2, Kind.DECIMAL3}:
            return marker.numbers[: len(open_one.numbers)] == open_one.numbers
        return open_one.kind < Kind.ARABIC

    def _title_below(self, words: str, at: int) -> tuple[str, int]:
        """The title of a chapter or annex, which stands beside its number or in the blocks below, in capitals."""
        title, last = [words.strip()] if words.strip() else [], at
        for below in range(at + 1, min(at + 4, self.part.tail)):
            block = self.blocks[below]
            line = self.text[block.start : block.end]
            is_title = (
                (line.isupper() and len(line) > _LONGEST_COLUMN_HEAD)
                or block.kind is LineKind.HEADING
                or (not title and len(line.split()) <= _FIRST_WORDS)
            )
            if not is_title or read_marker(line) is not None or line[0] in "(-+" or block.kind is LineKind.ROW:
                break
            title.append(line)
            last = below
            if not line.isupper():
                break
        return " ".join(" ".join(title).split()).strip(_ENDING), last

    def _open_unnumbered(self, block: Block) -> None:
        heading = " ".join(self.text[block.start : block.end].split()).strip(_ENDING + "#")
        if not heading:
            return
        depth = len(self.stack)
        for position, open_one in enumerate(self.stack):
            if open_one.level == 0 or open_one.level >= block.level:
                depth = position
                break
        self._close(depth, block.start)
        parent = self.stack[-1] if self.stack else None
        short = " ".join(heading.split()[:_FIRST_WORDS])
        path = f"{parent.path}.{short}" if parent else short
        self._add(_Open(Kind.UNNUMBERED, 0, (), path, 0, block.level), heading, parent, block)

    def _add(self, opened: _Open, heading: str, parent: _Open | None, block: Block) -> None:
        opened.ordinal = self.first_ordinal + len(self.found)
        self.found.append(
            Provision(
                ordinal=opened.ordinal,
                parent=parent.ordinal if parent else None,
                path=opened.path,
                heading=heading,
                level=len(self.stack) + 1,
                start=block.start,
                end=block.end,
                page=self.page_of(block.start),
            )
        )
        self.stack.append(opened)

    def _close(self, depth: int, before: int) -> None:
        """Closes the open provisions below a depth: their branches end with the last text before an offset."""
        if depth >= len(self.stack):
            return
        end = before
        while end > 0 and self.text[end - 1].isspace():
            end -= 1
        for closed in self.stack[depth:]:
            at = closed.ordinal - self.first_ordinal
            self.found[at] = replace(self.found[at], end=max(end, self.found[at].start))
        del self.stack[depth:]


_NAMES = {
    Kind.ANNEX: "Phụ lục",
    Kind.FORM: "Mẫu",
    Kind.PART: "Phần",
    Kind.CHAPTER: "Chương",
    Kind.SECTION: "Mục",
    Kind.ARTICLE: "Điều",
}


def heading_of(words: str) -> str:
    """The heading that an item's words are, blanks collapsed and without its end punctuation.

    An item that is a whole paragraph has its first twelve words; a heading is in capitals, or a single clause.
    """
    collapsed = " ".join(words.split()).strip(_ENDING)
    count = collapsed.count(" ") + 1
    if count <= _FIRST_WORDS:
        return collapsed
    one_clause = (
        count <= _LONGEST_HEADING and not _BETWEEN.search(collapsed) and not words.rstrip().endswith((".", ";"))
    )
    if collapsed.isupper() or one_clause:
        return collapsed
    return " ".join(collapsed.split(" ")[:_FIRST_WORDS]).strip(_ENDING)
