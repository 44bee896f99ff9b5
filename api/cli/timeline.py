"""``tienle timeline``: a topic over the years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.answering import DocumentFormatOption, form_of, give
from api.cli.context import AddressOption, JsonOption, OutputOption, encoder_of, language, say
from api.cli.options import Filtering, bundled

if TYPE_CHECKING:
    from api.answers.timeline import Timeline

_BAR = 30  # characters of the longest bar
_SERIES = 10  # rows of goals and agencies on a terminal


@bundled
def timeline(
    asked: Filtering,
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="Về việc gì · What about.")],
    as_json: JsonOption = False,
    output: OutputOption = None,
    address: AddressOption = "",
    form: DocumentFormatOption = None,
) -> None:
    """Một việc qua các năm: văn bản, chỉ tiêu, ai phụ trách · A topic over the years."""
    from api.answers.question import check_question
    from api.answers.timeline import timeline as over_the_years

    typed = " ".join(query)
    check_question(typed)
    chosen = form_of(form, output, as_json=as_json)
    archive, filters = asked.open()
    found = over_the_years(archive, encoder_of(archive), filters, typed)
    if chosen == "table":
        _print(found, archive.settings.notice)
        return
    from api.exports.over_time import of_timeline
    from api.plain import plain

    give(
        plain(found),
        lambda links, tongue: of_timeline(found, links, tongue),
        f"{say('Qua các năm', 'Over the years')}: {typed}",
        chosen,
        output,
        address,
        archive.settings.notice,
    )


def _print(found: Timeline, notice: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from api.exports.wording import amount

    def table(*heads: str) -> Table:
        made = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
        for head in heads:
            made.add_column(head, overflow="fold")
        return made

    console = Console(highlight=False)
    if notice:
        console.print(Text(f"{notice}\n", style="yellow"))
    if not found.years:
        console.print(
            say(
                "Không có đoạn nào về việc này. Bỏ bớt điều kiện lọc, hoặc hỏi bằng từ khác.",
                "No passage is about this. Try fewer filters, or other words.",
            )
        )
        return
    years = table(
        say("Năm", "Year"), say("Văn bản", "Documents"), say("Đoạn", "Passages"), "", say("Mục nói rõ", "Headings")
    )
    most = max(each.passages for each in found.years)
    for each in found.years:
        bar = "█" * max(1, round(_BAR * each.passages / most))
        headings = Text("; ".join(each.headings))
        years.add_row(str(each.year), str(each.documents), str(each.passages), bar, headings)
    console.print(years)
    if found.undated:
        console.print(say(f"{found.undated} đoạn không rõ năm", f"{found.undated} passages of no known year"))
    goals = table(say("Chỉ tiêu", "Goal"), say("Cơ quan", "Authority"), say("Các năm", "Years"))
    for line in found.goals[:_SERIES]:
        points = "; ".join(f"{point.year}: {amount(point.target)}" for point in line.points)
        goals.add_row(Text(line.indicator), Text(line.issuer or line.province or "–"), Text(points))
    led = table(say("Phụ trách", "Responsible"), say("Tỉnh", "Province"), say("Các năm", "Years"), say("Nay", "Today"))
    for agency in found.responsible[:_SERIES]:
        span = ", ".join(map(str, agency.years))
        led.add_row(Text(agency.agency), Text(agency.province or "–"), span, Text("; ".join(agency.today)))
    for made, all_of_them in ((goals, len(found.goals)), (led, len(found.responsible))):
        if made.row_count:
            console.print()
            console.print(made)
        if all_of_them > made.row_count:
            console.print(Text("… --json" if language() == "en" else "… xem hết: --json", style="dim"))
