"""Killed at random moments and resumed, a run over files ends where an undisturbed one does."""

from pathlib import Path

import pytest

from tests.indexer.killing import kill_and_resume

ROOT = Path(__file__).parents[2]


def test_killed_many_times_and_resumed_the_archive_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)
    kill_and_resume([ROOT / "corpus" / "sample" / "son-khe"], tmp_path, kills=25, seed=2026, workers=2)
