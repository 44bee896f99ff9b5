"""Recognition of scanned pages (OCR) with Tesseract: an image in, its text and the place of every word out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

from indexer.reading.failures import failure
from indexer.reading.ocr import cache
from indexer.reading.ocr.engine import available, version
from indexer.reading.ocr.page import PageWord, RecognisedPage
from indexer.reading.ocr.pipeline import PIPELINE_VERSION, read_page
from indexer.reading.options import DEFAULTS, ReadingOptions

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["PageWord", "RecognisedPage", "available", "recognise", "recognise_all"]


def recognise(image: Image, options: ReadingOptions = DEFAULTS) -> RecognisedPage:
    """The text of a page's image: from ``options.cache`` where it was read before, else recognised and put there.

    Raises ReadingError ``waiting-ocr`` without Tesseract, ``ocr-timeout`` past a page's time limit, ``ocr-failed``.
    """
    engine_version = version()
    if engine_version is None:
        raise failure("waiting-ocr", pages=1)
    if options.cache is None:
        return read_page(image)
    name = cache.key(image, PIPELINE_VERSION, engine_version)
    page = cache.load(options.cache, name)
    if page is None:
        page = read_page(image)
        cache.save(options.cache, name, page)
    return page


def recognise_all(
    images: Iterable[Image], options: ReadingOptions = DEFAULTS, workers: int | None = None
) -> Iterator[RecognisedPage]:
    """The text of images, in their order, ``workers`` at a time (``options.threads`` unless given).

    Images are taken as they are needed, one a worker in advance, so that a long scan is never in memory whole.
    """
    count = max(1, options.threads if workers is None else workers)
    pending = iter(images)
    if count == 1:
        yield from (recognise(image, options) for image in pending)
        return
    with ThreadPoolExecutor(count, thread_name_prefix="ocr") as pool:
        running = [pool.submit(recognise, image, options) for image in islice(pending, count)]
        try:
            while running:
                yield running.pop(0).result()
                running += [pool.submit(recognise, image, options) for image in islice(pending, 1)]
        finally:
            for future in running:
                future.cancel()
