"""The words of a PDF page with their places, and the rules (printed lines) on it, by PDFium.

Every word has its place in the frame of its own direction: turned so that the text runs from left to right and ``top``
grows downwards. A table drawn upright on a turned page then reads as any other; only the direction tells it apart.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from corpus.language.legacy import Legacy, by_font, shows_capitals, to_unicode
from indexer.reading.pdf_painted import painted_on
from indexer.reading.symbols import is_symbols, signs

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

# PDFium marks a hyphen at a line's end as a non-character.
_HYPHENS = str.maketrans({"\ufffe": "-", "\x02": "-"})
_WORD = re.compile(r"[^\s\0\x00-\x1f\x7f\x85\u2028\u2029\u00a0]+|[\x02]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Signs and letters that Vietnamese in Unicode does not use and text in the codes of legacy fonts is full of.
_ODD = re.compile(
    "[\u00a1-\u00bf\u00c4-\u00c7\u00cb\u00ce\u00cf\u00d1\u00d6\u00d8\u00db-\u00df\u00e4-\u00e7\u00eb\u00ee\u00ef\u00f1\u00f6\u00f8\u00fb-\u00ff\uf020-\uf0ff]"
)
_LONGEST_NAME = 256


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without blanks: its place in points, in the frame of its direction.

    ``angle``: degrees that its line is turned clockwise, 0-359; ``at``: its first character in PDFium's count, -1 where
    another reader gave it; ``legacy``: the encoding that its font has, if it is none of Unicode's; ``capitals``: such a
    font that shows capitals only.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    baseline: float
    angle: int = 0
    at: int = -1
    legacy: Legacy | None = None
    capitals: bool = False

    @property
    def height(self) -> float:
        """Of its line, in points."""
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        """The centre of its box."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


class Rule(NamedTuple):
    """A straight printed line in a frame: ``near`` and ``far`` along it, ``place`` across it."""

    upright: bool
    place: float
    near: float
    far: float


@dataclass(frozen=True, slots=True)
class PageContent:
    """What stands on a page: words in the order of the file, rules in the frame of the page's main direction.

    ``angle``: that direction; ``box``: left, bottom, right, top of the page in points; ``pictures``: the share of it
    that images cover; ``drawn``: whether anything at all is painted; ``hidden``: the share of its text that is not seen
    (under an image, or painted in no colour); ``outlines``: how many filled paths with curves it has.
    """

    words: tuple[Word, ...]
    rules: tuple[Rule, ...]
    angle: int
    box: tuple[float, float, float, float]
    pictures: float
    drawn: bool
    hidden: float = 0.0
    outlines: int = 0

    @property
    def converted_from(self) -> str | None:
        """The legacy encoding that its words are in, if any of them changes by it."""
        for legacy in dict.fromkeys(word.legacy for word in self.words if word.legacy is not None):
            text = " ".join(word.text for word in self.words if word.legacy is legacy)
            if to_unicode(text, legacy) != text:
                return legacy.value
        return None

    def frame(self, angle: int) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the page in the frame of a direction."""
        left, bottom, right, top = self.box
        corners = [turned(x, y, angle) for x in (left, right) for y in (bottom, top)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)


NOTHING = PageContent((), (), 0, (0.0, 0.0, 0.0, 0.0), 0.0, drawn=False)
"""A page that cannot be opened."""


def turned(x: float, y: float, angle: int) -> tuple[float, float]:
    """A point of the page (origin at the bottom) in the frame of a direction (``top`` grows downwards)."""
    if angle == 0:
        return x, -y
    turn = math.radians(angle)
    return x * math.cos(turn) - y * math.sin(turn), -(x * math.sin(turn) + y * math.cos(turn))


def recentred(word: Word, angle: int) -> tuple[float, float]:
    """The centre of a word in the frame of another direction."""
    x, y = word.middle
    if word.angle == angle:
        return x, y
    turn = math.radians(word.angle)
    return turned(x * math.cos(turn) - y * math.sin(turn), -x * math.sin(turn) - y * math.cos(turn), angle)


def main_angle(words: Sequence[Word]) -> int:
    """The direction of most characters."""
    counts: Counter[int] = Counter()
    for word in words:
        counts[word.angle] += len(word.text)
    return counts.most_common(1)[0][0] if counts else 0


def content_of(page: PdfPage) -> PageContent:
    """What stands on a page, words in a legacy font's codes marked, letters that are set apart closed up."""
    painted = painted_on(page)
    text_page = page.get_textpage()
    try:
        placed = list(_words(text_page))
        angle = main_angle(placed)
        rules = tuple(_in_frame(painted.segments, angle))
        words = [part for word in placed for part in _parted(text_page, word, rules, angle)]
        if any(_ODD.search(word.text) for word in words):
            words = [_with_legacy(text_page, word) for word in words]
    finally:
        text_page.close()
    box = page.get_bbox()
    area = (box[2] - box[0]) * (box[3] - box[1])
    pictures = min(1.0, painted.pictures / area) if area else 0.0
    return PageContent(tuple(words), rules, angle, box, pictures, painted.drawn, painted.hidden, painted.outlines)


