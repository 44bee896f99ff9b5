"""Assignments in prose: sentences with a subject, items under an agency's heading, items with labelled lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from corpus.language.letters import UPPER
from corpus.model import LineKind, Provision
from indexer.extraction.clauses import Clause, says_only_who, split_clauses
from indexer.extraction.context import Context
from indexer.extraction.drafts import Draft, deadline_in, opening_deadline, with_field
from indexer.extraction.field_labels import Label, Role, labels_in
from indexer.extraction.no_tasks import (
    ALLOCATES,
    DUTIES,
    NO_TASKS,
    closes,
    forbids_below,
    is_no_task,
    leads_on,
    says_little,
    says_nothing_more,
    without_forbidden,
)
from indexer.extraction.subjects import Subject, read_heading, read_subject
from indexer.structure.blocks import Block
from indexer.structure.markers import read_marker


@dataclass(frozen=True, slots=True)
class _Scope:
    """Agencies to which what comes below belongs: until ``until``, and of paragraphs those of a lower rank."""

    names: tuple[str, ...]
    coordinating: tuple[str, ...]
    until: int
    rank: int  # -1: set by a heading, every paragraph in it is theirs
    provision: int | None
    heading: bool  # set by a heading or colon: what stands below need not start with a verb


@dataclass(slots=True)
class _Item:
    """A paragraph: the tasks that it states, or the labelled fields that it holds."""

    start: int
    provision: Provision | None
    first: bool  # it opens its provision
    tasks: list[Draft] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    neutral: bool = False


_RANKS = {"-": 1, "–": 1, "—": 1, "•": 1, "●": 1, "·": 1, "▪": 1, "❖": 1, "✓": 2, "+": 2, "*": 2, "○": 2, "o": 2}
_BULLET = re.compile(r"(?P<sign>[-–—+•*●○▪✓❖·])\s*(?=\S)|(?P<letter>o)\s+(?=[A-ZĐ])")
_GOES_ON = re.compile(r"(?:[,;]|\bvà)\s*$")
_PARTIES = frozenset({Role.LEAD, Role.COORDINATING, Role.BOTH})
_LONGEST_HEADING = 60  # words
_GIVES = re.compile(rf"[Gg]iao\s+(?:nhiệm\s+vụ\s+)?(?:cho\s+)?(?:các\s+)?(?-i:[{UPPER}])")
_TOPIC = re.compile(r"(?P<words>[^.;:()\"“]{6,160}?)[\s*_]*:[\s*_]*(?=\S)")
_OF_TASKS = re.compile(
    r"phương\s+hướng|nhiệm\s+vụ|giải\s+pháp|kiến\s+nghị|đề\s+xuất|tổ\s+chức\s+thực\s+hiện", re.IGNORECASE
)
# Decisions that publish procedures: what their annexes say is done with each application, and is no assignment.
_PROCEDURES = re.compile(r"thủ\s+tục\s+hành\s+chính|\bTTHC\b|quy\s+trình", re.IGNORECASE)
# Under an agency's heading these list tasks whatever their first word; others also rates, members, conditions.
_PLANS = frozenset({"Kế hoạch", "Chương trình", "Đề án", "Phương án", "Chỉ thị", "Công văn", "Thông báo", "Công điện"})
_FREE = frozenset(
    {"Chỉ thị", "Công văn", "Thông báo", "Công điện"}
)  # they say who does what before the first number too
_TOLD_AFTERWARDS = frozenset({"Báo cáo", "Bài báo", None})  # they tell what was done: a bare sentence is no assignment


def prose_drafts(context: Context, year: int | None) -> list[Draft]:
    """The assignments of a document's paragraphs, in reading order."""
    drafts: list[Draft] = []
    header = context.header
    procedures = header.type == "Quyết định" and _PROCEDURES.search(header.title or "") is not None
    for part in context.parts[: 1 if procedures else None]:
        items = list(_Walk(context, year).items(context.blocks[part.first : part.tail]))
        _apply_labels(context, items, year)
        drafts.extend(task for item in items for task in item.tasks if task.lead)
    return drafts


