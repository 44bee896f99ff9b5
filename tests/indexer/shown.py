"""What a reader sees of a file."""

from __future__ import annotations

from corpus.model import SourceText


def shown(source: SourceText) -> list[str]:
    """The text of each line."""
    return [source.text[line.start : line.end] for line in source.lines]
