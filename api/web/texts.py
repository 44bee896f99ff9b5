"""The words that the pages say, from the tables in ``texts/``."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from corpus.errors import Language


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = {}
    for file in sorted(resources.files("api.web").joinpath("texts").iterdir(), key=lambda file: file.name):
        sections = tomllib.loads(file.read_text(encoding="utf-8"))
        if twice := sections.keys() & table.keys():
            raise ValueError(f"{file.name} has sections of another file: {', '.join(sorted(twice))}")
        table |= sections
    return table


class Texts:
    """What the pages say in one language: ``texts("results.more", count=3)``."""

    def __init__(self, language: Language) -> None:
        """Speak ``language``."""
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """The text under ``section.name``, its braces filled; KeyError when the table has no such text."""
        section, name = key.split(".")
        text: str = _table()[section][name][self.language]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Whether the table has a text under ``section.name``; what stands after the first dot is the name."""
        section, _, name = key.partition(".")
        return name in _table().get(section, {})

    def day(self, day: date) -> str:
        """A date as people write it: 29/3/2017, in English 29 March 2017."""
        return f"{day.day}/{day.month}/{day.year}" if self.language == "vi" else f"{day.day} {day:%B} {day.year}"


def example_questions() -> list[str]:
    """Questions that show a newcomer how to ask; in Vietnamese, as the documents are."""
    questions: list[str] = _table()["examples"]["questions"]
    return questions
