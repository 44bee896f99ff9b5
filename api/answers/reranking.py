"""The first hits in the order of a cross-encoder."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from api.answers.question import Question
from corpus.encoder.reranker import Reranker
from corpus.stages import timed
from corpus.store import schema
from corpus.store.archive import Archive

RERANKED = 30
"""First hits that a cross-encoder puts into its own order, where one is named."""


@timed("reranking")
def rerank(
    archive: Archive,
    connection: Connection,
    reranker: Reranker,
    question: Question,
    ranked: Sequence[tuple[int, float]],
) -> list[tuple[int, float]]:
    """The first :data:`RERANKED` hits in the cross-encoder's order, the others after them as they were.

    Scores keep falling: those of the reordered hits lie between the next hit's and the first's before.
    """
    first, others = list(ranked[:RERANKED]), list(ranked[RERANKED:])
    if len(first) < 2:  # noqa: PLR2004  (one has no order)
        return [*first, *others]
    texts = _judged_texts(archive, connection, [passage for passage, _ in first], segmented=reranker.segmented)
    asked = question.segmented if reranker.segmented else question.asked
    judged = reranker.scores(asked, [texts.get(passage, "") for passage, _ in first])
    top, bottom = first[0][1], first[-1][1]
    reordered = [(passage, bottom + (top - bottom) * score) for (passage, _), score in zip(first, judged, strict=True)]
    return [*sorted(reordered, key=lambda item: (-item[1], item[0])), *others]


def _judged_texts(
    archive: Archive, connection: Connection, chosen: Sequence[int], *, segmented: bool
) -> dict[int, str]:
    documents, passages = schema.documents, schema.passages
    if segmented:
        parts = [documents.c.segmented_title, passages.c.segmented_headings, passages.c.segmented]
        query = select(passages.c.id, *parts).join(documents).where(passages.c.id.in_(chosen))
        return {row[0]: " ".join(row[1:]) for row in connection.execute(query)}
    texts = archive.wordings.of(connection, chosen)
    query = select(passages.c.id, documents.c.title, passages.c.headings).join(documents)
    return {
        passage: " . ".join([title or "", *headings, " ".join(texts[passage].split())])
        for passage, title, headings in connection.execute(query.where(passages.c.id.in_(texts)))
    }
