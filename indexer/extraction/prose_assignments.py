"""Assignments in prose: sentences with a subject, items under an agency's heading, items with labelled lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from corpus.language.deadlines import Deadline
from corpus.language.letters import UPPER
from corpus.model import LineKind, Provision
from indexer.extraction.clauses import Clause, says_only_who, split_clauses
from indexer.extraction.context import Context
from indexer.extraction.drafts import Draft, deadline_in, with_field
from indexer.extraction.field_labels import Label, Role, labels_in
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
# Sections that tell why and on what ground, not who does what. Of plans of 2011-2025.
_NO_TASKS = re.compile(
    r"(?:mục\s+đích|vị\s+trí|yêu\s+cầu|mục\s+tiêu|quan\s+điểm|đối\s+tượng|phạm\s+vi|thực\s+trạng|tình\s+hình|đánh\s+giá|kết\s+quả|căn\s+cứ|cơ\s+sở|sự\s+cần"
    r"|nguyên\s+tắc|tiêu\s+chuẩn|trình\s+tự|thành\s+phần\s+hồ\s+sơ|tiêu\s+chí|cơ\s+cấu|số\s+lượng|hình\s+thức\s+(?:và\s+\S+\s+\S+\s+)?khen|khen\s+thưởng|giải\s+thích|đặc\s+điểm|bối\s+cảnh|nguyên\s+nhân|tồn\s+tại|hạn\s+chế|khái\s+quát|dự\s+báo|chỉ\s+tiêu|(?:cách\s+thức\s+)?(?:xếp|bình)\s+(?:hạng|loại|xét)|thang\s+điểm)\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:trên\s+đây\s+là|(?:trong\s+)?quá\s+trình\s+(?:tổ\s+chức\s+|triển\s+khai\s+)*(?:thực\s+hiện|triển\s+khai)?|nếu\s+(?:có|gặp|phát)|mọi\s+|khi\s+có\s+|trường\s+hợp\s+(?:có\s+)?(?:phát\s+sinh|khó|vướng))"
    r"[^.]*?(?:vướng\s+mắc|khó\s+khăn|phát\s+sinh|bất\s+cập|bổ\s+sung|điều\s+chỉnh)",
    re.IGNORECASE,
)
_IF = re.compile(r"(?:nếu|trường\s+hợp)\b[^;]*\bthì\b", re.IGNORECASE)
_ABOVE = re.compile(r"trên\s+đây\s+là\b", re.IGNORECASE)
_DIFFICULTIES = re.compile(r"(?:vướng\s+mắc|khó\s+khăn)", re.IGNORECASE)
_ENFORCING = re.compile(
    r"(?:(?:chịu\s+trách\s+nhiệm\s+)?(?:tổ\s+chức\s+)?(?:thi\s+hành|thực\s+hiện)|căn\s+cứ|(?:chịu\s+trách\s+nhiệm\s+)?triển\s+khai(?:,?\s+thực\s+hiện)?)\s+"
    r"(?:quyết\s+định|nghị\s+quyết|chỉ\s+thị|kế\s+hoạch|thông\s+báo|công\s+văn|quy\s+(?:chế|định))\s+này(?:\s*(?:thi\s+hành|(?:kể\s+)?từ\s+ngày.*|\./\.))?\s*[./]*$",
    re.IGNORECASE,
)
_EFFECT = re.compile(
    r"có\s+hiệu\s+lực|chịu\s+trách\s+nhiệm\s+(?:tổ\s+chức\s+)?thi\s+hành|căn\s+cứ\s+quyết\s+định\s+thi\s+hành",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"(?:sau(?:\s+đây)?|như\s+sau|cụ\s+thể|nhiệm\s+vụ|nội\s+dung|gồm|trọng\s+tâm)\s*:?\s*$", re.IGNORECASE
)
_GOES_ON = re.compile(r"(?:[,;]|\bvà)\s*$")
_ASKS_ALL = re.compile(
    r"(?:đề\s+nghị|yêu\s+cầu)\b[^.;]{0,250}\b(?:triển\s+khai|thực\s+hiện)\b[^.;]{0,80}\./\.\s*$", re.IGNORECASE
)
_FEWEST = 2  # words of a task that no verb opens
_FEWEST_OF_INTRO = 15  # words with which a sentence before a list is a task itself
_LONGEST_HEADING = 45  # words
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
        if labels and labels[0].role is not Role.TASK:
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
        if self._is_closing(block, rank, first):
            self.scopes.clear()
            return item
        if not item.neutral:
            item.tasks = list(self._tasks(start, end, rank, provision, first))
        return item

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

    def _is_closing(self, block: Block, rank: int, first: bool) -> bool:
        """Whether a paragraph ends the text: "Trên đây là …", "Trong quá trình thực hiện, nếu có vướng mắc …"."""
        words = self.text[block.start : block.end]
        if rank or first:
            return False
        return bool(
            _ABOVE.match(words)
            or (_CLOSING.match(words) and "." not in words.rstrip("./ \n"))
            or _ASKS_ALL.match(words)
            or (words.rstrip().endswith("./.") and _DIFFICULTIES.search(words))
        )

    def _tasks(self, start: int, end: int, rank: int, provision: Provision | None, first: bool) -> Iterator[Draft]:
        text = self.text
        closed = self._tells_no_tasks(self._beyond_scope(provision))
        if (closed and not _GIVES.search(text, start, end)) or (
            start < self.first_provision and self.context.header.type not in _FREE
        ):
            return
        tolerant = self.context.header.type in _PLANS
        subject = read_subject(text, start, end, tolerant=tolerant)
        if subject is None or not subject.heading:
            if self._stands_above(start, end, provision, first) and (named := read_heading(text, start, end)):
                subject = named
            elif subject is None and not closed and (told := self._of_topic(start, end, tolerant=tolerant)):
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
        clauses = [clause for clause in clauses if not _is_no_task(text, clause)]
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
            intro = number == len(clauses) - 1 and text[start:end].rstrip(" \n*_").endswith(":")
            below = _BELOW.search(text, clause.start, clause.end) if intro else None
            if intro and (clause.end <= clause.start or (below and _is_short(text[clause.start : below.start()]))):
                shared = clause.coordinating
                break
            if found and clause.subject is not None and says_only_who(text, clause):
                due = deadline_in(text, clause.whole, clause.until, self.year)
                found[-1] = _told_after(found[-1], clause, due)
                continue
            if clause.end <= clause.start or _says_little(text[clause.start : clause.end], clause):
                continue
            if clause.subject is None and not clause.opens and scope is not None and not self._takes_all(scope):
                continue
            task = Draft(clause.start, clause.end, lead, tuple(dict.fromkeys((*shared, *clause.coordinating))))
            task = task.due(deadline_in(text, clause.whole, clause.until, self.year))
            found.append(_with_fields(task, _labelled(text, clause.end, clause.until), self.year))
        yield from found
        if closed:
            return
        self._open(subject, clauses, start, end, rank, provision, first)

    def _stands_above(self, start: int, end: int, provision: Provision | None, first: bool) -> bool:
        """Whether a paragraph opens a provision, has more below it, and ends no sentence."""
        more = provision is not None and first and bool(self.text[end : provision.end].strip())
        return more and self.text[end - 1] not in ".;" and len(self.text[start:end].split()) <= _LONGEST_HEADING

    def _of_topic(self, start: int, end: int, *, tolerant: bool) -> list[Draft]:
        """The tasks after a topic and a colon ("Tuyên truyền trên báo: Sở Nội vụ chủ trì …"), none without a subject.

        The topic is the task where what follows says no more than who does it.
        """
        text = self.text
        topic = _TOPIC.match(text, start, end)
        subject = None if topic is None else read_subject(text, topic.end(), end, tolerant=tolerant)
        if topic is None or subject is None or subject.heading:
            return []
        lead = subject.names
        found: list[Draft] = []
        for clause in split_clauses(text, topic.end(), end, subject, tolerant=tolerant):
            due = deadline_in(text, clause.whole, clause.until, self.year)
            if clause.subject is not None:
                lead = clause.subject.names
            if clause.subject is not None and says_only_who(text, clause):
                found.append(_told_after(Draft(*topic.span("words")), clause, due))
            elif lead and clause.end > clause.start and not _is_no_task(text, clause):
                found.append(Draft(clause.start, clause.end, lead, clause.coordinating).due(due))
        return found

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
        colon = self.text[start:end].rstrip(" \n*_").endswith(":")
        last = clauses[-1].subject or subject if colon and clauses else subject
        if last is None and (above is None or not colon):
            return
        names = last.names if last is not None else above.names if above is not None else ()
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
        if scope is None or not scope.heading or scope.provision is None:
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
            known = bool(_NO_TASKS.match(provision.heading)) or self._tells_no_tasks(parent)
            self.closed[provision.ordinal] = known
        return known

    def _is_told_afterwards(self, subject: Subject, provision: Provision | None) -> bool:
        """Whether a sentence tells what was done: in reports all do that stand under no heading of tasks."""
        if subject.heading or self.context.header.type not in _TOLD_AFTERWARDS:
            return False
        while provision is not None:
            if _OF_TASKS.search(provision.heading):
                return False
            provision = None if provision.parent is None else self.context.provisions[provision.parent]
        return True


def _told_after(task: Draft, clause: Clause, due: Deadline | None) -> Draft:
    """A task with those whom a clause after it names: "…; Sở Nội vụ chủ trì, phối hợp với …"."""
    assert clause.subject is not None
    task = replace(task, lead=clause.subject.names, coordinating=clause.coordinating)
    return task.due(due) if task.due_text is None else task


def _is_short(words: str) -> bool:
    return len(words.split()) < _FEWEST_OF_INTRO


def _is_no_task(text: str, clause: Clause) -> bool:
    """Whether a clause only says that a decision is to be carried out, or where to turn with difficulties."""
    words = text[clause.whole : clause.end]
    if _IF.match(words):
        return True
    return bool(_CLOSING.match(text[clause.begin : clause.end]) or _ENFORCING.match(words) or _EFFECT.search(words))


def _says_little(words: str, clause: Clause) -> bool:
    return (not clause.opens and len(words.split()) < _FEWEST) or _ONLY_LEADS_ON.fullmatch(words) is not None


_ONLY_LEADS_ON = re.compile(
    r"(?:trong\s+đó|cụ\s+thể|như\s+sau|bao\s+gồm|(?:có|chịu)\s+trách\s+nhiệm)\W*", re.IGNORECASE
)


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
