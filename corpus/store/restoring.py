"""An archive made anew from a backup: all of it checked, then visible in one step."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ArchiveError
from corpus.store.archive import Archive
from corpus.store.backup import Progress, refuse_nested, vault_of
from corpus.store.database import DATABASE
from corpus.store.faults import damaged
from corpus.store.lock import writer_lock
from corpus.store.snapshots import KeptFile, Snapshot, Vault, sync_folder

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_ROOM = 1.3  # the indexes made anew take about a quarter of what records and sources take


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored where."""

    snapshot: Snapshot
    folder: Path


def restore(backup: Path, folder: Path, *, number: int | None = None, progress: Progress | None = None) -> Restored:
    """Make the archive of a snapshot (the newest unless a number is given) in ``folder``, which must not be there yet.

    Every file is put together beside ``folder`` and checked by its hash, and the indexes are made; then it takes its
    name. Cut off before that, nothing is visible, and the next run clears it away.

    ArchiveError ``restore-occupied``, ``backup-missing``, ``backup-damaged``, ``backup-unsafe``, ``backup-inside``,
    ``restore-full``, ``restore-unwritable``.
    """
    vault = vault_of(backup)
    refuse_nested(folder, backup)
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise ArchiveError(
            "restore-occupied",
            f"{folder} đã có sẵn; khôi phục không ghi đè lên gì cả. Chọn một thư mục mới.",
            f"{folder} is there already; restoring never writes over anything. Choose a new folder.",
        )
    snapshot = vault.pick(number)
    being_made = folder.absolute().with_name(f"{folder.absolute().name}.restoring")
    with _writing_to(folder):
        being_made.mkdir(parents=True, exist_ok=True)
        with writer_lock(being_made):
            made = being_made / "archive"
            if made.exists():
                shutil.rmtree(made)  # what a run that was cut off has left
            _require_room(snapshot, being_made)
            for done, file in enumerate(snapshot.files, 1):
                _put(vault, file, made / file.path)
                if progress:
                    progress(done, len(snapshot.files))
            try:
                _index(made)
            except ArchiveError as error:
                raise (vault.damaged(DATABASE) if error.code == "archive-damaged" else error) from error
            os.sync()
            made.rename(folder.absolute())
            sync_folder(folder.absolute().parent)
        shutil.rmtree(being_made)
    return Restored(snapshot, folder)


def _require_room(snapshot: Snapshot, folder: Path) -> None:
    if shutil.disk_usage(folder).free < _ROOM * snapshot.size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _put(vault: Vault, file: KeptFile, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if file.private and "/" in file.path:
        path.parent.chmod(0o700)
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, _NEW, 0o600 if file.private else 0o666), "wb") as made:
        for piece, size in file.sizes():
            data = vault.get(piece, size)
            digest.update(data)
            made.write(data)
    if digest.hexdigest() != file.sha256:
        raise vault.damaged(file.path)


def _index(folder: Path) -> None:
    """Make what is derived, of sound records; an archive of an older layout is brought up to date."""
    archive = Archive.open(folder)
    try:
        with archive.reading() as connection:
            said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if said != "ok":
            raise damaged(folder, said)
        with archive.writing():
            archive.sync()
            archive.tidy()
    finally:
        archive.close()


@contextmanager
def _writing_to(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise ArchiveError(
                "restore-full",
                f"Đĩa không đủ chỗ để khôi phục vào {folder}. Ở đó chưa có gì; dọn chỗ trống rồi chạy lại.",
                f"The disk has no room to restore into {folder}. Nothing shows there yet; make room, then run again.",
            ) from error
        raise ArchiveError(
            "restore-unwritable",
            f"Không khôi phục được vào {folder} ({error.strerror}). Ở đó chưa có gì; kiểm tra đĩa và quyền ghi.",
            f"Cannot restore into {folder} ({error.strerror}). Nothing shows there yet; check the disk and the right "
            "to write.",
        ) from error
