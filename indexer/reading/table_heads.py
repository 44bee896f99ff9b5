"""Which rows at the top of a table are the heads of its columns, told by their words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from corpus.model import Cell

# The head of the column that counts the rows, as plans print it.
COUNTING = re.compile(r"(?:S?TT|Stt|[Ss]ố\s+TT|SỐ\s+TT|S\.\s?TT|[Ss]ố\s+thứ\s+tự|SỐ\s+THỨ\s+TỰ|No\.?)\.?")

# Words with which heads of columns begin or end in plans, assignments, procedures and budgets (read off annexes of
# provincial plans; Decree 30/2020/NĐ-CP leaves the heads of tables free).
_HEAD_WORDS = re.compile(
    r"""(?:nội\s+dung|nhiệm\s+vụ|công\s+việc|hoạt\s+động|giải\s+pháp|tên|danh\s+mục|chỉ\s+tiêu|mục\s+tiêu|tiêu\s+chí|lĩnh\s+vực
      |cơ\s+quan|đơn\s+vị|chủ\s+trì|phối\s+hợp|trách\s+nhiệm|phân\s+công|người|họ\s+và\s+tên|chức\s+vụ|địa\s+phương|địa\s+bàn
      |thời\s+(?:gian|hạn|điểm)|tiến\s+độ|hạn\s+|hoàn\s+thành|năm|quý|giai\s+đoạn|lộ\s+trình
      |sản\s+phẩm|kết\s+quả|hình\s+thức|ghi\s+chú|căn\s+cứ|kinh\s+phí|nguồn|kế\s+hoạch|đvt|đơn\s+giá|thành\s+tiền|số\s+
      |tổng|mức|tỷ\s+lệ|tỉ\s+lệ|loại|mã|phí|địa\s+(?:điểm|chỉ)|cách\s+thức|quy\s+mô|vị\s+trí|trình\s+tự|diện\s+tích|dự\s+án)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_HEAD = 14  # words
_ENDS_SENTENCE = re.compile(r"[.;!?]$")
_AMOUNT = re.compile(r"[\d.,%/\s-]+")
_COLUMN_NUMBER = re.compile(r"[(\[]?\s*(\d{1,2})\s*[)\]]?(?:\s*=.*)?")
_COLUMN_LETTER = re.compile(r"[(\[]?[A-Ca-c][)\]]?")
_FEWEST_NUMBERED = 3
_MOST_HEADS = 4


def is_head(words: str) -> bool:
    """Whether a cell can be a column head: a few words, no sentence and no amount."""
    words = " ".join(words.split())
    return (
        bool(words)
        and len(words.split()) <= _LONGEST_HEAD
        and not _ENDS_SENTENCE.search(words)
        and not _AMOUNT.fullmatch(words)
    ) or COUNTING.fullmatch(words) is not None


def is_head_row(cells: Sequence[str]) -> bool:
    """Whether the filled cells of a row read like the heads of columns."""
    filled = [" ".join(cell.split()) for cell in cells if cell.strip()]
    if len(filled) < 2 or not all(map(is_head, filled)):  # noqa: PLR2004 - one cell heads no columns
        return False
    if COUNTING.fullmatch(filled[0]):
        return True
    return sum(_HEAD_WORDS.match(cell) is not None for cell in filled) * 2 > len(filled)


def is_numbering(cells: Sequence[str]) -> bool:
    """Whether a row only numbers the columns: "(1) | (2) | (3)", "A | B | 1 | 2"."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) < _FEWEST_NUMBERED:
        return False
    while filled and _COLUMN_LETTER.fullmatch(filled[0]):
        filled = filled[1:]
    values = [int(number[1]) for cell in filled if (number := _COLUMN_NUMBER.fullmatch(cell))]
    if len(filled) != len(values) or not values or values[0] != 1:
        return False
    # A number may be missing where a merged head has none.
    return all(1 <= after - before <= 2 for before, after in pairwise(values))  # noqa: PLR2004  (small counts, plain where they stand)


def count_heads(cells: Iterable[tuple[Cell, str]]) -> int:
    """How many rows at the top are column heads, those that only number the columns included; 0 where none are.

    ``cells``: every cell of a table with its text. A title over all the columns counts where heads follow it.
    """
    rows: dict[int, list[tuple[Cell, str]]] = {}
    for cell, text in cells:
        rows.setdefault(cell.row, []).append((cell, text))
    width = max((cell.column + cell.columns for row in rows.values() for cell, _ in row), default=0)
    first = 0
    while first in rows and _is_title(rows[first], width):
        first += 1
    if first > 1 or first not in rows or not is_head_row([text for _, text in rows[first]]):
        return 0
    count = first + max((cell.rows for cell, text in rows[first] if text), default=1)
    if count == first + 1 and any(cell.columns > 1 and text for cell, text in rows[first]):
        below = rows.get(count, [])
        count += _is_under([c for c, text in rows[first] if text], below)
    while count in rows and is_numbering([text for _, text in rows[count]]):
        count += 1
    return min(count, len(rows) - 1, first + _MOST_HEADS)


def _is_title(row: list[tuple[Cell, str]], width: int) -> bool:
    filled = [(cell, text) for cell, text in row if text]
    return width > 1 and len(filled) == 1 and filled[0][0].columns == width


def _is_under(heads: Sequence[Cell], row: list[tuple[Cell, str]]) -> bool:
    """Whether a row's filled cells all stand under heads that cover several columns, and can be heads."""
    filled = [(cell, text) for cell, text in row if text]
    wide = {column for head in heads if head.columns > 1 for column in range(head.column, head.column + head.columns)}
    return bool(filled) and all(cell.column in wide and is_head(text) for cell, text in filled)
