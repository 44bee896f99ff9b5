"""The forms of the pages of assignments and targets, as typed, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Query

from api.answers.agencies import read_agencies
from api.answers.arranging import Arrangement, Grouping, Sort, State
from api.answers.filters import Filters
from api.answers.narrowing import narrowed, read_days
from api.http.service import Service
from api.web.addresses import Addressed, years_between
from api.web.asking import LAST_PAGE

Role = Literal["", "lead", "coordinating"]


@dataclass(frozen=True, slots=True)
class RecordsForm(Addressed):
    """What the pages of records ask for alike; ``page`` counts from 1."""

    q: str = ""
    agency: str = ""
    as_of_today: bool = False
    year_from: str = ""
    year_to: str = ""
    province: str = ""
    type: str = ""
    page: int = 1

    @property
    def year(self) -> str | None:
        """The years as filters take them."""
        return years_between(self.year_from, self.year_to)

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return any(value for name, value in self.parameters().items() if name not in _NARROW_NOT)


_NARROW_NOT = frozenset({"page", "sort", "group", "as_of_today", "on"})


@dataclass(frozen=True, slots=True)
class AssignmentsForm(RecordsForm):
    """The form over assignments: ``due`` is the state of the deadline on the day ``on``, today where none is typed."""

    role: Role = ""
    due_from: str = ""
    due_to: str = ""
    due: State | Literal[""] = ""
    on: str = ""
    sort: Sort | Literal[""] = ""
    group: Grouping | Literal[""] = ""

    @property
    def more(self) -> bool:
        """Whether any filter is set that is folded away."""
        return any((self.year, self.province, self.type, self.due_from, self.due_to))


@dataclass(frozen=True, slots=True)
class TargetsForm(RecordsForm):
    """The form over targets; ``indicator`` is the key of the one whose goals are shown alone."""

    indicator: str = ""


Flag = Annotated[str, Query(alias="as_of_today")]
Page = Annotated[int, Query(ge=1, le=LAST_PAGE)]
Type = Annotated[str, Query(alias="type")]


def _assignments(
    q: str = "",
    agency: str = "",
    flag: Flag = "",
    role: Role = "",
    year_from: str = "",
    year_to: str = "",
    province: str = "",
    type_: Type = "",
    due_from: str = "",
    due_to: str = "",
    due: State | Literal[""] = "",
    on: str = "",
    sort: Sort | Literal[""] = "",
    group: Grouping | Literal[""] = "",
    page: Page = 1,
) -> AssignmentsForm:
    return AssignmentsForm(
        q=q.strip(),
        agency=agency.strip(),
        as_of_today=_is_set(flag),
        role=role,
        year_from=year_from,
        year_to=year_to,
        province=province,
        type=type_,
        due_from=due_from,
        due_to=due_to,
        due=due,
        on=on.strip(),
        sort=sort,
        group=group,
        page=page,
    )


def _targets(
    q: str = "",
    agency: str = "",
    flag: Flag = "",
    year_from: str = "",
    year_to: str = "",
    province: str = "",
    type_: Type = "",
    indicator: str = "",
    page: Page = 1,
) -> TargetsForm:
    return TargetsForm(
        q.strip(), agency.strip(), _is_set(flag), year_from, year_to, province, type_, page, indicator.strip()
    )


AskedAssignments = Annotated[AssignmentsForm, Depends(_assignments)]
AskedTargets = Annotated[TargetsForm, Depends(_targets)]


def _is_set(flag: str) -> bool:
    return flag.strip().lower() not in ("", "0", "false")


def filters_of(service: Service, asked: RecordsForm) -> Filters:
    """The filters of a form; QueryError when one cannot be read."""
    given = service.filters(asked.year, [asked.province], [asked.type], as_of_today=asked.as_of_today)
    leads: Sequence[str] = ()
    agencies = [asked.agency]
    due: dict[str, str | None] = {}
    if isinstance(asked, AssignmentsForm):
        due = {"due_from": asked.due_from, "due_to": asked.due_to}
        if asked.role == "lead":
            leads, agencies = agencies, []
    return narrowed(
        service.archive,
        given,
        agencies=agencies,
        leads=leads,
        as_of_today=asked.as_of_today,
        **due,  # type: ignore[arg-type]  # two of its texts
    )


def arrangement_of(service: Service, asked: AssignmentsForm, today: date) -> Arrangement:
    """How a form puts assignments; QueryError for an agency or a day that is not known."""
    unled = None
    if asked.role == "coordinating":
        choices = read_agencies(service.archive, [asked.agency], lead=True, as_of_today=asked.as_of_today)
        unled = choices[0] if choices else None
    return Arrangement(
        sort=asked.sort or None,
        group=asked.group or None,
        state=asked.due or None,
        on=day_of(asked, today) if asked.due in ("overdue", "soon") else None,
        unled=unled,
        as_of_today=asked.as_of_today,
    )


def day_of(asked: AssignmentsForm, today: date) -> date:
    """The day on which deadlines are looked at: the one typed, else ``today``; QueryError for one that is none."""
    return read_days(asked.on)[0] if asked.on else today
