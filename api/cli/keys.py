"""``tienle keys``: who may use the archive's pages and API."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from api.access.roles import Role
from api.cli.context import DEFAULT_ARCHIVE, ArchiveOption, JsonOption, open_archive, say

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from api.access.keys import Key
    from api.access.store import AccessStore

keys = typer.Typer(
    help="Cấp, xem, thu hồi khóa truy cập; có khóa đầu tiên thì kho đòi đăng nhập "
    "· Access keys; with the first one the archive asks to sign in.",
    no_args_is_help=True,
)


@keys.command()
def create(
    role: Annotated[
        Role,
        typer.Option(
            "--role",
            help="reader: xem và hỏi; editor: thêm, bớt văn bản, ghi nhận xét; administrator: vận hành "
            "· What the key may do.",
        ),
    ],
    name: Annotated[str, typer.Option("--name", help="Ai dùng khóa này · Who uses it.")],
    until: Annotated[
        str | None, typer.Option("--until", help="Ngày cuối cùng khóa còn dùng được: 31/12/2026 · Its last day.")
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Tạo khóa và in ra một lần duy nhất · Make a key and print it, this once."""
    from api.access.keys import holder
    from api.answers.narrowing import read_days

    name = holder(name)
    last = read_days(until)[1] if until else None
    store = _store(archive)
    first = not store.exists()
    key, shown = store.create(name, role, last)
    _log(archive, "key-created", key=key.id, name=name, role=role, until=last)
    typer.echo(shown)
    typer.echo(
        say(
            f"Khóa {key.id} cho {name} ({role}). Chép lại ngay: khóa không lưu ở đâu và không xem lại được.",
            f"Key {key.id} for {name} ({role}). Copy it now: it is kept nowhere and cannot be shown again.",
        ),
        err=True,
    )
    if first:
        typer.echo(
            say(
                "Từ nay trang web và API của kho này đòi đăng nhập.",
                "From now on the pages and the API of this archive ask to sign in.",
            ),
            err=True,
        )


@keys.command("list")
def list_keys(archive: ArchiveOption = DEFAULT_ARCHIVE, as_json: JsonOption = False) -> None:
    """Liệt kê các khóa đã cấp, cả khóa đã thu hồi · List all keys, the revoked ones too."""
    from datetime import datetime

    from api.cli.output import print_json

    found = _store(archive).all_keys()
    if as_json:
        print_json(found)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    today = datetime.now().astimezone().date()
    table = Table(*(say(vi, en) for vi, en in _HEAD))
    for key in found:
        until = key.until.isoformat() if key.until else ""
        cells = (key.id, key.name, key.role, key.created.astimezone().date().isoformat(), until, _state(key, today))
        table.add_row(*map(Text, cells))  # a name is no markup
    Console().print(table)


@keys.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="Mã của khóa, xem ở keys list · The key's id.")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
) -> None:
    """Thu hồi một khóa; mọi phiên đăng nhập bằng khóa ấy kết thúc ngay · Refuse a key and end its sessions."""
    from corpus.errors import QueryError

    if not _store(archive).revoke(key_id):
        raise QueryError(
            "key-unknown",
            f"Không có khóa {key_id}. Xem mã các khóa bằng: tienle keys list",
            f"There is no key {key_id}. See the ids with: tienle keys list",
        )
    _log(archive, "key-revoked", key=key_id)
    typer.echo(say(f"Đã thu hồi khóa {key_id}.", f"Key {key_id} is revoked."), err=True)


_HEAD = (
    ("Mã", "Id"),
    ("Người dùng", "User"),
    ("Vai trò", "Role"),
    ("Cấp ngày", "Created"),
    ("Đến hết", "Until"),
    ("Tình trạng", "State"),
)


def _state(key: Key, today: date) -> str:
    if key.valid(today):
        return say("dùng được", "valid")
    return say("đã thu hồi", "revoked") if key.revoked else say("hết hạn", "expired")


def _store(archive: Path) -> AccessStore:
    from api.access.store import AccessStore

    open_archive(archive).close()  # keys of no archive would guard nothing
    return AccessStore(archive)


def _log(archive: Path, event: str, **what: object) -> None:
    from api.access.audit import AuditLog

    AuditLog(archive).write(event, by=getpass.getuser(), **what)
