"""Search: a question to passages, words and meaning together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, and_, func, select

from api.answers.defined import defined_in
from api.answers.documents import DocumentCard, cards, find_by_number, known_types
from api.answers.filters import Filters, among
from api.answers.folding import LOOKED_AT
from api.answers.folding import fold as fold_alike
from api.answers.highlight import highlights
from api.answers.narrowing import as_typed
from api.answers.question import Question, read_question
from api.answers.relations import plans_issued
from api.answers.scope import passages_where, scope_of
from api.answers.suggestions import Suggestion, suggest
from corpus.encoder.contract import Encoder
from corpus.encoder.reranker import Reranker
from corpus.language.analysis import terms_of
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.lexical import Phrase

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
    "text_folded": 0.5,
    "headings_folded": 0.2,
    "title_folded": 0.2,
}
_UNMARKED_WEIGHTS = {"text_folded": 1.0, "headings_folded": 0.4, "title_folded": 0.4}

RERANKED = 30
"""First hits that a cross-encoder puts into its own order, where one is named."""

_NUMBER_BONUS = 1.0  # a document that is asked for by number stands before every other


@dataclass(frozen=True, slots=True)
class Also:
    """Where else nearly the same is said: the document, its number and year, and the passage's place."""

    document: str
    number: str | None
    year: int | None
    section: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found; field names are those of the public JSON.

    ``document``: its id; ``start`` and ``end``: span in the document's text; ``score``: 0 to 1, one more where the
    document was asked for by number; ``highlights``: spans in ``text``; ``also``: older documents that say the same.
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
    also: tuple[Also, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one document, best first."""

    document: DocumentCard
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits in order of their score, and the same grouped by document in order of each one's best hit.

    ``suggestions``: filters that the question's words name, not applied; ``correction``: the question with its slips
    put right, None where there is none to see.
    """

    question: Question
    hits: tuple[Hit, ...]
    groups: tuple[Group, ...]
    more: bool
    suggestions: tuple[Suggestion, ...] = ()
    correction: str | None = None


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
    restore: bool = True,
    folded: bool = True,
) -> SearchResult:
    """The passages that answer a typed question; QueryError when there is nothing to ask.

    ``restore`` False takes words without marks as they are. ``folded``: what several documents say nearly alike is one
    hit, the newest document's, that names the others. ``limit`` None gives all that either arm offers. ``reranker``
    reorders the first :data:`RERANKED`. ``more`` says that there are hits after these.
    """
    archive.refresh()
    accents = archive.accents
    question = read_question(typed, accents if restore else None, defined_in(archive))
    chosen = as_typed(archive, filters or Filters(), question.fields)
    with archive.reading() as connection:
        ranked = rank(
            archive,
            connection,
            encoder,
            question,
            chosen,
            mode,
            None if limit is None else max(offset + limit + 1 + LOOKED_AT, RERANKED if reranker else 0),
        )
        if reranker:
            ranked = rerank(connection, reranker, question, ranked)
        others: dict[int, tuple[int, ...]] = {}
        if folded:
            ranked, others = fold_alike(connection, ranked, apart=_named(connection, question))
        page = ranked[offset:] if limit is None else ranked[offset : offset + limit]
        hits, documents = _hits(connection, question, page, others)
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.document, []).append(hit)
    return SearchResult(
        question,
        tuple(hits),
        tuple(Group(documents[document], tuple(found)) for document, found in groups.items()),
        more=limit is not None and len(ranked) > offset + limit,
        suggestions=_suggestions(archive, question, chosen),
        correction=accents.corrected(question.asked),
    )


