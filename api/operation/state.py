"""How an archive stands, in numbers that are cheap to ask for at any time."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass

from sqlalchemy import func, select

from corpus.store import records, schema
from corpus.store.archive import Archive

WAITING = "waiting-"
"""How the codes of files begin that another program on this machine would let us read."""


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """Documents (renditions counted), passages, files by what became of them, indexes against records, the disk.

    ``behind``: generations that each index lacks; ``age``: seconds since the index was written; ``free``: bytes.
    """

    documents: int
    passages: int
    failed: int
    waiting: int
    waiting_pages: int
    generation: int
    behind: dict[str, int]
    age: float
    free: int
    set_back: bool


def state_of(archive: Archive) -> ArchiveState:
    """How an archive stands now; ArchiveError when it cannot be read."""
    files, documents = schema.files.c, schema.documents.c
    with archive.reading() as connection:

        def count(table: str, *conditions: object) -> int:
            query = select(func.count()).select_from(schema.metadata.tables[table])
            return int(connection.execute(query.where(*conditions)).scalar_one())  # type: ignore[arg-type]  # SQL conditions, as where takes them

        waits = files.error_code.startswith(WAITING)
        generation = records.generation_of(connection)
        state = ArchiveState(
            documents=count("documents"),
            passages=count("passages"),
            failed=count("files", files.error_code.is_not(None), ~waits),
            waiting=count("files", waits),
            waiting_pages=count("documents", func.json_array_length(documents.waiting) > 0),
            generation=generation,
            behind={name: max(0, generation - at) for name, at in archive.indexed().items()},
            age=_age(archive),
            free=shutil.disk_usage(archive.directory).free,
            set_back=bool(records.get_meta(connection, records.SET_BACK)),
        )
    return state


def _age(archive: Archive) -> float:
    stamp = archive.directory / "lexical" / "generation.json"
    written = stamp.stat().st_mtime if stamp.exists() else 0.0
    return max(0.0, time.time() - written)  # a clock that went back gives no negative age
