"""Drafts that people sent, kept for a day under addresses that nobody can guess, with what was found for them.

Kept in the archive's cache folder, readable by the server alone. A draft is a folder: its file, what was read of it,
answers by the question asked, why it failed; the process that works on it holds its lock.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from api.jobs.lock import sole
from corpus.errors import QueryError, TienLeError
from corpus.store.faults import read_only

if TYPE_CHECKING:
    from pydantic import TypeAdapter

KEPT_HOURS = 24

MOST_BYTES = 2 * 1024**3
"""Of all drafts together: what one office sends in a day, and no more of the disk."""

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_ANSWERS = 8  # kept of one draft: each is another set of filters
_LONGEST_NAME = 120

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft that is kept; ``name``: of its file, empty for words that were pasted; times in seconds of the epoch."""

    id: str
    name: str
    size: int
    kept_at: float
    folder: Path

    @property
    def until(self) -> float:
        """When it is removed."""
        return self.kept_at + KEPT_HOURS * 3600

    @property
    def pasted(self) -> bool:
        """Whether it came as words, not as a file."""
        return not self.name

    @property
    def suffix(self) -> str:
        """The end of its file's name, a hint at its format."""
        return Path(self.name).suffix

    @property
    def file(self) -> Path:
        """The file as it was sent."""
        return self.folder / "file"

    def answer(self, key: str, form: TypeAdapter[Read]) -> Read | None:
        """What was written under a key, None where nothing is or an older version wrote it."""
        try:
            return form.validate_json((self.folder / f"{key}.json").read_bytes())
        except (OSError, ValueError):
            return None

    def write(self, key: str, data: bytes) -> None:
        """Keep something under a key, whole or not at all; a draft that was deleted stays so."""
        _write(self.folder / f"{key}.json", data)
        answers = sorted(self.folder.glob("found-*.json"), key=lambda file: file.stat().st_mtime)
        for old in answers[:-_ANSWERS]:
            old.unlink(missing_ok=True)

    @property
    def cancelled(self) -> bool:
        """Whether somebody stopped the work on it, or deleted it."""
        return not self.file.exists() or (self.folder / "cancelled").exists()

    def cancel(self) -> None:
        """Stop the work on it, in whatever process that runs."""
        with suppress(FileNotFoundError):
            _write(self.folder / "cancelled", b"")

    def again(self) -> None:
        """Forget that it failed or was stopped."""
        for name in ("cancelled", "failed.json"):
            (self.folder / name).unlink(missing_ok=True)

    def fail(self, error: TienLeError) -> None:
        """Note why it cannot be answered."""
        with suppress(FileNotFoundError):
            self.write("failed", json.dumps([error.code, error.vi, error.en]).encode())

    @property
    def failure(self) -> QueryError | None:
        """Why it cannot be answered, None where nothing went wrong."""
        try:
            return QueryError(*json.loads((self.folder / "failed.json").read_bytes()))
        except (OSError, ValueError):
            return None

    @property
    def stage(self) -> tuple[str, float]:
        """What is being done and since when (seconds of the epoch); empty before anything is."""
        file = self.folder / "stage"
        try:
            return file.read_text(encoding="ascii"), file.stat().st_mtime
        except OSError:
            return "", self.kept_at

    def begin(self, stage: str) -> None:
        """Note what is being done."""
        _write(self.folder / "stage", stage.encode("ascii"))

    @contextmanager
    def working(self) -> Iterator[bool]:
        """Whether this one may work on it: no other does until the block ends, or this process dies."""
        with ExitStack() as held:
            try:
                mine = held.enter_context(sole(self.folder / "lock"))
            except OSError:  # it was deleted
                mine = False
            yield mine


class KeptDrafts:
    """The drafts of an archive."""

    def __init__(self, archive: Path) -> None:
        """The folder is made with the first draft."""
        self._archive = archive
        self._folder = archive / "cache" / "drafts"

    def keep(self, data: bytes, name: str) -> KeptDraft:
        """Keep a draft; QueryError where there is no more room, ArchiveError where the archive cannot be written."""
        taken = self._sweep()
        if taken + len(data) > MOST_BYTES:
            raise QueryError(
                "drafts-full",
                f"Chỗ giữ bản thảo đã đầy ({MOST_BYTES // 1024**3} GB). Xóa bản thảo không dùng nữa, hoặc thử lại sau: "
                f"mỗi bản chỉ được giữ {KEPT_HOURS} giờ.",
                f"There is no room for more drafts ({MOST_BYTES // 1024**3} GB). Delete one that is no longer used, or "
                f"try later: each is kept for {KEPT_HOURS} hours.",
            )
        id_ = secrets.token_urlsafe(16)
        folder = self._folder / id_
        try:
            folder.mkdir(parents=True, mode=0o700)
            _write(folder / "file", data)
            _write(folder / "name", name[-_LONGEST_NAME:].encode())
        except OSError as error:
            raise read_only(self._archive) from error
        return self.open(id_)

    def open(self, id_: str) -> KeptDraft:
        """A draft by its id; QueryError ``draft-unknown`` where it was deleted or its time is over."""
        folder = self._folder / id_
        try:
            if not _ID.fullmatch(id_):
                raise FileNotFoundError
            status = (folder / "file").stat()
            name = (folder / "name").read_text(encoding="utf-8")
        except OSError as error:
            raise _gone() from error
        kept = KeptDraft(id_, name, status.st_size, status.st_mtime, folder)
        if kept.until < time.time():
            shutil.rmtree(folder, ignore_errors=True)
            raise _gone()
        return kept

    def delete(self, id_: str) -> None:
        """Remove a draft and all that was found for it."""
        folder = self.open(id_).folder
        (folder / "file").unlink(missing_ok=True)  # first, so that the work on it stops
        shutil.rmtree(folder, ignore_errors=True)

    def _sweep(self) -> int:
        """Remove what is too old; the bytes of what stays."""
        taken = 0
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            try:
                taken += self.open(folder.name).size
            except QueryError:
                if _ID.fullmatch(folder.name) and _age(folder) > KEPT_HOURS * 3600:  # half deleted
                    shutil.rmtree(folder, ignore_errors=True)
        return taken


def key_of(*asked: object) -> str:
    """The key of an answer: the same for the same question."""
    return "found-" + hashlib.sha256(repr(asked).encode()).hexdigest()[:20]


def _age(folder: Path) -> float:
    with suppress(OSError):
        return time.time() - folder.stat().st_mtime
    return 0.0


def _write(path: Path, data: bytes) -> None:
    """Write a file for this user alone, whole or not at all."""
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    new.replace(path)


def _gone() -> QueryError:
    return QueryError(
        "draft-unknown",
        f"Không còn bản thảo này: đã xóa, hoặc đã quá {KEPT_HOURS} giờ. Gửi lại bản thảo ở trang Tiền lệ.",
        f"This draft is gone: it was deleted, or is more than {KEPT_HOURS} hours old. Send it again on the page "
        "Precedents.",
    )
