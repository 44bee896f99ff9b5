"""Many clients at once over HTTP, in sessions as people have them, while files are being added to the same archive.

    python -m benchmarks.load ARCHIVE [--add FOLDER] [--clients 1,16,64,200] [--seconds 60] [--workers 2]

A session searches, counts facets, opens a document, lists assignments and goals of the same topic, and thinks for a
while between its steps (``--think``, 0 for none). With ``--add``, ARCHIVE is changed: FOLDER's files are added
meanwhile. An answer that is none of success is an error. Clients run in this process, beside the server's own.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from benchmarks.growth import Server, memory_of, questions
from corpus.store import schema
from corpus.store.archive import Archive

_LONGEST = 120  # seconds that a client waits for an answer


@dataclass
class Seen:
    """What the clients of one round saw: milliseconds by kind of request, and errors."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)


def steps(question: str, document: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The requests of one session: their kind, path and parameters."""
    yield "search", "/api/v1/search", {"q": question, "limit": "20"}
    yield "facets", "/api/v1/facets", {"q": question}
    yield "document", f"/api/v1/documents/{document}", {}
    yield "assignments", "/api/v1/assignments", {"q": question, "limit": "20"}
    yield "targets", "/api/v1/targets", {"limit": "20", "year": "2018..2020"}


async def client(address: str, number: int, asked: list[str], documents: list[str], until: float, think: float,
                 seen: Seen) -> None:  # fmt: skip
    chance = random.Random(number)
    async with httpx.AsyncClient(base_url=address, timeout=_LONGEST) as http:
        while time.monotonic() < until:
            for kind, path, parameters in steps(chance.choice(asked), chance.choice(documents)):
                started = time.perf_counter()
                try:
                    answer = await http.get(path, params=parameters)
                except httpx.TransportError as error:
                    seen.errors[f"{kind}: {type(error).__name__}"] += 1
                else:
                    seen.taken[kind].append(1000 * (time.perf_counter() - started))
                    if answer.status_code != httpx.codes.OK:
                        seen.errors[f"{kind}: {answer.status_code}"] += 1
                if think:
                    await asyncio.sleep(chance.expovariate(1 / think))
                if time.monotonic() >= until:
                    return


async def load(
    address: str, clients: int, asked: list[str], documents: list[str], seconds: float, think: float
) -> Seen:
    seen = Seen()
    until = time.monotonic() + seconds
    await asyncio.gather(*(client(address, number, asked, documents, until, think, seen) for number in range(clients)))
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--add", type=Path)
    parser.add_argument("--clients", default="1,16,64,200")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--think", type=float, default=1.0, help="seconds between the steps of a session, on average")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    archive = Archive.open(arguments.archive)
    archive.refresh()
    asked = questions(archive, 500)
    with archive.reading() as connection:
        documents = list(connection.execute(select(schema.documents.c.id).limit(2000)).scalars())
    archive.close()

    title = f"{arguments.seconds:.0f} s each, thinking {arguments.think:g} s, {arguments.workers} processes; ms"
    table = Table(title=title)
    for column in ("clients", "request", "answers", "p50", "p95", "p99", "worst", "errors", "MB"):
        table.add_column(column, justify="left" if column == "request" else "right")
    server = Server(arguments.archive, arguments.workers)
    adding: subprocess.Popen[bytes] | None = None
    if arguments.add:
        command = [sys.executable, "-m", "api.cli", "index", str(arguments.add), "--archive", str(arguments.archive)]
        adding = subprocess.Popen([*command, "--workers", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for clients in map(int, arguments.clients.split(",")):
            seen = asyncio.run(load(server.address, clients, asked, documents, arguments.seconds, arguments.think))
            memory = memory_of(server.process.pid)
            rows = {"all": [each for taken in seen.taken.values() for each in taken], **seen.taken}
            for name, taken in rows.items():
                taken.sort()
                at = [taken[int(share * len(taken))] for share in (0.95, 0.99)] if taken else []
                failed = sum(count for kind, count in seen.errors.items() if name in ("all", kind.split(":")[0]))
                shown = [f"{each:.0f}" for each in (statistics.median(taken), *at, taken[-1])] if taken else [""] * 4
                first = name == "all"
                table.add_row(str(clients) if first else "", name, str(len(taken)), *shown, str(failed),
                              f"{memory:.0f}" if first else "", end_section=name == "targets")  # fmt: skip
            if seen.errors:
                print(clients, "clients:", dict(seen.errors), file=sys.stderr)  # a command's output
            if adding and adding.poll() is not None:
                print("the files are all added", file=sys.stderr)  # a command's output
    finally:
        server.close()
        if adding:
            adding.terminate()
            adding.wait()
    Console().print(table)


if __name__ == "__main__":
    main()
