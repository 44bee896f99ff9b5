"""Archives as earlier programs left them (fixtures/README.md) open in this one, and lose nothing."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api.answers.assignments import list_assignments
from api.answers.documents import find_by_number, list_documents, show_document
from api.answers.filters import Filters
from api.answers.search import search
from corpus.encoder.registry import load_encoder
from corpus.errors import ArchiveError
from corpus.store import migrations, schema
from corpus.store.archive import Archive
from corpus.store.backup import back_up
from corpus.store.restoring import restore
from corpus.store.verify import verify
from indexer.pipeline import index
from indexer.reembed import reembed

FIXTURES = Path(__file__).parent / "fixtures"
LAYOUTS = sorted(path.name.split(".")[0].removeprefix("layout-") for path in FIXTURES.glob("layout-*.tar.xz"))
EARLIER = sorted(migrations.MIGRATED_FROM)
NUMBERS = ["06/KH-UBND", "07/KH-UBND", "11/KH-UBND", "298/QĐ-UBND"]

Unpack = Callable[[str], Path]


@pytest.fixture
def unpack(tmp_path: Path) -> Unpack:
    """Gives the folder of the archive that was left in a layout."""

    def unpacked(layout: str) -> Path:
        with tarfile.open(FIXTURES / f"layout-{layout}.tar.xz") as packed:
            packed.extractall(tmp_path, filter="data")
        return tmp_path / f"layout-{layout}"

    return unpacked


def _rows(folder: Path, table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(f"SELECT * FROM {table} ORDER BY rowid")]


def _layout(folder: Path) -> str:
    return next(str(row["value"]) for row in _rows(folder, "meta") if row["key"] == "schema")


def test_every_layout_has_its_fixture_and_its_revision() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "corpus.store:migrations")
    revisions = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]
    assert sorted(revisions) == LAYOUTS == sorted({*EARLIER, schema.SCHEMA_VERSION})


@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_that_an_archive_held_is_there(unpack: Unpack, layout: str) -> None:
    folder = unpack(layout)
    tables = ("documents", "files", "passages", "provisions", "removals", "vectors", "meta")
    before = {table: _rows(folder, table) for table in tables}
    assert _layout(folder) == layout
    archive = Archive.open(folder)
    archive.refresh()
    assert verify(archive) == []
    for table, rows in before.items():
        now = _rows(folder, table)
        assert [{name: row[name] for name in old} for row, old in zip(now, rows, strict=True)] == [
            {**old, "value": schema.SCHEMA_VERSION} if old.get("key") == "schema" else old for old in rows
        ]
    cards, _ = list_documents(archive, Filters())
    assert sorted(card.number for card in cards if card.number) == NUMBERS
    assert "Ghi thêm sau khi ban hành." in show_document(archive, "11/kh-ubnd").text
    with archive.reading() as connection:
        assert all(len(find_by_number(connection, number)) == 1 for number in NUMBERS)
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    archive.close()
    assert verify(Archive.open(folder)) == []  # opened again it is simply of the present layout


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_search_answers(unpack: Unpack, layout: str) -> None:
    archive, encoder = Archive.open(unpack(layout)), load_encoder()
    archive.refresh()
    if archive.spec.fingerprint != encoder.spec.fingerprint:  # the shipped model of layout 1 was another
        with pytest.raises(ArchiveError, match="tienle reembed"):
            archive.require(encoder.spec)
        assert reembed(archive, encoder, "shipped") == len(_rows(archive.directory, "passages"))
        assert verify(archive) == []
    hits = search(archive, encoder, "cải cách thủ tục hành chính").hits
    assert {hit.number for hit in hits} & set(NUMBERS)
    for hit in hits:
        assert show_document(archive, hit.document).text[hit.start : hit.end] == hit.text


def _shape(folder: Path) -> dict[str, object]:
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:

        def told(pragma: str, name: str) -> list[tuple[Any, ...]]:
            return database.execute(f"SELECT * FROM {pragma}(?)", (name,)).fetchall()

        return {
            name: (
                (columns, without_rowid, strict),
                told("pragma_table_xinfo", name),
                sorted(each[1:] for each in told("pragma_foreign_key_list", name)),
                sorted((*each[1:], *told("pragma_index_xinfo", each[1])) for each in told("pragma_index_list", name)),
            )
            for _, name, _, columns, without_rowid, strict in database.execute("PRAGMA table_list")
            if not name.startswith("sqlite_")
        }


@pytest.mark.parametrize("layout", EARLIER)
def test_a_migrated_archive_has_the_shape_of_a_new_one(unpack: Unpack, tmp_path: Path, layout: str) -> None:
    Archive.open(folder := unpack(layout)).close()
    Archive.create(tmp_path / "new", load_encoder().spec).close()
    assert _shape(folder) == _shape(tmp_path / "new")
    assert set(schema.metadata.tables) == set(_shape(folder))
    assert _rows(folder, "alembic_version") == [{"version_num": schema.SCHEMA_VERSION}]


def test_the_next_run_adds_what_the_layout_did_not_have(unpack: Unpack, tmp_path: Path) -> None:
    folder = unpack("1")
    plans = tmp_path / "plans"
    plans.mkdir()
    for row in _rows(folder, "documents"):
        source = folder / "sources" / row["sha256"][:2] / row["sha256"]
        (plans / f"{row['id']}.{row['reader']}").write_bytes(source.read_bytes())
    archive = Archive.open(folder)
    reembed(archive, load_encoder(), "shipped")
    assert list_assignments(archive, Filters())[1] == 0
    assert index(archive, [plans], workers=1).failures == []
    assert list_assignments(archive, Filters())[1] > 0
    assert verify(archive) == []


def test_a_backup_of_an_earlier_layout_is_restored_in_the_present_one(unpack: Unpack, tmp_path: Path) -> None:
    folder = unpack("1")
    back_up(folder, tmp_path / "backup")
    assert _layout(folder) == "1"  # kept before an upgrade, as it is
    restored = restore(tmp_path / "backup", tmp_path / "restored").folder
    assert _layout(restored) == schema.SCHEMA_VERSION
    assert verify(Archive.open(restored)) == []


# Opens an archive and kills itself before a statement of its migration, or before its commit (-1), with a cache so
# small that changes are already on the disk by then.
_KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from corpus.store.archive import Archive

left = int(sys.argv[2])

@event.listens_for(Engine, "connect")
def prepare(connection, record):
    connection.execute("PRAGMA cache_size=1")

@event.listens_for(Engine, "before_cursor_execute")
def count(connection, cursor, statement, *rest):
    global left
    if "alembic" in sys.modules:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

@event.listens_for(Engine, "commit")
def commit(connection):
    if "alembic" in sys.modules and left < 0 and sys.argv[2] == "-1":
        os.kill(os.getpid(), signal.SIGKILL)

Archive.open(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("statement", [1, 9, 14, -1])
def test_a_migration_that_is_killed_leaves_the_archive_as_it_was(unpack: Unpack, statement: int) -> None:
    folder = unpack("1")
    before = {table: _rows(folder, table) for table in ("meta", "documents", "files", "passages")}
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(folder), str(statement)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert {table: _rows(folder, table) for table in before} == before
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        assert not names & {"documents_2", "bands", "assignments", "alembic_version"}
    archive = Archive.open(folder)
    archive.refresh()
    assert verify(archive) == []


def test_a_migration_that_fails_leaves_the_archive_as_it_was(unpack: Unpack) -> None:
    folder = unpack("2")
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        database.execute("CREATE TABLE citations (x)")  # somebody's own, in the way of layout 3
    with pytest.raises(ArchiveError) as caught:
        Archive.open(folder)
    assert caught.value.code == "archive-damaged"
    assert "citations" in caught.value.vi
    assert _layout(folder) == "2"
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        assert database.execute("SELECT name FROM sqlite_master WHERE name = 'assignments'").fetchall() == []
        database.execute("DROP TABLE citations")
    Archive.open(folder).close()
    assert _layout(folder) == schema.SCHEMA_VERSION


@pytest.mark.parametrize("layout", ["4", "99", "0", "", "ba"])
def test_an_archive_of_another_layout_is_refused_with_what_to_do(unpack: Unpack, layout: str) -> None:
    folder = unpack("3")
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        database.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (layout,))
        database.commit()
    with pytest.raises(ArchiveError) as caught:
        Archive.open(folder)
    assert caught.value.code == "archive-version"
    assert "tienle index" in caught.value.vi
    assert "tienle index" in caught.value.en
    assert _layout(folder) == layout


def test_an_archive_of_the_present_layout_opens_without_alembic(unpack: Unpack, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from corpus.store.archive import Archive;"
        "spec = Archive.open(Path(sys.argv[1])).spec; Archive.create(Path(sys.argv[2]), spec);"
        "print('alembic' in sys.modules)"
    )
    asked = [sys.executable, "-c", program, str(unpack("3")), str(tmp_path / "new")]
    assert subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip() == "False"
