"""``tienle assignments``, ``targets`` and ``citations``: rows, not passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from api.cli.context import Form, LimitOption, RecordFormatOption, SheetFormatOption, encoder_of, say
from api.cli.options import Delivery, Filtering, bundled

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from api.exports.columns import Kind
    from corpus.store.archive import Archive

    Row = TypeVar("Row", bound=DataclassInstance)

QueryArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[QUERY]", help="Về việc gì; không có: tất cả · What about; none: all.")
]
CitedArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[QUERY]", help="Số hiệu hay tên được dẫn; không có: tất cả · Number or name cited."),
]


@bundled
def assignments(
    asked: Filtering,
    delivery: Delivery,
    query: QueryArgument = None,
    limit: LimitOption = None,
    form: RecordFormatOption = None,
) -> None:
    """Liệt kê nhiệm vụ: ai, việc gì, với ai, khi nào, ở đâu · List assignments: who, what, with whom, by when."""
    from api.answers.assignments import list_assignments
    from api.cli.tables import print_assignments

    _give("assignments", list_assignments, print_assignments, asked, delivery, query, limit, form)


@bundled
def targets(
    asked: Filtering,
    delivery: Delivery,
    query: QueryArgument = None,
    limit: LimitOption = None,
    form: RecordFormatOption = None,
    by_series: Annotated[
        bool, typer.Option("--series", help="Theo từng chỉ tiêu qua các năm · Each indicator over the years.")
    ] = False,
) -> None:
    """Liệt kê chỉ tiêu: đạt gì, bao nhiêu, khi nào · List targets: what, how much, by when."""
    if by_series:
        from api.cli.series import give_series

        give_series(asked, delivery, " ".join(query) if query else None, limit, form)
        return
    from api.answers.targets import list_targets
    from api.cli.tables import print_targets

    _give("targets", list_targets, print_targets, asked, delivery, query, limit, form)


@bundled
def citations(
    asked: Filtering,
    delivery: Delivery,
    query: CitedArgument = None,
    limit: LimitOption = None,
    form: SheetFormatOption = None,
) -> None:
    """Liệt kê viện dẫn, và văn bản nào trong kho được dẫn · List citations and which documents they mean."""
    from api.answers.citations import list_citations
    from api.cli.tables import print_citations

    _give("citations", list_citations, print_citations, asked, delivery, query, limit, form)


def _give(
    kind: Kind,
    find: Callable[..., tuple[list[Row], int]],
    show: Callable[[Sequence[Row], int, str], None],
    asked: Filtering,
    delivery: Delivery,
    query: list[str] | None,
    limit: int | None,
    form: Form | None,
) -> None:
    """Find the records of a kind that a question and filters mean, and give them in the form that was asked for."""
    from api.answers.question import check_question
    from api.cli.delivering import TABLE_ROWS

    chosen = delivery.form_of(form, kind)
    typed = " ".join(query) if query else None
    if typed is not None:
        check_question(typed)  # a question that is none needs no archive to say so
    archive, filters = asked.open()
    if chosen == "ics":
        filters = replace(filters, has_deadline=True)  # a limit counts what a calendar can show
    meaning = {} if kind == "citations" else {"encoder": encoder_of(archive) if typed is not None else None}
    shown = limit or (TABLE_ROWS if chosen == "table" else None)
    found, total = find(archive, filters, query=typed, limit=shown, offset=delivery.offset, **meaning)
    if chosen == "table":
        show(found, total, archive.settings.notice)
    else:
        delivery.deliver(found, kind, chosen, archive.settings.notice)
    _tell_unread(archive)


def _tell_unread(archive: Archive) -> None:
    """Say on standard error that documents lack records because an older version read them."""
    from api.answers.unread import unread

    if count := unread(archive):
        where = f"--archive {archive.directory}"
        vi = (
            f"{count} văn bản do phiên bản cũ đọc, chưa có nhiệm vụ, chỉ tiêu, viện dẫn. Chạy lại: tienle index THƯ_MỤC"
        )
        en = f"{count} documents were read by an older version and have no records yet. Run again: tienle index FOLDER"
        typer.echo(f"tienle: {say(vi, en)} {where}", err=True)
