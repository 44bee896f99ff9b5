"""A page's image made ready: grey, coloured ink lifted, background white, specks and rules gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    Grey = NDArray[np.uint8]
    Ink = NDArray[np.bool_]

DARK = 140
"""Grey below which a pixel of a cleaned page is ink."""

_COLOURED = 70  # difference of the channels from which ink has a colour; scanned black stays below 50
_CHROMA_NOISE = 0.002  # share of the ink that compression tints
_PRINTED_IN_COLOUR = 0.5  # share of the ink that has a colour above which the colour is the text's own
_PAPER = 225  # a background darker than this is levelled
_BLOCK = 24  # pixels: wider than any stroke, so that a block's brightest pixel is paper
_SPECKLED = 0.002  # share of lone pixels from which a page is taken as noisy; clean scans have under a tenth of it
_LONE = 96


def grey(image: Image) -> Image:
    """The image in grey; red and blue ink (stamps, signatures, strips) becomes paper where the print is black.

    Black is dark in every channel, coloured ink light in one of them. A page printed in colour keeps its print.
    """
    from PIL import Image as Pillow
    from PIL import ImageChops, ImageFilter

    if image.mode in {"1", "L"}:
        return image.convert("L")
    if image.mode in {"I", "I;16", "I;16B", "F"}:
        return _sixteen_bits(image)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        image = Pillow.alpha_composite(Pillow.new("RGBA", layered.size, "white"), layered)
    image = image.convert("RGB")
    red, green, blue = image.split()
    lightest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    darkest = ImageChops.darker(ImageChops.darker(red, green), blue)
    coloured = ImageChops.subtract(lightest, darkest).point(lambda value: 255 if value > _COLOURED else 0)
    dark = darkest.point(lambda value: 255 if value < DARK else 0)
    coloured = ImageChops.multiply(dark, coloured)
    ink, in_colour = dark.histogram()[255], coloured.histogram()[255]
    where = coloured.getbbox()
    plain = image.convert("L")
    if where is None or in_colour > _PRINTED_IN_COLOUR * ink or in_colour < _CHROMA_NOISE * ink:
        return plain
    around = coloured.crop(where).filter(ImageFilter.MaxFilter(3))
    plain.paste(ImageChops.lighter(lightest.crop(where), coloured.crop(where)), where, around)
    return plain


def _sixteen_bits(image: Image) -> Image:
    import numpy as np
    from PIL import Image as Pillow

    values = np.asarray(image, dtype=np.float64)
    top = max(float(values.max()), 1.0)
    return Pillow.fromarray((values * (255 / top)).clip(0, 255).astype(np.uint8))


def levelled(page: Grey) -> Grey:
    """The page on white paper: each part divided by the brightness of the paper there; white pages stay as they are."""
    import numpy as np
    from PIL import Image as Pillow

    height, width = (side // _BLOCK * _BLOCK for side in page.shape)
    if not height or not width:
        return page
    blocks = page[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    paper = blocks.max(axis=3).max(axis=1)
    if np.percentile(paper, 10) >= _PAPER:
        return page
    from scipy.ndimage import gaussian_filter, maximum_filter

    smooth = gaussian_filter(maximum_filter(paper, 3).astype(np.float32), 2)
    whole = Pillow.fromarray(smooth).resize((page.shape[1], page.shape[0]), Pillow.Resampling.BILINEAR)
    scaled = page * (np.float32(255) / np.maximum(np.asarray(whole), np.float32(40)))
    levelled_page: Grey = np.minimum(scaled, 255).astype(np.uint8)
    return levelled_page


def despeckled(page: Grey) -> Grey:
    """The page without salt and pepper, where it has any: each pixel the median of its neighbourhood of nine."""
    import numpy as np

    middle = page[page.shape[0] // 3 : page.shape[0] // 3 + 600]
    if min(middle.shape) < 3 or _lone(middle) < _SPECKLED:  # noqa: PLR2004  (a neighbourhood)
        return page
    from PIL import Image as Pillow
    from PIL import ImageFilter

    return np.asarray(Pillow.fromarray(page).filter(ImageFilter.MedianFilter(3)))


def _lone(page: Grey) -> float:
    """The share of pixels that differ sharply from all four neighbours."""
    import numpy as np

    centre = page[1:-1, 1:-1].astype(np.int16)
    around = np.stack([page[:-2, 1:-1], page[2:, 1:-1], page[1:-1, :-2], page[1:-1, 2:]])
    darker = around.min(axis=0) - centre > _LONE
    lighter = centre - around.max(axis=0) > _LONE
    return float((darker | lighter).mean())


def halved(ink: Ink) -> Ink:
    """Ink at half size: True where any of four pixels is."""
    height, width = (side // 2 * 2 for side in ink.shape)
    even = ink[:height, :width]
    rows = even[::2] | even[1::2]
    return rows[:, ::2] | rows[:, 1::2]


def doubled(mask: Ink, shape: tuple[int, int]) -> Ink:
    """A mask of half size at full size again."""
    import numpy as np

    whole = np.zeros(shape, dtype=bool)
    large = mask.repeat(2, axis=0).repeat(2, axis=1)
    whole[: large.shape[0], : large.shape[1]] = large
    return whole


def runs(ink: Ink, length: int, axis: int) -> Ink:
    """The parts of ink that lie in straight runs of at least ``length`` pixels along an axis (an opening)."""
    left = ink if axis else ink.T
    reached = 1
    while reached < length and left.shape[1] > length:
        step = min(reached, length - reached)
        left = _shifted(left, -step) & left
        reached += step
    if left.shape[1] <= length:
        left = left & False
    reached = 1
    while reached < length:
        step = min(reached, length - reached)
        left = _shifted(left, step) | left
        reached += step
    return left if axis else left.T


def _shifted(ink: Ink, step: int) -> Ink:
    """Ink moved right by ``step`` columns (left where negative), blank columns coming in."""
    import numpy as np

    moved = np.zeros_like(ink)
    if step > 0:
        moved[:, step:] = ink[:, :-step]
    else:
        moved[:, :step] = ink[:, -step:]
    return moved


def rules(half: Ink, length: int) -> tuple[Ink, Ink]:
    """The horizontal and the vertical rules in ink of half size: runs of ``length``, less where letters cross them."""
    across, down = runs(half, length, 1), runs(half, length, 0)
    return _uncrossed(half, across), _uncrossed(half.T, down.T).T


def _uncrossed(ink: Ink, rule: Ink) -> Ink:
    """A horizontal rule, widened by a pixel for its fringe, without the pixels that have ink on both sides of it."""
    wide = rule | _shifted(rule.T, 1).T | _shifted(rule.T, -1).T
    beside = ink & ~wide
    above = _shifted(beside.T, 1).T | _shifted(beside.T, 2).T | _shifted(beside.T, 3).T
    below = _shifted(beside.T, -1).T | _shifted(beside.T, -2).T | _shifted(beside.T, -3).T
    return wide & ~(above & below)
