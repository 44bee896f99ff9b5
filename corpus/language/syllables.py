"""Whether a word can be a Vietnamese syllable: onset, rhyme and tone, by the rules of the orthography."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib import resources

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_STOPPED_TONES = frozenset("\u0301\u0323")  # sắc, nặng: the only two before c, ch, p, t


@cache
def _shapes() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Toneless spellings of open syllables, of stopped ones, and whole syllables that no rule gives."""
    table = tomllib.loads(resources.files("corpus.language").joinpath("syllables.toml").read_text(encoding="utf-8"))
    front = tuple(table["front"])

    def fits(onset: str, rhyme: str) -> bool:
        before_front = rhyme.startswith(front)
        if onset in table["only_before_front"]:
            return before_front
        return not (before_front and onset in table["never_before_front"])

    def spelt(rhymes: list[str], after_gi: list[str]) -> frozenset[str]:
        pairs = {onset + rhyme for onset in table["onsets"] for rhyme in rhymes if fits(onset, rhyme)}
        return frozenset(pairs | {"gi" + rhyme for rhyme in after_gi})

    return (
        spelt(table["rhymes"], table["after_gi"]),
        spelt(table["stopped"], table["after_gi_stopped"]),
        frozenset(table["whole"]),
    )


@lru_cache(maxsize=1 << 16)
def is_syllable(word: str) -> bool:
    """Whether letters, in any case and Unicode form, spell a syllable that Vietnamese can have, its tone anywhere."""
    if len(word) > 16:  # noqa: PLR2004 - "nghiêng" decomposed, and room to spare; longer words are not looked at
        return False
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in decomposed if mark in _TONES]
    if len(tones) > 1:
        return False
    bare = unicodedata.normalize("NFC", "".join(letter for letter in decomposed if letter not in _TONES))
    opened, stopped, whole = _shapes()
    if bare in stopped:
        return bool(tones) and tones[0] in _STOPPED_TONES
    return bare in opened or unicodedata.normalize("NFC", decomposed) in whole
