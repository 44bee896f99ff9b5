"""The order of reading: letterhead and signature block stand in two columns, which are laid one below the other.

Decree 30/2020/NĐ-CP, annex I, part I.IV, sets the issuer beside the motto and the recipients beside the signature. A
line of print that ran through both would mix them, so the page is cut into strips and these are stacked before
recognition: every strip keeps its place from left to right, and only moves down.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]
    Ink = NDArray[np.bool_]

# Millimetres.
_GUTTER = 2.5
_MIDDLE = (0.25, 0.75)  # parts of the width of the print between which a gutter may run
_LEAST_HEIGHT = 8.0  # two lines
_LINE_GAP = 0.3
_HIGHEST_HEAD = 0.45  # part of the page's height that a letterhead takes at most
_LEAST_WIDTH = 12.0
_APART = (
    10.0  # strips nearer than this become one block to Tesseract, and smaller print then costs the larger its marks
)
_LEAST_BLOCK = 0.08  # part of a column's ink: what has less is specks or strokes of a pen


@dataclass(frozen=True, slots=True)
class Strip:
    """A part of a page, by its sides in pixels, and the row at which it stands in the stack."""

    left: int
    top: int
    right: int
    bottom: int
    row: int


def strips(ink: Ink, dpi: int) -> tuple[Strip, ...]:
    """The strips of a page in reading order; one strip where nothing stands in two columns.

    ``ink``: True where there is print, without rules, stamps and specks.
    """
    import numpy as np

    height, width = ink.shape
    rows = np.nonzero(ink.any(axis=1))[0]
    if not len(rows):
        return (Strip(0, 0, width, height, 0),)
    first, last = int(rows[0]), int(rows[-1]) + 1
    head = _two_columns(ink[first:last], dpi, _HIGHEST_HEAD)
    head_end, gutter = (first + head[0], head[1]) if head else (first, 0)
    parts = [(0, 0, gutter, head_end), (gutter, 0, width, head_end)] if head else []
    foot = _two_columns(ink[head_end:last][::-1], dpi, 1.0)
    if foot:
        start, middle = last - foot[0], foot[1]
        body = [(0, head_end if head else 0, width, start)]
        parts += [*body, (0, start, middle, height), (middle, start, width, height)]
    else:
        parts.append((0, head_end if head else 0, width, height))
    return _stacked([part for part in parts if part[2] > part[0] and part[3] > part[1]], round(_APART * dpi / 25.4))


def _stacked(parts: list[tuple[int, int, int, int]], apart: int) -> tuple[Strip, ...]:
    row, found = 0, []
    for left, top, right, bottom in parts:
        found.append(Strip(left, top, right, bottom, row))
        row += bottom - top + apart
    return tuple(found)


def _two_columns(ink: Ink, dpi: int, most: float) -> tuple[int, int] | None:
    """How far down from the first row two columns stand side by side, and the middle of their gutter; None if not."""
    import numpy as np
    from scipy.ndimage import maximum_filter1d

    unit = dpi / 25.4
    height = len(ink)
    columns = np.nonzero(ink.any(axis=0))[0]
    if height < _LEAST_HEIGHT * unit or not len(columns):
        return None
    print_left, print_width = int(columns[0]), int(columns[-1] - columns[0])
    low, high = (print_left + round(part * print_width) for part in _MIDDLE)
    wide = maximum_filter1d(ink[:, low:high].view(np.uint8), max(1, round(_GUTTER * unit)), axis=1).astype(bool)
    if wide.shape[1] == 0:
        return None
    blank = wide.any(axis=0)
    depth = np.where(blank, wide.argmax(axis=0), height)
    deepest = int(depth.max())
    at = np.nonzero(depth == deepest)[0]
    gutter = low + int(at[len(at) // 2])
    end = _whole_lines(ink, deepest)
    if not (_LEAST_HEIGHT * unit <= end <= most * max(height, 1)):
        return None
    sides = (ink[:end, :gutter], ink[:end, gutter:])
    return (end, gutter) if all(_is_column(side, unit) for side in sides) else None


def _whole_lines(ink: Ink, row: int) -> int:
    """The last blank row above ``row``: no line of print is cut."""
    import numpy as np

    if row >= len(ink):
        return len(ink)
    blank = np.nonzero(~ink[: row + 1].any(axis=1))[0]
    return int(blank[-1]) if len(blank) else 0


def _is_column(ink: Ink, unit: float) -> bool:
    """Whether there are two lines of print or more, of some width, and no gutter through all of them (a table)."""
    import numpy as np

    columns = np.nonzero(ink.any(axis=0))[0]
    rows = np.nonzero(ink.any(axis=1))[0]
    if not len(columns) or columns[-1] - columns[0] < _LEAST_WIDTH * unit:
        return False
    lines = 1 + sum(later - earlier > _LINE_GAP * unit for earlier, later in pairwise(rows.tolist()))
    blocks = np.split(columns, np.nonzero(np.diff(columns) > 2 * _GUTTER * unit)[0] + 1)
    mass = ink.sum(axis=0)
    weighty = [block for block in blocks if mass[block].sum() > _LEAST_BLOCK * mass.sum()]
    return lines > 1 and len(weighty) == 1


def stacked(page: Grey, parts: tuple[Strip, ...]) -> Grey:
    """The page's strips one below the other, on white."""
    import numpy as np

    if len(parts) == 1:
        return page
    stack = np.full((parts[-1].row + parts[-1].bottom - parts[-1].top, page.shape[1]), 255, dtype=np.uint8)
    for part in parts:
        stack[part.row : part.row + part.bottom - part.top, part.left : part.right] = page[
            part.top : part.bottom, part.left : part.right
        ]
    return stack


def row_on_page(row: float, parts: tuple[Strip, ...]) -> float:
    """The page's row of a row of the stack."""
    part = next(part for part in reversed(parts) if part.row <= row or part is parts[0])
    return row - part.row + part.top
