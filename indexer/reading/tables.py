"""What Word files and web pages share about tables: which only place things side by side, and how a row is printed."""

from __future__ import annotations

import re
from collections.abc import Sequence

# What the two-column head of an official letter and its foot print (Decree 30/2020/NĐ-CP, annex I; Guide 36-HD/VPTW for
# Party documents). A table that holds one of these within a few rows places text, it does not tabulate.
_LETTERHEAD = re.compile(
    r"CỘNG\s+H(?:ÒA|OÀ)\s+XÃ\s+HỘI|Độc\s+lập\s*[-–]\s*Tự\s+do|ĐẢNG\s+CỘNG\s+SẢN|Nơi\s+nhận\s*:", re.IGNORECASE
)
_LETTERHEAD_ROWS = 5
_LETTERHEAD_COLUMNS = 3
_PROSE_CELL = 1500  # characters: longer cells of a table without borders are columns of a page


def is_layout(rows: Sequence[Sequence[str]], bordered: bool) -> bool:
    """Whether a table of cell texts only places text side by side, so that its cells are read one after another."""
    columns = max(map(len, rows), default=0)
    if columns <= 1:
        return True
    small = len(rows) <= _LETTERHEAD_ROWS and columns <= _LETTERHEAD_COLUMNS
    if small and any(_LETTERHEAD.search(cell) for row in rows for cell in row):
        return True
    if bordered:
        return False
    return len(rows) == 1 or any(len(cell) > _PROSE_CELL for row in rows for cell in row)


def row_text(cells: Sequence[str]) -> str:
    """A row's cells joined by " | ", empty ones kept so that columns stay in line; a row of one cell is that cell."""
    cells = [" ".join(cell.split()) for cell in cells]
    filled = [cell for cell in cells if cell]
    return " | ".join(cells) if len(filled) > 1 else "".join(filled)
