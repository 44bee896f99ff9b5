"""Running page numbers: which lines at a page's edge only count pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from corpus.model import Line

# "3", "- 3 -", "Trang 3", "3/10", "Trang 3 / 10": the forms that word processors offer.
_NUMBER = re.compile(r"\s*(?:[-–—]\s*|trang\s+)?(\d{1,4})(?:\s*/\s*\d{1,4})?(?:\s*[-–—])?\s*", re.IGNORECASE)


def without_page_numbers(text: str, lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines apart from running page numbers alone on the first or last line of a page.

    A number counts as one where it is its page's own, or where its distance from the page's own is that of a number at
    another page's edge (a gazette's pages go on from issue to issue).
    """
    found = {
        index: int(number[1]) - page
        for page, indexes in _filled(text, lines)
        for edge in (indexes, indexes[::-1])
        for index, number in _numbers(text, lines, edge)
    }
    pages_at = Counter(distance for distance, _ in {(distance, lines[index].page) for index, distance in found.items()})
    dropped = {index for index, distance in found.items() if distance == 0 or pages_at[distance] > 1}
    return tuple(line for index, line in enumerate(lines) if index not in dropped)


def _filled(text: str, lines: Sequence[Line]) -> Iterator[tuple[int, list[int]]]:
    """The pages with the indexes of their lines that have words."""
    filled = (index for index, line in enumerate(lines) if line.page and text[line.start : line.end].strip())
    for page, indexes in groupby(filled, key=lambda index: lines[index].page or 0):
        yield page, list(indexes)


def _numbers(text: str, lines: Sequence[Line], edge: Iterable[int]) -> Iterator[tuple[int, re.Match[str]]]:
    """The lines from an edge inwards that are numbers alone: a stamp and a field may both print the page's number."""
    for index in edge:
        number = _NUMBER.fullmatch(text, lines[index].start, lines[index].end)
        if number is None:
            return
        yield index, number
