"""SIGKILL at random moments of everything that writes: what was stored is there, and nothing is there by halves.

    python -m benchmarks.kills [--kills 300] [--seed 1] [--only index,upload]

In turn: index (new files), upload (the process that reads what was sent in), reembed (another model), repair (the
indexes made anew and merged), backup, restore. A
command is killed at a moment chosen evenly from the time that it takes undisturbed, an index run also once a
number of its documents is in. While it runs another process's
view is taken again and again: the documents, snapshots and archives seen there are the acknowledged ones. After each
kill: all of them are still there, every document is whole, ``verify`` finds nothing once the archive is opened; every
file sent in waits or is a document.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from multiprocessing.process import BaseProcess
from pathlib import Path

from rich.console import Console
from rich.table import Table

from api.jobs import staging
from api.jobs.model import JobFile
from api.jobs.queue import Queue, new_id
from corpus.encoder.static import SHIPPED
from corpus.store.archive import Archive
from corpus.store.backup import check_backup, list_backup
from corpus.store.verify import verify

TIENLE = [sys.executable, "-m", "api.cli"]
TOPICS = (
    "nước sạch nông thôn",
    "cải cách hành chính",
    "trồng rừng ven biển",
    "dạy nghề",
    "chuyển đổi số",
    "đường liên xã",
)
AGENCIES = ("Sở Nội vụ", "Sở Tài chính", "Sở Xây dựng", "Văn phòng Ủy ban nhân dân tỉnh")
GROWING = ("index", "upload")  # commands that add documents, one by one
FILES, GROWN = 12, 120  # new files a round; an archive that has grown so large starts again

HALF = """SELECT count(*) FROM documents d WHERE
  (SELECT count(*) FROM passages p WHERE p.document_id = d.id) = 0
  OR (SELECT count(*) FROM passages p WHERE p.document_id = d.id)
     != (SELECT max(ordinal) + 1 FROM passages p WHERE p.document_id = d.id)
  OR EXISTS (SELECT 1 FROM passages p WHERE p.document_id = d.id AND NOT EXISTS
     (SELECT 1 FROM vectors v WHERE v.passage_id = p.id))
  OR NOT EXISTS (SELECT 1 FROM files f WHERE f.document_id IN
     (SELECT e.id FROM documents e WHERE e.sha256 = d.sha256))"""


# A process that has imported everything and run nothing: what is forked from it spends its time on writing.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    [
        "api.cli.app",
        "api.cli.indexing",
        "api.cli.output",
        "corpus.store.restoring",
        "corpus.store.verify",
        "api.jobs.work",
        "faiss",
    ]
)


class LostError(Exception):
    """A promise that a kill broke."""


def documents(folder: Path) -> set[str]:
    """The documents that another process sees."""
    if not (folder / "archive.sqlite").exists():
        return set()
    with closing(sqlite3.connect(f"file:{folder / 'archive.sqlite'}?mode=ro", uri=True, timeout=30)) as connection:
        try:
            return {row[0] for row in connection.execute("SELECT id FROM documents")}
        except sqlite3.OperationalError:  # the first moment of a new archive
            return set()


def require_whole(folder: Path, acknowledged: set[str]) -> None:
    """Raise LostError unless the archive has what was acknowledged, nothing by halves, and verifies when opened."""
    if lost := acknowledged - documents(folder):
        raise LostError(f"{len(lost)} documents are lost")
    with closing(sqlite3.connect(folder / "archive.sqlite")) as connection:
        if half := connection.execute(HALF).fetchone()[0]:
            raise LostError(f"{half} half documents are visible")
    archive = Archive.open(folder)
    try:
        archive.refresh()
        if found := verify(archive):
            raise LostError("; ".join(finding.en for finding in found))
    finally:
        archive.close()


def command(arguments: list[str], said: Path) -> None:
    """``tienle``, or the process of the jobs, in a forked process; what it says goes into a file."""
    from api.cli import main as tienle
    from api.jobs.work import work

    handle = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(handle, stream)
    if arguments[0] == "upload":
        work(Path(arguments[1]))
    else:
        sys.argv = ["tienle", *arguments]
        tienle()


class Play:
    """The commands over a folder of their own; each gives what to run, what to watch, and the check after it."""

    def __init__(self, place: Path, seed: int) -> None:
        self.place = place
        self.chance = random.Random(seed)
        self.archive, self.backup = place / "archive", place / "backup"
        self.written = 0
        self.models = [self._model(name) for name in ("a", "b")]
        self._renew()

    def _model(self, revision: str) -> Path:
        """The static part of the shipped model under a revision of its own: quick, and another fingerprint."""
        folder = self.place / f"model-{revision}"
        folder.mkdir()
        record = json.loads((SHIPPED / "encoder.json").read_text())
        (folder / "encoder.json").write_text(json.dumps({**record, "revision": revision}))
        for name in ("model.safetensors", "tokenizer.json"):
            (folder / name).symlink_to(SHIPPED / name)
        return folder

    def _renew(self) -> None:
        shutil.rmtree(self.archive, ignore_errors=True)
        self.sent: list[str] = []
        self.files = self.place / f"files-{self.written}"
        self.files.mkdir()
        self.write(FILES)
        self.run("index", self.files, "--model", self.models[0], "--archive", self.archive)

    def write(self, count: int) -> list[Path]:
        written = []
        for _ in range(count):
            self.written += 1
            lines = [f"Số: {self.written}/KH-UBND", "", f"KẾ HOẠCH {self.chance.choice(TOPICS).upper()}", ""]
            for number in range(1, self.chance.randint(3, 40)):
                words = " ".join(self.chance.choice(TOPICS) for _ in range(6))
                place = self.chance.randrange(10**6)
                lines.append(f"{number}. {self.chance.choice(AGENCIES)} chủ trì việc {words} ở thôn {place}.")
            written.append(self.files / f"{self.written}.txt")
            written[-1].write_text("\n".join(lines), encoding="utf-8")
        return written

    def start(self, arguments: list[object]) -> BaseProcess:
        process = CONTEXT.Process(target=command, args=(list(map(str, arguments)), self.place / "said"))
        process.start()
        return process

    def run(self, *arguments: object) -> float:
        started = time.monotonic()
        process = self.start(list(arguments))
        process.join()
        if process.exitcode:
            raise LostError(f"{arguments[0]}: {(self.place / 'said').read_text()}")
        return time.monotonic() - started

    def model(self) -> str:
        """The model that the archive uses."""
        archive = Archive.open(self.archive)
        archive.close()
        return archive.model

    def _make_room(self) -> None:
        if len(documents(self.archive)) > GROWN:
            self._renew()

    def index(self) -> list[object]:
        self._make_room()
        self.write(FILES)
        return ["index", self.files, "--model", self.model(), "--archive", self.archive, "--workers", 1]

    def upload(self) -> list[object]:
        self._make_room()
        job, given = new_id(), []
        for ordinal, file in enumerate(self.write(FILES), start=1):
            target = staging.staged_path(self.archive, job, ordinal, file.name)
            target.parent.mkdir(parents=True)
            file.replace(target)
            given.append(JobFile(ordinal, file.name, target.stat().st_size, "", "staged"))
        Queue(self.archive).add("add", job=job, given=given)
        self.sent.append(job)
        return ["upload", self.archive]

    def require_sent(self, *, done: bool = False) -> None:
        """Raise LostError unless each file that was sent in waits or is a document; ``done``: none waits."""
        queue, stored = Queue(self.archive), documents(self.archive)
        for job in map(queue.find, self.sent):
            for file in job.files:
                waits = staging.staged_path(self.archive, job.id, file.ordinal, file.name).is_file() and not done
                if not (file.document in stored if file.state == "added" else file.state == "staged" and waits):
                    raise LostError(f"{file.name} of job {job.id} is lost: {job.state}, {file.state}")
            if job.state == "failed":  # three processes that took it up were killed
                queue.retry(job.id)

    def reembed(self) -> list[object]:
        now = self.model()
        other = next(model for model in self.models if str(model) != now)
        return ["reembed", "--model", other, "--archive", self.archive]

    def repair(self) -> list[object]:
        return ["verify", "--repair", "--archive", self.archive]

    def back_up(self) -> list[object]:
        (self.archive / "ghi-chu.bin").write_bytes(self.chance.randbytes(3_000_000))  # something new to copy
        return ["backup", self.backup, "--archive", self.archive, "--keep", 3]

    def restore(self) -> list[object]:
        shutil.rmtree(self.place / "restored", ignore_errors=True)
        if not self.backup.exists():
            self.run("backup", self.backup, "--archive", self.archive)
        return ["restore", self.backup, self.place / "restored"]

    def check(self, acknowledged: set[str], snapshots: set[int]) -> None:
        require_whole(self.archive, acknowledged)
        self.require_sent()
        if self.backup.exists():
            checked = check_backup(self.backup)
            if checked.broken or not snapshots <= set(checked.sound):
                raise LostError(f"snapshots are lost: {snapshots - set(checked.sound)}, {checked.broken}")
        if (self.place / "restored").exists():
            require_whole(self.place / "restored", set())


def play(kills: int, seed: int, place: Path, only: set[str], tell: Callable[[str], None]) -> tuple[Counter[str], ...]:
    """Kill so many commands: how many were killed, how many of these left something that they had changed."""
    stage = Play(place, seed)
    verbs = {"index": stage.index, "upload": stage.upload, "reembed": stage.reembed, "repair": stage.repair}
    verbs |= {"backup": stage.back_up, "restore": stage.restore}
    verbs = {name: verb for name, verb in verbs.items() if not only or name in only}
    takes = {name: stage.run(*verb()) for name, verb in verbs.items()}
    killed: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    while killed.total() < kills:
        name = min(verbs, key=lambda each: killed[each])
        arguments = verbs[name]()
        seen, kept = documents(stage.archive), _snapshots(stage)
        before = (set(seen), set(kept), (place / "restored").exists())
        until = time.monotonic() + stage.chance.uniform(0.05, 2.0 if name in GROWING else 1.1) * takes[name]
        # Workers take long to start: most kills of an index run come once that many documents are in.
        enough = stage.chance.choice([FILES, *range(FILES)]) if name in GROWING else FILES
        process = stage.start(arguments)
        while process.is_alive() and time.monotonic() < until and len(seen) - len(before[0]) <= enough:
            seen |= documents(stage.archive)
            kept = _snapshots(stage) if name == "backup" else kept
            time.sleep(0.01)
        if process.is_alive():
            process.kill()
            killed[name] += 1
        process.join()
        stage.check(seen, kept if name != "backup" else set(sorted(kept)[-2:]))
        changed[name] += (documents(stage.archive), _snapshots(stage), (place / "restored").exists()) != before
        if killed.total() % 25 == 0:
            tell(f"{killed.total()} killed")
    for verb in verbs.values():
        stage.run(*verb())  # what was cut off so often ends well when it is let
    stage.check(documents(stage.archive), set())
    stage.run("upload", stage.archive)
    stage.require_sent(done=True)
    return killed, changed


def _snapshots(stage: Play) -> set[int]:
    return {snapshot.number for snapshot in list_backup(stage.backup)} if stage.backup.exists() else set()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        killed, changed = play(
            arguments.kills, arguments.seed, Path(place), set(filter(None, arguments.only.split(","))), print
        )
    table = Table(title="SIGKILL at random moments")
    for column in ("command", "killed while running", "had changed something"):
        table.add_column(column, justify="left" if column == "command" else "right")
    for name in killed:
        table.add_row(name, str(killed[name]), str(changed[name]))
    table.add_row("all", str(killed.total()), str(changed.total()))
    console = Console()
    console.print(table)
    console.print("0 acknowledged documents or uploads lost, 0 half documents visible, 0 snapshots lost")


if __name__ == "__main__":
    main()
