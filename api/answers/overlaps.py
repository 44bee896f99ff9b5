"""Overlaps: the same or nearly the same task given twice, reports asked for twice, two inspections of one kind."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Literal

import numpy as np

from api.answers.agencies import roster_of
from api.answers.alike import Tasks, is_bare, numbers_of, overlap, scores, tasks_of
from api.answers.assignments import AssignmentRow
from api.answers.filters import Filters
from api.answers.intended import Places, covered, judge, judgements
from corpus.encoder.contract import Encoder
from corpus.errors import QueryError
from corpus.language.normalise import fold
from corpus.store.archive import Archive

ALIKE = 0.74
"""Score from which two tasks of one year and province are one given twice."""

ALIKE_AND_LED = 0.7
"""The same where the same agency leads both."""

_COSINE = 0.55  # nearest of the pairs that are looked at
_AT_ONCE = 1_000  # rows of a block of cosines

Kind = Literal["task", "report", "inspection"]
Way = Literal["within a document", "two plans", "two levels", "two agencies"]

_INSPECTION = re.compile(r"^\W*(?:\w+\W+){0,4}?(?:kiem tra|thanh tra|hau kiem|giam sat)\b")
_REPORT = re.compile(r"^\W*(?:\w+\W+){0,6}?bao cao\b")
_OF_PROVINCE = re.compile(r"\b(?:so|ban|tinh|thanh pho|van phong)\b")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Tasks that ask for the same, in reading order of the oldest document; field names are those of the public JSON.

    ``id``: stays while its documents stay, by which it can be judged intended. ``ways``: how they double each other.
    ``score``: the least of the likenesses that hold the group together, 0 to 1.
    """

    id: str
    kind: Kind
    ways: tuple[Way, ...]
    province: str | None
    years: tuple[int, int]
    score: float
    intended: bool
    tasks: tuple[AssignmentRow, ...]

    @property
    def places(self) -> Places:
        """Where its tasks stand, by which a judgement finds it again."""
        return frozenset(map(_place, self.tasks))


def find_overlaps(archive: Archive, encoder: Encoder, filters: Filters | None = None) -> list[Overlap]:
    """Groups of tasks of one province and year that ask for the same, the surest first.

    A plan of each year that repeats last year's task is no overlap; nor are tasks that differ in a number. Groups that
    were judged intended (:func:`mark_intended`) say so, and are for the caller to leave out. One that a further task
    has joined since is to be judged anew.
    """
    known = judgements(archive).keys()
    tasks = tasks_of(archive, encoder, filters or Filters())
    links: dict[int, dict[int, float]] = defaultdict(dict)
    for one, other, score in _pairs(archive, tasks):
        links[one][other] = links[other][one] = score
    groups = [_overlap(tasks, members, links, known) for members in _groups(links)]
    return sorted(groups, key=lambda group: (-group.score, group.id))


def _pairs(archive: Archive, tasks: Tasks) -> Iterator[tuple[int, int, float]]:
    """Pairs of tasks that ask for the same, each once."""
    roster = roster_of(archive)
    agencies = [
        frozenset(
            map(fold, row.lead_today or (name for each in row.lead for name in roster.today(each, "", row.province)))
        )
        for row in tasks.rows
    ]
    numbers = [numbers_of(row) for row in tasks.rows]
    subjects = [is_bare(words) for words in tasks.reading.words]
    for members in _by_province(tasks).values():
        places = np.asarray(members, np.intp)
        vectors = tasks.reading.vectors[places]
        for first in range(0, len(places), _AT_ONCE):
            near = vectors[first : first + _AT_ONCE] @ vectors.T >= _COSINE
            for row, column in np.argwhere(near).tolist():
                one, other = int(places[first + row]), int(places[column])
                if one >= other or not _at_one_time(tasks, one, other):
                    continue
                if numbers[one] != numbers[other] and numbers[one] and numbers[other]:
                    continue
                if _nested(tasks.rows[one], tasks.rows[other]):
                    continue
                score = float(scores(tasks.reading, one, tasks.reading, np.asarray([other]))[0])
                led = bool(agencies[one] & agencies[other])
                bare = subjects[one] or subjects[other]
                least = ALIKE_AND_LED if led and not bare else ALIKE
                if score >= least and (not bare or (led and _in_equal_words(tasks, one, other))):
                    yield one, other, round(score, 4)


def _by_province(tasks: Tasks) -> dict[str | None, list[int]]:
    found: dict[str | None, list[int]] = defaultdict(list)
    for at, row in enumerate(tasks.rows):
        found[row.province].append(at)
    return found


