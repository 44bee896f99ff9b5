"""What long runs of :mod:`benchmarks.fuzz` found, and what a user sees since."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from api.answers.documents import list_documents
from api.answers.filters import Filters
from api.answers.search import search
from corpus.encoder.registry import load_encoder
from corpus.errors import ArchiveError
from corpus.store import backup
from corpus.store.archive import Archive
from corpus.store.backup import back_up, check_backup, list_backup
from corpus.store.restoring import restore
from corpus.store.verify import verify

QUESTION = "cải cách thủ tục hành chính"


@pytest.fixture
def folder(tmp_path: Path, sample_archive: Path) -> Path:
    """An archive of the sample."""
    return shutil.copytree(sample_archive, tmp_path / "kho")


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_a_list_of_files_that_is_no_file_is_refused(folder: Path, tmp_path: Path, kind: str) -> None:
    back_up(folder, tmp_path / "backup")
    (snapshot,) = (tmp_path / "backup" / "snapshots").iterdir()
    snapshot.unlink()
    os.mkfifo(snapshot) if kind == "pipe" else snapshot.mkdir()
    with pytest.raises(ArchiveError) as caught:
        restore(tmp_path / "backup", tmp_path / "new")
    assert caught.value.code == "backup-unsafe"
    assert not (tmp_path / "new").exists()
    assert check_backup(tmp_path / "backup").broken == {snapshot.name: "backup-unsafe"}
    assert list_backup(tmp_path / "backup") == []


@pytest.mark.parametrize("lie", [{"generation": float("inf")}, {"documents": None}, {"missing": 1}])
def test_a_list_of_files_with_numbers_that_are_none_is_refused(
    folder: Path, tmp_path: Path, lie: dict[str, object]
) -> None:
    back_up(folder, tmp_path / "backup")
    (snapshot,) = (tmp_path / "backup" / "snapshots").iterdir()
    data = json.dumps(json.loads(snapshot.read_bytes()) | lie).encode()
    snapshot.unlink()
    snapshot.with_name(f"000001-{hashlib.sha256(data).hexdigest()[:16]}.json").write_bytes(data)
    with pytest.raises(ArchiveError) as caught:
        restore(tmp_path / "backup", tmp_path / "new")
    assert caught.value.code == "backup-unsafe"


def test_records_that_contradict_themselves_are_not_restored(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        database.execute("PRAGMA writable_schema=ON")
        strict = (
            "UPDATE sqlite_master SET sql = replace(sql, 'name TEXT{0}', 'name TEXT{1}')"
            " WHERE name = 'assignment_agencies'"
        )
        database.execute(strict.format(" NOT NULL", ""))
        database.commit()
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        database.execute("UPDATE assignment_agencies SET name = NULL WHERE position = 0")
        database.execute("PRAGMA writable_schema=ON")
        database.execute(strict.format("", " NOT NULL"))
        database.commit()
    monkeypatch.setattr(backup, "copy_database", lambda database, copy, _: shutil.copy(database, copy))  # as an old one
    back_up(folder, tmp_path / "backup")
    with pytest.raises(ArchiveError) as caught:
        restore(tmp_path / "backup", tmp_path / "new")
    assert caught.value.code == "backup-damaged"
    assert "archive.sqlite" in caught.value.vi
    assert not (tmp_path / "new").exists()


def test_settings_that_are_no_file_are_told(folder: Path) -> None:
    (folder / "archive.toml").unlink(missing_ok=True)
    (folder / "archive.toml").mkdir()
    with pytest.raises(ArchiveError) as caught:
        search(Archive.open(folder), load_encoder(), QUESTION)
    assert caught.value.code == "settings-damaged"


def _unsteady(folder: Path) -> Iterator[Path]:
    """The small files of the index by words, of which each tells its own sizes."""
    yield from (path for path in (folder / "lexical").iterdir() if path.suffix in {".fast", ".fieldnorm", ".term"})


@pytest.mark.parametrize("kind", ["middle", "end"])
def test_an_index_with_a_damaged_file_is_made_anew(folder: Path, kind: str) -> None:
    encoder = load_encoder()
    before = [(hit.document, hit.start, hit.score) for hit in search(Archive.open(folder), encoder, QUESTION).hits]
    for path in _unsteady(folder):
        data = bytearray(path.read_bytes())
        at = len(data) // 2 if kind == "middle" else len(data) - 8
        data[at : at + 8] = b"\xff" * 8
        path.write_bytes(data)
    archive = Archive.open(folder)
    archive.refresh()
    assert [(hit.document, hit.start, hit.score) for hit in search(archive, encoder, QUESTION).hits] == before
    assert verify(archive) == []


@pytest.mark.parametrize(
    "stamp", ['{"generatiom": 1, %s}', '{"generation": "x", %s}', '{"generation": 1, "files": [], %s}']
)
def test_an_index_with_a_damaged_stamp_is_made_anew(folder: Path, stamp: str) -> None:
    path = folder / "lexical" / "generation.json"
    sound = json.loads(path.read_text())
    path.write_text(stamp % f'"analysis": "{sound["analysis"]}", "layout": "{sound["layout"]}"')
    archive = Archive.open(folder)
    archive.refresh()
    assert search(archive, load_encoder(), QUESTION).hits
    assert verify(archive) == []


@pytest.mark.parametrize(
    "damage",
    ["UPDATE documents SET issued_on = '2016)09-30'", "UPDATE documents SET recipients = '[\"UBND tỉnh'"],
)
def test_values_that_nobody_wrote_are_told_as_damage(folder: Path, damage: str) -> None:
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        database.execute(damage)
        database.commit()
    archive = Archive.open(folder)
    with pytest.raises(ArchiveError) as caught:
        list_documents(archive, Filters())
    assert caught.value.code == "archive-damaged"
    assert "tienle restore" in caught.value.vi
