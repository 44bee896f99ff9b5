"""Assignments that tables state: a row a task, its agencies, deadline, product and money in columns of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.language.agency_names import find_agencies
from corpus.language.normalise import fold
from corpus.model import Cell, Table
from indexer.extraction.context import Context
from indexer.extraction.drafts import Draft, with_field
from indexer.extraction.field_labels import Role, role_of_head
from indexer.structure.tables import TableRow, rows_of

_PARTIES = frozenset({Role.LEAD, Role.BOTH})
_AGAIN = re.compile(r"(?:nt|n/t|như\s+trên|[\"”″']+|-nt-|[-–]\s*\"\s*[-–])[\s.]*", re.IGNORECASE)
# Heads of tables that describe administrative procedures: who does which step is no assignment of a plan.
_PROCEDURES = re.compile(
    r"thủ\s+tục\s+hành\s+chính|\bTTHC\b|trình\s+tự|\bbước\b|lệ\s+phí|thời\s+(?:gian|hạn)\s+giải\s+quyết|hồ\s+sơ|bộ\s+phận|chức\s+danh|mã\s+số|"
    r"họ\s+(?:và\s+)?tên|năm\s+sinh",
    re.IGNORECASE,
)
_LEAST_SHARE = 0.6  # of the cells of a column without a head that name agencies
_LEAST_ROWS = 2
_WORDY = 1.5  # words a cell, on average, of a column that can hold tasks


def table_drafts(context: Context, year: int | None) -> list[Draft]:
    """The assignments of all tables, in reading order; a table without an agency column gives none."""
    return [draft for table in context.source.tables for draft in _of_table(context.text, table, year)]


def _of_table(text: str, table: Table, year: int | None) -> Iterator[Draft]:
    rows = rows_of(text, table)
    if not rows or any(_PROCEDURES.search(head) for head in rows[0].heads):
        return
    roles = _roles(text, rows)
    if Role.TASK not in roles:
        return
    last: Draft | None = None
    for row in rows:
        draft = _of_row(text, row, roles, last, year)
        if draft is None:
            continue
        if last is not None and draft.start == last.start:  # a task merged over several rows
            last = replace(
                last,
                lead=tuple(dict.fromkeys((*last.lead, *draft.lead))),
                coordinating=tuple(dict.fromkeys((*last.coordinating, *draft.coordinating))),
            )
            continue
        if last is not None:
            yield last
        last = draft
    if last is not None:
        yield last


def _roles(text: str, rows: Sequence[TableRow]) -> list[Role | None]:
    """The role of each column: by its head, else by what its cells hold."""
    heads = rows[0].heads
    roles = [role_of_head(head) for head in heads]
    for at, head in enumerate(heads):
        # "Đơn vị" heads a column of bodies or one of units of measure ("%", "hồ sơ"): its cells say which.
        if roles[at] in _PARTIES and fold(head).strip(" .:") == "don vi" and not _name_bodies(text, rows, at):
            roles[at] = None
    if not any(role in _PARTIES for role in roles):
        roles = _guessed(text, rows, roles)
    for role in (Role.LEAD, Role.BOTH, Role.COORDINATING, Role.DUE, Role.PRODUCT, Role.FUNDING):
        _first_only(roles, role)
    tasks = [at for at, role in enumerate(roles) if role is Role.TASK]
    if not tasks and any(role in _PARTIES for role in roles):
        free = [at for at, role in enumerate(roles) if role is None and _words(text, rows, at) >= _WORDY]
        if free:
            roles[free[0]] = Role.TASK
    elif tasks:  # of "Nhiệm vụ" and "Nội dung cụ thể" the fuller one tells the task
        fullest = max(tasks, key=lambda at: _words(text, rows, at))
        for at in tasks:
            if at != fullest:
                roles[at] = None
    if not any(role in _PARTIES for role in roles):
        return [None] * len(roles)
    return roles


def _first_only(roles: list[Role | None], role: Role) -> None:
    """Leaves a role to the first column that has it, but for money and dates, which are told by several."""
    places = [at for at, other in enumerate(roles) if other is role]
    for at in places[1:]:
        roles[at] = None


def _guessed(text: str, rows: Sequence[TableRow], roles: list[Role | None]) -> list[Role | None]:
    """Roles with the first column whose cells name agencies as the lead's."""
    for at, role in enumerate(roles):
        cells = [words for row in rows if (words := _cell_text(text, row, at))]
        if role is None and len(cells) >= _LEAST_ROWS:
            named = sum(_is_names(words) for words in cells)
            if named >= _LEAST_SHARE * len(cells):
                return [*roles[:at], Role.LEAD, *roles[at + 1 :]]
    return roles


