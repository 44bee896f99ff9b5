"""The goals in numbers (chỉ tiêu) that a document sets, in its prose and in its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from corpus.language.deadlines import Deadline, find_deadlines, read_deadline
from corpus.language.indicators import indicator_key
from corpus.model import Provision, Target
from indexer.extraction.context import Context
from indexer.extraction.goals import Scope, Scopes, scope_of_heading, sets_goals
from indexer.extraction.measured import Goal, goals_in
from indexer.extraction.target_tables import table_goals
from indexer.structure.blocks import Block

_DIGIT = re.compile(r"\d")
# "Đến năm 2030:", "Mục tiêu đến năm 2030", "Giai đoạn 2021 - 2025": a heading's own time.
_TIME_OF_HEADING = re.compile(
    r"(?:(?:đến|tới|trong)\s+)?(?:hết\s+)?(?:năm|giai\s+đoạn)\s+20\d\d(?:\s*[-–]\s*20\d\d)?(?!\d)", re.IGNORECASE
)
# Anywhere in a heading: "Phát triển kinh tế số đến năm 2030 với các mục tiêu", "Nhiệm vụ giai đoạn 2026 - 2030".
_TIME_IN_HEADING = re.compile(
    r"(?:(?:đến|tới)\s+(?:(?:hết|cuối)\s+)?năm\s+20\d\d|giai\s+đoạn\s+20\d\d\s*[-–]\s*20\d\d)(?!\d)", re.IGNORECASE
)
_TIME_FIELD = re.compile(
    r"[\W\da-zđ]{0,5}(?:Thời\s+(?:gian|hạn)(?:\s+(?:thực\s+hiện|hoàn\s+thành|triển\s+khai))?|Tiến\s+độ(?:\s+\S+){0,2})\s*:\s*"
)
_NEXT_ITEM = re.compile(r"\s(?:[a-zđ]|\d{1,2})[.)]\s+(?=[^\W\d_])")
_LEADS_IN = re.compile(r":\s*$")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a goal stands: its block's provision, what the text there is for, and the time that holds for it."""

    provision: Provision | None
    scope: Scope | None
    due: Deadline | None


def find_targets(context: Context) -> tuple[Target, ...]:
    """The goals in numbers of a document in reading order, each once; few or none in regulations and price lists."""
    if not any(_DIGIT.search(context.text, block.start, block.end) for block in context.blocks):
        return ()
    finder = _Finder(context)
    goals = sorted([*finder.in_prose(), *finder.in_tables()], key=lambda pair: (pair[0].start, pair[0].at))
    since = context.header.year_from or (context.header.issued_on.year if context.header.issued_on else None)
    seen: set[tuple[str, str, float, float | None, str]] = set()
    targets: list[Target] = []
    for goal, place in goals:
        key = indicator_key(goal.name)
        same = (goal.indicator.casefold(), goal.comparator, goal.value, goal.high, goal.unit)
        if same in seen:
            continue
        seen.add(same)
        due = goal.due or place.due
        if due is not None and due.last is not None and since is not None and due.last.year < since:
            continue  # what was reached in years before
        targets.append(
            Target(
                ordinal=len(targets),
                provision=None if place.provision is None else place.provision.ordinal,
                section="" if place.provision is None else place.provision.path,
                start=goal.start,
                end=goal.end,
                page=context.page_at(goal.start),
                indicator=goal.indicator,
                key=key,
                comparator=goal.comparator,
                value=goal.value,
                value_high=goal.high,
                unit=goal.unit,
                due_text=None if due is None else due.text,
                due_start=None if due is None else due.first,
                due_end=None if due is None else due.last,
            )
        )
    return tuple(targets)


class _Finder:
    """Looks through one document."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._scopes = Scopes(context)
        self._plan = sets_goals(context)
        self._year = context.header.year_to or (context.header.issued_on.year if context.header.issued_on else None)

    def in_prose(self) -> Iterator[tuple[Goal, _Place]]:
        """The goals of the paragraphs."""
        lead_in: tuple[Provision | None, Deadline | None] = (None, None)
        for block in self._context.prose():
            words = self._context.text[block.start : block.end]
            provision = self._context.provision_at(block.start)
            if _LEADS_IN.search(words) and (own := self._time_of(words)) is not None:
                lead_in = (provision, own)
            if not _DIGIT.search(words):
                continue
            scope = None if provision is None else self._scopes.of(provision)
            due = lead_in[1] if lead_in[0] is provision else None
            place = _Place(provision, scope, due or self._due(provision))
            for goal in goals_in(words, block.start, scope, plan=self._plan, year=self._year):
                yield goal, place

    def in_tables(self) -> Iterator[tuple[Goal, _Place]]:
        """The goals of the tables' cells."""
        for table in self._context.source.tables:
            if not table.cells:
                continue
            start = min(cell.start for cell in table.cells)
            provision = self._context.provision_at(start)
            scope = None if provision is None else self._scopes.of(provision)
            for goal in table_goals(self._context.text, table, scope, plan=self._plan, year=self._year):
                at = self._context.provision_at(goal.start)
                yield goal, _Place(at, scope, self._due(at))

    def _time_of(self, words: str) -> Deadline | None:
        """The time that a heading or a line that leads in a list names."""
        found = _TIME_OF_HEADING.search(words)
        return None if found is None else read_deadline(found[0], self._year)

    def _time_inside(self, heading: str) -> Deadline | None:
        """The time up to which a heading of something else than goals reaches; none that was over when it was set."""
        found = _TIME_IN_HEADING.search(heading)
        due = None if found is None else read_deadline(found[0], self._year)
        issued = self._context.header.issued_on
        over = due is not None and issued is not None and due.last is not None and due.last < issued
        return None if over else due

    def _due(self, provision: Provision | None) -> Deadline | None:
        """The time that holds for a provision: of the field for it nearby, or of a heading of goals above it."""
        above = provision
        while above is not None:
            if above.ordinal in self._fields:
                return self._fields[above.ordinal]
            if scope_of_heading(above.heading) is Scope.GOALS or _TIME_OF_HEADING.match(above.heading):
                due = self._time_of(above.heading)
                if due is not None:
                    return due
            elif (due := self._time_inside(above.heading)) is not None:
                return due
            above = None if above.parent is None else self._context.provisions[above.parent]
        return None

    @cached_property
    def _fields(self) -> dict[int, Deadline]:
        """The fields "Thời gian thực hiện: …", by the provision for all of which they are meant."""
        fields: dict[int, Deadline] = {}
        for block in self._context.prose():
            if (field := self._field(block)) is None:
                continue
            provision = self._context.provision_at(block.start)
            if provision is None:
                continue
            is_own = block.start == provision.start and provision.parent is not None
            holder = provision.parent if is_own else provision.ordinal
            if holder is not None:
                fields.setdefault(holder, field)
        return fields

    def _field(self, block: Block) -> Deadline | None:
        match = _TIME_FIELD.match(self._context.text, block.start, block.end)
        if match is None:
            return None
        words = _NEXT_ITEM.split(self._context.text[match.end() : block.end], maxsplit=1)[0]
        # "Thời gian: 01 ngày/hội nghị" is how long it takes.
        return read_deadline(words, self._year) if find_deadlines(words, self._year) else None
