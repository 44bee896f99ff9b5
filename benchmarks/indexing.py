"""Index throughput beside its floor: word segmentation alone, of the same text, with as many processes.

    python -m benchmarks.indexing PATH… [--rounds 3] [--workers N]

Floor: underthesea's ``word_tokenize`` (without its slow token rewriting) over the lines of the readers' text, in a
pool of processes that have it loaded.
Ours: the whole of ``tienle index`` into a new archive (read, parse, segment, embed, commit, both indexes), processes
started anew. Both are timed in turn, in the same run; the table gives medians, and the ratio, which is what to quote.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.table import Table

from corpus.encoder.registry import load_encoder
from corpus.processors import processors
from corpus.store.archive import Archive
from indexer.discovery import discover
from indexer.pipeline import index
from indexer.reading import read


def _warm(_: int) -> None:
    _floor("cải cách hành chính")
    time.sleep(0.3)  # so that every process of the pool gets one of these


def _floor(text: str) -> int:
    from underthesea import word_tokenize

    lines = (line for line in text.splitlines() if line.strip())
    return sum(len(word_tokenize(line, format="text", use_token_normalize=False)) for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=processors())
    arguments = parser.parse_args()

    texts = [read(path).text for path in discover(arguments.paths).files]
    words = sum(len(text.split()) for text in texts)
    spec = load_encoder().spec
    floors, ours = [], []
    for _ in range(arguments.rounds):
        with ProcessPoolExecutor(arguments.workers, get_context("spawn")) as pool:
            list(pool.map(_warm, range(2 * arguments.workers)))
            started = time.perf_counter()
            list(pool.map(_floor, texts))
            floors.append(time.perf_counter() - started)
        with tempfile.TemporaryDirectory() as folder:
            archive = Archive.create(Path(folder), spec)
            started = time.perf_counter()
            report = index(archive, arguments.paths, workers=arguments.workers)
            ours.append(time.perf_counter() - started)
            size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
            archive.close()

    floor, mine = statistics.median(floors), statistics.median(ours)
    table = Table(
        title=f"{len(texts)} files, {words:,} words, {arguments.workers} processes, {arguments.rounds} rounds"
    )
    for column in ("", "median s", "words/s", "times the floor"):
        table.add_column(column, justify="left" if not column else "right")
    table.add_row("segmentation alone", f"{floor:.2f}", f"{words / floor:,.0f}", "1.00")
    table.add_row("tienle index", f"{mine:.2f}", f"{words / mine:,.0f}", f"{mine / floor:.2f}")
    console = Console()
    console.print(table)
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    console.print(f"{report.passages:,} passages; archive {size / 1e6:.1f} MB")
    console.print(f"peak memory: this process {peaks[0]:.0f} MB, largest worker {peaks[1]:.0f} MB")


if __name__ == "__main__":
    main()
