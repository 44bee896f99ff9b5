"""Search over HTTP while files are being added to the same archive: failures, latency before and meanwhile, freshness.

    python -m benchmarks.while_indexing ARCHIVE FOLDER [--seconds 30 | --whole]

ARCHIVE is changed: FOLDER's files are added, all of them with ``--whole``. Some 10,000 documents are what
``python -m benchmarks.scale_corpus DATA FOLDER --passages 850000`` writes. A question fails that gets no answer.
Freshness: seconds from the moment that a document is stored until a question of its own words finds it over HTTP,
asked again and again.
"""

from __future__ import annotations

import argparse
import math
import statistics
import subprocess
import sys
import time
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from benchmarks.growth import Server, questions
from corpus.store import schema
from corpus.store.archive import Archive


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--whole", action="store_true", help="until all files are indexed")
    arguments = parser.parse_args()
    archive = Archive.open(arguments.archive)
    archive.refresh()
    asked = questions(archive, 300)
    server = Server(arguments.archive, workers=1)
    table = Table(title="one client over HTTP, ms")
    for column in ("", "questions", "failed", "p50", "p95", "worst"):
        table.add_column(column, justify="left" if not column else "right")

    def measure(name: str, seconds: float, going: list[subprocess.Popen[bytes]]) -> None:
        taken, failed, at = [], 0, 0
        until = time.monotonic() + seconds
        with httpx.Client(base_url=server.address, timeout=60) as client:
            while time.monotonic() < until and all(each.poll() is None for each in going):
                started = time.perf_counter()
                try:
                    client.get("/api/v1/search", params={"q": asked[at % len(asked)]}).raise_for_status()
                except httpx.HTTPError:
                    failed += 1
                taken.append(1000 * (time.perf_counter() - started))
                at += 1
        ordered = sorted(taken)
        cells = (statistics.median(taken), ordered[int(0.95 * len(ordered))], ordered[-1])
        table.add_row(name, str(len(taken)), str(failed), *(f"{cell:.1f}" for cell in cells))

    def documents() -> int:
        with archive.reading() as connection:
            return connection.execute(select(func.count()).select_from(schema.documents)).scalar_one()

    try:
        measure("before", arguments.seconds, [])
        before = documents()
        command = [sys.executable, "-m", "api.cli", "index", str(arguments.folder), "--archive", str(arguments.archive)]
        indexing = subprocess.Popen([*command, "--workers", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while documents() == before and indexing.poll() is None:
            time.sleep(0.05)
        measure("while indexing", math.inf if arguments.whole else arguments.seconds, [indexing])
        fresh = freshness(archive, server)
        added = documents() - before
        indexing.terminate()
        indexing.wait()
    finally:
        server.close()
    console = Console()
    console.print(table)
    console.print(f"{added} documents were added meanwhile; the newest was found {fresh:.1f} s after it was stored")


def freshness(archive: Archive, server: Server) -> float:
    table = schema.documents.c
    with archive.reading() as connection:
        newest = connection.execute(select(table.id).order_by(table.generation.desc()).limit(1)).scalar_one()
        words = connection.execute(select(func.substr(table.text, 300, 120)).where(table.id == newest)).scalar_one()
    started = time.monotonic()
    while time.monotonic() - started < 60:
        answer = httpx.get(f"{server.address}/api/v1/search", params={"q": words, "limit": 50}, timeout=60).json()
        if any(newest in (hit["document"], *(also["document"] for also in hit["also"])) for hit in answer["hits"]):
            break
        time.sleep(0.05)
    return time.monotonic() - started


if __name__ == "__main__":
    main()
