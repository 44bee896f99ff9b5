"""What each step of a query's path is worth: nDCG@10 and Success@10 with all, and without each, marked and unmarked.

    python -m benchmarks.ablation ARCHIVE QUERIES.jsonl

The same judged questions are asked as they are and with every mark taken out. Folding is left out of the measures: it
takes nothing away but shows near-identical passages as one hit.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from rich.console import Console
from rich.table import Table

from api.answers import question as asking
from api.answers import ranking, worth
from api.answers.defined import defined_in
from api.answers.evaluation import JudgedQuery, relevant_passages
from api.answers.filters import Filters
from api.answers.measures import mean, measures
from api.answers.question import Question, read_question
from api.answers.ranking import Mode, rank
from api.cli.judgements import read_queries
from corpus.encoder.registry import load_encoder
from corpus.language.accents import AccentModel, shipped_accents
from corpus.language.normalise import compose, strip_marks
from corpus.store import records
from corpus.store.archive import Archive
from corpus.store.lexical import LexicalIndex


@contextmanager
def patched(changes: Iterable[tuple[Any, str, Any]]) -> Iterator[None]:
    with ExitStack() as stack:
        for where, name, value in changes:
            stack.enter_context(mock.patch.object(where, name, value))
        yield


def bare(text: str) -> str:
    return "".join(
        strip_marks(letter.lower()).upper() if letter.isupper() else strip_marks(letter) for letter in compose(text)
    )


class Ruler:
    def __init__(self, archive: Archive, queries: list[JudgedQuery]) -> None:
        self.archive, self.queries = archive, queries
        self.encoder = load_encoder(archive.model)
        self.graded, _ = relevant_passages(archive, queries)

    def scores(self, questions: list[Question], mode: Mode = "hybrid") -> tuple[float, float]:
        with self.archive.reading() as connection:
            found = []
            for question, grades in zip(questions, self.graded, strict=True):
                ranked = rank(self.archive, connection, self.encoder, question, Filters(), mode)
                found.append(measures([passage for passage, _ in ranked], grades))
        scored = mean(found)
        return scored["nDCG@10"], scored["Success@10"]


def only_texts(archive: Archive, folder: Path) -> LexicalIndex:
    index = LexicalIndex(folder)
    with archive.reading() as connection:
        rows = records.lexical_rows(connection, -1)
        index.update((), (replace(row, title="", headings="") for row in rows), archive.lexical.generation)
    return index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("queries", type=Path)
    arguments = parser.parse_args()
    archive = Archive.open(arguments.archive)
    archive.refresh()
    ruler = Ruler(archive, read_queries(arguments.queries))
    accents, defined = archive.accents, defined_in(archive)
    typed = {
        "as typed": [query.text for query in ruler.queries],
        "without any mark": [bare(query.text) for query in ruler.queries],
    }

    all_forms = {"words": 1.0, "syllables": 0.5, "folded": 0.5, "headings": 0.3}

    def without(*names: str) -> list[tuple[Any, str, Any]]:
        return [
            (ranking, fields, {name: weight for name, weight in getattr(ranking, fields).items() if name not in names})
            for fields in ("_WEIGHTS", "_RESTORED_WEIGHTS")
        ]

    table = Table(title=f"{len(ruler.queries)} questions, nDCG@10 / Success@10")
    table.add_column("")
    for name in typed:
        table.add_column(name, justify="right")

    def row(
        name: str, mode: Mode = "hybrid", *changes: tuple[Any, str, Any], restoring: AccentModel | None = accents
    ) -> None:
        cells = []
        with patched(changes):
            for texts in typed.values():
                questions = [read_question(text, restoring, defined) for text in texts]
                scored = ruler.scores(questions, mode)
                cells.append(f"{scored[0]:.3f} / {scored[1]:.3f}")
        table.add_row(name, *cells)

    row("BM25 alone", "lexical")
    row("dense alone", "dense")
    row("hybrid")
    row("  without restored marks", restoring=None)
    row("  with the form without marks as well", "hybrid", (ranking, "_WEIGHTS", all_forms))
    row("  without abbreviations", "hybrid", (asking, "meanings", lambda _: []))
    with TemporaryDirectory() as folder:
        row("  without title and headings (BM25)", "hybrid", (archive, "_lexical", only_texts(archive, Path(folder))))
    row("  without headings (BM25)", "hybrid", *without("headings"))
    row("  without syllables", "hybrid", *without("syllables", "folded"))
    row("  with restored syllables", "hybrid", (ranking, "_RESTORED_WEIGHTS", ranking._WEIGHTS))
    row("  without less for boilerplate", "hybrid", (worth, "BOILERPLATE", 1.0))
    row("  without less for bare lines", "hybrid", (worth, "SHORT_WORTH", 1.0))
    row("  with the shipped counts of syllables alone", restoring=shipped_accents())
    Console().print(table)


if __name__ == "__main__":
    main()
