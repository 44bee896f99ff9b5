"""``tienle duties``: what an agency has to do in a period."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.answering import AnswerForm, form_of, give
from api.cli.context import AddressOption, JsonOption, OutputOption, language, say
from api.cli.delivering import write
from api.cli.options import Filtering, bundled


@bundled
def duties(
    of: Annotated[str, typer.Argument(metavar="AGENCY", help="Cơ quan, kể cả việc kế thừa · The agency.")],
    asked: Filtering,
    first: Annotated[
        str | None, typer.Option("--from", help="Từ ngày: 1/1/2026, 1/2026, 2026, Quý I/2026 · Due on or after.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Đến ngày · Due on or before.")] = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    address: AddressOption = "",
    form: Annotated[
        AnswerForm | None, typer.Option("--format", help="Dạng in ra: bảng, JSON, Excel, Word, lịch · Output form.")
    ] = None,
) -> None:
    """Việc phải làm của một cơ quan trong kỳ, theo thời hạn · An agency's duties in a period, by deadline."""
    from api.answers.duties import duties_of
    from api.exports.answered import of_duties, period
    from api.plain import plain

    chosen = form_of(form, output, as_json=as_json, dated=True)
    archive, filters = asked.open()
    found = duties_of(archive, of, filters, first=first, last=last)
    if chosen == "ics":
        from api.exports.calendar import to_calendar
        from api.exports.links import Links, require_address

        require_address(address)
        records = [duty.record for duty in found.duties]
        write(to_calendar(records, Links(address), language(), archive.settings.notice), output)
        return
    give(
        plain(found),
        lambda links, tongue: of_duties(found, links, tongue),
        f"{say('Việc phải làm', 'Duties')}: {found.agency}{period(found, language())}",
        chosen,
        output,
        address,
        archive.settings.notice,
    )
