"""Drafts that come in with a request, and answers of several tables that go out as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.answers.precedents import Draft
from api.exports import MEDIA_TYPES
from api.exports.sheets import Sheet, sheets_to_word, sheets_to_xlsx
from api.exports.word import MEDIA_TYPE as WORD
from api.http.service import Service, service_of
from corpus.errors import QueryError, ReadingError

LARGEST_DRAFT = 50 * 1024**2  # bytes

AnswerForm = Annotated[
    Literal["json", "xlsx", "docx"], Query(alias="format", description="JSON, an Excel workbook, a Word document.")
]
DraftName = Annotated[
    str, Query(max_length=255, description="The file's name, as a hint at its format; its content decides.")
]


async def _draft(request: Request, name: DraftName = "") -> Draft:
    """The draft in a request's body; QueryError when it is too large or cannot be read."""
    service = await service_of(request)
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > LARGEST_DRAFT:
            limit = LARGEST_DRAFT // 1024**2
            raise QueryError(
                "draft-too-large",
                f"Dự thảo lớn hơn {limit} MB. Gửi bản nhỏ hơn, hoặc dùng lệnh tienle precedents.",
                f"The draft is larger than {limit} MB. Send a smaller one, or use the command tienle precedents.",
            )
    return await run_in_threadpool(_read, bytes(data), name, service)


def _read(data: bytes, name: str, service: Service) -> Draft:
    from pathlib import PurePath

    from api.drafts.reading import read_draft

    try:
        return read_draft(data, PurePath(name).suffix, service.archive.places)
    except ReadingError as error:  # the caller's file, not this server, is at fault
        raise QueryError(error.code, error.vi, error.en) from error


Drafted = Annotated[Draft, Depends(_draft)]


def as_document(name: str, title: str, notice: str, sheets: Sequence[Sheet], form: Literal["xlsx", "docx"]) -> Response:
    """Tables as a file to keep."""
    if form == "docx":
        return as_word(name, sheets_to_word(title, notice, sheets))
    return _kept(f"{name}.xlsx", sheets_to_xlsx(title, notice, sheets), MEDIA_TYPES["xlsx"])


def as_word(name: str, data: bytes) -> Response:
    """A Word document as a file to keep."""
    return _kept(f"{name}.docx", data, WORD)


def _kept(name: str, data: bytes, media: str) -> Response:
    return Response(data, headers={"Content-Disposition": f'attachment; filename="{name}"'}, media_type=media)
