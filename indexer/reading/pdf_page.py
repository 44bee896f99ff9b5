"""A document's pages as items in reading order: printed lines and tables, without what pages print around the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.reading.pages import Placed, furniture
from indexer.reading.pdf_aligned import aligned_tables
from indexer.reading.pdf_grid import PageTable, ruled_tables
from indexer.reading.pdf_joined import WholeTable, go_on, opened
from indexer.reading.pdf_layout import Printed, Row, reading_order, rows_of
from indexer.reading.pdf_words import PageContent

Item = Printed | WholeTable


@dataclass(slots=True)
class _Sheet:
    """One page: its ruled tables, and the rows of lines outside them by direction, as the file draws them."""

    number: int
    angle: int
    tables: list[PageTable]
    rows: dict[int, list[Row]]


def items_of(pages: Sequence[PageContent]) -> list[list[Item]]:
    """The items of every page; a table that goes on over pages is an item of its first page only."""
    sheets = [_sheet(number, page) for number, page in enumerate(pages, 1)]
    _drop_furniture(sheets, pages)
    items: list[list[Item]] = []
    open_table: WholeTable | None = None
    for sheet in sheets:
        own = _ordered(sheet)
        if open_table is not None and own and isinstance(own[0], PageTable) and go_on(open_table, own[0]):
            own = own[1:]
            if not own:
                items.append([])
                continue
        placed: list[Item] = [opened(item) if isinstance(item, PageTable) else item for item in own]
        open_table = placed[-1] if placed and isinstance(placed[-1], WholeTable) else None
        items.append(placed)
    return items


def _sheet(number: int, page: PageContent) -> _Sheet:
    tables, words = ruled_tables(page.words, page.rules, page.angle) if page.rules else ([], list(page.words))
    directions = dict.fromkeys(word.angle for word in page.words)
    rows = {angle: rows_of([word for word in words if word.angle == angle]) for angle in directions}
    return _Sheet(number, page.angle, [replace(table, page=number) for table in tables], rows)


def _drop_furniture(sheets: Sequence[_Sheet], pages: Sequence[PageContent]) -> None:
    placed: list[list[Placed]] = []
    for sheet, page in zip(sheets, pages, strict=True):
        own: list[Placed] = []
        for angle, rows in sheet.rows.items():
            _, top, _, bottom = page.frame(angle)
            printed = [line for row in rows for line in row.lines]
            own += [Placed(line, line.top - top, bottom - line.bottom, bottom - top) for line in printed]
        placed.append(own)
    for sheet, lines, dropped in zip(
        sheets, placed, furniture(placed, [bool(sheet.tables) for sheet in sheets]), strict=True
    ):
        gone = {id(lines[index].line) for index in dropped}
        for angle, rows in sheet.rows.items():
            kept = (Row(tuple(line for line in row.lines if id(line) not in gone)) for row in rows)
            sheet.rows[angle] = [row for row in kept if row.lines]


def _ordered(sheet: _Sheet) -> list[Printed | PageTable]:
    """The items of a page from the top down, those of each direction together."""
    items: list[Printed | PageTable] = []
    for angle, rows in sheet.rows.items():
        items += _from_top(sheet, rows) if angle == sheet.angle else reading_order(rows)
    return items


def _from_top(sheet: _Sheet, rows: list[Row]) -> list[Printed | PageTable]:
    items: list[Printed | PageTable] = []
    for table in sheet.tables:
        above = [row for row in rows if row.top < table.top]
        rows = rows[len(above) :]
        items += [*_between(above, sheet.number), table]
    return [*items, *_between(rows, sheet.number)]


def _between(rows: Sequence[Row], page: int) -> list[Printed | PageTable]:
    """Lines between ruled tables, and the tables that stand there without rules."""
    items: list[Printed | PageTable] = []
    pending: list[Row] = []
    for item in aligned_tables(rows):
        if isinstance(item, Row):
            pending.append(item)
        else:
            items += [*reading_order(pending), replace(item, page=page)]
            pending = []
    return [*items, *reading_order(pending)]
