"""Abbreviations that the archive's documents define, for questions that use them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from corpus.language.normalise import normalise
from corpus.store import records, schema
from corpus.store.archive import Archive

_SHORT = re.compile(r"[\w&]+")
_LONGEST = 12  # words; what runs longer is the title of a document, cited in short
_known: WeakKeyDictionary[Archive, tuple[int, dict[str, str]]] = WeakKeyDictionary()


def defined_in(archive: Archive) -> Mapping[str, str]:
    """What abbreviations stand for in most documents that define them, by how they are written; settings first."""
    with archive.reading() as connection:
        generation = records.generation_of(connection)
        remembered = _known.get(archive)
        if remembered is None or remembered[0] != generation:
            table = schema.abbreviations.c
            rows = connection.execute(select(table.short, table.long, func.count()).group_by(table.short, table.long))
            remembered = _known[archive] = (generation, _most_common([tuple(row) for row in rows]))
    return {**remembered[1], **archive.settings.abbreviations}


def _most_common(rows: list[tuple[str, str, int]]) -> dict[str, str]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for short, long, often in rows:
        is_short = _SHORT.fullmatch(short) and sum(map(str.isupper, short)) > 1
        if is_short and len(long.split()) <= _LONGEST:
            found[short][normalise(long).lower()] += often
    return {short: min(longs, key=lambda long: (-longs[long], long)) for short, longs in found.items()}
