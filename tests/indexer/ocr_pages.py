"""Pages drawn from our own sample texts, as a scanner would see them, and how far a recognised text is from its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SAMPLE = Path(__file__).parents[2] / "corpus" / "sample"
FONTS = [
    Path("/usr/share/fonts/truetype/noto/NotoSerif-Regular.ttf"),
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"),
    Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"),
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
]
INK = (15, 15, 15)
STAMP = (215, 30, 45)


@cache
def font(points: float, dpi: int) -> ImageFont.FreeTypeFont:
    """A font with Vietnamese letters, with serifs where there is one."""
    return ImageFont.truetype(str(next(path for path in FONTS if path.exists())), round(points * dpi / 72))


def sheet(dpi: int) -> Image.Image:
    """A white sheet of A4."""
    return Image.new("RGB", (round(8.27 * dpi), round(11.69 * dpi)), "white")


def text_page(text: str, dpi: int) -> tuple[Image.Image, str]:
    """A page filled with a text in 13 points, and the words that found room on it."""
    page = sheet(dpi)
    draw = ImageDraw.Draw(page)
    letters = font(13, dpi)
    left, right, row = 1.2 * dpi, page.width - 0.6 * dpi, 0.8 * dpi
    lines: list[str] = []
    for paragraph in filter(str.strip, text.splitlines()):
        for line in _wrapped(paragraph, lambda words: draw.textlength(words, font=letters), right - left):
            if row > page.height - dpi:
                return page, " ".join(lines)
            draw.text((left, row), line, font=letters, fill=INK)
            lines.append(line)
            row += 1.35 * 13 * dpi / 72
    return page, " ".join(lines)


def _wrapped(paragraph: str, length: Callable[[str], float], width: float) -> list[str]:
    lines = [""]
    for word in paragraph.split():
        longer = f"{lines[-1]} {word}".strip()
        if length(longer) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def skewed(page: Image.Image) -> Image.Image:
    """The page laid on the glass askew by 2 degrees."""
    return page.rotate(2, resample=Image.Resampling.BICUBIC, fillcolor="white")


def noisy(page: Image.Image) -> Image.Image:
    """The page out of focus, with salt and pepper on 2 % of it."""
    grey = np.array(page.convert("L").filter(ImageFilter.GaussianBlur(page.height / 3500)))
    chance = np.random.default_rng(1).random(grey.shape)
    grey[chance < 0.01] = 0
    grey[chance > 0.99] = 255
    return Image.fromarray(grey)


def stamped(page: Image.Image) -> Image.Image:
    """The page with two round red stamps over its text."""
    page = page.copy()
    dpi = round(page.height / 11.69)
    draw = ImageDraw.Draw(page, "RGBA")
    for part in ((0.35, 0.3), (0.65, 0.6)):
        x, y = part[0] * page.width, part[1] * page.height
        for radius, width in ((0.7 * dpi, 5), (0.52 * dpi, 2)):
            box = (x - radius, y - radius, x + radius, y + radius)
            draw.ellipse(box, outline=(*STAMP, 200), width=max(1, round(width * dpi / 300)))
        draw.text((x - 0.35 * dpi, y), "★ ỦY BAN ★", font=font(9, dpi), fill=(*STAMP, 200))
    return page


VARIANTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "clean": lambda page: page,
    "skewed by 2°": skewed,
    "noisy": noisy,
    "stamped": stamped,
}


def error_rate(truth: str, read: str) -> float:
    """Character error rate: edits (Levenshtein) a character of the truth, blanks evened out."""
    wanted, given = (np.array([ord(sign) for sign in " ".join(text.split())]) for text in (truth, read))
    places = np.arange(len(given) + 1)
    row = places.copy()
    for number, sign in enumerate(wanted, 1):
        changed = np.minimum(row[1:] + 1, row[:-1] + (given != sign))
        row = np.minimum.accumulate(np.concatenate([[number], changed]) - places) + places
    return int(row[-1]) / max(1, len(wanted))
