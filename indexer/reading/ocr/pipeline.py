"""From the image of a page to its text: cleaned, set straight, laid out, read, sifted."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from indexer.reading.ocr import clean, columns, engine, skew
from indexer.reading.ocr.cells import row_by_row
from indexer.reading.ocr.marks import Marks, marks
from indexer.reading.ocr.page import EMPTY, Box, PageWord, RecognisedPage
from indexer.reading.ocr.sieve import Placed, clarity, sifted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

PIPELINE_VERSION = 1
"""Goes into every cache key: raise it when the same image would give another text."""

_A4_INCHES = 11.69  # the longer side: pages are A4 (Decree 30/2020/NĐ-CP, annex I, part I.I)
_PAPER_INCHES = (7.5, 17.5)  # the longer side of A5 to A3
_RESOLUTIONS = (180, 420)  # dots an inch that are read as they are; others are brought to _USUAL
_USUAL = 300
_LEAST_SIDE = 16
_DOUBTFUL = 0.45  # clarity below which the page may lie upside down; upright pages have 0.7 and more
_STAMP = 25.0  # millimetres; authorities' stamps are 36 to 42 across (Circular 21/2012/TT-BCA)
_NOT_ROUND = 1.35  # ratio of the sides from which a stamp has a signature in it
_OVER = 0.25  # part of a word that must lie in a drawing's box for it to count
_BESIDE, _CUT = 0.8, 0.16  # part of a line's height beside a word; part of that which is drawn where letters went too
_ENOUGH = 12  # words from which confidence says something about a page


def read_page(image: Image) -> RecognisedPage:
    """The text of a page's image, its words placed on the image as it was given."""
    upright = clean.grey(image)
    turns = (1, 3) if _lies_sideways(upright) else (0, 2)
    dpi = _resolution(image)
    best, clearest = EMPTY, -1.0
    for turn in turns:
        page, clear, found = _read(upright, dpi, turn)
        if clear > clearest:
            best, clearest = page, clear
        if clear >= _DOUBTFUL or found < _ENOUGH:
            break
    return best


def _resolution(image: Image) -> int:
    """Dots an inch: as the file says where that makes a sheet of paper of it, else as if the page were A4."""
    said = image.info.get("dpi")
    if isinstance(said, tuple) and said:
        dpi = float(said[0])
        if dpi > 0 and _PAPER_INCHES[0] <= max(image.size) / dpi <= _PAPER_INCHES[1]:
            return round(dpi)
    return max(1, round(max(image.size) / _A4_INCHES))


