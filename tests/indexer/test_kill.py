"""Killed at random moments and resumed, an indexing run ends where an undisturbed one does."""

import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import select

from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.verify import verify

KILLS = 50
SAMPLE = Path(__file__).parents[2] / "corpus" / "sample"
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


def package(path: Path) -> Path:
    """A ZIP of sample files, none of them like one of the sample itself."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(SAMPLE.rglob("*.txt")):
            made.writestr(f"gói/{file.name}", file.read_bytes() + b"\n")
    return path


def run(archive: Path, paths: list[Path]) -> float:
    started = time.monotonic()
    done = subprocess.run([*COMMAND, str(archive), *map(str, paths)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return time.monotonic() - started


def run_and_kill(archive: Path, paths: list[Path], after: float) -> bool:
    """Whether the run was still going after so many seconds, and so was killed."""
    process = subprocess.Popen(
        [*COMMAND, str(archive), *map(str, paths)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)  # its workers notice by themselves
        process.wait()
        return True
    return False


def test_killed_fifty_times_and_resumed_the_archive_is_the_same(tmp_path: Path) -> None:
    paths = [SAMPLE, package(tmp_path / "goi.zip")]
    undisturbed = run(tmp_path / "undisturbed", paths)
    expected = content(Archive.open(tmp_path / "undisturbed"))
    chance = random.Random(2026)
    killed = 0
    while killed < KILLS:
        directory = tmp_path / f"killed-{killed}"
        stored: set[str] = set()
        while killed < KILLS and run_and_kill(directory, paths, chance.uniform(0.1, 1.0) * undisturbed):
            killed += 1
            if (directory / "archive.sqlite").exists():
                now = whole_documents(Archive.open(directory))
                assert now >= stored  # nothing that was there is lost
                stored = now
        run(directory, paths)
        archive = Archive.open(directory)
        assert content(archive) == expected
        assert verify(archive) == []
