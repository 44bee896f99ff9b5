"""Whatever befalls an archive's files, a person is told what it is and what to do, and nothing more is lost."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from api.answers.search import search
from corpus.encoder.registry import load_encoder
from corpus.errors import ArchiveError
from corpus.store.archive import Archive
from corpus.store.backup import back_up, check_backup, list_backup
from corpus.store.faults import database_faults
from corpus.store.restoring import restore
from corpus.store.sources import hash_file
from corpus.store.verify import Finding, repair, verify
from indexer.pipeline import index
from tests.commands import tienle

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk of its own")


@pytest.fixture
def folder(own: Path) -> Path:
    return own


@contextmanager
def opened(folder: Path) -> Iterator[Archive]:
    archive = Archive.open(folder)
    try:
        yield archive
    finally:
        archive.close()


def findings(folder: Path) -> list[Finding]:
    with opened(folder) as archive:
        return verify(archive)


def searched(folder: Path) -> list[str]:
    with opened(folder) as archive:
        archive.refresh()
        return [hit.text for hit in search(archive, load_encoder(), "cải cách hành chính", limit=5).hits]


def hashes(folder: Path) -> dict[str, str]:
    return {str(path): hash_file(path)[0] for path in sorted(folder.rglob("*")) if path.is_file()}


def overwrite(path: Path, chance: random.Random, length: int) -> None:
    data = bytearray(path.read_bytes())
    at = chance.randrange(max(1, len(data) - length))
    data[at : at + length] = chance.randbytes(min(length, len(data) - at))
    path.write_bytes(data)


# The records


@pytest.mark.parametrize("seed", range(4))
def test_a_page_of_the_records_that_is_overwritten_is_told_and_everything_beside_it_is_left_alone(
    folder: Path, tmp_path: Path, seed: int
) -> None:
    back_up(folder, tmp_path / "backup")
    overwrite(folder / "archive.sqlite", random.Random(seed), 4_096)
    kept = hashes(folder / "sources")
    told = tienle("verify", "--repair", "--archive", folder)
    assert told.returncode == 1
    assert "tienle restore" in told.stdout + told.stderr
    assert hashes(folder / "sources") == kept  # they may be all that there is
    restore(tmp_path / "backup", tmp_path / "again")
    assert findings(tmp_path / "again") == []


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_records_that_are_cut_short_are_told(folder: Path, share: float) -> None:
    database = folder / "archive.sqlite"
    os.truncate(database, int(share * database.stat().st_size))
    told = tienle("verify", "--archive", folder)
    assert told.returncode == 1
    assert "tienle restore" in told.stdout + told.stderr


def test_an_index_inside_the_database_that_lacks_rows_is_made_anew(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        # The rows change while SQLite does not know of the index, as after a fault of the disk under it.
        name = "documents_province"
        row = database.execute("SELECT * FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        database.execute("PRAGMA writable_schema=ON")
        database.execute("DELETE FROM sqlite_master WHERE name = ?", (name,))
        database.commit()
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        database.execute("UPDATE documents SET province = 'Sai' WHERE id = (SELECT min(id) FROM documents)")
        database.execute("PRAGMA writable_schema=ON")
        database.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", row)
        database.commit()
    (finding,) = findings(folder)
    assert (finding.code, finding.derived) == ("database", True)
    with opened(folder) as archive:
        assert repair(archive) == []
    assert findings(folder) == []


def test_a_lost_write_ahead_log_is_told_until_it_is_settled(folder: Path, tmp_path: Path) -> None:
    new = tmp_path / "moi.txt"
    new.write_text("Số: 9/KH-UBND\n\nKế hoạch trồng rừng ngập mặn ven cửa sông Lau.\n" * 5)
    with closing(sqlite3.connect(folder / "archive.sqlite")) as holder:
        holder.execute("SELECT count(*) FROM meta").fetchone()  # keeps the log from being taken into the file
        holder.execute("BEGIN")
        holder.execute("SELECT count(*) FROM meta").fetchone()
        with opened(folder) as archive:
            assert index(archive, [new], workers=1).indexed == 1
        shutil.copytree(folder, tmp_path / "lost", ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    lost = tmp_path / "lost"
    assert "set-back" in {finding.code for finding in findings(lost)}
    assert searched(lost)  # what is left answers
    told = tienle("verify", "--archive", lost)
    assert told.returncode == 1
    assert "archive.sqlite-wal" in told.stdout  # though the indexes follow the records by now
    with opened(lost) as archive:
        assert index(archive, [new], workers=1).indexed == 1
        assert repair(archive) == []
    assert findings(lost) == []


def test_a_busy_database_is_not_taken_for_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as caught, database_faults(tmp_path):
        raise sqlite3.OperationalError("database is locked")
    assert caught.value.code == "archive-busy"


# What is derived


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[: len(data) // 2],
    "emptied": lambda _: b"",
    "zeroed": lambda data: bytes(len(data)),
    "noise at its head": lambda data: random.Random(1).randbytes(min(200, len(data))) + data[200:],
    "noise inside": lambda data: data[: len(data) // 2] + random.Random(2).randbytes(8) + data[len(data) // 2 + 8 :],
}


@pytest.mark.parametrize("part", ["lexical", "vectors", "accents"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_what_is_derived_is_mended_and_costs_no_answer(folder: Path, part: str, damage: str) -> None:
    with opened(folder) as archive:
        archive.refresh()
    before = searched(folder)
    for path in (folder / part).iterdir():
        if path.suffix != ".lock":
            path.write_bytes(DAMAGES[damage](path.read_bytes()))
    assert findings(folder)
    with opened(folder) as archive:
        assert repair(archive) == []
    assert searched(folder) == before


@pytest.mark.parametrize("part", ["lexical", "vectors", "accents"])
@pytest.mark.parametrize("whole", [True, False])
def test_folders_for_files_and_files_for_folders_are_mended(folder: Path, part: str, whole: bool) -> None:
    with opened(folder) as archive:
        archive.refresh()
    before = searched(folder)
    place = folder / part
    held = sorted(place.iterdir())
    if whole:
        shutil.rmtree(place)
        place.write_text("không phải thư mục")
    else:
        for path in held:
            path.unlink()
            path.mkdir()
            (path / "x").write_text("không phải tệp")
    assert findings(folder)
    with opened(folder) as archive:
        assert repair(archive) == []
    assert searched(folder) == before


@pytest.mark.parametrize("part", ["lexical", "vectors", "accents"])
def test_links_to_folders_elsewhere_stay(folder: Path, tmp_path: Path, part: str) -> None:
    elsewhere = tmp_path / "dia-khac"
    (folder / part).rename(elsewhere)
    (folder / part).symlink_to(elsewhere)
    with opened(folder) as archive:
        assert repair(archive) == []
    assert (folder / part).is_symlink()
    assert findings(folder) == []
    elsewhere.rename(tmp_path / "thao-ra")  # the disk is gone
    with opened(folder) as archive, suppress(ArchiveError):
        archive.refresh()
    assert (folder / part).is_symlink()


@pytest.mark.parametrize("seed", range(8))
def test_any_byte_of_the_vectors_may_be_wrong(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    for path in (folder / "vectors").glob("*.faiss"):
        overwrite(path, chance, chance.choice([1, 4, 64]))
    found = findings(folder)
    assert found
    assert all(finding.derived for finding in found)
    with opened(folder) as archive:
        archive.refresh()  # opening is enough
    assert findings(folder) == []


def test_a_source_comes_back_from_where_it_was_indexed(folder: Path, tmp_path: Path) -> None:
    new = tmp_path / "moi.txt"
    new.write_text("Số: 9/KH-UBND\n\nKế hoạch trồng rừng ngập mặn ven cửa sông Lau.\n" * 5)
    with opened(folder) as archive:
        index(archive, [new], workers=1)
        kept = archive.sources.path(hash_file(new)[0])
        kept.unlink()
        (finding,) = verify(archive)
        assert finding.code == "source"
        assert str(new) in finding.vi
        new.rename(tmp_path / "aside.txt")
        assert repair(archive) == [finding]
        (tmp_path / "aside.txt").rename(new)
        assert repair(archive) == []
    assert kept.is_file()


# The disk


def test_a_missing_model_is_told_and_the_records_are_still_read(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        database.execute("UPDATE meta SET value = '/khong/co/mo-hinh' WHERE key = 'model'")
        database.commit()
    told = tienle("search", "cải cách", "--archive", folder)
    assert told.returncode == 1
    assert "/khong/co/mo-hinh" in told.stderr
    assert tienle("documents", "--archive", folder, "--json").returncode == 0
    assert tienle("verify", "--archive", folder).returncode == 0


@contextmanager
def disk(place: Path, megabytes: int) -> Iterator[Path]:
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@needs_root
def test_an_archive_on_a_read_only_disk_answers_and_says_that_it_cannot_be_written(
    folder: Path, tmp_path: Path
) -> None:
    with opened(folder) as archive:
        archive.refresh()
    before = searched(folder)
    with disk(tmp_path / "disk", 60) as place:
        shutil.copytree(folder, place / "archive")
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        assert searched(place / "archive") == before
        assert tienle("verify", "--archive", place / "archive").returncode == 0
        for command in (["verify", "--repair"], ["index", str(Path(__file__).parents[2] / "corpus" / "sample")]):
            told = tienle(*command, "--archive", place / "archive")
            assert told.returncode == 1
            assert "chỉ cho đọc" in told.stderr
        made = tienle("backup", tmp_path / "backup", "--archive", place / "archive")
        assert made.returncode == 0
    restore(tmp_path / "backup", tmp_path / "again")
    assert findings(tmp_path / "again") == []


@needs_root
def test_a_full_disk_leaves_earlier_snapshots_whole_and_no_half_archive(folder: Path, tmp_path: Path) -> None:
    with disk(tmp_path / "disk", 8) as place:
        backup = place / "backup"
        assert back_up(folder, backup).snapshot.number == 1
        (folder / "lon.bin").write_bytes(random.Random(1).randbytes(12_000_000))
        with pytest.raises(ArchiveError) as caught:
            back_up(folder, backup)
        assert caught.value.code == "backup-full"
        assert [each.number for each in list_backup(backup)] == [1]
        assert check_backup(backup).broken == {}
        back_up(folder, tmp_path / "large")
        (folder / "lon.bin").unlink()
        assert back_up(folder, backup).snapshot.number == 2  # what the run that was cut off brought is gone
        with pytest.raises(ArchiveError) as caught:
            restore(tmp_path / "large", place / "again")
        assert caught.value.code == "restore-full"
        assert not (place / "again").exists()


def test_a_disk_that_stops_taking_bytes_half_way_is_told(folder: Path, tmp_path: Path) -> None:
    # A limit on the size of files stands for a disk that fills while a copy of the database is written.
    limited = f"ulimit -f 1000; exec {sys.executable} -m api.cli backup {tmp_path / 'backup'} --archive {folder}"
    done = subprocess.run(["bash", "-c", limited], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "sao lưu" in done.stderr
    assert "Traceback" not in done.stderr
    assert list_backup(tmp_path / "backup") == []


def test_another_archive_is_not_made_where_one_cannot_be_opened(folder: Path) -> None:
    (folder / "archive.sqlite").write_bytes(b"no database" * 1_000)
    with pytest.raises(ArchiveError) as caught:
        Archive.create(folder, load_encoder().spec)
    assert caught.value.code == "archive-damaged"
    assert (folder / "archive.sqlite").read_bytes() == b"no database" * 1_000
