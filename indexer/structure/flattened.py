"""Tables that lie flattened in a text: a cell a line, or cells between bars, with or without a line a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.model import Cell, SourceText, Table
from indexer.reading.table_heads import COUNTING, is_head, is_numbering
from indexer.structure.alignment import Columns
from indexer.structure.bars import bar_tables, lone_bars
from indexer.structure.head_layout import Layout, layouts
from indexer.structure.markers import Kind, read_marker
from indexer.structure.merged_cells import with_merged_cells
from indexer.structure.parts import CAPACITY, RECIPIENTS
from indexer.structure.row_splitting import Rows, is_numbered_title, split_rows
from indexer.structure.running import Series, row_number
from indexer.structure.stream import Span, TextLine, text_lines

_MOST_HEADS = 24
_HEAD_LINES = 80  # in which heads and the start of the first row must stand
_READ_AGAIN = 20  # times that the lines of a text may be read in all
_FEWEST_COLUMNS = 2
_FEWEST_ROWS = 2
_COMPLETE = 0.33  # of the rows: with fewer complete ones the columns are not known
_SURE_COLUMNS = 4  # as many heads and a complete row are a table, be it the only row
_ENDS = frozenset({Kind.ANNEX, Kind.FORM, Kind.PART, Kind.CHAPTER, Kind.ARTICLE})
_NOTE = re.compile(r"(?:Ghi\s+chú|GHI\s+CHÚ|Chú\s+thích|Lưu\s+ý)\s*[:.]|\(\*+\)|\*\s|\(?\s*Đơn\s+vị\s+tính\s*:")


def flattened_tables(source: SourceText) -> tuple[Table, ...]:
    """The tables that a text holds flattened, in reading order; none where rows and columns do not agree.

    Columns are known by their heads, which begin with the one that counts the rows (TT, STT); rows by the numbers
    that run down it. Blank cells that vanished are made out by what their columns hold.
    """
    lines = text_lines(source)
    tables = [*bar_tables(source.text, lines)]
    taken = [(min(cell.start for cell in table.cells), max(cell.end for cell in table.cells)) for table in tables]
    budget = _READ_AGAIN * len(lines)
    at = 0
    while at < len(lines):
        start = at
        at += 1
        if not lines[start].opens_table or any(a <= lines[start].start < b for a, b in taken):
            continue
        if not _has_heads(source.text, lines[start : start + _HEAD_LINES]):
            continue
        end = len(lines) if budget > 0 else start + _HEAD_LINES
        found, read = _cell_a_line(source.text, lines[start:end])
        budget -= read
        if found is not None:
            tables.append(found)
            last = max(cell.end for cell in found.cells)
            while at < len(lines) and lines[at].start < last:
                at += 1
    tables.sort(key=lambda table: table.cells[0].start)
    return tuple(with_merged_cells(source.text, table) for table in tables)


def _cell_a_line(text: str, lines: Sequence[TextLine]) -> tuple[Table | None, int]:
    """The table whose counting head is the first of some lines, and how many cells were looked at."""
    spans = lone_bars(text, lines) or _cells(text, lines)
    return read_stream(text, spans, [" ".join(text[start:end].split()) for start, end in spans]), len(spans)


def _has_heads(text: str, lines: Sequence[TextLine]) -> bool:
    """Whether heads and a first row follow; asked of a few lines, so that no text is read through again and again."""
    spans = lone_bars(text, lines) or _cells(text, lines)
    return _count_heads([" ".join(text[start:end].split()) for start, end in spans]) > 0


def _count_heads(words: Sequence[str]) -> int:
    """How many cells are column heads, 0 where no rows follow them."""
    count = next((at for at in range(1, min(len(words), _MOST_HEADS + 1)) if _opens_rows(words, at)), 0)
    return count if count >= _FEWEST_COLUMNS and all(map(is_head, words[1:count])) else 0


def _cells(text: str, lines: Sequence[TextLine]) -> list[Span]:
    """The cells from the first line on: paragraphs where blank lines part them, else lines."""
    spaced = len(lines) > 1 and lines[1].gap
    spans: list[Span] = []
    for line in lines:
        words = text[line.start : line.end]
        if line.is_row or (spans and _ends_table(words)):
            break
        goes_on = not line.gap if spaced else words[0].islower() and row_number(words) is None
        if spans and goes_on:
            spans[-1] = (spans[-1][0], line.end)
        else:
            spans.append((line.start, line.end))
    return spans


def _ends_table(words: str) -> bool:
    if RECIPIENTS.match(words) or CAPACITY.match(words) or _NOTE.match(words):
        return True
    marker = read_marker(words)
    return marker is not None and marker.kind in _ENDS


def read_stream(text: str, spans: Sequence[Span], words: Sequence[str]) -> Table | None:
    """The table that a stream of cells is, which begins with its heads; None where it does not come out even."""
    count = _count_heads(words)
    if not count:
        return None
    numbered = _numbering(words, count)
    first = count + numbered
    body_spans, body = _without_heads(spans[first:], words[first:], words[:count])
    best: tuple[float, Rows, Layout] | None = None
    for layout in layouts(words[:count], numbered):
        rows = split_rows(body, len(layout.filled))
        score = rows.score - layout.cost
        if _is_consistent(body, rows, len(layout.filled)) and (best is None or score > best[0]):
            best = (score, rows, layout)
    if best is None:
        return None
    _, rows, layout = best
    cells = [Cell(*spans[at], *place) for at, place in enumerate(layout.heads)]
    top = layout.rows
    if numbered:
        cells += [Cell(*spans[count + at], top, at) for at in range(numbered)]
        top += 1
    return Table((*cells, *_body(body_spans, body, rows, layout.names(words), layout, top)), top)


def _opens_rows(words: Sequence[str], at: int) -> bool:
    """Whether the first row, or the one that numbers the columns, starts at a cell."""
    if words[at] == "(1)":
        return True
    number = row_number(words[at])
    if number is not None:
        return number.series is not Series.BULLET and set(number.values) == {1}
    following = row_number(words[at + 1]) if at + 1 < len(words) else None
    # Heads may be in capitals themselves: only a title with a number can stand between them and the first row.
    return following is not None and set(following.values) == {1} and at > 1 and is_numbered_title(words[at])


def _numbering(words: Sequence[str], at: int) -> int:
    """How many cells from one on only number the columns, 0 where it starts a row."""
    end = at
    while end < len(words) and words[end].strip("()[] ").isdigit() and int(words[end].strip("()[] ")) == end - at + 1:
        end += 1
    return end - at if is_numbering(words[at:end]) else 0


def _without_heads(spans: Sequence[Span], words: Sequence[str], heads: Sequence[str]) -> tuple[list[Span], list[str]]:
    """A stream without the heads that a new page repeats; it ends before the heads of another table."""
    kept: list[int] = []
    at = 0
    while at < len(words):
        if COUNTING.fullmatch(words[at]):
            below = row_number(words[at + len(heads)]) if at + len(heads) < len(words) else None
            goes_on = below is not None and set(below.values) != {1}
            if list(words[at : at + len(heads)]) != list(heads) or not goes_on:
                break
            at += len(heads)
            continue
        kept.append(at)
        at += 1
    return [spans[at] for at in kept], [words[at] for at in kept]


def _bounds(rows: Rows) -> list[tuple[int, int]]:
    return list(pairwise((*rows.starts, rows.end)))


def _is_consistent(body: Sequence[str], rows: Rows, columns: int) -> bool:
    """Whether enough rows are complete, group rows aside, for their columns to be known."""
    sizes = [end - start for start, end in _bounds(rows) if not _is_group(body[start:end])]
    complete = sum(size == columns for size in sizes)
    enough = _FEWEST_ROWS if columns < _SURE_COLUMNS else 1
    return len(sizes) >= enough and complete >= 1 and complete >= _COMPLETE * len(sizes)


def _is_group(cells: Sequence[str]) -> bool:
    """Whether a row is a group's title: alone, or with a Roman number or a capital."""
    if len(cells) == 1:
        return True
    number = row_number(cells[0])
    return len(cells) == 2 and number is not None and number.series in {Series.ROMAN, Series.CAPITAL}  # noqa: PLR2004  (small counts, plain where they stand)


