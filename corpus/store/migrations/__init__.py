"""Archives of earlier layouts brought to the present one, in one transaction.

``versions/`` holds a revision a layout, under the layout's number, for Alembic to apply in their order. A revision is
never changed once a program that writes its layout was in use: what it does is written out in SQL, and asks nothing of
:mod:`corpus.store.schema`, which goes on. ``meta``'s row "schema" tells an archive's layout to every program, also to
those from before Alembic; its own table follows that row in the same transaction.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from sqlalchemy import Connection

from corpus.store import records, schema
from corpus.store.database import engine_of

MIGRATED_FROM = frozenset({"1", "2"})
"""The layouts with a way to the present one; known without Alembic, which takes a while to import."""

_ALEMBIC = Lock()  # its operations stand in module globals: one archive at a time


def migrate(database: Path) -> None:
    """From any layout of :data:`MIGRATED_FROM` to the present one; an archive that has it is left as it is.

    What is new is empty, but for the number by which documents are looked up: tables, words, renditions and extracted
    records come with the next ``tienle index``, which makes every document again. Needs the writer lock.
    sqlalchemy.exc.DatabaseError when the database cannot be written; it is then as it was.
    """
    engine = engine_of(database)
    try:
        with _ALEMBIC, engine.connect() as connection:
            # The order that SQLite advises (ALTER TABLE, section 7): references of other tables stay as they are.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            layout = records.get_meta(connection, "schema")
            if layout in MIGRATED_FROM:
                _upgrade(connection, layout)
                records.set_meta(connection, "schema", schema.SCHEMA_VERSION)
            connection.commit()
    finally:
        engine.dispose()


def _upgrade(connection: Connection, layout: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "corpus.store:migrations")
    command.stamp(config, layout, purge=True)
    command.upgrade(config, schema.SCHEMA_VERSION)
