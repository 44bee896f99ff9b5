"""Comparisons of plans as Excel sheets and Word documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from api.answers.comparing import STATUSES, Comparison, GoalChange, Status, TaskChange, counts
from api.exports.cells import Linked, Value
from api.exports.columns import value_of
from api.exports.sheets import Sheet, sheets_to_xlsx
from api.exports.word import Heading, Paragraph, Part, Run, Table, Words, word
from api.exports.wording import Said, amount, decimal
from corpus.errors import Language

if TYPE_CHECKING:
    from api.answers.assignments import AssignmentRow
    from api.answers.documents import DocumentCard
    from api.answers.targets import TargetRow
    from api.exports.links import Links

STATUS_NAMES: dict[Status, Said] = {
    "kept": {"vi": "giữ nguyên", "en": "kept"},
    "changed": {"vi": "thay đổi", "en": "changed"},
    "inherited": {"vi": "cơ quan kế thừa", "en": "inherited"},
    "moved": {"vi": "chuyển cơ quan", "en": "moved"},
    "new": {"vi": "mới", "en": "new"},
    "dropped": {"vi": "không còn", "en": "dropped"},
}
"""What became of a task or goal, as people read it."""

_HEADS: dict[str, Said] = {
    "status": {"vi": "Tình trạng", "en": "Status"},
    "task": {"vi": "Nhiệm vụ", "en": "Task"},
    "goal": {"vi": "Chỉ tiêu", "en": "Goal"},
    "lead": {"vi": "Chủ trì", "en": "Lead"},
    "due": {"vi": "Thời hạn", "en": "Deadline"},
    "product": {"vi": "Sản phẩm", "en": "Product"},
    "place": {"vi": "Ở đâu", "en": "Where"},
    "value": {"vi": "Mức", "en": "Value"},
    "unit": {"vi": "Đơn vị", "en": "Unit"},
    "change": {"vi": "Tăng, giảm", "en": "Change"},
    "coordinating": {"vi": "Phối hợp", "en": "Coordinating"},
    "before": {"vi": "trước", "en": "before"},
    "after": {"vi": "sau", "en": "after"},
    "pair": {"vi": "So sánh", "en": "Compared"},
}
_TITLE: Said = {"vi": "So sánh kế hoạch", "en": "Plans compared"}
_SHEETS: dict[str, Said] = {
    "tasks": {"vi": "Nhiệm vụ", "en": "Tasks"},
    "goals": {"vi": "Chỉ tiêu", "en": "Goals"},
}


def name_of(card: DocumentCard) -> str:
    """A document in a few words: its number and the year that it plans for, else its title."""
    name = card.number or card.title or card.source.rsplit("/", 1)[-1]
    return f"{name} ({card.year_from})" if card.year_from else name


def summary(changes: Sequence[TaskChange] | Sequence[GoalChange], language: Language) -> str:
    """How many there are of each status: "giữ nguyên 3, thay đổi 5"; a dash for none."""
    told = counts(changes)
    return ", ".join(f"{STATUS_NAMES[status][language]} {told[status]}" for status in STATUSES if told[status]) or "–"


def signed(change: float | None) -> str:
    """A change of a goal with its sign and a decimal comma: "+5", "−1,5"; empty for none."""
    if not change:
        return ""
    return f"{'+' if change > 0 else '−'}{decimal(abs(change))}"


def compared_word(comparisons: Sequence[Comparison], links: Links, language: Language, notice: str) -> bytes:
    """A Word document: of each comparison the numbers, its goals and its tasks; words that went are struck through."""
    parts: list[Part] = []
    for each in comparisons:
        parts.append(Heading(f"{name_of(each.first)} → {name_of(each.second)}"))
        for kind, told in (("goals", summary(each.goals, language)), ("tasks", summary(each.tasks, language))):
            parts.append(Paragraph(f"{_SHEETS[kind][language]}: {told}.", bullet=True))
        if each.goals:
            head = _named(("status", "goal", "value", "change", "place"), language)
            rows = [_goal_words(change, links, language) for change in each.goals]
            parts += [Heading(_SHEETS["goals"][language], 2), Table(head, rows, (2, 6, 3, 2, 3))]
        if each.tasks:
            head = _named(("status", "task", "lead", "due", "product", "place"), language)
            tasks = [_task_words(change, links, language) for change in each.tasks]
            parts += [Heading(_SHEETS["tasks"][language], 2), Table(head, tasks, (2, 8, 4, 3, 3, 2.5))]
    return word(_TITLE[language], notice, parts)


def _named(names: Sequence[str], language: Language) -> list[str]:
    return [_HEADS[name][language] for name in names]


def _task_words(change: TaskChange, links: Links, language: Language) -> list[Words]:
    sides = (change.first, change.second)
    told = [Run(f"{piece.text} ", mark="" if piece.kind == "same" else piece.kind) for piece in change.words]
    return [
        Run(STATUS_NAMES[change.status][language], bold=change.status != "kept"),
        told or _passed(*(side.task if side else None for side in sides)),
        _passed(*("; ".join(side.lead) if side else None for side in sides)),
        _passed(*(side.due_text if side else None for side in sides)),
        _passed(*(side.product if side else None for side in sides)),
        _places(sides, links),
    ]


def _goal_words(change: GoalChange, links: Links, language: Language) -> list[Words]:
    sides = (change.first, change.second)
    return [
        Run(STATUS_NAMES[change.status][language], bold=change.status != "kept"),
        next(side.indicator for side in reversed(sides) if side),
        _passed(*(amount(side) if side else None for side in sides)),
        signed(change.change),
        _places(sides, links),
    ]


def _passed(before: str | None, after: str | None) -> list[Run]:
    """What was and what is, one beside the other; once where they are the same."""
    if before == after:
        return [Run(after or "")]
    was = [Run(before, mark="gone")] if before else []
    now = [Run(after, mark="added")] if after else []
    return [*was, *([Run(" → ")] if was and now else []), *now]


def _places(sides: Sequence[AssignmentRow | TargetRow | None], links: Links) -> Words:
    runs: list[Run] = []
    for row in sides:
        if row is not None:
            runs += [Run(" → ")] if runs else []
            runs.append(Run(_place(row), link=links.to(row)))
    return runs


def _place(row: AssignmentRow | TargetRow) -> str:
    return row.section or (f"tr. {row.page}" if row.page else "→")


def compared_xlsx(comparisons: Sequence[Comparison], links: Links, language: Language, notice: str) -> bytes:
    """A workbook of two sheets, tasks and goals, a row a change; sections link to the source."""
    before, after = _HEADS["before"][language], _HEADS["after"][language]

    def twice(*names: str) -> list[str]:
        return [f"{_HEADS[name][language]} ({when})" for name in names for when in (before, after)]

    once = _named(("pair", "status"), language)
    tasks = once + twice("task", "lead", "coordinating", "due", "product", "place")
    goals = [*once, *twice("goal", "value"), *_named(("change", "unit"), language), *twice("place")]
    sheets = [
        _sheet(_SHEETS["tasks"][language], tasks, _task_rows(comparisons, links, language)),
        _sheet(_SHEETS["goals"][language], goals, _goal_rows(comparisons, links, language)),
    ]
    return sheets_to_xlsx(_TITLE[language], notice, sheets)


def _sheet(name: str, heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> Sheet:
    widths = [50 if at in (2, 3) else max(12, len(head)) for at, head in enumerate(heads)]
    return Sheet(name, list(zip(heads, widths, strict=True)), list(rows), frozen="C2")


def _task_rows(comparisons: Sequence[Comparison], links: Links, language: Language) -> Iterator[Sequence[Value]]:
    for each in comparisons:
        for change in each.tasks:
            sides = (change.first, change.second)
            row: list[Value] = [_pair(each), STATUS_NAMES[change.status][language]]
            for name in ("task", "lead", "coordinating", "due_text", "product"):
                row += [value_of(side, name) if side else None for side in sides]
            yield [*row, *(_linked(side, links) for side in sides)]


def _goal_rows(comparisons: Sequence[Comparison], links: Links, language: Language) -> Iterator[Sequence[Value]]:
    for each in comparisons:
        for change in each.goals:
            sides = (change.first, change.second)
            some = change.second or change.first
            yield [
                _pair(each),
                STATUS_NAMES[change.status][language],
                *(side.indicator if side else None for side in sides),
                *(side.value if side else None for side in sides),
                change.change,
                some.unit if some else None,
                *(_linked(side, links) for side in sides),
            ]


def _pair(comparison: Comparison) -> str:
    return f"{name_of(comparison.first)} → {name_of(comparison.second)}"


def _linked(row: AssignmentRow | TargetRow | None, links: Links) -> Value:
    return Linked(_place(row), links.to(row)) if row else None
