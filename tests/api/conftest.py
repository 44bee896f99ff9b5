"""The sample archive opened, and asked over HTTP; an archive without documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.testclient import TestClient

from api.http import create_app
from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive

if TYPE_CHECKING:
    from tests.conftest import Copied


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


@pytest.fixture(scope="module")
def written(copied: Copied, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample archive, for all tests of a module to write to."""
    return copied(tmp_path_factory.mktemp("written") / "archive")


@pytest.fixture(scope="module")
def browsing(written: Path) -> Iterator[TestClient]:
    """Asks a service over that archive as a browser does."""
    with TestClient(create_app(written), headers={"Accept": "text/html"}) as asking:
        yield asking