def _with_legacy(page: PdfTextPage, word: Word) -> Word:
    """A word with the encoding of its font, or the signs that a font of symbols prints."""
    name = _font(page, word.at)
    text = signs(word.text, name) if is_symbols(name) else word.text
    return replace(word, text=text, legacy=by_font(name), capitals=shows_capitals(name))


def _font(page: PdfTextPage, index: int) -> str:
    """The name of a character's font."""
    import pypdfium2.raw as pdfium

    buffer, flags = ctypes.create_string_buffer(_LONGEST_NAME), ctypes.c_int()
    length = pdfium.FPDFText_GetFontInfo(page, index, buffer, _LONGEST_NAME, flags)
    return buffer.value.decode("utf-8", errors="replace") if 0 < length <= _LONGEST_NAME else ""


def _parted(page: PdfTextPage, word: Word, rules: Sequence[Rule], angle: int) -> list[Word]:
    """A word cut where upright rules pass between its characters."""
    if word.angle != angle or len(word.text) < 2:  # noqa: PLR2004  nothing between one character
        return [word]
    middle = word.middle[1]
    inside = [
        rule.place
        for rule in rules
        if rule.upright and rule.near <= middle <= rule.far and word.left + 1 < rule.place < word.right - 1
    ]
    return _split_at(page, word, inside) if inside else [word]


def _words(page: PdfTextPage) -> Iterator[Word]:
    for found in _WORD.finditer(_characters(page)):
        word = _placed(page, found.group().translate(_HYPHENS), found.start(), found.end())
        if word is not None:
            yield replace(word, text=_SURROGATES.sub("\ufffd", word.text))


def _characters(page: PdfTextPage) -> str:
    """A page's characters, one a place in PDFium's count."""
    import pypdfium2.raw as pdfium

    count = page.count_chars()
    text: str = page.get_text_range() if count else ""
    if len(text) == count:
        return text
    codes = (pdfium.FPDFText_GetUnicode(page, index) for index in range(count))
    return "".join(chr(code) if 0 < code <= 0x10FFFF else "\ufffd" for code in codes)  # noqa: PLR2004  Unicode's last


def _placed(page: PdfTextPage, text: str, start: int, end: int) -> Word | None:
    """A word's place by its first and last characters; None where PDFium knows none."""
    import pypdfium2.raw as pdfium

    angle = round(math.degrees(pdfium.FPDFText_GetCharAngle(page, start))) % 360
    quarter = round(angle / 90) * 90
    angle = quarter % 360 if abs(quarter - angle) <= 4 else angle  # noqa: PLR2004  a scan's own skew
    first, last = _box(page, start, angle), _box(page, end - 1, angle)
    x, y = ctypes.c_double(), ctypes.c_double()
    if first is None or last is None or not pdfium.FPDFText_GetCharOrigin(page, start, x, y):
        return None
    baseline = turned(x.value, y.value, angle)[1]
    return Word(text, min(first[0], last[0]), max(first[2], last[2]), first[1], first[3], baseline, angle, start)


def _box(page: PdfTextPage, index: int, angle: int) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom of a character in the frame of a direction."""
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(page, index, box):
        return None
    x1, y1 = turned(box.left, box.bottom, angle)
    x2, y2 = turned(box.right, box.top, angle)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _split_at(page: PdfTextPage, word: Word, places: Sequence[float]) -> list[Word]:
    """A word cut where rules stand between its characters."""
    boxes = [_box(page, word.at + offset, word.angle) for offset in range(len(word.text))]
    parts: list[Word] = []
    start = 0
    for place in sorted(places):
        cut = next(
            (at for at in range(start, len(boxes)) if (box := boxes[at]) is not None and box[0] + box[2] > 2 * place),
            len(boxes),
        )
        parts += _part(word, boxes, start, cut)
        start = max(start, cut)
    return [*parts, *_part(word, boxes, start, len(boxes))]


def _part(word: Word, boxes: Sequence[tuple[float, float, float, float] | None], start: int, end: int) -> list[Word]:
    known = [box for box in boxes[start:end] if box is not None]
    if not known:
        return []
    part = replace(word, text=word.text[start:end], left=known[0][0], right=known[-1][2], at=word.at + start)
    return [part]


def _in_frame(segments: Sequence[tuple[float, float, float, float]], angle: int) -> Iterator[Rule]:
    """The level and upright segments as rules of a frame."""
    for x1, y1, x2, y2 in segments:
        (left, top), (right, bottom) = turned(x1, y1, angle), turned(x2, y2, angle)
        width, height = abs(right - left), abs(bottom - top)
        if height <= 1 < width:
            yield Rule(False, (top + bottom) / 2, min(left, right), max(left, right))
        elif width <= 1 < height:
            yield Rule(True, (left + right) / 2, min(top, bottom), max(top, bottom))
