"""Duties of an agency in a period: what it was told to do, to report and to reach, by deadline."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from api.answers.agencies import roster_of
from api.answers.alike import years_of
from api.answers.assignments import AssignmentRow, list_assignments
from api.answers.filters import AgencyChoice, Filters
from api.answers.narrowing import narrowed, read_days
from api.answers.targets import TargetRow, list_targets
from corpus.errors import QueryError
from corpus.language.normalise import fold
from corpus.store.archive import Archive

Kind = Literal["task", "report", "goal"]
Role = Literal["lead", "coordinating"]

_REPORT = re.compile(r"\b(?:bao cao|so ket|tong ket)\b")
_OPENING = 60  # characters of a task in which it says that it is a report


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that an agency has to do; ``due``: the last day of its deadline, null where that names none.

    ``role``: null for a goal. ``inherited``: whether it was given to a predecessor.
    """

    kind: Kind
    due: date | None
    role: Role | None
    inherited: bool
    record: AssignmentRow | TargetRow


@dataclass(frozen=True, slots=True)
class Duties:
    """An agency's duties, the earliest deadline first and those without a day last; field names are the public JSON's.

    ``agency``: as it is called today. ``first`` and ``last``: the period, null where it is open.
    """

    agency: str
    first: date | None
    last: date | None
    duties: tuple[Duty, ...]


def duties_of(
    archive: Archive,
    agency: str,
    filters: Filters | None = None,
    *,
    first: str | None = None,
    last: str | None = None,
) -> Duties:
    """Every assignment, report and goal of an agency, with what it took over, that is due in a period.

    ``first`` and ``last``: "2018-04-15", "4/2018", "Quý II/2018". What has no day of its own ("thường xuyên", "hằng
    quý") is due in the years that its document plans for. QueryError for an agency or a day that is not known.
    """
    if not agency.strip():
        raise QueryError(
            "agency-missing",
            "Chưa nêu cơ quan. Viết: tienle duties “Sở Nội vụ” --from 1/2026 --to 3/2026",
            "No agency is named. Write: tienle duties “Sở Nội vụ” --from 1/2026 --to 3/2026",
        )
    start, end = read_period(first, last)
    given = filters or Filters()
    asked = narrowed(archive, given, agencies=[agency], as_of_today=True)
    asked = replace(given, agencies=(*given.agencies, *asked.agencies), provinces=asked.provinces)
    choice = asked.agencies[-1]
    tasks, _ = list_assignments(archive, asked)
    targets, _ = list_targets(archive, asked)
    years = years_of(archive, list({row.document for row in tasks} | {row.document for row in targets}))
    duties = [_task(row, choice) for row in tasks]
    duties += [Duty("goal", row.due_end or row.due_start, None, inherited=False, record=row) for row in targets]
    kept = [duty for duty in duties if _falls(duty, years.get(duty.record.document), start, end)]
    return Duties(_today(archive, agency), start, end, tuple(sorted(kept, key=_order)))


def read_period(first: str | None, last: str | None) -> tuple[date | None, date | None]:
    """The first and last day of a period as typed, None where it is open; QueryError for a day that is none."""
    start = read_days(first)[0] if first and first.strip() else None
    end = read_days(last)[1] if last and last.strip() else None
    if start and end and start > end:
        raise QueryError(
            "period-backwards",
            f"Ngày đầu {start:%d/%m/%Y} sau ngày cuối {end:%d/%m/%Y}. Đổi chỗ hai ngày.",
            f"The first day {start} is after the last {end}. Exchange them.",
        )
    return start, end


def _task(row: AssignmentRow, choice: AgencyChoice) -> Duty:
    report = _REPORT.search(fold(row.task[:_OPENING])) is not None
    spelled = choice.names | choice.own
    leads = any(name in spelled for name in row.lead) or not any(name in spelled for name in row.coordinating)
    due = row.due_end or row.due_start
    return Duty("report" if report else "task", due, "lead" if leads else "coordinating", row.inherited, row)


def _falls(duty: Duty, years: tuple[int, int] | None, start: date | None, end: date | None) -> bool:
    """Whether a deadline touches the period; without a day, whether its document plans for one of its years."""
    record = duty.record
    opens, closes = record.due_start or record.due_end, record.due_end or record.due_start
    if opens and closes:
        return (end is None or opens <= end) and (start is None or closes >= start)
    if years is None:
        return start is None and end is None
    return (end is None or years[0] <= end.year) and (start is None or years[1] >= start.year)


def _order(duty: Duty) -> tuple[date, int, str, int]:
    kinds: tuple[Kind, ...] = ("report", "task", "goal")
    return (duty.due or date.max, kinds.index(duty.kind), duty.record.document, duty.record.start)


def _today(archive: Archive, agency: str) -> str:
    names: Iterable[str] = roster_of(archive).today(agency.strip(), "", None)
    return "; ".join(names) or agency.strip()
