"""The lines of a text as the search for flattened tables sees them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from corpus.model import LineKind, SourceText
from indexer.reading.table_heads import COUNTING

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line without blanks around it; ``gap``: a blank line stands before it; ``is_row``: of a table known already."""

    start: int
    end: int
    gap: bool
    is_row: bool
    opens_table: bool  # it is the head of a column that counts rows, and nothing else
    bars: int


def text_lines(source: SourceText) -> list[TextLine]:
    """The lines of a source that are not blank, in reading order."""
    known = sorted((min(c.start for c in t.cells), max(c.end for c in t.cells)) for t in source.tables if t.cells)
    starts = [start for start, _ in known]
    lines: list[TextLine] = []
    gap, at = True, 0
    for line in sorted(source.lines, key=lambda line: line.start):
        start, end = max(line.start, at), line.end
        at = max(at, end)
        words = source.text[start:end]
        stripped = words.strip()
        if not stripped:
            gap = True
            continue
        start += len(words) - len(words.lstrip())
        index = bisect_right(starts, start) - 1
        is_row = line.kind is LineKind.ROW or (index >= 0 and start < known[index][1])
        opens = len(stripped) < _LONGEST and COUNTING.fullmatch(" ".join(stripped.split())) is not None
        lines.append(
            TextLine(
                start, start + len(stripped), gap, is_row, opens and not is_row, 0 if is_row else stripped.count("|")
            )
        )
        gap = not source.wrapped
    return lines


_LONGEST = 20  # characters of the longest head that counts rows
