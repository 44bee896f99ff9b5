"""Which pages of a PDF are images, and whose text of them stands: the file's own layer or what was recognised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from indexer.reading.pdf_layout import Printed
from indexer.reading.pdf_measure import measure
from indexer.reading.pdf_page import Item
from indexer.reading.pdf_words import PageContent

if TYPE_CHECKING:
    from indexer.reading.ocr import RecognisedPage

_PICTURE = 0.4  # of the page: images that cover more may be a scan
_FEW_WORDS = 8  # beside a scan: stamps and strips that a signing program adds
_HIDDEN = 0.5  # share of a page's text that nobody sees: what another program recognised
_OUTLINES = 120  # filled curves: a page of print has a thousand and more, a coat of arms or a chart some dozens


def is_layer(content: PageContent) -> bool:
    """Whether a page's text is what another program recognised on its image."""
    return content.pictures >= _PICTURE and content.hidden > _HIDDEN and bool(content.words)


def scans(contents: Sequence[PageContent], items: Sequence[Sequence[Item]]) -> tuple[int, ...]:
    """The numbers of pages whose text is an image, drawn as outlines, or a layer that nobody can read.

    Pages without text that draw anything count too where the whole file has no text.
    """
    silent = not any(map(has_letters, items))
    return tuple(
        number
        for number, (content, page) in enumerate(zip(contents, items, strict=True), 1)
        if _unusable(content, page) or (silent and content.drawn and not content.words)
    )


def _unusable(content: PageContent, items: Sequence[Item]) -> bool:
    layer = measure(" ".join(_texts(items)))
    if layer.broken:
        return True
    if content.pictures >= _PICTURE:
        return layer.words < _FEW_WORDS or layer.foreign or (is_layer(content) and layer.bare)
    return layer.words < _FEW_WORDS and content.outlines >= _OUTLINES


def stands(page: RecognisedPage | None, content: PageContent, items: Sequence[Item]) -> bool:
    """Whether what was recognised is to be shown in place of the page's own text: any letters, where that has few.

    A layer that another program recognised gives way; text that is seen only to what reads better.
    """
    written = measure(" ".join(_texts(items)))
    read = measure(page.text) if page is not None else None
    if read is None or not read.words:
        return not written.words
    if written.words < _FEW_WORDS or is_layer(content):
        return True
    return read.score > written.score and 2 * read.characters >= written.characters


def _texts(items: Sequence[Item]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Printed):
            yield item.text
        else:
            yield from (cell.text for row in item.rows for cell in row)


def has_letters(items: Sequence[Item]) -> bool:
    """Whether items hold any letter."""
    return any(any(map(str.isalpha, text)) for text in _texts(items))