def _body(
    spans: Sequence[Span], body: Sequence[str], rows: Rows, heads: Sequence[str], layout: Layout, top: int
) -> Iterator[Cell]:
    filled = layout.filled
    bounds = _bounds(rows)
    complete = [body[start + 1 : end] for start, end in bounds if end - start == len(filled)]
    columns = Columns(tuple(heads[at] for at in filled[1:]), complete)
    for number, (start, end) in enumerate(bounds, top):
        if end - start == 1:
            yield Cell(*spans[start], number, 0, columns=layout.columns)
        elif _is_group(body[start:end]):
            yield Cell(*spans[start], number, 0)
            yield Cell(*spans[start + 1], number, 1, columns=layout.columns - 1)
        else:
            yield Cell(*spans[start], number, 0)
            places = [filled[place + 1] for place in columns.place(body[start + 1 : end])]
            yield from _merged(spans[start + 1 : end], places, number)


def _merged(spans: Sequence[Span], places: Sequence[int], row: int) -> Iterator[Cell]:
    """A cell a column; paragraphs of one cell together."""
    at = 0
    while at < len(spans):
        last = at
        while last + 1 < len(spans) and places[last + 1] == places[at]:
            last += 1
        yield Cell(spans[at][0], spans[last][1], row, places[at])
        at = last + 1
