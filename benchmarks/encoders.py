"""Encoders side by side: quality on every development set and by kind of question, size, speed.

    python -m benchmarks.encoders DATA [--model NAME=PATH]… [--teacher PATH] [--archive DIR]

``DATA`` holds ``plans``, ``plans-dev``, ``xquad-vi`` and ``parallel-dev``. The shipped model comes first, its static
part alone second; ``--model`` adds others: folders, or public names. The floor is lexical search, with all forms of a
word and with one form alone. Every figure comes from the service's own code paths.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import numpy as np
from rich.console import Console
from rich.table import Table

from api.answers import ranking
from api.answers.evaluation import evaluate_archive
from api.cli.evaluating import evaluate_beir
from api.cli.judgements import read_queries
from corpus.encoder.contract import Encoder
from corpus.encoder.registry import load_encoder
from corpus.encoder.static import SHIPPED
from corpus.language.segment import segment
from corpus.store.archive import Archive
from indexer.pipeline import index
from indexer.reembed import reembed

KINDS = ("staff", "researcher", "semantic", "no_marks")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--teacher", help="the English encoder in whose space translations are looked for")
    parser.add_argument("--archive", type=Path, help="an archive of DATA/plans, to be left as it is")
    arguments = parser.parse_args()
    teacher = load_encoder(arguments.teacher) if arguments.teacher else None
    models = dict(text.split("=", 1) for text in arguments.model)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if arguments.archive:
            shutil.copytree(arguments.archive, work / "archive")
        else:
            archive = Archive.create(work / "archive", load_encoder().spec, "shipped")
            index(archive, [arguments.data / "plans", arguments.data / "seeds"])
            archive.close()
        static = work / "static"
        shutil.copytree(SHIPPED, static, ignore=shutil.ignore_patterns("*.onnx"))
        compare({"shipped": "shipped", "its static part": str(static), **models}, teacher, arguments.data, work)


def compare(models: dict[str, str], teacher: Encoder | None, data: Path, work: Path) -> None:
    console = Console(width=160)
    queries = read_queries(data / "plans-dev" / "queries.jsonl")
    quality = Table(title=f"{len(queries)} questions over provincial plans, nDCG@10 / Success@10; kinds: Success@10")
    for column in ("", "dense", "hybrid", "interval", *KINDS, "XQuAD-vi dense", "hybrid"):
        quality.add_column(column, justify="left" if not column else "right")
    cost = Table(title="one thread")
    for column in ("", "MB", "passages/s", "ms a query", "translation first, %"):
        cost.add_column(column, justify="left" if not column else "right")

    archive = Archive.open(work / "archive")
    reembed(archive, load_encoder(), "shipped")
    for name, weights in _lexical_forms().items():
        with mock.patch.object(ranking, "_WEIGHTS", weights):
            scores = evaluate_archive(archive, load_encoder(archive.model), queries, by="kind").splits
        cells = [f"{scores[kind]['lexical']['Success@10']:.2f}" for kind in KINDS]
        quality.add_row(name, "–", _both(scores["all"]["lexical"]), "–", *cells, "–", "–")
    passages = _passages(archive)
    for name, path in models.items():
        encoder = load_encoder(path)
        reembed(archive, encoder, path)
        scored = evaluate_archive(archive, encoder, queries, by="kind")
        scores = scored.splits
        xquad = data / "xquad-vi"
        beir = evaluate_beir(xquad / "corpus.jsonl", xquad / "queries.jsonl", xquad / "qrels.tsv", path, None)
        quality.add_row(
            name,
            _both(scores["all"]["dense"]),
            _both(scores["all"]["hybrid"]),
            "{:.3f}–{:.3f}".format(*scored.intervals["hybrid"]),
            *(f"{scores[kind]['hybrid']['Success@10']:.2f}" for kind in KINDS),
            _both(beir.splits["all"]["dense"]),
            _both(beir.splits["all"]["hybrid"]),
        )
        cost.add_row(name, *_cost(encoder, path, passages, [query.text for query in queries], teacher, data))
    archive.close()
    console.print(quality)
    console.print(cost)


def _lexical_forms() -> dict[str, dict[str, float]]:
    return {
        "BM25, words and syllables": ranking._WEIGHTS,
        "BM25, words": {"words": 1.0},
        "BM25, syllables": {"syllables": 1.0},
    }


def _both(measures: dict[str, float]) -> str:
    return f"{measures['nDCG@10']:.3f} / {measures['Success@10']:.3f}"


def _passages(archive: Archive) -> list[str]:
    from sqlalchemy import select

    from corpus.store import schema

    with archive.reading() as connection:
        rows = connection.execute(
            select(schema.documents.c.segmented_title, schema.passages.c.segmented)
            .join_from(schema.passages, schema.documents)
            .limit(1024)
        )
        return [f"{title} {text}" for title, text in rows]


def _cost(
    encoder: Encoder, path: str, passages: Sequence[str], questions: Sequence[str], teacher: Encoder | None, data: Path
) -> list[str]:
    folder = SHIPPED if path == "shipped" else Path(path)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else 0
    texts = passages if encoder.spec.segmented else [text.replace("_", " ") for text in passages]
    rates = []
    for _ in range(3):
        started = time.perf_counter()
        encoder.encode_passages(texts)
        rates.append(len(texts) / (time.perf_counter() - started))
    asked = [segment(text) if encoder.spec.segmented else text for text in questions]
    taken = []
    for text in asked:
        started = time.perf_counter()
        encoder.encode_queries([text])
        taken.append(1000 * (time.perf_counter() - started))
    return [
        f"{size / 1e6:.1f}" if size else "?",
        f"{statistics.median(rates):,.0f}",
        f"{statistics.median(taken):.2f}",
        _translations_found(encoder, teacher, data),
    ]


def _translations_found(encoder: Encoder, teacher: Encoder | None, data: Path) -> str:
    """How many Vietnamese sentences lie nearest to their own English half, in %: FLORES, the English by the teacher."""
    if teacher is None or teacher.spec.dimensions != encoder.spec.dimensions:
        return "–"
    with (data / "parallel-dev" / "flores.tsv").open(encoding="utf-8") as lines:
        english, vietnamese = zip(*csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), strict=True)
    ours = encoder.encode_passages([segment(text) if encoder.spec.segmented else text for text in vietnamese])
    near = ours @ teacher.encode_passages(english).T
    return f"{100 * float((near.argmax(axis=1) == np.arange(len(ours))).mean()):.0f}"


if __name__ == "__main__":
    main()