def _at_one_time(tasks: Tasks, one: int, other: int) -> bool:
    """Whether two tasks' documents plan for a year in common."""
    mine, theirs = tasks.years[one], tasks.years[other]
    return mine is not None and theirs is not None and mine[0] <= theirs[1] and theirs[0] <= mine[1]


def _nested(one: AssignmentRow, other: AssignmentRow) -> bool:
    """Whether two tasks are one place of a document read twice."""
    return one.document == other.document and one.start < other.end and other.start < one.end


def _in_equal_words(tasks: Tasks, one: int, other: int) -> bool:
    """Whether two tasks that do not say what they are about say the same, and not of their own document."""
    words = tasks.reading.words
    return overlap(words[one], words[other]) >= ALIKE and "này" not in words[one] | words[other]


def _groups(links: dict[int, dict[int, float]]) -> Iterator[list[int]]:
    """Those that hang together, each of a group like the one with most likenesses."""
    left = set(links)
    while left:
        head = max(sorted(left), key=lambda at: (len(links[at].keys() & left), sum(links[at].values())))
        members = sorted({head, *(links[head].keys() & left)})
        left -= set(members)
        if len(members) > 1:
            yield members


def mark_intended(
    archive: Archive, found: Iterable[Overlap], ids: Iterable[str], *, intended: bool = True, remark: str = ""
) -> list[Overlap]:
    """Keep that some of the groups found are intended, or no longer; gives them as they are now.

    ``ids``: of the groups meant, in any order. QueryError ``overlap-unknown`` for one that is not among those found.
    """
    groups = {group.id: group for group in found}
    wanted = list(dict.fromkeys(ids))
    unknown = [each for each in wanted if each not in groups]
    if unknown or not wanted:
        named = ", ".join(unknown) or "–"
        raise QueryError(
            "overlap-unknown",
            f"Không có nhóm việc trùng nào mang mã {named}. Xem mã bằng tienle overlaps --all, với cùng điều kiện lọc.",
            f"No group of overlaps has the id {named}. See the ids with tienle overlaps --all, with the same filters.",
        )
    judge(archive, (groups[each].places for each in wanted), intended=intended, remark=remark, on=date.today())
    return [replace(groups[each], intended=intended) for each in wanted]


def _overlap(
    tasks: Tasks, members: list[int], links: dict[int, dict[int, float]], known: Collection[Places]
) -> Overlap:
    rows = sorted(
        (tasks.rows[at] for at in members), key=lambda row: (str(row.issued_on or ""), row.document, row.start)
    )
    spans = [years for at in members if (years := tasks.years[at])]
    score = min(best for at in members if (best := max(links[at].get(other, 0.0) for other in members)))
    places = frozenset(map(_place, rows))
    name = sha256("|".join(sorted(map(_place, rows))).encode()).hexdigest()[:12]
    return Overlap(
        id=name,
        kind=_kind(rows),
        ways=tuple(_ways(rows)),
        province=rows[0].province,
        years=(max(first for first, _ in spans), min(last for _, last in spans)),
        score=score,
        intended=covered(places, known),
        tasks=tuple(rows),
    )


def _place(row: AssignmentRow) -> str:
    return f"{row.document}:{row.start}"


def _kind(rows: Iterable[AssignmentRow]) -> Kind:
    said = [fold(row.task) for row in rows]
    if all(map(_INSPECTION.search, said)):
        return "inspection"
    return "report" if all(map(_REPORT.search, said)) else "task"


def _ways(rows: list[AssignmentRow]) -> Iterator[Way]:
    documents = {row.document for row in rows}
    if len(documents) < len(rows):
        yield "within a document"
    if len(documents) > 1:
        yield "two plans"
    if len({_level(row.issuer) for row in rows}) > 1:
        yield "two levels"
    leads = [frozenset(map(fold, row.lead_today)) for row in rows if row.lead_today]
    if any(one.isdisjoint(other) for one in leads for other in leads):
        yield "two agencies"


def _level(issuer: str | None) -> str:
    """Province, department or commune, as far as the issuer's name tells."""
    name = fold(issuer or "")
    if re.search(r"\b(?:xa|phuong|thi tran|dac khu|huyen|quan|thi xa)\b", name):
        return "local"
    people = re.match(r"(?:uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd|chu tich)", name)
    return "province" if people else "department" if _OF_PROVINCE.search(name) else "other"
