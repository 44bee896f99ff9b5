"""What is on a page and is no print: specks, the scanner's edge, frames of stamps, stamps, signatures, emblems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.reading.ocr.cells import Cells, tables
from indexer.reading.ocr.clean import doubled, halved, rules, runs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ink = NDArray[np.bool_]

# Millimetres, measured on scans at 200 and 300 dpi; print by Decree 30/2020, annex I, is 11-16 points (letters 2-6 mm).
_RULE = 10.0  # a straight run as long as this is no letter's stroke
_CELL = 5.0  # a row of a table is as high as this, a letter is not
_BRIDGE = 6.0  # a rule goes on over a gap this wide
_HAIR = 0.35
_SPECK = 0.2  # a full stop in 10 points is 0.33
_LETTER = 0.9  # what is as large as this is at least a letter
_REACH = 4  # a dot farther than this from any letter belongs to none
_EDGE = 5.0  # nobody prints this near the paper's edge
_TALL, _BROAD = 9.0, 4.0  # what is taller and broader than this is drawn, not printed
_FRAME_WIDTH = (20.0, 75.0)  # incoming stamps (dấu đến) are 50 x 20 mm; tables are wider
_FRAME_HEIGHT = (9.0, 40.0)
_TORN = 1.5  # a frame set askew comes in pieces with steps of this
_CLOSED = 0.6  # part of a side that is there; one of the four may be missing under print
_PAPER = (1.36, 1.47)  # height to width of A4, either way up


@dataclass(frozen=True, slots=True)
class Marks:
    """What to wipe off a page, and where something was drawn on it.

    ``wiped`` and ``drawn`` (the part of it that was drawn) are at half size; ``boxes`` are (left, top, right, bottom)
    of what was drawn and ``frames`` those of stamps' frames, in pixels of the page.
    """

    wiped: Ink
    drawn: Ink
    tables: tuple[Cells, ...]
    boxes: tuple[tuple[int, int, int, int], ...]
    frames: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The connected parts of ink of half size: their labels, boxes and sizes in pixels; index 0 is label 1."""

    labels: NDArray[np.int32]
    top: NDArray[np.int64]
    bottom: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]

    @property
    def height(self) -> NDArray[np.int64]:
        return self.bottom - self.top

    @property
    def width(self) -> NDArray[np.int64]:
        return self.right - self.left

    def mask(self, chosen: NDArray[np.bool_]) -> Ink:
        import numpy as np

        return np.concatenate([[False], chosen])[self.labels]


def marks(ink: Ink, dpi: int) -> Marks:
    """The marks on a page that lies straight; ``ink`` is True where there is ink."""
    import numpy as np

    unit = dpi / 25.4 / 2  # pixels a millimetre, at half size
    half = halved(ink)
    length = round(_RULE * unit)
    closed = runs(half, length, 1) | runs(half, round(_CELL * unit), 0)
    across, down = rules(half, length)
    ruled = across | down
    frames = _frames(ruled, unit)
    wiped = ruled.copy()
    for left, top, right, bottom in frames:
        wiped[top:bottom, left:right] |= _inside(ruled[top:bottom, left:right], unit)
    parts = _parts(half & ~wiped)
    drawn = _drawn(parts, ink, unit)
    fringe = _in_line(half, across, round(_BRIDGE * unit), 1) | _in_line(half, down, round(_BRIDGE * unit), 0)
    small = _small(parts, fringe, unit, half.shape)
    drawn_ink = parts.mask(drawn)
    wiped |= drawn_ink | parts.mask(small)
    boxes = np.stack([parts.left, parts.top, parts.right, parts.bottom], axis=1)[drawn] * 2
    torn = round(_TORN * unit)
    return Marks(
        wiped,
        drawn_ink,
        tables(closed, unit),
        tuple(tuple(box) for box in boxes.tolist()),
        tuple(
            (2 * (x + torn), 2 * (y + torn), 2 * (right - torn), 2 * (bottom - torn)) for x, y, right, bottom in frames
        ),
    )


def _sides(ruled: Ink, unit: float) -> tuple[float, float, float, float]:
    """How far a frame is closed (0-1) along its top, its bottom, its left and its right."""
    edge = round(2 * _TORN * unit)
    return (
        float(ruled[:edge].any(axis=0).mean()),
        float(ruled[-edge:].any(axis=0).mean()),
        float(ruled[:, :edge].any(axis=1).mean()),
        float(ruled[:, -edge:].any(axis=1).mean()),
    )


