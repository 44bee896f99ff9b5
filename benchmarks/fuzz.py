"""Hostile questions, filters, backups and archives: each is answered or refused with a cause, and nothing else happens.

    python -m benchmarks.fuzz [--count 50000] [--seed 1] [--kind query] [--workers N] [--state FOLDER]
    python -m benchmarks.fuzz --show NUMBER --kind query     tries that one input alone, here, and prints what it says

Inputs are made from the seed, their kind and their number alone. Questions and filters go to the service over an
archive of the sample, backups and archives are damaged copies of a small one. *wrong* counts what no input may cause:
an exception that is no :class:`corpus.errors.TienLeError`, a status other than 200 and 4xx, a file outside the target,
an index that ``verify --repair`` does not mend. A run that was stopped goes on where it was (``--state``).
(Damaged documents through the readers: :mod:`benchmarks.fuzzing`.)
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress
from rich.table import Table

from benchmarks.fuzzing import SAMPLE
from corpus.encoder.registry import load_encoder
from corpus.processors import processors
from corpus.store.archive import Archive
from corpus.store.backup import back_up
from indexer.pipeline import index
from indexer.pool import Limits, Lost, run_all

LIMITS = Limits(seconds=30, memory=1024 * 1024 * 1024)

SHARES = {"query": 40, "filters": 40, "restore": 17, "archive": 3}
"""The kinds of inputs, and how many of a hundred each gets."""

_SMALL = ("son-khe/2017", "son-khe/2024", "vinh-lam/2016")
_NO_LIMIT = "\n[access]\nrate = 1000000\nburst = 1000000\n"


@dataclass(frozen=True, slots=True)
class Case:
    """An input, made anew from these wherever it is needed."""

    seed: int
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an input: "answered", "refused CODE", "wrong …" or "lost WHY"; seconds it took."""

    kind: str
    number: int
    said: str
    seconds: float


def prepare(state: Path) -> None:
    """Make the archives and the backup that all inputs share in ``state``, unless they are there."""
    if (state / "ready").exists():
        return
    for name, sources in (("archive", [SAMPLE]), ("small", [SAMPLE / part for part in _SMALL])):
        shutil.rmtree(state / name, ignore_errors=True)
        archive = Archive.create(state / name, load_encoder().spec)
        report = index(archive, sources)
        archive.close()
        if report.failures:
            raise report.failures[0][1]
    share(state)


def share(state: Path) -> None:
    """Let requests come as fast as they can to the archives ``archive`` and ``small`` in ``state``; back one up."""
    settings = (SAMPLE / "archive.toml").read_text(encoding="utf-8") + _NO_LIMIT
    for name in ("archive", "small"):
        (state / name / "archive.toml").write_text(settings, encoding="utf-8")
    for _ in range(2):
        back_up(state / "small", state / "backup")
    (state / "ready").touch()


def try_all(state: Path) -> Callable[[Case], Iterator[Outcome]]:
    """The work of a process: gives what became of an input, once."""
    from starlette.testclient import TestClient

    from api.http import create_app
    from benchmarks.fuzz_folders import try_archive, try_restore
    from benchmarks.fuzz_requests import ask, filters_address, listed, question_address

    app = create_app(state / "archive")
    client = TestClient(app)
    client.__enter__()  # for as long as the process lives
    described = listed(app.openapi())
    addresses = {"query": question_address, "filters": filters_address}
    folders = {"restore": try_restore, "archive": try_archive}
    encoder = load_encoder()

    def said(case: Case) -> str:
        chance = random.Random(f"{case.seed} {case.kind} {case.number}")
        if case.kind in addresses:
            return ask(client, addresses[case.kind](chance, described))
        with tempfile.TemporaryDirectory(dir=state, prefix="sandbox-", ignore_cleanup_errors=True) as sandbox:
            return folders[case.kind](chance, Path(sandbox), state, encoder)

    def work(case: Case) -> Iterator[Outcome]:
        started = time.perf_counter()
        try:
            outcome = said(case)
        except MemoryError:
            raise
        except BaseException as error:  # noqa: BLE001  (this is what is looked for; a panic of tantivy is no Exception)
            where = traceback.extract_tb(error.__traceback__)[-1]
            outcome = f"wrong {type(error).__name__}: {error}"[:300] + f" ({Path(where.filename).name}:{where.lineno})"
        yield Outcome(case.kind, case.number, outcome, time.perf_counter() - started)

    return work


