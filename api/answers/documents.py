"""Documents: listed, shown with their outline, found by number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, Connection, RowMapping, Table, func, or_, select

from api.answers.citations import CitationRow, cited_by, cited_in
from api.answers.filters import Filters
from api.answers.memory import remembered
from api.answers.relations import CascadeStep, Relation, cascade_of, relations_of
from api.answers.sources import HELD, SOURCE
from corpus.errors import QueryError
from corpus.language.numbers import number_key
from corpus.language.places import Places
from corpus.model import Abbreviation, Passage, Provision, Quality
from corpus.store import records, schema
from corpus.store.archive import Archive

_MINIMUM_ID = 6
_LONGEST_REFERENCE = 400


@dataclass(frozen=True, slots=True)
class Rendition:
    """A file that holds a document: its name, format and quality; ``best`` is the one that is searched and shown.

    ``document``: the id under which this rendition's own text is shown.
    """

    document: str
    path: str
    media_type: str
    quality: Quality
    confidence: float | None
    best: bool


@dataclass(frozen=True, slots=True)
class DocumentCard:
    """A document without its text; field names are those of the public JSON.

    ``confidence``: mean of the recognised words, 0-1, null without any; ``waiting``: pages still to be recognised;
    ``rendition_of``: the id of a better rendition of the same document, null for the best; ``renditions``: all of them.
    """

    id: str
    number: str | None
    symbol: str | None
    type: str | None
    title: str | None
    issuer: str | None
    province: str | None
    place: str | None
    issued_on: date | None
    year_from: int | None
    year_to: int | None
    signer: str | None
    signer_title: str | None
    recipients: tuple[str, ...]
    legal_bases: tuple[str, ...]
    source: str
    pages: int | None
    quality: Quality
    confidence: float | None = None
    converted_from: str | None = None
    waiting: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    rendition_of: str | None = None
    renditions: tuple[Rendition, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """How many records of each kind were found in a document."""

    assignments: int
    targets: int
    citations: int


@dataclass(frozen=True, slots=True)
class FullDocument:
    """A document with its text, outline and passages, the documents that it is tied to, and what was found in it.

    ``citations``: what it cites; ``cited_by``: where others cite it; ``abbreviations``: those that it defines.
    """

    card: DocumentCard
    counts: RecordCounts
    relations: tuple[Relation, ...]
    cascade: tuple[CascadeStep, ...]
    citations: tuple[CitationRow, ...]
    cited_by: tuple[CitationRow, ...]
    abbreviations: tuple[Abbreviation, ...]
    media_type: str
    sha256: str
    text: str
    provisions: tuple[Provision, ...]
    passages: tuple[Passage, ...]


_ELSEWHERE = {"source", "renditions"}
_CARD = [schema.documents.c[name] for name in DocumentCard.__dataclass_fields__ if name not in _ELSEWHERE]
_AT_ONCE = 500  # ids in one question


def _cards(connection: Connection, rows: Iterable[RowMapping]) -> list[DocumentCard]:
    listed = [dict(row) for row in rows]
    known = _renditions(connection, [values["rendition_of"] or values["id"] for values in listed])
    for values in listed:
        for name in ("recipients", "legal_bases", "waiting", "warnings"):
            values[name] = tuple(values[name])
        values["quality"] = Quality(values["quality"])
        values["renditions"] = tuple(known.get(values["rendition_of"] or values["id"], ()))
    return [DocumentCard(**values) for values in listed]


def _renditions(connection: Connection, best: Sequence[str]) -> dict[str, list[Rendition]]:
    """The files of documents, of each the best rendition first."""
    documents, files = schema.documents.c, schema.files.c
    head = func.coalesce(documents.rendition_of, documents.id)
    query = (
        select(head, documents.id, files.path, documents.media_type, documents.quality, documents.confidence)
        .join_from(schema.documents, schema.files, HELD)
        .order_by(documents.rendition_of.is_not(None), files.path)
    )
    found: dict[str, list[Rendition]] = {}
    for at in range(0, len(best), _AT_ONCE):
        some = best[at : at + _AT_ONCE]
        for of, document, path, media_type, quality, confidence in connection.execute(
            query.where(or_(documents.id.in_(some), documents.rendition_of.in_(some)))
        ):
            rendition = Rendition(document, path, media_type, Quality(quality), confidence, best=document == of)
            found.setdefault(of, []).append(rendition)
    return found


def list_documents(
    archive: Archive, filters: Filters, *, limit: int | None = None, offset: int = 0
) -> tuple[list[DocumentCard], int]:
    """Documents that pass, newest first, and how many pass in all."""
    documents = schema.documents
    with archive.reading() as connection:
        total = connection.execute(select(func.count()).select_from(documents).where(filters.where())).scalar_one()
        query = (
            select(*_CARD, SOURCE)
            .where(filters.where())
            .order_by(documents.c.issued_on.desc().nulls_last(), documents.c.id)
            .limit(limit)
            .offset(offset)
        )
        return _cards(connection, connection.execute(query).mappings()), total


def known_cards(archive: Archive, connection: Connection, ids: Iterable[str]) -> dict[str, DocumentCard]:
    """The cards of some documents by id, kept while the archive does not change: every page of hits asks for them."""
    kept: dict[str, DocumentCard] = remembered(archive, records.generation_of(connection), "cards", None, dict)
    wanted = dict.fromkeys(ids)
    if missing := [each for each in wanted if each not in kept]:
        kept.update(cards(connection, missing))
    return {each: kept[each] for each in wanted if each in kept}


def cards(connection: Connection, ids: Sequence[str]) -> dict[str, DocumentCard]:
    """The cards of some documents by id."""
    query = select(*_CARD, SOURCE).where(schema.documents.c.id.in_(ids))
    return {card.id: card for card in _cards(connection, connection.execute(query).mappings())}


def known_types(archive: Archive) -> list[str]:
    """The document types that the archive holds."""
    return _values(archive, schema.documents.c.type)


def known_provinces(archive: Archive) -> list[str]:
    """The provinces, as issued, that the archive's documents come from."""
    return _values(archive, schema.documents.c.province)


