"""What a job is: files to take in, failures to try again, a document to take out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from corpus.errors import Language

Kind = Literal["add", "retry", "remove"]
"""Files that were sent in; everything in the archive that failed or waits; a document to be taken out."""

State = Literal["queued", "running", "done", "failed", "cancelled"]

FileState = Literal["staged", "added", "known", "waiting", "failed", "refused", "cancelled"]
"""Of a file: still to be read; now a document; already one; what another program would let us read; and why not."""

UNFINISHED: frozenset[State] = frozenset({"queued", "running"})

BEYOND = "upload-count"
"""The code of the reason of an upload's last file that stands for all beyond what one upload takes."""

LEFT: frozenset[FileState] = frozenset({"staged", "waiting", "failed", "cancelled"})
"""Files that are kept to be tried again."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was not done and what to do, as an error says it; ``code`` is stable."""

    code: str
    vi: str
    en: str

    def message(self, language: Language) -> str:
        """The reason in the reader's language."""
        return self.vi if language == "vi" else self.en


@dataclass(frozen=True, slots=True)
class JobFile:
    """A file of a job: ``name`` is how its sender called it, for showing; ``document``: the id of what it became.

    ``pages_waiting``: the document is there, but images of some of its pages are still to be recognised. ``package``:
    the ordinal of the ZIP package in which it came.
    """

    ordinal: int
    name: str
    size: int
    sha256: str
    state: FileState
    document: str | None = None
    reason: Reason | None = None
    pages_waiting: bool = False
    package: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job and how far it is; times are UTC. ``done`` of ``total`` files are read; ``total`` may grow (ZIP packages).

    ``owner``: who asked for it, empty where nobody signs in; ``document``: what is to be taken out; ``reason``: why it
    failed, or what it is held up by.
    """

    id: str
    kind: Kind
    state: State
    owner: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    done: int
    total: int
    cancelling: bool
    document: str | None
    label: str
    reason: Reason | None
    files: tuple[JobFile, ...] = ()

    @property
    def unfinished(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in UNFINISHED

    @property
    def beyond(self) -> Reason | None:
        """Why files of its upload were not taken, None where all were."""
        return next((file.reason for file in self.files if file.reason and file.reason.code == BEYOND), None)

    @property
    def told(self) -> Reason | None:
        """Why it failed, what it is held up by, or why files were not taken."""
        return self.reason or self.beyond

    @property
    def sent(self) -> int:
        """How many files it takes in: a package is one, and what is beyond is none."""
        return sum(file.package is None for file in self.files) - (self.beyond is not None)

    @property
    def can_retry(self) -> bool:
        """Whether something of it may be tried again."""
        left = any(file.state in LEFT and file.package is None for file in self.files)
        return not self.unfinished and (left if self.kind == "add" else self.state != "done")
