"""The source files of an archive, kept by content hash."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

_BLOCK = 1 << 20


def hash_file(path: Path, first: int | None = None) -> tuple[str, int]:
    """SHA-256 of a file in hexadecimal, and its size in bytes; of its ``first`` bytes alone where so many are named."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        while block := source.read(_BLOCK if first is None else min(_BLOCK, first - size)):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


class Sources:
    """Copies of source files; one copy a content, whatever its names."""

    def __init__(self, directory: Path) -> None:
        """Keep files below ``directory``."""
        self._directory = directory

    def path(self, sha256: str) -> Path:
        """Where the file with this hash is kept, whether it is there or not."""
        return self._directory / sha256[:2] / sha256

    def keep(self, data: bytes) -> str:
        """Keep a file's bytes, durable before this returns; their hash."""
        sha256 = hashlib.sha256(data).hexdigest()
        kept = self.path(sha256)
        kept.parent.mkdir(parents=True, exist_ok=True)
        new = self._directory / f"new-{os.getpid()}"
        with new.open("wb") as copy:
            copy.write(data)
            copy.flush()
            os.fsync(copy.fileno())
        new.replace(kept)
        return sha256

    def drop(self, sha256: str) -> None:
        """Forget a file that no document came from."""
        self.path(sha256).unlink(missing_ok=True)

    def damaged(self, hashes: Iterator[str]) -> Iterator[str]:
        """Those of ``hashes`` whose file is missing or has other content."""
        for sha256 in hashes:
            path = self.path(sha256)
            if not path.is_file() or hash_file(path)[0] != sha256:
                yield sha256

    def sweep(self, known: set[str]) -> int:
        """Remove left-overs of killed runs: half copies and files of no document; how many there were."""
        gone = 0
        for path in list(self._directory.rglob("*")):
            if path.is_file() and path.name not in known:
                path.unlink()
                gone += 1
        return gone
