"""The tables and recognised words of a document, as they are kept in a column."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from itertools import accumulate, pairwise

from corpus.model import Cell, RecognisedWord, Table

_PLACES = 10_000
"""Boxes and confidences are kept to one part in so many: a third of a dot of an A4 page at 300 dpi."""

PlainTable = tuple[int, Sequence[Sequence[int]]]
"""How many rows are heads, and of each cell: start, end, row, column, rows, columns."""


def plain_tables(tables: Sequence[Table]) -> list[PlainTable]:
    """Tables as JSON values."""
    return [(t.heads, [(c.start, c.end, c.row, c.column, c.rows, c.columns) for c in t.cells]) for t in tables]


def tables(stored: Sequence[PlainTable]) -> tuple[Table, ...]:
    """Tables from what :func:`plain_tables` gave."""
    return tuple(Table(tuple(Cell(*cell) for cell in cells), heads) for heads, cells in stored)


def confidence_of(words: Sequence[RecognisedWord]) -> float | None:
    """The mean confidence of recognised words, 0-1; None without any."""
    return round(sum(word.confidence for word in words) / len(words), 4) if words else None


def pack_words(words: Sequence[RecognisedWord]) -> bytes | None:
    """Recognised words compressed, None when there is none."""
    if not words:
        return None
    columns = [
        _steps([word.start for word in words]),
        [word.end - word.start for word in words],
        _steps([word.page for word in words]),
        *([round(word.box[side] * _PLACES) for word in words] for side in range(4)),
        [round(word.confidence * _PLACES) for word in words],
    ]
    return zlib.compress(json.dumps(columns, separators=(",", ":")).encode())


def unpack_words(packed: bytes | None) -> tuple[RecognisedWord, ...]:
    """Recognised words from what :func:`pack_words` gave."""
    if packed is None:
        return ()
    starts, lengths, pages, *parts = json.loads(zlib.decompress(packed))
    rows = zip(accumulate(starts), lengths, accumulate(pages), *parts, strict=True)
    return tuple(
        RecognisedWord(start, start + length, page, tuple(side / _PLACES for side in box), sure / _PLACES)
        for start, length, page, *box, sure in rows
    )


def _steps(values: Sequence[int]) -> list[int]:
    return [values[0], *(after - before for before, after in pairwise(values))]
