"""Which records a question means: those of the passages that search finds, ranked with their own words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, select

from api.answers.filters import Filters, among
from api.answers.question import Question
from api.answers.ranking import Reasons, rank
from corpus.encoder.contract import Encoder
from corpus.language.normalise import fold, normalise
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.extracts import Place

DEEP = 1_000
"""Passages whose records are looked at."""

OWN_WORDS = 0.5
"""Share of a record's own words in its score; the rest is its passage's. Fitted on development questions: of 34 whose
answer is a task, 30 have it among the first five rows, and no row that answers falls below :data:`LEAST`."""

LEAST = 0.25
"""Records of a lower score are left out: neither their words nor their passage bear on the question."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Span:
    """A passage found: where it stands and its score, 1 for the best."""

    start: int
    end: int
    score: float


def matching(
    archive: Archive,
    connection: Connection,
    encoder: Encoder | None,
    question: Question,
    filters: Filters,
    table: Table,
    words: Sequence[ColumnElement[str | None]],
) -> list[tuple[Place, float]]:
    """Places and scores (0 to 1) of the records that a question means, best first.

    ``words``: the columns of ``table`` that say what a record is about. ValueError without the archive's encoder.
    """
    if encoder is None:
        raise ValueError("a question needs the archive's encoder")
    reasons: dict[int, Reasons] = {}
    scores = dict(rank(archive, connection, encoder, question, filters, "hybrid", DEEP, reasons))
    if not any(each.asked_for or each.lexical is not None for each in reasons.values()):
        return []  # no word of it stands anywhere: the nearest meaning is still no answer
    best = max(scores.values(), default=0.0) or 1.0
    passages = schema.passages.c
    found: dict[str, list[Span]] = defaultdict(list)
    held = select(passages.id, passages.document_id, passages.start, passages.end).order_by(passages.start)
    for passage, document, start, end in connection.execute(held.where(passages.id.in_(among(scores)))):
        found[document].append(Span(start, end, scores[passage] / best))
    columns = [table.c[name] for name in ("document_id", "ordinal", "start", "end")]
    rows = connection.execute(
        select(*columns, *words)
        .join(schema.documents)
        .where(filters.of_records(table), table.c.document_id.in_(among(found)))
    ).all()
    holds = Holder(question)
    scored = []
    for document, ordinal, start, end, *texts in rows:
        passage = best_score(found[document], start, end)
        if passage is None:
            continue
        score = (1.0 - OWN_WORDS) * passage + OWN_WORDS * holds.share(" ".join(filter(None, texts)))
        if score >= LEAST:
            scored.append(((document, ordinal), round(score, 4)))
    return sorted(scored, key=lambda item: (-item[1], item[0]))


def best_score(spans: Sequence[Span], start: int, end: int) -> float | None:
    """The score of the best of ordered, disjoint passages that a span touches, None where it touches none."""
    at = bisect_left(spans, end, key=lambda span: span.start)
    best: float | None = None
    while at and spans[at - 1].end > start:
        at -= 1
        best = spans[at].score if best is None else max(best, spans[at].score)
    return best


class Holder:
    """Measures how much of a question a text holds."""

    def __init__(self, question: Question) -> None:
        """Take the question's words, each as its syllables; without marks where it has none."""
        self._spell = fold if question.unmarked else lambda text: normalise(text).lower()
        words = dict.fromkeys(question.terms.words.split())
        self._words = [" ".join(_WORD.findall(self._spell(word.replace("_", " ")))) for word in words]

    def share(self, text: str) -> float:
        """The share, 0 to 1, of the question's words that a text holds, longer ones counting more."""
        held = f" {' '.join(_WORD.findall(self._spell(text)))} "
        weights = {word: 1 + word.count(" ") for word in self._words if word}
        total = sum(weights.values())
        return sum(weight for word, weight in weights.items() if f" {word} " in held) / total if total else 0.0