def _name_bodies(text: str, rows: Sequence[TableRow], column: int) -> bool:
    cells = [words for row in rows if (words := _cell_text(text, row, column))]
    return sum(bool(find_agencies(words)) for words in cells) >= _LEAST_SHARE * len(cells)


def _is_names(words: str) -> bool:
    """Whether a cell holds agencies and hardly anything else."""
    named = sum(mention.end - mention.start for mention in find_agencies(words))
    return named >= _LEAST_SHARE * len(words)


def _words(text: str, rows: Sequence[TableRow], column: int) -> float:
    """Words a cell of a column has on average; numbers are none."""
    return sum(len(_WORD.findall(_cell_text(text, row, column))) for row in rows) / len(rows)


_WORD = re.compile(r"[^\W\d_]+")


def _cell_text(text: str, row: TableRow, column: int) -> str:
    cell = row.cells[column]
    return text[cell.start : cell.end].strip()


def _of_row(
    text: str, row: TableRow, roles: Sequence[Role | None], last: Draft | None, year: int | None
) -> Draft | None:
    """The assignment of a row, None where it has no task or nobody is told to do it."""
    task = row.cells[roles.index(Role.TASK)]
    start, end = _stripped(text, task)
    if end - start < _SHORTEST:
        return None
    draft = Draft(start, end)
    for at, role in enumerate(roles):
        words = _cell_text(text, row, at)
        if role is None or role is Role.TASK or not words:
            continue
        if _AGAIN.fullmatch(words):
            draft = _as_before(draft, role, last)
        elif role is Role.DUE and (unit := _UNIT.match(row.heads[at])) and _BARE.fullmatch(words):
            draft = replace(with_field(draft, role, f"{unit[0]} {words}", year), due_text=words)
        else:
            draft = with_field(draft, role, words, year)
    if not draft.lead:
        draft = replace(draft, lead=_of_group(row.group))
    return draft if draft.lead else None


_SHORTEST = 5  # characters of a task
# A column of bare numbers under "Tháng" or "Quý".
_UNIT = re.compile(r"(?:tháng|quý|năm)\b", re.IGNORECASE)
_BARE = re.compile(r"(?:\d{1,4}|[IV]{1,3})(?:\s*[-–,]\s*(?:\d{1,4}|[IV]{1,3}))*")


def _stripped(text: str, cell: Cell) -> tuple[int, int]:
    start, end = cell.start, cell.end
    while start < end and (text[start].isspace() or text[start] in "-–+•*_"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ".;,*_"):
        end -= 1
    return start, end


def _as_before(draft: Draft, role: Role, last: Draft | None) -> Draft:
    """The draft with the field of the row above ("nt", a ditto mark)."""
    if last is None:
        return draft
    match role:
        case Role.LEAD | Role.BOTH:
            return replace(
                draft, lead=last.lead, coordinating=last.coordinating if role is Role.BOTH else draft.coordinating
            )
        case Role.COORDINATING:
            return replace(draft, coordinating=last.coordinating)
        case Role.DUE:
            return replace(draft, due_text=last.due_text, due_start=last.due_start, due_end=last.due_end)
        case Role.PRODUCT:
            return replace(draft, product=last.product)
        case _:
            return replace(draft, funding=last.funding)


_NUMBER = re.compile(r"^(?:[IVXLC]+|\d{1,3}|[A-Za-zđ])[.)\s:-]+\s*")


def _of_group(group: Sequence[str]) -> tuple[str, ...]:
    """The agencies that a group row names, and nothing else: "II. Sở Nội vụ"."""
    for title in reversed(group):
        words = _NUMBER.sub("", title).strip(" .:")
        mentions = find_agencies(words)
        if mentions and mentions[0].start == 0 and _is_names(words):
            return tuple(name for mention in mentions for name in mention.names)
    return ()
