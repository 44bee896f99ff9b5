"""Summaries beside lead, LexRank and TextRank: ROUGE on news clusters, coverage of gold records on plans, speed.

    python -m benchmarks.summaries [--archive FOLDER] [--query QUESTION]

News clusters and real plans are read from the folder that ``TIENLE_DATA`` names (default: ``../shared/data``), gold of
our own from the sample archive.

All systems choose whole sentences: of a news cluster as many words as its two references have on average, of a plan
200. Peers read a plan as plain text, as packages do, and once more ("our pieces") what our own summaries choose from:
without letterhead and recipients, long sentences cut between tasks. The weights of our own choice of news were fitted
on these clusters.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from api.answers.choosing import Length
from api.answers.summarizing import Source, summarize_texts
from api.answers.summary_pieces import Text, pieces_of
from benchmarks.extraction import ROOT, GoldSet, gold_sets
from benchmarks.rouge import MEASURES, rouge
from benchmarks.summary_peers import fitting, lead, lexrank, textrank
from corpus.encoder.contract import Encoder
from corpus.encoder.registry import load_encoder
from corpus.language.segment import segment, segment_run
from corpus.model import Extraction
from indexer.extraction import extract

DIGEST = 200
PEERS: dict[str, Callable[[Sequence[Source], Sequence[Sequence[str]]], list[int]]] = {
    "lead": lambda sources, _: lead([(_number(sources, each), each.piece.of) for each in sources]),
    "LexRank": lambda _, tokens: lexrank(tokens),
    "TextRank": lambda _, tokens: textrank(tokens),
}
OUR_PIECES = ", our pieces"
_PLAIN: dict[str, Any] = {"provisions": (), "passages": (), "extraction": Extraction()}
_SAID = 0.8  # share of a gold task's words, in pairs, from which a digest's sentence says it


def tokens_of(text: str) -> list[str]:
    """Words of a text, segmented, in small letters, without punctuation."""
    words = segment(" ".join(text.split())).lower().split()
    return [word for word in words if any(map(str.isalnum, word))]


def _number(sources: Sequence[Source], source: Source) -> int:
    return list(dict.fromkeys(each.text.document for each in sources)).index(source.text.document)


def digests(texts: Sequence[Text], words: int, encoder: Encoder) -> dict[str, list[str]]:
    """The sentences that each system chooses of some documents, in its order."""
    ours = summarize_texts(texts, encoder, Length(words=words))
    chosen = {"ours": [each.text for each in ours.sentences]}
    for name, offered in (("", [replace(text, **_PLAIN) for text in texts]), (OUR_PIECES, texts)):
        if name and not any(text.passages for text in texts):
            continue  # without its passages the two are the same
        sources = [Source(text, piece) for text in offered for piece in pieces_of(text)]
        tokens = [tokens_of(each.shown) for each in sources]
        counts = [each.words for each in sources]
        for peer, rank in PEERS.items():
            taken = fitting(rank(sources, tokens), counts, words)
            chosen[peer + name] = [sources[place].shown for place in taken]
    return chosen


def news(clusters: Path, encoder: Encoder) -> dict[str, dict[str, float]]:
    """Mean ROUGE of each system against both references, and of one reference against the other."""
    found: dict[str, list[dict[str, float]]] = {}
    for line in clusters.read_text(encoding="utf-8").splitlines():
        cluster = json.loads(line)
        references = [tokens_of(each) for each in cluster["references"]]
        words = round(statistics.mean(len(each.split()) for each in cluster["references"]))
        texts = [Text(str(place), text) for place, text in enumerate(cluster["documents"])]
        for name, sentences in digests(texts, words, encoder).items():
            tokens = [token for each in sentences for token in tokens_of(each)]
            scores = [rouge(tokens, each) for each in references]
            found.setdefault(name, []).append({m: statistics.mean(each[m] for each in scores) for m in MEASURES})
        found.setdefault("the two humans", []).append(rouge(*references))
    return {name: {m: statistics.mean(each[m] for each in rows) for m in MEASURES} for name, rows in found.items()}


def plans(gold: GoldSet, encoder: Encoder) -> dict[str, tuple[int, int, int]]:
    """Of each system's digests of a set's plans: gold tasks and targets said, gold records in all, words used."""
    found: dict[str, tuple[int, int, int]] = {}
    for name, wanted, parsed in gold.documents():
        records = [*wanted["assignments"], *wanted["targets"]]
        if not records:
            continue
        text = Text(
            name,
            parsed.source.text,
            provisions=parsed.provisions,
            passages=parsed.passages,
            extraction=extract(parsed),
        )
        for system, sentences in digests([text], DIGEST, encoder).items():
            said = [tokens_of(each) for each in sentences]
            count = sum(any(_says(each, record) for each in said) for record in records)
            before = found.get(system, (0, 0, 0))
            words = sum(len(each.split()) for each in sentences)
            found[system] = (before[0] + count, before[1] + len(records), before[2] + words)
    return found


def _says(sentence: Sequence[str], record: dict[str, Any]) -> bool:
    """Whether a sentence says a gold task (most of its pairs of words) or target (its number, half of its words)."""
    if "task" in record:
        task = tokens_of(record["task"])
        pairs = set(pairwise(task)) or {(task[0], task[0])}
        return len(pairs & set(pairwise(sentence))) >= _SAID * len(pairs)
    number = f"{record['value']:g}".replace(".", ",")
    figures = {word.strip("%").lstrip("0").replace(".", "") for word in sentence}
    words = set(tokens_of(record["indicator"]))
    return bool({number, number.replace(",", "")} & figures) and 2 * len(words & set(sentence)) >= len(words)


def speed(archive: Path, query: str, encoder: Encoder) -> float:
    """Median milliseconds of a summary of 50 hits, the search left out; each time of the same hits."""
    from api.answers.search import search
    from api.answers.summarizing_archive import summarize_hits
    from corpus.store.archive import Archive

    opened = Archive.open(archive)
    hits = search(opened, encoder, query, limit=50).hits
    took = []
    for _ in range(9):
        segment_run.cache_clear()
        started = time.perf_counter()
        summarize_hits(opened, encoder, query, hits, Length(words=DIGEST))
        took.append((time.perf_counter() - started) * 1000)
    opened.close()
    return statistics.median(took)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, help="an archive to time a summary of 50 hits on")
    parser.add_argument("--query", default="cải cách hành chính, nộp hồ sơ trực tuyến")
    arguments = parser.parse_args()
    os.environ.setdefault("TIENLE_DATA", str(ROOT.parent / "shared" / "data"))
    encoder, console = load_encoder(), Console()
    clusters = Path(os.environ["TIENLE_DATA"]) / "mds-dev" / "clusters.jsonl"
    if clusters.exists():
        table = Table("news clusters", *MEASURES)
        for name, scores in news(clusters, encoder).items():
            table.add_row(name, *(f"{scores[measure]:.3f}" for measure in MEASURES))
        console.print(table)
    for gold in gold_sets():
        table = Table(f"{gold.name}, {DIGEST} words", "records said", "of", "share", "words")
        for name, (said, wanted, words) in plans(gold, encoder).items():
            table.add_row(name, str(said), str(wanted), f"{said / wanted:.3f}", str(words))
        console.print(table)
    if arguments.archive:
        console.print(f"a summary of 50 hits: {speed(arguments.archive, arguments.query, encoder):.0f} ms")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
