"""Killed at random moments and resumed, an indexing run ends where an undisturbed one does."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from corpus.store import Archive, records, schema
from corpus.store.verify import verify

KILLS = 50
COMMAND = [sys.executable, "-m", "api.cli", "index", "--workers", "2", "--archive"]


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


def whole_documents(archive: Archive) -> None:
    """No document is visible without all of its passages and vectors."""
    documents, passages, vectors = schema.documents, schema.passages, schema.vectors
    with archive.reading() as connection:
        for document in connection.scalars(select(documents.c.id)):
            ids = select(passages.c.id, passages.c.ordinal).where(passages.c.document_id == document)
            rows = connection.execute(ids).all()
            assert sorted(row.ordinal for row in rows) == list(range(len(rows)))
            assert rows
            kept = select(vectors.c.vector).where(vectors.c.passage_id.in_([row.id for row in rows]))
            assert all(np.linalg.norm(records.unpack(blob)) > 0.9 for blob in connection.scalars(kept))


def run(archive: Path, source: Path) -> float:
    started = time.monotonic()
    subprocess.run([*COMMAND, str(archive), str(source)], check=True, capture_output=True)
    return time.monotonic() - started


def test_killed_fifty_times_and_resumed_the_archive_is_the_same(tmp_path: Path, sample: Path) -> None:
    undisturbed = run(tmp_path / "undisturbed", sample)
    expected = content(Archive.open(tmp_path / "undisturbed"))
    chance = random.Random(2026)
    killed, acknowledged, rounds = 0, 0, 0
    while killed < KILLS:
        directory = tmp_path / f"killed-{rounds}"
        rounds += 1
        for _ in range(KILLS):
            process = subprocess.Popen(
                [*COMMAND, str(directory), str(sample)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                process.wait(chance.uniform(0.2, 1.0) * undisturbed)
                break
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)  # its workers notice by themselves
                process.wait()
                killed += 1
            if not (directory / "archive.sqlite").exists() or killed >= KILLS:
                continue
            archive = Archive.open(directory)
            whole_documents(archive)
            with archive.reading() as connection:
                stored = len(connection.scalars(select(schema.documents.c.id)).all())
            assert stored >= (acknowledged if _ else 0)
            acknowledged = stored
            archive.close()
        run(directory, sample)
        archive = Archive.open(directory)
        assert content(archive) == expected
        assert verify(archive) == []
        archive.close()
        acknowledged = 0
