"""``tienle doctor``: what is missing or odd, and what to do about it."""

from __future__ import annotations

import typer

from api.cli.context import DEFAULT_ARCHIVE, ArchiveOption, JsonOption, language, say

_MARKS = {"ok": "✓", "warning": "!", "fault": "✗"}


def doctor(archive: ArchiveOption = DEFAULT_ARCHIVE, as_json: JsonOption = False) -> None:
    """Xem máy và kho thiếu gì, lạ gì, cần làm gì · What is missing or odd about machine and archive, and what to do.

    Mã thoát 1 khi có lỗi; nhắc nhở thì không · Exit status 1 for a fault, not for a warning.
    """
    from api.cli import output
    from api.operation.doctor import examine
    from api.operation.supply import lock_file, read_lock

    lock = lock_file()
    pinned = {name: wanted for name, (wanted, _) in read_lock(lock.read_text("utf-8")).items()} if lock else {}
    signs = examine(archive, pinned)
    faults = [sign for sign in signs if sign.state == "fault"]
    if as_json:
        rows = [
            {"code": each.code, "state": each.state, "message": each.vi if language() == "vi" else each.en}
            for each in signs
        ]
        output.print_json({"sound": not faults, "signs": rows})
    else:
        for each in signs:
            typer.echo(f"{_MARKS[each.state]} {say(each.vi, each.en)}")
    raise typer.Exit(1 if faults else 0)