def _suggestions(archive: Archive, question: Question, chosen: Filters) -> tuple[Suggestion, ...]:
    settings = archive.settings
    found = suggest(question.asked, settings.places, settings.agencies, known_types(archive))
    set_already = {name for name, given in (("province", chosen.provinces), ("type", chosen.types)) if given}
    set_already |= {"year"} if chosen.year_from or chosen.year_to else set()
    set_already |= {"agency"} if chosen.agencies else set()
    return tuple(suggestion for suggestion in found if suggestion.field not in set_already)


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
    scope = scope_of(archive, connection, filters)
    if scope is not None and not scope.documents:
        return []
    within = None if scope is None else scope.documents
    pool = max(_POOL, count or 0)
    lexical: Mapping[int, float] = {}
    dense: Mapping[int, float] = {}
    if mode != "dense":
        terms = {form: getattr(question.terms, form).split() for form in ("words", "syllables", "folded")}
        weights = _UNMARKED_WEIGHTS if question.unmarked else _WEIGHTS
        lexical = dict(archive.lexical.search(terms, weights, pool, within, question.phrases, question.excluded))
    if mode != "lexical":
        text = question.segmented if encoder.spec.segmented else question.asked
        vector = encoder.encode_queries([text])[0]
        if vector.any():
            dense = dict(archive.vectors.search(vector, pool, None if scope is None else scope.passages))
    if question.phrases or question.excluded:
        fitting = _fitting(connection, dense.keys() - lexical.keys(), question)
        dense = {passage: score for passage, score in dense.items() if passage in fitting or passage in lexical}
    fused = fuse(lexical, dense, _dense_weight(question, mode))
    for passage, weight in _weights(connection, fused).items():
        fused[passage] *= weight
    for document in _named(connection, question):
        if within is None or document in within:
            for passage in passages_where(connection, schema.documents.c.id == document).passages.tolist():
                fused[passage] = fused.get(passage, 0.0) + _NUMBER_BONUS
    return sorted(fused.items(), key=lambda item: (-item[1], item[0]))[:count]


def _named(connection: Connection, question: Question) -> set[str]:
    """The documents that a question asks for by number, and the plans that they issue."""
    named = [document for number in question.numbers for document in find_by_number(connection, number)]
    return {*named, *plans_issued(connection, named)}


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
    asked = question.segmented if reranker.segmented else question.asked
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


def _fitting(connection: Connection, found: Iterable[int], question: Question) -> set[int]:
    """Those passages that hold every phrase of a question and nothing that it leaves out."""
    documents, passages = schema.documents.c, schema.passages.c
    parts = [passages.segmented, passages.segmented_headings, documents.segmented_title]
    query = select(passages.id, *parts).join_from(schema.passages, schema.documents)
    query = query.where(passages.id.in_(among(found)))
    return {
        passage
        for passage, text, *context in connection.execute(query)
        if all(any(_holds(part, phrase) for part in (text, *context)) for phrase in question.phrases)
        and not any(_holds(text, phrase) for phrase in question.excluded)
    }


def _holds(segmented: str, phrase: Phrase) -> bool:
    form, words = phrase
    return f" {' '.join(words)} " in f" {getattr(terms_of(segmented), form)} "


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


def _also(connection: Connection, wanted: Sequence[int]) -> dict[int, Also]:
    if not wanted:
        return {}
    documents, passages = schema.documents.c, schema.passages.c
    place = [passages.section, passages.start, passages.end]
    query = select(passages.id, documents.id, documents.number, documents.issued_on, *place)
    rows = connection.execute(query.join_from(schema.passages, schema.documents).where(passages.id.in_(among(wanted))))
    return {
        passage: Also(document, number, day.year if day else None, *span)
        for passage, document, number, day, *span in rows
    }


def _hits(
    connection: Connection,
    question: Question,
    ranked: Sequence[tuple[int, float]],
    others: Mapping[int, tuple[int, ...]],
) -> tuple[list[Hit], dict[str, DocumentCard]]:
    documents, passages = schema.documents, schema.passages
    columns = [passages.c[name] for name in ("id", "document_id", "section", "headings", "page", "start", "end")]
    text = func.substr(documents.c.text, passages.c.start + 1, passages.c.end - passages.c.start).label("text")
    query = select(*columns, text).join(documents).where(documents.c.rendition_of.is_(None))
    query = query.where(passages.c.id.in_([passage for passage, _ in ranked]))
    rows = {row.id: row for row in connection.execute(query)}
    found = cards(connection, sorted({row.document_id for row in rows.values()}))
    also = _also(connection, [passage for folded in others.values() for passage in folded])
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
                also=tuple(also[other] for other in others.get(passage, ()) if other in also),
            )
        )
    return hits, found
