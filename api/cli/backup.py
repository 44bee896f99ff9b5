"""``tienle backup`` and ``tienle restore``: a second copy of an archive, and an archive from it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.context import DEFAULT_ARCHIVE, ArchiveOption, JsonOption, say
from corpus.errors import QueryError

if TYPE_CHECKING:
    from corpus.store.snapshots import Snapshot


def backup(
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="Thư mục giữ bản sao lưu · The backup's folder.")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="Chỉ giữ bấy nhiêu bản mới nhất · How many snapshots stay.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--verify", help="Không sao lưu, chỉ kiểm tra mọi bản đã có · Only check what is there.")
    ] = False,
    listing: Annotated[bool, typer.Option("--list", help="Không sao lưu, chỉ liệt kê · Only list.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Sao lưu kho khi kho vẫn phục vụ; chỉ chép phần mới · Back an archive up while it serves; copies what is new.

    Chỉ mục dựng lại được nên không chép · Indexes are left out: restoring makes them anew.
    """
    from corpus.store.backup import list_backup

    if check and listing:
        raise QueryError(
            "backup-choice",
            "--verify và --list không đi cùng nhau. Chọn một.",
            "--verify and --list do not go together. Choose one.",
        )
    if listing:
        _list(list_backup(target), as_json=as_json)
    elif check:
        raise typer.Exit(_verify(target, as_json=as_json))
    else:
        raise typer.Exit(_back_up(archive, target, keep, as_json=as_json))


def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="Thư mục giữ bản sao lưu · The backup's folder.")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Thư mục mới cho kho · A new folder.")],
    snapshot: Annotated[
        int | None, typer.Option("--snapshot", min=1, help="Bản số mấy; mặc định: mới nhất · Which; default: newest.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Khôi phục kho từ bản sao lưu vào một thư mục mới · Make an archive from a backup, in a new folder."""
    from api.cli import output
    from corpus.store.restoring import restore as make

    restored = make(source, folder, number=snapshot)
    if as_json:
        output.print_json({"folder": str(folder), **_plain(restored.snapshot)})
    else:
        kept = restored.snapshot
        typer.echo(
            say(
                f"Đã khôi phục bản {kept.number} ({kept.made_at}): {kept.documents} văn bản, vào {folder}. "
                f"Kiểm tra: tienle verify --archive {folder}",
                f"Restored snapshot {kept.number} ({kept.made_at}): {kept.documents} documents, into {folder}. "
                f"Check: tienle verify --archive {folder}",
            )
        )
        _tell_missing(kept)
    raise typer.Exit(1 if restored.snapshot.missing else 0)


def _back_up(archive: Path, target: Path, keep: int | None, *, as_json: bool) -> int:
    from api.cli import output
    from corpus.store.backup import back_up

    report = back_up(archive, target, keep=keep)
    kept = report.snapshot
    if as_json:
        output.print_json({**_plain(kept), "read": report.read, "added": report.added, "freed": report.freed})
    else:
        typer.echo(
            say(
                f"Đã sao lưu thành bản {kept.number}: {kept.documents} văn bản, {len(kept.files)} tệp, "
                f"{_mb(kept.size)} MB; chép mới {_mb(report.added)} MB.",
                f"Backed up as snapshot {kept.number}: {kept.documents} documents, {len(kept.files)} files, "
                f"{_mb(kept.size)} MB; {_mb(report.added)} MB were new.",
            )
        )
        _tell_missing(kept)
    return 1 if kept.missing else 0


def _verify(target: Path, *, as_json: bool) -> int:
    from api.cli import output
    from corpus.store.backup import check_backup

    checked = check_backup(target)
    if as_json:
        output.print_json({"sound": not checked.broken, **asdict(checked)})
    else:
        typer.echo(
            say(
                f"{len(checked.sound)} bản sao lưu nguyên vẹn, {len(checked.broken)} bản hỏng; "
                f"đã kiểm tra {checked.pieces} mảnh.",
                f"{len(checked.sound)} snapshots are whole, {len(checked.broken)} are damaged; "
                f"{checked.pieces} pieces checked.",
            )
        )
        for name, what in checked.broken.items():
            typer.echo(f"✗ {name}: {what}")
        if checked.broken:
            typer.echo(
                say(
                    "Sao lưu lại ngay khi kho còn tốt: lần sau sẽ chép lại các mảnh hỏng.",
                    "Back up again while the archive is sound: damaged pieces are then copied anew.",
                )
            )
    return 1 if checked.broken else 0


def _list(snapshots: list[Snapshot], *, as_json: bool) -> None:
    from api.cli import output

    if as_json:
        output.print_json([_plain(each) for each in snapshots])
        return
    for each in snapshots:
        typer.echo(
            say(
                f"{each.number}  {each.made_at}  {each.documents} văn bản  {_mb(each.size)} MB",
                f"{each.number}  {each.made_at}  {each.documents} documents  {_mb(each.size)} MB",
            )
        )


def _tell_missing(snapshot: Snapshot) -> None:
    if snapshot.missing:
        count = len(snapshot.missing)
        typer.echo(
            say(
                f"Thiếu {count} tệp gốc: mất hoặc hỏng ở kho và không có trong bản sao lưu nào. Xem là tệp nào: tienle "
                "verify; rồi lập chỉ mục lại các tệp ấy.",
                f"{count} sources are missing: lost or damaged in the archive and in no snapshot. See which: tienle "
                "verify; then index these files again.",
            ),
            err=True,
        )


def _plain(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "snapshot": snapshot.number,
        "made_at": snapshot.made_at,
        "program": snapshot.program,
        "schema": snapshot.schema,
        "generation": snapshot.generation,
        "documents": snapshot.documents,
        "files": len(snapshot.files),
        "bytes": snapshot.size,
        "missing": list(snapshot.missing),
    }


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f}"
