"""Which files a run is about."""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import ReadingError
from corpus.store.settings import FILE_NAME as SETTINGS
from indexer.reading import READABLE

# Documents that cannot be read yet are taken too, so that the run says what to do about each of them.
_DOCUMENTS = READABLE | {".zip", ".rar", ".7z", ".heic"}

_PAGES = (".html", ".htm", ".xhtml")
_BESIDE_A_PAGE = ("_files", ".files")  # folders where browsers and Word put a saved page's pictures


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
        path = Path(entry.path)
        try:
            if entry.is_dir(follow_symlinks=False):
                if _belongs_to_a_page(path):
                    found.skipped[f"{path.name}/"] += 1
                else:
                    yield from _walk(path, found)
            elif not _speakable(path):
                found.failures.append((Path(ascii(entry.path)), _unspeakable()))
            elif entry.is_file():
                yield path
            elif entry.is_symlink():
                _note_link(path, found)
            else:
                found.skipped[f"{path.name} (không phải tệp, not a file)"] += 1
        except OSError as error:
            loops = error.errno == errno.ELOOP  # a link that leads to itself
            found.failures.append((path, _broken() if loops else _closed(path, error)))


def _note_link(link: Path, found: Discovery) -> None:
    """Tells of a link to a folder, which is not followed, for it may lead round in a circle, or to nothing."""
    if link.is_dir():
        found.skipped[f"{link.name} → {link.resolve()} (liên kết thư mục, link to a folder)"] += 1
    else:
        found.failures.append((link, _broken()))


def _belongs_to_a_page(directory: Path) -> bool:
    """Whether a folder holds what a saved web page shows (pictures, scripts), with the page beside it."""
    pages = (directory.name.removesuffix(end) for end in _BESIDE_A_PAGE if directory.name.endswith(end))
    return any(directory.with_name(page + suffix).is_file() for page in pages for suffix in _PAGES)


def _speakable(path: Path) -> bool:
    """Whether a name can be written down: some old systems leave names that are not UTF-8."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _unspeakable() -> ReadingError:
    return ReadingError(
        "file-name",
        "Tên tệp không viết bằng UTF-8. Đổi tên tệp rồi chạy lại.",
        "The file's name is not UTF-8. Rename the file, then run again.",
    )


def _broken() -> ReadingError:
    return ReadingError(
        "link-broken",
        "Liên kết này không dẫn tới tệp nào (tệp đã mất, hoặc liên kết trỏ vào chính nó). Đặt lại tệp vào chỗ cũ, hoặc "
        "xóa liên kết, rồi chạy lại.",
        "This link leads to no file (it is gone, or the link leads to itself). Put the file back or remove the link, "
        "then run again.",
    )


def _closed(directory: Path, error: OSError) -> ReadingError:
    return ReadingError(
        "folder-closed",
        f"Không mở được {directory.name} ({error.strerror}). Cấp quyền đọc cho người chạy lệnh rồi chạy lại.",
        f"{directory.name} cannot be opened ({error.strerror}). Let the user who runs this read it, then run again.",
    )
