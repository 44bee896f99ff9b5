"""What recognition gives: the text of a page's image, and where each word stands in the text and on the page."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PageWord:
    """A recognised word: its span in :attr:`RecognisedPage.text`, its place on the page, and how sure it is (0-1).

    The box (left, top, right, bottom) is in parts of the page's width and height, from the top left.
    """

    start: int
    end: int
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    r"""A page's text with ``\n`` between printed lines, its words in reading order, and their mean confidence (0-1).

    A page on which nothing could be read is empty, with confidence 0.
    """

    text: str
    words: tuple[PageWord, ...]
    confidence: float


EMPTY = RecognisedPage("", (), 0.0)
