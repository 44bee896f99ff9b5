"""Killed at random moments, nothing that writes loses what was stored or shows anything by halves."""

from pathlib import Path

import pytest


def test_what_is_killed_while_it_writes_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2])
    from benchmarks.kills import play

    killed, _ = play(12, seed=7, place=tmp_path, only=set(), tell=lambda _: None)
    assert killed.total() == 12
    assert set(killed) == {"index", "upload", "reembed", "repair", "backup", "restore"}
