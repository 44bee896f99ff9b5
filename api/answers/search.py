"""Search: a question to passages, words and meaning together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection, func, select

from api.answers.asking import asked
from api.answers.documents import DocumentCard, known_cards, known_types
from api.answers.filters import Filters, among
from api.answers.folding import LOOKED_AT
from api.answers.folding import fold as fold_alike
from api.answers.highlight import highlights
from api.answers.memory import remembered
from api.answers.narrowing import as_typed
from api.answers.paging import Before, read_token
from api.answers.question import Question
from api.answers.ranking import Mode, Reasons, named_documents, rank
from api.answers.reranking import RERANKED, rerank
from api.answers.suggestions import Suggestion, suggest
from api.answers.turns import in_turn
from corpus.encoder.contract import Encoder
from corpus.encoder.reranker import Reranker
from corpus.stages import timed
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.given import NAMED, naming

Order = Literal["relevance", "newest", "oldest"]


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
    document was asked for by number; ``highlights``: spans in ``text``; ``also``: older documents that say the same;
    ``reasons``: why it stands where it does, where that was asked for.
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
    reasons: Reasons | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one document, best first."""

    document: DocumentCard
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits in order of their score, and the same grouped by document in order of each one's best hit.

    ``suggestions``: filters that the question's words name, not applied; ``correction``: the question with its slips
    put right, None where there is none to see; ``next``: the token of the page that follows, None after the last.
    """

    question: Question
    hits: tuple[Hit, ...]
    groups: tuple[Group, ...]
    more: bool
    suggestions: tuple[Suggestion, ...] = ()
    correction: str | None = None
    next: str | None = None


@in_turn
@timed("search")
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
    order: Order = "relevance",
    explain: bool = False,
    after: str | None = None,
) -> SearchResult:
    """The passages that answer a typed question; QueryError when there is nothing to ask.

    ``restore`` False takes words without marks as they are. ``folded``: what several documents say nearly alike is one
    hit, the newest document's, that names the others. ``limit`` None gives all that either arm offers. ``reranker``
    reorders the first :data:`RERANKED`. ``order``: by date of issue, all that is found for the question, undated last.
    ``explain``: each hit says why it stands where it does. ``more`` says that there are hits after these;
    ``after``, the ``next`` of the page before, goes on to them even when documents have come since; ``offset`` then
    counts from there.
    """
    question = asked(archive, typed, restore=restore)
    chosen = as_typed(archive, filters or Filters(), question.fields)
    reasons: dict[int, Reasons] | None = {} if explain else None
    before = read_token(after) if after else None
    passed = offset + (len(before.passages) if before else 0)
    count = None if limit is None or order != "relevance" else max(passed + limit + 1 + LOOKED_AT, RERANKED)
    with archive.reading() as connection:
        held = connection.execute(_NEWEST).scalar() or 0
        newest = before.newest if before and before.newest < held else None
        ranked = rank(archive, connection, encoder, question, chosen, mode, count, reasons, newest)
        if reranker:
            ranked = rerank(archive, connection, reranker, question, ranked)
        others: dict[int, tuple[int, ...]] = {}
        if folded:
            ranked, others = fold_alike(connection, ranked, apart=named_documents(connection, question))
        if order != "relevance":
            ranked = _by_date(connection, ranked, newest=order == "newest")
        if before:
            ranked = [item for item in ranked if item[0] not in before.passages]
        page = ranked[offset:] if limit is None else ranked[offset : offset + limit]
        more = limit is not None and len(ranked) > offset + limit
        going_on = _going_on(before or Before(held), ranked[: offset + len(page)], others) if more else None
        hits, documents = _hits(archive, connection, question, page, others, reasons or {})
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.document, []).append(hit)
    return SearchResult(
        question,
        tuple(hits),
        tuple(Group(documents[document], tuple(found)) for document, found in groups.items()),
        more=more,
        suggestions=_suggestions(archive, question, chosen),
        correction=archive.accents.corrected(question.asked),
        next=going_on.token if going_on else None,
    )


def _going_on(before: Before, shown: Sequence[tuple[int, float]], others: Mapping[int, tuple[int, ...]]) -> Before:
    seen = {each for passage, _ in shown for each in (passage, *others.get(passage, ()))}
    return Before(before.newest, before.passages | seen)


def _suggestions(archive: Archive, question: Question, chosen: Filters) -> tuple[Suggestion, ...]:
    settings = archive.settings
    generation = archive.lexical.generation
    types = remembered(archive, generation, "types", None, lambda: known_types(archive))
    found = suggest(question.asked, settings.places, settings.agencies, types)
    set_already = {name for name, given in (("province", chosen.provinces), ("type", chosen.types)) if given}
    set_already |= {"year"} if chosen.year_from or chosen.year_to else set()
    set_already |= {"agency"} if chosen.agencies else set()
    return tuple(suggestion for suggestion in found if suggestion.field not in set_already)


def _by_date(connection: Connection, ranked: Sequence[tuple[int, float]], *, newest: bool) -> list[tuple[int, float]]:
    documents, passages = schema.documents.c, schema.passages.c
    query = select(passages.id, documents.issued_on).join_from(schema.passages, schema.documents)
    rows = connection.execute(query.where(passages.id.in_(among(passage for passage, _ in ranked))))
    issued = {passage: day for passage, day in rows if day}

    def place(item: tuple[int, float]) -> tuple[bool, int]:
        day: date | None = issued.get(item[0])
        return day is None, 0 if day is None else (-day.toordinal() if newest else day.toordinal())

    return sorted(ranked, key=place)


_passages, _documents = schema.passages.c, schema.documents.c
_NEWEST = select(func.max(_passages.id))
_PLACE = [_passages.section, _passages.start, _passages.end]
_ALSO = (
    select(_passages.id, _documents.id, _documents.number, _documents.issued_on, *_PLACE)
    .join_from(schema.passages, schema.documents)
    .where(_passages.id.in_(NAMED))
)
_SHOWN = (
    select(
        *(_passages[name] for name in ("id", "document_id", "section", "headings", "page", "start", "end")),
        _documents.generation,
    )
    .join_from(schema.passages, schema.documents)
    .where(_documents.rendition_of.is_(None), _passages.id.in_(NAMED))
)


def _also(connection: Connection, wanted: Sequence[int]) -> dict[int, Also]:
    if not wanted:
        return {}
    return {
        passage: Also(document, number, day.year if day else None, *span)
        for passage, document, number, day, *span in connection.execute(_ALSO, naming(wanted))
    }


@timed("showing")
def _hits(
    archive: Archive,
    connection: Connection,
    question: Question,
    ranked: Sequence[tuple[int, float]],
    others: Mapping[int, tuple[int, ...]],
    reasons: Mapping[int, Reasons],
) -> tuple[list[Hit], dict[str, DocumentCard]]:
    rows = {row.id: row for row in connection.execute(_SHOWN, naming(passage for passage, _ in ranked))}
    places = ((row.id, row.document_id, row.generation, row.start, row.end) for row in rows.values())
    texts = archive.wordings.at(connection, places)
    found = known_cards(archive, connection, (row.document_id for row in rows.values()))
    also = _also(connection, [passage for folded in others.values() for passage in folded])
    hits = []
    for passage, score in ranked:
        if passage not in texts or rows[passage].document_id not in found:
            continue  # its document was replaced, or a better rendition came, since the indexes were written
        row, text = rows[passage], texts[passage]
        card = found[row.document_id]
        spans = highlights(text, question)
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
                text=text,
                score=round(score, 4),
                highlights=tuple(spans),
                also=tuple(also[other] for other in others.get(passage, ()) if other in also),
                reasons=reasons.get(passage),
            )
        )
    return hits, found
