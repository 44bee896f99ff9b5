"""What an archive and a backup hold, for tests that compare them."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.verify import verify


def content(folder: Path) -> dict[str, Any]:
    archive = Archive.open(folder)
    with archive.reading() as connection:
        found = {
            table.name: sorted(map(repr, connection.execute(select(table)))) for table in schema.metadata.sorted_tables
        }
    archive.close()
    return found


def sound(folder: Path) -> bool:
    archive = Archive.open(folder)
    found = verify(archive)
    archive.close()
    return found == []


def pieces(backup: Path) -> list[Path]:
    return sorted((backup / "pieces").glob("*/*"))
