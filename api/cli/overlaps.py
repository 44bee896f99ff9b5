"""``tienle overlaps``: the same task given twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.cli.answering import DocumentFormatOption, form_of, give
from api.cli.context import AddressOption, JsonOption, LimitOption, OutputOption, encoder_of, say
from api.cli.options import Filtering, bundled
from corpus.errors import QueryError


@bundled
def overlaps(
    asked: Filtering,
    intended: Annotated[
        list[str] | None,
        typer.Option(
            "--intended", help="Mã nhóm trùng có chủ ý (hoặc tệp, mỗi dòng một mã): ghi vào kho · Ids judged intended."
        ),
    ] = None,
    not_intended: Annotated[
        list[str] | None, typer.Option("--not-intended", help="Mã nhóm không còn là chủ ý · Ids to take back.")
    ] = None,
    remark: Annotated[str, typer.Option("--remark", help="Lý do, ghi cùng --intended · Why, kept with them.")] = "",
    every: Annotated[
        bool, typer.Option("--all", help="Kể cả nhóm đã xác nhận là chủ ý · With those judged intended.")
    ] = False,
    limit: LimitOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    address: AddressOption = "",
    form: DocumentFormatOption = None,
) -> None:
    """Việc giao trùng: cùng việc trong hai kế hoạch, hai cấp, hai cơ quan · The same task given twice.

    Nhóm đã xác nhận là chủ ý (--intended) được ghi vào kho và không hiện nữa, trừ khi thêm --all · Groups judged
    intended are kept in the archive and left out from then on, unless --all.
    """
    from api.answers.overlaps import find_overlaps, mark_intended
    from api.exports.answered import of_overlaps
    from api.plain import plain

    chosen = form_of(form, output, as_json=as_json)
    judged, freed = _ids(intended or ()), _ids(not_intended or ())
    archive, filters = asked.open()
    encoder = encoder_of(archive)
    found = find_overlaps(archive, encoder, filters)
    for ids, purpose in ((judged, True), (freed, False)):
        if ids:
            marked = {each.id: each for each in mark_intended(archive, found, ids, intended=purpose, remark=remark)}
            found = [marked.get(group.id, group) for group in found]
    shown = found if every else [group for group in found if not group.intended]
    hidden = len(found) - len(shown)
    shown = shown[:limit]
    give(
        [plain(group) for group in shown],
        lambda links, language: of_overlaps(shown, links, language),
        say(f"Việc giao trùng: {len(shown)} nhóm", f"Tasks given twice: {len(shown)} groups"),
        chosen,
        output,
        address,
        archive.settings.notice,
    )
    if hidden:
        told = say(
            f"{hidden} nhóm đã xác nhận là chủ ý không hiện. Xem cả: --all",
            f"{hidden} groups judged intended are left out. See them with --all",
        )
        typer.echo(f"tienle: {told}", err=True)


def _ids(named: Sequence[str]) -> list[str]:
    """Ids, those in files among them: one a line, what follows # is a remark."""
    found: list[str] = []
    for each in named:
        path = Path(each)
        if not path.is_file():
            found.append(each)
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise QueryError(
                "intended-unreadable",
                f"Không đọc được tệp {path}. Ghi mỗi dòng một mã nhóm, dạng UTF-8.",
                f"Cannot read {path}. Write one group id a line, in UTF-8.",
            ) from error
        found += filter(None, (line.split("#", 1)[0].strip() for line in lines))
    return found
