"""An archive of schema 1 or 2 is brought to the present schema where it lies, and loses nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import inspect

from api.answers.documents import find_by_number, list_documents, show_document
from api.answers.filters import Filters
from corpus.encoder.registry import load_encoder
from corpus.errors import ArchiveError
from corpus.store import migration, schema
from corpus.store.archive import Archive
from corpus.store.records import pack
from corpus.store.verify import verify

# As the program wrote it when its schema was 1.
SCHEMA_1 = """
CREATE TABLE meta ("key" VARCHAR NOT NULL, value TEXT NOT NULL, PRIMARY KEY ("key"));
CREATE TABLE documents (
    id VARCHAR(12) NOT NULL, sha256 VARCHAR(64) NOT NULL, generation INTEGER NOT NULL, recipe VARCHAR NOT NULL,
    number TEXT, symbol TEXT, type TEXT, title TEXT, issuer TEXT, province TEXT, place TEXT, issued_on DATE,
    year_from INTEGER, year_to INTEGER, signer TEXT, signer_title TEXT, recipients JSON NOT NULL,
    legal_bases JSON NOT NULL, media_type TEXT NOT NULL, reader TEXT NOT NULL, quality TEXT NOT NULL, pages INTEGER,
    warnings JSON NOT NULL, text TEXT NOT NULL, segmented_title TEXT NOT NULL, PRIMARY KEY (id), UNIQUE (sha256)
);
CREATE INDEX documents_province ON documents (province);
CREATE INDEX ix_documents_generation ON documents (generation);
CREATE INDEX documents_issued_on ON documents (issued_on);
CREATE TABLE removals (
    generation INTEGER NOT NULL, document_id VARCHAR(12) NOT NULL, first_passage INTEGER NOT NULL,
    last_passage INTEGER NOT NULL, PRIMARY KEY (generation, document_id)
);
CREATE TABLE files (
    path TEXT NOT NULL, sha256 VARCHAR(64) NOT NULL, size INTEGER NOT NULL, document_id VARCHAR(12),
    error_code VARCHAR, error_vi TEXT, error_en TEXT, PRIMARY KEY (path),
    FOREIGN KEY(document_id) REFERENCES documents (id)
);
CREATE TABLE provisions (
    document_id VARCHAR(12) NOT NULL, ordinal INTEGER NOT NULL, parent INTEGER, path TEXT NOT NULL,
    heading TEXT NOT NULL, level INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, page INTEGER,
    PRIMARY KEY (document_id, ordinal), FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);
CREATE TABLE passages (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, document_id VARCHAR(12) NOT NULL, ordinal INTEGER NOT NULL,
    provision INTEGER, section TEXT NOT NULL, headings JSON NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    page INTEGER, segmented TEXT NOT NULL, segmented_headings TEXT NOT NULL, UNIQUE (document_id, ordinal),
    FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);
CREATE TABLE vectors (
    passage_id INTEGER NOT NULL, fingerprint VARCHAR(16) NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (passage_id, fingerprint), FOREIGN KEY(passage_id) REFERENCES passages (id) ON DELETE CASCADE
);
"""
TEXT = "Cải cách hành chính"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder with an archive of schema 1 that holds one document."""
    spec = load_encoder().spec
    folder = tmp_path / "archive"
    archive = Archive.create(folder, spec)  # its model's record is written as ever
    sha256 = archive.sources.keep(TEXT.encode())
    with archive.reading() as connection:
        meta = connection.exec_driver_sql("SELECT key, value FROM meta WHERE key != 'schema'").all()
    archive.close()
    for file in folder.glob("archive.sqlite*"):
        file.unlink()
    vector = np.zeros(spec.dimensions, dtype=np.float32)
    vector[0] = 1.0
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        database.executescript(SCHEMA_1)
        rows = [*map(tuple, meta), ("schema", "1"), ("generation", "1")]
        database.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)
        database.execute(
            "INSERT INTO documents (id, sha256, generation, recipe, number, recipients, legal_bases, media_type,"
            " reader, quality, warnings, text, segmented_title) VALUES (?, ?, 1, 'r', '09/KH-UBND', '[]', '[]',"
            " 'text/plain', 'text', 'native', '[]', ?, 'kế_hoạch')",
            (sha256[:12], sha256, TEXT),
        )
        database.execute(
            "INSERT INTO files (path, sha256, size, document_id) VALUES ('a.txt', ?, 1, ?)", (sha256, sha256[:12])
        )
        database.execute(
            "INSERT INTO passages VALUES (1, ?, 0, NULL, '', '[]', 0, ?, NULL, 'cải_cách hành_chính', '')",
            (sha256[:12], len(TEXT)),
        )
        database.execute("INSERT INTO vectors VALUES (1, ?, ?)", (spec.fingerprint, pack(vector)))
        database.commit()
    return folder


def test_an_archive_of_schema_1_opens_with_all_it_held(old: Path) -> None:
    archive = Archive.open(old)
    archive.refresh()
    assert verify(archive) == []
    (card,), total = list_documents(archive, Filters())
    assert (total, card.number, card.quality, card.confidence, card.waiting) == (1, "09/KH-UBND", "native", None, ())
    assert show_document(archive, "9/kh-ubnd").text == TEXT
    with archive.reading() as connection:
        assert find_by_number(connection, "9/KH-UBND") == [card.id]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    archive.close()
    assert verify(Archive.open(old)) == []  # opened again it is simply of the present schema


def _without_extracts(new: Path) -> Path:
    """An archive as the program left it when its schema was 2: no extracted records."""
    Archive.create(new, load_encoder().spec).close()
    with closing(sqlite3.connect(new / "archive.sqlite")) as database:
        for table in ("assignment_agencies", "assignments", "targets", "citations", "abbreviations"):
            database.execute(f"DROP TABLE {table}")
        database.execute("UPDATE meta SET value = '2' WHERE key = 'schema'")
        database.commit()
    return new


@pytest.mark.parametrize("before", ["1", "2"])
def test_a_migrated_archive_has_the_tables_of_a_new_one(old: Path, tmp_path: Path, before: str) -> None:
    old = old if before == "1" else _without_extracts(tmp_path / "second")
    Archive.open(old).close()
    new = Archive.create(tmp_path / "new", load_encoder().spec)
    shapes = []
    for archive in (Archive.open(old), new):
        with archive.reading() as connection:
            found = inspect(connection)
            shapes.append(
                {
                    name: (
                        [column["name"] for column in found.get_columns(name)],
                        sorted(map(str, found.get_indexes(name))),
                    )
                    for name in found.get_table_names()
                    if not name.startswith("sqlite_")
                }
            )
    assert shapes[0] == shapes[1]
    assert set(schema.metadata.tables) == set(shapes[0])


def test_a_migration_that_dies_leaves_the_archive_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration, "number_key", lambda _: 1 // 0)
    with pytest.raises(ArchiveError):
        Archive.open(old)
    monkeypatch.undo()
    archive = Archive.open(old)
    archive.refresh()
    assert verify(archive) == []


def test_an_archive_of_a_later_schema_is_refused_with_what_to_do(old: Path) -> None:
    with closing(sqlite3.connect(old / "archive.sqlite")) as database:
        database.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
        database.commit()
    with pytest.raises(ArchiveError) as caught:
        Archive.open(old)
    assert caught.value.code == "archive-version"
    assert "tienle index" in caught.value.vi
    assert "tienle index" in caught.value.en
