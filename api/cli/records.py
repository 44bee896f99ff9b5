"""``tienle assignments``, ``targets`` and ``citations``: rows, not passages."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.context import (
    DEFAULT_ARCHIVE,
    AddressOption,
    AgencyOption,
    ArchiveOption,
    DocumentOption,
    DueFromOption,
    DueToOption,
    HasDeadlineOption,
    JsonOption,
    LeadOption,
    LimitOption,
    OffsetOption,
    OutputOption,
    ProvinceOption,
    QualityOption,
    RecordFormatOption,
    SheetFormatOption,
    TodayOption,
    TypeOption,
    YearOption,
    encoder_of,
    filters_of,
    open_archive,
)

QueryArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[QUERY]", help="Về việc gì; không có: tất cả · What about; none: all.")
]


def assignments(
    query: QueryArgument = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    year: YearOption = None,
    province: ProvinceOption = None,
    as_of_today: TodayOption = False,
    types: TypeOption = None,
    quality: QualityOption = None,
    agency: AgencyOption = None,
    lead: LeadOption = None,
    due_from: DueFromOption = None,
    due_to: DueToOption = None,
    has_deadline: HasDeadlineOption = False,
    document: DocumentOption = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    as_json: JsonOption = False,
    form: RecordFormatOption = None,
    output: OutputOption = None,
    address: AddressOption = "",
) -> None:
    """Liệt kê nhiệm vụ: ai, việc gì, với ai, khi nào, ở đâu · List assignments: who, what, with whom, by when."""
    from api.answers.assignments import list_assignments
    from api.answers.question import read_question
    from api.cli.delivering import TABLE_ROWS, deliver, form_of
    from api.cli.tables import print_assignments

    chosen = form_of(form, output, "assignments", as_json=as_json)
    typed = " ".join(query) if query else None
    if typed is not None:
        read_question(typed)  # a question that is none needs no archive to say so
    opened = open_archive(archive)
    filters = filters_of(
        opened, year, province, types, quality, as_of_today=as_of_today, agency=agency, lead=lead, document=document,
        due_from=due_from, due_to=due_to, has_deadline=has_deadline,
    )  # fmt: skip
    found, total = list_assignments(
        opened,
        filters,
        query=typed,
        encoder=encoder_of(opened) if typed is not None else None,
        limit=limit or (TABLE_ROWS if chosen == "table" else None),
        offset=offset,
    )
    notice = opened.settings.notice
    if chosen == "table":
        print_assignments(found, total, notice)
    else:
        deliver(found, "assignments", chosen, output, address, notice)


def targets(
    query: QueryArgument = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    year: YearOption = None,
    province: ProvinceOption = None,
    as_of_today: TodayOption = False,
    types: TypeOption = None,
    quality: QualityOption = None,
    agency: AgencyOption = None,
    lead: LeadOption = None,
    due_from: DueFromOption = None,
    due_to: DueToOption = None,
    has_deadline: HasDeadlineOption = False,
    document: DocumentOption = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    as_json: JsonOption = False,
    form: RecordFormatOption = None,
    output: OutputOption = None,
    address: AddressOption = "",
) -> None:
    """Liệt kê chỉ tiêu: đạt gì, bao nhiêu, khi nào · List targets: what, how much, by when."""
    from api.answers.question import read_question
    from api.answers.targets import list_targets
    from api.cli.delivering import TABLE_ROWS, deliver, form_of
    from api.cli.tables import print_targets

    chosen = form_of(form, output, "targets", as_json=as_json)
    typed = " ".join(query) if query else None
    if typed is not None:
        read_question(typed)
    opened = open_archive(archive)
    filters = filters_of(
        opened, year, province, types, quality, as_of_today=as_of_today, agency=agency, lead=lead, document=document,
        due_from=due_from, due_to=due_to, has_deadline=has_deadline,
    )  # fmt: skip
    found, total = list_targets(
        opened,
        filters,
        query=typed,
        encoder=encoder_of(opened) if typed is not None else None,
        limit=limit or (TABLE_ROWS if chosen == "table" else None),
        offset=offset,
    )
    notice = opened.settings.notice
    if chosen == "table":
        print_targets(found, total, notice)
    else:
        deliver(found, "targets", chosen, output, address, notice)


def citations(
    query: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUERY]", help="Số hiệu hay tên được dẫn; không có: tất cả · Number or name cited."),
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    year: YearOption = None,
    province: ProvinceOption = None,
    as_of_today: TodayOption = False,
    types: TypeOption = None,
    quality: QualityOption = None,
    agency: AgencyOption = None,
    lead: LeadOption = None,
    due_from: DueFromOption = None,
    due_to: DueToOption = None,
    has_deadline: HasDeadlineOption = False,
    document: DocumentOption = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    as_json: JsonOption = False,
    form: SheetFormatOption = None,
    output: OutputOption = None,
    address: AddressOption = "",
) -> None:
    """Liệt kê viện dẫn, và văn bản nào trong kho được dẫn · List citations and which documents they mean."""
    from api.answers.citations import list_citations
    from api.cli.delivering import TABLE_ROWS, deliver, form_of
    from api.cli.tables import print_citations

    chosen = form_of(form, output, "citations", as_json=as_json)
    opened = open_archive(archive)
    filters = filters_of(
        opened, year, province, types, quality, as_of_today=as_of_today, agency=agency, lead=lead, document=document,
        due_from=due_from, due_to=due_to, has_deadline=has_deadline,
    )  # fmt: skip
    found, total = list_citations(
        opened,
        filters,
        query=" ".join(query) if query else None,
        limit=limit or (TABLE_ROWS if chosen == "table" else None),
        offset=offset,
    )
    notice = opened.settings.notice
    if chosen == "table":
        print_citations(found, total, notice)
    else:
        deliver(found, "citations", chosen, output, address, notice)
