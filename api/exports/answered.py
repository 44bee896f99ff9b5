"""Precedents, overlaps and duties laid out as tables, the same for the terminal, Excel and Word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from api.answers.assignments import AssignmentRow
from api.answers.duties import Duties, Duty
from api.answers.goals_alike import GoalPrecedents
from api.answers.overlaps import Overlap
from api.answers.precedents import Precedents, TaskPrecedent, TaskPrecedents
from api.answers.targets import TargetRow
from api.exports.cells import Linked, Value
from api.exports.links import Links
from api.exports.sheets import Sheet
from api.exports.wording import SIGNS, Said, amount, decimal, saying
from corpus.errors import Language

STATUSES: dict[str, Said] = {"known": {"vi": "đã có", "en": "known"}, "new": {"vi": "mới", "en": "new"}}
CHANGES: dict[str, Said] = {
    "lead": {"vi": "khác chủ trì", "en": "another lead"},
    "deadline": {"vi": "khác thời hạn", "en": "another deadline"},
    "product": {"vi": "khác sản phẩm", "en": "another product"},
}
OUTSIDE: dict[str, Said] = {
    "above": {"vi": "cao hơn nơi khác", "en": "above others"},
    "below": {"vi": "thấp hơn nơi khác", "en": "below others"},
}
WAYS: dict[str, Said] = {
    "within a document": {"vi": "trong một văn bản", "en": "within a document"},
    "two plans": {"vi": "hai kế hoạch", "en": "two plans"},
    "two levels": {"vi": "hai cấp", "en": "two levels"},
    "two agencies": {"vi": "hai cơ quan", "en": "two agencies"},
}
KINDS: dict[str, Said] = {
    "task": {"vi": "nhiệm vụ", "en": "task"},
    "report": {"vi": "báo cáo", "en": "report"},
    "inspection": {"vi": "kiểm tra", "en": "inspection"},
    "goal": {"vi": "chỉ tiêu", "en": "goal"},
}
ROLES: dict[str, Said] = {
    "lead": {"vi": "chủ trì", "en": "lead"},
    "coordinating": {"vi": "phối hợp", "en": "coordinating"},
}


def of_precedents(found: Precedents, links: Links, language: Language) -> list[Sheet]:
    """Tasks, goals, and what the last plan had: each draft's record in its row, its precedents in the rows below."""
    say = saying(language)
    tasks = Sheet(
        say("Nhiệm vụ", "Tasks"),
        [
            (say("Dự thảo / tiền lệ", "Draft / precedent"), 18),
            (say("Nhiệm vụ", "Task"), 60),
            (say("Chủ trì", "Lead"), 26),
            (say("Thời hạn", "Deadline"), 20),
            (say("Sản phẩm", "Product"), 24),
            (say("Văn bản", "Document"), 24),
        ],
        [row for task in found.tasks for row in _task_rows(task, links, language)],
    )
    goals = Sheet(
        say("Chỉ tiêu", "Goals"),
        [
            (say("Dự thảo / tiền lệ", "Draft / precedent"), 18),
            (say("Chỉ tiêu", "Indicator"), 60),
            (say("Mức", "Value"), 14),
            (say("Thời hạn", "Deadline"), 20),
            (say("Văn bản", "Document"), 24),
        ],
        [row for goal in found.targets for row in _goal_rows(goal, links, language)],
    )
    heads = [
        (say("Có ở kế hoạch trước", "In the last plan"), 70),
        (say("Chủ trì", "Lead"), 28),
        (say("Thời hạn", "Deadline"), 22),
        (say("Văn bản", "Document"), 24),
    ]
    dropped: list[Sequence[Value]] = [
        (row.task, "; ".join(row.lead), row.due_text, place(row, links)) for row in found.missing
    ]
    dropped += [
        (f"{row.indicator}: {amount(row)}", None, row.due_text, place(row, links)) for row in found.missing_targets
    ]
    return [tasks, goals, Sheet(say("Dự thảo không có", "Missing in the draft"), heads, dropped)]


def _task_rows(task: TaskPrecedents, links: Links, language: Language) -> list[Sequence[Value]]:
    told = [STATUSES[task.status][language], *(CHANGES[change][language] for change in task.changed)]
    mine: Sequence[Value] = (
        "; ".join(told).upper(),
        task.task,
        "; ".join(task.lead),
        task.due_text,
        task.product,
        task.section,
    )

    def row(each: TaskPrecedent) -> Sequence[Value]:
        record = each.record
        lead = "; ".join(record.lead)
        today = "; ".join(record.lead_today)
        if today and today != lead:
            lead += f"\n→ {today}"
        where = " · ".join(filter(None, (str(each.year or ""), record.province)))
        return (where, record.task, lead, record.due_text, record.product, place(record, links))

    return [mine, *map(row, (*task.earlier, *task.others))]


