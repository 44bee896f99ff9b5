"""Pages as images: JPEG, PNG, BMP, WebP, and TIFF of one page or many, recognised."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from corpus.errors import ReadingError
from corpus.model import Line, Quality, RecognisedWord, SourceText
from indexer.reading.failures import failure
from indexer.reading.lines import split_lines
from indexer.reading.options import DEFAULTS, ReadingOptions

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "TIFF": "image/tiff",
    "MPO": "image/jpeg",
    "BMP": "image/bmp",
    "WEBP": "image/webp",
}
_PAGE_NUMBER = re.compile(r"\s*[-–—]?\s*\d{1,3}\s*[-–—]?\s*")
_MOST_PIXELS = 150_000_000  # a sheet of A3 at 600 dpi has 70 million


def read_image(data: bytes, options: ReadingOptions = DEFAULTS) -> SourceText:
    """The text recognised on the pages of an image file.

    Raises ReadingError ``image-damaged``, ``image-too-large``, ``image-pages``, ``image-no-text``, and ``waiting-ocr``
    where images are not recognised here.
    """
    from indexer.reading.ocr import available, recognise_all

    with closing(_opened(data)) as image:
        media_type = _FORMATS[image.format or ""]
        pages = _count(image)
        if pages > options.pages:
            raise failure("image-pages", pages=pages, limit=options.pages)
        if not (options.recognise and available()):
            raise failure("waiting-ocr", pages=pages)
        read = list(recognise_all(_pages(image, pages), options))
    if not any(page.text for page in read):
        raise failure("image-no-text", pages=pages)
    starts = [0]
    for page in read[:-1]:
        starts.append(starts[-1] + len(page.text) + 1)
    text = "\f".join(page.text for page in read)
    words = tuple(
        RecognisedWord(start + word.start, start + word.end, number, word.box, word.confidence)
        for number, (start, page) in enumerate(zip(starts, read, strict=True), 1)
        for word in page.words
    )
    return SourceText(
        text=text,
        lines=_lines(text, pages),
        media_type=media_type,
        reader="image",
        wrapped=True,
        pages=pages,
        quality=Quality.RECOGNISED,
        words=words,
        warnings=tuple(_warnings([number for number, page in enumerate(read, 1) if not page.text])),
    )


def first_page(data: bytes) -> Image | None:
    """The image that a file holds, upright, None where it cannot be opened or is too large."""
    try:
        with closing(_opened(data)) as image:
            return next(_pages(image, 1)).copy()
    except ReadingError:
        return None


def page_of(data: bytes, number: int) -> Image | None:
    """A page of an image file, from 1 and upright; None where it has no such page.

    Raises ReadingError ``image-damaged``, ``image-too-large``.
    """
    with closing(_opened(data)) as image:
        if not 1 <= number <= _count(image):
            return None
        return next(_pages(image, 1, number - 1)).copy()


def _opened(data: bytes) -> Image:
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # size is judged below, damage shows itself
            Pillow.init()  # else only the commonest formats are known
            # MPO is no format to open by: a camera's JPEG turns out to be one.
            return Pillow.open(io.BytesIO(data), formats=tuple(name for name in _FORMATS if name != "MPO"))
    except Pillow.DecompressionBombError as error:
        raise failure(
            "image-too-large", size=2 * (Pillow.MAX_IMAGE_PIXELS or 0) // 10**6, limit=_MOST_PIXELS // 10**6
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, KeyError, TypeError) as error:
        raise failure("image-damaged") from error


def _count(image: Image) -> int:
    if image.format in {"JPEG", "MPO"}:
        return 1  # further frames of a camera's file are previews of the first
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return int(getattr(image, "n_frames", 1))
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, EOFError) as error:
        raise failure("image-damaged") from error


def _pages(image: Image, count: int, first: int = 0) -> Iterator[Image]:
    """Pages of an image file, one after the other, each as its camera or scanner held it upright."""
    from PIL import ImageOps

    for number in range(first, first + count):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                image.seek(number)
                size = image.width * image.height
                if size > _MOST_PIXELS:
                    raise failure("image-too-large", size=size // 10**6, limit=_MOST_PIXELS // 10**6)
                image.load()
                page = ImageOps.exif_transpose(image)
        except (OSError, ValueError, SyntaxError, KeyError, TypeError, EOFError) as error:
            raise failure("image-damaged") from error
        yield page


def _lines(text: str, pages: int) -> tuple[Line, ...]:
    """The lines of a text, without the numbers that stand alone at the top or foot of a page."""
    lines = split_lines(text) if pages > 1 else tuple(replace(line, page=1) for line in split_lines(text))
    kept: list[Line] = []
    for _, members in groupby(lines, key=lambda line: line.page):
        page = list(members)
        for edge in (0, -1):
            if page and _PAGE_NUMBER.fullmatch(text, page[edge].start, page[edge].end):
                del page[edge]
        kept += page
    return tuple(kept)


def _warnings(blank: list[int]) -> Iterator[str]:
    if blank:
        listed = ", ".join(map(str, blank))
        yield (
            f"Không nhận dạng được chữ nào ở trang {listed} (trang trắng hoặc hình ảnh) "
            f"(no text was recognised on pages {listed}, blank or pictures)"
        )
