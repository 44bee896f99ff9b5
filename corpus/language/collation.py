"""The order of Vietnamese words: a ă â b c d đ e ê …, and of one letter its tones: a à ả ã á ạ.

Letters come first, tones only where all letters are the same (the order of Vietnamese dictionaries).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from corpus.language.normalise import normalise

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")

CollationKey = tuple[tuple[int, ...], tuple[int, ...]]


@lru_cache(maxsize=20_000)
def collation_key(text: str) -> CollationKey:
    """What to sort a name by; case does not matter, blanks come before digits, digits before letters."""
    letters: list[int] = []
    tones: list[int] = []
    for written in normalise(text).lower():
        parts = unicodedata.normalize("NFD", written)
        tone = next((mark for mark in parts[1:] if mark in _TONES), "")
        letter = unicodedata.normalize("NFC", parts.replace(tone, "") if tone else parts)
        at = _LETTERS.find(letter)
        letters.append(_FIRST_LETTER + at if at >= 0 else _other(letter))
        tones.append(_TONES.index(tone))
    return tuple(letters), tuple(tones)


_FIRST_LETTER = 100


def _other(letter: str) -> int:
    """Blanks, then digits, then signs before all letters; letters of other scripts after them."""
    if letter.isspace():
        return 0
    if letter.isdigit():
        return 1 + int(unicodedata.digit(letter[0], 0))
    return 1_000 + ord(letter[0]) if letter[0].isalpha() else 50
