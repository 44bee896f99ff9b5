"""A few hundred damaged files: none ends the program, each is read or refused with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from corpus.encoder.registry import load_encoder
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.verify import verify
from indexer.pipeline import index

ROOT = Path(__file__).parents[2]
INPUTS = 300


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)  # where the processes of the fuzzing find its module


def test_damaged_files_are_read_or_refused_with_a_reason() -> None:
    from benchmarks.fuzzing import cases, fuzz

    scores = fuzz(cases(seed=2026, inputs=INPUTS), workers=2)
    assert sum(score.inputs for score in scores.values()) == INPUTS
    assert {suffix: score.lost for suffix, score in scores.items() if score.lost} == {}
    assert {suffix: score.wrong for suffix, score in scores.items() if score.wrong} == {}
    assert sum(score.read for score in scores.values()) > INPUTS / 10
    assert sum(score.refused.total() for score in scores.values()) > INPUTS / 10


def test_the_same_number_makes_the_same_input() -> None:
    from benchmarks.fuzzing import WEIGHTS, Case

    for suffix in WEIGHTS:
        assert Case(1, 5, suffix).data() == Case(1, 5, suffix).data()
        assert Case(1, 5, suffix).data() != Case(2, 5, suffix).data()


def test_every_damaged_file_of_a_run_has_its_document_or_its_reason(tmp_path: Path) -> None:
    from benchmarks.fuzzing import cases

    folder = tmp_path / "files"
    folder.mkdir()
    todo = cases(seed=7, inputs=60, formats=[".pdf", ".docx", ".html", ".txt", ".md"])
    for case in todo:
        (folder / f"{case.number}{case.suffix}").write_bytes(case.data())
    archive = Archive.create(tmp_path / "archive", load_encoder().spec)
    report = index(archive, [folder], workers=2)
    assert report.indexed + len(report.failures) >= len(todo)
    assert all(error.vi and error.en and error.code != "unexpected" for _, error in report.failures), report.failures
    files = schema.files
    answered = (
        select(func.count())
        .select_from(files)
        .where((files.c.document_id.is_not(None)) != (files.c.error_vi.is_not(None)))
    )
    with archive.reading() as connection:
        assert connection.execute(answered).scalar_one() >= len(todo)
    assert verify(archive) == []
