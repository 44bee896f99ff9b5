"""The goals in numbers that tables set: a column of goals, or one a year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from corpus.language.deadlines import Deadline, read_deadline
from corpus.language.quantities import find_quantities, parse_number
from corpus.model import Cell, Table
from indexer.extraction.goals import Scope
from indexer.extraction.measured import Goal, goals_in
from indexer.structure.tables import TableRow, rows_of

_GOAL_HEAD = re.compile(r"chỉ\s+tiêu|mục\s+tiêu|kế\s+hoạch(?!.*vốn)|phấn\s+đấu|mức\s+đạt|dự\s+kiến", re.IGNORECASE)
_NAME_HEAD = re.compile(
    r"(?:tên\s+|các\s+|nội\s+dung\s+)?(?:chỉ\s+tiêu|mục\s+tiêu|chỉ\s+số|tiêu\s+chí|nội\s+dung|danh\s+mục|hạng\s+mục)",
    re.IGNORECASE,
)
_UNIT_HEAD = re.compile(r"đơn\s+vị(?:\s+tính)?$|đvt$|đv\s+tính$", re.IGNORECASE)
_YEAR_HEAD = re.compile(
    r"(?:năm|đến|giai\s+đoạn|kế\s+hoạch|kh|mục\s+tiêu|chỉ\s+tiêu|quý)?.*?(?<!\d)20\d\d", re.IGNORECASE
)
_YEARS = re.compile(
    r"(?:(?:đến|hết)\s+)*(?:(?:năm|giai\s+đoạn)\s+)?(?<!\d)20\d\d(?:\s*[-–]\s*20\d\d)?(?!\d)", re.IGNORECASE
)
_NOT_GOALS = re.compile(
    r"thực\s+hiện(?!\s+(?:đến|trong)\s+năm)|(?<!\w)th(?!\w)|ước|hiện\s+trạng|kết\s+quả|đánh\s+giá|hiện\s+hành|kinh\s+phí"
    r"|dự\s+toán|vốn|thành\s+tiền|đơn\s+giá|mức\s+chi|ghi\s+chú|điểm|cơ\s+quan|đơn\s+vị\s+(?:chủ|phối|thực)|chủ\s+trì"
    r"|phối\s+hợp|so\s+sánh|tăng",
    re.IGNORECASE,
)
_TASK_HEAD = re.compile(
    r"nhiệm\s+vụ|công\s+việc|nội\s+dung|hoạt\s+động|hình\s+thức|vật\s+tư|sản\s+phẩm|kết\s+quả", re.IGNORECASE
)
_PRODUCT_HEAD = re.compile(
    r"sản\s+phẩm|kết\s+quả(?!\s+năm)|số\s+lượng|khối\s+lượng|đầu\s+ra|quy\s+mô|yêu\s+cầu", re.IGNORECASE
)
_TIME_HEAD = re.compile(r"thời\s+(?:gian|hạn)|tiến\s+độ|hoàn\s+thành|lộ\s+trình", re.IGNORECASE)
_SCORES = re.compile(r"(?:thang\s+|số\s+)?điểm|chấm", re.IGNORECASE)
_COUNTING = re.compile(r"(?:s?tt|số\s+tt|số\s+thứ\s+tự)\.?$", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_BARE_NUMBER = re.compile(
    r"(?P<sense>[≥≤<>]=?|>=|<=)?\s*(?P<low>\d[\d.,]*)(?:\s*[-–]\s*(?P<high>\d[\d.,]*))?\s*(?P<per>%)?"
)
_SIGNS = {"≥": ">=", ">=": ">=", "≤": "<=", "<=": "<=", "<": "<", ">": ">"}


@dataclass(slots=True)
class _Columns:
    """Which columns of a table hold what."""

    name: int | None = None
    unit: int | None = None
    values: dict[int, Deadline | None] = field(default_factory=dict)
    products: list[int] = field(default_factory=list)
    time: int | None = None


def table_goals(text: str, table: Table, scope: Scope | None, *, plan: bool, year: int | None) -> Iterator[Goal]:
    """The goals that a table sets; ``scope`` is that of the place where it stands.

    A column headed by a year holds goals for that year; where the cells of goals are whole clauses these are read as
    prose is; of a table of tasks the tasks and products are.
    """
    rows = rows_of(text, table)
    if not rows or not plan or scope in {Scope.PAST, Scope.MONEY, Scope.REWARD}:
        return
    heads = tuple(" ".join(head.split()) for head in rows[0].heads)
    if any(_SCORES.match(head) for head in heads):
        return
    columns = _columns(heads, scope, year)
    for row in rows:
        yield from _row_goals(text, row, columns, scope, year)


def _columns(heads: tuple[str, ...], scope: Scope | None, year: int | None) -> _Columns:
    columns = _Columns()
    for at, head in enumerate(heads):
        if not head or _COUNTING.match(head):
            continue
        if _UNIT_HEAD.search(head) and columns.unit is None:
            columns.unit = at
        elif _TIME_HEAD.match(head):
            columns.time = at
        elif (
            columns.name is None
            and not _YEAR_HEAD.fullmatch(head)
            and (_NAME_HEAD.match(head) or _TASK_HEAD.search(head))
        ):
            columns.name = at
        elif _PRODUCT_HEAD.match(head):
            columns.products.append(at)
        elif _NOT_GOALS.search(head):
            continue
        elif _YEAR_HEAD.match(head) or _GOAL_HEAD.search(head):
            columns.values[at] = _time_of(head, year)
    goals = scope is Scope.GOALS or any(_GOAL_HEAD.search(head) for head in heads)
    if not goals:
        columns.values.clear()
    return columns


def _time_of(head: str, year: int | None) -> Deadline | None:
    """The year that heads a column, None where it names none."""
    found = _YEARS.search(head)
    return None if found is None else read_deadline(found[0], year)


def _row_goals(text: str, row: TableRow, columns: _Columns, scope: Scope | None, year: int | None) -> Iterator[Goal]:
    name = _words(text, row.cells[columns.name]) if columns.name is not None else ""
    unit = _words(text, row.cells[columns.unit]) if columns.unit is not None else ""
    due = read_deadline(_words(text, row.cells[columns.time]), year) if columns.time is not None else None
    found = False
    for at, when in columns.values.items():
        cell = row.cells[at]
        if (goal := _value_goal(text, cell, name, unit)) is not None:
            found = True
            yield replace(goal, due=when or due)
    if found or columns.name is None:
        return
    inside = Scope.GOALS if scope is Scope.GOALS or not columns.products else Scope.TASKS
    for at in (columns.name, *columns.products, *columns.values):
        cell = row.cells[at]
        for goal in goals_in(text[cell.start : cell.end], cell.start, inside, plan=True, year=year):
            # "04 bộ đồ họa" in a cell of products: the row's task names it.
            named = at == columns.name or not goal.indicator[:1].isdigit() or not name
            yield replace(
                goal,
                due=goal.due or due,
                indicator=goal.indicator if named else name,
                name=goal.name if named else name,
            )


def _value_goal(text: str, cell: Cell, name: str, unit: str) -> Goal | None:
    """The goal of a cell that holds but a value, for what its row names."""
    words = text[cell.start : cell.end].strip()
    start = cell.start + len(text[cell.start : cell.end]) - len(text[cell.start : cell.end].lstrip())
    if not name or not words:
        return None
    end = start + len(words)
    if bare := _BARE_NUMBER.fullmatch(words):
        low = parse_number(bare["low"].rstrip(".,"))
        high = parse_number(bare["high"].rstrip(".,")) if bare["high"] else None
        measure = "%" if bare["per"] else unit
        if not measure:
            return None
        sign = "range" if high is not None else _SIGNS.get(bare["sense"] or "", "=")
        return Goal(start, end, start, name, name, sign, low, high, measure)
    quantities = find_quantities(words)
    if not quantities and unit:
        # "từ 88 trở lên" in a row whose unit stands in a column of its own.
        words = _NUMBER.sub(lambda match: f"{match[0]} {unit}", words, count=1)
        quantities = find_quantities(words)
    if len(quantities) != 1:
        return None
    quantity = quantities[0]
    outside = (words[: quantity.start] + words[quantity.end :]).strip(" .;,()")
    if len(outside.split()) > 2:  # noqa: PLR2004  # more words: a clause of its own
        return None
    return Goal(
        start,
        end,
        start + quantity.number,
        name,
        name,
        quantity.comparator,
        quantity.value,
        quantity.high,
        quantity.unit,
    )


def _words(text: str, cell: Cell) -> str:
    return " ".join(text[cell.start : cell.end].split()).strip(" .;,-–+")
