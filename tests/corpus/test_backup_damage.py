"""A backup that was damaged or forged is told and harms nothing; what can be mended is mended."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ArchiveError
from corpus.store.archive import Archive
from corpus.store.backup import back_up, check_backup, list_backup
from corpus.store.restoring import restore
from corpus.store.snapshots import PIECE, Vault, belongs
from corpus.store.verify import verify
from tests.corpus.backing_up import pieces, sound

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def backed_up(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    backup = tmp_path_factory.mktemp("backed-up") / "backup"
    back_up(sample_archive, backup)
    return backup


@pytest.fixture
def backup(backed_up: Path, tmp_path: Path) -> Path:
    """A backup of the sample, to do harm to."""
    return shutil.copytree(backed_up, tmp_path / "backup")


@pytest.mark.parametrize("how", ["changed", "short", "gone"])
def test_a_damaged_piece_is_told_nothing_is_restored_and_the_next_backup_mends_it(
    own: Path, tmp_path: Path, how: str
) -> None:
    backup = tmp_path / "backup"
    back_up(own, backup)
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
    back_up(own, backup)
    assert check_backup(backup).sound == (1, 2)
    restore(backup, tmp_path / "again")
    assert sound(tmp_path / "again")


def test_a_damaged_list_of_files_is_told_with_the_way_to_an_earlier_one(own: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(own, backup)
    back_up(own, backup)
    (_, _), (_, newest) = Vault(backup).names()
    newest.write_bytes(newest.read_bytes().replace(b'"size"', b'"zise"'))
    with pytest.raises(ArchiveError) as caught:
        restore(backup, tmp_path / "again")
    assert caught.value.code == "backup-damaged"
    assert "--snapshot" in caught.value.en
    restore(backup, tmp_path / "again", number=1)
    assert sound(tmp_path / "again")
    assert back_up(own, backup).snapshot.number == 3


def test_a_source_that_is_damaged_comes_from_the_snapshot_before(own: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(own, backup)
    lost, spoilt = sorted((own / "sources").glob("*/*"))[:2]
    lost.unlink()
    spoilt.write_text("không phải tệp ấy")
    assert back_up(own, backup).snapshot.missing == ()
    restore(backup, tmp_path / "again")
    assert sound(tmp_path / "again")


def test_a_source_that_is_nowhere_is_named_and_the_rest_is_kept(own: Path, tmp_path: Path) -> None:
    lost = min((own / "sources").glob("*/*"))
    lost.unlink()
    assert back_up(own, tmp_path / "backup").snapshot.missing == (lost.name,)
    restored = restore(tmp_path / "backup", tmp_path / "again")
    assert restored.snapshot.missing == (lost.name,)
    opened = Archive.open(tmp_path / "again")
    assert [finding.code for finding in verify(opened)] == ["source"]


def test_a_damaged_database_does_not_displace_a_good_backup(own: Path, tmp_path: Path) -> None:
    backup, database = tmp_path / "backup", own / "archive.sqlite"
    back_up(own, backup)
    data = bytearray(database.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40_960] = os.urandom(40_960)
    database.write_bytes(data)
    with pytest.raises(ArchiveError) as caught:
        back_up(own, backup)
    assert caught.value.code == "archive-damaged"
    assert [each.number for each in list_backup(backup)] == [1]
    restore(backup, tmp_path / "again")
    assert sound(tmp_path / "again")


def forged(backup: Path, change: Change) -> None:
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


def naming(path: str) -> Change:
    """Says that a file of the archive lies at a path."""

    def rename(plain: dict[str, Any]) -> None:
        next(file for file in plain["files"] if file["path"] == "archive.toml")["path"] = path

    return rename


HOSTILE_LISTS: dict[str, Change] = {
    "giant size": lambda plain: plain["files"][0].update(size=1 << 60),
    "size below zero": lambda plain: plain["files"][0].update(size=-1),
    "size as text": lambda plain: plain["files"][0].update(size="1"),
    "piece is a path": lambda plain: plain["files"][0].update(pieces=["../../../etc/passwd"], size=1),
    "the same file twice": lambda plain: plain["files"].append(plain["files"][0]),
    "no database": lambda plain: plain.update(files=[]),
    "files is no list": lambda plain: plain.update(files={"a": 1}),
    "another number": lambda plain: plain.update(number=7),
    **{f"path {path!r}": naming(path) for path in HOSTILE_PATHS},
}


@pytest.mark.parametrize("kind", HOSTILE_LISTS)
def test_a_list_that_cannot_be_ours_is_refused(backup: Path, tmp_path: Path, kind: str) -> None:
    forged(backup, HOSTILE_LISTS[kind])
    with pytest.raises(ArchiveError) as caught:
        restore(backup, tmp_path / "again")
    assert caught.value.code == "backup-unsafe"
    assert [each.name for each in tmp_path.iterdir()] == ["backup"]


def test_what_would_not_fit_on_the_disk_is_refused_before_it_is_written(backup: Path, tmp_path: Path) -> None:
    data = b"\0" * PIECE
    piece, _ = Vault(backup).put(data)
    count = shutil.disk_usage(tmp_path).total // PIECE + 1

    def inflate(plain: dict[str, Any]) -> None:
        plain["files"].append(
            {"path": "bomb", "size": count * PIECE, "sha256": "0" * 64, "pieces": [piece] * count, "private": False}
        )

    forged(backup, inflate)
    with pytest.raises(ArchiveError) as caught:
        restore(backup, tmp_path / "again")
    assert caught.value.code == "restore-full"
    assert not (tmp_path / "again").exists()


def test_a_piece_that_is_a_link_is_not_followed(backup: Path, tmp_path: Path) -> None:
    piece = pieces(backup)[0]
    aside = tmp_path / "aside"
    piece.rename(aside)
    piece.symlink_to(aside)
    with pytest.raises(ArchiveError) as caught:
        restore(backup, tmp_path / "again")
    assert caught.value.code == "backup-damaged"


@given(st.text(alphabet="abz/.\\-_0 :\n", max_size=30) | st.text(max_size=20))
def test_no_path_that_is_let_in_leaves_the_folder(path: str) -> None:
    if belongs(path):
        joined = Path(os.path.normpath(Path("/archive") / path))
        assert joined.is_relative_to("/archive")
        assert joined != Path("/archive")
        assert str(joined) == f"/archive/{path}"  # and names one place in one way
