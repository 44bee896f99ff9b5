"""Names that senders give to files: for showing, never a way to a place on the disk."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

_LONGEST = 180  # bytes of UTF-8: file systems take 255 of a name
_LONGEST_SUFFIX = 12  # characters, the dot among them
_NOT_IN_A_NAME = '"*:<>?|!'  # what other systems or we ourselves give a meaning ("package.zip!member")
_UNSEEN = ("C", "Z")  # categories: controls, marks of direction, surrogates; separators
_NAMELESS = "tệp"


def clean_name(given: str) -> str:
    """One plain name that shows what a sender called a file: no folders, nothing unseen, of sane length.

    It keeps its ending, and is never empty, ".", ".." or hidden.
    """
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    composed = unicodedata.normalize("NFC", last)
    seen = "".join(" " if unicodedata.category(c)[0] in _UNSEEN else c for c in composed if not _turns(c))
    words = "".join("_" if c in _NOT_IN_A_NAME else c for c in " ".join(seen.split())).strip(". ~$")
    suffix = PurePosixPath(words).suffix
    if len(suffix) > _LONGEST_SUFFIX:
        suffix = ""
    stem = words[: len(words) - len(suffix)]
    room = _LONGEST - len(suffix.encode())
    short = stem.encode()[:room].decode(errors="ignore").rstrip(". ")
    return (short or _NAMELESS) + suffix


def _turns(character: str) -> bool:
    """Whether a character only changes how its neighbours are shown (U+202E turns "fdp.exe" around)."""
    return unicodedata.category(character) == "Cf"
