"""Search: a question to passages, words and meaning together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, and_, func, select

from api.answers.documents import DocumentCard, cards, find_by_number, plans_issued
from api.answers.filters import Filters
from api.answers.highlight import highlights
from api.answers.question import Question, read_question
from corpus.encoder.contract import Encoder
from corpus.encoder.reranker import Reranker
from corpus.store import schema
from corpus.store.archive import Archive

Mode = Literal["hybrid", "lexical", "dense"]

_POOL = 300
"""Passages that each arm offers for fusion."""

DENSE_WEIGHT = 0.5
"""Share of the dense arm in the fused score, between 0 and 1; fitted on development queries (benchmarks/RESULTS.md)."""

BOILERPLATE_WEIGHT = 0.5
"""What the score of a letterhead, legal bases or recipients counts: they name the topic but say nothing of it."""

SHORT, SHORT_WEIGHT = 300, 0.7
"""A passage of fewer characters counts less, down to this at none: a bare line matches easily and answers nothing."""

_WEIGHTS = {
    "text_words": 1.0,
    "text_syllables": 0.5,
    "headings_words": 0.3,
    "headings_syllables": 0.2,
    "title_words": 0.3,
    "title_syllables": 0.2,
}
_UNMARKED_WEIGHTS = {"text_folded": 1.0, "headings_folded": 0.4, "title_folded": 0.4}

RERANKED = 30
"""First hits that a cross-encoder puts into its own order, where one is named."""

_NUMBER_BONUS = 1.0  # a document that is asked for by number stands before every other


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found; field names are those of the public JSON.

    ``document``: its id; ``start`` and ``end``: span in the document's text; ``score``: 0 to 1, one more where the
    document was asked for by number; ``highlights``: spans in ``text``.
    """

    document: str
    number: str | None
    title: str | None
    section: str
    headings: tuple[str, ...]
    page: int | None
    start: int
    end: int
    text: str
    score: float
    highlights: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one document, best first."""

    document: DocumentCard
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits in order of their score, and the same grouped by document in order of each one's best hit."""

    question: Question
    hits: tuple[Hit, ...]
    groups: tuple[Group, ...]
    more: bool


def search(
    archive: Archive,
    encoder: Encoder,
    typed: str,
    filters: Filters | None = None,
    *,
    limit: int | None = 20,
    offset: int = 0,
    mode: Mode = "hybrid",
    reranker: Reranker | None = None,
) -> SearchResult:
    """The passages that answer a typed question; QueryError when there is nothing to ask.

    ``limit`` None gives all that either arm offers. ``reranker`` reorders the first :data:`RERANKED`. ``more`` says
    that there are hits after these.
    """
    question = read_question(typed)
    archive.refresh()
    with archive.reading() as connection:
        ranked = rank(
            archive,
            connection,
            encoder,
            question,
            filters or Filters(),
            mode,
            None if limit is None else max(offset + limit + 1, RERANKED if reranker else 0),
        )
        if reranker:
            ranked = rerank(connection, reranker, question, ranked)
        page = ranked[offset:] if limit is None else ranked[offset : offset + limit]
        hits, documents = _hits(connection, question, page)
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.document, []).append(hit)
    return SearchResult(
        question,
        tuple(hits),
        tuple(Group(documents[document], tuple(found)) for document, found in groups.items()),
        more=limit is not None and len(ranked) > offset + limit,
    )


def rank(
    archive: Archive,
    connection: Connection,
    encoder: Encoder,
    question: Question,
    filters: Filters,
    mode: Mode,
    count: int | None = None,
) -> list[tuple[int, float]]:
    """Ids and scores of passages, best first: ``count`` at most, None for all that either arm offers."""
    archive.require(encoder.spec)
    within = _documents(connection, filters)
    if within == []:
        return []
    pool = max(_POOL, count or 0)
    lexical: Mapping[int, float] = {}
    dense: Mapping[int, float] = {}
    if mode != "dense":
        terms = {form: getattr(question.terms, form).split() for form in ("words", "syllables", "folded")}
        weights = _UNMARKED_WEIGHTS if question.unmarked else _WEIGHTS
        lexical = dict(archive.lexical.search(terms, weights, pool, within))
    if mode != "lexical":
        text = question.segmented if encoder.spec.segmented else question.typed
        vector = encoder.encode_queries([text])[0]
        if vector.any():
            passages = None if within is None else _passages(connection, filters.where())
            dense = dict(archive.vectors.search(vector, pool, passages))
    fused = fuse(lexical, dense, _dense_weight(question, mode))
    for passage, weight in _weights(connection, fused).items():
        fused[passage] *= weight
    named = [document for number in question.numbers for document in find_by_number(connection, number)]
    for document in {*named, *plans_issued(connection, named)}:
        if within is None or document in within:
            for passage in _passages(connection, schema.documents.c.id == document).tolist():
                fused[passage] = fused.get(passage, 0.0) + _NUMBER_BONUS
    return sorted(fused.items(), key=lambda item: (-item[1], item[0]))[:count]


