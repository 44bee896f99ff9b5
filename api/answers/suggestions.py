"""Filters that a question's own words suggest: shown, to be chosen; never applied unasked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from api.answers.filters import FIRST_YEAR, LAST_YEAR
from corpus.language.agencies import Agencies
from corpus.language.agency_names import find_agencies
from corpus.language.normalise import fold, normalise
from corpus.language.places import Places

_YEARS = re.compile(r"(?<![\w/.-])((?:19|20)\d\d)(?:\s*(?:-|\.\.|đến|den)\s*((?:19|20)\d\d))?(?![\w/])")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A filter: ``field`` and ``value`` as the front doors take them; ``now``: what the named one is called today."""

    field: str
    value: str
    now: tuple[str, ...] = ()


def suggest(text: str, places: Places, agencies: Agencies, types: Sequence[str]) -> tuple[Suggestion, ...]:
    """The years, provinces, agencies and document types that a question names; ``types``: those of the archive."""
    text = normalise(text)
    found = []
    for first, last in _YEARS.findall(text):
        if FIRST_YEAR <= int(first) <= int(last or first) <= LAST_YEAR:
            found.append(Suggestion("year", f"{first}..{last}" if last else first))
    for province, _, _ in places.in_text(text):
        today = places.today(province.name)
        found.append(Suggestion("province", province.name, (today,) if today != province.name else ()))
    for mention in find_agencies(text):
        for name in mention.names:
            agency = agencies.find(name)
            if agency is not None and agency.level != "group":
                heirs = [heir for heir in agencies.today(agency.id, text) if heir != agency.id]
                now = tuple(each.name for each in map(agencies.get, heirs) if each)
                found.append(Suggestion("agency", agency.name, now))
    folded = f" {fold(text)} "
    found += [Suggestion("type", name) for name in types if f" {fold(name)} " in folded]
    return tuple(dict.fromkeys(found))