def _inside(ruled: Ink, unit: float) -> Ink:
    """What a frame set a little askew encloses, itself included."""
    import numpy as np
    from scipy.ndimage import maximum_filter1d

    closed = maximum_filter1d(ruled.view("uint8"), round(2 * _TORN * unit), axis=1)
    top, bottom, *_ = _sides(ruled, unit)
    for row, side in ((0, top), (-1, bottom)):
        if side < _CLOSED:  # the print below hid it
            closed[row] = 1
    below = np.maximum.accumulate(closed, axis=0)
    above = np.maximum.accumulate(closed[::-1], axis=0)[::-1]
    enclosed: Ink = (below & above).astype(bool)
    return enclosed


def _in_line(ink: Ink, rule: Ink, reach: int, axis: int) -> Ink:
    """The ink in line with a rule within ``reach`` of it: where it is broken or frays out."""
    from scipy.ndimage import maximum_filter1d

    reached: Ink = maximum_filter1d(rule.view("uint8"), 2 * reach + 1, axis=axis).astype(bool)
    return ink & reached


def _parts(ink: Ink) -> _Parts:
    import numpy as np
    from scipy.ndimage import find_objects, label

    labels, _ = label(ink, structure=np.ones((3, 3), dtype=bool))
    found = find_objects(labels)
    boxes = np.array([(y.start, y.stop, x.start, x.stop) for y, x in found], dtype=np.int64).reshape(-1, 4)
    return _Parts(labels, boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3])


def _frames(ruled: Ink, unit: float) -> list[tuple[int, int, int, int]]:
    """The boxes of stamps' frames: rules that close a rectangle of a stamp's size, apart from all others."""
    from scipy.ndimage import maximum_filter

    parts = _parts(maximum_filter(ruled.view("uint8"), round(_TORN * unit)).astype(bool))
    found = []
    for index in range(len(parts.top)):
        width, height = parts.width[index], parts.height[index]
        if not (
            _FRAME_WIDTH[0] * unit <= width <= _FRAME_WIDTH[1] * unit
            and _FRAME_HEIGHT[0] * unit <= height <= _FRAME_HEIGHT[1] * unit
        ):
            continue
        top, bottom, left, right = (int(side[index]) for side in (parts.top, parts.bottom, parts.left, parts.right))
        if sum(side > _CLOSED for side in _sides(parts.labels[top:bottom, left:right] == index + 1, unit)) > 2:  # noqa: PLR2004  (of four)
            found.append((left, top, right, bottom))
    return found


def _drawn(parts: _Parts, ink: Ink, unit: float) -> NDArray[np.bool_]:
    """Which parts are drawn: taller and broader than print, at full size too, where lines of print do not touch."""
    import numpy as np

    large = (parts.height > _TALL * unit) & (parts.width > _BROAD * unit)
    for index in np.nonzero(large)[0]:
        top, bottom, left, right = (int(side[index]) * 2 for side in (parts.top, parts.bottom, parts.left, parts.right))
        here = parts.labels[top // 2 : bottom // 2, left // 2 : right // 2] == index + 1
        whole = _parts(ink[top:bottom, left:right] & doubled(here, (bottom - top, right - left)))
        large[index] = bool(len(whole.top)) and whole.height.max() > _TALL * unit * 2
    return large


def _small(parts: _Parts, fringe: Ink, unit: float, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Which parts are specks: too small for a full stop, far from any letter, what rules left, the paper's edge."""
    import numpy as np
    from scipy.ndimage import maximum_filter

    size = np.maximum(parts.width, parts.height)
    specks = size <= max(1.0, _SPECK * unit)
    touched = np.zeros(len(parts.top) + 1, dtype=bool)
    touched[np.unique(parts.labels[fringe])] = True
    frayed = touched[1:] & (np.minimum(parts.width, parts.height) <= max(1.0, _HAIR * unit))
    # A grid of square millimetres tells which of them are near a letter.
    row, column = (
        ((parts.top + parts.bottom) / 2 // unit).astype(int),
        ((parts.left + parts.right) / 2 // unit).astype(int),
    )
    grid = np.zeros((int(shape[0] / unit) + 2, int(shape[1] / unit) + 2), dtype=np.uint8)
    letters = (parts.height >= _LETTER * unit) & (parts.height < _TALL * unit)
    grid[row[letters], column[letters]] = 1
    near = maximum_filter(grid, 2 * _REACH + 1).astype(bool)
    lone = ~letters & (size < 2 * _LETTER * unit) & ~near[row, column]
    small: NDArray[np.bool_] = specks | frayed | lone
    ratio = max(shape) / max(1, min(shape))
    if _PAPER[0] < ratio < _PAPER[1]:
        edge = _EDGE * unit
        small |= (
            (parts.right < edge)
            | (parts.left > shape[1] - edge)
            | (parts.bottom < edge)
            | (parts.top > shape[0] - edge)
        )
    return small
