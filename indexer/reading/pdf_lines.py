"""Mends the line breaks that PDFium gives, by where the characters stand on the page.

PDFium breaks a line wherever the file's drawing commands jump, which shatters words in text drawn upright on a turned
page, and it joins what two columns print side by side, such as the two halves of a letterhead.
"""

from __future__ import annotations

import ctypes
import math
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

# In heights of the line: a break where the next character follows this closely is none; a closer gap is inside a word;
# a space wider than this parts columns (justified lines stretch a space to one height at most).
_FOLLOWS = 0.6
_SAME_WORD = 0.15
_COLUMN_GAP = 2.0
_SAME_BASELINE = 0.2
_OTHER_LINE = 0.8  # small signs above and below the line stay under it
_SAME_ANGLE = 0.01  # radians
_NEAR = 18.0  # points from character to character: nearer ones cannot be two columns, and need no closer look
_LABEL = 8  # characters at a line's start: fewer are an item's number or dash, which a wide gap does not part from it

_PLACE = re.compile(r"(?<=\S)[ \t]?\r\n(?=\S)|(?<=\S)[ \t](?=\S)")


class _Box(NamedTuple):
    """A character along its own line: where it starts and ends, its baseline, the line's height and direction."""

    start: float
    end: float
    baseline: float
    height: float
    angle: float


def mended(text: str, page: PdfTextPage) -> str:
    """The text of a page with false line breaks closed and columns parted; as it is where places are not known."""
    if len(text) != page.count_chars():
        return text
    parts = []
    done = line = 0
    for found in _PLACE.finditer(text):
        written, after = found.group(), found.end()
        if "\n" not in written:
            line = max(line, text.rfind("\n", line, found.start()) + 1)
            if found.start() - line < _LABEL or _near(page, found.start() - 1, after):
                continue
        replacement = _between(_box(page, _before(page, found.start(), written)), _box(page, after), written)
        parts += [text[done : found.start()], replacement]
        done = after
        if replacement == "\n":
            line = after
    return "".join(parts) + text[done:]


def _near(page: PdfTextPage, before: int, after: int) -> bool:
    import pypdfium2.raw as pdfium

    x1, y1, x2, y2 = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharOrigin(page, before, x1, y1)
    pdfium.FPDFText_GetCharOrigin(page, after, x2, y2)
    return math.hypot(x2.value - x1.value, y2.value - y1.value) < _NEAR


def _before(page: PdfTextPage, start: int, between: str) -> int:
    """The last real character before a gap: a drawn space counts, one that PDFium put in does not."""
    import pypdfium2.raw as pdfium

    drawn_space = between[0] in " \t" and pdfium.FPDFText_IsGenerated(page, start) == 0
    return start if drawn_space else start - 1


def _between(before: _Box | None, after: _Box | None, written: str) -> str:
    """What stands between two characters, given what PDFium wrote there."""
    if before is None or after is None:
        return written
    broken = "\n" in written
    height = max(before.height, after.height)
    gap = after.start - before.end
    turned = abs(before.angle - after.angle) > _SAME_ANGLE
    drift = abs(before.baseline - after.baseline) / height if height else 0.0
    if not broken:
        return "\n" if turned or drift > _OTHER_LINE or gap > _COLUMN_GAP * height else written
    if turned or drift > _SAME_BASELINE or not -_FOLLOWS * height < gap < _FOLLOWS * height:
        return written
    return " " if written[0] in " \t" or gap > _SAME_WORD * height else ""


def _box(page: PdfTextPage, index: int) -> _Box | None:
    import pypdfium2.raw as pdfium

    x, y, rectangle = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetCharOrigin(page, index, x, y):
        return None
    if not pdfium.FPDFText_GetLooseCharBox(page, index, rectangle):
        return None
    angle = pdfium.FPDFText_GetCharAngle(page, index)  # clockwise
    along, across = (math.cos(angle), -math.sin(angle)), (math.sin(angle), math.cos(angle))
    corners = [(cx, cy) for cx in (rectangle.left, rectangle.right) for cy in (rectangle.bottom, rectangle.top)]
    ends = [cx * along[0] + cy * along[1] for cx, cy in corners]
    heights = [cx * across[0] + cy * across[1] for cx, cy in corners]
    return _Box(
        start=x.value * along[0] + y.value * along[1],
        end=max(ends),
        baseline=x.value * across[0] + y.value * across[1],
        height=max(heights) - min(heights),
        angle=angle,
    )
