"""The text of passages, cut out of their documents' without reading these from the start."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BLOB, Connection, Select, bindparam, cast, func, select

from corpus.store import schema
from corpus.store.given import NAMED, naming, rows

_STEP = 2_048
"""Characters between two places in a text whose bytes are remembered."""
_MOST = 20_000
"""Documents whose places are remembered, some 100 bytes and 2 a thousand characters each."""

_GOING_ON = 0b1000_0000  # the first two bits of bytes of UTF-8 that go on with a character

_Key = tuple[str, int]
"""A document and the generation of its text."""


_passages, _documents = schema.passages.c, schema.documents.c
_SPANS = (
    select(_passages.id, _documents.id, _documents.generation, _passages.start, _passages.end)
    .join_from(schema.passages, schema.documents)
    .where(_passages.id.in_(NAMED))
)
_WHOLE = select(_documents.text).where(
    _documents.id == bindparam("id"), _documents.generation == bindparam("generation")
)


def _cut() -> Select[Any]:
    asked = rows(bindparam("pieces"), "passage", "document", "generation", "first", "size").subquery()
    passage, document, generation, first, size = asked.c
    return (
        select(passage, func.substr(cast(_documents.text, BLOB), first + 1, size))
        .join_from(asked, schema.documents, _documents.id == document)
        .where(_documents.generation == generation)
    )


_CUT = _cut()


class Wordings:
    """What passages say, and at which bytes the characters of their documents' texts stand, as far as was asked for.

    SQLite counts the characters of a long text one by one: 8 ms for twenty passages of texts of 50,000 to 2 million
    characters, 1 ms where it is given bytes (benchmarks/RESULTS.md).
    """

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._known: OrderedDict[_Key, NDArray[np.int64]] = OrderedDict()
        self._guard = Lock()

    def of(self, connection: Connection, passages: Iterable[int]) -> dict[int, str]:
        """The texts of passages, by their ids; those that are gone are left out."""
        return self.at(connection, connection.execute(_SPANS, naming(passages)).all())

    def at(self, connection: Connection, spans: Iterable[tuple[int, str, int, int, int]]) -> dict[int, str]:
        """The texts of passages of which are given: id, document and the generation of its text, start, end."""
        texts: dict[int, str] = {}
        pieces: dict[int, tuple[str, int, int, int]] = {}
        within: dict[int, tuple[int, int]] = {}
        for passage, document, generation, start, end in spans:
            places = self._places(connection, (document, generation))
            if places is None:
                continue
            first, last = (places[min(at, places.size - 1)] for at in (start // _STEP, -(-end // _STEP)))
            pieces[passage] = (document, generation, int(first), int(last - first))
            within[passage] = (start % _STEP, start % _STEP + end - start)
        wanted = json.dumps([[passage, *piece] for passage, piece in pieces.items()])
        for passage, piece in connection.execute(_CUT, {"pieces": wanted}):
            start, end = within[passage]
            texts[passage] = (piece or b"").decode()[start:end]  # SQLite cuts NULL out of nothing
        return texts

    def _places(self, connection: Connection, key: _Key) -> NDArray[np.int64] | None:
        """The byte at which each so manieth character of a text stands, and its end; None where it is gone."""
        with self._guard:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
        text = connection.execute(_WHOLE, {"id": key[0], "generation": key[1]}).scalar()
        if text is None:
            return None
        data = np.frombuffer(text.encode(), np.uint8)
        characters = np.flatnonzero((data & 0b1100_0000) != _GOING_ON)
        places = np.append(characters[::_STEP], data.size)
        with self._guard:
            self._known[key] = places
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return places
