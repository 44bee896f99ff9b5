"""Another model for an archive: from stored passages, resumable, in one step."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import select

from api.answers.search import search
from corpus.encoder.registry import load_encoder
from corpus.errors import ArchiveError
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.verify import verify
from indexer.pipeline import index
from indexer.reembed import reembed

if TYPE_CHECKING:
    from tests.conftest import Serve

SAMPLE = Path(__file__).parents[2] / "corpus" / "sample"


@pytest.fixture
def archive(own: Path) -> Archive:
    return Archive.open(own)


def test_an_archive_takes_another_model_and_says_so(archive: Archive, tiny_model: Path) -> None:
    encoder = load_encoder(str(tiny_model))
    seen: list[tuple[int, int]] = []
    count = reembed(archive, encoder, str(tiny_model), lambda done, total: seen.append((done, total)))
    assert seen[-1] == (count, count)
    assert archive.spec == encoder.spec
    assert verify(archive) == []
    again = Archive.open(archive.directory)
    assert (again.spec, again.model) == (encoder.spec, str(tiny_model))
    assert search(again, encoder, "kế hoạch", mode="dense").hits
    with pytest.raises(ArchiveError) as caught:
        search(again, load_encoder(), "kế hoạch")
    assert "tienle reembed" in caught.value.vi


def test_files_that_did_not_change_are_not_read_again_afterwards(archive: Archive, tiny_model: Path) -> None:
    reembed(archive, load_encoder(str(tiny_model)), str(tiny_model))
    report = index(archive, [SAMPLE], workers=1)
    assert (report.indexed, report.failures) == (0, [])


def test_the_same_model_again_is_nothing_to_do(archive: Archive) -> None:
    assert reembed(archive, load_encoder(), "shipped") == 0


def test_killed_half_way_the_old_model_serves_and_the_next_run_goes_on(archive: Archive, tiny_model: Path) -> None:
    before = archive.spec
    new = load_encoder(str(tiny_model)).spec.fingerprint
    # A run that is killed as soon as its first block is stored: the archive holds vectors of both models.
    code = (
        "import sys, os; from pathlib import Path\n"
        "import indexer.reembed as module; from corpus.store.archive import Archive\n"
        "from corpus.encoder.registry import load_encoder\n"
        "module._BLOCK = 100\n"
        "archive = Archive.open(Path(sys.argv[1]))\n"
        "stop = lambda done, total: os.kill(os.getpid(), 9)\n"
        "module.reembed(archive, load_encoder(sys.argv[2]), sys.argv[2], stop)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(archive.directory), str(tiny_model)], check=False)
    assert done.returncode == -signal.SIGKILL
    again = Archive.open(archive.directory)
    assert again.spec == before
    assert search(again, load_encoder(), "chỉ số hài lòng").hits
    assert verify(again) == []
    with again.reading() as connection:
        ids = select(schema.vectors.c.passage_id).where(schema.vectors.c.fingerprint == new)
        stored = len(connection.scalars(ids).all())
        total = len(connection.scalars(select(schema.passages.c.id)).all())
    assert stored == 100
    assert reembed(again, load_encoder(str(tiny_model)), str(tiny_model)) == total - 100
    assert verify(again) == []


def test_a_server_takes_the_new_model_up_without_a_restart(archive: Archive, tiny_model: Path, serve: Serve) -> None:
    with serve(archive.directory) as address, httpx.Client(base_url=address, timeout=60) as client:
        first = client.get("/health").json()["fingerprint"]
        assert client.get("/api/v1/search", params={"q": "kế hoạch"}).status_code == 200
        reembed(archive, load_encoder(str(tiny_model)), str(tiny_model))
        deadline = time.monotonic() + 300
        while client.get("/api/v1/search", params={"q": "kế hoạch"}).status_code != 200:
            assert time.monotonic() < deadline
        assert client.get("/health").json()["fingerprint"] != first
