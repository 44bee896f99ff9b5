"""Where a document sets goals and where it only tells: by its type, its headings and the words of a clause."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from corpus.model import Provision
from indexer.extraction.context import Context
from indexer.structure.markers import read_marker

_DIGIT = re.compile(r"\d")
_NUMBER_END = 8  # characters in which a heading's own number stands

_CLAUSE_ENDS = re.compile(r";|(?<!\bTP)(?<!\bTS)(?<!\d)\.(?=\s|$)|(?<=\d)\.(?=\s+[^\W\d_]|\s*$)|(?<=\d)\.(?=[^\W\d_])")
_LONGEST_CLAUSE = 2000  # characters


class Scope(Enum):
    """What a part of a document does; the values are the names in ``goals.toml``."""

    GOALS = "goals"  # sets goals
    TASKS = "tasks"  # says what is to be done
    PAST = "past"  # tells what was and is
    MONEY = "money"
    REWARD = "reward"  # says who is praised or marked for what
    SUBJECT = "subject"  # says whom and what it is about


_OTHERS = frozenset({Scope.REWARD, Scope.SUBJECT})


@cache
def table() -> dict[str, Any]:
    """The contents of ``goals.toml``."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@cache
def clause_pattern(name: str) -> re.Pattern[str]:
    """A pattern of ``[clauses]``."""
    return re.compile(table()["clauses"][name].replace(" ", r"\s+"), re.IGNORECASE)


@cache
def _headings() -> tuple[tuple[Scope, re.Pattern[str]], ...]:
    return tuple((Scope(name), re.compile(words, re.IGNORECASE)) for name, words in table()["headings"].items())


def sets_goals(context: Context) -> bool:
    """Whether a document is of a kind that sets goals of its own: a plan, or the decision that lays one down."""
    if context.header.type in table()["types"]:
        return True
    title = " ".join((context.header.title or "").split())
    return context.header.type == "Quyết định" and re.match(table()["titles"], title, re.IGNORECASE) is not None


def scope_of_heading(heading: str) -> Scope | None:
    """What a heading says of the text below it, None where it says nothing."""
    words = " ".join(heading.split())
    marker = read_marker(words)
    bare = words[marker.end :].lstrip(" .:)–-") if marker is not None else words
    return next((scope for scope, pattern in _headings() if pattern.match(bare)), None)


class Scopes:
    """The scope of each provision of a document: its heading's own, else that of the provision above it."""

    def __init__(self, context: Context) -> None:
        """Read the headings of a document, once."""
        self._context = context
        self._scopes: list[Scope] = []
        for provision in context.provisions:
            above = Scope.TASKS if provision.parent is None else self._scopes[provision.parent]
            # Below a heading of goals a line with a number is a goal, whatever it begins with.
            own = scope_of_heading(provision.heading)
            if above is Scope.GOALS and own not in _OTHERS and _DIGIT.search(provision.heading[_NUMBER_END:]):
                own = above
            self._scopes.append(own or above)

    def at(self, offset: int) -> Scope | None:
        """The scope at an offset, None before the first heading and after the last one."""
        provision = self._context.provision_at(offset)
        return None if provision is None else self.of(provision)

    def of(self, provision: Provision) -> Scope:
        """The scope of a provision."""
        return self._scopes[provision.ordinal]


def clauses_of(words: str) -> Iterator[tuple[int, int]]:
    """The spans of a passage's clauses; one too long to be a clause is cut."""
    start = 0
    for end in [*(match.start() for match in _CLAUSE_ENDS.finditer(words)), len(words)]:
        while end - start > _LONGEST_CLAUSE:
            cut = words.rfind(" ", start, start + _LONGEST_CLAUSE)
            cut = cut if cut > start else start + _LONGEST_CLAUSE
            yield start, cut
            start = cut
        yield start, end
        start = end + 1
