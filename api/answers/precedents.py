"""Precedents for a draft: for each of its tasks and goals, what earlier plans did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from api.answers.agencies import Roster, roster_of
from api.answers.alike import Reading, Tasks, overlap, read_tasks, scores, task_count, tasks_of, words_of
from api.answers.assignments import AssignmentRow
from api.answers.filters import Filters
from api.answers.goals_alike import GoalPrecedents, compared_goals, goals_missing
from api.answers.memory import remembered
from api.answers.near_tasks import goals_near, tasks_near
from api.answers.targets import TargetRow, list_targets
from corpus.encoder.contract import Encoder
from corpus.language.normalise import fold
from corpus.language.numbers import number_key
from corpus.language.segment import segment
from corpus.model import Assignment, Header, Target
from corpus.store import schema
from corpus.store.archive import Archive

MOST_READ = 2_000
"""Tasks of an archive that are all compared with a draft's; of a larger one those in the passages nearest to each."""

SAME = 0.55
"""Score from which an earlier task is taken for the same one. Of the sample archive's 40 tasks with a known earlier
task (tests/api/precedents_known.json) the known ones score 0.43 to 1."""

NEAR = 0.35
"""Tasks of the draft's own authority are not shown below it: one known earlier task of the sample scores so little."""

NEAR_OTHERS = 0.43
"""The same for those of others. Of what was shown beside 30 tasks of real plans, read one by one, 8 of 8 from
:data:`SAME` on and 11 of 25 down to this were of use, 2 of 29 below it."""

NEAR_PARAGRAPH = 0.2
"""Both for a paragraph, which has many words besides."""

LEFT_OUT = 0.45
"""Tasks of the last plan to which no task of the draft comes so near are said to be missing."""

SERIES = 0.85
"""Share of their words that two titles have in common, places and years left out, from which their documents are one
series (the yearly plan of a subject): "tuyên truyền cải cách hành chính" is another than "cải cách hành chính"."""

_FRAME = words_of(
    "kế_hoạch ban_hành thực_hiện triển_khai nhà_nước năm giai_đoạn trên địa_bàn tỉnh thành_phố của về việc"
)

LED = 0.05
"""What an agency in charge that is the same today adds to a score: enough to part two tasks of like words."""

_LOOKED_AT = 60  # nearest tasks by meaning whose words and agencies are looked at
_FAR = 0.25  # how much less than the nearest one an earlier task may score to be of its thread
_NOT_PLANS = frozenset(("Báo cáo", "Bài báo"))

Status = Literal["known", "new"]
Change = Literal["lead", "deadline", "product"]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being drafted, as read: its header, tasks and goals; ``paragraphs`` stand in where it has no task."""

    header: Header
    assignments: tuple[Assignment, ...]
    targets: tuple[Target, ...]
    paragraphs: tuple[Assignment, ...] = ()

    @property
    def tasks(self) -> tuple[Assignment, ...]:
        """Its tasks, else its paragraphs where it has neither task nor goal."""
        return self.assignments or (() if self.targets else self.paragraphs)

    @property
    def year(self) -> int | None:
        """The year that it plans for, else that of its date."""
        header = self.header
        return header.year_from or header.year_to or (header.issued_on.year if header.issued_on else None)


@dataclass(frozen=True, slots=True)
class TaskPrecedent:
    """An earlier task; ``score`` from 0 to 1; ``same_lead``: whether who led it would lead the draft's task today."""

    score: float
    same_lead: bool
    year: int | None
    record: AssignmentRow


@dataclass(frozen=True, slots=True)
class TaskPrecedents:
    """A task of the draft beside earlier ones.

    ``earlier``: of the same authority, the same task of the newest plan first, then what is merely near; ``others``: of
    other provinces and agencies, the nearest of each first.
    ``status``: "new" where no earlier plan of the authority has it. ``changed``: in what it differs from the first
    of ``earlier``, where that is the same task.
    """

    section: str
    page: int | None
    start: int
    end: int
    task: str
    lead: tuple[str, ...]
    coordinating: tuple[str, ...]
    product: str | None
    due_text: str | None
    due_start: date | None
    due_end: date | None
    status: Status
    changed: tuple[Change, ...]
    earlier: tuple[TaskPrecedent, ...]
    others: tuple[TaskPrecedent, ...]


