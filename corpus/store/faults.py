"""What goes wrong below an archive (disk, database, index files), told as errors that say what to do."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from corpus.errors import ArchiveError

_FULL_BELOW = 16_000_000  # bytes; less than this left, and a failed write is put down to the disk


def missing(directory: Path) -> ArchiveError:
    """There is no archive."""
    return ArchiveError(
        "archive-missing",
        f"Không có kho ở {directory}. Tạo kho bằng lệnh: tienle index THƯ_MỤC --archive {directory}",
        f"There is no archive at {directory}. Make one with: tienle index FOLDER --archive {directory}",
    )


def damaged(directory: Path, cause: str) -> ArchiveError:
    """The records cannot be read."""
    return ArchiveError(
        "archive-damaged",
        f"Không đọc được cơ sở dữ liệu của kho {directory} ({cause}). "
        "Đừng xóa gì. Khôi phục bản sao lưu: tienle restore BẢN_SAO THƯ_MỤC_MỚI; nếu không có, lập chỉ mục lại các tệp "
        f"(bản lưu ở {directory / 'sources'}) vào thư mục mới: tienle index THƯ_MỤC --archive THƯ_MỤC_MỚI.",
        f"The database of archive {directory} cannot be read ({cause}). "
        "Delete nothing. Restore a backup: tienle restore BACKUP NEW_FOLDER; without one, index the files again (their "
        f"copies are in {directory / 'sources'}) into a new folder: tienle index FOLDER --archive NEW_FOLDER.",
    )


def disk_full(directory: Path) -> ArchiveError:
    """There is no room to write."""
    try:
        left = shutil.disk_usage(directory).free // 1_000_000
    except OSError:
        left = 0
    return ArchiveError(
        "disk-full",
        f"Đĩa chứa kho {directory} đã đầy (còn {left} MB). Những gì đã ghi vẫn còn; dọn chỗ trống rồi chạy lại.",
        f"The disk of archive {directory} is full ({left} MB left). What was stored stays; make room, then run again.",
    )


def busy(directory: Path) -> ArchiveError:
    """Others kept the database from us for as long as we wait."""
    return ArchiveError(
        "archive-busy",
        f"Cơ sở dữ liệu của kho {directory} đang bận, đợi mãi chưa đến lượt. Thử lại sau ít phút.",
        f"The database of archive {directory} is busy and did not come free. Try again in a few minutes.",
    )


def read_only(directory: Path) -> ArchiveError:
    """The archive may not be written to."""
    return ArchiveError(
        "archive-readonly",
        f"Không ghi được vào kho {directory}: thư mục hoặc đĩa chỉ cho đọc. Cấp quyền ghi rồi chạy lại.",
        f"Archive {directory} cannot be written to: folder or disk is read-only. Allow writing, then run again.",
    )


def index_damaged(directory: Path) -> ArchiveError:
    """A derived index cannot be read."""
    return ArchiveError(
        "index-damaged",
        f"Chỉ mục của kho {directory} hỏng; bản ghi vẫn còn. Dựng lại bằng: "
        f"tienle verify --repair --archive {directory}",
        f"An index of archive {directory} is damaged; the records are not. Build it anew with: "
        f"tienle verify --repair --archive {directory}",
    )


@contextmanager
def database_faults(directory: Path) -> Iterator[None]:
    """Turns what the database says into an ArchiveError."""
    try:
        yield
    except (DatabaseError, sqlite3.Error) as error:
        raise of_database(directory, error) from error


def of_database(directory: Path, error: DatabaseError | sqlite3.Error) -> ArchiveError:
    """What the database says, as an error that says what to do."""
    said = str(error.orig if isinstance(error, DatabaseError) else error)
    if "full" in said:
        return disk_full(directory)
    if "readonly" in said or "unable to open" in said:
        return read_only(directory)
    if "locked" in said or "busy" in said:
        return busy(directory)
    return damaged(directory, said)


@contextmanager
def index_faults(directory: Path) -> Iterator[None]:
    """Turns what a derived index says into an ArchiveError."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        raise _of_index(directory, error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # tantivy's own, which is no Exception
            raise
        raise _of_index(directory, error) from error


def _of_index(directory: Path, error: BaseException) -> ArchiveError:
    number = error.errno if isinstance(error, OSError) else None
    if number in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return read_only(directory)
    if number in {errno.ENOSPC, errno.EDQUOT} or shutil.disk_usage(directory).free < _FULL_BELOW:
        return disk_full(directory)
    return index_damaged(directory)
