"""How good search is: an archive against questions whose relevant passages or documents are known.

The ranking is the service's own (:func:`api.answers.search.rank`), not a second implementation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import func, select

from api.answers.defined import defined_in
from api.answers.filters import Filters
from api.answers.measures import Id, interval, mean, measures
from api.answers.question import read_question
from api.answers.ranking import Mode, rank
from api.answers.reranking import rerank
from corpus.encoder.contract import Encoder
from corpus.encoder.reranker import Reranker
from corpus.store import schema
from corpus.store.archive import Archive


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a relevant passage, verbatim after collapsing blanks; grade 2 answers, 1 is related."""

    file: str
    quote: str
    grade: int


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A question with the quotes of all passages that are relevant to it; ``fields`` holds what else its line says."""

    id: str
    text: str
    relevant: tuple[Quote, ...]
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scores:
    """Mean measures a mode (lexical, dense, hybrid), for all questions and each split; quotes that are nowhere.

    ``splits``: split, mode, measure; ``intervals``: of nDCG@10 over all questions, a mode.
    """

    splits: dict[str, dict[str, dict[str, float]]]
    counts: dict[str, int]
    intervals: dict[str, tuple[float, float]]
    unfound: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON values; ``interval`` is the 95 % bootstrap interval of nDCG@10 over all questions."""
        return {
            "scores": self.splits,
            "queries": self.counts,
            "interval": {mode: list(ends) for mode, ends in self.intervals.items()},
            "unfound": list(self.unfound),
        }


class _Text:
    """A document's text with blanks collapsed, and the way back to its own offsets."""

    def __init__(self, text: str) -> None:
        self.collapsed_at: list[int] = []
        self.source_at: list[int] = []
        words, length, at = [], 0, 0
        for word in text.split():
            at = text.index(word, at)
            self.collapsed_at.append(length)
            self.source_at.append(at)
            words.append(word)
            length += len(word) + 1
            at += len(word)
        self.collapsed = " ".join(words)

    def spans(self, quote: str) -> Iterable[tuple[int, int]]:
        """Every place of a quote, in the text's own offsets."""
        at = self.collapsed.find(quote)
        while at >= 0:
            yield self._source(at), self._source(at + len(quote) - 1) + 1
            at = self.collapsed.find(quote, at + 1)

    def _source(self, collapsed: int) -> int:
        word = bisect_right(self.collapsed_at, collapsed) - 1
        return self.source_at[word] + collapsed - self.collapsed_at[word]


def relevant_passages(archive: Archive, queries: Sequence[JudgedQuery]) -> tuple[list[dict[int, int]], list[str]]:
    """Each question's grades of passages that hold at least half of one of its quotes; and the quotes not found.

    A quote of a file is looked for in the best renditions of the documents that the file holds.
    """
    files, documents, passages = schema.files, schema.documents.alias("searched"), schema.passages
    with archive.reading() as connection:
        held = schema.documents
        searched = files.join(held, held.c.sha256 == files.c.sha256).join(
            documents, documents.c.id == func.coalesce(held.c.rendition_of, held.c.id)
        )
        texts: dict[str, list[tuple[str, _Text]]] = {}
        for path, document, text in connection.execute(
            select(files.c.path, documents.c.id, documents.c.text).select_from(searched)
        ):
            texts.setdefault(Path(path).name, []).append((document, _Text(text)))
        spans: dict[str, list[tuple[int, int, int]]] = {}
        query = select(passages.c.document_id, passages.c.start, passages.c.end, passages.c.id)
        for document, start, end, passage in connection.execute(query):
            spans.setdefault(document, []).append((start, end, passage))
    graded: list[dict[int, int]] = []
    unfound = []
    for judged in queries:
        grades: dict[int, int] = {}
        for quote in judged.relevant:
            found = False
            for document, text in texts.get(quote.file, ()):
                for start, end in text.spans(quote.quote):
                    for first, last, passage in spans.get(document, ()):
                        if 2 * (min(end, last) - max(start, first)) >= end - start:
                            grades[passage] = max(grades.get(passage, 0), quote.grade)
                            found = True
            if not found:
                unfound.append(f"{judged.id}: {quote.file}: {quote.quote}")
        graded.append(grades)
    return graded, unfound


def evaluate_archive(
    archive: Archive,
    encoder: Encoder,
    queries: Sequence[JudgedQuery],
    *,
    by: str | None = None,
    reranker: Reranker | None = None,
) -> Scores:
    """Passages found against questions with quotes, split by the field ``by`` if one is named.

    For every mode, and "reranked" where a ``reranker`` is given.
    """
    graded, unfound = relevant_passages(archive, queries)
    rankings = _rankings(archive, encoder, queries, reranker)
    return _scores(queries, rankings, graded, unfound, by)


def evaluate_documents(
    archive: Archive,
    encoder: Encoder,
    queries: Sequence[JudgedQuery],
    graded: Sequence[Mapping[str, int]],
    *,
    by: str | None = None,
    reranker: Reranker | None = None,
) -> Scores:
    """Documents found (each where its best passage stands) against grades by document id, for every mode."""
    passages = schema.passages
    with archive.reading() as connection:
        query = select(passages.c.id, passages.c.document_id)
        owner = {row.id: row.document_id for row in connection.execute(query)}
    rankings = {
        mode: [list(dict.fromkeys(owner[passage] for passage in ranking)) for ranking in found]
        for mode, found in _rankings(archive, encoder, queries, reranker).items()
    }
    return _scores(queries, rankings, graded, [], by)


def _rankings(
    archive: Archive, encoder: Encoder, queries: Sequence[JudgedQuery], reranker: Reranker | None
) -> dict[str, list[list[int]]]:
    archive.refresh()
    accents, defined = archive.accents, defined_in(archive)
    questions = [read_question(judged.text, accents, defined) for judged in queries]
    found: dict[str, list[list[int]]] = {}
    with archive.reading() as connection:
        for mode in get_args(Mode):
            ranked = [rank(archive, connection, encoder, question, Filters(), mode) for question in questions]
            found[mode] = [[passage for passage, _ in ranking] for ranking in ranked]
            if reranker and mode == "hybrid":
                again = (rerank(archive, connection, reranker, *asked) for asked in zip(questions, ranked, strict=True))
                found["reranked"] = [[passage for passage, _ in ranking] for ranking in again]
    return found


def _scores(
    queries: Sequence[JudgedQuery],
    rankings: Mapping[str, Sequence[Sequence[Id]]],
    graded: Sequence[Mapping[Id, int]],
    unfound: Sequence[str],
    by: str | None,
) -> Scores:
    members: dict[str, list[int]] = {"all": list(range(len(queries)))}
    for place, judged in enumerate(queries):
        if by is not None:
            members.setdefault(judged.fields.get(by, "–"), []).append(place)
    splits: dict[str, dict[str, dict[str, float]]] = {}
    intervals: dict[str, tuple[float, float]] = {}
    for mode, found in rankings.items():
        rows = [measures(ranking, grades) for ranking, grades in zip(found, graded, strict=True)]
        intervals[mode] = interval([row["nDCG@10"] for row in rows])
        for name, places in members.items():
            splits.setdefault(name, {})[mode] = mean([rows[place] for place in places])
    return Scores(splits, {name: len(places) for name, places in members.items()}, intervals, tuple(unfound))