def _values(archive: Archive, column: Column[str]) -> list[str]:
    with archive.reading() as connection:
        found = select(column).where(column.is_not(None)).distinct().order_by(column)
        generation = records.generation_of(connection)
        return remembered(archive, generation, "values", column.name, lambda: list(connection.scalars(found)), most=8)


def known_years(archive: Archive) -> tuple[int, int] | None:
    """First and last year of issue in the archive, None when no document is dated."""
    column = schema.documents.c.issued_on
    with archive.reading() as connection:
        first, last = connection.execute(select(func.min(column), func.max(column))).one()
    return (first.year, last.year) if first else None


def find_by_number(connection: Connection, number: str) -> list[str]:
    """The ids of documents with this number in any of their renditions, however it is written."""
    documents = schema.documents.c
    query = select(func.coalesce(documents.rendition_of, documents.id)).where(
        documents.number_key == number_key(number)
    )
    return list(connection.scalars(query.distinct()))


def find_documents(connection: Connection, reference: str) -> list[str]:
    """The ids of the documents that an id (six digits are enough), a number or a file's name means.

    Of several renditions of one document the best is meant, unless its own id is given whole. QueryError for none.
    """
    documents, files = schema.documents, schema.files
    reference = reference.strip()
    if len(reference) > _LONGEST_REFERENCE:
        raise _not_one(f"{reference[:40]}…", [])
    ids: list[str] = []
    if len(reference) >= _MINIMUM_ID and re.fullmatch(r"[0-9a-f]+", reference):
        ids = list(connection.scalars(select(documents.c.id).where(documents.c.id.startswith(reference))))
    if not ids and reference:
        ids = find_by_number(connection, reference)
    if not ids and reference:
        named = or_(files.c.path == reference, files.c.path.endswith(f"/{reference}", autoescape=True))
        ids = list(connection.scalars(select(files.c.document_id).where(named, files.c.document_id.is_not(None))))
    ids = sorted(set(ids))
    if len(ids) > 1:
        best = func.coalesce(documents.c.rendition_of, documents.c.id)
        ids = sorted(set(connection.scalars(select(best).where(documents.c.id.in_(ids)))))
    if not ids:
        raise _not_one(reference, ids)
    return ids


def show_document(archive: Archive, reference: str) -> FullDocument:
    """A document by its id (six digits are enough where they are clear), its number or its file's name.

    QueryError when there is none, or more than one.
    """
    with archive.reading() as connection:
        ids = find_documents(connection, reference)
        if len(ids) != 1:
            raise _not_one(reference.strip(), ids)
        return _full(connection, archive.places, ids[0])


def _not_one(reference: str, ids: Sequence[str]) -> QueryError:
    if ids:
        listed = ", ".join(ids)
        return QueryError(
            "document-ambiguous",
            f"“{reference}” chỉ {len(ids)} văn bản: {listed}. Gọi một mã trong số ấy.",
            f"“{reference}” names {len(ids)} documents: {listed}. Use one of these ids.",
        )
    return QueryError(
        "document-unknown",
        f"Kho không có văn bản “{reference}”. Xem danh sách bằng: tienle documents",
        f"The archive has no document “{reference}”. List them with: tienle documents",
    )


def _full(connection: Connection, places: Places, document_id: str) -> FullDocument:
    documents, provisions, passages = schema.documents, schema.provisions, schema.passages
    row = connection.execute(
        select(documents.c.media_type, documents.c.sha256, documents.c.text).where(documents.c.id == document_id)
    ).one()
    outline = connection.execute(
        select(*(provisions.c[name] for name in Provision.__dataclass_fields__))
        .where(provisions.c.document_id == document_id)
        .order_by(provisions.c.ordinal)
    )
    cut = connection.execute(
        select(*(passages.c[name] for name in Passage.__dataclass_fields__))
        .where(passages.c.document_id == document_id)
        .order_by(passages.c.ordinal)
    )
    short = schema.abbreviations.c
    defined = select(short.short, short.long, short.start, short.end).where(short.document_id == document_id)
    defined = defined.order_by(short.start)
    return FullDocument(
        card=cards(connection, [document_id])[document_id],
        counts=_counts(connection, document_id),
        relations=relations_of(connection, places, document_id),
        cascade=cascade_of(connection, places, document_id),
        citations=tuple(cited_in(connection, places, document_id)),
        cited_by=tuple(cited_by(connection, places, document_id)),
        abbreviations=tuple(Abbreviation(*row) for row in connection.execute(defined)),
        media_type=row.media_type,
        sha256=row.sha256,
        text=row.text,
        provisions=tuple(Provision(**row._asdict()) for row in outline),
        passages=tuple(Passage(**{**row._asdict(), "headings": tuple(row.headings)}) for row in cut),
    )


def _counts(connection: Connection, document_id: str) -> RecordCounts:
    def count(table: Table) -> int:
        counted = select(func.count()).select_from(table).where(table.c.document_id == document_id)
        return connection.execute(counted).scalar_one()

    return RecordCounts(count(schema.assignments), count(schema.targets), count(schema.citations))