class _Walk:
    """One pass over the paragraphs of a part, which remembers to whom what comes next belongs."""

    def __init__(self, context: Context, year: int | None) -> None:
        """Start without any scope."""
        self.context = context
        self.text = context.text
        self.year = year
        self.scopes: list[_Scope] = []
        self.first_provision = min((p.start for p in context.provisions), default=0)
        self.closed: dict[int, bool] = {}
        self.waiting: int | None = None  # rank of a label for parties whose names stand below it
        self.unfinished: tuple[str, ...] = ()  # names of a list that goes on in the next paragraph

    def items(self, blocks: Sequence[Block]) -> Iterator[_Item]:
        """An item for each paragraph that is no table row."""
        for block in blocks:
            if block.kind is not LineKind.ROW:
                yield self._item(block)

    def _item(self, block: Block) -> _Item:
        context = self.context
        provision = context.provision_at(block.start)
        first = provision is not None and provision.start == block.start
        start, rank = self._content(block)
        item = _Item(block.start, provision, first)
        self.scopes = [scope for scope in self.scopes if self._holds(scope, block, rank, provision, first)]
        labels = labels_in(self.text, start, block.end)
        if not labels and self._names_parties(start, block.end, rank):
            labels = [Label(Role.BOTH, start, start, block.end)]
        if labels and labels[0].role is not Role.TASK:
            blank = not self.text[labels[-1].value : labels[-1].end].strip(" *_.")
            self.waiting = rank if blank and labels[-1].role in _PARTIES else self.waiting
            item.labels = [label for label in labels if label.role is not Role.DETAIL]
            item.neutral = not item.labels
            return item
        if labels:
            start = labels[0].value
            item.neutral = not self.text[start : labels[0].end].strip(" *_.")
            item.labels = labels[1:]
            end = labels[0].end
        else:
            end = block.end
        if not rank and not first and closes(self.text[block.start : block.end]):
            self.scopes.clear()
            return item
        if not item.neutral:
            item.tasks = list(self._tasks(start, end, rank, provision, first))
        return item

    def _names_parties(self, start: int, end: int, rank: int) -> bool:
        """Whether a line below "Cơ quan thực hiện:" says no more than who: "+ Sở Nội vụ chủ trì, phối hợp với …"."""
        if self.waiting is None or rank <= self.waiting:
            self.waiting = None
            return False
        subject = read_subject(self.text, start, end)
        return (
            subject is not None
            and not subject.heading
            and all(says_only_who(self.text, clause) for clause in split_clauses(self.text, start, end, subject))
        )

    def _content(self, block: Block) -> tuple[int, int]:
        """Where a paragraph's words start after its number or bullet, and its rank among those of its provision."""
        words = self.text[block.start : block.end]
        marker = read_marker(words)
        if marker is not None:
            return block.start + marker.end, 0
        bullet = _BULLET.match(words)
        if bullet is None:
            return block.start, 0
        return block.start + bullet.end(), _RANKS[bullet["sign"] or bullet["letter"]]

    def _holds(self, scope: _Scope, block: Block, rank: int, provision: Provision | None, first: bool) -> bool:
        if block.start >= scope.until:
            return False
        same = (None if provision is None else provision.ordinal) == scope.provision
        return not same or rank > scope.rank or (first and not same)

    def _tasks(self, start: int, end: int, rank: int, provision: Provision | None, first: bool) -> Iterator[Draft]:
        text = self.text
        closed = self._tells_no_tasks(self._beyond_scope(provision)) or self._allocates(provision)
        if (closed and not _GIVES.search(text, start, end)) or (
            start < self.first_provision and self.context.header.type not in _FREE
        ):
            return
        tolerant = self.context.header.type in _PLANS
        subject = self._subject(start, end, provision, first)
        if subject is None and not closed and (told := self._of_topic(start, end)):
            yield from told
            return
        if subject is not None and self.unfinished:
            subject = replace(subject, names=(*self.unfinished, *subject.names))
        goes_on = subject is not None and subject.heading and _GOES_ON.search(text, start, end)
        self.unfinished = subject.names if subject is not None and goes_on else ()
        scope = self.scopes[-1] if self.scopes else None
        clauses = list(split_clauses(text, start, end, subject, tolerant=tolerant))
        lead = scope.names if scope is not None else ()
        shared = scope.coordinating if scope is not None else ()
        clauses = [clause for clause in without_forbidden(text, clauses, end) if not is_no_task(text, clause)]
        if closed:
            clauses = [clause for clause in clauses if clause.subject is not None and clause.subject.given]
        found: list[Draft] = []
        for number, clause in enumerate(clauses):
            if clause.subject is not None:
                if self._is_told_afterwards(clause.subject, provision):
                    continue
                lead, shared = clause.subject.names, ()
            elif clause.after_stop and scope is not None and scope.heading and subject is None:
                lead, shared = scope.names, scope.coordinating
            intro = number == len(clauses) - 1 and leads_on(text[start:end])
            if intro and says_nothing_more(text[clause.start : clause.end]):
                shared = clause.coordinating
                break
            if found and clause.subject is not None and says_only_who(text, clause):
                found[-1] = self._told_after(found[-1], clause, clause.subject)
                continue
            loose = clause.subject is None and not clause.opens and scope is not None and not self._takes_all(scope)
            if loose or clause.end <= clause.start or says_little(text[clause.start : clause.end], clause):
                continue
            task = Draft(clause.start, clause.end, lead, tuple(dict.fromkeys((*shared, *clause.coordinating))))
            task = task.due(
                deadline_in(text, clause.whole, clause.until, self.year)
                or opening_deadline(text, clause.begin, clause.whole, self.year)
            )
            found.append(_with_fields(task, _labelled(text, clause.end, clause.until), self.year))
        yield from found
        if closed:
            return
        self._open(subject, clauses, start, end, rank, provision, first)

    def _subject(self, start: int, end: int, provision: Provision | None, first: bool) -> Subject | None:
        """Those whom a paragraph tells to do something, or whom it names as a heading."""
        subject = read_subject(self.text, start, end, tolerant=self.context.header.type in _PLANS)
        if subject is not None and subject.heading:
            return subject
        named = read_heading(self.text, start, end) if self._stands_above(start, end, provision, first) else None
        return named or subject

    def _stands_above(self, start: int, end: int, provision: Provision | None, first: bool) -> bool:
        """Whether a paragraph opens a provision, has more below it, and ends no sentence."""
        more = provision is not None and first and bool(self.text[end : provision.end].strip())
        return more and self.text[end - 1] not in ".;" and len(self.text[start:end].split()) <= _LONGEST_HEADING

    def _of_topic(self, start: int, end: int) -> list[Draft]:
        """The tasks after a topic and a colon ("Tuyên truyền trên báo: Sở Nội vụ chủ trì …"), none without a subject.

        The topic is the task where what follows says no more than who does it.
        """
        text = self.text
        topic = _TOPIC.match(text, start, end)
        subject = None if topic is None else read_subject(text, topic.end(), end)
        if topic is None or subject is None or subject.heading:
            return []
        named = all(name[0].isupper() for name in subject.names)
        if not (named or subject.given or self.context.header.type in _PLANS):
            return []
        lead = subject.names
        found: list[Draft] = []
        for clause in split_clauses(text, topic.end(), end, subject):
            if clause.subject is not None:
                lead = clause.subject.names
            if clause.subject is not None and says_only_who(text, clause):
                found.append(self._told_after(Draft(*topic.span("words")), clause, clause.subject))
            elif lead and clause.end > clause.start and not is_no_task(text, clause):
                due = deadline_in(text, clause.whole, clause.until, self.year)
                found.append(Draft(clause.start, clause.end, lead, clause.coordinating).due(due))
        return found

    def _told_after(self, task: Draft, clause: Clause, subject: Subject) -> Draft:
        """A task with those whom a clause after it names: "…; Sở Nội vụ chủ trì, phối hợp với …"."""
        task = replace(task, lead=subject.names, coordinating=clause.coordinating)
        due = deadline_in(self.text, clause.whole, clause.until, self.year)
        return task.due(due) if task.due_text is None else task

    def _takes_all(self, scope: _Scope) -> bool:
        """Whether what stands in a scope is a task whatever its first word."""
        return scope.heading and self.context.header.type in _PLANS

    def _open(
        self,
        subject: Subject | None,
        clauses: Sequence[Clause],
        start: int,
        end: int,
        rank: int,
        provision: Provision | None,
        first: bool,
    ) -> None:
        """Opens the scope that a paragraph sets for what comes below it."""
        above = self.scopes[-1] if self.scopes else None
        colon = leads_on(self.text[start:end])
        last = clauses[-1].subject or subject if colon and clauses else subject
        if last is None and (above is None or not colon):
            return
        names = last.names if last is not None else above.names if above is not None else ()
        if colon and forbids_below(self.text[start:end]):
            names = ()
        heading = colon or (last is not None and last.heading) or (last is None and above is not None and above.heading)
        coordinating = clauses[-1].coordinating if colon and clauses else ()
        ordinal = None if provision is None else provision.ordinal
        until = len(self.text) if provision is None else provision.end
        self.scopes.append(_Scope(names, coordinating, until, -1 if first else rank, ordinal, heading))

    def _beyond_scope(self, provision: Provision | None) -> Provision | None:
        """The provision whose heading names the agencies for what stands here, else the provision itself.

        "a) Đánh giá kết quả …" below "Sở Nội vụ" is a task, though so begins a section that tells what was done.
        """
        scope = self.scopes[-1] if self.scopes else None
        if scope is None or not scope.heading or scope.rank >= 0:
            return provision
        above = provision
        while above is not None and above.ordinal != scope.provision:
            above = None if above.parent is None else self.context.provisions[above.parent]
        return provision if above is None else above

    def _tells_no_tasks(self, provision: Provision | None) -> bool:
        """Whether a section tells why and on what ground, itself or by the one that it is part of."""
        if provision is None:
            return False
        known = self.closed.get(provision.ordinal)
        if known is None:
            parent = None if provision.parent is None else self.context.provisions[provision.parent]
            known = bool(NO_TASKS.match(provision.heading)) or self._tells_no_tasks(parent)
            self.closed[provision.ordinal] = known
        return known

    def _allocates(self, provision: Provision | None) -> bool:
        """Whether a place in a regulation lays down who may decide what."""
        if self.context.header.type in _PLANS:
            return False
        while provision is not None:
            words = provision.heading
            if DUTIES.match(words):
                return False
            if ALLOCATES.match(words):
                return True
            provision = None if provision.parent is None else self.context.provisions[provision.parent]
        return False

    def _is_told_afterwards(self, subject: Subject, provision: Provision | None) -> bool:
        """Whether a sentence tells what was done: in reports all do that stand under no heading of tasks."""
        if subject.heading or self.context.header.type not in _TOLD_AFTERWARDS:
            return False
        while provision is not None:
            if _OF_TASKS.search(provision.heading):
                return False
            provision = None if provision.parent is None else self.context.provisions[provision.parent]
        return True


