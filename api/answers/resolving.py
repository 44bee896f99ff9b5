"""Which of the archive's documents a citation means; asked anew each time, so that it is found once it has arrived."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from api.answers.filters import among
from corpus.language.normalise import fold
from corpus.language.places import Places
from corpus.store import schema
from corpus.store.extracts import Place

UNDATED_YEARS = 5
"""How old a document may be that is cited by a number that starts anew every year and without its date."""

_LAWS = ("Luật", "Bộ luật", "Pháp lệnh", "Hiến pháp")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LAW_WORDS = re.compile(r"^(?:bo luat|luat|phap lenh)\s+|\s*\(?(?:so\s.*|nam\s+\d{4}|ngay\s.*|sua doi.*)\)?$")
# Bodies below the province: their documents have the symbols of the province's (Decree 30/2020/NĐ-CP, annex VI).
_LOCAL = re.compile(r"\b(?:huyen|quan|thi xa|xa|phuong|thi tran|dac khu)\b")
_SHARED_SYMBOL = re.compile(r"(?:ubnd|hdnd)\b")


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation as stored, with the document that it stands in."""

    place: Place
    kind: str
    key: str | None
    name: str | None
    issuer: str | None
    issued_on: date | None
    citing_province: str | None
    citing_on: date | None


@dataclass(frozen=True, slots=True)
class Held:
    """A document that a citation may mean; ``id`` is that of its best rendition."""

    id: str
    key: str | None
    type: str | None
    title: str | None
    issuer: str | None
    province: str | None
    issued_on: date | None


def cited_rows(connection: Connection, condition: ColumnElement[bool]) -> list[Cited]:
    """The citations under a condition on ``citations`` and ``documents``, of searched documents."""
    citations, documents = schema.citations, schema.documents
    query = (
        select(
            citations.c.document_id,
            citations.c.ordinal,
            citations.c.kind,
            citations.c.number_key,
            citations.c.name,
            citations.c.issuer,
            citations.c.issued_on,
            documents.c.province,
            documents.c.issued_on,
        )
        .join(documents, documents.c.id == citations.c.document_id)
        .where(documents.c.rendition_of.is_(None), condition)
        .order_by(citations.c.document_id, citations.c.ordinal)
    )
    return [Cited((row[0], row[1]), *row[2:]) for row in connection.execute(query)]


def resolve(connection: Connection, places: Places, cited: Sequence[Cited]) -> dict[Place, str]:
    """The document that each citation means, by the citation's place; those that the archive has not are left out."""
    by_key: dict[str, list[Held]] = defaultdict(list)
    for held in _held(connection, schema.documents.c.number_key.in_(among({c.key for c in cited if c.key}))):
        by_key[held.key or ""].append(held)
    laws: Mapping[str, list[Held]] = {}
    if any(c.key is None and c.name for c in cited):
        laws = _laws(connection)
    found = {}
    for citation in cited:
        if citation.key is not None:
            meant = choose(places, citation, by_key[citation.key])
        else:
            meant = _law(citation, laws.get(law_name(citation.name or ""), ()))
        if meant is not None and meant != citation.place[0]:
            found[citation.place] = meant
    return found


def citing(connection: Connection, places: Places, document_id: str) -> list[Cited]:
    """The citations that mean a document: the same rules the other way round."""
    documents, citations = schema.documents.c, schema.citations.c
    group = or_(documents.id == document_id, documents.rendition_of == document_id)
    rows = connection.execute(select(documents.number_key, documents.type, documents.title).where(group)).all()
    keys = {row.number_key for row in rows if row.number_key}
    cited = cited_rows(connection, citations.number_key.in_(among(keys)))
    if any(row.type in _LAWS for row in rows):
        titles = {law_name(row.title) for row in rows if row.title}
        unnumbered = citations.number_key.is_(None) & citations.name.is_not(None)
        cited += [each for each in cited_rows(connection, unnumbered) if law_name(each.name or "") in titles]
    meant = resolve(connection, places, cited)
    return [citation for citation in cited if meant.get(citation.place) == document_id]


