"""What saved searches find that was not there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from api.answers.search import Hit
from api.saved.model import SavedSearch
from corpus.store import schema
from corpus.store.archive import Archive


@dataclass(frozen=True, slots=True)
class News:
    """How many passages are new, and of how many documents."""

    hits: int
    documents: int


NOTHING = News(0, 0)


def news_of(archive: Archive, saved: SavedSearch, hits: Sequence[Hit]) -> News:
    """What is new among the hits of a saved search: of documents that it did not find and that were stored since.

    A document that was only read again is none, nor one that merely came to stand higher.
    """
    others = {hit.document for hit in hits} - set(saved.documents)
    documents = schema.documents.c
    later = select(documents.id).where(documents.id.in_(others), documents.generation > saved.generation)
    with archive.reading() as connection:
        new = set(connection.scalars(later)) if others else set()
    return News(sum(hit.document in new for hit in hits), len(new))
