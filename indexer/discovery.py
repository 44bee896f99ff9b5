"""Which files a run is about."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import ReadingError
from corpus.store.settings import FILE_NAME as SETTINGS
from indexer.reading import READABLE

# Documents that cannot be read yet are taken too, so that the run says what to do about each of them.
_DOCUMENTS = READABLE | {".doc", ".rtf", ".odt", ".mht", ".mhtml"}


@dataclass
class Discovery:
    """Files to read, by name; folders that could not be looked into; files of other kinds, counted."""

    files: list[Path] = field(default_factory=list)
    failures: list[tuple[Path, ReadingError]] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


def discover(paths: Sequence[Path]) -> Discovery:
    """All documents at and below ``paths``; a file named outright is taken whatever its ending."""
    found = Discovery()
    seen: set[Path] = set()
    for given in paths:
        path = given.absolute()
        for file in _walk(path, found) if path.is_dir() else [path]:
            if file in seen:
                continue
            seen.add(file)
            if path == file or file.suffix.lower() in _DOCUMENTS:
                found.files.append(file)
            elif file.name != SETTINGS:
                found.skipped[file.suffix.lower() or file.name] += 1
    return found


def _walk(directory: Path, found: Discovery) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
    except OSError as error:
        found.failures.append((directory, _closed(directory, error)))
        return
    for entry in entries:
        if entry.name.startswith((".", "~$")):
            continue  # hidden files, and the locks that Word leaves beside an open file
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), found)
        elif entry.is_file():
            yield Path(entry.path)


def _closed(directory: Path, error: OSError) -> ReadingError:
    return ReadingError(
        "folder-closed",
        f"Không mở được thư mục ({error.strerror}). Cấp quyền đọc thư mục cho người chạy lệnh rồi chạy lại.",
        f"The folder cannot be opened ({error.strerror}). Let the user who runs this read it, then run again.",
    )
