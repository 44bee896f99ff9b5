"""Rows in and out of the archive's tables; functions take an open connection and leave committing to the caller."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, Select, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from corpus.encoder.contract import EncoderSpec, Vectors
from corpus.errors import TienLeError
from corpus.language.numbers import number_key
from corpus.model import Header, Passage, Provision, RecognisedWord, Table
from corpus.store import layers, schema
from corpus.store.entry import Entry
from corpus.store.extracts import insert_extraction
from corpus.store.lexical import LexicalRow

_BLOCK = 2_000

ISSUES = "issues"
"""The relation of a decision to the plan that it issues."""

SET_BACK = "set_back"
"""The setting that keeps the generation of an index when the records were found to be older; "" when settled."""

_STATE = select(schema.meta.c.key, schema.meta.c.value).where(schema.meta.c.key.in_(["generation", "encoder", "model"]))
_SETTING = select(schema.meta.c.value).where(schema.meta.c.key == bindparam("wanted"))  # built once: asked at all times


def get_meta(connection: Connection, key: str) -> str | None:
    """A setting of the archive, None when it was never set."""
    return connection.execute(_SETTING, {"wanted": key}).scalar()


def set_meta(connection: Connection, key: str, value: str) -> None:
    """Set a setting of the archive."""
    row = upsert(schema.meta).values(key=key, value=value)
    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def generation_of(connection: Connection) -> int:
    """How many changes the records have seen."""
    return int(get_meta(connection, "generation") or 0)


def get_state(connection: Connection) -> tuple[int, EncoderSpec, str]:
    """The generation, the record of the model in use and the name that loads it; ValueError or TypeError when damaged.

    One query: every question asks.
    """
    values: dict[str, str] = dict(map(tuple, connection.execute(_STATE)))
    return int(values.get("generation") or 0), _spec(values.get("encoder") or "{}"), values.get("model") or "shipped"


@lru_cache(maxsize=8)
def _spec(record: str) -> EncoderSpec:
    return EncoderSpec(**json.loads(record))


def set_model(connection: Connection, spec: EncoderSpec, model: str) -> None:
    """Say whose vectors are in use."""
    set_meta(connection, "model", model)
    set_meta(connection, "encoder", json.dumps(asdict(spec), ensure_ascii=False))


def next_generation(connection: Connection) -> int:
    """Count the archive's generation up by one and give the new one."""
    generation = generation_of(connection) + 1
    set_meta(connection, "generation", str(generation))
    return generation


def document_at(connection: Connection, path: str) -> str | None:
    """The id of the document that a file gave, None where it gave none or is not known."""
    files = schema.files.c
    return connection.execute(select(files.document_id).where(files.path == path)).scalar_one_or_none()


def set_file(
    connection: Connection,
    path: str,
    sha256: str,
    size: int,
    document_id: str | None = None,
    error: TienLeError | None = None,
) -> None:
    """Record what became of a file: its document, or why it has none."""
    values = {
        "sha256": sha256,
        "size": size,
        "document_id": document_id,
        "error_code": error.code if error else None,
        "error_vi": error.vi if error else None,
        "error_en": error.en if error else None,
    }
    row = upsert(schema.files).values(path=path, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["path"], set_=values))


def _row(record: Header | Provision | Passage) -> dict[str, Any]:
    # Shallow, unlike dataclasses.asdict, which copies every value deeply (a tenth of an indexing run's main process).
    return {field.name: getattr(record, field.name) for field in fields(record)}


def insert_entry(connection: Connection, entry: Entry, generation: int, recipe: str, fingerprint: str) -> None:
    """Store a document with its outline, passages and vectors, and the plans that it issues."""
    source, header, document = entry.parsed.source, entry.parsed.header, entry.document_id
    connection.execute(
        insert(schema.documents).values(
            id=document,
            sha256=entry.sha256,
            generation=generation,
            recipe=recipe,
            **_row(header),
            media_type=source.media_type,
            reader=source.reader,
            number_key=number_key(header.number) if header.number else None,
            quality=source.quality.value,
            confidence=layers.confidence_of(source.words),
            converted_from=source.converted_from,
            waiting=list(source.waiting),
            pages=source.pages,
            warnings=list(source.warnings),
            segmented_title=entry.title,
            text=source.text,
            tables=layers.plain_tables(source.tables),
            words=layers.pack_words(source.words),
        )
    )
    for plan in entry.issued:
        insert_entry(connection, plan, generation, recipe, fingerprint)
        row = insert(schema.relations).values(source=document, target=plan.document_id, kind=ISSUES)
        connection.execute(row)
    if entry.bands:
        rows = [{"band": band, "document_id": document} for band in sorted(set(entry.bands))]
        connection.execute(insert(schema.bands), rows)
    if entry.parsed.provisions:
        rows = [{"document_id": document, **_row(provision)} for provision in entry.parsed.provisions]
        connection.execute(insert(schema.provisions), rows)
    insert_extraction(connection, document, entry.extraction)
    if not entry.parsed.passages:
        return
    connection.execute(
        insert(schema.passages),
        [
            {
                "document_id": document,
                **_row(passage),
                "segmented": segmented.text,
                "segmented_headings": segmented.headings,
            }
            for passage, segmented in zip(entry.parsed.passages, entry.passages, strict=True)
        ],
    )
    of_document = select(schema.passages.c.id).where(schema.passages.c.document_id == document)
    ids = connection.scalars(of_document.order_by(schema.passages.c.ordinal)).all()
    insert_vectors(connection, ids, fingerprint, entry.vectors)


