"""Documents without records because they came before records were kept."""

from __future__ import annotations

from sqlalchemy import func, select

from corpus.store import schema
from corpus.store.archive import Archive

_READ_FOR_RECORDS = ".x"  # the part of a document's recipe that names the version of extraction


def unread(archive: Archive) -> int:
    """How many documents an older version has read, whose assignments, targets and citations are not known yet."""
    documents = schema.documents.c
    query = select(func.count()).where(documents.rendition_of.is_(None), ~documents.recipe.contains(_READ_FOR_RECORDS))
    with archive.reading() as connection:
        return connection.execute(query).scalar_one()
