"""The archive's documents as a list to look through: by words of their names, in an order that people read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Literal, get_args

from sqlalchemy import select

from api.answers.documents import DocumentCard, known_cards
from api.answers.filters import Filters
from api.answers.memory import remembered
from corpus.language.collation import collation_key
from corpus.language.normalise import fold
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.records import generation_of

Order = Literal["newest", "oldest", "title", "number", "type", "issuer"]
ORDERS: tuple[Order, ...] = get_args(Order)
"""Orders of the list; each begins again with the newest first where it leaves documents equal."""

_REMEMBERED = 16  # lists: people page through one
_DIGITS = re.compile(r"\d+")

_Row = tuple[str, str | None, str | None, str | None, str | None, date | None]
_Key = tuple[bool, object]


def list_catalogue(
    archive: Archive, filters: Filters, words: str = "", order: Order = "newest", *, limit: int | None, offset: int = 0
) -> tuple[list[DocumentCard], int]:
    """Documents that pass and whose number, title, type or issuer holds all ``words``; and how many in all.

    Case and marks of the words do not matter; names are in Vietnamese order, those without one last.
    """
    wanted = tuple(fold(words).split())
    with archive.reading() as connection:
        generation = generation_of(connection)

        def listed() -> list[str]:
            documents = schema.documents.c
            columns = (documents.number, documents.title, documents.type, documents.issuer, documents.issued_on)
            newest = select(documents.id, *columns).where(filters.where())
            newest = newest.order_by(documents.issued_on.desc().nulls_last(), documents.id)
            rows: list[_Row] = [tuple(row) for row in connection.execute(newest)]
            return [row[0] for row in _sorted([row for row in rows if _named(row, wanted)], order)]

        ids = remembered(archive, generation, "catalogue", (filters, wanted, order), listed, _REMEMBERED)
        page = ids[offset:] if limit is None else ids[offset : offset + limit]
        return list(known_cards(archive, connection, page).values()), len(ids)


def _named(row: _Row, wanted: tuple[str, ...]) -> bool:
    if not wanted:
        return True
    name = fold(" ".join(filter(None, row[1:5])))
    return all(word in name for word in wanted)


def _sorted(rows: list[_Row], order: Order) -> list[_Row]:
    if order == "newest":
        return rows
    if order == "oldest":
        return sorted(rows, key=lambda row: (row[5] is None, row[5] or date.min))
    keys: dict[Order, Callable[[_Row], str | None]] = {
        "number": lambda row: row[1],
        "title": lambda row: row[2],
        "type": lambda row: row[3],
        "issuer": lambda row: row[4],
    }
    name = keys[order]

    def key(row: _Row) -> _Key:
        named = name(row)
        if named is None:
            return True, ()
        first = _DIGITS.search(named) if order == "number" else None  # 9/KH-UBND stands before 10/KH-UBND
        return False, (int(first[0]) if first else 0, collation_key(named))

    return sorted(rows, key=key)
