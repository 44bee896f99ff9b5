"""Types of documents (tên loại văn bản): their names, and the type that a symbol tells."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from corpus.language.normalise import normalise

LETTER = "Công văn"
"""The type that no heading names: a letter, whose symbol starts with the issuing body ("UBND-VX")."""

ARTICLE = "Bài báo"
"""What we call a press article: it has no official header at all."""


@cache
def _tables() -> tuple[tuple[str, ...], dict[str, str]]:
    text = resources.files("corpus.language").joinpath("doctypes.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["type"]
    return tuple(row["name"] for row in rows), {
        symbol.upper(): row["name"] for row in rows for symbol in row["symbols"]
    }


def type_names() -> tuple[str, ...]:
    """All names, in normal case."""
    return _tables()[0]


def type_of_symbol(symbol: str) -> str | None:
    """The type that a symbol ("KH-UBND", "CTr/TU") names, None where it names none, as in letters and laws."""
    for part in re.split(r"[/-]", normalise(symbol)):
        if part.strip().upper() in _tables()[1]:
            return _tables()[1][part.strip().upper()]
        if part and not part.strip().isdigit():
            break
    return None


def type_named(words: str) -> str | None:
    """The type whose name the words are, whatever their case and blanks, else None."""
    return _by_name().get(" ".join(normalise(words).lower().split()))


@cache
def _by_name() -> dict[str, str]:
    return {normalise(name).lower(): name for name in type_names()}
