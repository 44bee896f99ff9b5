"""Killed at random moments and resumed, an indexing run ends where an undisturbed one does."""

import random
import time
from itertools import count
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import select

from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.verify import verify


def content(archive: Archive) -> dict[str, Any]:
    """Everything that the archive knows, apart from the order in which it came to know it."""
    documents, passages, provisions, vectors = schema.documents, schema.passages, schema.provisions, schema.vectors
    plain = [column for column in documents.c if column.name != "generation"]
    cut = [column for column in passages.c if column.name != "id"]
    with archive.reading() as connection:
        joined = select(*cut, vectors.c.vector).join(vectors, vectors.c.passage_id == passages.c.id)
        return {
            "files": sorted(map(repr, connection.execute(select(schema.files)))),
            "documents": sorted(map(repr, connection.execute(select(*plain)))),
            "provisions": sorted(map(repr, connection.execute(select(provisions)))),
            "passages": sorted(map(repr, connection.execute(joined))),
        }


def whole_documents(archive: Archive) -> set[str]:
    """The documents that are visible, each of them with all of its passages and vectors."""
    documents, passages, vectors = schema.documents, schema.passages, schema.vectors
    with archive.reading() as connection:
        visible = set(connection.scalars(select(documents.c.id)))
        for document in visible:
            ids = select(passages.c.id, passages.c.ordinal).where(passages.c.document_id == document)
            rows = connection.execute(ids).all()
            assert sorted(row.ordinal for row in rows) == list(range(len(rows)))
            assert rows
            kept = select(vectors.c.vector).where(vectors.c.passage_id.in_([row.id for row in rows]))
            assert len(connection.scalars(kept).all()) == len(rows)
    return visible


class Runs:
    """Indexing runs, each in a process of its own that has imported everything and done nothing yet."""

    def __init__(self, paths: list[Path], said: Path, workers: int) -> None:
        from benchmarks.kills import CONTEXT, command

        self._context, self._command = CONTEXT, command
        self._paths, self._said, self._workers = paths, said, workers

    def _start(self, archive: Path) -> ForkServerProcess:
        arguments = ["index", "--workers", str(self._workers), "--archive", str(archive), *map(str, self._paths)]
        process = self._context.Process(target=self._command, args=(arguments, self._said))
        process.start()
        return process

    def whole(self, archive: Path) -> float:
        """Seconds that a run takes that nothing disturbs."""
        started = time.monotonic()
        process = self._start(archive)
        process.join()
        assert process.exitcode == 0, self._said.read_text()
        return time.monotonic() - started

    def killed(self, archive: Path, after: float) -> tuple[bool, float]:
        """Whether a run was still going after so many seconds, and so was killed; and how long it went."""
        started = time.monotonic()
        process = self._start(archive)
        process.join(after)
        if going := process.is_alive():
            process.kill()  # its workers notice by themselves
            process.join()
        return going, time.monotonic() - started


def kill_and_resume(paths: list[Path], place: Path, kills: int, seed: int, workers: int) -> None:
    """Runs over the paths are killed so many times; each archive must end as that of a run that nothing disturbed."""
    runs = Runs(paths, place / "said.txt", workers)
    undisturbed = runs.whole(place / "undisturbed")
    expected = content(Archive.open(place / "undisturbed"))
    chance = random.Random(seed)
    killed = 0
    for number in count():
        if killed >= kills:
            return
        directory = place / f"killed-{number}"  # of its own: on a whole archive a run ends before it can be killed
        stored: set[str] = set()
        while killed < kills:
            was_new = not directory.exists()
            going, took = runs.killed(directory, chance.uniform(0.1, 1.0) * undisturbed)
            if not going:
                # The machine may have been busy when it was measured, and most kills would come too late.
                undisturbed = min(undisturbed, took) if was_new else undisturbed
                break
            killed += 1
            if (directory / "archive.sqlite").exists():
                now = whole_documents(Archive.open(directory))
                assert now >= stored  # nothing that was there is lost
                stored = now
        runs.whole(directory)
        archive = Archive.open(directory)
        assert content(archive) == expected
        assert verify(archive) == []
