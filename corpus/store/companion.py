"""A database of its own beside an archive's records: for what no indexing touches, safe for several processes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, NullPool, create_engine, event
from sqlalchemy.schema import CreateIndex, CreateTable

from corpus.store.faults import database_faults


class Companion:
    """A SQLite file in an archive's folder, made when something is first written; what is written is durable."""

    def __init__(self, archive: Path, path: Path, metadata: MetaData) -> None:
        """The database at ``path`` with the tables of ``metadata``; ``archive``: the folder that faults name."""
        self._archive = archive
        self._path = path
        self._metadata = metadata
        self._engine: Engine | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """A connection that sees one state, None before anything was written; ArchiveError when it cannot be read."""
        if not self._path.exists():
            yield None
            return
        with database_faults(self._archive), self._opened().connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction; ArchiveError when the folder cannot be written to."""
        with (
            database_faults(self._archive),
            self._opened().connect().execution_options(writing=True) as connection,
            connection.begin(),
        ):
            yield connection

    def _opened(self) -> Engine:
        if self._engine is None:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            engine = _engine(self._path)
            with engine.connect().execution_options(writing=True) as connection, connection.begin():
                for table in self._metadata.sorted_tables:
                    connection.execute(CreateTable(table, if_not_exists=True))
                    for index in table.indexes:
                        connection.execute(CreateIndex(index, if_not_exists=True))
            self._engine = engine
        return self._engine


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30}, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin below, not with the driver's first write
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and writes later fails where another wrote in between.
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