def fuzz(
    cases: list[Case], state: Path, workers: int, limits: Limits = LIMITS, progress: Callable[[], None] = lambda: None
) -> list[Outcome]:
    """What became of every input; what ``state`` knows from a run before is not tried again."""
    prepare(state)
    kept = state / "outcomes.jsonl"
    known: dict[Case, Outcome] = {}
    with suppress(FileNotFoundError):
        for line in kept.read_text(encoding="utf-8").splitlines():
            with suppress(json.JSONDecodeError):  # the line that a kill cut off
                row = json.loads(line)
                case = Case(row.pop("seed"), row["kind"], row["number"])
                known[case] = Outcome(**row)
    todo = deque(case for case in cases if case not in known)
    with kept.open("a", encoding="utf-8") as file:
        file.write("\n" if known else "")
        for event in run_all(try_all, (state,), todo, workers, limits):
            if isinstance(event, Lost):
                case = event.task
                outcome = Outcome(case.kind, case.number, f"lost {event.why} {event.status}", limits.seconds)
            else:
                case, outcome = event
            known[case] = outcome
            file.write(json.dumps({"seed": case.seed, **asdict(outcome)}) + "\n")
            file.flush()
            progress()
    return [known[case] for case in cases]


def cases_of(seed: int, count: int, kinds: list[str]) -> list[Case]:
    """So many inputs, in the shares of :data:`SHARES`, the kinds mixed."""
    whole = sum(SHARES[kind] for kind in kinds)
    found = [Case(seed, kind, number) for kind in kinds for number in range(count * SHARES[kind] // whole)]
    random.Random(seed).shuffle(found)
    return found


def table_of(outcomes: list[Outcome], title: str) -> Table:
    """Counts and the slowest input of each kind."""
    table = Table(title=title)
    for column in ("kind", "inputs", "answered", "refused", "wrong", "crashes", "time-outs", "memory", "slowest, s"):
        table.add_column(column, justify="left" if column == "kind" else "right")
    for kind in SHARES:
        ours = [each for each in outcomes if each.kind == kind]
        if ours:
            counts = Counter(each.said.split()[0] for each in ours)
            lost = Counter(each.said.split()[1] for each in ours if each.said.startswith("lost"))
            row = [len(ours), counts["answered"], counts["refused"], counts["wrong"]]
            row += [lost["died"], lost["time"], lost["memory"]]
            table.add_row(kind, *(f"{count:,}" for count in row), f"{max(each.seconds for each in ours):.1f}")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=SHARES, action="append", help="may repeat; all unless given")
    parser.add_argument("--workers", type=int, default=processors())
    parser.add_argument("--state", type=Path, help="where outcomes are kept, so that a run can go on")
    parser.add_argument("--show", type=int, help="an input's number; with --kind")
    arguments = parser.parse_args()
    kinds = arguments.kind or list(SHARES)
    state = arguments.state or Path(tempfile.mkdtemp(prefix="fuzz-"))
    state.mkdir(parents=True, exist_ok=True)
    console = Console()
    if arguments.show is not None:
        prepare(state)
        work = try_all(state)
        console.print(*work(Case(arguments.seed, kinds[0], arguments.show)), markup=False)
        return
    cases = cases_of(arguments.seed, arguments.count, kinds)
    started = time.perf_counter()
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=Console(stderr=True)) as bar:
        shown = bar.add_task("trying", total=len(cases))
        outcomes = fuzz(cases, state, arguments.workers, progress=lambda: bar.advance(shown))
    title = f"{len(cases):,} inputs, seed {arguments.seed}, {time.perf_counter() - started:.0f} s"
    console.print(table_of(outcomes, title))
    for kind in kinds:
        codes = Counter(each.said for each in outcomes if each.kind == kind and each.said.startswith("refused"))
        told = ", ".join(f"{code.removeprefix('refused ')} {count:,}" for code, count in codes.most_common())
        console.print(f"refused {kind}: {told}", highlight=False)
    for each in outcomes:
        if each.said.startswith(("wrong", "lost")):
            console.print(f"{each.kind} {each.number}: {each.said}", markup=False, highlight=False)
    if not arguments.state:
        shutil.rmtree(state)


if __name__ == "__main__":
    main()