def of_the_same_file(connection: Connection, document_id: str) -> list[str]:
    """The ids of all documents of the file that a document came from."""
    documents = schema.documents.c
    file = select(documents.sha256).where(documents.id == document_id).scalar_subquery()
    return list(connection.scalars(select(documents.id).where(documents.sha256 == file)))


def forget_passages(connection: Connection, document_id: str, generation: int) -> tuple[int, int] | None:
    """Note for the derived indexes that a document is no longer searched; its first and last passage, if it has any."""
    passages = schema.passages.c
    first, last = connection.execute(
        select(func.min(passages.id), func.max(passages.id)).where(passages.document_id == document_id)
    ).one()
    if first is None:
        return None
    row = upsert(schema.removals).values(
        generation=generation, document_id=document_id, first_passage=first, last_passage=last
    )
    connection.execute(row.on_conflict_do_nothing())  # a rendition may give way and go in one change
    return first, last


def remove_document(connection: Connection, document_id: str, generation: int) -> None:
    """Take a document out and note its passages for the derived indexes."""
    span = forget_passages(connection, document_id, generation)
    if span is not None:
        connection.execute(delete(schema.vectors).where(schema.vectors.c.passage_id.between(*span)))
        connection.execute(delete(schema.passages).where(schema.passages.c.document_id == document_id))
    connection.execute(delete(schema.provisions).where(schema.provisions.c.document_id == document_id))
    referring = update(schema.files).where(schema.files.c.document_id == document_id)
    connection.execute(referring.values(document_id=None))
    for end in (schema.relations.c.source, schema.relations.c.target):
        connection.execute(delete(schema.relations).where(end == document_id))
    connection.execute(delete(schema.bands).where(schema.bands.c.document_id == document_id))
    connection.execute(delete(schema.documents).where(schema.documents.c.id == document_id))


def tables_of(connection: Connection, document_id: str) -> tuple[Table, ...]:
    """The tables of a document, empty when the archive has no such document."""
    column = schema.documents.c.tables
    return layers.tables(connection.execute(select(column).where(schema.documents.c.id == document_id)).scalar() or [])


def words_of(connection: Connection, document_id: str) -> tuple[RecognisedWord, ...]:
    """The recognised words of a document, empty when none was, or the archive has no such document."""
    column = schema.documents.c.words
    return layers.unpack_words(connection.execute(select(column).where(schema.documents.c.id == document_id)).scalar())


def pack(vector: Vectors) -> bytes:
    """A vector as it is stored: float16, little-endian."""
    return vector.astype("<f2").tobytes()


def unpack(blob: bytes) -> Vectors:
    """The stored vector as float32."""
    return np.frombuffer(blob, dtype="<f2").astype(np.float32)


def _blocks(connection: Connection, query: Select[*tuple[Any, ...]]) -> Iterator[Sequence[RowMapping]]:
    yield from connection.execute(query.execution_options(yield_per=_BLOCK)).mappings().partitions()


def lexical_rows(connection: Connection, after: int) -> Iterator[LexicalRow]:
    """The passages of all searched documents stored after a generation, as the lexical index takes them."""
    documents, passages = schema.documents.c, schema.passages.c
    facts = [documents[name] for name in ("issued_on", "province", "type", "quality", "issuer", "segmented_title")]
    columns = [passages[name] for name in ("id", "document_id", "start", "end", "segmented_headings", "segmented")]
    query = (
        select(*columns, *facts)
        .join_from(schema.passages, schema.documents)
        .where(documents.generation > after, documents.rendition_of.is_(None))
        .order_by(passages.id)
    )
    document: str | None = None
    leads: list[tuple[int, str]] = []
    for block in _blocks(connection, query):
        for row in block:
            if row["document_id"] != document:
                document = row["document_id"]
                leads = _leads_of(connection, row["document_id"])
            first, last = (bisect_left(leads, (row[bound], "")) for bound in ("start", "end"))
            facets = {
                "year": [str(row["issued_on"].year)] if row["issued_on"] else [],
                "lead": sorted({name for _, name in leads[first:last]}),
                **{name: [row[name]] if row[name] else [] for name in ("province", "type", "quality", "issuer")},
            }
            texts = (row["segmented_title"], row["segmented_headings"], row["segmented"])
            yield LexicalRow(row["id"], row["document_id"], *texts, facets)


