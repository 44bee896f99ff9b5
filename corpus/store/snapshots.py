"""What a backup is made of: pieces of files kept once by their hash, and snapshots that say which pieces make a file.

::

    BACKUP/
      pieces/ab/ab12…          at most PIECE bytes, named by their SHA-256, written once
      snapshots/000007-….json  every file of one state of an archive: path, size, SHA-256, pieces
      lock

A snapshot's name carries its number, so that the order holds when the clock goes back, and the beginning of its own
hash. It appears as a whole and after all its pieces: a backup that is cut off leaves the snapshots before it as they
were. Whatever is read here may have been tampered with; nothing that a snapshot says is used before it is checked.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import ArchiveError
from corpus.store.database import DATABASE

FORMAT = 1
PIECE = 1 << 20
"""Bytes a piece: a database that changed in a few places is kept again in as few pieces."""

DERIVED = ("lexical", "vectors", "accents")
"""What is left out and made anew from the records."""

_PIECES, _SNAPSHOTS = "pieces", "snapshots"
_LARGEST_SNAPSHOT = 2 << 30  # bytes: five million files
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"(\d{6,})-([0-9a-f]{16})\.json")
_SOURCE = re.compile(r"sources/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}){0,6}")
_OWN = ("sources", "lock", *DERIVED)
_BRIEF = "cache/drafts/"  # drafts sent to the pages, gone in a day
_PASSING = ("-wal", "-shm", "-journal", ".new", ".partial")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a snapshot: its path in the archive's folder, and the hashes of its pieces in their order.

    ``private``: it was for its owner alone, and is again when it is restored.
    """

    path: str
    size: int
    sha256: str
    pieces: tuple[str, ...]
    private: bool = False

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Each piece with its size in bytes."""
        for at, piece in enumerate(self.pieces):
            yield piece, min(PIECE, self.size - at * PIECE)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of an archive. ``missing``: sources that its records name and that were nowhere to be had."""

    number: int
    made_at: str
    program: str
    schema: str
    generation: int
    documents: int
    files: tuple[KeptFile, ...]
    missing: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)


def belongs(path: str) -> bool:
    """Whether a path is one that a backup of an archive has: a source, or a file beside records, sources and indexes.

    Never one that leaves the folder (no part begins with a dot), and none that is derived, passing or a lock.
    """
    if _SOURCE.fullmatch(path):
        return True
    return bool(_PATH.fullmatch(path)) and path.partition("/")[0] not in _OWN and not passing(path)


def passing(name: str) -> bool:
    """Whether a file is a left-over, the companion of a database (a snapshot does without), or kept for a day only."""
    return name.endswith(_PASSING) or name.startswith(_BRIEF)


