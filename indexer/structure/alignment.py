"""Which column each cell of a row belongs to, where blank cells have vanished or a cell fell into paragraphs."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

# What a cell is, by how it begins (read off assignment tables of plans). Order matters: the first that fits counts.
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("amount", re.compile(r"[\d.,%/x\s-]*\d[\d.,%/\s-]*")),
    (
        "time",
        re.compile(
            r"""(?:trước|trong|h[ằà]ng|thường\s+xuyên|quý|quí|tháng|năm|ngày|từ\s+(?:ngày|tháng|năm|quý|\d)|đến|chậm\s+nhất
              |hoàn\s+thành|giai\s+đoạn|theo\s+(?:tiến\s+độ|lộ\s+trình|kế\s+hoạch|yêu\s+cầu)|định\s+kỳ|đột\s+xuất|sau\s+khi
              |cả\s+năm|ngay\s+sau|\d{1,2}[/-]\d{4}|\d{4}\b|\d+(?:[/,]\d+)?\s+(?:ngày|giờ|tháng|năm))\b.{0,70}""",
            re.IGNORECASE | re.VERBOSE | re.DOTALL,
        ),
    ),
    (
        "body",
        re.compile(
            r"""(?:[-+]\s*)?(?:các\s+|cấp\s+)?(?:sở|ban|ngành|bộ|cục|chi\s+cục|ubnd|hđnd|[uủ][ỷyỷ]\s+ban|văn\s+phòng|công\s+an
              |trung\s+tâm|báo\s+và|đài|thanh\s+tra|hội|liên\s+(?:đoàn|hiệp)|mặt\s+trận|viện|trường|đơn\s+vị|cơ\s+quan
              |địa\s+phương|phòng|doanh\s+nghiệp|tỉnh\s+đoàn|tỉnh\s+ủy|kho\s+bạc|ngân\s+hàng|bảo\s+hiểm|thủ\s+trưởng
              |chủ\s+(?:đầu\s+tư|tịch)|bệnh\s+viện|tòa\s+án|thuế|hải\s+quan|quỹ|tổ\s+công\s+tác)\b.{0,250}""",
            re.IGNORECASE | re.VERBOSE | re.DOTALL,
        ),
    ),
)
_ALL_KINDS = ("amount", "time", "body", "words")
# What the cells of a column are, by its head.
_EXPECTED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("time", re.compile(r"thời\s+(?:gian|hạn)|tiến\s+độ|lộ\s+trình|hoàn\s+thành|hạn\b", re.IGNORECASE)),
    (
        "body",
        re.compile(r"chủ\s+trì|phối\s+hợp|cơ\s+quan|đơn\s+vị\s+(?!tính)|trách\s+nhiệm|phân\s+công", re.IGNORECASE),
    ),
    (
        "amount",
        re.compile(r"số\s+lượng|kinh\s+phí|mức|tỷ\s+lệ|đơn\s+giá|thành\s+tiền|diện\s+tích|năm\s+\d", re.IGNORECASE),
    ),
)
# Columns that plans often leave blank: who helps, by when, remarks.
_OFTEN_BLANK = re.compile(r"phối\s+hợp|ghi\s+chú|thời|tiến\s+độ|sản\s+phẩm|kết\s+quả|kinh\s+phí|nguồn", re.IGNORECASE)
_ITEM_MARK = re.compile(r"[-+•*]\s*\S")
_WORD = re.compile(r"\w+")
_KIND_WEIGHT, _LENGTH_WEIGHT, _LIKENESS = 1.0, 0.5, 3.0
_SKIP, _SKIP_OFTEN_BLANK, _SAME_CELL = -2.5, -1.0, -2.0
_COMPARED = 60  # rows: what a column holds shows in as many


@dataclass(frozen=True)
class _Column:
    """What a column of a table holds, as its head and its cells in complete rows tell."""

    head: str
    cells: tuple[str, ...]

    @cached_property
    def _kinds(self) -> dict[str, float]:
        expected = next((kind for kind, pattern in _EXPECTED if pattern.search(self.head)), "words")
        counts = Counter(map(_kind, self.cells))
        prior = {kind: 1.4 if kind == expected else 0.2 for kind in _ALL_KINDS}
        return {kind: math.log((counts[kind] + prior[kind]) / (len(self.cells) + 2)) for kind in _ALL_KINDS}

    @cached_property
    def _length(self) -> tuple[float, float]:
        lengths = [math.log(1 + len(cell)) for cell in self.cells] or [4.0]
        mean = sum(lengths) / len(lengths)
        return mean, max(0.5, math.sqrt(sum((length - mean) ** 2 for length in lengths) / len(lengths)))

    @cached_property
    def _words(self) -> list[frozenset[str]]:
        return [_words(cell) for cell in self.cells]

    @property
    def skip(self) -> float:
        return _SKIP_OFTEN_BLANK if _OFTEN_BLANK.search(self.head) else _SKIP

    def fit(self, cell: str) -> float:
        mean, spread = self._length
        distance = (math.log(1 + len(cell)) - mean) / spread
        words = _words(cell)
        like = max((len(words & other) / len(words | other) for other in self._words if words | other), default=0.0)
        return (
            _KIND_WEIGHT * self._kinds[_kind(cell)] - _LENGTH_WEIGHT * min(distance * distance, 8.0) + _LIKENESS * like
        )


@dataclass(frozen=True)
class Columns:
    """The columns of a table right of the one that counts the rows: heads, and cells of complete rows."""

    heads: tuple[str, ...]
    complete: Sequence[Sequence[str]] = field(default_factory=tuple)

    @cached_property
    def _columns(self) -> list[_Column]:
        rows = self.complete[:_COMPARED]
        return [_Column(head, tuple(row[at] for row in rows)) for at, head in enumerate(self.heads)]

    def place(self, cells: Sequence[str]) -> tuple[int, ...]:
        """The column of each cell, in order; neighbours in one column are paragraphs of one cell.

        The placing that fits kinds (amount, time, body, words), lengths and words of the columns best.
        """
        columns = self._columns
        if len(cells) == len(columns):
            return tuple(range(len(columns)))
        # best[c]: the best score with the last cell in column c, and the columns so far
        best: dict[int, tuple[float, tuple[int, ...]]] = {-1: (0.0, ())}
        for at, cell in enumerate(cells):
            fits = [column.fit(cell) for column in columns]
            joins = 0.0 if at and _ITEM_MARK.match(cell) else _SAME_CELL
            reached: dict[int, tuple[float, tuple[int, ...]]] = {}
            for last, (score, places) in best.items():
                skipped = 0.0
                for column in range(max(last, 0), len(columns)):
                    here = score + skipped + (joins if column == last else fits[column])
                    if column not in reached or here > reached[column][0]:
                        reached[column] = (here, (*places, column))
                    if column != last:
                        skipped += columns[column].skip
            best = reached
        rest = {last: sum(column.skip for column in columns[last + 1 :]) for last in best}
        return max(((score + rest[last], places) for last, (score, places) in best.items()), default=(0.0, ()))[1]


def _kind(cell: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(cell)), "words")


def _words(cell: str) -> frozenset[str]:
    return frozenset(_WORD.findall(cell.lower()))