def _goal_rows(goal: GoalPrecedents, links: Links, language: Language) -> list[Sequence[Value]]:
    told = [STATUSES[goal.status][language]]
    if goal.outside and goal.lowest is not None and goal.highest is not None:
        told.append(f"{OUTSIDE[goal.outside][language]} ({decimal(goal.lowest)}–{decimal(goal.highest)})")
    mine: Sequence[Value] = ("; ".join(told).upper(), goal.indicator, _set(goal), goal.due_text, goal.section)
    rows: list[Sequence[Value]] = [mine]
    for each in (*goal.earlier, *goal.others):
        where = " · ".join(filter(None, (str(each.year or ""), each.record.province)))
        record = each.record
        rows.append((where, record.indicator, amount(record), record.due_text, place(record, links)))
    return rows


def _set(goal: GoalPrecedents) -> str:
    """How much a drafted goal asks for."""
    value = decimal(goal.value) if goal.value_high is None else f"{decimal(goal.value)}–{decimal(goal.value_high)}"
    sign = "" if goal.comparator in ("=", "range") else SIGNS.get(goal.comparator, goal.comparator)
    return " ".join(filter(None, (sign, value, goal.unit)))


def of_overlaps(found: Sequence[Overlap], links: Links, language: Language) -> list[Sheet]:
    """The groups, a task a row; the first of each group says what they are."""
    say = saying(language)
    rows: list[Sequence[Value]] = []
    for group in found:
        told = [KINDS[group.kind][language], *(WAYS[way][language] for way in group.ways)]
        if group.intended:
            told.append(say("đã xác nhận chủ ý", "intended"))
        for at, row in enumerate(group.tasks):
            head: tuple[Value, Value] = (group.id, ", ".join(told)) if at == 0 else (None, None)
            rows.append((*head, row.task, "; ".join(row.lead), row.due_text, place(row, links)))
    heads = [
        (say("Nhóm", "Group"), 14),
        (say("Trùng thế nào", "How"), 26),
        (say("Nhiệm vụ", "Task"), 60),
        (say("Chủ trì", "Lead"), 28),
        (say("Thời hạn", "Deadline"), 22),
        (say("Văn bản", "Document"), 24),
    ]
    return [Sheet(say("Việc trùng", "Overlaps"), heads, rows)]


def of_duties(found: Duties, links: Links, language: Language) -> list[Sheet]:
    """The duties, a row each, by deadline."""
    say = saying(language)
    heads = [
        (say("Hạn", "Due"), 14),
        (say("Việc", "What"), 70),
        (say("Vai trò", "Role"), 18),
        (say("Sản phẩm", "Product"), 24),
        (say("Văn bản", "Document"), 24),
    ]
    return [Sheet(say("Việc phải làm", "Duties"), heads, [_duty_row(duty, links, language) for duty in found.duties])]


def _duty_row(duty: Duty, links: Links, language: Language) -> Sequence[Value]:
    record = duty.record
    goal = isinstance(record, TargetRow)
    what = f"{record.indicator}: {amount(record)}" if isinstance(record, TargetRow) else record.task
    told = [KINDS[duty.kind][language], ROLES[duty.role][language] if duty.role else ""]
    if duty.inherited:
        told.append(saying(language)("kế thừa", "inherited"))
    due: date | str | None = duty.due or record.due_text
    product = None if goal else getattr(record, "product", None)
    return (due, what, ", ".join(filter(None, told)), product, place(record, links))


def place(row: AssignmentRow | TargetRow, links: Links) -> Value:
    """A record's document and section, leading to its source."""
    name = row.number or row.title or row.source.rsplit("/", 1)[-1]
    text = ", ".join(filter(None, (name, row.section, f"{row.issued_on:%d/%m/%Y}" if row.issued_on else "")))
    link = links.to(row)
    return Linked(text, link) if link else text


def period(found: Duties, language: Language) -> str:
    """A period in words, empty where it is open at both ends."""
    since, until = ("từ", "đến") if language == "vi" else ("from", "to")
    ends = ((since, found.first), (until, found.last))
    told = " ".join(f"{word} {day:%d/%m/%Y}" for word, day in ends if day)
    return f", {told}" if told else ""
