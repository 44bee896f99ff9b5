"""Search latency by arm, cold start of the command, and memory, on an archive and questions.

    python -m benchmarks.searching ARCHIVE QUERIES.jsonl [--rounds 5]

Floor of the latency: segmenting the question and one look into each index, without hydration. Floor of the cold start:
``python -c pass``. Medians of all questions and rounds.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from rich.console import Console
from rich.table import Table

from api.answers.question import read_question
from api.answers.ranking import Mode
from api.answers.search import search
from api.cli.judgements import read_queries
from corpus.encoder.registry import load_encoder
from corpus.language.segment import segment_run
from corpus.store.archive import Archive


def _time(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    console = Console()

    questions = [query.text for query in read_queries(arguments.queries)]
    archive = Archive.open(arguments.archive)
    encoder = load_encoder(archive.model)
    search(archive, encoder, questions[0])
    times: dict[str, list[float]] = {}
    for _ in range(arguments.rounds):
        for text in questions:
            question = read_question(text)
            segment_run.cache_clear()  # nobody asks the same question five times
            times.setdefault("read the question", []).append(_time(lambda: read_question(text)))
            times.setdefault("embed the question", []).append(
                _time(lambda: encoder.encode_queries([question.segmented]))
            )
            for mode in get_args(Mode):
                segment_run.cache_clear()
                taken = _time(lambda: search(archive, encoder, text, mode=mode))
                times.setdefault(f"search, {mode}", []).append(taken)
    table = Table(title=f"{len(questions)} questions × {arguments.rounds}, ms")
    for column in ("", "median", "95 %", "worst"):
        table.add_column(column, justify="left" if not column else "right")
    for name, values in times.items():
        ordered = sorted(values)
        table.add_row(
            name, f"{statistics.median(values):.2f}", f"{ordered[int(0.95 * len(ordered))]:.2f}", f"{ordered[-1]:.1f}"
        )
    console.print(table)
    console.print(
        f"memory of a process that has searched: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )

    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "tienle --help": [sys.executable, "-m", "api.cli", "--help"],
        "tienle search": [
            sys.executable,
            "-m",
            "api.cli",
            "search",
            "chỉ số hài lòng",
            "--archive",
            str(arguments.archive),
        ],
    }
    table = Table(title=f"cold start, {arguments.rounds} rounds, s")
    for column in ("", "median", "worst"):
        table.add_column(column, justify="left" if not column else "right")
    for name, command in commands.items():
        seconds = [
            _time(lambda: subprocess.run(command, check=True, capture_output=True)) / 1000
            for _ in range(arguments.rounds)
        ]
        table.add_row(name, f"{statistics.median(seconds):.2f}", f"{max(seconds):.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
