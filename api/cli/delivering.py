"""Lists on a terminal, into a pipe or into a file, in the form that was asked for."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

import typer

from api.cli.context import Form, language, say
from corpus.errors import QueryError, TienLeError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from api.exports.columns import Kind

TABLE_ROWS = 20
_READABLE = ("table", "json", "csv")  # on a terminal


def form_of(form: Form | None, output: Path | None, kind: Kind, *, as_json: bool) -> Form:
    """The form of a list: see :func:`choose_form`; QueryError also for a calendar of what has no deadlines."""
    from api.exports import require_deadlines

    chosen = cast(Form, choose_form(form, output, get_args(Form), as_json=as_json))
    require_deadlines(kind, chosen)
    return chosen


def choose_form(form: str | None, output: Path | None, forms: Sequence[str], *, as_json: bool) -> str:
    """Of ``forms`` the one that options name, else the one of the output file's suffix, else a table.

    QueryError for one that cannot be: two at once, a table in a file, a sheet on a terminal.
    """
    suffix = output.suffix.lower().removeprefix(".") if output else ""
    of_suffix = suffix if suffix in forms else None
    named = list(dict.fromkeys(filter(None, ("json" if as_json else None, form, of_suffix))))
    if len(named) > 1:
        vi, en = " và ".join(named), " and ".join(named)
        raise QueryError(
            "export-two-forms",
            f"Hai dạng cùng lúc: {vi}. Chỉ giữ một trong --json, --format và đuôi tệp, hoặc cho chúng giống nhau.",
            f"Two forms at once: {en}. Keep one of --json, --format and the file's suffix, or make them the same.",
        )
    chosen = named[0] if named else "table"
    if output and chosen == "table":
        files = ", ".join(each for each in forms if each not in {"table", "json"})
        raise QueryError(
            "export-form",
            f"Không rõ dạng của tệp {output}. Thêm --format {files} hoặc json.",
            f"The form of {output} is not clear. Add --format {files} or json.",
        )
    if output is None and chosen not in _READABLE and sys.stdout.isatty():
        raise QueryError(
            "export-terminal",
            f"Dạng {chosen} không in ra màn hình được. Ghi ra tệp bằng --output TÊN.{chosen}",
            f"The form {chosen} cannot be shown on a terminal. Write a file with --output NAME.{chosen}",
        )
    return chosen


def deliver(
    records: Sequence[DataclassInstance],
    kind: Kind,
    form: Literal["json", "csv", "xlsx", "ics"],
    output: Path | None,
    address: str,
    notice: str,
) -> None:
    """Write records in any form but a table."""
    if form == "json":
        from api.plain import dump

        data = f"{dump(records)}\n".encode()
    else:
        from api.exports import export
        from api.exports.links import Links

        data = export(records, kind, form, Links(address), language(), notice)
    if output is None and form == "csv" and sys.stdout.isatty():
        data = data.removeprefix(b"\xef\xbb\xbf")  # the mark is for Excel
    write(data, output, say(f"Đã ghi {len(records)} dòng vào {output}", f"Wrote {len(records)} rows to {output}"))


def write(data: bytes, output: Path | None, told: str = "") -> None:
    """Bytes to a file, which is told on standard error in the words of ``told``, or to standard output."""
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    write_whole(output, data)
    told = told or say(f"Đã ghi vào {output}", f"Wrote {output}")
    typer.echo(told, err=True)


_CAUSES = {
    errno.ENOENT: "không có thư mục đó",
    errno.ENOTDIR: "không có thư mục đó",
    errno.EISDIR: "đó là một thư mục",
    errno.EACCES: "không có quyền ghi",
    errno.EPERM: "không có quyền ghi",
    errno.EROFS: "ổ đĩa chỉ đọc được",
    errno.ENOSPC: "ổ đĩa đã đầy",
    errno.ENAMETOOLONG: "tên quá dài",
}


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all; TienLeError ``output-unwritable`` when it cannot be.

    What is no file (a device, a pipe) is written to and stays what it is; a link stays a link.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(data)
            return
        path = path.resolve()
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tienle-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            mask = os.umask(0)
            os.umask(mask)
            Path(name).chmod(0o666 & ~mask)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        cause = _CAUSES.get(error.errno or 0, error.strerror)
        raise TienLeError(
            "output-unwritable",
            f"Không ghi được tệp {path}: {cause}. Chọn chỗ khác, hoặc đóng tệp nếu đang mở.",
            f"Cannot write {path}: {error.strerror}. Choose another place, or close the file if it is open.",
        ) from error
