"""The sample archive opened, and asked over HTTP; an archive without documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive


@pytest.fixture(scope="module")
def archive(sample_archive: Path) -> Iterator[Archive]:
    """The sample archive, for reading only."""
    opened = Archive.open(sample_archive)
    yield opened
    opened.close()


@pytest.fixture
def client(sample_server: str) -> Iterator[httpx.Client]:
    """Asks the server over the sample archive; a test has its own cookies."""
    with httpx.Client(base_url=sample_server, timeout=60) as asking:
        yield asking


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """The folder of an archive without documents."""
    directory = tmp_path / "kho"
    Archive.create(directory, load_encoder().spec).close()
    return directory
