"""``tienle overlaps``: the same task given twice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.answering import form_of, give
from api.cli.context import AddressOption, JsonOption, LimitOption, OutputOption, encoder_of, say
from api.cli.options import Filtering, bundled
from corpus.errors import QueryError


@bundled
def overlaps(
    asked: Filtering,
    intended: Annotated[
        Path | None,
        typer.Option("--intended", help="Tệp mã nhóm đã xác nhận là chủ ý, mỗi dòng một mã · Ids judged intended."),
    ] = None,
    limit: LimitOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    address: AddressOption = "",
    form: Annotated[
        Literal["table", "json", "xlsx", "docx"] | None,
        typer.Option("--format", help="Dạng in ra: bảng, JSON, Excel, Word · Output form."),
    ] = None,
) -> None:
    """Việc giao trùng: cùng việc trong hai kế hoạch, hai cấp, hai cơ quan · The same task given twice."""
    from api.answers.overlaps import find_overlaps
    from api.exports.answered import of_overlaps
    from api.plain import plain

    chosen = form_of(form, output, as_json=as_json)
    ids = _ids(intended) if intended else ()
    archive, filters = asked.open()
    found = find_overlaps(archive, encoder_of(archive), filters, intended=ids)
    shown = found if chosen == "json" else [group for group in found if not group.intended]
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


def _ids(path: Path) -> frozenset[str]:
    """The ids in a file, one a line; what follows # is a remark."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(
            "intended-unreadable",
            f"Không đọc được tệp {path}. Ghi mỗi dòng một mã nhóm, dạng UTF-8.",
            f"Cannot read {path}. Write one group id a line, in UTF-8.",
        ) from error
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return frozenset(filter(None, lines))