class Vault:
    """The pieces and snapshots in a backup's folder."""

    def __init__(self, directory: Path) -> None:
        """Use the backup in ``directory``, which :meth:`prepare` makes."""
        self.directory = directory

    def prepare(self) -> None:
        """Make the folder of a backup, for its owner alone; OSError when it cannot be written."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (_PIECES, _SNAPSHOTS):
            (self.directory / name).mkdir(parents=True, exist_ok=True)

    def exists(self) -> bool:
        """Whether the folder holds a backup."""
        return (self.directory / _PIECES).is_dir() and (self.directory / _SNAPSHOTS).is_dir()

    def _piece(self, sha256: str) -> Path:
        return self.directory / _PIECES / sha256[:2] / sha256

    def has(self, sha256: str, size: int) -> bool:
        """Whether a piece is there with its size; its content is checked where it is read."""
        path = self._piece(sha256)
        try:
            return not path.is_symlink() and path.stat().st_size == size
        except OSError:
            return False

    def put(self, data: bytes) -> tuple[str, bool]:
        """Keep a piece, durable before this returns: its hash, and whether it was new."""
        sha256 = hashlib.sha256(data).hexdigest()
        if self.has(sha256, len(data)):
            return sha256, False
        path = self._piece(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, data)
        return sha256, True

    def get(self, sha256: str, size: int) -> bytes:
        """A piece of that size; ArchiveError ``backup-damaged`` unless it is there as it was written."""
        path = self._piece(sha256)
        try:
            if self.has(sha256, size):
                data = path.read_bytes()
                if hashlib.sha256(data).hexdigest() == sha256:
                    return data
        except OSError as error:
            raise self.damaged(f"{sha256[:12]}…: {error.strerror}") from error
        raise self.damaged(f"{sha256[:12]}…")

    def set_aside(self, sha256: str) -> None:
        """Take a damaged piece out of use, so that the next backup keeps it again; OSError when it cannot be."""
        path = self._piece(sha256)
        if path.exists() or path.is_symlink():
            path.replace(path.with_suffix(".damaged"))

    def names(self) -> list[tuple[int, Path]]:
        """The snapshots' numbers and files, oldest first."""
        found = []
        for path in (self.directory / _SNAPSHOTS).glob("*.json"):
            if match := _NAME.fullmatch(path.name):
                found.append((int(match[1]), path))
        return sorted(found)

    def add(self, snapshot: Snapshot) -> Path:
        """Make a snapshot visible, after all its pieces."""
        data = json.dumps({"format": FORMAT, **asdict(snapshot)}, ensure_ascii=False).encode()
        name = f"{snapshot.number:06}-{hashlib.sha256(data).hexdigest()[:16]}.json"
        path = self.directory / _SNAPSHOTS / name
        _write(path, data)
        return path

    def read(self, path: Path) -> Snapshot:
        """A snapshot, checked; ArchiveError ``backup-damaged`` or ``backup-unsafe``."""
        # A pipe would never end, a folder has no bytes.
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST_SNAPSHOT:
            raise self.unsafe(path.name)
        data = path.read_bytes()
        match = _NAME.fullmatch(path.name)
        if match is None or hashlib.sha256(data).hexdigest()[:16] != match[2]:
            raise self.damaged(path.name)
        try:
            plain = json.loads(data)
            files = tuple(_file(each) for each in plain["files"])
            snapshot = Snapshot(
                number=int(plain["number"]),
                made_at=str(plain["made_at"]),
                program=str(plain["program"]),
                schema=str(plain["schema"]),
                generation=int(plain["generation"]),
                documents=int(plain["documents"]),
                files=files,
                missing=tuple(map(str, plain["missing"])),
            )
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise self.unsafe(f"{path.name}: {error}") from error
        self._check(snapshot, plain.get("format"), int(match[1]))
        return snapshot

    def _check(self, snapshot: Snapshot, version: object, number: int) -> None:
        if version != FORMAT:
            raise ArchiveError(
                "backup-version",
                f"Bản sao lưu {self.directory} thuộc dạng {version}, chương trình này đọc dạng {FORMAT}. "
                "Cài phiên bản mới hơn rồi khôi phục.",
                f"The backup {self.directory} has format {version}, this program reads {FORMAT}. "
                "Install a newer version, then restore.",
            )
        paths = [file.path for file in snapshot.files]
        if snapshot.number != number or len(set(paths)) != len(paths) or DATABASE not in paths:
            raise self.unsafe(f"{number:06}")

    def newest(self) -> Snapshot | None:
        """The last snapshot that can be read, None without any."""
        for _, path in reversed(self.names()):
            try:
                return self.read(path)
            except (ArchiveError, OSError):
                continue
        return None

    def pick(self, number: int | None) -> Snapshot:
        """The snapshot of a number, else the newest; ArchiveError when there is none or it is damaged."""
        names = self.names()
        wanted = [path for each, path in names if number is None or each == number]
        if not wanted:
            listed = ", ".join(str(each) for each, _ in names) or "–"
            raise ArchiveError(
                "backup-missing",
                f"{self.directory} không có bản sao lưu cần tìm (đang có: {listed}). "
                f"Xem các bản bằng: tienle backup {self.directory} --list",
                f"{self.directory} has no such snapshot (there are: {listed}). "
                f"List them with: tienle backup {self.directory} --list",
            )
        return self.read(wanted[-1])

    def prune(self, keep: int | None = None) -> int:
        """Forget all but the last ``keep`` snapshots, and the pieces that no other needs; bytes that came free.

        Nothing goes while a snapshot that stays cannot be read, since its pieces are not known then: ArchiveError.
        """
        names = self.names()
        going = names[:-keep] if keep else []
        staying = [self.read(path) for _, path in names[len(going) :]]
        for _, path in going:
            path.unlink()
        needed = {piece for snapshot in staying for file in snapshot.files for piece in file.pieces}
        freed = 0
        for path in (self.directory / _PIECES).glob("*/*"):
            if path.name not in needed:
                freed += path.lstat().st_size
                path.unlink()
        return freed

    def damaged(self, what: str) -> ArchiveError:
        """Something in the backup is not as it was written."""
        return ArchiveError(
            "backup-damaged",
            f"Bản sao lưu {self.directory} bị hỏng ({what}); không khôi phục gì. Kiểm tra bằng: tienle backup "
            f"{self.directory} --verify; dùng một bản trước đó (--snapshot) hoặc một bản sao lưu khác.",
            f"The backup {self.directory} is damaged ({what}); nothing was restored. Check it with: tienle backup "
            f"{self.directory} --verify; use an earlier snapshot (--snapshot) or another backup.",
        )

    def unsafe(self, what: str) -> ArchiveError:
        """A snapshot says what no backup of ours says."""
        return ArchiveError(
            "backup-unsafe",
            f"Danh mục của bản sao lưu {self.directory} không đúng ({what}), có thể đã bị sửa; không khôi phục gì. "
            "Chỉ dùng bản sao lưu lấy từ nơi tin cậy.",
            f"The list of files of backup {self.directory} is not right ({what}) and may have been tampered with; "
            "nothing was restored. Use backups from a place you trust only.",
        )


def _write(path: Path, data: bytes) -> None:
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def sync_folder(directory: Path) -> None:
    """Make what a folder lists durable."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _file(plain: dict[str, object]) -> KeptFile:
    """A file of a snapshot; ValueError or TypeError when it is none that a backup of ours has."""
    path, size, sha256, pieces, private = (plain[name] for name in ("path", "size", "sha256", "pieces", "private"))
    if not isinstance(path, str) or not belongs(path):
        raise ValueError(repr(path)[:100])
    if type(size) is not int or size < 0 or not isinstance(pieces, list) or len(pieces) != -(-size // PIECE):
        raise ValueError(f"{path}: {str(size)[:30]}")
    if not all(isinstance(each, str) and _SHA256.fullmatch(each) for each in (sha256, *pieces)):
        raise ValueError(path)
    if path.startswith("sources/") and not path.endswith(f"/{sha256}"):
        raise ValueError(path)
    return KeptFile(path, size, str(sha256), tuple(pieces), bool(private))