@dataclass(frozen=True, slots=True)
class LastPlan:
    """The authority's latest plan of the draft's series: what the draft may have left out is looked for there."""

    document: str
    number: str | None
    title: str | None
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class Precedents:
    """A draft beside earlier plans; field names are those of the public JSON.

    ``last``: null where the archive holds no earlier plan of the series; ``missing`` and ``missing_targets``: what that
    one has and the draft has not. ``read_as``: "paragraphs" where the draft has neither task nor goal.
    """

    number: str | None
    title: str | None
    issuer: str | None
    province: str | None
    year: int | None
    read_as: Literal["tasks", "paragraphs"]
    last: LastPlan | None
    tasks: tuple[TaskPrecedents, ...]
    targets: tuple[GoalPrecedents, ...]
    missing: tuple[AssignmentRow, ...]
    missing_targets: tuple[TargetRow, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Which of an archive's documents are the authority's own, and their years and titles."""

    own: frozenset[str]
    years: dict[str, int]
    titles: dict[str, str]
    plans: frozenset[str]


def find_precedents(
    archive: Archive, encoder: Encoder, draft: Draft, filters: Filters | None = None, *, most: int = 3
) -> Precedents:
    """What earlier documents that pass did about each of a draft's tasks and goals; ``most`` of each kind.

    Earlier: issued before the draft's date, else planned for years before its own; all where it has neither. A draft
    that the archive already holds is not its own precedent.
    """
    filters = filters or Filters()
    roster = roster_of(archive)
    known = _places(archive, roster, draft, filters)
    last = _last_plan(draft, known)
    few = task_count(archive) <= MOST_READ
    if few:
        held = tasks_of(archive, encoder, filters)
    else:
        held = tasks_near(archive, encoder, draft.tasks, known.titles, known.own, last)
    usable = np.asarray([at for at, row in enumerate(held.rows) if row.document in known.titles], np.intp)
    reading = read_tasks(encoder, draft.tasks, [draft.header.title] * len(draft.tasks))
    found: list[TaskPrecedents] = []
    matched: dict[int, float] = {}
    least_own, least_other = (NEAR, NEAR_OTHERS) if draft.assignments else (NEAR_PARAGRAPH, NEAR_PARAGRAPH)
    nearest = _nearest(held, usable, reading)
    for at, (task, near) in enumerate(zip(draft.tasks, nearest, strict=True)):
        ranked = zip(near.tolist(), scores(reading, at, held.reading, near).tolist(), strict=True)
        leads = _today(roster, task.lead, task.task, draft.header.province)
        precedents = []
        for row_at, likeness in ranked:
            row = held.rows[row_at]
            same_lead = bool(leads & _folded(row.lead_today))
            score = min(1.0, likeness + LED * same_lead)
            matched[row_at] = max(score, matched.get(row_at, 0.0))
            if score >= (least_own if row.document in known.own else least_other):
                year = known.years.get(row.document)
                precedents.append(TaskPrecedent(round(score, 4), same_lead, year, row))
        precedents.sort(key=lambda each: (-each.score, -(each.year or 0), each.record.document, each.record.ordinal))
        own = [each for each in precedents if each.record.document in known.own]
        others = [each for each in precedents if each.record.document not in known.own]
        found.append(_beside(task, _in_years(own)[:most], _spread(others)[:most]))
    if few:
        goals = [row for row in _goals(archive, filters) if row.document in known.titles]
    else:
        goals = goals_near(archive, encoder, draft.targets, known.titles, known.own, last)
    compared = compared_goals(encoder, draft.targets, goals, known.own, known.years, draft.year, most=most)
    return Precedents(
        number=draft.header.number,
        title=draft.header.title,
        issuer=draft.header.issuer,
        province=draft.header.province,
        year=draft.year,
        read_as="paragraphs" if draft.tasks and not draft.assignments else "tasks",
        last=_card(archive, last),
        tasks=tuple(found),
        targets=compared,
        missing=tuple(_missing(held, usable, last, matched)) if draft.assignments else (),
        missing_targets=goals_missing(encoder, draft.targets, [row for row in goals if row.document == last])
        if draft.assignments or draft.targets
        else (),
    )


def _goals(archive: Archive, filters: Filters) -> list[TargetRow]:
    """The goals of the documents that pass, those of the whole archive kept while it does not change."""
    if not filters.empty:
        return list_targets(archive, filters)[0]
    return remembered(archive, archive.generation, "goals", None, lambda: list_targets(archive, filters)[0])


def _nearest(held: Tasks, usable: NDArray[np.intp], reading: Reading) -> Iterator[NDArray[np.intp]]:
    """For each drafted task the tasks nearest in meaning, with their documents' titles and without."""
    sides = ((held.reading.vectors, reading.vectors), (held.reading.alone, reading.alone))
    pairs = [(theirs[usable], mine) for theirs, mine in sides]
    for at in range(len(reading.words)):
        if len(usable) <= _LOOKED_AT:
            yield usable
            continue
        found = [usable[np.argpartition(-(theirs @ mine[at]), _LOOKED_AT)[:_LOOKED_AT]] for theirs, mine in pairs]
        yield np.unique(np.concatenate(found))


def _in_years(precedents: Sequence[TaskPrecedent]) -> list[TaskPrecedent]:
    """The same task through the years, the newest plan's first, one of each document; then the rest by score."""
    if not precedents:
        return []
    least = max(SAME, precedents[0].score - _FAR)
    same: dict[str, TaskPrecedent] = {}
    for each in precedents:
        if each.score >= least:
            same.setdefault(each.record.document, each)
    thread = sorted(same.values(), key=lambda each: -(each.year or 0))
    return [*thread, *(each for each in precedents if each not in thread)]


def _beside(task: Assignment, earlier: Sequence[TaskPrecedent], others: Sequence[TaskPrecedent]) -> TaskPrecedents:
    known = bool(earlier) and earlier[0].score >= SAME
    return TaskPrecedents(
        section=task.section,
        page=task.page,
        start=task.start,
        end=task.end,
        task=task.task,
        lead=task.lead,
        coordinating=task.coordinating,
        product=task.product,
        due_text=task.due_text,
        due_start=task.due_start,
        due_end=task.due_end,
        status="known" if known else "new",
        changed=_changed(task, earlier[0]) if known else (),
        earlier=tuple(earlier),
        others=tuple(others),
    )


def _changed(task: Assignment, before: TaskPrecedent) -> tuple[Change, ...]:
    """In what a task differs from the same one of before: a deadline moved by whole years is none."""
    row = before.record
    changed: list[Change] = []
    if task.lead and row.lead and not before.same_lead:
        changed.append("lead")
    if _in_year(task.due_end, task.due_text) != _in_year(row.due_end, row.due_text):
        changed.append("deadline")
    if fold(task.product or "") != fold(row.product or ""):
        changed.append("product")
    return tuple(changed)


def _in_year(day: date | None, written: str | None) -> tuple[int, int] | str:
    return (day.month, day.day) if day else fold(written or "")


def _spread(precedents: Sequence[TaskPrecedent]) -> list[TaskPrecedent]:
    """One task of each authority first, so that no province's many plans hide the others'; then the rest."""
    first: dict[tuple[str | None, str | None], TaskPrecedent] = {}
    for each in precedents:
        first.setdefault((each.record.province, each.record.issuer), each)
    heads = list(first.values())
    return [*heads, *(each for each in precedents if each not in heads)]


def _missing(
    held: Tasks, usable: NDArray[np.intp], last: str | None, matched: dict[int, float]
) -> Iterable[AssignmentRow]:
    for at in usable.tolist():
        if held.rows[at].document == last and matched.get(at, 0.0) < LEFT_OUT:
            yield held.rows[at]


def _today(roster: Roster, names: Iterable[str], task: str, province: str | None) -> frozenset[str]:
    return _folded(later for name in names for later in roster.today(name, task, province))


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold, names))


