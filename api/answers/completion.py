"""What a person may be typing: titles, headings that come back, agencies."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from api.answers.agencies import roster_of
from corpus.language.normalise import fold
from corpus.store import records, schema
from corpus.store.archive import Archive

_RENEWED = 60.0  # seconds: an archive that grows by the second need not be read again for every letter typed
_SHORTEST = 2
_LONGEST = 120  # characters of a completion: a longer title is no question
_MOST = 50_000


@dataclass(frozen=True)
class _Phrases:
    """Phrases in the order of their folded forms, and how often each is met."""

    generation: int
    made: float
    folded: list[str]
    shown: list[str]
    weight: list[int]


_known: WeakKeyDictionary[Archive, _Phrases] = WeakKeyDictionary()
_guard = threading.Lock()


def completions(archive: Archive, typed: str, limit: int = 8) -> tuple[str, ...]:
    """Titles, headings and agencies that go on from what is typed, the most frequent first; case and marks pass over.

    Those that start with it come before those that have it at the start of a later word.
    """
    start = fold(" ".join(typed.split()))
    if len(start) < _SHORTEST:
        return ()
    known = _phrases(archive)

    def rank(each: int) -> tuple[int, str]:
        return -known.weight[each], known.folded[each]

    at, end = bisect_left(known.folded, start), bisect_left(known.folded, start + "\uffff")
    first = sorted(range(at, end), key=rank)[:limit]
    if len(first) < limit:
        inside = f" {start}"
        later = (each for each, phrase in enumerate(known.folded) if not at <= each < end and inside in phrase)
        first += sorted(later, key=rank)[: limit - len(first)]
    return tuple(known.shown[each] for each in first)


def _phrases(archive: Archive) -> _Phrases:
    now = time.monotonic()
    with archive.reading() as connection:
        generation = records.generation_of(connection)
    with _guard:
        known = _known.get(archive)
        if known and (known.generation == generation or now - known.made < _RENEWED):
            return known
    made = _made(archive, generation, now)
    with _guard:
        _known[archive] = made
    return made


def _made(archive: Archive, generation: int, now: float) -> _Phrases:
    counts: Counter[str] = Counter()
    documents, provisions = schema.documents.c, schema.provisions.c
    titles = select(documents.title, func.count()).where(documents.title.is_not(None), documents.rendition_of.is_(None))
    headings = select(provisions.heading, func.count()).where(func.length(provisions.heading) <= _LONGEST)
    with archive.reading() as connection:
        for phrase, count in connection.execute(titles.group_by(documents.title).limit(_MOST)):
            counts[phrase] += 2 * count
        often = headings.group_by(provisions.heading).order_by(func.count().desc()).limit(_MOST)
        for phrase, count in connection.execute(often):
            counts[phrase] += count
    roster = roster_of(archive)
    for agency, names in roster.spellings.items():
        counts[roster.name_of(agency)] += 3 * len(names)
    best: dict[str, tuple[int, str]] = {}
    for phrase, count in counts.items():
        shown = " ".join(phrase.split()).strip(" .:;,-–")
        if _SHORTEST < len(shown) <= _LONGEST and any(map(str.isalpha, shown)):
            weight, kept = best.get(fold(shown), (0, shown))
            # Headings come in capitals too: the one with small letters reads better.
            best[fold(shown)] = (weight + count, shown if kept.isupper() else kept)
    keys = sorted(best)
    return _Phrases(generation, now, keys, [best[key][1] for key in keys], [best[key][0] for key in keys])
