"""Assignments, targets, citations and abbreviations in and out of the archive's tables."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Join, Row, Select, Table, and_, insert, select

from corpus.language.numbers import number_key
from corpus.model import Abbreviation, Assignment, Citation, CitationKind, Extraction, Target
from corpus.store import given, schema
from corpus.store.schema import COORDINATING, LEAD

Place = tuple[str, int]
"""Document and ordinal of a record."""


@dataclass(frozen=True, slots=True)
class Named:
    """The agencies that an assignment names, as written."""

    lead: tuple[str, ...] = ()
    coordinating: tuple[str, ...] = ()


def insert_extraction(connection: Connection, document_id: str, extraction: Extraction) -> None:
    """Store the records of a document that is stored already; they go when it goes."""
    agencies = [
        {
            "document_id": document_id,
            "ordinal": assignment.ordinal,
            "role": role,
            "position": position,
            "name": name,
        }
        for assignment in extraction.assignments
        for role, names in ((LEAD, assignment.lead), (COORDINATING, assignment.coordinating))
        for position, name in enumerate(names)
    ]
    citations = [
        {**_row(citation), "kind": citation.kind.value, "number_key": citation.number and number_key(citation.number)}
        for citation in extraction.citations
    ]
    rows = (
        (schema.assignments, [_row(each, "lead", "coordinating") for each in extraction.assignments]),
        (schema.assignment_agencies, agencies),
        (schema.targets, list(map(_row, extraction.targets))),
        (schema.citations, citations),
        (schema.abbreviations, list(map(_row, extraction.abbreviations))),
    )
    for table, values in rows:
        if values:
            connection.execute(insert(table), [{"document_id": document_id, **value} for value in values])


def extraction_of(connection: Connection, document_id: str) -> Extraction:
    """The records of a document, none for an id that the archive does not know."""

    def rows(table: Table) -> Sequence[Row[Any]]:
        order = table.c.ordinal if "ordinal" in table.c else table.c.start
        return connection.execute(select(table).where(table.c.document_id == document_id).order_by(order)).all()

    assignments = rows(schema.assignments)
    named = agencies_of(connection, [(document_id, row.ordinal) for row in assignments])
    return Extraction(
        tuple(assignment_of(row, named[document_id, row.ordinal]) for row in assignments),
        tuple(target_of(row) for row in rows(schema.targets)),
        tuple(citation_of(row) for row in rows(schema.citations)),
        tuple(Abbreviation(row.short, row.long, row.start, row.end) for row in rows(schema.abbreviations)),
    )


def agencies_of(connection: Connection, places: Collection[Place]) -> Mapping[Place, Named]:
    """The agencies that assignments name; an assignment that names none has an empty record."""
    table = schema.assignment_agencies
    found: dict[Place, dict[str, list[str]]] = defaultdict(lambda: {LEAD: [], COORDINATING: []})
    query = select(table.c.document_id, table.c.ordinal, table.c.role, table.c.name)
    query = query.select_from(at_places(listed(places), table)).order_by(table.c.role, table.c.position)
    for document, ordinal, role, name in connection.execute(query):
        found[document, ordinal][role].append(name)
    return {place: Named(tuple(found[place][LEAD]), tuple(found[place][COORDINATING])) for place in places}


def listed(places: Iterable[Place]) -> Select[Any]:
    """Some places, as many as there are, as a query."""
    return given.rows(json.dumps(list(places)), "document_id", "ordinal")


def at_places(places: Select[Any], table: Table) -> Join:
    """A query of places joined with the records of ``table`` that are there.

    A condition on pairs (``(a, b) IN (VALUES …)``) has SQLite read the whole table: 25 ms instead of 0.1 ms for twenty
    places among 173,000.
    """
    asked = places.subquery()
    document, ordinal = asked.c
    return asked.join(table, and_(table.c.document_id == document, table.c.ordinal == ordinal))


def assignment_of(row: Row[Any], named: Named) -> Assignment:
    """A row of ``assignments`` with the agencies that it names."""
    return Assignment(lead=named.lead, coordinating=named.coordinating, **_fields(row, Assignment))


def target_of(row: Row[Any]) -> Target:
    """A row of ``targets``."""
    return Target(**_fields(row, Target))


def citation_of(row: Row[Any]) -> Citation:
    """A row of ``citations``."""
    values = _fields(row, Citation)
    return Citation(**{**values, "kind": CitationKind(values["kind"])})


def _fields(row: Row[Any], kind: type[Assignment | Target | Citation]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in row._mapping.items() if name in names}


def _row(record: Assignment | Target | Citation | Abbreviation, *without: str) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(record) if field.name not in without}
