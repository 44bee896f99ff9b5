"""Running page numbers: which lines at a page's edge only count pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from corpus.model import Line

# "3", "- 3 -", "Trang 3", "3/10", "Trang 3 / 10": the forms that word processors offer.
_NUMBER = re.compile(r"\s*(?:[-–—]\s*|trang\s+)?(\d{1,4})(?:\s*/\s*\d{1,4})?(?:\s*[-–—])?\s*", re.IGNORECASE)


def without_page_numbers(text: str, lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines apart from running page numbers alone on the first or last line of a page.

    A number counts as one where it is its page's own, or where its distance from the page's own is that of a number at
    another page's edge (a gazette's pages go on from issue to issue).
    """
    found = [(index, int(number[1]) - (lines[index].page or 0)) for index in _edges(text, lines)
             if (number := _NUMBER.fullmatch(text, lines[index].start, lines[index].end))]  # fmt: skip
    pages_at = Counter(distance for distance, _ in {(distance, lines[index].page) for index, distance in found})
    dropped = {index for index, distance in found if distance == 0 or pages_at[distance] > 1}
    return tuple(line for index, line in enumerate(lines) if index not in dropped)


def _edges(text: str, lines: Sequence[Line]) -> Iterator[int]:
    """Indexes of the first and the last line with words on each page."""
    filled = [index for index, line in enumerate(lines) if line.page and text[line.start : line.end].strip()]
    for place, index in enumerate(filled):
        page = lines[index].page
        first = place == 0 or lines[filled[place - 1]].page != page
        last = place + 1 == len(filled) or lines[filled[place + 1]].page != page
        if first or last:
            yield index
