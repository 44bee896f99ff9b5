"""How far a page lies askew, by the profile of its rows, and the way back to where a point was."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

LARGEST = 5.0
"""Degrees either way that are looked for: a page lying worse than this was scanned by accident."""

SMALLEST = 0.2
"""Degrees below which a page is left alone: Tesseract follows such lines, and turning costs sharpness."""

_ROWS = 900  # height of the copy that is measured: a line of text is about ten rows of it
_POINTS = 60_000
_COARSE, _FINE = 0.5, 0.05


def angle(ink: NDArray[np.bool_]) -> float:
    """Degrees by which to turn the page counter-clockwise to set its lines level; 0 where none stands out.

    ``ink``: True where there is ink. At the right angle lines and gaps part most clearly: the sum of squares of the
    rows' ink is greatest (projection profile, Postl 1986).
    """
    import numpy as np

    step = max(1, ink.shape[0] // _ROWS)
    rows, columns = np.nonzero(ink[::step, ::step])
    if len(rows) > _POINTS:
        every = len(rows) // _POINTS + 1
        rows, columns = rows[::every], columns[::every]
    if len(rows) < _ROWS // 3:
        return 0.0

    def clarity(degrees: float) -> float:
        level = rows - columns * math.tan(math.radians(degrees))
        profile = np.bincount((level - level.min()).astype(np.int32)).astype(np.float64)
        return float(profile @ profile)

    coarse = max(np.arange(-LARGEST, LARGEST + _COARSE, _COARSE), key=clarity)
    best = max(np.arange(coarse - _COARSE, coarse + _COARSE, _FINE), key=clarity)
    if clarity(best) < 1.05 * clarity(0.0):  # a page of drawings or a few words has no clear angle
        return 0.0
    return round(float(best), 2)


def turned(image: Image, degrees: float) -> Image:
    """The image turned about its centre, its size kept, the corners white."""
    from PIL import Image as Pillow

    return image.rotate(degrees, resample=Pillow.Resampling.BICUBIC, fillcolor=255)


def before(x: float, y: float, size: tuple[int, int], degrees: float) -> tuple[float, float]:
    """Where the point (x, y) of a turned image was before it was turned."""
    turn = math.radians(degrees)
    middle_x, middle_y = size[0] / 2, size[1] / 2
    across, down = x - middle_x, y - middle_y
    return (
        middle_x + across * math.cos(turn) - down * math.sin(turn),
        middle_y + across * math.sin(turn) + down * math.cos(turn),
    )
