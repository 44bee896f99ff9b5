"""Summaries over an archive: of documents, of what a question finds, of a topic year by year, of an agency's duties."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from sqlalchemy import Connection, select

from api.answers.assignments import list_assignments
from api.answers.choosing import Candidate, Length, Vectors, choose
from api.answers.documents import DocumentCard, find_documents, known_cards
from api.answers.filters import Filters
from api.answers.search import Hit, search
from api.answers.summarizing import (
    USUAL,
    Change,
    Source,
    Summary,
    sentence_of,
    summarize_texts,
    summary_of,
    vectors_of,
)
from api.answers.summary_pieces import Piece, Text, pieces_of
from corpus.encoder.contract import Encoder
from corpus.errors import QueryError
from corpus.language.normalise import fold
from corpus.language.segment import segment
from corpus.language.sentences import split_sentences
from corpus.model import Passage, Provision
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.extracts import extraction_of

HITS = 50
"""Passages that a summary of a question reads."""
_YEARS_HITS = 200
_COMPARED = 60  # sentences of a search that are compared by their vectors: the best by words and passage
_COMPARED_A_YEAR = 12
_MOST_DUTIES = 300
_SHORTEST = 5  # words
_FRAGMENT = 0.3  # what a heading or the rest of a cut sentence is worth beside a whole one
_ENDS = tuple('.!?…;:"”)')
_NOT_ABOUT = 0.3  # worth below which a sentence of a found passage is not about the question
# Cosines from which two years' sentences say the same, or the same of something that has changed (read on the sample).
_KEPT, _CHANGED = 0.97, 0.72
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")


def summarize(
    archive: Archive,
    encoder: Encoder,
    filters: Filters,
    length: Length = USUAL,
    *,
    references: Sequence[str] = (),
    query: str | None = None,
    years: bool = False,
) -> Summary:
    """The summary that is asked for: of documents, else of a question (``years``: by year), else of agencies' duties.

    QueryError where none of these is named, or both documents and a question.
    """
    if references and query is not None:
        raise QueryError(
            "summary-two-things",
            "Tóm tắt văn bản hoặc tóm tắt theo câu hỏi, không phải cả hai. Bỏ mã văn bản, hoặc dùng --document để lọc.",
            "A summary is of documents or of a question, not of both. Leave the ids out, or filter with --document.",
        )
    if references:
        return summarize_documents(archive, encoder, references, length)
    if query is not None:
        return (summarize_years if years else summarize_query)(archive, encoder, query, filters, length)
    if filters.agencies:
        return summarize_duties(archive, encoder, filters, length)
    raise QueryError(
        "summary-of-what",
        "Chưa rõ tóm tắt gì. Cho mã văn bản, --query “câu hỏi”, --agency “cơ quan”, hoặc --files TỆP…",
        "It is not clear what to summarize. Name documents, --query “question”, --agency “agency”, or --files FILE…",
    )


def summarize_documents(
    archive: Archive, encoder: Encoder, references: Sequence[str], length: Length = USUAL
) -> Summary:
    """A summary of documents by id, number or file name, each by its own structure; QueryError for an unknown one."""
    with archive.reading() as connection:
        ids = dict.fromkeys(found for each in references for found in find_documents(connection, each))
        cards = known_cards(archive, connection, ids)
        texts = [text_of(connection, cards[each]) for each in ids]
    return summarize_texts(texts, encoder, length)


def summarize_query(
    archive: Archive, encoder: Encoder, query: str, filters: Filters | None = None, length: Length = USUAL
) -> Summary:
    """What the best passages say of a question, years and provinces in balance; QueryError for nothing to ask."""
    return summarize_hits(archive, encoder, query, search(archive, encoder, query, filters, limit=HITS).hits, length)


def summarize_hits(
    archive: Archive, encoder: Encoder, query: str, hits: Sequence[Hit], length: Length = USUAL
) -> Summary:
    """The sentences of found passages that answer the question, each said once, years and provinces in balance."""
    with archive.reading() as connection:
        cards = known_cards(archive, connection, (hit.document for hit in hits))
    sources, rough = _found(hits, cards, query)
    best = sorted(range(len(sources)), key=lambda place: -rough[place])[:_COMPARED]
    sources, rough = [sources[place] for place in best], [rough[place] for place in best]
    if not sources:
        return summary_of(query, [], len(cards))
    vectors = vectors_of(encoder, sources)
    worth = _worth(encoder, query, vectors, rough)
    candidates = [
        Candidate(each.words, value if value >= _NOT_ABOUT else 0.0, _groups(each))
        for each, value in zip(sources, worth, strict=True)
    ]
    chosen = [sources[place] for place in choose(candidates, vectors, length)]
    return summary_of(query, sorted(chosen, key=_by_year), len(cards))


def summarize_years(
    archive: Archive, encoder: Encoder, query: str, filters: Filters | None = None, length: Length = USUAL
) -> Summary:
    """A topic year by year, earliest first; of each year what is new or changed before what was said already.

    Every year has its share of the length and leaves to the next what it has not used. A sentence says whether earlier
    years said it (``change``) and what they said (``before``).
    """
    hits = search(archive, encoder, query, filters, limit=_YEARS_HITS, folded=False).hits
    with archive.reading() as connection:
        cards = known_cards(archive, connection, (hit.document for hit in hits))
    sources, rough = _found(hits, cards, query)
    years: dict[int, list[int]] = defaultdict(list)
    for place in sorted(range(len(sources)), key=lambda each: -rough[each]):
        year = sources[place].text.year
        if year is not None and len(years[year]) < _COMPARED_A_YEAR:
            years[year].append(place)
    kept = [place for year in sorted(years) for place in years[year]]
    if not kept:
        return summary_of(query, [], len(cards))
    sources, rough = [sources[place] for place in kept], [rough[place] for place in kept]
    vectors = vectors_of(encoder, sources)
    worth = _worth(encoder, query, vectors, rough)
    changes = [_change(place, sources, vectors) for place in range(len(sources))]
    candidates = [
        Candidate(each.words, (value if value >= _NOT_ABOUT else 0.0) * (0.6 if change == "kept" else 1.0))
        for each, value, (change, _) in zip(sources, worth, changes, strict=True)
    ]
    taken: list[int] = []
    for done, year in enumerate(sorted(years)):
        own = [place for place, each in enumerate(sources) if each.text.year == year]
        taken += _of_one_year(own, candidates, vectors, _share(length, sources, taken, len(years) - done))
    sentences = tuple(
        sentence_of(sources[place], changes[place][0], None if (was := changes[place][1]) is None else sources[was])
        for place in taken
    )
    return Summary(query, sentences, sum(sources[place].words for place in taken), len(cards))


def summarize_duties(archive: Archive, encoder: Encoder, filters: Filters, length: Length = USUAL) -> Summary:
    """What agencies have to do, in the documents' words: said once, years in balance, by deadline; undated last.

    ``filters`` name the agencies (with what they inherited, where so read), the period and anything else; QueryError
    where they name no agency.
    """
    if not filters.agencies:
        raise QueryError(
            "summary-no-agency",
            "Tóm tắt việc của một cơ quan cần tên cơ quan. Thêm: --agency “Sở Nội vụ”",
            "A summary of duties needs an agency. Add: --agency “Sở Nội vụ”",
        )
    rows, _ = list_assignments(archive, filters, limit=_MOST_DUTIES)
    places = {(row.document, row.start): row for row in rows}
    with archive.reading() as connection:
        cards = known_cards(archive, connection, (row.document for row in rows))
        texts = [text_of(connection, card) for card in cards.values()]
    sources: list[Source] = []
    days: list[date] = []
    for text in texts:
        for piece in pieces_of(text):
            due = [places[key] for task in piece.assignments if (key := (text.document, task.start)) in places]
            if due:
                own = {row.start for row in due}
                tasks = tuple(task for task in piece.assignments if task.start in own)
                sources.append(Source(text, replace(piece, assignments=tasks)))
                days.append(min((row.due_end or row.due_start or date.max for row in due), default=date.max))
    about = "; ".join(sorted({name for each in filters.agencies for name in each.own})[:3])
    if not sources:
        return summary_of(about, [], len(cards))
    vectors = vectors_of(encoder, sources)
    candidates = [
        Candidate(
            each.words,
            (len(each.piece.assignments) + (0.3 if day < date.max else 0.0)) * (0.5 if each.shown[0].islower() else 1),
            _groups(each),
        )
        for each, day in zip(sources, days, strict=True)
    ]
    taken = sorted(choose(candidates, vectors, length), key=lambda place: (days[place], place))
    return summary_of(about, [sources[place] for place in taken], len(cards))


def text_of(connection: Connection, card: DocumentCard) -> Text:
    """A document with its outline, passages and records."""
    documents, provisions, passages = schema.documents.c, schema.provisions.c, schema.passages.c
    outline = select(*(provisions[name] for name in Provision.__dataclass_fields__))
    cut = select(*(passages[name] for name in Passage.__dataclass_fields__))
    own_outline = outline.where(provisions.document_id == card.id).order_by(provisions.ordinal)
    own_cut = cut.where(passages.document_id == card.id).order_by(passages.ordinal)
    return Text(
        card.id,
        connection.execute(select(documents.text).where(documents.id == card.id)).scalar_one(),
        card.number,
        card.title,
        card.province,
        _year_of(card),
        tuple(Provision(**row._asdict()) for row in connection.execute(own_outline)),
        tuple(Passage(**{**row._asdict(), "headings": tuple(row.headings)}) for row in connection.execute(own_cut)),
        extraction_of(connection, card.id),
    )


def _year_of(card: DocumentCard) -> int | None:
    return card.year_from or (card.issued_on.year if card.issued_on else None)


def _found(hits: Sequence[Hit], cards: dict[str, DocumentCard], query: str) -> tuple[list[Source], list[float]]:
    """The sentences of found passages, and how far their words and passages answer the question (0 to 1)."""
    asked = set(fold(query).split())
    sources: list[Source] = []
    rough: list[float] = []
    for hit in hits:
        card = cards.get(hit.document)
        if card is None:
            continue  # it was replaced since the search
        text = Text(hit.document, hit.text, hit.number, hit.title, card.province, _year_of(card), offset=hit.start)
        for of, each in enumerate(split_sentences(hit.text)):
            said = hit.text[each.start : each.end]
            if len(said.split()) < _SHORTEST or said.isupper():
                continue
            piece = Piece(hit.start + each.start, hit.start + each.end, of, hit.section, hit.page, "other")
            words = set(re.findall(r"\w+", fold(said)))
            share = len(asked & words) / max(1, len(asked))
            sources.append(Source(text, piece))
            whole = said.endswith(_ENDS) and not said[0].islower()
            rough.append((0.6 * share + 0.4 * min(1.0, hit.score)) * (1.0 if whole else _FRAGMENT))
    return sources, rough


def _worth(encoder: Encoder, query: str, vectors: Vectors, rough: Sequence[float]) -> list[float]:
    asked = encoder.encode_queries([segment(query)])[0]
    return [max(0.0, float(value)) for value in 0.5 * (vectors @ asked) + 0.5 * np.asarray(rough)]


def _groups(source: Source) -> tuple[str, ...]:
    return (f"year {source.text.year}", f"province {source.text.province}")


def _by_year(source: Source) -> tuple[int, str, int]:
    return source.text.year or 0, source.text.document, source.piece.start


def _share(length: Length, sources: Sequence[Source], taken: Sequence[int], years: int) -> Length:
    """A year's part of what is left."""
    words = None if length.words is None else (length.words - sum(sources[each].words for each in taken)) // years
    count = None if length.sentences is None else -(-(length.sentences - len(taken)) // years)
    return Length(words, count)


def _of_one_year(own: Sequence[int], candidates: Sequence[Candidate], vectors: Vectors, length: Length) -> list[int]:
    if length.sentences == 0:
        return []
    chosen = choose([candidates[place] for place in own], vectors[list(own)], length)
    return [own[place] for place in chosen]


def _change(place: int, sources: Sequence[Source], vectors: Vectors) -> tuple[Change | None, int | None]:
    """Whether earlier years said a sentence, and where last; None in the first year that there is."""
    own = sources[place]
    year = own.text.year or 0
    earlier = [
        each
        for each, other in enumerate(sources)
        if other.text.province == own.text.province and (other.text.year or 0) < year
    ]
    if not earlier:
        return None, None
    alike = vectors[earlier] @ vectors[place]
    nearest = [each for each, value in zip(earlier, alike, strict=True) if value >= max(_CHANGED, alike.max() - 0.05)]
    if not nearest:
        return "new", None
    last = max(nearest, key=lambda each: sources[each].text.year or 0)
    same = float(vectors[last] @ vectors[place]) >= _KEPT and _numbers(own.shown) == _numbers(sources[last].shown)
    return ("kept" if same else "changed"), last


def _numbers(text: str) -> set[str]:
    """The numbers of a sentence but for years: a plan names its own year each time."""
    return {found for found in _NUMBER.findall(text) if not _YEAR.fullmatch(found)}
