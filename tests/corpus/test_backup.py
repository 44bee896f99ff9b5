"""A backup holds one consistent state, grows by what is new only, and never becomes worse by what happens to it."""

import hashlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from corpus.encoder.registry import load_encoder
from corpus.errors import ArchiveError
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.backup import back_up, check_backup, list_backup
from corpus.store.lock import writer_lock
from corpus.store.restoring import restore
from corpus.store.snapshots import PIECE, Vault, belongs
from corpus.store.verify import verify
from indexer.pipeline import index

COMMAND = [sys.executable, "-m", "api.cli"]


@pytest.fixture
def archive(sample_archive: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sample_archive, tmp_path / "archive")


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


def test_what_is_restored_is_what_was_backed_up(archive: Path, tmp_path: Path) -> None:
    page = archive / "cache" / "ocr" / "ab" / "ab12.json"
    page.parent.mkdir(parents=True)
    page.write_text("{}")
    report = back_up(archive, tmp_path / "backup")
    restored = restore(tmp_path / "backup", tmp_path / "again")
    assert content(tmp_path / "again") == content(archive)
    assert sound(tmp_path / "again")
    assert (tmp_path / "again" / "archive.toml").read_bytes() == (archive / "archive.toml").read_bytes()
    assert (tmp_path / "again" / "cache" / "ocr" / "ab" / "ab12.json").read_text() == "{}"
    assert restored.snapshot == report.snapshot
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "archive", "backup"]  # nothing is left over


def test_a_second_backup_copies_only_what_is_new(archive: Path, tmp_path: Path) -> None:
    backup, new = tmp_path / "backup", tmp_path / "ke-hoach.txt"
    first = back_up(archive, backup)
    before = set(pieces(backup))
    assert back_up(archive, backup).added == 0
    assert set(pieces(backup)) == before
    new.write_text("Số: 9/KH-UBND\n\nKế hoạch trồng rừng phòng hộ ven biển năm 2031.\n" * 3)
    opened = Archive.open(archive)
    index(opened, [new], workers=1)
    opened.close()
    third = back_up(archive, backup)
    assert third.read < 5  # of the sources only the new one is read
    assert new.stat().st_size <= third.added < first.added
    kept = {path.read_bytes() for path in pieces(backup)}
    assert new.read_bytes() in kept
    restore(backup, tmp_path / "old", number=first.snapshot.number)
    restore(backup, tmp_path / "new")
    assert content(tmp_path / "new") == content(archive) != content(tmp_path / "old")


