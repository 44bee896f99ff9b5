"""A backup holds one consistent state, grows by what is new only, and never becomes worse by what happens to it."""

import json
import os
import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from corpus.encoder.registry import load_encoder
from corpus.errors import ArchiveError
from corpus.store.archive import Archive
from corpus.store.backup import back_up, check_backup, list_backup
from corpus.store.lock import writer_lock
from corpus.store.restoring import restore
from corpus.store.snapshots import PIECE
from indexer.pipeline import index
from tests.commands import COMMAND, tienle
from tests.corpus.backing_up import content, pieces, sound


def test_what_is_restored_is_what_was_backed_up(own: Path, tmp_path: Path) -> None:
    page = own / "cache" / "ocr" / "ab" / "ab12.json"
    page.parent.mkdir(parents=True)
    page.write_text("{}")
    report = back_up(own, tmp_path / "backup")
    restored = restore(tmp_path / "backup", tmp_path / "again")
    assert content(tmp_path / "again") == content(own)
    assert sound(tmp_path / "again")
    assert (tmp_path / "again" / "archive.toml").read_bytes() == (own / "archive.toml").read_bytes()
    assert (tmp_path / "again" / "cache" / "ocr" / "ab" / "ab12.json").read_text() == "{}"
    assert restored.snapshot == report.snapshot
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "archive", "backup"]  # nothing is left over


def test_a_second_backup_copies_only_what_is_new(own: Path, tmp_path: Path) -> None:
    backup, new = tmp_path / "backup", tmp_path / "ke-hoach.txt"
    first = back_up(own, backup)
    before = set(pieces(backup))
    assert back_up(own, backup).added == 0
    assert set(pieces(backup)) == before
    new.write_text("Số: 9/KH-UBND\n\nKế hoạch trồng rừng phòng hộ ven biển năm 2031.\n" * 3)
    opened = Archive.open(own)
    index(opened, [new], workers=1)
    opened.close()
    third = back_up(own, backup)
    assert third.read < 5  # of the sources only the new one is read
    assert new.stat().st_size <= third.added < first.added
    kept = {path.read_bytes() for path in pieces(backup)}
    assert new.read_bytes() in kept
    restore(backup, tmp_path / "old", number=first.snapshot.number)
    restore(backup, tmp_path / "new")
    assert content(tmp_path / "new") == content(own) != content(tmp_path / "old")


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


def test_an_archive_is_backed_up_though_another_process_writes_it(own: Path, tmp_path: Path) -> None:
    with writer_lock(own):
        back_up(own, tmp_path / "backup")
    assert check_backup(tmp_path / "backup").sound == (1,)


def test_two_backups_into_one_folder_do_not_meet(own: Path, tmp_path: Path) -> None:
    back_up(own, tmp_path / "backup")
    with writer_lock(tmp_path / "backup"), pytest.raises(ArchiveError) as caught:
        back_up(own, tmp_path / "backup")
    assert caught.value.code == "backup-locked"