def _leads_of(connection: Connection, document_id: str) -> list[tuple[int, str]]:
    """Where a document's assignments start and who leads them, in order."""
    tasks, named = schema.assignments.c, schema.assignment_agencies.c
    query = (
        select(tasks.start, named.name)
        .join_from(schema.assignments, schema.assignment_agencies)
        .where(tasks.document_id == document_id, named.role == schema.LEAD)
    )
    return sorted((start, name) for start, name in connection.execute(query))


def vector_blocks(connection: Connection, after: int, fingerprint: str) -> Iterator[tuple[list[int], Vectors]]:
    """Ids and vectors of all searched documents stored after a generation, block by block."""
    documents, passages, vectors = schema.documents, schema.passages, schema.vectors
    query = (
        select(passages.c.id, vectors.c.vector)
        .join(documents, documents.c.id == passages.c.document_id)
        .join(vectors, vectors.c.passage_id == passages.c.id)
        .where(documents.c.generation > after, documents.c.rendition_of.is_(None))
        .where(vectors.c.fingerprint == fingerprint)
        .order_by(passages.c.id)
    )
    for block in _blocks(connection, query):
        yield [row["id"] for row in block], np.stack([unpack(row["vector"]) for row in block])


def texts(connection: Connection, after: int) -> Iterator[str]:
    """The texts of all searched documents stored after a generation."""
    documents = schema.documents.c
    query = select(documents.text).where(documents.generation > after, documents.rendition_of.is_(None))
    yield from connection.execute(query.execution_options(yield_per=100)).scalars()


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as it is embedded again: as written and segmented, with its context."""

    id: int
    title: str | None
    headings: Sequence[str]
    text: str
    segmented_title: str
    segmented_headings: str
    segmented: str


def passages_without(connection: Connection, fingerprint: str, limit: int) -> list[StoredPassage]:
    """Passages that have no vector of a model yet."""
    documents, passages, vectors = schema.documents, schema.passages, schema.vectors
    has = select(vectors.c.passage_id).where(
        vectors.c.passage_id == passages.c.id, vectors.c.fingerprint == fingerprint
    )
    text = func.substr(documents.c.text, passages.c.start + 1, passages.c.end - passages.c.start).label("text")
    columns = [passages.c[name] for name in ("id", "headings", "segmented_headings", "segmented")]
    query = (
        select(*columns, documents.c.title, documents.c.segmented_title, text)
        .join(documents)
        .where(~has.exists())
        .order_by(passages.c.id)
        .limit(limit)
    )
    return [StoredPassage(**row) for row in connection.execute(query).mappings()]


def insert_vectors(connection: Connection, ids: Sequence[int], fingerprint: str, vectors: Vectors) -> None:
    """Store the vectors of passages under a model's fingerprint."""
    rows = [
        {"passage_id": passage, "fingerprint": fingerprint, "vector": pack(vector)}
        for passage, vector in zip(ids, vectors, strict=True)
    ]
    connection.execute(insert(schema.vectors), rows)


def count_vectors(connection: Connection, fingerprint: str) -> tuple[int, int]:
    """How many passages have a vector of a model, and how many passages there are."""
    vectors = schema.vectors
    done = select(func.count()).select_from(vectors).where(vectors.c.fingerprint == fingerprint)
    return connection.execute(done).scalar_one(), connection.execute(
        select(func.count()).select_from(schema.passages)
    ).scalar_one()


def switch_model(connection: Connection, old: str, new: str) -> None:
    """Forget the vectors of every other model, and say in every document's recipe that the new one made its vectors."""
    connection.execute(delete(schema.vectors).where(schema.vectors.c.fingerprint != new))
    recipe = schema.documents.c.recipe
    connection.execute(update(schema.documents).values(recipe=func.replace(recipe, old, new)))


def document_ids(connection: Connection, after: int) -> list[str]:
    """The documents stored after a generation."""
    query = select(schema.documents.c.id).where(schema.documents.c.generation > after)
    return list(connection.scalars(query))


def removals(connection: Connection, after: int) -> list[tuple[str, int, int]]:
    """Document, first and last passage of everything removed after a generation."""
    table = schema.removals
    query = select(table.c.document_id, table.c.first_passage, table.c.last_passage).where(table.c.generation > after)
    return [(document, first, last) for document, first, last in connection.execute(query)]
