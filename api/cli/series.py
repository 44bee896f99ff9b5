"""``tienle targets --series``: each indicator of each authority over the years."""

from __future__ import annotations

from api.cli.context import Form, encoder_of, language, say
from api.cli.options import Delivery, Filtering


def give_series(asked: Filtering, delivery: Delivery, typed: str | None, limit: int | None, form: Form | None) -> None:
    """Find the series that a question and filters mean, all without a question, and give them as was asked."""
    from api.answers.question import check_question
    from api.answers.timeline import series
    from api.cli.answering import show
    from api.cli.delivering import TABLE_ROWS, write
    from api.exports.csv import to_csv
    from api.exports.links import Links
    from api.exports.over_time import of_series, points_of, side_by_side
    from api.exports.sheets import sheets_to_xlsx
    from api.plain import dump

    chosen = delivery.form_of(form, "series")
    if typed is not None:
        check_question(typed)
    archive, filters = asked.open()
    every = series(archive, filters, typed, encoder=None if typed is None else encoder_of(archive))
    shown = limit or (TABLE_ROWS if chosen == "table" else None)
    found = every[delivery.offset :][:shown]
    title, notice = say("Chỉ tiêu qua các năm", "Goals over the years"), archive.settings.notice
    if chosen == "table":
        show([side_by_side(found, language())], f"{title} ({len(found)}/{len(every)})", notice)
    elif chosen == "json":
        write(f"{dump(found)}\n".encode(), delivery.output)
    elif chosen == "csv":
        write(to_csv(points_of(found), "series"), delivery.output)
    else:
        write(sheets_to_xlsx(title, notice, of_series(found, Links(delivery.address), language())), delivery.output)