def _held(connection: Connection, condition: ColumnElement[bool]) -> Iterable[Held]:
    documents = schema.documents.c
    best = func.coalesce(documents.rendition_of, documents.id)
    names = ("number_key", "type", "title", "issuer", "province", "issued_on")
    query = select(best, *(documents[name] for name in names)).where(condition)
    return [Held(*row) for row in connection.execute(query.order_by(documents.id))]


def _laws(connection: Connection) -> Mapping[str, list[Held]]:
    by_name: dict[str, list[Held]] = defaultdict(list)
    for held in _held(connection, schema.documents.c.type.in_(_LAWS)):
        if held.title:
            by_name[law_name(held.title)].append(held)
    return by_name


def law_name(name: str) -> str:
    """What laws are compared by: "Luật Đầu tư công năm 2019" and "ĐẦU TƯ CÔNG" are one name."""
    return _LAW_WORDS.sub("", _LAW_WORDS.sub("", " ".join(fold(name).split())))


def _law(citation: Cited, candidates: Collection[Held]) -> str | None:
    year = _YEAR.search(citation.name or "")
    fitting = [
        held
        for held in candidates
        if _same_day(citation, held) and (year is None or held.issued_on is None or year[0] == str(held.issued_on.year))
    ]
    return _latest(citation, fitting)


def choose(places: Places, citation: Cited, candidates: Collection[Held]) -> str | None:
    """Which of the documents with its number a citation means, None where none fits or the choice is not clear.

    Dates must agree where both are known. A province's number means that province's document: the one that the
    citation names, else the citing document's. Without a date the last one issued before is meant.
    """
    return _latest(citation, [held for held in candidates if _fits(places, citation, held)])


def _fits(places: Places, citation: Cited, held: Held) -> bool:
    if not _same_day(citation, held) or _of_other_level(citation, held):
        return False
    if citation.issued_on is None and not _in_force(citation, held):
        return False
    return held.province is None or _of_province(places, citation, held.province, dated=_dated(citation, held))


def _dated(citation: Cited, held: Held) -> bool:
    return citation.issued_on is not None and held.issued_on is not None


def _in_force(citation: Cited, held: Held) -> bool:
    """Whether a number without a date may still mean this document; a year in the number is as good as a date."""
    if not held.issued_on or not citation.citing_on or _YEAR.search(held.key or ""):
        return True
    return 0 <= citation.citing_on.year - held.issued_on.year <= UNDATED_YEARS


def _of_province(places: Places, citation: Cited, province: str, *, dated: bool) -> bool:
    named = _province_of(places, citation.issuer)
    if named is not None or citation.citing_province is None:
        return named == province if named else dated
    if province == citation.citing_province:
        return True
    return dated and province in places.predecessors(citation.citing_province)


def _same_day(citation: Cited, held: Held) -> bool:
    return citation.issued_on is None or held.issued_on is None or citation.issued_on == held.issued_on


def _of_other_level(citation: Cited, held: Held) -> bool:
    """Whether one is a province's and the other a district's or commune's, whose numbers look the same."""
    if not citation.issuer or not held.issuer or not _SHARED_SYMBOL.search(citation.key or ""):
        return False
    return bool(_LOCAL.search(fold(citation.issuer))) != bool(_LOCAL.search(fold(held.issuer)))


def _province_of(places: Places, issuer: str | None) -> str | None:
    if not issuer:
        return None
    named = [province.name for province, _, _ in places.in_text(issuer)]
    return named[-1] if named else None


def _latest(citation: Cited, fitting: Collection[Held]) -> str | None:
    """The only one, or the last one issued before the citing document."""
    ids = {held.id for held in fitting}
    if len(ids) <= 1:
        return next(iter(ids), None)
    before = [
        held
        for held in fitting
        if held.issued_on and (citation.citing_on is None or held.issued_on <= citation.citing_on)
    ]
    last = max((held.issued_on for held in before if held.issued_on), default=None)
    latest = {held.id for held in before if held.issued_on == last}
    return latest.pop() if len(latest) == 1 else None


def row_of(row: Any) -> Cited:  # noqa: ANN401  (a row of a page, whose columns SQLAlchemy does not type)
    """A citation from a row of ``citations`` with the facts of its document."""
    return Cited(
        (row.document_id, row.ordinal),
        row.kind,
        row.number_key,
        row.name,
        row.issuer,
        row.issued_on,
        row.of_province,
        row.of_issued_on,
    )
