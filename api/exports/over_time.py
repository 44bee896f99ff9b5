"""Goal series and timelines laid out as tables: an indicator a row and a year a column, or a goal a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from api.answers.timeline import GoalSeries, Timeline
from api.exports.answered import place
from api.exports.cells import Value
from api.exports.links import Links
from api.exports.sheets import Sheet
from api.exports.wording import amount, saying
from corpus.errors import Language


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """A goal of a series, flat: what a line of CSV holds; ``key``: the same for indicators that can be compared."""

    indicator: str
    key: str
    province: str | None
    issuer: str | None
    year: int
    comparator: str
    value: float
    value_high: float | None
    unit: str | None
    number: str | None
    section: str
    page: int | None
    due_text: str | None
    document: str
    source: str


def points_of(found: Sequence[GoalSeries]) -> list[SeriesPoint]:
    """Every goal of some series, a row each, in their order."""
    return [
        SeriesPoint(
            each.indicator,
            each.key,
            each.province,
            each.issuer,
            point.year,
            point.target.comparator,
            point.target.value,
            point.target.value_high,
            point.target.unit,
            point.target.number,
            point.target.section,
            point.target.page,
            point.target.due_text,
            point.target.document,
            point.target.source,
        )
        for each in found
        for point in each.points
    ]


def of_series(found: Sequence[GoalSeries], links: Links, language: Language) -> list[Sheet]:
    """The series side by side, a column a year; then every goal with its source."""
    say = saying(language)
    rows: list[Sequence[Value]] = []
    for each in found:
        for point in each.points:
            row = point.target
            told = (each.indicator, each.issuer or each.province, str(point.year), amount(row), row.due_text)
            rows.append((*told, place(row, links)))
    heads = [
        (say("Chỉ tiêu", "Indicator"), 60),
        (say("Cơ quan", "Authority"), 30),
        (say("Năm", "Year"), 8),
        (say("Mức", "Value"), 14),
        (say("Thời hạn", "Deadline"), 20),
        (say("Văn bản", "Document"), 26),
    ]
    return [side_by_side(found, language), Sheet(say("Từng chỉ tiêu", "Goal by goal"), heads, rows)]


def side_by_side(found: Sequence[GoalSeries], language: Language) -> Sheet:
    """A series a row, a year a column; several goals of one year stand in one cell."""
    years = sorted({point.year for each in found for point in each.points})
    rows: list[Sequence[Value]] = []
    for each in found:
        told: dict[int, list[str]] = defaultdict(list)
        for point in each.points:
            told[point.year].append(amount(point.target))
        values = ("; ".join(dict.fromkeys(told[year])) or None for year in years)
        rows.append((each.indicator, each.issuer or each.province, *values))
    say = saying(language)
    heads = [(say("Chỉ tiêu", "Indicator"), 60), (say("Cơ quan", "Authority"), 30)]
    return Sheet(say("Theo năm", "By year"), [*heads, *((str(year), 12) for year in years)], rows, frozen="C2")


def of_timeline(found: Timeline, links: Links, language: Language) -> list[Sheet]:
    """The years, the goals by year, who was responsible when, and the tasks that say so."""
    say = saying(language)
    years = Sheet(
        say("Các năm", "Years"),
        [
            (say("Năm", "Year"), 8),
            (say("Văn bản", "Documents"), 12),
            (say("Đoạn", "Passages"), 12),
            (say("Mục nói rõ", "Headings"), 90),
        ],
        [(str(each.year), each.documents, each.passages, "\n".join(each.headings)) for each in found.years],
    )
    led = Sheet(
        say("Ai phụ trách", "Responsible"),
        [
            (say("Cơ quan", "Agency"), 34),
            (say("Tỉnh, thành phố", "Province"), 18),
            (say("Các năm", "Years"), 30),
            (say("Nay là", "Today"), 34),
        ],
        [
            (each.agency, each.province, ", ".join(map(str, each.years)), "; ".join(each.today))
            for each in found.responsible
        ],
    )
    tasks = Sheet(
        say("Nhiệm vụ", "Tasks"),
        [
            (say("Cơ quan", "Agency"), 30),
            (say("Nhiệm vụ", "Task"), 70),
            (say("Thời hạn", "Deadline"), 20),
            (say("Văn bản", "Document"), 26),
        ],
        [
            (each.agency, task.task, task.due_text, place(task, links))
            for each in found.responsible
            for task in each.tasks
        ],
    )
    return [years, side_by_side(found.goals, language), led, tasks]
