"""What a question matches, counted: by year, province as issued and today, type, issuer, lead agency, quality."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from api.answers.agencies import roster_of
from api.answers.asking import asked
from api.answers.filters import Filters
from api.answers.narrowing import as_typed
from api.answers.question import Question, own_terms
from api.answers.scope import scope_of
from api.answers.turns import in_turn
from corpus.store.archive import Archive
from corpus.store.lexical import NONE

HELD = 0.75
"""Share of a question's own syllables that a passage holds to match it, in text, headings or title."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet and how many matching passages have it; ``value`` None: those that have none."""

    value: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """How many passages match by their words, and how many of them have each value, most first; years in order.

    ``province``, ``type``, ``quality``, ``issuer`` and ``year`` add up to ``total``; ``province_today`` is the same by
    today's provinces. ``lead``: agencies that lead a task in the passage, by their names in the register; a passage may
    have none or several.
    """

    total: int
    year: tuple[Value, ...]
    province: tuple[Value, ...]
    province_today: tuple[Value, ...]
    type: tuple[Value, ...]
    issuer: tuple[Value, ...]
    lead: tuple[Value, ...]
    quality: tuple[Value, ...]


@in_turn
def facets(archive: Archive, typed: str, filters: Filters | None = None, *, restore: bool = True) -> Facets:
    """The counts of all that a typed question matches and filters let pass; QueryError when there is nothing to ask.

    A passage matches that holds :data:`HELD` of the question's syllables; what only means the same is found but not
    counted.
    """
    question = asked(archive, typed, restore=restore)
    chosen = as_typed(archive, filters or Filters(), question.fields)
    with archive.reading() as connection:
        scope = scope_of(archive, connection, chosen)
    within = None if scope is None else scope.documents
    form, terms = _terms(question)
    least = math.ceil(HELD * len(terms))
    total, counts = archive.lexical.count(form, terms, least, within, question.phrases, question.excluded)
    places, roster = archive.places, roster_of(archive)
    today: Counter[str] = Counter()
    for name, count in counts["province"].items():
        today[places.today(name) if name else NONE] += count
    leads: Counter[str] = Counter()
    for name, count in counts["lead"].items():
        agency = roster.id_of(name) if name else None
        leads[roster.name_of(agency) if agency else name] += count
    del leads[NONE]
    return Facets(
        total,
        year=tuple(sorted(_values(counts["year"]), key=lambda each: each.value or "")),
        province=_values(counts["province"]),
        province_today=_values(today),
        type=_values(counts["type"]),
        issuer=_values(counts["issuer"]),
        lead=_values(leads),
        quality=_values(counts["quality"]),
    )


def _terms(question: Question) -> tuple[str, list[str]]:
    # A passage that has an abbreviation alone, not what it stands for, still counts.
    terms = own_terms(question)
    form = "folded" if question.unmarked else "syllables"
    return form, list(dict.fromkeys(getattr(terms, form).split()))


def _values(counts: Mapping[str, int]) -> tuple[Value, ...]:
    ordered = sorted(counts.items(), key=lambda item: (item[0] == NONE, -item[1], item[0]))
    return tuple(Value(name or None, count) for name, count in ordered)
