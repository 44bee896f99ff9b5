"""How good search is: an archive against questions whose relevant passages are quoted.

The ranking is the service's own (:func:`api.answers.search.rank`), not a second implementation.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import select

from api.answers.filters import Filters
from api.answers.question import read_question
from api.answers.search import Mode, rank
from corpus.encoder.contract import Encoder
from corpus.errors import QueryError
from corpus.store import Archive, schema

_DEPTH = 100
_CUT = 10


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
    """Mean measures a mode (lexical, dense, hybrid), for all questions and each split; quotes that are nowhere."""

    splits: dict[str, dict[str, dict[str, float]]]
    counts: dict[str, int]
    unfound: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {"scores": self.splits, "queries": self.counts, "unfound": list(self.unfound)}


def read_queries(path: Path) -> list[JudgedQuery]:
    """Questions from JSON lines {id, text, relevant: [{file, quote, grade}]}; QueryError names the wrong line."""
    queries, seen = [], set()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise _wrong(path, 0, str(error.strerror)) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            quotes = tuple(Quote(r["file"], " ".join(r["quote"].split()), int(r["grade"])) for r in row["relevant"])
            query = JudgedQuery(row["id"], row["text"], quotes, {k: v for k, v in row.items() if isinstance(v, str)})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _wrong(path, number, f"{type(error).__name__}: {error}") from error
        if query.id in seen:
            raise _wrong(path, number, f"id {query.id} ×2")
        seen.add(query.id)
        queries.append(query)
    return queries


def _wrong(path: Path, line: int, cause: str) -> QueryError:
    return QueryError(
        "queries-damaged",
        f"Tệp câu hỏi {path}, dòng {line}: {cause}. Mỗi dòng là một JSON có id, text, relevant.",
        f"Questions {path}, line {line}: {cause}. Each line is a JSON object with id, text, relevant.",
    )


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
    """Each question's grades of passages that hold at least half of one of its quotes; and the quotes not found."""
    files, documents, passages = schema.files, schema.documents, schema.passages
    with archive.reading() as connection:
        rows = connection.execute(select(files.c.path, documents.c.id, documents.c.text).join(documents))
        texts = {Path(path).name: (document, _Text(text)) for path, document, text in rows}
        spans: dict[str, list[tuple[int, int, int]]] = {}
        query = select(passages.c.document_id, passages.c.start, passages.c.end, passages.c.id)
        for document, start, end, passage in connection.execute(query):
            spans.setdefault(document, []).append((start, end, passage))
    graded: list[dict[int, int]] = []
    unfound = []
    for judged in queries:
        grades: dict[int, int] = {}
        for quote in judged.relevant:
            document, text = texts.get(quote.file, ("", _Text("")))
            found = False
            for start, end in text.spans(quote.quote):
                for first, last, passage in spans.get(document, ()):
                    if 2 * (min(end, last) - max(start, first)) >= end - start:
                        grades[passage] = max(grades.get(passage, 0), quote.grade)
                        found = True
            if not found:
                unfound.append(f"{judged.id}: {quote.file}: {quote.quote}")
        graded.append(grades)
    return graded, unfound


def measures(ranking: Sequence[int], grades: Mapping[int, int]) -> dict[str, float]:
    """Success@1, Success@10, nDCG@10 (gain 2^grade - 1), MRR@10 and Recall@100 of one ranking."""
    gains = [2 ** grades.get(passage, 0) - 1 for passage in ranking[:_CUT]]
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:_CUT]
    best = _discounted(ideal)
    first = next((place for place, gain in enumerate(gains, 1) if gain), None)
    found = sum(1 for passage in ranking[:_DEPTH] if grades.get(passage, 0))
    return {
        "Success@1": float(first == 1),
        "Success@10": float(first is not None),
        "nDCG@10": _discounted(gains) / best if best else 0.0,
        "MRR@10": 1.0 / first if first else 0.0,
        "Recall@100": found / len(grades) if grades else 0.0,
    }


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


def evaluate_archive(
    archive: Archive, encoder: Encoder, queries: Sequence[JudgedQuery], *, by: str | None = None
) -> Scores:
    """Mean measures of lexical, dense and hybrid search over questions, split by the field ``by`` if one is named."""
    archive.refresh()
    graded, unfound = relevant_passages(archive, queries)
    rows: dict[str, dict[str, list[dict[str, float]]]] = {}
    with archive.reading() as connection:
        for judged, grades in zip(queries, graded, strict=True):
            question = read_question(judged.text)
            names = ["all"] if by is None else ["all", judged.fields.get(by, "–")]
            for mode in get_args(Mode):
                ranked = rank(archive, connection, encoder, question, Filters(), mode, _DEPTH)
                scored = measures([passage for passage, _ in ranked], grades)
                for name in names:
                    rows.setdefault(name, {}).setdefault(mode, []).append(scored)
    splits = {
        name: {
            mode: {measure: sum(row[measure] for row in scored) / len(scored) for measure in scored[0]}
            for mode, scored in modes.items()
        }
        for name, modes in rows.items()
    }
    counts = {name: len(next(iter(modes.values()))) for name, modes in rows.items()}
    return Scores(splits, counts, tuple(unfound))
