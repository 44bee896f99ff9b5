"""Assignments, targets and citations as tables on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.answers.assignments import AssignmentRow
from api.answers.citations import CitationRow
from api.answers.targets import TargetRow
from api.cli.context import language, say
from api.exports.wording import KINDS, amount

_SHOWN = 300  # characters of a cell


def print_assignments(found: Sequence[AssignmentRow], total: int, notice: str) -> None:
    """A table of assignments; who leads today stands under who led."""
    table = _table(
        say("Nhiệm vụ", "Task"),
        say("Chủ trì", "Lead"),
        say("Phối hợp", "Coordinating"),
        say("Thời hạn", "Deadline"),
        say("Văn bản", "Document"),
    )
    for row in found:
        lead = Text("; ".join(row.lead))
        if row.lead_today and row.lead_today != row.lead:
            today = "; ".join(row.lead_today)
            lead.append(say(f"\nnay: {today}", f"\ntoday: {today}"), style="yellow" if row.inherited else "dim")
        due = Text(row.due_text or "–")
        if days := _days(row.due_start, row.due_end):
            due.append(f"\n{days}", style="dim")
        table.add_row(_cut(row.task), lead, _cut("; ".join(row.coordinating)), due, _place(row))
    _print(table, len(found), total, notice, say("nhiệm vụ", "assignments"))


def print_targets(found: Sequence[TargetRow], total: int, notice: str) -> None:
    """A table of targets."""
    table = _table(
        say("Chỉ tiêu", "Indicator"), say("Mức", "Value"), say("Thời hạn", "Deadline"), say("Văn bản", "Document")
    )
    for row in found:
        due = row.due_text or _days(row.due_start, row.due_end) or "–"
        table.add_row(_cut(row.indicator), Text(amount(row)), Text(due), _place(row))
    _print(table, len(found), total, notice, say("chỉ tiêu", "targets"))


def print_citations(found: Sequence[CitationRow], total: int, notice: str) -> None:
    """A table of citations; those that the archive holds show the id."""
    table = _table(
        say("Được dẫn", "Cited"),
        say("Cơ quan, ngày", "Issuer, date"),
        say("Trong kho", "In the archive"),
        say("Quan hệ", "Relation"),
        say("Văn bản dẫn", "Citing document"),
    )
    for row in found:
        cited = " ".join(filter(None, (row.type, row.number))) if row.number else row.name or row.type or "–"
        facts = ", ".join(filter(None, (row.issuer, _day(row.issued_on))))
        citing = row.citing_number or row.citing_title or row.source.rsplit("/", 1)[-1]
        where = " · ".join(filter(None, (_where(row.section, row.page), row.document)))
        place = Text(citing).append(f"\n{where}", style="dim")
        table.add_row(
            _cut(cited), _cut(facts or "–"), Text(row.resolved or "–"), Text(KINDS[row.kind][language()]), place
        )
    _print(table, len(found), total, notice, say("viện dẫn", "citations"))


def _table(*heads: str) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 1, 1, 0))
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _print(table: Table, shown: int, total: int, notice: str, things: str) -> None:
    console = Console(highlight=False)
    if notice:
        console.print(Text(notice, style="yellow"))
        console.print()
    if shown:
        console.print(table)
    elif not total:
        console.print(
            say(
                f"Không có {things} nào như vậy. Bỏ bớt điều kiện lọc, hoặc hỏi bằng từ khác.",
                f"No such {things}. Try fewer filters, or other words.",
            )
        )
    console.print(say(f"{shown} trong {total} {things}", f"{shown} of {total} {things}"), style="dim")


def _place(row: AssignmentRow | TargetRow) -> Text:
    place = Text(row.number or row.title or row.source.rsplit("/", 1)[-1])
    facts = " · ".join(filter(None, (_where(row.section, row.page), _day(row.issued_on), row.document)))
    return place.append(f"\n{facts}", style="dim")


def _where(section: str, page: int | None) -> str:
    return ", ".join(filter(None, (section, say(f"trang {page}", f"page {page}") if page else "")))


def _day(day: date | None) -> str:
    return f"{day.day}/{day.month}/{day.year}" if day else ""


def _days(first: date | None, last: date | None) -> str:
    if first and last and first != last:
        return f"{_day(first)} – {_day(last)}"
    return _day(last or first)


def _cut(text: str) -> Text:
    return Text(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip()}…")
