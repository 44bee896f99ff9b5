"""Text whose fonts tell that it is in an encoding from before Unicode, as Unicode."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph and the font that it is set in, "" where none is named."""

    text: str
    font: str = ""


@dataclass(slots=True)
class Conversion:
    """Turns pieces into Unicode; ``encoding`` is what it converted from so far, None before it did."""

    encoding: str | None = None

    def shown(self, pieces: Iterable[Piece]) -> str:
        """The text of pieces in order, each stretch of one legacy font converted as a whole."""
        return "".join(
            self._unicode("".join(piece.text for piece in group), font)
            for font, group in groupby(pieces, key=lambda piece: piece.font)
        )

    def _unicode(self, text: str, font: str) -> str:
        from corpus.language.legacy import by_font, shows_capitals, to_unicode

        legacy = by_font(font) if font else None
        if legacy is None:
            return text
        converted = to_unicode(text, legacy, capitals=shows_capitals(font))
        if converted != text:
            self.encoding = str(legacy.value)
        return converted