def _lies_sideways(image: Image) -> bool:
    """Whether lines of print run from top to bottom: a landscape page scanned upright."""
    import numpy as np

    small = image.reduce(max(1, max(image.size) // 800))
    ink = (np.asarray(small) < clean.DARK).astype(np.float64)
    rows, columns_ = (np.abs(np.diff(ink.sum(axis=axis))).sum() / max(1, ink.shape[axis]) for axis in (1, 0))
    return bool(columns_ > 2 * rows)


def _read(image: Image, dpi: int, turn: int) -> tuple[RecognisedPage, float, int]:
    """A page read after ``turn`` quarter turns counter-clockwise, how clear it was, and how many words were found."""
    import numpy as np
    from PIL import Image as Pillow

    if min(image.size) < _LEAST_SIDE:
        return EMPTY, 0.0, 0
    if turn:
        image = image.transpose(
            (Pillow.Transpose.ROTATE_90, Pillow.Transpose.ROTATE_180, Pillow.Transpose.ROTATE_270)[turn - 1]
        )
    if not _RESOLUTIONS[0] <= dpi <= _RESOLUTIONS[1]:
        scale = _USUAL / dpi
        image = image.resize((round(image.width * scale), round(image.height * scale)), Pillow.Resampling.BICUBIC)
        dpi = _USUAL
    page = clean.despeckled(clean.levelled(np.asarray(image)))
    degrees = skew.angle(page < clean.DARK)
    if abs(degrees) < skew.SMALLEST:
        degrees = 0.0
    else:
        page = np.asarray(skew.turned(Pillow.fromarray(page), degrees))
    ink = page < clean.DARK
    found = marks(ink, dpi)
    wiped = clean.doubled(found.wiped, ink.shape)
    page = np.where(wiped, np.uint8(255), page)
    print_ = ink & ~wiped
    for left, top, right, bottom in found.boxes:
        if _is_round(right - left, bottom - top, dpi / 25.4):
            print_[top:bottom, left:right] = False  # the letters of a stamp are in no column
    parts = columns.strips(print_, dpi)
    tokens = engine.tokens(_pnm(columns.stacked(page, parts)), dpi, in_rows=bool(found.tables))
    lines = sifted(row_by_row([_placed(token, parts, found) for token in tokens], found.tables))
    return _assembled(lines, (page.shape[1], page.shape[0]), degrees, turn), clarity(tokens), len(tokens)


def _is_round(width: int, height: int, unit: float) -> bool:
    """Whether what was drawn is of a round stamp's size and shape."""
    return min(width, height) > _STAMP * unit and max(width, height) < _NOT_ROUND * min(width, height)


def _placed(token: engine.Token, parts: tuple[columns.Strip, ...], found: Marks) -> Placed:
    """A word on the page that was laid out, with what was drawn there."""
    left, top, right, bottom = box = _box(token, parts)
    height = bottom - top
    return Placed(
        token,
        box,
        over=any(_covered(box, other) > _OVER for other in (*found.boxes, *found.frames)),
        cut_before=_drawn_part(found.drawn, (left - height * _BESIDE, top, left, bottom)) > _CUT,
        cut_after=_drawn_part(found.drawn, (right, top, right + height * _BESIDE, bottom)) > _CUT,
    )


def _covered(word: Box, box: Box) -> float:
    """The part of a word's box that lies in another box."""
    across = min(word[2], box[2]) - max(word[0], box[0])
    down = min(word[3], box[3]) - max(word[1], box[1])
    area = (word[2] - word[0]) * (word[3] - word[1])
    return across * down / area if across > 0 and down > 0 and area > 0 else 0.0


def _drawn_part(drawn: NDArray[np.bool_], box: Box) -> float:
    """The part of a box on the page that is drawn ink; ``drawn`` is at half size."""
    left, top, right, bottom = (max(0, round(side / 2)) for side in box)
    inside = drawn[top:bottom, left:right]
    return float(inside.mean()) if inside.size else 0.0


def _pnm(page: NDArray[np.uint8]) -> bytes:
    from PIL import Image as Pillow

    written = io.BytesIO()
    Pillow.fromarray(page).save(written, "PPM")
    return written.getvalue()


def _box(token: engine.Token, parts: tuple[columns.Strip, ...]) -> Box:
    """A word's box on the page that was laid out."""
    down = columns.row_on_page((token.top + token.bottom) / 2, parts) - (token.top + token.bottom) / 2
    return token.left, token.top + down, token.right, token.bottom + down


def _assembled(lines: list[list[Placed]], size: tuple[int, int], degrees: float, turn: int) -> RecognisedPage:
    text, words = "", []
    for line in lines:
        for index, word in enumerate(line):
            text += " " if index else "\n" if text else ""
            start = len(text)
            text += word.token.text
            words.append(PageWord(start, len(text), _on_image(word.box, size, degrees, turn), word.token.confidence))
    if not words:
        return EMPTY
    return RecognisedPage(text, tuple(words), sum(word.confidence for word in words) / len(words))


def _on_image(box: Box, size: tuple[int, int], degrees: float, turn: int) -> Box:
    """A word's box in parts of the image as it was given, before it was set straight and turned."""
    across, down = skew.before((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, size, degrees)
    x, y = across / size[0], down / size[1]
    half_x, half_y = (box[2] - box[0]) / 2 / size[0], (box[3] - box[1]) / 2 / size[1]
    for _ in range(turn):  # a quarter turn clockwise undoes one counter-clockwise
        x, y, half_x, half_y = 1 - y, x, half_y, half_x
    sides = (x - half_x, y - half_y, x + half_x, y + half_y)
    left, top, right, bottom = (min(1.0, max(0.0, side)) for side in sides)
    return left, top, right, bottom
