"""Tables whose cells stand between bars in plain text, a line a row or broken over lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.model import Cell, Table
from indexer.reading.table_heads import COUNTING, is_head_row, is_numbering
from indexer.structure.alignment import Columns
from indexer.structure.row_splitting import is_group_title
from indexer.structure.running import Series, row_number
from indexer.structure.stream import Span, TextLine

_RULE = re.compile(r"[\s|:+=-]*-[\s|:+=-]*")  # the line under the heads of a Markdown table
_FEWEST_ROWS = 2
_COMPLETE = 0.6  # of the rows: with fewer the bars do not part columns
_FAR = 4  # lines without a bar that may go on a cell before the next bar
_LONGEST_GAP = 25  # lines of one cell where bars stand on lines of their own
_GROUPING = frozenset({Series.ROMAN, Series.CAPITAL})


@dataclass(slots=True)
class _Row:
    cells: list[Span]
    single: bool = False  # a line without bars: a group's title


def lone_bars(text: str, lines: Sequence[TextLine]) -> list[Span] | None:
    """The cells of some lines, where bars stand on lines of their own between them; None where they do not.

    What follows the last bar is a cell as far as its first paragraph.
    """
    if len(lines) < 2 or text[lines[1].start : lines[1].end] != "|":  # noqa: PLR2004 - a cell and a bar
        return None
    spans: list[Span] = []
    start, end, last_bar = 0, 0, 0
    for number, line in enumerate(lines):
        if line.is_row or number - last_bar > _LONGEST_GAP:
            break
        if text[line.start : line.end] == "|":
            spans.append((start, end))
            start = end = line.end
            last_bar = number
        else:
            start = line.start if start == end else start
            end = line.end
    tail = [line for line in lines[last_bar + 1 : last_bar + 1 + _LONGEST_GAP] if not line.is_row]
    paragraph = next((i for i, line in enumerate(tail) if i and line.gap), len(tail))
    if tail:
        spans.append((tail[0].start, tail[paragraph - 1].end))
    return spans


def bar_tables(text: str, lines: Sequence[TextLine]) -> Iterator[Table]:
    """The tables with bars inside their lines: heads that read like heads, then rows with as many cells."""
    at = 0
    while at < len(lines):
        if lines[at].bars and not lines[at].is_row:
            table, end = _table(text, lines, at)
            if table is not None:
                yield table
                at = end
                continue
        at += 1


def _table(text: str, lines: Sequence[TextLine], at: int) -> tuple[Table | None, int]:
    line = lines[at]
    outer = text[line.start] == "|" and text[line.end - 1] == "|"
    heads = _cells(text, line, outer)
    words = [text[start:end] for start, end in heads]
    columns = len(heads)
    if columns < 2 or not (is_head_row(words) or COUNTING.fullmatch(words[0])):  # noqa: PLR2004 - one is no table
        return None, at
    rows, end = _rows(text, lines, at + 1, columns, outer)
    data = [row for row in rows if not row.single and not _is_group(text, row)]
    if any(len(row.cells) > columns for row in data) or len(rows) < _FEWEST_ROWS:
        return None, at
    complete = [row for row in data if len(row.cells) == columns]
    if len(complete) < _COMPLETE * len(data) or not complete:
        return None, at
    count = 1
    while count <= len(rows) and is_numbering([text[a:b] for a, b in rows[count - 1].cells]):
        count += 1
    placed = Columns(
        tuple(words[1:]), [[" ".join(text[a:b].split()) for a, b in row.cells[1:]] for row in complete[count - 1 :]]
    )
    cells = [Cell(*span, 0, column) for column, span in enumerate(heads)]
    for number, row in enumerate(rows, 1):
        if row.single:
            cells.append(Cell(*row.cells[0], number, 0, columns=columns))
        elif _is_group(text, row):
            cells += [Cell(*row.cells[0], number, 0), Cell(*row.cells[1], number, 1, columns=columns - 1)]
        elif len(row.cells) == columns:
            cells += [Cell(*span, number, column) for column, span in enumerate(row.cells)]
        else:
            places = placed.place([" ".join(text[a:b].split()) for a, b in row.cells[1:]])
            cells.append(Cell(*row.cells[0], number, 0))
            cells += [Cell(*span, number, place + 1) for span, place in zip(row.cells[1:], places, strict=True)]
    return Table(tuple(cells), count), end


def _rows(text: str, lines: Sequence[TextLine], at: int, columns: int, outer: bool) -> tuple[list[_Row], int]:
    """The rows from a line on and the line after them; a line that starts no row goes on the one before."""
    rows: list[_Row] = []
    while at < len(lines) and not lines[at].is_row:
        line = lines[at]
        words = text[line.start : line.end]
        last = rows[-1] if rows else None
        if line.bars and _RULE.fullmatch(words):
            at += 1
            continue
        if not line.bars:
            more = any(further.bars for further in lines[at + 1 : at + 1 + _FAR])
            whole = last is None or last.single or len(last.cells) == columns
            if more and whole and is_group_title(words):
                rows.append(_Row([(line.start, line.end)], single=True))
            elif last is None or last.single or line.gap or not (more or len(last.cells) < columns):
                break
            else:
                last.cells[-1] = (_first(last.cells[-1], line), line.end)
            at += 1
            continue
        cells = _cells(text, line, outer)
        first = text[slice(*cells[0])]
        if last is None or last.single or len(cells) == columns or row_number(first) is not None or outer:
            rows.append(_Row(cells))
        elif len(last.cells) + len(cells) - 1 <= columns:
            last.cells[-1] = (_first(last.cells[-1], line), cells[0][1])
            last.cells += cells[1:]
        else:
            break
        at += 1
    return rows, at


def _first(span: Span, line: TextLine) -> int:
    return line.start if span[0] == span[1] else span[0]


def _cells(text: str, line: TextLine, outer: bool) -> list[Span]:
    """The cells of a line, blanks around each left out; bars at both ends are none where ``outer``."""
    cuts = [at for at in range(line.start, line.end) if text[at] == "|"]
    spans = []
    for start, end in zip([line.start, *(cut + 1 for cut in cuts)], [*cuts, line.end], strict=True):
        words = text[start:end]
        first = start + len(words) - len(words.lstrip())
        spans.append((first, first + len(words.strip())) if words.strip() else (start, start))
    if outer and len(spans) > 2 and spans[0][0] == spans[0][1]:  # noqa: PLR2004 - a bar at each end
        spans = spans[1:-1] if spans[-1][0] == spans[-1][1] else spans[1:]
    return spans


def _is_group(text: str, row: _Row) -> bool:
    """Whether a row is a group's title: a Roman number or a capital, and one cell."""
    number = row_number(text[slice(*row.cells[0])])
    return len(row.cells) == 2 and number is not None and number.series in _GROUPING  # noqa: PLR2004  (small counts, plain where they stand)
