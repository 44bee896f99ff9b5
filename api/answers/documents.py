"""Documents: listed, shown with their outline, found by number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, RowMapping, func, or_, select

from api.answers.filters import Filters
from corpus.errors import QueryError
from corpus.language.normalise import fold
from corpus.model import Passage, Provision
from corpus.store import schema
from corpus.store.archive import Archive

_MINIMUM_ID = 6
_LONGEST_REFERENCE = 400


@dataclass(frozen=True, slots=True)
class DocumentCard:
    """A document without its text; field names are those of the public JSON."""

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
    quality: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FullDocument:
    """A document with its text, outline and passages."""

    card: DocumentCard
    media_type: str
    sha256: str
    text: str
    provisions: tuple[Provision, ...]
    passages: tuple[Passage, ...]


_CARD = [schema.documents.c[name] for name in DocumentCard.__dataclass_fields__ if name != "source"]
_SOURCE = (
    select(func.min(schema.files.c.path))
    .where(schema.files.c.document_id == schema.documents.c.id)
    .scalar_subquery()
    .label("source")
)


def _card(row: RowMapping) -> DocumentCard:
    values = dict(row)
    for name in ("recipients", "legal_bases", "warnings"):
        values[name] = tuple(values[name])
    return DocumentCard(**values)


def list_documents(
    archive: Archive, filters: Filters, *, limit: int | None = None, offset: int = 0
) -> tuple[list[DocumentCard], int]:
    """Documents that pass, newest first, and how many pass in all."""
    documents = schema.documents
    with archive.reading() as connection:
        total = connection.execute(select(func.count()).select_from(documents).where(filters.where())).scalar_one()
        query = (
            select(*_CARD, _SOURCE)
            .where(filters.where())
            .order_by(documents.c.issued_on.desc().nulls_last(), documents.c.id)
            .limit(limit)
            .offset(offset)
        )
        return [_card(row) for row in connection.execute(query).mappings()], total


def cards(connection: Connection, ids: Sequence[str]) -> dict[str, DocumentCard]:
    """The cards of some documents by id."""
    query = select(*_CARD, _SOURCE).where(schema.documents.c.id.in_(ids))
    return {row["id"]: _card(row) for row in connection.execute(query).mappings()}


def known_types(archive: Archive) -> list[str]:
    """The document types that the archive holds."""
    column = schema.documents.c.type
    with archive.reading() as connection:
        return [name for name in connection.scalars(select(column).distinct().order_by(column)) if name]


def known_provinces(archive: Archive) -> list[str]:
    """The provinces, as issued, that the archive's documents come from."""
    column = schema.documents.c.province
    with archive.reading() as connection:
        return [name for name in connection.scalars(select(column).distinct().order_by(column)) if name]


def known_years(archive: Archive) -> tuple[int, int] | None:
    """First and last year of issue in the archive, None when no document is dated."""
    column = schema.documents.c.issued_on
    with archive.reading() as connection:
        first, last = connection.execute(select(func.min(column), func.max(column))).one()
    return (first.year, last.year) if first else None


def number_key(number: str) -> str:
    """A number without what writers vary: case, marks, blanks, leading zeros ("0125/KH- UBND" is "125/kh-ubnd")."""
    return re.sub(r"^0+(?=\d)", "", re.sub(r"\s+", "", fold(number)))


def find_by_number(connection: Connection, number: str) -> list[str]:
    """The ids of documents with this number, however it is written."""
    key = number_key(number)
    column = schema.documents.c.number
    query = select(schema.documents.c.id, column).where(column.is_not(None))
    return [document for document, stored in connection.execute(query) if number_key(stored) == key]


def show_document(archive: Archive, reference: str) -> FullDocument:
    """A document by its id (six digits are enough where they are clear), its number or its file's name.

    QueryError when there is none, or more than one.
    """
    documents, files = schema.documents, schema.files
    reference = reference.strip()
    if len(reference) > _LONGEST_REFERENCE:
        raise _not_one(f"{reference[:40]}…", [])
    with archive.reading() as connection:
        ids: list[str] = []
        if len(reference) >= _MINIMUM_ID and re.fullmatch(r"[0-9a-f]+", reference):
            ids = list(connection.scalars(select(documents.c.id).where(documents.c.id.startswith(reference))))
        if not ids and reference:
            ids = find_by_number(connection, reference)
        if not ids and reference:
            named = or_(files.c.path == reference, files.c.path.endswith(f"/{reference}", autoescape=True))
            ids = list(connection.scalars(select(files.c.document_id).where(named, files.c.document_id.is_not(None))))
        ids = sorted(set(ids))
        if len(ids) != 1:
            raise _not_one(reference, ids)
        return _full(connection, ids[0])


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


def _full(connection: Connection, document_id: str) -> FullDocument:
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
    return FullDocument(
        card=cards(connection, [document_id])[document_id],
        media_type=row.media_type,
        sha256=row.sha256,
        text=row.text,
        provisions=tuple(Provision(**row._asdict()) for row in outline),
        passages=tuple(Passage(**{**row._asdict(), "headings": tuple(row.headings)}) for row in cut),
    )
