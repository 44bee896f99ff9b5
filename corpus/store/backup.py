"""Backups of an archive: consistent while it serves and is being written, incremental, checked by hash."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from corpus.errors import ArchiveError
from corpus.store.database import DATABASE, reader_of
from corpus.store.faults import damaged, missing
from corpus.store.lock import writer_lock
from corpus.store.snapshots import DERIVED, PIECE, KeptFile, Snapshot, Vault, belongs

_WORK = "work-"  # how the folder begins in which a run puts copies of databases together

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

Progress = Callable[[int, int], None]
"""Called with files done and files in all."""


@dataclass(slots=True)
class BackupReport:
    """A snapshot that was made: how many of its files had to be read, and what was new in bytes."""

    snapshot: Snapshot
    read: int = 0
    added: int = 0
    freed: int = 0


@dataclass(slots=True)
class _Run:
    vault: Vault
    before: dict[str, KeptFile]
    files: list[KeptFile] = field(default_factory=list)
    read: int = 0
    added: int = 0


def back_up(
    directory: Path, target: Path, *, keep: int | None = None, progress: Progress | None = None
) -> BackupReport:
    """Keep the present state of the archive in ``directory`` as a new snapshot of the backup in ``target``.

    Needs no lock of the archive: the records are copied as one transaction sees them (SQLite's online backup), the
    sources that they name never change. The archive is not migrated, so that it can be kept before an upgrade. The
    indexes are left out: :func:`corpus.store.restoring.restore` makes them anew. ``keep``: how many snapshots stay.

    ArchiveError ``archive-missing``, ``archive-damaged`` (such records would displace good ones), ``backup-inside``,
    ``backup-locked``, ``backup-full``, ``backup-readonly``.
    """
    if not (directory / DATABASE).is_file():
        raise missing(directory)
    refuse_nested(directory, target)
    vault = Vault(target)
    with _writing_to(target):
        vault.prepare()
        with _lock(target):
            for left in target.glob(f"{_WORK}*"):
                shutil.rmtree(left)
            before = vault.newest()
            run = _Run(vault, {file.path: file for file in before.files} if before else {})
            try:
                snapshot = _take(directory, run, _next(vault), progress)
                vault.add(snapshot)
            except OSError as error:
                if error.errno in _FULL:
                    with suppress(ArchiveError):
                        vault.prune()  # else what this run has brought would leave no room for the next
                raise
            freed = vault.prune(keep) if keep else 0
    return BackupReport(snapshot, run.read, run.added, freed)


def _next(vault: Vault) -> int:
    names = vault.names()
    return names[-1][0] + 1 if names else 1


def _take(directory: Path, run: _Run, number: int, progress: Progress | None) -> Snapshot:
    with tempfile.TemporaryDirectory(prefix=_WORK, dir=run.vault.directory) as work:
        copy = Path(work) / DATABASE
        copy_database(directory / DATABASE, copy, directory)
        schema, generation, documents, hashes = _facts(copy, directory)
        others = [path for path in _others(directory) if path != DATABASE]
        total = 1 + len(others) + len(hashes)
        _keep(run, DATABASE, copy)
        for done, path in enumerate(others, 2):
            source = directory / path
            if source.suffix == ".sqlite":
                copy = Path(work) / f"{done}.sqlite"
                copy_database(source, copy, directory)
                copy.chmod(source.stat().st_mode)
                source = copy
            with suppress(FileNotFoundError):  # a cache may lose a page at any time
                _keep(run, path, source)
            if progress:
                progress(done, total)
    gone = []
    for done, sha256 in enumerate(hashes, total - len(hashes) + 1):
        if not _keep_source(run, directory, sha256):
            gone.append(sha256)
        if progress:
            progress(done, total)
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    return Snapshot(number, made_at, version("tienle"), schema, generation, documents, tuple(run.files), tuple(gone))


def _others(directory: Path) -> Iterator[str]:
    """What lies beside records, sources and indexes: settings, keys, recognised pages, what the operator put there."""
    for folder, folders, files in os.walk(directory):
        here = Path(folder).relative_to(directory)
        if here == Path():
            folders[:] = [name for name in folders if name not in ("sources", *DERIVED)]
        for name in sorted(files):
            path = (here / name).as_posix()
            if belongs(path) and not (directory / path).is_symlink():
                yield path


def copy_database(database: Path, copy: Path, directory: Path) -> None:
    """The database as one transaction sees it, whoever writes; ArchiveError ``archive-damaged`` when it is unsound."""
    try:
        with closing(reader_of(database)) as source, closing(sqlite3.connect(copy)) as made:
            source.backup(made)
            said = made.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if "full" in str(error):
            raise OSError(errno.ENOSPC, str(error)) from error
        raise damaged(directory, str(error)) from error
    if said != "ok":
        raise damaged(directory, str(said).splitlines()[-1])


def _facts(copy: Path, directory: Path) -> tuple[str, int, int, list[str]]:
    """Schema, generation, how many documents, and the hashes of the sources that the records name."""
    try:
        with closing(sqlite3.connect(copy)) as connection:
            meta = dict(connection.execute("SELECT key, value FROM meta"))
            hashes = [row[0] for row in connection.execute("SELECT DISTINCT sha256 FROM documents ORDER BY 1")]
            (documents,) = connection.execute("SELECT count(*) FROM documents").fetchone()
            return str(meta["schema"]), int(meta.get("generation", 0)), documents, hashes
    except (sqlite3.DatabaseError, KeyError, ValueError) as error:
        raise damaged(directory, type(error).__name__) from error


def _keep(run: _Run, path: str, file: Path) -> None:
    kept, added = _cut(run.vault, path, file)
    run.files.append(kept)
    run.read += 1
    run.added += added


def _keep_source(run: _Run, directory: Path, sha256: str) -> bool:
    """Keep a source, of which only a new one is read; whether it was to be had, here or in the snapshot before."""
    path = f"sources/{sha256[:2]}/{sha256}"
    known = run.before.get(path)
    if known is None or not all(run.vault.has(*piece) for piece in known.sizes()):
        known = None
        with suppress(FileNotFoundError):
            kept, added = _cut(run.vault, path, directory / path)
            run.read += 1
            run.added += added
            if kept.sha256 == sha256:
                known = kept
    if known:
        run.files.append(known)
    return known is not None


def _cut(vault: Vault, path: str, file: Path) -> tuple[KeptFile, int]:
    digest, size, pieces, added = hashlib.sha256(), 0, [], 0
    with file.open("rb") as stream:
        while data := stream.read(PIECE):
            digest.update(data)
            size += len(data)
            piece, new = vault.put(data)
            pieces.append(piece)
            added += len(data) if new else 0
    private = not file.stat().st_mode & 0o077
    return KeptFile(path, size, digest.hexdigest(), tuple(pieces), private), added


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a backup found: snapshots that are whole, and those that are not, with what they lack."""

    sound: tuple[int, ...]
    broken: dict[str, str]
    pieces: int


def check_backup(target: Path) -> Checked:
    """Every snapshot and every piece of a backup against its hash.

    A piece that is damaged is set aside where that can be done, so that the next backup keeps it again.
    """
    vault = vault_of(target)
    good: dict[str, bool] = {}
    sound, broken = [], {}
    for number, path in vault.names():
        try:
            lacking = [file.path for file in vault.read(path).files if not _whole(vault, file, good)]
        except ArchiveError as error:
            broken[path.name] = error.code
            continue
        if lacking:
            broken[path.name] = ", ".join(lacking[:3]) + (f" … ({len(lacking)})" if len(lacking) > 3 else "")  # noqa: PLR2004  (three names make a line)
        else:
            sound.append(number)
    return Checked(tuple(sound), broken, len(good))


def _whole(vault: Vault, file: KeptFile, good: dict[str, bool]) -> bool:
    digest = hashlib.sha256()
    for piece, size in file.sizes():
        if good.get(piece) is False:
            return False
        try:
            digest.update(vault.get(piece, size))
            good[piece] = True
        except ArchiveError:
            good[piece] = False
            with suppress(OSError):  # on a read-only disk it stays, and is told all the same
                vault.set_aside(piece)
            return False
    return digest.hexdigest() == file.sha256


def list_backup(target: Path) -> list[Snapshot]:
    """The snapshots of a backup that can be read, oldest first."""
    vault = vault_of(target)
    found = []
    for _, path in vault.names():
        with suppress(ArchiveError):
            found.append(vault.read(path))
    return found


def vault_of(target: Path) -> Vault:
    """The backup in a folder; ArchiveError ``backup-missing`` when there is none."""
    vault = Vault(target)
    if not vault.exists():
        raise ArchiveError(
            "backup-missing",
            f"Không có bản sao lưu ở {target}. Sao lưu kho bằng: tienle backup {target} --archive KHO",
            f"There is no backup at {target}. Back an archive up with: tienle backup {target} --archive ARCHIVE",
        )
    return vault


def refuse_nested(archive: Path, backup: Path) -> None:
    """ArchiveError ``backup-inside`` when an archive and a backup lie one in the other: they would be lost together."""
    inner, outer = archive.resolve(), backup.resolve()
    if inner == outer or outer in inner.parents or inner in outer.parents:
        raise ArchiveError(
            "backup-inside",
            f"Kho {archive} và bản sao lưu {backup} nằm lồng vào nhau. Đặt bản sao lưu ở thư mục riêng, "
            "tốt nhất trên đĩa khác.",
            f"The archive {archive} and the backup {backup} lie one inside the other. Put the backup into a folder of "
            "its own, best on another disk.",
        )


@contextmanager
def _lock(target: Path) -> Iterator[None]:
    try:
        with writer_lock(target):
            yield
    except ArchiveError as error:
        if error.code != "archive-locked":
            raise
        raise ArchiveError(
            "backup-locked",
            f"Một tiến trình khác đang sao lưu vào {target}. Đợi tiến trình ấy xong rồi chạy lại.",
            f"Another process is backing up into {target}. Wait for it to end, then run again.",
        ) from None


@contextmanager
def _writing_to(target: Path) -> Iterator[None]:
    """Turns what the disk says into an ArchiveError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise ArchiveError(
                "backup-full",
                f"Đĩa chứa bản sao lưu {target} đã đầy. Các bản sao lưu trước vẫn nguyên vẹn; dọn chỗ trống "
                "(hoặc bớt bản cũ bằng --keep) rồi chạy lại.",
                f"The disk of backup {target} is full. Earlier snapshots are whole; make room (or keep fewer with "
                "--keep), then run again.",
            ) from error
        raise ArchiveError(
            "backup-unwritable",
            f"Không ghi được bản sao lưu {target} ({error.strerror}). Các bản sao lưu trước vẫn nguyên vẹn; "
            "kiểm tra đĩa và quyền ghi rồi chạy lại.",
            f"The backup {target} cannot be written ({error.strerror}). Earlier snapshots are whole; check the disk "
            "and the right to write, then run again.",
        ) from error
