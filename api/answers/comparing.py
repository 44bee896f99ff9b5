"""Two plans side by side: what is kept, changed, moved to another agency, new or dropped; and all plans of a series."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal, TypeVar

from sqlalchemy import Connection, select

from api.answers.agencies import Roster, roster_of
from api.answers.aligning import Item, Scores, aligned, similarities
from api.answers.assignments import AssignmentRow, list_assignments
from api.answers.documents import DocumentCard, cards, find_documents
from api.answers.filters import Filters, shown
from api.answers.relations import plans_issued
from api.answers.subjects import PLANS, subject_words
from api.answers.targets import TargetRow, list_targets
from corpus.encoder.contract import Encoder
from corpus.errors import QueryError
from corpus.language.doctypes import ARTICLE
from corpus.language.normalise import fold, normalise
from corpus.model import Provision
from corpus.store import schema
from corpus.store.archive import Archive

Row = TypeVar("Row", AssignmentRow, TargetRow)
Status = Literal["kept", "changed", "inherited", "moved", "new", "dropped"]
STATUSES: tuple[Status, ...] = ("kept", "changed", "inherited", "moved", "new", "dropped")

LEAST = 0.22
"""Least score of two tasks that are said to be the same."""

LEAST_GOAL = 0.3
"""Least score of two goals of one unit that are said to be the same although their keys differ."""

LIKE = 0.75
"""Least share of common words in the titles of two plans of one series, of the words of both."""

_AROUND = 400  # characters of a provision that are looked at
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_TOKEN = re.compile(r"[\w%]+(?:[.,/:-]\w+)*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text and whether the later plan has left them, added them or kept them."""

    kind: Literal["same", "gone", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class TaskChange:
    """What became of a task. ``first`` is null for a new one, ``second`` for one that is dropped.

    ``status``: ``moved`` to an agency that is no successor, ``inherited`` by a successor, ``changed`` in anything else
    (years that go on with the plan's own year are no change). ``differs``: which of task, lead, coordinating, product
    and due differ. ``words``: the task's words compared; empty unless both are there. ``score``: how near they are.
    """

    status: Status
    first: AssignmentRow | None
    second: AssignmentRow | None
    differs: tuple[str, ...] = ()
    words: tuple[Piece, ...] = ()
    score: float | None = None


@dataclass(frozen=True, slots=True)
class GoalChange:
    """What became of a goal: ``change`` is the later value less the earlier, in their common unit."""

    status: Status
    first: TargetRow | None
    second: TargetRow | None
    change: float | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two documents compared, the tasks and goals of the second in their order, then what was dropped."""

    first: DocumentCard
    second: DocumentCard
    tasks: tuple[TaskChange, ...]
    goals: tuple[GoalChange, ...]


def counts(changes: Sequence[TaskChange] | Sequence[GoalChange]) -> dict[Status, int]:
    """How many changes there are of each status."""
    return {status: sum(change.status == status for change in changes) for status in STATUSES}


def compare(archive: Archive, encoder: Encoder, first: str, second: str) -> Comparison:
    """Two documents compared, each by id, number or file name; a decision stands for the plan that it issues.

    ``encoder`` is the archive's. QueryError for none or several documents, for an article, and for a document that
    has neither tasks nor goals.
    """
    earlier, later = (_Side.of(archive, _plan_of(archive, reference)) for reference in (first, second))
    return _compared(archive, encoder, earlier, later)


def compare_series(archive: Archive, encoder: Encoder, reference: str) -> tuple[Comparison, ...]:
    """Each yearly plan of one authority on one subject compared with the one before it, the earliest first.

    ``reference``: any of them. QueryError as :func:`compare`, and where it has no other.
    """
    plans = series_of(archive, reference)
    sides = [side for side in (_Side.of(archive, card) for card in plans) if side.tasks or side.goals]
    if len(sides) == 1:
        raise QueryError(
            "compare-no-series",
            f"“{shown(reference)}” không thuộc chuỗi nào: kho không có kế hoạch năm khác của cùng cơ quan về cùng "
            "việc. So sánh hai văn bản bằng: tienle compare A B",
            f"“{shown(reference)}” is part of no series: the archive has no plan of another year by the same authority "
            "on the same subject. Compare two documents with: tienle compare A B",
        )
    return tuple(_compared(archive, encoder, earlier, later) for earlier, later in pairwise(sides))


def series_of(archive: Archive, reference: str) -> tuple[DocumentCard, ...]:
    """The yearly plans of the same authority on the same subject as a document, itself among them, by year.

    Of several plans for one year the one whose title is nearest stands for it, of these the last issued.
    """
    own = _plan_of(archive, reference)
    documents = schema.documents.c
    with archive.reading() as connection:
        query = select(documents.id, documents.segmented_title, documents.issuer, documents.year_from).where(
            documents.rendition_of.is_(None),
            documents.type.in_(PLANS),
            documents.title.is_not(None),
            documents.year_from.is_not(None),
            documents.year_from == documents.year_to,
            documents.province == own.province,
        )
        rows = connection.execute(query.order_by(documents.issued_on, documents.id)).all()
        words = {row.id: frozenset(subject_words(row.segmented_title, own.province)) for row in rows}
        if own.id not in words:
            return (own,)
        nearest: dict[int, tuple[float, str]] = {}
        for row in rows:
            like = _jaccard(words[own.id], words[row.id])
            known = nearest.get(row.year_from, (LIKE, ""))
            same = fold(row.issuer or "") == fold(own.issuer or "")
            if same and (row.id == own.id or (like >= known[0] and known[1] != own.id)):
                nearest[row.year_from] = (like, row.id)
        found = cards(connection, [id_ for _, id_ in nearest.values()])
    return tuple(found[nearest[year][1]] for year in sorted(nearest))


def _jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / len(first | second) if first or second else 0.0


def _plan_of(archive: Archive, reference: str) -> DocumentCard:
    """The document that a reference means and that has tasks or goals."""
    with archive.reading() as connection:
        found = cards(connection, find_documents(connection, reference))
        best = {card.rendition_of or card.id for card in found.values()}
        ids = sorted({plan for id_ in best for plan in plans_issued(connection, [id_]) or (id_,)})
        if len(ids) == 1:
            (card,) = cards(connection, ids).values()
            if card.type != ARTICLE and _has_records(connection, card.id):
                return card
            raise _not_comparable(card, shown(reference))
        facts = [(card.id, card.issued_on) for card in cards(connection, ids).values()]
    listed = ", ".join(f"{id_} ({day:%d/%m/%Y})" if day else id_ for id_, day in facts)
    raise QueryError(
        "document-ambiguous",
        f"“{shown(reference)}” chỉ {len(ids)} văn bản: {listed}. Gọi một mã trong số ấy.",
        f"“{shown(reference)}” names {len(ids)} documents: {listed}. Use one of these ids.",
    )


def _has_records(connection: Connection, document_id: str) -> bool:
    return any(
        connection.execute(select(table.c.ordinal).where(table.c.document_id == document_id).limit(1)).first()
        for table in (schema.assignments, schema.targets)
    )


def _not_comparable(card: DocumentCard, typed: str) -> QueryError:
    if card.type == ARTICLE:
        return QueryError(
            "compare-article",
            f"“{typed}” là bài báo: bài báo kể lại chứ không giao việc hay đặt chỉ tiêu, nên không so sánh với kế "
            f"hoạch được. Xem văn bản mà bài nói đến bằng: tienle show {card.id}",
            f"“{typed}” is a press article: it reports and gives no tasks or goals, so it cannot be compared with a "
            f"plan. See the document that it speaks of with: tienle show {card.id}",
        )
    return QueryError(
        "compare-nothing",
        f"Không tìm thấy nhiệm vụ hay chỉ tiêu nào trong “{typed}” để so sánh. Xem văn bản bằng: tienle show {card.id}",
        f"“{typed}” has no tasks or goals that were found, so there is nothing to compare. See it with: "
        f"tienle show {card.id}",
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """A document with its records and what is around each of them."""

    card: DocumentCard
    tasks: Sequence[AssignmentRow]
    goals: Sequence[TargetRow]
    text: str
    outline: Sequence[Provision]

    @classmethod
    def of(cls, archive: Archive, card: DocumentCard) -> _Side:
        only = Filters(documents=(card.id,))
        documents, provisions = schema.documents.c, schema.provisions
        with archive.reading() as connection:
            text = connection.execute(select(documents.text).where(documents.id == card.id)).scalar_one()
            rows = connection.execute(
                select(*(provisions.c[name] for name in Provision.__dataclass_fields__))
                .where(provisions.c.document_id == card.id)
                .order_by(provisions.c.ordinal)
            )
            outline = [Provision(**row._asdict()) for row in rows]
        return cls(card, list_assignments(archive, only)[0], list_targets(archive, only)[0], text, outline)

    @property
    def year(self) -> int:
        """The year that it plans for, else that it was issued in, 0 where neither is known."""
        return self.card.year_from or (self.card.issued_on.year if self.card.issued_on else 0)

    def around(self, start: int, end: int) -> tuple[str, str]:
        """The words around a span (a table's row, else its provision) and the headings above them."""
        first = self.text.rfind("\n", 0, start) + 1
        last = self.text.find("\n", end)
        line = self.text[first : len(self.text) if last < 0 else last]
        above = [each for each in self.outline if each.start <= start < each.end]
        headings = " ".join(each.heading for each in above[:-1])
        if " | " in line or not above:
            return line, headings
        own = above[-1]
        wide = self.text[max(own.start, start - _AROUND // 2) : min(own.end, end + _AROUND // 2)]
        return " ".join(wide.split()), headings


def _compared(archive: Archive, encoder: Encoder, first: _Side, second: _Side) -> Comparison:
    return Comparison(
        first.card,
        second.card,
        tuple(_tasks(roster_of(archive), encoder, first, second)),
        tuple(_goals(encoder, first, second)),
    )


def _tasks(roster: Roster, encoder: Encoder, first: _Side, second: _Side) -> Iterator[TaskChange]:
    def items(side: _Side) -> list[Item]:
        found = []
        for row in side.tasks:
            around, headings = side.around(row.start, row.end)
            words = " ".join(filter(None, (row.task, row.product)))
            found.append(Item(words, around, headings, _ids(roster, (*row.lead, *row.lead_today))))
        return found

    scores = similarities(encoder, items(first), items(second))
    for before, task, score in _paired(first.tasks, second.tasks, scores, LEAST):
        if before is None or task is None:
            yield TaskChange("dropped" if before else "new", before, task)
            continue
        differs = _differing(roster, before, task, first.year, second.year)
        status: Status = "changed" if differs else "kept"
        if "lead" in differs and _ids(roster, before.lead).isdisjoint(_ids(roster, task.lead)) and before.lead:
            moved = task.lead and not _inherited(roster, before, task, second.card.issued_on)
            status = "moved" if moved else "inherited" if task.lead else "changed"
        yield TaskChange(status, before, task, differs, differences(before.task, task.task), round(score, 3))


def _goals(encoder: Encoder, first: _Side, second: _Side) -> Iterator[GoalChange]:
    def items(side: _Side) -> list[Item]:
        return [Item(goal.indicator, *side.around(goal.start, goal.end)) for goal in side.goals]

    scores = similarities(encoder, items(first), items(second))
    for at, one in enumerate(first.goals):
        for to, other in enumerate(second.goals):
            if fold(one.unit or "") != fold(other.unit or ""):
                scores[at, to] = 0.0
            elif one.key == other.key:
                scores[at, to] = 1.0 + max(scores[at, to], 0.0)
    for before, goal, score in _paired(first.goals, second.goals, scores, LEAST_GOAL):
        if before is None or goal is None:
            yield GoalChange("dropped" if before else "new", before, goal)
            continue
        same = (before.comparator, before.value, before.value_high) == (goal.comparator, goal.value, goal.value_high)
        change = round(goal.value - before.value, 6)
        yield GoalChange("kept" if same else "changed", before, goal, change, round(min(1.0, score), 3))


def _paired(
    first: Sequence[Row], second: Sequence[Row], scores: Scores, least: float
) -> Iterator[tuple[Row | None, Row | None, float]]:
    """Each record of the second plan with its partner in the first, if any, and their score; then those left over."""
    partner = {column: row for row, column in aligned(scores, least)}
    for column, after in enumerate(second):
        at = partner.get(column)
        yield (None, after, 0.0) if at is None else (first[at], after, float(scores[at, column]))
    followed = set(partner.values())
    yield from ((before, None, 0.0) for at, before in enumerate(first) if at not in followed)


def _differing(
    roster: Roster, before: AssignmentRow, after: AssignmentRow, first_year: int, second_year: int
) -> tuple[str, ...]:
    def said(text: str | None, year: int) -> list[str]:
        """The words of a text, years as so many after the plan's own."""
        relative = _YEAR.sub(lambda found: f"Y{int(found.group()) - year:+d}", normalise(text or "").lower())
        return re.findall(r"Y[+-]\d+|\w+|%", relative)

    def other(before: str | None, after: str | None) -> bool:
        return said(before, first_year) != said(after, second_year)

    differing = {
        "task": other(before.task, after.task),
        "lead": _ids(roster, before.lead) != _ids(roster, after.lead),
        "coordinating": _ids(roster, before.coordinating) != _ids(roster, after.coordinating),
        "product": other(before.product, after.product),
        "due": other(before.due_text, after.due_text),
    }
    return tuple(name for name, differs in differing.items() if differs)


def _ids(roster: Roster, names: Sequence[str]) -> frozenset[str]:
    return frozenset(roster.id_of(name) or fold(name) for name in names)


def _inherited(roster: Roster, before: AssignmentRow, after: AssignmentRow, on: date | None) -> bool:
    """Whether all who lead later have it by succession from those who led earlier, and at that time."""
    today = _ids(roster, before.lead_today)
    heirs: set[str] = set()
    reached = list(_ids(roster, before.lead))
    for at in reached:
        for step in roster.register.successors(at, before.province):
            due = step.since is None or on is None or step.since <= on
            if due and step.successor not in heirs:
                heirs.add(step.successor)
                reached.append(step.successor)
    later = _ids(roster, after.lead)
    return later <= heirs and bool(today & (_ids(roster, after.lead_today) | later))


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts compared word by word; joined, what is same or gone gives the first, same or added the second.

    Blanks apart: words are joined by one.
    """
    old, new = before.split(), after.split()
    plain = [[" ".join(_TOKEN.findall(normalise(word).lower())) or word for word in words] for words in (old, new)]
    pieces: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, plain[0], plain[1], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal" and old[a:b] == new[c:d]:
            pieces.append(Piece("same", " ".join(new[c:d])))
            continue
        if b > a:
            pieces.append(Piece("gone", " ".join(old[a:b])))
        if d > c:
            pieces.append(Piece("added", " ".join(new[c:d])))
    return tuple(pieces)
