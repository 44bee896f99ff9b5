"""What stands around a passage: its neighbours in its document, and passages of other documents that say alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from api.answers.documents import DocumentCard, cards, find_documents
from corpus.errors import QueryError
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.records import unpack

_DEEP = 60  # nearest passages looked at for those of other documents


@dataclass(frozen=True, slots=True)
class Place:
    """A passage by its place: document and span; ``score``: likeness to the one asked about, 0 to 1."""

    document: DocumentCard
    section: str
    page: int | None
    start: int
    end: int
    text: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Nearby:
    """A passage, the one before and the one after it, and similar ones of other documents, nearest first."""

    passage: Place
    before: Place | None
    after: Place | None
    similar: tuple[Place, ...]


def nearby(archive: Archive, reference: str, start: int, limit: int = 10) -> Nearby:
    """What stands around the passage that holds an offset of a document; QueryError when there is no such passage.

    The document and the offset name a passage for good: a file is known by its content, and its text and offsets stay
    while it is read alike.
    """
    archive.refresh()
    table = schema.passages.c
    with archive.reading() as connection:
        documents = find_documents(connection, reference)
        own = select(table.id, table.ordinal, table.document_id).where(
            table.document_id.in_(documents), table.start <= start, table.end > start
        )
        row = connection.execute(own).first()
        if row is None:
            raise QueryError(
                "passage-unknown",
                f"Không có đoạn nào ở vị trí {start} của văn bản “{reference}”. Mở văn bản để xem các đoạn của nó.",
                f"There is no passage at {start} of document “{reference}”. Open the document to see its passages.",
            )
        beside = select(table.ordinal, table.id).where(
            table.document_id == row.document_id, table.ordinal.in_([row.ordinal - 1, row.ordinal + 1])
        )
        neighbours = dict(map(tuple, connection.execute(beside)))
        alike = _alike(archive, connection, row.id, row.document_id, limit)
        places = _places(archive, connection, [row.id, *neighbours.values(), *alike])
    return Nearby(
        places[row.id],
        places.get(neighbours.get(row.ordinal - 1, 0)),
        places.get(neighbours.get(row.ordinal + 1, 0)),
        tuple(replace(places[passage], score=score) for passage, score in alike.items() if passage in places),
    )


def _alike(archive: Archive, connection: Connection, passage: int, document: str, limit: int) -> dict[int, float]:
    vectors, table = schema.vectors.c, schema.passages.c
    stored = select(vectors.vector).where(
        vectors.passage_id == passage, vectors.fingerprint == archive.spec.fingerprint
    )
    blob = connection.execute(stored).scalar()
    if blob is None:
        return {}
    found = archive.vectors.search(unpack(blob), _DEEP + limit)
    own = set(connection.scalars(select(table.id).where(table.document_id == document)))
    others = [(other, round(min(1.0, score), 4)) for other, score in found if other not in own and score > 0.0]
    return dict(others[:limit])


def _places(archive: Archive, connection: Connection, passages: Sequence[int]) -> dict[int, Place]:
    table = schema.passages.c
    texts = archive.wordings.of(connection, passages)
    columns = [table[name] for name in ("id", "document_id", "section", "page", "start", "end")]
    rows = connection.execute(select(*columns).where(table.id.in_(texts))).all()
    known = cards(connection, sorted({row.document_id for row in rows}))
    return {
        row.id: Place(known[row.document_id], row.section, row.page, row.start, row.end, texts[row.id]) for row in rows
    }
