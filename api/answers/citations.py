"""Citations: what documents cite, and which of the archive's documents that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from api.answers.filters import Filters
from api.answers.question import read_question
from api.answers.resolving import citing, resolve, row_of
from api.answers.rows import in_order, page_of, passages_at, rows_at
from corpus.language.normalise import fold
from corpus.language.numbers import number_key
from corpus.language.places import Places
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.extracts import Place


@dataclass(frozen=True, slots=True)
class CitationRow:
    """A citation with the document that it stands in; field names are those of the public JSON.

    ``document`` cites; ``number`` (null for a law cited by name) to ``issued_on`` are what it says of the document
    cited; ``resolved``: that one's id, null where the archive has not got it. ``kind``: basis, implements, amends,
    replaces, reports on, cites. ``start`` and ``end``: its span in the citing document's text.
    """

    document: str
    number: str | None
    type: str | None
    name: str | None
    issuer: str | None
    issued_on: date | None
    resolved: str | None
    kind: str
    section: str
    page: int | None
    citing_number: str | None
    citing_type: str | None
    citing_title: str | None
    citing_issuer: str | None
    citing_province: str | None
    citing_issued_on: date | None
    source: str
    ordinal: int
    start: int
    end: int
    passage: int | None


def list_citations(
    archive: Archive, filters: Filters, *, query: str | None = None, limit: int | None = None, offset: int = 0
) -> tuple[list[CitationRow], int]:
    """Citations in documents that pass, and how many in all, the newest document's first.

    ``query``: a number, or words that the name, type or issuer cited has to hold, whatever their case and marks.
    QueryError when it is blank.
    """
    with archive.reading() as connection:
        found = None if query is None else [(place, 0.0) for place in _naming(connection, filters, query)]
        page = page_of(connection, schema.citations, filters, found, limit=limit, offset=offset)
        return _rows(connection, archive.places, page.rows), page.total


def cited_in(connection: Connection, places: Places, document_id: str) -> list[CitationRow]:
    """What a document cites, in reading order."""
    table = schema.citations.c
    query = select(table.ordinal).where(table.document_id == document_id).order_by(table.ordinal)
    at = [(document_id, ordinal) for ordinal in connection.scalars(query)]
    return _rows(connection, places, rows_at(connection, schema.citations, at))


def cited_by(connection: Connection, places: Places, document_id: str) -> list[CitationRow]:
    """The citations in other documents that mean a document, the oldest first."""
    at = [citation.place for citation in citing(connection, places, document_id)]
    rows = rows_at(connection, schema.citations, at)
    rows.sort(key=lambda row: (row.of_issued_on or date.max, row.document_id, row.ordinal))
    return _rows(connection, places, rows)


def _naming(connection: Connection, filters: Filters, query: str) -> list[Place]:
    question = read_question(query)
    table, documents = schema.citations, schema.documents
    columns = [table.c[name] for name in ("document_id", "ordinal", "number_key", "type", "name", "issuer")]
    chosen = in_order(select(*columns).join(documents).where(filters.of_records(table)), table)
    if question.numbers:
        keys = {number_key(number) for number in question.numbers}
        chosen = chosen.where(table.c.number_key.in_(keys))
        return [(document, ordinal) for document, ordinal, *_ in connection.execute(chosen)]
    wanted = fold(query).split()
    return [
        (document, ordinal)
        for document, ordinal, *said in connection.execute(chosen)
        if all(word in text for text in [fold(" ".join(filter(None, said)))] for word in wanted)
    ]


def _rows(connection: Connection, places: Places, rows: Sequence[Row[Any]]) -> list[CitationRow]:
    meant = resolve(connection, places, [row_of(row) for row in rows])
    sections = _sections(connection, rows)
    return [
        CitationRow(
            document=row.document_id,
            number=row.number,
            type=row.type,
            name=row.name,
            issuer=row.issuer,
            issued_on=row.issued_on,
            resolved=meant.get((row.document_id, row.ordinal)),
            kind=row.kind,
            section=sections.get((row.document_id, row.ordinal), ""),
            page=row.page,
            citing_number=row.of_number,
            citing_type=row.of_type,
            citing_title=row.of_title,
            citing_issuer=row.of_issuer,
            citing_province=row.of_province,
            citing_issued_on=row.of_issued_on,
            source=row.source,
            ordinal=row.ordinal,
            start=row.start,
            end=row.end,
            passage=passage,
        )
        for row, passage in zip(rows, passages_at(connection, rows), strict=True)
    ]


def _sections(connection: Connection, rows: Sequence[Row[Any]]) -> dict[Place, str]:
    """The path of the deepest provision around each citation; none before the first heading."""
    provisions, found = schema.provisions.c, {}
    outlines: dict[str, list[tuple[int, int, str]]] = {}
    for row in rows:
        if row.document_id not in outlines:
            outline = select(provisions.start, provisions.end, provisions.path).order_by(provisions.ordinal)
            held = connection.execute(outline.where(provisions.document_id == row.document_id))
            outlines[row.document_id] = [(start, end, path) for start, end, path in held]
        around = [path for start, end, path in outlines[row.document_id] if start <= row.start < end]
        if around:
            found[row.document_id, row.ordinal] = around[-1]
    return found
