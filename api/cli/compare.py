"""``tienle compare``: what became of the tasks and goals of one plan in another, or in a series of plans."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.answering import AnswerForm, DocumentFormatOption, form_of
from api.cli.context import (
    DEFAULT_ARCHIVE,
    AddressOption,
    ArchiveOption,
    JsonOption,
    OutputOption,
    encoder_of,
    language,
    open_archive,
    say,
)
from api.cli.delivering import write
from corpus.errors import QueryError

if TYPE_CHECKING:
    from api.answers.comparing import Comparison


def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="Văn bản trước: mã, số hiệu, tên tệp · The earlier one.")],
    second: Annotated[str | None, typer.Argument(metavar="[B]", help="Văn bản sau · The later one.")] = None,
    series: Annotated[
        bool,
        typer.Option("--series", help="Mọi kế hoạch năm cùng cơ quan, cùng việc với A · A's whole series of years."),
    ] = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    form: DocumentFormatOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    address: AddressOption = "",
) -> None:
    """So sánh hai kế hoạch: giữ nguyên, thay đổi, chuyển cơ quan, mới, không còn · Compare two plans."""
    from api.answers.comparing import compare as compare_two
    from api.answers.comparing import compare_series
    from api.exports.links import require_address

    if (second is None) != series:
        raise QueryError(
            "compare-what",
            "So sánh cần hai văn bản (tienle compare A B) hoặc một văn bản với cả chuỗi (tienle compare A --series).",
            "Compare takes two documents (tienle compare A B) or one with its series (tienle compare A --series).",
        )
    require_address(address)
    chosen = form_of(form, output, as_json=as_json)
    opened = open_archive(archive)
    encoder = encoder_of(opened)
    found = compare_series(opened, encoder, first) if second is None else (compare_two(opened, encoder, first, second),)
    give(found, chosen, output, address, opened.settings.notice, one=second is not None)


def give(
    found: Sequence[Comparison], form: AnswerForm, output: Path | None, address: str, notice: str, *, one: bool
) -> None:
    """Write comparisons where they are wanted; as JSON an object for ``one``, else an array."""
    from api.exports.links import Links

    if form == "table":
        for comparison in found:
            _print(comparison, notice)
            notice = ""
        return
    if form == "json":
        from api.plain import dump, plain

        data = f"{dump(plain(found[0]) if one else found)}\n".encode()
    else:
        from api.exports.compared import compared_word, compared_xlsx

        data = (compared_xlsx if form == "xlsx" else compared_word)(found, Links(address), language(), notice)
    write(data, output, say(f"Đã ghi so sánh vào {output}", f"Wrote the comparison to {output}"))


def _print(comparison: Comparison, notice: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from api.exports.compared import STATUS_NAMES, name_of, signed, summary
    from api.exports.wording import amount

    console = Console(highlight=False)
    if notice:
        console.print(Text(f"{notice}\n", style="yellow"))
    console.print(Text(f"{name_of(comparison.first)} → {name_of(comparison.second)}", style="bold"))
    console.print(say("Chỉ tiêu: ", "Goals: ") + summary(comparison.goals, language()))
    console.print(say("Nhiệm vụ: ", "Tasks: ") + summary(comparison.tasks, language()))
    styles = {"same": "", "gone": "red strike", "added": "green underline"}
    goals = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    for head in (say("Tình trạng", "Status"), say("Chỉ tiêu", "Goal"), say("Mức", "Value"), "±"):
        goals.add_column(head, overflow="fold")
    for goal in comparison.goals:
        shown = goal.second or goal.first
        values = " → ".join(amount(each) for each in (goal.first, goal.second) if each)
        name = Text(shown.indicator if shown else "")
        goals.add_row(STATUS_NAMES[goal.status][language()], name, Text(values), signed(goal.change))
    tasks = Table(box=None, header_style="bold", padding=(0, 1, 1, 0))
    for head in (say("Tình trạng", "Status"), say("Nhiệm vụ", "Task"), say("Chủ trì", "Lead"), say("Hạn", "Due")):
        tasks.add_column(head, overflow="fold")
    for change in comparison.tasks:
        sides = [side for side in (change.first, change.second) if side]
        words = Text()
        for piece in change.words:
            sign = {"same": "", "gone": "−", "added": "+"}[piece.kind]  # colours are gone in a pipe
            words.append(f"{sign}{piece.text} ", style=styles[piece.kind])
        leads = dict.fromkeys("; ".join(side.lead) or "–" for side in sides)
        dues = dict.fromkeys(side.due_text or "–" for side in sides)
        told = words if change.words else Text(sides[0].task)
        tasks.add_row(STATUS_NAMES[change.status][language()], told, Text(" → ".join(leads)), Text(" → ".join(dues)))
    for table in (goals, tasks):
        if table.row_count:
            console.print()
            console.print(table)