def _places(archive: Archive, roster: Roster, draft: Draft, filters: Filters) -> _Place:
    """The documents that pass and are earlier than the draft; those of its authority among them."""
    table, header = schema.documents.c, draft.header
    names = ("id", "number_key", "type", "title", "issuer", "province", "issued_on", "year_from", "year_to")
    with archive.reading() as connection:
        rows = connection.execute(select(*(table[name] for name in names)).where(filters.where())).all()
    names_today: dict[str, frozenset[str]] = {}

    def authority(issuer: str | None, province: str | None) -> tuple[str, frozenset[str]] | None:
        """Who issues, as it is called today, and where as issued; None for nobody known."""
        if issuer is None:
            return None
        if issuer not in names_today:
            names_today[issuer] = _today(roster, [issuer], "", province)
        return province or "", names_today[issuer]

    mine = authority(header.issuer, header.province)
    own, years, titles, plans = set(), {}, {}, set()
    drafted = number_key(header.number) if header.number else None
    for document, number, type_, title, issuer, province, issued, first, last in rows:
        year = first or last or (issued.year if issued else None)
        if _is_draft(header, drafted, number, issuer, province) or not _earlier(draft, issued, year):
            continue
        titles[document] = title or ""
        if year:
            years[document] = year
        if type_ not in _NOT_PLANS:
            plans.add(document)
        if mine is not None and authority(issuer, province) == mine:
            own.add(document)
    return _Place(frozenset(own), years, titles, frozenset(plans))


def _is_draft(
    header: Header, drafted: str | None, number: str | None, issuer: str | None, province: str | None
) -> bool:
    same = drafted and drafted == number and header.province == province
    return bool(same and fold(header.issuer or "") == fold(issuer or ""))


def _earlier(draft: Draft, issued: date | None, year: int | None) -> bool:
    if draft.header.issued_on and issued:
        return issued < draft.header.issued_on
    return draft.year is None or year is None or year < draft.year


def _last_plan(draft: Draft, known: _Place) -> str | None:
    """The latest of the authority's earlier plans whose title is the draft's but for the year."""
    header = draft.header
    mine = _subject(header.title or "", header.province)
    alike = {plan: overlap(mine, _subject(known.titles[plan], header.province)) for plan in known.own & known.plans}
    series = [plan for plan, score in alike.items() if score >= SERIES and plan in known.years]
    return max(series, key=lambda plan: (known.years[plan], alike[plan], plan)) if series else None


def _subject(title: str, province: str | None) -> frozenset[str]:
    """The words of a title that say its subject; half of the plans print theirs in capitals."""
    return words_of(segment(title.lower().replace((province or "").lower(), " "))) - _FRAME


def _card(archive: Archive, document: str | None) -> LastPlan | None:
    if document is None:
        return None
    table = schema.documents.c
    with archive.reading() as connection:
        row = connection.execute(
            select(table.id, table.number, table.title, table.issued_on).where(table.id == document)
        ).one()
    return LastPlan(*row)
