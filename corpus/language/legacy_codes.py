"""The code tables of TCVN3 and VNI, made ready from ``legacy.toml``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import resources
from typing import Any

from corpus.language.syllables import is_syllable

_WIDEST = 0xFF  # the last code; what lies above it is Unicode, but for the signs of windows-1252
_MARKS = "\u0300-\u036f"
_TYPOGRAPHIC = frozenset("‘’“”–—…•™")  # stand beside capitals in good text too


class Codes:
    """Both encodings: ``tcvn3(word)`` and ``vni(word)`` give a word in Unicode, composed.

    ``bases``: TCVN3 codes without a tone, each to its letter; ``toned``: those that are for both cases. ``words`` finds
    runs of letters and codes; ``words_with_controls`` also takes controls and typographic signs, which are capitals in
    set VN1 and which ``telling`` finds in a text that uses them so. ``signs``: codes that are no
    letters; ``shared``: those that Unicode has for the same letter. ``bullets``, ``fonts``: as in the table.
    """

    def __init__(self, table: dict[str, Any]) -> None:
        """Take the table as it is written."""
        small = dict(_letters(table["tcvn3"]["letters"]))
        capitals = dict(_letters(table["tcvn3"]["capitals"]))
        self._small, self._all = small, small | capitals
        self._vni_letters = dict(_vni(table["vni"]["letters"], table["vni"]["marks"]))
        self._vni_code = re.compile("|".join(sorted(self._vni_letters, key=len, reverse=True)))
        plain = frozenset("ăâêôơưđ")
        self.bases = {code: letter for code, letter in small.items() if letter.lower() in plain}
        self.toned = frozenset(chr(code) for code in small if code not in self.bases)
        self.shared = frozenset("íìýÍÌ")
        self.fonts: dict[str, list[str]] = table["fonts"]
        self.bullets = frozenset(table["bullets"]["signs"])
        self.signs = "".join(chr(code) for code in self._all if not chr(code).isalpha())
        controls = "".join(chr(code) for code in capitals if not 0xA0 <= code <= _WIDEST)  # noqa: PLR2004 - Latin-1
        letters = "".join(chr(code) for code in self._all if 0xA0 <= code <= _WIDEST)  # noqa: PLR2004  (small counts, plain where they stand)
        self.words = re.compile(rf"(?:[^\W\d_]|[{letters}{_MARKS}])+")
        self.words_with_controls = re.compile(rf"(?:[^\W\d_]|[{letters}{_MARKS}{controls}])+")
        sure = "".join(sign for sign in controls if sign not in _TYPOGRAPHIC)
        self.telling = re.compile(rf"(?<=[A-Z¡-§])[{sure}](?=[A-Z¡-§])")

    def tcvn3(self, word: str) -> str:
        """A word read as TCVN3; one with a character that has no code stays."""
        if any(ord(letter) > _WIDEST and ord(letter) not in self._all for letter in word):
            return word
        full = word.translate(self._all)
        if is_syllable(full) and (full.isupper() or full.istitle()):
            return full
        return word.translate(self._small)

    def vni(self, word: str) -> str:
        """A word read as VNI; one with a character that has no code stays."""
        if any(ord(letter) > _WIDEST for letter in word):
            return word
        return self._vni_code.sub(lambda found: self._vni_letters[found[0]], word)


@cache
def codes() -> Codes:
    """The tables, read once."""
    text = resources.files("corpus.language").joinpath("legacy.toml").read_text(encoding="utf-8")
    return Codes(tomllib.loads(text))


def _letters(rows: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Codes and letters, a code from 80 to 9F also under the character that windows-1252 has for it."""
    for first, letters in rows.items():
        for code, letter in enumerate(letters, int(first, 16)):
            yield code, letter
            with suppress(UnicodeDecodeError):
                yield ord(bytes([code]).decode("cp1252")), letter


def _vni(letters: dict[str, str], marks: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Codes of one or two characters and their letters, in both cases."""
    for code, letter in letters.items():
        yield code, letter
        yield code.upper(), letter.upper()
    for bases, signs in marks.items():
        for base in bases + bases.upper():
            bare = letters.get(base.lower(), base.lower())
            bare = bare.upper() if base.isupper() else bare
            for sign, combining in signs.items():
                composed = unicodedata.normalize("NFC", bare + combining)
                yield base + sign, composed
                yield base + sign.upper(), composed