def test_a_backup_taken_while_documents_are_added_is_one_state(tmp_path: Path) -> None:
    folder, backup = tmp_path / "archive", tmp_path / "backup"
    files = tmp_path / "files"
    files.mkdir()
    for number in range(30):
        (files / f"{number}.txt").write_text(f"Kế hoạch số {number} về nước sạch nông thôn xã Bản {number}.\n" * 20)
    archive = Archive.create(folder, load_encoder().spec)
    index(archive, [files / "0.txt"], workers=1)
    archive.close()
    # In a process of its own: one that forks would hand the backup's lock on to its children.
    adding = subprocess.Popen([*COMMAND, "index", str(files), "--archive", str(folder), "--workers", "1", "--json"])
    generations = [back_up(folder, backup).snapshot.generation]
    while adding.poll() is None:
        generations.append(back_up(folder, backup).snapshot.generation)
    assert adding.returncode == 0
    assert len(set(generations)) > 2
    for number in sorted({1, len(generations) // 2, len(generations)}):
        restore(backup, tmp_path / f"state-{number}", number=number)
        assert sound(tmp_path / f"state-{number}")
        restored = Archive.open(tmp_path / f"state-{number}")
        assert restored.generation == generations[number - 1]
        restored.close()


def test_an_archive_is_backed_up_though_another_process_writes_it(archive: Path, tmp_path: Path) -> None:
    with writer_lock(archive):
        back_up(archive, tmp_path / "backup")
    assert check_backup(tmp_path / "backup").sound == (1,)


def test_two_backups_into_one_folder_do_not_meet(archive: Path, tmp_path: Path) -> None:
    back_up(archive, tmp_path / "backup")
    with writer_lock(tmp_path / "backup"), pytest.raises(ArchiveError) as caught:
        back_up(archive, tmp_path / "backup")
    assert caught.value.code == "backup-locked"


def test_old_snapshots_go_and_their_pieces_with_them(archive: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(archive, backup)
    extra = archive / "ghi-chu.txt"
    extra.write_bytes(b"only once")
    back_up(archive, backup)
    extra.unlink()
    back_up(archive, backup)
    held = len(pieces(backup))
    report = back_up(archive, backup, keep=2)
    assert [each.number for each in list_backup(backup)] == [3, 4]
    assert report.freed == len(b"only once")
    assert len(pieces(backup)) == held - 1
    restore(backup, tmp_path / "again", number=3)
    assert sound(tmp_path / "again")


def test_the_order_of_snapshots_holds_when_the_clock_goes_back(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corpus.store import backup as module

    back_up(archive, tmp_path / "backup")
    clock = module.datetime
    past = type("Past", (), {"now": staticmethod(lambda zone: clock(1999, 1, 1, tzinfo=zone))})
    monkeypatch.setattr(module, "datetime", past)
    (archive / "ghi-chu.txt").write_text("later")
    assert back_up(archive, tmp_path / "backup").snapshot.made_at.startswith("1999")
    monkeypatch.undo()
    restore(tmp_path / "backup", tmp_path / "again")
    assert (tmp_path / "again" / "ghi-chu.txt").read_text() == "later"


@pytest.mark.parametrize("how", ["changed", "short", "gone"])
def test_a_damaged_piece_is_told_nothing_is_restored_and_the_next_backup_mends_it(
    archive: Path, tmp_path: Path, how: str
) -> None:
    backup = tmp_path / "backup"
    back_up(archive, backup)
    victim = max(pieces(backup), key=lambda path: path.stat().st_size)
    data = victim.read_bytes()
    if how == "gone":
        victim.unlink()
    else:
        victim.write_bytes(data[:-1] if how == "short" else bytes([data[0] ^ 1]) + data[1:])
    with pytest.raises(ArchiveError) as caught:
        restore(backup, tmp_path / "again")
    assert caught.value.code == "backup-damaged"
    assert "--verify" in caught.value.vi
    assert not (tmp_path / "again").exists()
    checked = check_backup(backup)
    assert checked.sound == ()
    assert len(checked.broken) == 1
    back_up(archive, backup)
    assert check_backup(backup).sound == (1, 2)
    restore(backup, tmp_path / "again")
    assert sound(tmp_path / "again")


def test_a_damaged_list_of_files_is_told_with_the_way_to_an_earlier_one(archive: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(archive, backup)
    back_up(archive, backup)
    (_, _), (_, newest) = Vault(backup).names()
    newest.write_bytes(newest.read_bytes().replace(b'"size"', b'"zise"'))
    with pytest.raises(ArchiveError) as caught:
        restore(backup, tmp_path / "again")
    assert caught.value.code == "backup-damaged"
    assert "--snapshot" in caught.value.en
    restore(backup, tmp_path / "again", number=1)
    assert sound(tmp_path / "again")
    assert back_up(archive, backup).snapshot.number == 3


def test_a_source_that_is_damaged_comes_from_the_snapshot_before(archive: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(archive, backup)
    lost, spoilt = sorted((archive / "sources").glob("*/*"))[:2]
    lost.unlink()
    spoilt.write_text("không phải tệp ấy")
    assert back_up(archive, backup).snapshot.missing == ()
    restore(backup, tmp_path / "again")
    assert sound(tmp_path / "again")


def test_a_source_that_is_nowhere_is_named_and_the_rest_is_kept(archive: Path, tmp_path: Path) -> None:
    lost = min((archive / "sources").glob("*/*"))
    lost.unlink()
    assert back_up(archive, tmp_path / "backup").snapshot.missing == (lost.name,)
    restored = restore(tmp_path / "backup", tmp_path / "again")
    assert restored.snapshot.missing == (lost.name,)
    opened = Archive.open(tmp_path / "again")
    assert [finding.code for finding in verify(opened)] == ["source"]


def test_a_damaged_database_does_not_displace_a_good_backup(archive: Path, tmp_path: Path) -> None:
    backup, database = tmp_path / "backup", archive / "archive.sqlite"
    back_up(archive, backup)
    data = bytearray(database.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40_960] = os.urandom(40_960)
    database.write_bytes(data)
    with pytest.raises(ArchiveError) as caught:
        back_up(archive, backup)
    assert caught.value.code == "archive-damaged"
    assert [each.number for each in list_backup(backup)] == [1]
    restore(backup, tmp_path / "again")
    assert sound(tmp_path / "again")


def test_restoring_never_writes_over_anything(archive: Path, tmp_path: Path) -> None:
    back_up(archive, tmp_path / "backup")
    before = content(archive)
    for place in (archive, tmp_path / "file"):
        (tmp_path / "file").write_text("x")
        with pytest.raises(ArchiveError) as caught:
            restore(tmp_path / "backup", place)
        assert caught.value.code == "restore-occupied"
    assert content(archive) == before
    (tmp_path / "empty").mkdir()
    restore(tmp_path / "backup", tmp_path / "empty")
    assert sound(tmp_path / "empty")


def test_what_a_restore_that_was_cut_off_left_is_cleared_away(archive: Path, tmp_path: Path) -> None:
    back_up(archive, tmp_path / "backup")
    left = tmp_path / "again.restoring" / "archive"
    left.mkdir(parents=True)
    (left / "archive.sqlite").write_text("half")
    (left / "evil").symlink_to(archive)
    restore(tmp_path / "backup", tmp_path / "again")
    assert sound(tmp_path / "again")
    assert not left.parent.exists()


@pytest.mark.parametrize("inside", ["backup in archive", "archive in backup"])
def test_archive_and_backup_do_not_lie_in_one_another(archive: Path, tmp_path: Path, inside: str) -> None:
    with pytest.raises(ArchiveError) as caught:
        back_up(archive, archive / "backup" if inside == "backup in archive" else tmp_path)
    assert caught.value.code == "backup-inside"
    assert not (archive / "backup").exists()


def test_folders_without_archive_or_backup_are_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as caught:
        back_up(tmp_path / "none", tmp_path / "backup")
    assert caught.value.code == "archive-missing"
    with pytest.raises(ArchiveError) as caught:
        restore(tmp_path / "none", tmp_path / "again")
    assert caught.value.code == "backup-missing"
    assert list(tmp_path.iterdir()) == []


def forged(backup: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Put a snapshot with a right hash into a backup that says what a hostile one might."""
    number, path = Vault(backup).names()[-1]
    plain = json.loads(path.read_bytes())
    change(plain)
    data = json.dumps(plain).encode()
    path.unlink()
    (path.parent / f"{number:06}-{hashlib.sha256(data).hexdigest()[:16]}.json").write_bytes(data)


HOSTILE_PATHS = [
    "/etc/cron.d/x",
    "../outside",
    "cache/../../outside",
    "sources/../../outside",
    "cache/..",
    "lock",
    "lexical",
    "archive.sqlite-wal",
    "lexical/meta.json",
    "vectors/x.faiss",
    "C:\\outside",
    "a\x00b",
    "",
    ".",
    "sources/ab/cd",
    "cache//x",
    "a/../b",
    ".hidden",
    "a/.b",
    "archive.toml\n",
]


@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_a_list_that_names_another_place_is_refused(archive: Path, tmp_path: Path, path: str) -> None:
    back_up(archive, tmp_path / "backup")

    def rename(plain: dict[str, Any]) -> None:
        next(file for file in plain["files"] if file["path"] == "archive.toml")["path"] = path

    forged(tmp_path / "backup", rename)
    with pytest.raises(ArchiveError) as caught:
        restore(tmp_path / "backup", tmp_path / "again")
    assert caught.value.code == "backup-unsafe"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["archive", "backup"]


HOSTILE_CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "giant size": lambda plain: plain["files"][0].update(size=1 << 60),
    "size below zero": lambda plain: plain["files"][0].update(size=-1),
    "size as text": lambda plain: plain["files"][0].update(size="1"),
    "piece is a path": lambda plain: plain["files"][0].update(pieces=["../../../etc/passwd"], size=1),
    "the same file twice": lambda plain: plain["files"].append(plain["files"][0]),
    "no database": lambda plain: plain.update(files=[]),
    "files is no list": lambda plain: plain.update(files={"a": 1}),
    "another number": lambda plain: plain.update(number=7),
}


@pytest.mark.parametrize("kind", HOSTILE_CHANGES)
def test_a_list_that_cannot_be_ours_is_refused(archive: Path, tmp_path: Path, kind: str) -> None:
    back_up(archive, tmp_path / "backup")
    forged(tmp_path / "backup", lambda plain: HOSTILE_CHANGES[kind](plain) and None)
    with pytest.raises(ArchiveError) as caught:
        restore(tmp_path / "backup", tmp_path / "again")
    assert caught.value.code == "backup-unsafe"
    assert not (tmp_path / "again").exists()


def test_what_would_not_fit_on_the_disk_is_refused_before_it_is_written(archive: Path, tmp_path: Path) -> None:
    back_up(archive, tmp_path / "backup")
    data = b"\0" * PIECE
    piece, _ = Vault(tmp_path / "backup").put(data)
    count = shutil.disk_usage(tmp_path).total // PIECE + 1

    def inflate(plain: dict[str, Any]) -> None:
        plain["files"].append(
            {"path": "bomb", "size": count * PIECE, "sha256": "0" * 64, "pieces": [piece] * count, "private": False}
        )

    forged(tmp_path / "backup", inflate)
    with pytest.raises(ArchiveError) as caught:
        restore(tmp_path / "backup", tmp_path / "again")
    assert caught.value.code == "restore-full"
    assert not (tmp_path / "again").exists()


def test_a_piece_that_is_a_link_is_not_followed(archive: Path, tmp_path: Path) -> None:
    back_up(archive, tmp_path / "backup")
    piece = pieces(tmp_path / "backup")[0]
    aside = tmp_path / "aside"
    piece.rename(aside)
    piece.symlink_to(aside)
    with pytest.raises(ArchiveError) as caught:
        restore(tmp_path / "backup", tmp_path / "again")
    assert caught.value.code == "backup-damaged"


@given(st.text(alphabet="abz/.\\-_0 :\n", max_size=30) | st.text(max_size=20))
def test_no_path_that_is_let_in_leaves_the_folder(path: str) -> None:
    if belongs(path):
        joined = Path(os.path.normpath(Path("/archive") / path))
        assert joined.is_relative_to("/archive")
        assert joined != Path("/archive")
        assert str(joined) == f"/archive/{path}"  # and names one place in one way


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1])
def test_files_of_any_size_come_back(archive: Path, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (archive / "ghi-chu.bin").write_bytes(data)
    back_up(archive, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "again")
    assert (tmp_path / "again" / "ghi-chu.bin").read_bytes() == data


def test_an_archive_of_an_older_schema_is_kept_as_it_is(archive: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(archive / "archive.sqlite")) as database:
        for table in ("assignment_agencies", "assignments", "targets", "citations", "abbreviations"):
            database.execute(f"DROP TABLE {table}")
        database.execute("UPDATE meta SET value = '2' WHERE key = 'schema'")
        database.commit()
    assert back_up(archive, tmp_path / "backup").snapshot.schema == "2"
    with closing(sqlite3.connect(archive / "archive.sqlite")) as database:
        assert database.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == ("2",)
    restore(tmp_path / "backup", tmp_path / "again")
    assert sound(tmp_path / "again")


def test_a_database_of_another_part_is_kept_as_one_transaction_sees_it(archive: Path, tmp_path: Path) -> None:
    (archive / "access").mkdir(mode=0o700)
    with closing(sqlite3.connect(archive / "access" / "access.sqlite")) as other:
        (archive / "access" / "access.sqlite").chmod(0o600)
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE keys (name)")
        other.execute("INSERT INTO keys VALUES ('một')")
        other.commit()
        other.execute("BEGIN")
        other.execute("INSERT INTO keys VALUES ('hai')")  # not committed
        back_up(archive, tmp_path / "backup")
        other.rollback()
    restore(tmp_path / "backup", tmp_path / "again")
    kept = tmp_path / "again" / "access" / "access.sqlite"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700
    with closing(sqlite3.connect(kept)) as other:
        assert other.execute("SELECT name FROM keys").fetchall() == [("một",)]


def tienle(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, arguments)], check=False, capture_output=True, text=True)


def test_the_commands_tell_what_they_did(archive: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    made = json.loads(tienle("backup", backup, "--archive", archive, "--json").stdout)
    assert made["snapshot"] == 1
    assert made["documents"] > 40
    assert made["added"] > 0
    assert "chép mới 0.0 MB" in tienle("backup", backup, "--archive", archive).stdout
    assert [each["snapshot"] for each in json.loads(tienle("backup", backup, "--list", "--json").stdout)] == [1, 2]
    checked = tienle("backup", backup, "--verify")
    assert (checked.returncode, checked.stdout[:1]) == (0, "2")
    done = tienle("restore", backup, tmp_path / "again", "--snapshot", 1)
    assert done.returncode == 0
    assert "tienle verify --archive" in done.stdout
    again = tienle("restore", backup, tmp_path / "again")
    assert again.returncode == 1
    assert "không ghi đè" in again.stderr
    pieces(backup)[0].unlink()
    broken = tienle("backup", backup, "--verify")
    assert broken.returncode == 1
    assert "✗" in broken.stdout
