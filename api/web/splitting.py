"""Long texts in portions: where a text that would make too heavy a page is cut, and which portion holds a place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from itertools import accumulate

from api.exports.links import FIRST_PORTION
from api.web.layout import Block, BlockKind

WHOLE, EACH = 88_000, 64_000
"""Bytes of HTML of a text that is shown whole, and about those of a portion of a longer one."""

_TAGS, _CELL = 28, 10  # bytes around the words of a block, of a cell
_LEAST, _MOST = 0.75, 1.15  # of a portion's usual weight: between them the best place for a cut is looked for
_PASSAGE, _ANYWHERE = 7, 8  # worse places for a cut than before a heading of any level


def portion_starts(text: str, blocks: Sequence[Block], passages: Collection[int]) -> tuple[int, ...]:
    """The numbers of the blocks that portions begin with, 0 the first; ``passages``: offsets where passages start.

    A cut stands before the highest heading near it, else between passages.
    """
    if not blocks:
        return (0,)
    sums = [0, *accumulate(_weight(text, block) for block in blocks)]
    if sums[-1] <= WHOLE:
        return (0,)
    each = sums[-1] / -(-sums[-1] // EACH)

    def badness(at: int) -> tuple[int, int]:
        block = blocks[at]
        rank = block.level if block.kind is BlockKind.HEADING else _PASSAGE if block.start in passages else _ANYWHERE
        return rank, -at

    starts = [0]
    while sums[-1] - sums[starts[-1]] > each * _MOST:
        before = sums[starts[-1]]
        first = max(bisect_left(sums, before + each * _LEAST), starts[-1] + 1)
        if len(starts) == 1:
            first = max(first, bisect_left(blocks, FIRST_PORTION, key=lambda block: block.start))
        last = max(bisect_right(sums, before + each * _MOST) - 1, first)
        if first >= len(blocks):
            break
        starts.append(min(range(first, min(last, len(blocks) - 1) + 1), key=badness))
    return tuple(starts)


def _weight(text: str, block: Block) -> int:
    words = text[block.start : block.end]
    row = words.count("|") * _CELL if block.kind is BlockKind.ROW else 0
    return len(words.encode()) + _TAGS + row
