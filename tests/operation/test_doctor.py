"""The doctor says what is missing or odd, and what to do about each; it changes nothing."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from api.operation.doctor import Sign, examine
from corpus.store.sources import hash_file


@pytest.fixture
def folder(sample_archive: Path, tmp_path: Path) -> Path:
    copied = shutil.copytree(sample_archive, tmp_path / "archive")
    with closing(sqlite3.connect(copied / "archive.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # SQLite settles by itself what the last reader leaves
    return copied


def signs(folder: Path, **pinned: str) -> dict[str, Sign]:
    return {sign.code: sign for sign in examine(folder, pinned)}


def test_a_sound_archive_gives_no_fault_and_is_left_as_it_was(folder: Path) -> None:
    kept = [path for path in folder.rglob("*") if path.is_file() and path.name != "lock"]
    before = {path: hash_file(path)[0] for path in kept}
    found = signs(folder)
    assert {code for code, sign in found.items() if sign.state == "fault"} == set()
    assert {"python", "tesseract", "libreoffice", "disk", "rights", "clock", "archive", "model"} <= set(found)
    assert {path: hash_file(path)[0] for path in kept} == before


def test_an_archive_that_is_not_there_is_a_fault_with_the_way_to_one(tmp_path: Path) -> None:
    found = signs(tmp_path / "none" / "deep")
    assert found["archive-missing"].state == "fault"
    assert "tienle index" in found["archive-missing"].vi
    assert not (tmp_path / "none").exists()


def test_programs_that_are_missing_are_told_with_how_to_install_them(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TESSERACT", raising=False)
    found = signs(folder)
    for code, package in (("tesseract", "tesseract-ocr-vie"), ("libreoffice", "libreoffice-writer-nogui")):
        assert found[code].state == "warning"
        assert "apt install" in found[code].vi and package in found[code].en
    (tmp_path / "tesseract").write_text("#!/bin/sh\necho eng\n")
    (tmp_path / "tesseract").chmod(0o755)
    assert "thiếu tiếng Việt" in signs(folder)["tesseract"].vi


def test_libraries_that_differ_from_the_lock_are_named(folder: Path) -> None:
    found = signs(folder, numpy="0.0.1", **{"khong-co": "1.0"})
    assert found["packages"].state == "warning"
    assert "numpy" in found["packages"].vi
    assert "khong-co – (1.0)" in found["packages"].en


def test_a_clock_that_went_back_is_told(folder: Path) -> None:
    later = time.time() + 86_400
    os.utime(folder / "archive.sqlite", (later, later))
    found = signs(folder)["clock"]
    assert found.state == "warning"
    assert "24.0" in found.vi


def test_what_waits_failed_or_was_set_back_is_told_with_the_command(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        row = "INSERT INTO files (path, sha256, size, error_code) VALUES (?, '', 0, ?)"
        database.executemany(row, [("a.pdf", "waiting-ocr"), ("c.pdf", "pdf-damaged")])
        database.execute("INSERT INTO meta VALUES ('set_back', '90')")
        database.execute("UPDATE meta SET value = value + 3 WHERE key = 'generation'")
        database.commit()
    found = signs(folder)
    assert found["set-back"].state == "fault"
    assert "tienle verify" in found["set-back"].vi
    for code in ("waiting", "failed"):
        assert found[code].vi.startswith("1 tệp")
        assert "--retry" in found[code].vi
    assert "lexical" in found["index-behind"].en


def test_a_model_that_is_not_there_is_a_fault(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        database.execute("UPDATE meta SET value = '/khong/co/mo-hinh' WHERE key = 'model'")
        database.commit()
    faults = [sign for sign in examine(folder, {}) if sign.state == "fault"]
    assert len(faults) == 1
    assert "/khong/co/mo-hinh" in faults[0].vi


def test_the_command_ends_with_1_for_a_fault_and_speaks_both_languages(folder: Path, tmp_path: Path) -> None:
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "api.cli", "doctor", *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, **environment})

    good = run("--archive", str(folder), "--json")
    assert good.returncode == 0
    assert json.loads(good.stdout)["sound"] is True
    bad = run("--archive", str(tmp_path / "none"), TIENLE_LANG="en")
    assert bad.returncode == 1
    assert "✗ There is no archive" in bad.stdout
