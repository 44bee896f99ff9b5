"""The archive's SQLite database as a file: how it is opened, by many, and where nobody can write."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Date, Dialect, Engine, create_engine, event
from sqlalchemy.dialects import sqlite

DATABASE = "archive.sqlite"


class _Day(sqlite.DATE):
    """A date; what a damaged file has in its place is the database's fault, as whoever opens it expects."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        read = super().result_processor(dialect, coltype)
        return read and _or_damaged(read)


def _or_damaged(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def sound(value: object) -> object:
        try:
            return read(value)
        except (ValueError, TypeError) as error:
            raise sqlite3.DatabaseError(str(error)) from error

    return sound


def engine_of(database: Path) -> Engine:
    """An engine over a database, a connection a thread; nothing is opened yet."""
    query = {"uri": "true", "mode": "ro", "immutable": "1"} if lies_still(database) else {}
    name = database.resolve().as_uri() if query else str(database)
    # A connection a thread, however many there are: a limit would let requests wait for each other.
    engine = create_engine(
        URL.create("sqlite", database=name, query=query),
        connect_args={"timeout": 30},
        max_overflow=-1,
        json_deserializer=_or_damaged(json.loads),
    )
    engine.dialect.colspecs = {**engine.dialect.colspecs, Date: _Day}

    @event.listens_for(engine, "connect")
    def _prepare(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection, which SQLAlchemy types as object
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    return engine


def reader_of(database: Path) -> sqlite3.Connection:
    """A plain connection that only reads; sqlite3.Error when it cannot."""
    still = "&immutable=1" if lies_still(database) else ""
    return sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro{still}", uri=True, timeout=30)


def lies_still(database: Path) -> bool:
    """Whether a database lies on a read-only disk, all of it in its file: there nobody writes, and no log is kept.

    SQLite needs to be told so (``immutable``), since it would make files beside a database that has a write-ahead log.
    """
    try:
        log = database.with_name(f"{database.name}-wal")
        read_only = bool(os.statvfs(database).f_flag & os.ST_RDONLY)
        return read_only and not (log.exists() and log.stat().st_size)
    except OSError:
        return False
