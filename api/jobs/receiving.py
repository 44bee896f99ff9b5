"""Files as they come in, piece by piece: each to its place on the disk, or refused with a reason."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from python_multipart.multipart import MultipartParser, parse_options_header

from api.jobs import staging
from api.jobs.model import BEYOND, FileState, JobFile, Reason
from api.jobs.names import clean_name
from corpus.errors import QueryError, ReadingError, TienLeError
from corpus.store.faults import disk_full

MOST_FILES = 500
"""Files that one request may bring."""

MOST_BYTES = 1024**3
"""Bytes that one request may bring, all its files together."""

KEPT_FREE = 256 * 1024**2
"""Bytes of the disk that are left alone: indexing needs room too."""

_LONGEST_HEADERS = 64 * 1024  # bytes of a part's headers: a name of 10,000 letters passes, to be cut for showing
_HEAD = 64 * 1024  # bytes by which a file's kind is judged at the door
_WHOLE_ONLY = (b"PK", b"\xd0\xcf\x11\xe0", b"BM")  # ZIP, OLE2, bitmaps are judged by the whole: by the readers
_NAMED = 20  # of the files beyond what one request may bring
_MB = 1024**2


@dataclass(frozen=True, slots=True)
class Limits:
    """What may come in: bytes of one file, of all files of a request, how many files."""

    file: int
    request: int = MOST_BYTES
    files: int = MOST_FILES


@dataclass
class _Part:
    """The part of a form that is being read."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: bytes = b""
    value: bytes = b""
    file: JobFile | None = None
    copy: BinaryIO | None = None
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    head: bytes = b""


class Receiving:
    """A form of files (multipart/form-data, RFC 7578) fed piece by piece into a job's folder.

    Nothing counts before :meth:`finish` has returned. ``known`` gives the document that a content's hash stands for.
    """

    def __init__(
        self, archive: Path, job: str, boundary: bytes, limits: Limits, known: Callable[[str], str | None]
    ) -> None:
        """Receive for a job of the archive in a folder."""
        self.files: list[JobFile] = []
        self._archive = archive
        self._job = job
        self._limits = limits
        self._known = known
        self._bytes = 0
        self._beyond = 0
        self._named: list[str] = []
        self._part = _Part()
        self._ended = False
        staging.uploads(archive).mkdir(mode=0o700, exist_ok=True)
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._open,
                    "on_part_data": self._data,
                    "on_part_end": self._close,
                    "on_end": self._end,
                },
                max_header_size=_LONGEST_HEADERS,
            )
        except ValueError as error:  # a boundary that is too long
            raise malformed() from error

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the form; QueryError when it is none."""
        try:
            self._parser.write(data)
        except ValueError as error:  # the parser's own errors are of this kind
            raise malformed() from error

    def finish(self) -> list[JobFile]:
        """The files, those to be read durable on the disk; QueryError when the form broke off or has no file."""
        if not self._ended:
            raise malformed()
        if not self.files:
            raise QueryError(
                "upload-empty",
                "Chưa có tệp nào được gửi. Chọn hoặc thả tệp vào khung rồi bấm “Đưa vào kho”.",
                "No file was sent. Choose files or drop them on the frame, then press “Add to the archive”.",
            )
        if self._beyond:
            last = self.files[-1]
            self.files[-1] = replace(last, reason=_too_many(self._limits.files, self._beyond, self._named))
        if any(file.state == "staged" for file in self.files):
            staging.sync_folders(self._archive, self._job)
        return self.files

    def abort(self) -> None:
        """Leave nothing behind."""
        if self._part.copy:
            self._part.copy.close()
        staging.discard(self._archive, self._job)

    def _begin(self) -> None:
        self._part = _Part()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]

    def _header_end(self) -> None:
        part = self._part
        part.headers[part.name.lower()] = part.value
        part.name = part.value = b""

    def _open(self) -> None:
        part = self._part
        _, options = parse_options_header(part.headers.get(b"content-disposition", b""))
        given = options.get(b"filename", b"")
        if not given:
            return  # another field of the form, or a choice of files left empty
        name = clean_name(given.decode(errors="replace"))
        if len(self.files) >= self._limits.files:
            self._beyond += 1
            if self._beyond <= _NAMED:
                self._named.append(name)
        if len(self.files) > self._limits.files:
            return
        part.file = JobFile(len(self.files) + 1, name, 0, "", "staged")
        if part.file.ordinal > self._limits.files:
            part.file = replace(part.file, state="refused")
            return
        path = staging.staged_path(self._archive, self._job, part.file.ordinal, name)
        try:
            path.parent.mkdir(mode=0o700, parents=True)
            part.copy = path.open("xb")
        except OSError as error:
            self._unwritable(error)

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        if part.file is None:
            return
        size = end - start
        part.file = replace(part.file, size=part.file.size + size)
        if part.copy is None:
            return
        self._bytes += size
        if part.file.size > self._limits.file:
            self._refuse(_too_large(self._limits.file))
        elif self._bytes > self._limits.request:
            self._refuse(_too_much(self._limits.request))
        elif shutil.disk_usage(self._archive).free < KEPT_FREE + size:
            self._refuse(disk_full(self._archive))
        else:
            piece = data[start:end]
            part.head += piece[: max(0, _HEAD - len(part.head))]
            part.digest.update(piece)
            try:
                part.copy.write(piece)
            except OSError as error:
                self._unwritable(error)

    def _close(self) -> None:
        part = self._part
        if part.file is None:
            return
        if part.copy is not None:
            self._judge(part)
        self.files.append(part.file)
        self._part = _Part()

    def _judge(self, part: _Part) -> None:
        """Keep a file that has come whole, unless it cannot be a document or is one already."""
        if part.file is None or part.copy is None:
            return
        sha256 = part.digest.hexdigest()
        try:
            _check(part.head, part.file.name)
            part.copy.flush()
            os.fsync(part.copy.fileno())
        except ReadingError as error:
            self._refuse(error)
            return
        except OSError as error:
            self._unwritable(error)
            return
        part.copy.close()
        part.copy, part.file = None, replace(part.file, sha256=sha256)
        document = self._known(sha256)
        if document:
            staging.discard(self._archive, self._job, part.file.ordinal)
            part.file = replace(part.file, state="known", document=document)

    def _end(self) -> None:
        self._ended = True

    def _refuse(self, error: TienLeError, state: FileState = "refused") -> None:
        part = self._part
        if part.copy:
            part.copy.close()
            part.copy = None
        if part.file:
            staging.discard(self._archive, self._job, part.file.ordinal)
            reason = Reason(error.code, error.vi, error.en)
            part.file = replace(part.file, state=state, reason=reason)

    def _unwritable(self, error: OSError) -> None:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise error
        self._refuse(disk_full(self._archive))


def boundary_of(content_type: str) -> bytes:
    """The boundary that a form's parts are told apart by; QueryError for a body that is no form of files."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise QueryError(
            "upload-form",
            "Tệp phải gửi bằng biểu mẫu multipart/form-data, ví dụ: curl -F file=@kế-hoạch.pdf …",
            "Files are sent as multipart/form-data, for example: curl -F file=@plan.pdf …",
        )
    return boundary


