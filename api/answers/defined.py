"""Abbreviations that the archive's documents define, for questions that use them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping

from sqlalchemy import func, select

from api.answers.memory import remembered
from corpus.language.normalise import normalise
from corpus.store import schema
from corpus.store.archive import Archive

_SHORT = re.compile(r"[\w&]+")
_LONGEST = 12  # words; what runs longer is the title of a document, cited in short

_short, _long = schema.abbreviations.c.short, schema.abbreviations.c.long
_COUNTED = select(_short, _long, func.count()).group_by(_short, _long)


def defined_in(archive: Archive) -> Mapping[str, str]:
    """What abbreviations stand for in most documents that define them, by how they are written; settings first.

    Read anew when the indexes have followed the records.
    """

    def read() -> dict[str, str]:
        with archive.reading() as connection:
            return _most_common(list(map(tuple, connection.execute(_COUNTED))))

    found = remembered(archive, archive.lexical.generation, "defined", None, read)
    return {**found, **archive.settings.abbreviations}


def _most_common(rows: list[tuple[str, str, int]]) -> dict[str, str]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for short, long, often in rows:
        is_short = _SHORT.fullmatch(short) and sum(map(str.isupper, short)) > 1
        if is_short and len(long.split()) <= _LONGEST:
            found[short][normalise(long).lower()] += often
    return {short: min(longs, key=lambda long: (-longs[long], long)) for short, longs in found.items()}
