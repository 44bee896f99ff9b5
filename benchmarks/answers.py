"""Latency of the answers beyond search, on a given archive: medians of processor and wall time, and the first call.

    python -m benchmarks.answers ARCHIVE [--draft FILE] [--query QUESTION] [--rounds 3]

Without ``--draft`` the draft is the archive's own newest plans, run together to thirty pages. Two plans of 100 tasks
are made of the archive's tasks. Beside each stands its floor (reading and segmenting the draft alone, the search
without its summary) or the time that it may take. A busy machine shows in the wall time, little in the processor's.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from api.answers.aligning import Item, aligned, similarities
from api.answers.assignments import list_assignments
from api.answers.choosing import Length
from api.answers.filters import Filters
from api.answers.overlaps import find_overlaps
from api.answers.precedents import find_precedents
from api.answers.search import search
from api.answers.summarizing_archive import summarize_hits
from api.answers.timeline import timeline
from api.drafts.reading import read_draft
from corpus.encoder.registry import load_encoder
from corpus.language.segment import segment, segment_run
from corpus.store import schema
from corpus.store.archive import Archive

PAGE = 2_200
"""Characters of a printed page of a plan."""

PAGES, HITS, TASKS = 30, 50, 100


def thirty_pages(archive: Archive) -> str:
    """The newest plans' texts, one after the other, as long as a draft of thirty pages."""
    documents = schema.documents.c
    plans = select(documents.text).where(documents.type == "Kế hoạch", documents.rendition_of.is_(None))
    text = ""
    with archive.reading() as connection:
        for found in connection.scalars(plans.order_by(documents.issued_on.desc()).limit(PAGES)):
            text += f"{found}\n"
            if len(text) >= PAGES * PAGE:
                break
    return text[: PAGES * PAGE]


def timed(action: Callable[[], object], rounds: int) -> tuple[float, float, float]:
    """Seconds: the first call, and medians of wall and processor time of the ``rounds`` after it."""
    walls, processors = [], []
    for _ in range(rounds + 1):
        segment_run.cache_clear()  # nobody asks for the same thing twice
        wall, processor = time.perf_counter(), time.process_time()
        action()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return walls[0], statistics.median(walls[1:]), statistics.median(processors[1:])


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--draft", type=Path)
    parser.add_argument("--query", default="nộp hồ sơ trực tuyến, một cửa điện tử")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    archive = Archive.open(arguments.archive)
    encoder = load_encoder(archive.model)
    archive.refresh()
    data = arguments.draft.read_bytes() if arguments.draft else thirty_pages(archive).encode()
    suffix = arguments.draft.suffix if arguments.draft else ".txt"
    draft = read_draft(data, suffix, archive.places)
    hits = search(archive, encoder, arguments.query, limit=HITS).hits
    tasks, held = list_assignments(archive, Filters(), limit=2 * TASKS)
    items = [Item(row.task, row.task, row.section, frozenset(row.lead)) for row in tasks]
    first, second = items[: len(items) // 2], items[len(items) // 2 :]
    newest = tasks[0].issued_on.year if tasks and tasks[0].issued_on else None
    one_year = Filters(year_from=newest, year_to=newest)
    ask = arguments.query
    drafted = f"precedents, {len(draft.tasks)} tasks, {len(draft.targets)} goals"
    pair = f"compare {len(first)} with {len(second)} tasks"
    answers: list[tuple[str, str, Callable[[], object]]] = [
        ("read the draft", "floor of precedents", lambda: read_draft(data, suffix, archive.places)),
        ("segment its tasks", "floor of precedents", lambda: [segment(task.task) for task in draft.tasks]),
        (drafted, "5 s", lambda: find_precedents(archive, encoder, draft)),
        ("search for 50 passages", "floor of a summary", lambda: search(archive, encoder, ask, limit=HITS)),
        ("summary of them", "0.3 s", lambda: summarize_hits(archive, encoder, ask, hits, Length(words=200))),
        (pair, "1 s", lambda: aligned(similarities(encoder, first, second), 0.3)),
        ("timeline", "", lambda: timeline(archive, encoder, Filters(), ask)),
        (f"overlaps of {newest}", "", lambda: find_overlaps(archive, encoder, one_year)),
    ]
    table = Table(title=f"{arguments.archive.name}: {held} tasks", caption="seconds; medians after the first call")
    for head in ("answer", "floor or aim", "first", "wall", "processor"):
        table.add_column(head, justify="left" if head in ("answer", "floor or aim") else "right")
    console = Console()
    for name, beside, action in answers:
        table.add_row(name, beside, *(f"{seconds:.2f}" for seconds in timed(action, arguments.rounds)))
    console.print(table)
    archive.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
