"""A page of a kept file as a picture: what a reader compares the text with."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.reading.failures import failure

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST_PIXELS = 12_000_000
_MOST_ACROSS = 6_000  # pixels; a damaged page may say that it is endlessly long
_COLOURS = 32  # print, paper, the red of a stamp and the blue of a signature, and what lies between


@dataclass(frozen=True, slots=True)
class PageWanted:
    """A page of a file, from 1, and how many pixels wide its picture is."""

    path: Path
    media_type: str
    number: int
    width: int


def has_pages(media_type: str) -> bool:
    """Whether files of this kind have pages of their own look: PDF and images."""
    return media_type == "application/pdf" or media_type.startswith("image/")


def page_renderer() -> Callable[[PageWanted], Iterator[bytes]]:
    """The work of a process that draws pages: one PNG for each page wanted, empty where the file has no such page.

    It raises ReadingError ``pdf-damaged``, ``pdf-encrypted``, ``image-damaged``, ``image-too-large``.
    """

    def render(wanted: PageWanted) -> Iterator[bytes]:
        image = _of_pdf(wanted) if wanted.media_type == "application/pdf" else _of_image(wanted)
        file = io.BytesIO()
        if image is not None:
            image.convert("RGB").quantize(_COLOURS).save(file, "PNG")
        yield file.getvalue()

    return render


def _of_pdf(wanted: PageWanted) -> Image | None:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(wanted.path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise failure("pdf-encrypted") from error
        raise failure("pdf-damaged", cause="structure") from error
    try:
        if not 1 <= wanted.number <= len(document):
            return None
        document.init_forms()  # what was filled in is drawn too
        page = document[wanted.number - 1]
        width, height = (max(1.0, side) for side in page.get_size())
        scale = min(wanted.width / width, (_MOST_PIXELS / (width * height)) ** 0.5, _MOST_ACROSS / height)
        image: Image = page.render(scale=scale).to_pil()
    except pypdfium2.PdfiumError as error:
        raise failure("pdf-damaged", cause="pdf-page", page=wanted.number) from error
    finally:
        document.close()
    return image


def _of_image(wanted: PageWanted) -> Image | None:
    from indexer.reading.images import page_of

    image = page_of(wanted.path.read_bytes(), wanted.number)
    if image is not None:
        image.thumbnail((wanted.width, _MOST_ACROSS))
    return image
