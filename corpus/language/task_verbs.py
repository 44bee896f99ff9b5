"""The verbs with which plans say what is to be done, as regular expressions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_VARIANTS = (("óa", "oá"), ("òa", "oà"), ("ỏa", "oả"), ("ủy", "uỷ"), ("Ủy", "Uỷ"))

DASH = r"\s*[-–—]\s*"


def loose(phrase: str) -> str:
    """A phrase as the source of a regular expression: any run of blanks, any dash, either place of the tone."""
    return re.sub(" ?- ?", DASH.replace("\\", r"\\"), either_tone(phrase)).replace(" ", r"\s+")


def either_tone(phrase: str) -> str:
    """A regular expression's source that takes the older place of the tone too: hoá for hóa, uỷ for ủy."""
    for new, old in _VARIANTS:
        phrase = phrase.replace(new, f"(?:{new}|{old})")
    return phrase


def alternatives(phrases: Iterable[str]) -> str:
    """Phrases as one group, the longest tried first."""
    return "(?:" + "|".join(loose(phrase) for phrase in sorted(phrases, key=len, reverse=True)) + ")"


@cache
def table() -> dict[str, list[str]]:
    """The lists of ``task_verbs.toml``."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


# "Quyết định số 46/QĐ-UBND" is a document, not what is to be done.
_NUMBERED = r"\s+(?:liên\s+tịch\s+)?số\s+\d"


@cache
def opening() -> re.Pattern[str]:
    """Matches where a task opens: a verb, with any adverbs before it; its case does not count."""
    words = table()
    adverb = alternatives(words["leading_in"])
    verb = rf"(?P<verb>{alternatives(words['opening'])})(?!\w)(?!{_NUMBERED})"
    return re.compile(rf"(?:{adverb}\b\s*,?\s*){{0,3}}{verb}", re.IGNORECASE)


@cache
def after_name() -> re.Pattern[str]:
    """Matches what an agency is told to do right after its name: a verb of :func:`opening` or a short one."""
    words = table()
    adverb = alternatives(words["leading_in"])
    verbs = alternatives([*words["opening"], *words["after_name"]])
    return re.compile(rf"(?:{adverb}\b\s*,?\s*){{0,3}}(?P<verb>{verbs})(?!\w)(?!{_NUMBERED})", re.IGNORECASE)
