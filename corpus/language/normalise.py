"""One spelling for text that reads the same: Unicode form, look-alike letters, blanks, tone placement.

For searching only; what is shown stays as written.
"""

from __future__ import annotations

import re
import unicodedata

NORMALISATION_VERSION = 1
"""Goes into every fingerprint: raise it when :func:`normalise` changes what it gives."""

# Letters that old converters and scans put where Vietnamese has another one (Unicode names say which is which).
_LOOK_ALIKES = {
    "Ð": "Đ",  # U+00D0 Latin capital eth
    "ð": "đ",  # U+00F0 Latin small eth
    "Ɖ": "Đ",  # U+0189 Latin capital African d
    "‐": "-",
    "‑": "-",
    "–": "-",
    "—": "-",
    "−": "-",
    "“": '"',
    "”": '"',
    "’": "'",
    "‘": "'",
}
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u202f\u3000"), " ")
_TABLE: dict[int, str | None] = {**{ord(k): v for k, v in _LOOK_ALIKES.items()}, **_INVISIBLE, **_BLANKS}

_LIKE_D = str.maketrans("ðÐƉɖ", "đĐĐđ")

# Tone placement on open oa, oe, uy: "hoà, khoẻ, thuỷ" (new) become "hòa, khỏe, thủy" (old, the one most documents use).
# "qu" is a consonant, so "quý" keeps its place.
_NEW_TO_OLD = {
    new + v: old + w
    for plain_first, first, plain_second, second in (
        ("o", "òóỏõọ", "a", "àáảãạ"),
        ("o", "òóỏõọ", "e", "èéẻẽẹ"),
        ("u", "ùúủũụ", "y", "ỳýỷỹỵ"),
    )
    for new, v, old, w in zip(plain_first * 5, second, first, plain_second * 5, strict=True)
}
_NEW_TO_OLD |= {k.upper(): v.upper() for k, v in _NEW_TO_OLD.items()} | {
    k[0].upper() + k[1]: v[0].upper() + v[1] for k, v in _NEW_TO_OLD.items()
}
_NEW_PLACED = re.compile(rf"(?<![qQ])({'|'.join(_NEW_TO_OLD)})(?!\w)")


def plain_d(text: str) -> str:
    """Text with đ for the letters that old converters put in its place, character for character: places stay."""
    return text.translate(_LIKE_D) if any(letter in text for letter in "ðÐƉɖ") else text


def compose(text: str) -> str:
    """Text in Unicode NFC; look-alike letters, odd blanks and invisible characters replaced; tones stay in place."""
    return unicodedata.normalize("NFC", text).translate(_TABLE)


def normalise(text: str) -> str:
    """:func:`compose`, and the tone of open oa, oe, uy on the first vowel ("thuỷ" becomes "thủy")."""
    return _NEW_PLACED.sub(lambda match: _NEW_TO_OLD[match[1]], compose(text))


def _bare(letter: str) -> str:
    decomposed = unicodedata.normalize("NFD", letter.replace("đ", "d"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


# Vietnamese letters lie in these blocks; one table is twenty times as fast as decomposing every text.
_BARE = {code: _bare(chr(code)) for code in (*range(0xC0, 0x250), *range(0x300, 0x370), *range(0x1E00, 0x1F00))}


def strip_marks(composed: str) -> str:
    """Composed lower-case text without any mark, đ as d."""
    return composed.translate(_BARE)


def fold(text: str) -> str:
    """Text without any mark, lower case, đ as d: what a person types who types no marks."""
    return strip_marks(compose(text).lower())
