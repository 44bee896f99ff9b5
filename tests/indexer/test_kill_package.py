"""Killed at random moments and resumed, a run over a package ends where an undisturbed one does."""

import zipfile
from pathlib import Path

import pytest

from tests.indexer.killing import kill_and_resume

ROOT = Path(__file__).parents[2]


def package(path: Path) -> Path:
    """A ZIP of the sample's plain texts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted((ROOT / "corpus" / "sample").rglob("*.txt")):
            made.writestr(f"gói/{file.name}", file.read_bytes())
    return path


def test_killed_many_times_and_resumed_the_archive_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)
    kill_and_resume([package(tmp_path / "goi.zip")], tmp_path, kills=25, seed=2027, workers=1)
