"""How a task came to the agency that has it today: who had it, who took over, since when, by which document."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from api.answers.agencies import Roster
from api.answers.assignments import AssignmentRow


@dataclass(frozen=True, slots=True)
class Handover:
    """Tasks of one agency that went to another; ``since``: null where provinces did it on different days.

    ``source``: the document that says so; ``province``: only there, null for everywhere.
    """

    predecessor: str
    successor: str
    since: date | None
    source: str
    province: str | None


def handovers(roster: Roster, row: AssignmentRow, to: Collection[str] = ()) -> tuple[Handover, ...]:
    """The steps from the agencies that a task was given to, to those that would have it today, the first first.

    ``to``: only by which it came to one of these, by their names in the register. None where every agency still stands,
    or the register does not know it.
    """
    steps: dict[Handover, None] = {}
    for name in (*row.lead, *row.coordinating) if to else row.lead:
        agency = roster.id_of(name)
        if agency is not None and not (to and set(to).isdisjoint(roster.today(name, row.task, row.province))):
            steps |= dict.fromkeys(_steps(roster, agency, row, None))
    return tuple(steps)


def _steps(roster: Roster, agency: str, row: AssignmentRow, arrived: date | None) -> list[Handover]:
    """The steps onwards from an agency; a step back in time belongs to an earlier body of the same name."""
    register = roster.register
    goal = set(register.today(agency, row.task, row.province))
    if goal == {agency}:
        return []
    edges = [
        edge
        for edge in register.successors(agency, row.province)
        if arrived is None or (edge.since is not None and edge.since > arrived)
    ]
    reaching = [edge for edge in edges if goal & set(register.today(edge.successor, row.task, row.province))]
    found: list[Handover] = []
    for edge in reaching:
        names = roster.name_of(agency), roster.name_of(edge.successor)
        found.append(Handover(*names, edge.since, edge.source, edge.province))
        found += _steps(roster, edge.successor, row, edge.since or arrived)
    return found
