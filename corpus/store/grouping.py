"""The renditions of each document in the records: found when a file is stored, settled anew when one goes.

What is stored follows from the documents alone: the likenesses of every pair, and for each connected set of them which
are one document and which rendition is the best. Functions take an open transaction and leave committing to the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields

from sqlalchemy import Connection, and_, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from corpus.model import Quality
from corpus.store import records, schema
from corpus.store.renditions import Rendition, Words, best, differ, groups, likeness

_HEAD = 1_500  # characters
_AT_ONCE = 500  # ids in one question, below SQLite's limit of variables


def settle(connection: Connection, document_id: str, generation: int) -> None:
    """Find the renditions of a document that was just stored, and say which of them is searched."""
    documents = schema.documents
    new = _renditions(connection, [document_id])[document_id]
    words: Words | None = None
    for candidate in _candidates(connection, new):
        if differ(new, candidate):
            continue
        words = words or Words(_text(connection, document_id))
        score = likeness(new, candidate, words, Words(_text(connection, candidate.id)))
        if score is not None:
            one, other = sorted((document_id, candidate.id))
            row = upsert(schema.likenesses).values(one=one, other=other, score=score)
            connection.execute(row.on_conflict_do_update(index_elements=["one", "other"], set_={"score": score}))
    if (
        words is not None
        or connection.execute(select(documents.c.id).where(documents.c.rendition_of == document_id).limit(1)).first()
    ):
        regroup(connection, [document_id], generation)


def withdraw(connection: Connection, document_id: str) -> list[str]:
    """Forget the likenesses of a document that goes; the documents that they led to, to be regrouped afterwards."""
    neighbours = _neighbours(connection, [document_id])
    table = schema.likenesses
    connection.execute(delete(table).where(or_(table.c.one == document_id, table.c.other == document_id)))
    return sorted(neighbours - {document_id})


def regroup(connection: Connection, changed: Iterable[str], generation: int) -> None:
    """Say anew which renditions stand for others, among all that the changed documents lead to."""
    left = set(changed)
    while left:
        members = _connected(connection, left.pop())
        left -= members
        for document_id, (stored, right) in _settled(connection, members).items():
            if stored != right:
                _stand(connection, document_id, right, was_searched=stored is None, generation=generation)


def unsettled(connection: Connection) -> list[str]:
    """The documents whose place among the renditions is not what their likenesses say; empty in a sound archive."""
    documents, likenesses = schema.documents, schema.likenesses
    ids = set(connection.scalars(select(documents.c.id).where(documents.c.rendition_of.is_not(None))))
    ids |= set(connection.scalars(select(likenesses.c.one).union(select(likenesses.c.other))))
    wrong = []
    while ids:
        members = _connected(connection, ids.pop())
        ids -= members
        settled = _settled(connection, members)
        wrong += [document_id for document_id, (stored, right) in settled.items() if stored != right]
        wrong += members - set(settled)  # a likeness of a document that is gone
    return sorted(wrong)


def _candidates(connection: Connection, new: Rendition) -> Iterator[Rendition]:
    documents, bands = schema.documents, schema.bands
    own = select(bands.c.band).where(bands.c.document_id == new.id).scalar_subquery()
    ids = set(connection.scalars(select(bands.c.document_id).where(bands.c.band.in_(own)).distinct()))
    if new.number_key is not None:
        same = documents.c.number_key == new.number_key
        if new.province is not None:
            same = or_(and_(same, documents.c.province == new.province), and_(same, documents.c.province.is_(None)))
        ids |= set(connection.scalars(select(documents.c.id).where(same)))
    ids.discard(new.id)
    found = _renditions(connection, ids)
    yield from (found[document_id] for document_id in sorted(found))


def _renditions(connection: Connection, ids: Iterable[str]) -> dict[str, Rendition]:
    documents = schema.documents.c
    query = select(
        *(documents[field.name] for field in fields(Rendition) if field.name not in {"length", "head"}),
        func.length(documents.text).label("length"),
        func.substr(documents.text, 1, _HEAD).label("head"),
    )
    return {
        row["id"]: Rendition(**{**row, "quality": Quality(row["quality"])})
        for some in _some(ids)
        for row in connection.execute(query.where(documents.id.in_(some))).mappings()
    }


def _some(ids: Iterable[str]) -> Iterator[list[str]]:
    listed = sorted(ids)
    for at in range(0, len(listed), _AT_ONCE):
        yield listed[at : at + _AT_ONCE]


def _text(connection: Connection, document_id: str) -> str:
    query = select(schema.documents.c.text).where(schema.documents.c.id == document_id)
    return str(connection.execute(query).scalar_one())


def _neighbours(connection: Connection, ids: Iterable[str]) -> set[str]:
    table = schema.likenesses.c
    return {
        found
        for some in _some(ids)
        for asked, told in ((table.one, table.other), (table.other, table.one))
        for found in connection.scalars(select(told).where(asked.in_(some)))
    }


def _connected(connection: Connection, document_id: str) -> set[str]:
    reached, fresh = {document_id}, {document_id}
    while fresh:
        fresh = _neighbours(connection, fresh) - reached
        reached |= fresh
    return reached


def _settled(connection: Connection, members: set[str]) -> Mapping[str, tuple[str | None, str | None]]:
    """Of each document, whose rendition it is said to be and whose it is; None where it is searched itself."""
    documents, table = schema.documents.c, schema.likenesses.c
    stored = {
        document_id: rendition_of
        for some in _some(members)
        for document_id, rendition_of in connection.execute(
            select(documents.id, documents.rendition_of).where(documents.id.in_(some))
        )
    }
    if len(stored) == 1:
        return {document_id: (rendition_of, None) for document_id, rendition_of in stored.items()}
    renditions = _renditions(connection, stored)
    edges = [
        (one, other, score)
        for some in _some(stored)
        for one, other, score in connection.execute(
            select(table.one, table.other, table.score).where(table.one.in_(some))
        )
        if other in stored
    ]
    settled: dict[str, tuple[str | None, str | None]] = {}
    for group in groups(renditions, edges):
        chosen = best([renditions[member] for member in group]).id
        settled |= {member: (stored[member], None if member == chosen else chosen) for member in group}
    return settled


def _stand(
    connection: Connection, document_id: str, rendition_of: str | None, *, was_searched: bool, generation: int
) -> None:
    """Let a document be searched, or another in its place; the derived indexes follow by the generation."""
    documents = schema.documents
    changed = update(documents).where(documents.c.id == document_id)
    if rendition_of is None:
        connection.execute(changed.values(rendition_of=None, generation=generation))
        return
    connection.execute(changed.values(rendition_of=rendition_of))
    stored_in = connection.execute(select(documents.c.generation).where(documents.c.id == document_id)).scalar_one()
    if was_searched and stored_in != generation:  # else the indexes have not seen it
        records.forget_passages(connection, document_id, generation)
