"""``tienle precedents``: what earlier plans did about a draft's tasks and goals."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.answering import DocumentFormatOption, form_of, give
from api.cli.context import AddressOption, JsonOption, OutputOption, encoder_of, say
from api.cli.options import Filtering, bundled
from corpus.errors import ReadingError


@bundled
def precedents(
    file: Annotated[
        Path, typer.Argument(metavar="FILE|-", help="Dự thảo; - là đầu vào chuẩn · The draft; - is stdin.")
    ],
    asked: Filtering,
    most: Annotated[
        int, typer.Option("--most", min=1, max=20, help="Số tiền lệ mỗi loại cho một việc · Precedents of each kind.")
    ] = 3,
    as_json: JsonOption = False,
    output: OutputOption = None,
    address: AddressOption = "",
    form: DocumentFormatOption = None,
) -> None:
    """Tiền lệ cho một dự thảo: việc đã làm, việc mới, việc bỏ sót · Precedents for a draft, task by task."""
    from api.answers.precedents import find_precedents
    from api.drafts.reading import read_draft
    from api.exports.answered import of_precedents
    from api.plain import plain
    from indexer.reading import content

    chosen = form_of(form, output, as_json=as_json)
    data, suffix = (sys.stdin.buffer.read(), "") if str(file) == "-" else (None, file.suffix)
    archive, filters = asked.open()
    try:
        draft = read_draft(content(file) if data is None else data, suffix, archive.places)
    except ReadingError as error:
        raise ReadingError(error.code, f"{file}: {error.vi}", f"{file}: {error.en}") from error
    found = find_precedents(archive, encoder_of(archive), draft, filters, most=most)
    title = say("Tiền lệ cho dự thảo", "Precedents for the draft")
    if found.title:
        title += f": {found.title}"
    if found.read_as == "paragraphs":
        told = say(
            "Dự thảo không nêu nhiệm vụ hay chỉ tiêu nào; so từng đoạn.",
            "The draft gives no task and no goal; its paragraphs are compared.",
        )
        typer.echo(f"tienle: {told}", err=True)
    give(
        plain(found),
        lambda links, language: of_precedents(found, links, language),
        title,
        chosen,
        output,
        address,
        archive.settings.notice,
    )
