"""What the common abbreviations of official documents stand for."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from corpus.language.normalise import fold

_WORD = re.compile(r"\w+")


@cache
def _table() -> dict[str, str]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {fold(short): meaning for short, meaning in table.items()}


def meanings(text: str) -> list[str]:
    """What the abbreviations in a text stand for, however they are typed (CĐS, cđs, cds), each once, in their order."""
    found = (_table().get(fold(word[0])) for word in _WORD.finditer(text))
    return list(dict.fromkeys(meaning for meaning in found if meaning))
