"""What a reader left decomposed or in the codes of a legacy font: put right, with every place in the text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

from corpus.language.legacy import Replacement, detect, replaced, replacements
from corpus.model import Quality, SourceText

# A letter and the marks that follow it, as some systems write what others write in one character.
_DECOMPOSED = re.compile(r"[^\W\d_][\u0300-\u036f]+")


def in_unicode(source: SourceText) -> SourceText:
    """The same text composed (NFC) and out of legacy fonts' codes, with lines, tables and words at their new places.

    Fonts that a file names are its reader's business; this is for fonts that go by another name or by none. Composing
    changes no letter and is not recorded as a conversion.
    """
    source = _changed(source, _compositions(source.text))
    legacy = detect(source.text)
    if legacy is None:
        return source
    return replace(
        _changed(source, replacements(source.text, legacy)),
        quality=Quality.CONVERTED if source.quality is Quality.NATIVE else source.quality,
        converted_from=source.converted_from or legacy.value,
    )


def _compositions(text: str) -> list[Replacement]:
    if unicodedata.is_normalized("NFC", text):
        return []
    found = ((letter, unicodedata.normalize("NFC", letter[0])) for letter in _DECOMPOSED.finditer(text))
    return [Replacement(*letter.span(), composed) for letter, composed in found if composed != letter[0]]


def _changed(source: SourceText, changes: Sequence[Replacement]) -> SourceText:
    if not changes:
        return source
    at = _moved(changes)
    return replace(
        source,
        text=replaced(source.text, changes),
        lines=tuple(replace(line, start=at(line.start), end=at(line.end)) for line in source.lines),
        tables=tuple(
            replace(table, cells=tuple(replace(cell, start=at(cell.start), end=at(cell.end)) for cell in table.cells))
            for table in source.tables
        ),
        words=tuple(replace(word, start=at(word.start), end=at(word.end)) for word in source.words),
    )


def _moved(changes: Sequence[Replacement]) -> Callable[[int], int]:
    """From a place in the old text to the same in the new; one inside a replaced word goes no further than its end."""
    starts = [change.start for change in changes]
    shifts = [0]
    for change in changes:
        shifts.append(shifts[-1] + len(change.unicode) - (change.end - change.start))

    def at(place: int) -> int:
        index = bisect_right(starts, place)
        if index and place < changes[index - 1].end:
            change = changes[index - 1]
            return change.start + shifts[index - 1] + min(place - change.start, len(change.unicode))
        return place + shifts[index]

    return at
