"""Hostile questions, filters, backups and archives: each is answered or refused, and nothing else happens."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from corpus.encoder.registry import load_encoder
from corpus.store.restoring import Restored

ROOT = Path(__file__).parents[2]
COUNTS = {"query": 40, "filters": 40, "restore": 20, "archive": 8}


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)  # where the processes of the fuzzing find its module


@pytest.fixture
def state(tmp_path: Path, sample_archive: Path) -> Path:
    """What the inputs share."""
    from benchmarks.fuzz import share

    for name in ("archive", "small"):
        shutil.copytree(sample_archive, tmp_path / name)
    share(tmp_path)
    return tmp_path


def test_hostile_inputs_are_answered_or_refused(state: Path) -> None:
    from benchmarks.fuzz import Case, fuzz

    cases = [Case(2026, kind, number) for kind, count in COUNTS.items() for number in range(count)]
    outcomes = fuzz(cases, state, workers=1)
    assert [each for each in outcomes if each.said.startswith(("wrong", "lost"))] == []
    became = Counter((each.kind, each.said.split()[0]) for each in outcomes)
    assert {kind for kind, said in became if said == "answered"} == set(COUNTS)
    refused = {kind for kind, said in became if said == "refused"}
    assert refused >= set(COUNTS) - {"archive"}  # of damaged archives most are mended, of a few perhaps all
    kept = (state / "outcomes.jsonl").read_text()
    assert fuzz(cases, state, workers=1) == outcomes  # a run that goes on tries nothing twice
    assert (state / "outcomes.jsonl").read_text().strip() == kept.strip()


def test_a_service_that_fails_is_seen() -> None:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient

    from benchmarks.fuzz_requests import ask

    def search(request: Request) -> JSONResponse:
        status = int(request.query_params["q"])
        hit = {"text": "một cửa", "highlights": [[0, 99]]}
        return JSONResponse({"hits": [hit], "limit": 20} if status == 200 else {"code": "x"}, status)

    client = TestClient(Starlette(routes=[Route("/api/v1/search", search)]))
    for status, said in ((500, "wrong 500"), (429, "wrong 429"), (404, "wrong 404"), (200, "wrong a highlight")):
        assert ask(client, f"/api/v1/search?q={status}").startswith(said)


def test_a_restore_that_writes_outside_its_target_is_seen(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks import fuzz_folders

    def careless(backup: Path, folder: Path, **_: object) -> Restored | None:
        (backup.parent / "outside" / "x").touch()
        return None

    sandbox = state / "sandbox"
    sandbox.mkdir()
    monkeypatch.setattr(fuzz_folders, "restore", careless)
    said = fuzz_folders.try_restore(random.Random(1), sandbox, state, load_encoder())
    assert said == "wrong a file outside the target"