def _apply_labels(context: Context, items: Sequence[_Item], year: int | None) -> None:
    """Gives labelled lines ("Cơ quan chủ trì: …") to the tasks above them in their block."""
    since = 0
    at = 0
    while at < len(items):
        if not items[at].labels:
            at += 1
            continue
        stop = at
        while stop < len(items) and (items[stop].labels or items[stop].neutral):
            stop += 1
        fields = [
            (label.role, context.text[label.value : label.end]) for item in items[at:stop] for label in item.labels
        ]
        own = [items[at]] if items[at].tasks else []
        for item in own or _above(context, items, since, at):
            for number, task in enumerate(item.tasks):
                item.tasks[number] = _with_fields(task, fields, year)
        since = at = stop


def _labelled(text: str, start: int, end: int) -> list[tuple[Role, str]]:
    """The labelled fields after a task in its own paragraph: "…; sản phẩm: …; thời hạn: …"."""
    found: list[tuple[Role, str]] = []
    for part in re.finditer(r"[^;.\s][^;]*", text[start:end]):
        found.extend(
            (label.role, text[label.value : label.end])
            for label in labels_in(text, start + part.start(), start + part.end())
        )
    return found


def _with_fields(task: Draft, fields: Sequence[tuple[Role, str]], year: int | None) -> Draft:
    for role, value in fields:
        task = with_field(task, role, value, year)
    return task


def _above(context: Context, items: Sequence[_Item], since: int, at: int) -> list[_Item]:
    """The items with tasks to which the labelled lines at a place belong: of the innermost provision that has any."""
    provision = items[at].provision
    while True:
        start = 0 if provision is None else provision.start
        found = [item for item in items[since:at] if item.tasks and item.start >= start]
        leaves = [item for item in found if provision is None or item.start != start] or found
        if leaves or provision is None:
            return leaves if provision is not None else leaves[-1:]
        provision = None if provision.parent is None else context.provisions[provision.parent]