def rerank(
    connection: Connection, reranker: Reranker, question: Question, ranked: Sequence[tuple[int, float]]
) -> list[tuple[int, float]]:
    """The first :data:`RERANKED` hits in the cross-encoder's order, the others after them as they were.

    Scores keep falling: those of the reordered hits lie between the next hit's and the first's before.
    """
    first, others = list(ranked[:RERANKED]), list(ranked[RERANKED:])
    if len(first) < 2:  # noqa: PLR2004  (one has no order)
        return [*first, *others]
    texts = _judged_texts(connection, [passage for passage, _ in first], segmented=reranker.segmented)
    asked = question.segmented if reranker.segmented else question.typed
    judged = reranker.scores(asked, [texts.get(passage, "") for passage, _ in first])
    top, bottom = first[0][1], first[-1][1]
    reordered = [(passage, bottom + (top - bottom) * score) for (passage, _), score in zip(first, judged, strict=True)]
    return [*sorted(reordered, key=lambda item: (-item[1], item[0])), *others]


def _judged_texts(connection: Connection, chosen: Sequence[int], *, segmented: bool) -> dict[int, str]:
    documents, passages = schema.documents, schema.passages
    if segmented:
        parts = [documents.c.segmented_title, passages.c.segmented_headings, passages.c.segmented]
        query = select(passages.c.id, *parts).join(documents).where(passages.c.id.in_(chosen))
        return {row[0]: " ".join(row[1:]) for row in connection.execute(query)}
    text = func.substr(documents.c.text, passages.c.start + 1, passages.c.end - passages.c.start)
    query = select(passages.c.id, documents.c.title, passages.c.headings, text).join(documents)
    return {
        passage: " . ".join([title or "", *headings, " ".join(words.split())])
        for passage, title, headings, words in connection.execute(query.where(passages.c.id.in_(chosen)))
    }


def _dense_weight(question: Question, mode: Mode) -> float:
    if mode == "hybrid":
        # Vectors know marked words only: a question without marks would pull towards noise.
        return DENSE_WEIGHT / 2 if question.unmarked else DENSE_WEIGHT
    return 1.0 if mode == "dense" else 0.0


def fuse(lexical: Mapping[int, float], dense: Mapping[int, float], dense_weight: float) -> dict[int, float]:
    """Weighted sum of both arms' scores, each stretched to 0..1; a passage that an arm does not offer has 0 there.

    Weighted fusion, since reciprocal ranks did worse on the development questions (benchmarks/RESULTS.md).
    """
    fused: dict[int, float] = {}
    for scores, weight in ((lexical, 1.0 - dense_weight), (dense, dense_weight)):
        if not scores or weight == 0.0:
            continue
        top, bottom = max(scores.values()), min(scores.values())
        for passage, score in scores.items():
            scaled = (score - bottom) / (top - bottom) if top > bottom else 1.0
            fused[passage] = fused.get(passage, 0.0) + weight * scaled
    return fused


def _weights(connection: Connection, found: Iterable[int]) -> dict[int, float]:
    """What the scores of passages count: less for boilerplate, and for those of few words.

    Boilerplate belongs to no provision of a document that has some: letterhead, legal bases, recipients.
    """
    passages, provisions = schema.passages.c, schema.provisions.c
    outlined = select(provisions.document_id).where(provisions.document_id == passages.document_id).exists()
    boilerplate = and_(passages.provision.is_(None), outlined)
    query = select(passages.id, passages.end - passages.start, boilerplate).where(passages.id.in_(list(found)))
    return {
        passage: min(1.0, SHORT_WEIGHT + (1.0 - SHORT_WEIGHT) * length / SHORT)
        * (BOILERPLATE_WEIGHT if is_boilerplate else 1.0)
        for passage, length, is_boilerplate in connection.execute(query)
    }


def _documents(connection: Connection, filters: Filters) -> list[str] | None:
    if filters.empty:
        return None
    return list(connection.scalars(select(schema.documents.c.id).where(filters.where())))


def _passages(connection: Connection, condition: ColumnElement[bool]) -> NDArray[np.int64]:
    passages = schema.passages
    query = select(passages.c.id).join(schema.documents).where(condition).order_by(passages.c.id)
    return np.fromiter(connection.scalars(query), dtype=np.int64)


def _hits(
    connection: Connection, question: Question, ranked: Sequence[tuple[int, float]]
) -> tuple[list[Hit], dict[str, DocumentCard]]:
    documents, passages = schema.documents, schema.passages
    columns = [passages.c[name] for name in ("id", "document_id", "section", "headings", "page", "start", "end")]
    text = func.substr(documents.c.text, passages.c.start + 1, passages.c.end - passages.c.start).label("text")
    query = select(*columns, text).join(documents).where(documents.c.rendition_of.is_(None))
    query = query.where(passages.c.id.in_([passage for passage, _ in ranked]))
    rows = {row.id: row for row in connection.execute(query)}
    found = cards(connection, sorted({row.document_id for row in rows.values()}))
    hits = []
    for passage, score in ranked:
        if passage not in rows:
            continue  # its document was replaced, or a better rendition came, since the indexes were written
        row = rows[passage]
        card = found[row.document_id]
        spans = highlights(row.text, question)
        hits.append(
            Hit(
                document=row.document_id,
                number=card.number,
                title=card.title,
                section=row.section,
                headings=tuple(row.headings),
                page=row.page,
                start=row.start,
                end=row.end,
                text=row.text,
                score=round(score, 4),
                highlights=tuple(spans),
            )
        )
    return hits, found
