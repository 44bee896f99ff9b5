"""Search over HTTP as an archive grows: latency, throughput, memory, disk; the floor and txtai beside it.

    python -m benchmarks.growth ARCHIVE [--queries 500] [--clients 1,8,32] [--workers 1] [--peer]

ARCHIVE is what ``tienle index`` made of a folder of :mod:`benchmarks.scale_corpus`. The server runs in processes of
its own; questions are runs of words from random passages, a fifth of them typed without marks, half of them with
filters in the second table. Floor: tantivy and FAISS called bare, in this process, on questions analysed beforehand.
``--peer``: txtai (``pip install txtai``), hybrid, on the same vectors and texts.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from api.answers.question import read_question
from api.answers.ranking import weights_of
from corpus.encoder.registry import load_encoder
from corpus.language.normalise import strip_marks
from corpus.store import records, schema
from corpus.store.archive import Archive

POOL = 300
_SAME = 1e-5  # two sums of the same products in another order


def questions(archive: Archive, count: int) -> list[str]:
    chance = random.Random(7)
    table = schema.passages.c
    with archive.reading() as connection:
        newest = connection.execute(select(table.id).order_by(table.id.desc()).limit(1)).scalar_one()
        asked: list[str] = []
        while len(asked) < count:
            row = connection.execute(select(table.segmented).where(table.id == chance.randint(1, newest))).scalar()
            words = (row or "").replace("_", " ").split()
            if len(words) < 20:
                continue
            at = chance.randrange(len(words) - 12)
            text = " ".join(word for word in words[at : at + chance.randint(4, 10)] if word.isalnum())
            if text:
                asked.append(strip_marks(text.lower()) if chance.random() < 0.2 else text)
    return asked


def memory_of(pid: int) -> float:
    """Resident memory of a process and its children, MB; what they share is counted once for each."""
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    pids = [pid, *map(int, children.split())]
    total = 0.0
    for each in pids:
        for line in Path(f"/proc/{each}/status").read_text().splitlines():
            if line.startswith(("RssAnon", "RssFile")):
                total += int(line.split()[1]) / 1024
    return total


class Server:
    def __init__(self, archive: Path, workers: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "api.cli", "serve", "--archive", str(archive), "--port", str(port)]
        command += ["--workers", str(workers)]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                httpx.get(f"{self.address}/health", timeout=5)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("the server does not answer")

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()


def over_http(server: Server, asked: list[str], clients: int, filtered: bool) -> tuple[list[float], float]:
    years = [f"{year}..{year + 1}" for year in range(2012, 2025)]

    def ask(part: list[str]) -> list[float]:
        taken = []
        with httpx.Client(base_url=server.address, timeout=120) as client:
            for at, text in enumerate(part):
                parameters = {"q": text, "limit": "20"}
                if filtered:
                    parameters["year"] = years[at % len(years)]
                started = time.perf_counter()
                client.get("/api/v1/search", params=parameters).raise_for_status()
                taken.append(1000 * (time.perf_counter() - started))
        return taken

    parts = [asked[at::clients] for at in range(clients)]
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        taken = [each for part in pool.map(ask, parts) for each in part]
    return taken, len(asked) / (time.perf_counter() - started)


def floor(archive: Archive, asked: list[str]) -> list[float]:
    encoder = load_encoder(archive.model)
    taken = []
    for text in asked:
        question = read_question(text, archive.accents)
        vector = encoder.encode_queries([question.segmented])[0]
        started = time.perf_counter()
        archive.lexical.search(question.terms, weights_of(question), POOL)
        archive.vectors.search(vector, POOL)
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def recall(archive: Archive, asked: list[str], count: int = 100) -> float:
    """Recall@10 of the vector index against an exact scan of the stored vectors.

    What is as near as the tenth counts as found: texts that are there twice have the same vector.
    """
    encoder = load_encoder(archive.model)
    vectors = encoder.encode_queries([read_question(text, archive.accents).segmented for text in asked[:count]])
    found = np.array([[passage for passage, _ in archive.vectors.search(vector, 10)] for vector in vectors])
    near = np.full(found.shape, -np.inf, np.float32)
    best = np.zeros((len(vectors), 0), np.float32)
    with archive.reading() as connection:
        for ids, block in records.vector_blocks(connection, -1, archive.spec.fingerprint):
            scores = vectors @ block.T
            best = -np.sort(-np.concatenate([best, scores], axis=1), axis=1)[:, :10]
            at = np.searchsorted(ids, found).clip(max=len(ids) - 1)
            here = np.asarray(ids)[at] == found
            near[here] = np.take_along_axis(scores, at, axis=1)[here]
    return float(np.mean(near >= best[:, -1:] - _SAME))


def peer(archive: Archive, asked: list[str]) -> list[float]:
    from txtai import Embeddings

    encoder = load_encoder(archive.model)
    known: dict[str, np.ndarray] = {}

    def transform(texts: list[str]) -> np.ndarray:
        return np.stack([known[text] if text in known else encoder.encode_queries([text])[0] for text in texts])

    rows = []
    with archive.reading() as connection:
        stored = connection.execute(select(schema.passages.c.id, schema.passages.c.segmented))
        texts = dict(map(tuple, stored))
        for ids, block in records.vector_blocks(connection, -1, archive.spec.fingerprint):
            for passage, vector in zip(ids, block, strict=True):
                known[texts[passage]] = vector
                rows.append((passage, texts[passage], None))
    embeddings = Embeddings(method="external", transform=transform, hybrid=True, content=True)
    embeddings.index(rows)
    taken = []
    for text in asked:
        segmented = read_question(text, archive.accents).segmented
        started = time.perf_counter()
        embeddings.search(segmented, 20)
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--clients", default="1,8,32")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--peer", action="store_true")
    arguments = parser.parse_args()
    archive = Archive.open(arguments.archive)
    archive.refresh()
    asked = questions(archive, arguments.queries)
    with archive.reading() as connection:
        passages = records.count_vectors(connection, archive.spec.fingerprint)[1]
    size = sum(file.stat().st_size for file in arguments.archive.rglob("*") if file.is_file())

    table = Table(title=f"{passages:,} passages, {len(asked)} questions, {os.cpu_count()} cores; ms")
    for column in ("", "p50", "p95", "worst", "a second"):
        table.add_column(column, justify="left" if not column else "right")

    def row(name: str, taken: list[float], rate: float | None = None) -> None:
        ordered = sorted(taken)
        p95 = ordered[int(0.95 * len(ordered))]
        shown = "" if rate is None else f"{rate:.0f}"
        table.add_row(name, f"{statistics.median(taken):.1f}", f"{p95:.1f}", f"{ordered[-1]:.0f}", shown)

    bare = floor(archive, asked)
    row("floor: tantivy and FAISS bare", bare)
    server = Server(arguments.archive, arguments.workers)
    try:
        over_http(server, asked[:50], 1, filtered=False)
        for clients in map(int, arguments.clients.split(",")):
            row(f"HTTP, {clients} clients", *over_http(server, asked, clients, filtered=False))
        row("HTTP, 1 client, a filter of two years", *over_http(server, asked, 1, filtered=True))
        memory = memory_of(server.process.pid)
    finally:
        server.close()
    if arguments.peer:
        row("txtai, hybrid, in process", peer(archive, asked))
    console = Console()
    console.print(table)
    console.print(f"recall@10 of the vectors against an exact scan: {recall(archive, asked):.3f}")
    console.print(f"server's memory {memory:.0f} MB; archive {size / 1e6:,.0f} MB on disk")


if __name__ == "__main__":
    main()
