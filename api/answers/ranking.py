"""Which passages a question means, best first: words and meaning together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from api.answers.documents import find_by_number
from api.answers.filters import Filters, among
from api.answers.question import Question
from api.answers.relations import plans_issued
from api.answers.scope import passages_where, scope_of
from api.answers.worth import worths
from corpus.encoder.contract import Encoder
from corpus.language.analysis import terms_of
from corpus.stages import timed
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.lexical import Phrase

Mode = Literal["hybrid", "lexical", "dense"]

_POOL = 300
"""Passages that each arm offers for fusion."""

DENSE_WEIGHT = 0.5
"""Share of the dense arm in the fused score, between 0 and 1; fitted on development queries (benchmarks/RESULTS.md)."""

_WEIGHTS = {"words": 1.0, "syllables": 1.0, "headings": 0.3, "bare": 0.5}
_RESTORED_WEIGHTS = {"words": 1.0, "folded": 1.0, "headings": 0.3}
_UNMARKED_WEIGHTS = {"folded": 1.0, "headings_folded": 0.3}

_beside = ThreadPoolExecutor(thread_name_prefix="lexical")
"""Searches by words while the asking thread searches by meaning: neither holds Python's lock."""

_NUMBER_BONUS = 1.0  # a document that is asked for by number stands before every other


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a passage stands where it does: what each arm gave it (None: not among its best), as it is and stretched.

    ``weight``: what its kind and length make of the sum; ``asked_for``: its document was asked for by number.
    """

    lexical: float | None
    dense: float | None
    lexical_share: float
    dense_share: float
    weight: float
    asked_for: bool


@timed("ranking")
def rank(
    archive: Archive,
    connection: Connection,
    encoder: Encoder,
    question: Question,
    filters: Filters,
    mode: Mode,
    count: int | None = None,
    reasons: dict[int, Reasons] | None = None,
    newest: int | None = None,
) -> list[tuple[int, float]]:
    """Ids and scores of passages, best first: ``count`` at most, None for all that either arm offers.

    ``reasons`` takes in why each of them stands where it does. ``newest``: no passage of a higher id is seen.
    """
    archive.require(encoder.spec)
    scope = scope_of(archive, connection, filters)
    if scope is not None and not scope.documents:
        return []
    within, passages = (None, None) if scope is None else (scope.documents, scope.passages)
    pool = max(_POOL, count or 0)
    by_words = None
    if mode != "dense":
        by_words = _beside.submit(
            archive.lexical.search,
            question.terms,
            weights_of(question),
            pool,
            documents=within,
            passages=passages,
            required=question.phrases,
            excluded=question.excluded,
            newest=newest,
        )
    dense: Mapping[int, float] = {}
    if mode != "lexical":
        text = question.segmented if encoder.spec.segmented else question.asked
        vector = encoder.encode_queries([text])[0]
        if vector.any():
            dense = dict(archive.vectors.search(vector, pool, passages, newest))
    lexical: Mapping[int, float] = dict(by_words.result()) if by_words else {}
    if question.phrases or question.excluded:
        fitting = _fitting(connection, dense.keys() - lexical.keys(), question)
        dense = {passage: score for passage, score in dense.items() if passage in fitting or passage in lexical}
    dense_weight = _dense_weight(question, mode)
    shares = stretched(lexical, 1.0 - dense_weight), stretched(dense, dense_weight)
    fused = dict(shares[0])
    for passage, share in shares[1].items():
        fused[passage] = fused.get(passage, 0.0) + share
    weighing = worths(archive, connection, fused)
    fused = {passage: score * weighing.get(passage, 1.0) for passage, score in fused.items()}
    asked_for: set[int] = set()
    for document in named_documents(connection, question):
        if within is None or document in within:
            for passage in passages_where(connection, schema.documents.c.id == document).passages.tolist():
                if newest is not None and passage > newest:
                    continue
                fused[passage] = fused.get(passage, 0.0) + _NUMBER_BONUS
                asked_for.add(passage)
    ranked = sorted(fused.items(), key=lambda item: (-item[1], item[0]))[:count]
    if reasons is not None:
        for passage, _ in ranked:
            given = lexical.get(passage), dense.get(passage)
            parts = shares[0].get(passage, 0.0), shares[1].get(passage, 0.0)
            reasons[passage] = Reasons(*given, *parts, weighing.get(passage, 1.0), passage in asked_for)
    return ranked


def weights_of(question: Question) -> Mapping[str, float]:
    """What each field of the lexical index counts for a question; fitted on development queries.

    Marks that were put in may be the wrong ones: words are searched with them, syllables without any.
    """
    if question.unmarked:
        return _UNMARKED_WEIGHTS
    return _RESTORED_WEIGHTS if question.restored else _WEIGHTS


def named_documents(connection: Connection, question: Question) -> set[str]:
    """The documents that a question asks for by number, and the plans that they issue."""
    named = [document for number in question.numbers for document in find_by_number(connection, number)]
    return {*named, *plans_issued(connection, named)}


def _fitting(connection: Connection, found: Iterable[int], question: Question) -> set[int]:
    """Those passages that hold every phrase of a question and nothing that it leaves out."""
    documents, passages = schema.documents.c, schema.passages.c
    columns = [passages.segmented, passages.segmented_headings, documents.segmented_title]
    query = select(passages.id, *columns).join_from(schema.passages, schema.documents)
    query = query.where(passages.id.in_(among(found)))
    return {
        passage
        for passage, *parts in connection.execute(query)
        if all(any(_holds(part, phrase) for part in parts) for phrase in question.phrases)
        and not any(_holds(part, phrase) for part in parts for phrase in question.excluded)
    }


def _holds(segmented: str, phrase: Phrase) -> bool:
    form, words = phrase
    return f" {' '.join(words)} " in f" {getattr(terms_of(segmented), form)} "


def _dense_weight(question: Question, mode: Mode) -> float:
    if mode == "hybrid":
        # Vectors know marked words only: a question without marks would pull towards noise.
        return DENSE_WEIGHT / 2 if question.unmarked else DENSE_WEIGHT
    return 1.0 if mode == "dense" else 0.0


def stretched(scores: Mapping[int, float], share: float) -> dict[int, float]:
    """An arm's scores stretched to 0..1, times its share; the sum of both arms' is what ranks.

    Weighted fusion, since reciprocal ranks did worse on the development questions (benchmarks/RESULTS.md).
    """
    if not scores or share == 0.0:
        return {}
    top, bottom = max(scores.values()), min(scores.values())
    if top == bottom:
        return dict.fromkeys(scores, share)
    scale = share / (top - bottom)
    return {passage: (score - bottom) * scale for passage, score in scores.items()}
