"""Watermarks: words printed large across or behind the text of a page, such as "DỰ THẢO" (draft)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from math import isfinite
from statistics import median

from indexer.reading.pdf_words import PageContent, Word

_LARGE = 2.5  # times the usual size
_FEW = 12  # words of a page that a watermark may have
_SAME_PLACE = 5.0  # points
_QUARTER = 90


def without_watermarks(pages: Sequence[PageContent]) -> tuple[list[PageContent], tuple[str, ...]]:
    """The pages without their watermarks, and what these say, each once.

    A slanting word counts by its size; a level one where it also lies over other words and comes again on another page.
    """
    marked = [_candidates(page) for page in pages]
    again = Counter(place for words in marked for place in {_place(word) for word in words})
    found: dict[str, None] = {}
    kept: list[PageContent] = []
    for page, words in zip(pages, marked, strict=True):
        marks = [word for word in words if word.angle % _QUARTER or (again[_place(word)] > 1 and _over(word, page))]
        if marks and len(marks) <= _FEW:
            found[" ".join(word.text for word in marks)] = None
            gone = set(map(id, marks))
            page = replace(page, words=tuple(word for word in page.words if id(word) not in gone))  # noqa: PLW2901
        kept.append(page)
    return kept, tuple(found)


def _candidates(page: PageContent) -> list[Word]:
    if not page.words:
        return []
    height, letter = (median(map(size, page.words)) for size in (_height, _letter))
    # The box of a slanting letter says nothing of its height.
    return [
        word
        for word in page.words
        if isfinite(word.left + word.right + word.baseline)
        and (_letter(word) > _LARGE * letter if word.angle % _QUARTER else word.height > _LARGE * height)
    ]


def _height(word: Word) -> float:
    return word.height


def _letter(word: Word) -> float:
    """The mean width of a word's letters."""
    return (word.right - word.left) / len(word.text)


def _place(word: Word) -> tuple[str, int, int, int]:
    return word.text, word.angle, round(word.left / _SAME_PLACE), round(word.baseline / _SAME_PLACE)


def _over(mark: Word, page: PageContent) -> bool:
    """Whether a word lies over others in its direction."""
    return any(
        word is not mark
        and word.angle == mark.angle
        and word.height < mark.height / 2
        and word.left < mark.right
        and word.right > mark.left
        and mark.top < word.middle[1] < mark.bottom
        for word in page.words
    )
