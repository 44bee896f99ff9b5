"""How documents are tied: what one issues, carries out, amends, replaces, rests on, reports on; and the cascade."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Column, Connection, func, or_, select

from api.answers.filters import among
from api.answers.resolving import cited_rows, citing, resolve
from api.answers.subjects import PLANS, REPORTS, may_report, reported
from corpus.language.doctypes import ARTICLE
from corpus.language.places import Places
from corpus.model import CitationKind
from corpus.store import records, schema

RelationKind = Literal[
    "issues",
    "issued by",
    "implements",
    "implemented by",
    "amends",
    "amended by",
    "replaces",
    "replaced by",
    "reports on",
    "reported by",
    "rests on",
    "basis of",
]

INVERSE: dict[RelationKind, RelationKind] = {
    "issues": "issued by",
    "implements": "implemented by",
    "amends": "amended by",
    "replaces": "replaced by",
    "reports on": "reported by",
    "rests on": "basis of",
}
"""What a relation is called from its other end; these stand in the order in which relations are listed."""

_OF_CITATION: dict[str, RelationKind] = {
    CitationKind.IMPLEMENTS: "implements",
    CitationKind.AMENDS: "amends",
    CitationKind.REPLACES: "replaces",
    CitationKind.REPORTS: "reports on",
    CitationKind.BASIS: "rests on",
}
_ORDER = [kind for pair in INVERSE.items() for kind in pair]
_UPWARDS = ("implements", "issued by")
_DOWNWARDS = ("implemented by", "issues")
_DEEPEST = 8  # steps of a cascade


Found = Literal["file", "citation", "subject"]


@dataclass(frozen=True, slots=True)
class Relation:
    """Another document that this one is tied to, and how it was found.

    ``found``: "file" (both in one file), "citation", or "subject" (authority, year and words of the subject agree) with
    a ``score`` from 0 to 1.
    """

    kind: RelationKind
    document: str
    number: str | None
    type: str | None
    title: str | None
    found: Found = "file"
    score: float | None = None


@dataclass(frozen=True, slots=True)
class CascadeStep:
    """A document above (``step`` below 0) or below this one in the chain of those that carry each other out.

    ``kind``: what it is to ``through``, the document that led to it.
    """

    step: int
    kind: RelationKind
    document: str
    number: str | None
    type: str | None
    title: str | None
    issuer: str | None
    through: str


@dataclass(frozen=True, slots=True)
class _Edge:
    kind: RelationKind
    document: str
    found: Found
    score: float | None = None


@dataclass(frozen=True, slots=True)
class _Facts:
    id: str
    number: str | None
    type: str | None
    title: str | None
    issuer: str | None
    year_from: int | None
    year_to: int | None
    issues_plan: bool

    @property
    def is_plan(self) -> bool:
        """Whether others carry it out: a plan, or the decision that issues one."""
        return self.type in PLANS or self.issues_plan


def relations_of(connection: Connection, places: Places, document_id: str) -> tuple[Relation, ...]:
    """What a document, in any of its renditions, is tied to, both ways; each document is its best rendition."""
    best = _best(connection, document_id)
    edges = {(edge.kind, edge.document): edge for edge in reversed(list(_edges(connection, places, best)))}
    facts = _facts(connection, {document for _, document in edges})
    relations = [
        Relation(edge.kind, known.id, known.number, known.type, known.title, edge.found, edge.score)
        for edge in edges.values()
        if (known := facts.get(edge.document))
    ]
    return tuple(sorted(relations, key=lambda each: (_ORDER.index(each.kind), each.document)))


def plans_issued(connection: Connection, decisions: Sequence[str]) -> list[str]:
    """The ids of the plans that some decisions issue."""
    return [edge.document for decision in decisions for edge in _stored(connection, decision) if edge.kind == "issues"]


def cascade_of(connection: Connection, places: Places, document_id: str) -> tuple[CascadeStep, ...]:
    """Documents above and below in the chain of those that carry each other out, the highest first, each once."""
    start = _best(connection, document_id)
    steps: dict[str, tuple[int, RelationKind, str]] = {start: (0, "implements", start)}
    for sign, kinds, edges in ((-1, _UPWARDS, _outgoing), (1, _DOWNWARDS, _incoming)):
        layer = [start]
        for step in range(1, _DEEPEST + 1):
            reached = []
            for through in layer:
                for edge in (*_stored(connection, through), *edges(connection, places, through)):
                    if edge.kind in kinds and edge.document not in steps:
                        steps[edge.document] = (sign * step, edge.kind, through)
                        reached.append(edge.document)
            layer = reached
    facts = _facts(connection, set(steps) - {start})
    found = []
    for known in facts.values():
        step, kind, through = steps[known.id]
        found.append(CascadeStep(step, kind, known.id, known.number, known.type, known.title, known.issuer, through))
    return tuple(sorted(found, key=lambda each: (each.step, each.document)))


def _edges(connection: Connection, places: Places, document_id: str) -> Iterator[_Edge]:
    yield from _stored(connection, document_id)
    outgoing = list(_outgoing(connection, places, document_id))
    yield from outgoing
    yield from _incoming(connection, places, document_id)
    if not any(edge.kind == "reports on" for edge in outgoing) and (plan := _speaks_of(connection, document_id)):
        yield _Edge("reports on", plan[0], "subject", plan[1])
    for report in may_report(connection, document_id):
        plan = _speaks_of(connection, report)
        if plan and plan[0] == document_id:
            told = _outgoing(connection, places, report)
            if not any(edge.kind == "reports on" for edge in told):
                yield _Edge("reported by", report, "subject", plan[1])


def _speaks_of(connection: Connection, document_id: str) -> tuple[str, float] | None:
    """The plan that a report or article means by its subject; none where it cites by number what it reports on."""
    citations, documents = schema.citations.c, schema.documents.c
    article = select(documents.id).where(documents.id == citations.document_id, documents.type == ARTICLE).exists()
    of_plan = citations.type.in_(PLANS) & or_(citations.kind != CitationKind.CITES.value, article)
    numbered = select(citations.ordinal).where(
        citations.document_id == document_id,
        citations.number.is_not(None),
        or_(citations.kind == CitationKind.REPORTS.value, of_plan),
    )
    return None if connection.execute(numbered.limit(1)).first() else reported(connection, document_id)


def _best(connection: Connection, document_id: str) -> str:
    documents = schema.documents.c
    best = select(func.coalesce(documents.rendition_of, documents.id)).where(documents.id == document_id)
    return connection.execute(best).scalar() or document_id


def _renditions(connection: Connection, document_id: str) -> list[str]:
    documents = schema.documents.c
    group = or_(documents.id == document_id, documents.rendition_of == document_id)
    return list(connection.scalars(select(documents.id).where(group)))


def _stored(connection: Connection, document_id: str) -> Iterator[_Edge]:
    documents, table = schema.documents.c, schema.relations.c
    best = func.coalesce(documents.rendition_of, documents.id)
    renditions = _renditions(connection, document_id)
    ends: tuple[tuple[RelationKind, Column[str], Column[str]], ...] = (
        ("issues", table.source, table.target),
        ("issued by", table.target, table.source),
    )
    for kind, here, there in ends:
        tied = select(best).join_from(schema.relations, schema.documents, documents.id == there)
        tied = tied.where(here.in_(renditions), table.kind == records.ISSUES).distinct().order_by(best)
        for other in connection.scalars(tied):
            yield _Edge(kind, other, "file")


def _outgoing(connection: Connection, places: Places, document_id: str) -> Iterator[_Edge]:
    """What a document is to those that it cites."""
    cited = cited_rows(connection, schema.citations.c.document_id == document_id)
    meant = resolve(connection, places, cited)
    facts = _facts(connection, {document_id, *meant.values()})
    for citation in cited:
        target = meant.get(citation.place)
        if target in facts and (kind := _kind(citation.kind, facts[document_id], facts[target])):
            yield _Edge(kind, target, "citation")


def _incoming(connection: Connection, places: Places, document_id: str) -> Iterator[_Edge]:
    """What a document is to those that cite it; who carries out a decision carries out the plan that it issues."""
    issuers = [edge.document for edge in _stored(connection, document_id) if edge.kind == "issued by"]
    for target in (document_id, *issuers):
        citations = citing(connection, places, target)
        facts = _facts(connection, {target, *(citation.place[0] for citation in citations)})
        for citation in citations:
            source = citation.place[0]
            kind = _kind(citation.kind, facts[source], facts[target]) if source in facts else None
            if kind and (target == document_id or kind in ("implements", "reports on")):
                yield _Edge(INVERSE[kind], source, "citation")


def _kind(said: str, source: _Facts, target: _Facts) -> RelationKind | None:
    """What a citation makes of two documents, None where it says nothing of their relation.

    A plan that rests on another plan carries it out, unless that one's years are over; a report that rests on one, or
    an article that names one, tells of it.
    """
    if target.is_plan and (source.type == ARTICLE or (source.type in REPORTS and said != CitationKind.CITES)):
        return "reports on"
    if said == CitationKind.BASIS and source.is_plan and target.is_plan and not _is_past(target, source):
        return "implements"
    return _OF_CITATION.get(said)


def _is_past(target: _Facts, source: _Facts) -> bool:
    return target.year_to is not None and source.year_from is not None and target.year_to < source.year_from


def _facts(connection: Connection, ids: Collection[str]) -> dict[str, _Facts]:
    documents, table = schema.documents.c, schema.relations.c
    issues = select(table.source).where(table.source == documents.id, table.kind == records.ISSUES).exists()
    names = ("id", "number", "type", "title", "issuer", "year_from", "year_to")
    query = select(*(documents[name] for name in names), issues).where(documents.id.in_(among(ids)))
    return {row[0]: _Facts(*row) for row in map(tuple, connection.execute(query))}