def test_old_snapshots_go_and_their_pieces_with_them(own: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(own, backup)
    extra = own / "ghi-chu.txt"
    extra.write_bytes(b"only once")
    back_up(own, backup)
    extra.unlink()
    back_up(own, backup)
    held = len(pieces(backup))
    report = back_up(own, backup, keep=2)
    assert [each.number for each in list_backup(backup)] == [3, 4]
    assert report.freed == len(b"only once")
    assert len(pieces(backup)) == held - 1
    restore(backup, tmp_path / "again", number=3)
    assert sound(tmp_path / "again")


def test_the_order_of_snapshots_holds_when_the_clock_goes_back(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corpus.store import backup as module

    back_up(own, tmp_path / "backup")
    clock = module.datetime
    past = type("Past", (), {"now": staticmethod(lambda zone: clock(1999, 1, 1, tzinfo=zone))})
    monkeypatch.setattr(module, "datetime", past)
    (own / "ghi-chu.txt").write_text("later")
    assert back_up(own, tmp_path / "backup").snapshot.made_at.startswith("1999")
    monkeypatch.undo()
    restore(tmp_path / "backup", tmp_path / "again")
    assert (tmp_path / "again" / "ghi-chu.txt").read_text() == "later"


def test_restoring_never_writes_over_anything(own: Path, tmp_path: Path) -> None:
    back_up(own, tmp_path / "backup")
    before = content(own)
    for place in (own, tmp_path / "file"):
        (tmp_path / "file").write_text("x")
        with pytest.raises(ArchiveError) as caught:
            restore(tmp_path / "backup", place)
        assert caught.value.code == "restore-occupied"
    assert content(own) == before
    (tmp_path / "empty").mkdir()
    restore(tmp_path / "backup", tmp_path / "empty")
    assert sound(tmp_path / "empty")


def test_what_a_restore_that_was_cut_off_left_is_cleared_away(own: Path, tmp_path: Path) -> None:
    back_up(own, tmp_path / "backup")
    left = tmp_path / "again.restoring" / "archive"
    left.mkdir(parents=True)
    (left / "archive.sqlite").write_text("half")
    (left / "evil").symlink_to(own)
    restore(tmp_path / "backup", tmp_path / "again")
    assert sound(tmp_path / "again")
    assert not left.parent.exists()


@pytest.mark.parametrize("inside", ["backup in archive", "archive in backup"])
def test_archive_and_backup_do_not_lie_in_one_another(own: Path, tmp_path: Path, inside: str) -> None:
    with pytest.raises(ArchiveError) as caught:
        back_up(own, own / "backup" if inside == "backup in archive" else tmp_path)
    assert caught.value.code == "backup-inside"
    assert not (own / "backup").exists()


def test_folders_without_archive_or_backup_are_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as caught:
        back_up(tmp_path / "none", tmp_path / "backup")
    assert caught.value.code == "archive-missing"
    with pytest.raises(ArchiveError) as caught:
        restore(tmp_path / "none", tmp_path / "again")
    assert caught.value.code == "backup-missing"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1])
def test_files_of_any_size_come_back(own: Path, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (own / "ghi-chu.bin").write_bytes(data)
    back_up(own, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "again")
    assert (tmp_path / "again" / "ghi-chu.bin").read_bytes() == data


def test_an_archive_of_an_older_schema_is_kept_as_it_is(own: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(own / "archive.sqlite")) as database:
        for table in ("assignment_agencies", "assignments", "targets", "citations", "abbreviations"):
            database.execute(f"DROP TABLE {table}")
        database.execute("UPDATE meta SET value = '2' WHERE key = 'schema'")
        database.commit()
    assert back_up(own, tmp_path / "backup").snapshot.schema == "2"
    with closing(sqlite3.connect(own / "archive.sqlite")) as database:
        assert database.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == ("2",)
    restore(tmp_path / "backup", tmp_path / "again")
    assert sound(tmp_path / "again")


def test_a_database_of_another_part_is_kept_as_one_transaction_sees_it(own: Path, tmp_path: Path) -> None:
    (own / "access").mkdir(mode=0o700)
    with closing(sqlite3.connect(own / "access" / "access.sqlite")) as other:
        (own / "access" / "access.sqlite").chmod(0o600)
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE keys (name)")
        other.execute("INSERT INTO keys VALUES ('một')")
        other.commit()
        other.execute("BEGIN")
        other.execute("INSERT INTO keys VALUES ('hai')")  # not committed
        back_up(own, tmp_path / "backup")
        other.rollback()
    restore(tmp_path / "backup", tmp_path / "again")
    kept = tmp_path / "again" / "access" / "access.sqlite"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700
    with closing(sqlite3.connect(kept)) as other:
        assert other.execute("SELECT name FROM keys").fetchall() == [("một",)]


def test_the_commands_tell_what_they_did(own: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    made = json.loads(tienle("backup", backup, "--archive", own, "--json").stdout)
    assert made["snapshot"] == 1
    assert made["documents"] > 40
    assert made["added"] > 0
    assert "chép mới 0.0 MB" in tienle("backup", backup, "--archive", own).stdout
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
