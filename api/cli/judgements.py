"""Questions, collections and judgements from files: JSON lines with quotes, and the BEIR layout."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.answers.evaluation import JudgedQuery, Quote
from corpus.errors import QueryError
from indexer.collection import LooseText


def read_queries(path: Path) -> list[JudgedQuery]:
    """Questions with quotes: lines {id, text, relevant: [{file, quote, grade}]}; QueryError names the wrong line."""
    queries: dict[str, JudgedQuery] = {}
    for number, row in _rows(path):
        try:
            quotes = tuple(Quote(r["file"], " ".join(r["quote"].split()), int(r["grade"])) for r in row["relevant"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _wrong(path, number, _told(error)) from error
        _put(queries, _query(path, number, row, "id", quotes), path, number)
    return list(queries.values())


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection in BEIR layout; ``grades``: relevant texts a question, in the order of ``queries``."""

    texts: tuple[LooseText, ...]
    queries: tuple[JudgedQuery, ...]
    grades: tuple[dict[str, int], ...]


def read_beir(corpus: Path, queries: Path, qrels: Path) -> Collection:
    """corpus.jsonl {_id, title, text}, queries.jsonl {_id, text}, qrels.tsv (query, text, grade, with a head line).

    Questions without a judgement are left out. QueryError names file and line of what is malformed, an id that stands
    twice, an empty question, and a judgement of an unknown question or text.
    """
    texts: dict[str, LooseText] = {}
    for number, row in _rows(corpus):
        name, title, text = _text(corpus, number, row, "_id"), row.get("title", ""), _text(corpus, number, row, "text")
        if name in texts:
            raise _wrong(corpus, number, f"_id {name} ×2")
        texts[name] = LooseText(name, str(title or ""), text)
    asked: dict[str, JudgedQuery] = {}
    for number, row in _rows(queries):
        _put(asked, _query(queries, number, row, "_id", ()), queries, number)
    grades: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(qrels), 1):
        cells = line.split("\t")
        if number == 1 and not cells[-1].strip().lstrip("-").isdigit():
            continue
        if len(cells) != 3 or not cells[2].strip().lstrip("-").isdigit():  # noqa: PLR2004  (query, text, grade)
            raise _wrong(qrels, number, f"{len(cells)} ô · cells: query-id ⇥ corpus-id ⇥ score")
        query, text, grade = cells[0], cells[1], int(cells[2])
        if query not in asked:
            raise _wrong(qrels, number, f"query-id {query}?")
        if text not in texts:
            raise _wrong(qrels, number, f"corpus-id {text}?")
        if grade > 0:
            grades.setdefault(query, {})[text] = grade
    judged = tuple(query for query in asked.values() if query.id in grades)
    return Collection(tuple(texts.values()), judged, tuple(grades[query.id] for query in judged))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except OSError as error:
        raise _wrong(path, 0, str(error.strerror)) from error
    except UnicodeDecodeError as error:
        raise _wrong(path, 0, "UTF-8?") from error


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise _wrong(path, number, _told(error)) from error
            if not isinstance(row, dict):
                raise _wrong(path, number, type(row).__name__)
            yield number, row


def _text(path: Path, number: int, row: dict[str, Any], field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise _wrong(path, number, f"“{field}”?")
    return value


def _query(path: Path, number: int, row: dict[str, Any], key: str, quotes: tuple[Quote, ...]) -> JudgedQuery:
    fields = {name: value for name, value in row.items() if isinstance(value, str)}
    return JudgedQuery(_text(path, number, row, key), _text(path, number, row, "text"), quotes, fields)


def _put(queries: dict[str, JudgedQuery], query: JudgedQuery, path: Path, number: int) -> None:
    if query.id in queries:
        raise _wrong(path, number, f"id {query.id} ×2")
    queries[query.id] = query


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _wrong(path: Path, line: int, cause: str) -> QueryError:
    return QueryError(
        "judgements-damaged",
        f"Tệp {path}, dòng {line}: {cause}. Sửa dòng ấy rồi chạy lại.",
        f"File {path}, line {line}: {cause}. Mend that line and run again.",
    )