def malformed() -> QueryError:
    """The form broke off or is damaged."""
    return QueryError(
        "upload-broken",
        "Biểu mẫu gửi lên bị hỏng hoặc đứt giữa chừng, nên chưa tệp nào được nhận. Gửi lại.",
        "The form that was sent is damaged or broke off, so no file was taken. Send it again.",
    )


def _check(head: bytes, name: str) -> None:
    """ReadingError for what no reader will take, judged by content; the readers judge again, by the whole."""
    from indexer.reading.detect import detect
    from indexer.reading.failures import failure

    if not head:
        raise failure("empty")
    if not head.startswith(_WHOLE_ONLY):
        detect(head, PurePosixPath(name).suffix.lower())


def _too_large(limit: int) -> TienLeError:
    return QueryError(
        "upload-file-size",
        f"Tệp lớn hơn {limit // _MB} MB. Chia nhỏ tệp, hoặc tăng max_mb ở mục [reading] trong archive.toml của kho.",
        f"The file is larger than {limit // _MB} MB. Split it, or have max_mb under [reading] in archive.toml raised.",
    )


def _too_much(limit: int) -> TienLeError:
    return QueryError(
        "upload-size",
        f"Một lần gửi chỉ nhận {limit // _MB} MB, tệp này vượt quá. Gửi nó ở lần sau.",
        f"One upload takes {limit // _MB} MB, and this file goes beyond. Send it with the next one.",
    )


def _too_many(limit: int, count: int, names: Sequence[str]) -> Reason:
    named = ", ".join(names) + (", …" if count > len(names) else "")
    return Reason(
        BEYOND,
        f"Một lần gửi chỉ nhận {limit} tệp; {count} tệp chưa được nhận: {named}. Gửi chúng ở lần sau, hoặc nén lại "
        "thành một tệp ZIP.",
        f"One upload takes {limit} files; {count} were not taken: {named}. Send them with the next one, or pack them "
        "into one ZIP file.",
    )
