"""Pages that are images: rendered by PDFium, recognised side by side."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from corpus.errors import ReadingError
from indexer.reading.options import ReadingOptions

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument

    from indexer.reading.ocr import RecognisedPage

_DPI = 300  # what Tesseract is trained on
_MOST_PIXELS = 40_000_000  # an A3 sheet at 300 dpi has 17 million
_MOST_ACROSS = 20_000  # pixels; a damaged page may say that it is endlessly wide


def can_recognise(options: ReadingOptions) -> bool:
    """Whether images of pages are to be read, and can be on this machine."""
    from indexer.reading.ocr import available

    return options.recognise and available()


def recognised(
    document: PdfDocument, pages: Sequence[int], options: ReadingOptions, lock: threading.Lock
) -> tuple[dict[int, RecognisedPage], dict[int, ReadingError]]:
    """What stands on pages, by their numbers from 1, and why recognition failed on those that are not among them.

    ``lock`` guards PDFium, which takes one caller at a time.
    """
    from indexer.reading.ocr import recognise

    failures: dict[int, ReadingError] = {}

    def one(number: int) -> RecognisedPage | None:
        with lock:
            image = _image(document, number)
        try:
            return recognise(image, options)
        except ReadingError as error:
            failures[number] = error
            return None

    with ThreadPoolExecutor(max_workers=max(1, options.threads)) as pool:
        found = dict(zip(pages, pool.map(one, pages), strict=True))
    return {number: page for number, page in found.items() if page is not None}, dict(sorted(failures.items()))


def _image(document: PdfDocument, number: int) -> Image:
    """A page in its colours, by which stamps are told from print, at 300 dots an inch or as many as is sane."""
    page = document[number - 1]
    try:
        width, height = page.get_size()
        scale = min(_DPI / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5, _MOST_ACROSS / max(1.0, width, height))
        image: Image = page.render(scale=scale).to_pil()
    finally:
        page.close()
    image.info["dpi"] = (round(scale * 72), round(scale * 72))
    return image
