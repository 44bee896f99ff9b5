"""What an archive holds and in which state it is: counts, indexes, files that gave no document and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, extract, func, select

from api.answers.memory import remembered
from corpus.store import records, schema
from corpus.store.archive import Archive

WAITING = "waiting-"
"""How the codes of files begin that another program on this machine would let us read."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """Counts of an archive in one state of it; documents count once, whatever their renditions.

    ``years`` of issue, ``types``, ``provinces``, ``qualities``: how many documents of each, the most first (years in
    their order); None stands for those that say nothing. ``bytes``: of the kept source files. ``partly``: documents of
    which pages wait for recognition.
    """

    generation: int
    documents: int
    renditions: int
    passages: int
    assignments: int
    targets: int
    citations: int
    years: Mapping[int | None, int]
    types: Mapping[str | None, int]
    provinces: Mapping[str | None, int]
    qualities: Mapping[str, int]
    bytes: int
    partly: int


@dataclass(frozen=True, slots=True)
class IndexState:
    """A part of an archive on the disk: its bytes, when it last changed (UTC), and the generation it stands at.

    ``generation`` is None for what has none of its own.
    """

    name: str
    bytes: int
    changed_at: datetime | None
    generation: int | None


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that gave no document, with the reason and what to do; ``name`` is its file's name."""

    path: str
    code: str
    vi: str
    en: str

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return Path(self.path).name

    @property
    def waits(self) -> bool:
        """Whether a program that this machine lacks would let us read it."""
        return self.code.startswith(WAITING)


@dataclass(frozen=True, slots=True)
class UnreadKind:
    """Files that gave no document for one reason: how many, and the first of them."""

    count: int
    first: Unread

    @property
    def code(self) -> str:
        """The reason's stable name."""
        return self.first.code


def holdings(archive: Archive) -> Holdings:
    """What an archive holds; counted again only when its records have changed."""
    with archive.reading() as connection:
        generation = records.generation_of(connection)
        return remembered(archive, generation, "holdings", None, lambda: _counted(connection, generation), 1)


def _counted(connection: Connection, generation: int) -> Holdings:
    documents, files = schema.documents.c, schema.files.c
    searched = documents.rendition_of.is_(None)

    def by(column: ColumnElement[Any]) -> dict[Any, int]:
        query = select(column, func.count()).where(searched).group_by(column)
        rows = [(value, count) for value, count in connection.execute(query)]
        return dict(sorted(rows, key=lambda row: (-row[1], str(row[0]))))

    def of(table: str) -> int:
        counted = schema.metadata.tables[table]
        query = select(func.count()).select_from(counted.join(schema.documents)).where(searched)
        return connection.execute(query).scalar_one()

    years = by(extract("year", documents.issued_on))
    kept = select(files.sha256, func.max(files.size).label("size")).where(files.document_id.is_not(None))
    bytes_ = select(func.coalesce(func.sum(kept.group_by(files.sha256).subquery().c.size), 0))
    everything = connection.execute(select(func.count()).select_from(schema.documents)).scalar_one()
    whole = connection.execute(select(func.count()).select_from(schema.documents).where(searched)).scalar_one()
    partly = select(func.count()).where(searched, func.json_array_length(documents.waiting) > 0)
    return Holdings(
        generation=generation,
        documents=whole,
        renditions=everything - whole,
        passages=of("passages"),
        assignments=of("assignments"),
        targets=of("targets"),
        citations=of("citations"),
        years=dict(sorted(years.items(), key=lambda each: (each[0] is None, each[0]))),
        types=by(documents.type),
        provinces=by(documents.province),
        qualities=by(documents.quality),
        bytes=connection.execute(bytes_).scalar_one(),
        partly=connection.execute(partly).scalar_one(),
    )


def index_states(archive: Archive) -> list[IndexState]:
    """The records, the two indexes and the counts of syllables as they are on the disk."""
    folder = archive.directory
    parts: list[tuple[str, list[Path], int | None]] = [
        ("records", list(folder.glob("archive.sqlite*")), archive.generation),
        ("lexical", _files(folder / "lexical"), archive.lexical.generation),
        ("vectors", _files(folder / "vectors"), archive.vectors.generation),
        ("accents", _files(folder / "accents"), None),
    ]
    return [IndexState(name, *_size_and_time(paths), generation) for name, paths, generation in parts]


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _size_and_time(paths: list[Path]) -> tuple[int, datetime | None]:
    size, latest = 0, 0.0
    for path in paths:
        try:
            status = path.stat()
        except FileNotFoundError:  # replaced since it was listed: a run is at work
            continue
        size += status.st_size
        latest = max(latest, status.st_mtime)
    return size, datetime.fromtimestamp(latest, UTC) if latest else None


def unread_kinds(archive: Archive) -> list[UnreadKind]:
    """The reasons for which files gave no document, those that a program would mend first, then the most frequent."""
    files = schema.files.c
    query = (
        select(func.count().label("count"), func.min(files.path).label("path"), files.error_code)
        .where(files.error_code.is_not(None))
        .group_by(files.error_code)
    )
    with archive.reading() as connection:
        rows = connection.execute(query).all()
        kinds = [UnreadKind(row[0], _unread(connection, row.path)) for row in rows]
    return sorted(kinds, key=lambda kind: (not kind.first.waits, -kind.count, kind.code))


def _unread(connection: Connection, path: str) -> Unread:
    files = schema.files.c
    row = connection.execute(select(schema.files).where(files.path == path)).one()
    return Unread(row.path, row.error_code, row.error_vi, row.error_en)


def list_unread(archive: Archive, code: str = "", *, limit: int, offset: int = 0) -> tuple[list[Unread], int]:
    """Files that gave no document, by path, all or those of one reason; and how many there are."""
    files = schema.files.c
    wanted = files.error_code == code if code else files.error_code.is_not(None)
    query = select(schema.files).where(wanted).order_by(files.path).limit(limit).offset(offset)
    with archive.reading() as connection:
        found = [Unread(row.path, row.error_code, row.error_vi, row.error_en) for row in connection.execute(query)]
        total = connection.execute(select(func.count()).select_from(schema.files).where(wanted)).scalar_one()
    return found, total


def document_of_hash(archive: Archive, sha256: str) -> str | None:
    """The id of the document that a file of this content gave, None where the archive has none."""
    files = schema.files.c
    with archive.reading() as connection:
        held = select(files.document_id).where(files.sha256 == sha256, files.document_id.is_not(None))
        return connection.scalars(held.limit(1)).first()
