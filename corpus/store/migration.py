"""An archive of an older schema brought to the present one, in one transaction."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import MetaData
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from corpus.language.numbers import number_key
from corpus.store import schema

MIGRATED_FROM = frozenset({"1", "2"})


def migrate(database: Path) -> None:
    """From schema 1 or 2 to the present one: what is new is empty, but for the number by which documents are looked up.

    Tables, words, renditions and extracted records come with the next ``tienle index``, which makes every document
    again. Needs the writer lock. sqlite3.Error when the database cannot be written.
    """
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.create_function("number_key", 1, lambda number: number and number_key(number), deterministic=True)
        # The order that SQLite advises (ALTER TABLE, section 7): references of other tables stay as they are.
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
        if version in MIGRATED_FROM:
            if version == "1":
                _exchange_documents(connection)
            _create_missing(connection)
            connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (schema.SCHEMA_VERSION,))
        connection.execute("COMMIT")


def _exchange_documents(connection: sqlite3.Connection) -> None:
    kept = ", ".join(row[1] for row in connection.execute("PRAGMA table_info(documents)"))
    connection.execute(_ddl(CreateTable(schema.documents.to_metadata(MetaData(), name="documents_2"))))
    connection.execute(
        f"INSERT INTO documents_2 ({kept}, number_key) SELECT {kept}, number_key(number) FROM documents"  # noqa: S608  (column names of our own)
    )
    connection.execute("DROP TABLE documents")
    connection.execute("ALTER TABLE documents_2 RENAME TO documents")


def _create_missing(connection: sqlite3.Connection) -> None:
    known = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    for table in schema.metadata.sorted_tables:
        if table.name not in known:
            connection.execute(_ddl(CreateTable(table)))
        for index in table.indexes:
            if index.name not in known:
                connection.execute(_ddl(CreateIndex(index)))


def _ddl(element: CreateTable | CreateIndex) -> str:
    return str(element.compile(dialect=sqlite.dialect()))
