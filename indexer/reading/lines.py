"""Lines of a text: cut from a text as it stands, or put together from a document's blocks."""

from __future__ import annotations

import re

from corpus.model import Line, LineKind

# Everything that Unicode calls a mandatory break (UAX #14, classes BK, CR, LF, NL): none may stay inside a line.
BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_LINE_END = re.compile("\r\n?")


def with_newlines(text: str) -> str:
    r"""The text with every line end written ``\n``; other characters stay."""
    return _LINE_END.sub("\n", text)


def split_lines(text: str) -> tuple[Line, ...]:
    """One Line a physical line, blank ones too; form feeds part pages, and without any the page is None."""
    lines = []
    page = 1 if "\f" in text else None
    start = 0
    for found in BREAK.finditer(text):
        lines.append(Line(start, found.start(), page))
        start = found.end()
        if page is not None and found.group() == "\f":
            page += 1
    if start < len(text):
        lines.append(Line(start, len(text), page))
    return tuple(lines)


class Assembly:
    """A text in the making: blocks in reading order become lines with their spans."""

    def __init__(self) -> None:
        """A text with no line yet."""
        self._parts: list[str] = []
        self._lines: list[Line] = []
        self._length = 0

    @property
    def started(self) -> bool:
        """Whether there is a line yet."""
        return bool(self._lines)

    def add(self, block: str, kind: LineKind = LineKind.TEXT, level: int = 0, page: int | None = None) -> None:
        """Appends a block; breaks inside it make several lines, and a blank block makes none."""
        for part in BREAK.split(block):
            if part.strip():
                # Empty cells at a row's ends keep its columns in line.
                self._append(part if kind is LineKind.ROW else part.strip(), kind, level, page)

    def row(self, text: str, page: int | None = None) -> int:
        """Appends a table row that has text, as one line; gives where it starts."""
        start = self._length
        self._append(text, LineKind.ROW, 0, page)
        return start

    def line(self, text: str, page: int | None = None) -> int:
        """Appends a line just as it is; gives where it starts."""
        start = self._length
        self._append(text, LineKind.TEXT, 0, page)
        return start

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def gap(self) -> None:
        """Appends an empty line, which parts paragraphs where a line break alone does not."""
        if self._lines and self._lines[-1].start < self._lines[-1].end:
            self._append("", LineKind.TEXT, 0, self._lines[-1].page)

    def _append(self, words: str, kind: LineKind, level: int, page: int | None) -> None:
        self._lines.append(Line(self._length, self._length + len(words), page, kind, level))
        self._parts.append(words)
        self._length += len(words) + 1

    def finish(self) -> tuple[str, tuple[Line, ...]]:
        """The text, one line break between lines, and the lines."""
        return "\n".join(self._parts), tuple(self._lines)
