"""What is missing or odd about this machine and an archive on it, and what to do about each; nothing is changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from corpus.errors import TienLeError
from corpus.store.archive import Archive

State = Literal["ok", "warning", "fault"]

_ROOM = 2_000_000_000  # bytes: what an indexing run of some thousand files takes at most
_OLDEST_SQLITE = (3, 35, 0)
_FUTURE = 300  # seconds that a file may be ahead of the clock


@dataclass(frozen=True, slots=True)
class Sign:
    """What was looked at (``code``), how it is, and in words, ending in what to do where something is to be done."""

    code: str
    state: State
    vi: str
    en: str


def examine(directory: Path, pinned: dict[str, str]) -> list[Sign]:
    """All signs, in the order in which to act on them. ``pinned``: versions that the lock names, empty when unknown."""
    return [
        _python(),
        _sqlite(),
        *_packages(pinned),
        *_programs(),
        _clock(directory),
        _room(directory),
        _rights(directory),
        *_archive(directory),
    ]


def _python() -> Sign:
    said = ".".join(map(str, sys.version_info[:3]))
    return Sign("python", "ok", f"Python {said}", f"Python {said}")  # an older one does not come so far


def _sqlite() -> Sign:
    said = f"SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info >= _OLDEST_SQLITE:
        return Sign("sqlite", "ok", said, said)
    return Sign("sqlite", "fault", f"{said} quá cũ. Cài Python mới hơn.", f"{said} is too old. Install a newer Python.")


def _packages(pinned: dict[str, str]) -> Iterator[Sign]:
    odd = []
    for name, wanted in pinned.items():
        try:
            here = version(name)
        except PackageNotFoundError:
            here = "–"
        if here != wanted:
            odd.append(f"{name} {here} ({wanted})")
    if odd:
        listed = ", ".join(odd[:8]) + (" …" if len(odd) > 8 else "")  # noqa: PLR2004  (eight make a line)
        yield Sign(
            "packages",
            "warning",
            f"{len(odd)} thư viện khác với bản khóa (requirements.lock): {listed}. Cài lại bằng: make setup",
            f"{len(odd)} libraries differ from the lock (requirements.lock): {listed}. Install again with: make setup",
        )
    elif pinned:
        count = len(pinned)
        yield Sign("packages", "ok", f"{count} thư viện đúng bản khóa", f"{count} libraries are as locked")


def _programs() -> Iterator[Sign]:
    from indexer.reading import office
    from indexer.reading.ocr import engine

    if engine.available():
        said = f"Tesseract {engine.version()}"
        yield Sign("tesseract", "ok", f"{said}, có tiếng Việt", f"{said} with Vietnamese")
    else:
        lacking = ("Tesseract thiếu tiếng Việt", "Tesseract lacks Vietnamese")
        vi, en = lacking if engine.program() else ("Không có Tesseract", "There is no Tesseract")
        yield Sign(
            "tesseract",
            "warning",
            f"{vi}: bản quét sẽ nằm chờ. Cài: sudo apt install tesseract-ocr tesseract-ocr-vie",
            f"{en}: scans will wait. Install: sudo apt install tesseract-ocr tesseract-ocr-vie",
        )
    if office.available():
        yield Sign("libreoffice", "ok", "Có LibreOffice", "LibreOffice is there")
    else:
        yield Sign(
            "libreoffice",
            "warning",
            "Không có LibreOffice: tệp .doc, .rtf, .odt sẽ nằm chờ. Cài: sudo apt install libreoffice-writer-nogui",
            "There is no LibreOffice: .doc, .rtf, .odt will wait. Install: sudo apt install libreoffice-writer-nogui",
        )


def _clock(directory: Path) -> Sign:
    known = [Path(__file__), *(directory.glob("archive.sqlite*") if directory.is_dir() else ())]
    ahead = max(path.stat().st_mtime for path in known) - time.time()
    if ahead <= _FUTURE:
        return Sign("clock", "ok", "Đồng hồ hợp lý", "The clock is plausible")
    hours = f"{ahead / 3600:.1f}"
    return Sign(
        "clock",
        "warning",
        f"Đồng hồ chậm hơn tệp mới nhất {hours} giờ. Chỉnh lại: sudo timedatectl set-ntp true",
        f"The clock is {hours} hours behind the newest file. Set it: sudo timedatectl set-ntp true",
    )


def _existing(directory: Path) -> Path:
    return next(path for path in (directory.absolute(), *directory.absolute().parents) if path.is_dir())


def _room(directory: Path) -> Sign:
    free = shutil.disk_usage(_existing(directory)).free
    said = f"{free / 1e9:,.1f} GB"
    if free >= _ROOM:
        return Sign("disk", "ok", f"Đĩa còn {said}", f"{said} left on the disk")
    return Sign(
        "disk",
        "warning",
        f"Đĩa chỉ còn {said}. Dọn chỗ trống trước khi lập chỉ mục hay sao lưu.",
        f"Only {said} left on the disk. Make room before indexing or backing up.",
    )


def _rights(directory: Path) -> Sign:
    place = _existing(directory)
    if os.access(place, os.W_OK | os.X_OK):
        return Sign("rights", "ok", f"Ghi được vào {place}", f"{place} can be written to")
    return Sign(
        "rights",
        "warning",
        f"Không ghi được vào {place}: tra cứu thì được, thêm tài liệu thì không. Cấp quyền ghi cho người chạy dịch vụ.",
        f"{place} cannot be written to: searching works, adding does not. Let the service's user write there.",
    )


def _archive(directory: Path) -> Iterator[Sign]:
    try:
        archive = Archive.open(directory)
    except TienLeError as error:
        yield Sign(error.code, "fault", error.vi, error.en)
        return
    try:
        yield from _guarded(lambda: _standing(archive))
        yield from _guarded(lambda: _model(archive))
    finally:
        archive.close()


def _guarded(look: Callable[[], Iterator[Sign]]) -> Iterator[Sign]:
    try:
        yield from look()
    except TienLeError as error:
        yield Sign(error.code, "fault", error.vi, error.en)


def _model(archive: Archive) -> Iterator[Sign]:
    from corpus.encoder.registry import load_encoder

    archive.require(load_encoder(archive.model).spec)
    name = archive.spec.name
    yield Sign("model", "ok", f"Mô hình {name} đúng với kho", f"The model {name} is the archive's")


def _standing(archive: Archive) -> Iterator[Sign]:
    from api.answers.unread import unread
    from api.operation.state import state_of

    place, state, old = archive.directory, state_of(archive), unread(archive)
    yield Sign(
        "archive",
        "ok",
        f"Kho {place}: {state.documents} văn bản, {state.passages} đoạn",
        f"Archive {place}: {state.documents} documents, {state.passages} passages",
    )
    if old:
        yield Sign(
            "recipe",
            "warning",
            f"{old} văn bản do phiên bản cũ đọc, chưa có nhiệm vụ và chỉ tiêu. Chạy lại: tienle index THƯ_MỤC",
            f"{old} documents were read by an older version, without assignments. Run again: tienle index FOLDER",
        )
    if behind := {name: count for name, count in state.behind.items() if count}:
        names = ", ".join(behind)
        yield Sign(
            "index-behind",
            "warning",
            f"Chỉ mục chậm hơn bản ghi ({names}): lần tra cứu tới sẽ tự cập nhật; nếu vẫn chậm: tienle verify --repair",
            f"Indexes are behind ({names}): the next search brings them up to date; if not: tienle verify --repair",
        )
    if state.set_back:
        yield Sign(
            "set-back",
            "fault",
            "Bản ghi từng bị lùi lại, văn bản mới nhất có thể đã mất. Xem: tienle verify",
            "The records were set back; the newest documents may be gone. See: tienle verify",
        )
    if state.failed:
        yield Sign(
            "failed",
            "warning",
            f"{state.failed} tệp không đọc được. Xem lý do và thử lại: tienle index --retry --archive {place}",
            f"{state.failed} files could not be read. See why and try again: tienle index --retry --archive {place}",
        )
    if waiting := state.waiting + state.waiting_pages:
        yield Sign(
            "waiting",
            "warning",
            f"{waiting} tệp chờ nhận dạng chữ hoặc LibreOffice. Cài chương trình còn thiếu rồi chạy: "
            f"tienle index --retry --archive {place}",
            f"{waiting} files wait for recognition or LibreOffice. Install what is missing, then run: "
            f"tienle index --retry --archive {place}",
        )
