"""An archive to index into, and a reader that goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive without documents."""
    return Archive.create(tmp_path / "archive", load_encoder().spec)


# A reader that goes wrong on the files of one name: put in place before a worker process imports its modules.
_HOOK = """
import sys
class Hook:
    def find_spec(self, name, path=None, target=None):
        if name == "indexer.workers":
            sys.meta_path.remove(self)
            import indexer.prepare as module
            whole = module.prepare
            def prepare(path, *rest):
                if path.name.endswith("2.txt"):
                    {body}
                return whole(path, *rest)
            module.prepare = prepare
sys.meta_path.insert(0, Hook())
"""


@pytest.fixture
def spoil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has worker processes run a piece of code when they read a file whose name ends with ``2.txt``."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(site))

    def write(body: str) -> None:
        (site / "sitecustomize.py").write_text(_HOOK.format(body=body))

    return write
