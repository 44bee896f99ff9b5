"""Forms of the pages from what an address or a browser sends."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import fields

from fastapi import Request
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser

from api.web.addresses import Filter
from corpus.errors import QueryError

_FIELDS = 40


class _TooLarge(MultiPartException):
    """More was sent than is taken; the parser closes what it holds."""


_PART = 64 * 1024  # bytes of a form's own around what is sent


def filter_of(given: Mapping[str, str]) -> Filter:
    """The search form that some fields fill, on its first page; others are passed over."""
    known = [field for field in fields(Filter) if field.name in given and field.name not in ("page", "open")]
    ticks = {field.name: given[field.name] not in ("", "0", "false") for field in known if field.default is False}
    return Filter().but(**{field.name: given[field.name] for field in known} | ticks)


async def sent_form(request: Request, most: int, too_large: QueryError) -> FormData:
    """A form with at most one file, of ``most`` bytes in all; raises ``too_large`` beyond, QueryError for no form.

    Whoever asks closes it.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await request.form(max_fields=_FIELDS)
    stream = _limited(request, most + _PART)
    try:
        parser = MultiPartParser(request.headers, stream, max_files=1, max_fields=_FIELDS, max_part_size=most)
        return await parser.parse()
    except _TooLarge as error:
        raise too_large from error
    except (MultiPartException, KeyError) as error:
        raise QueryError(
            "form-unreadable",
            "Không đọc được biểu mẫu vừa gửi. Tải lại trang rồi gửi lại, mỗi lần một tệp.",
            "The form that was sent cannot be read. Reload the page and send again, one file at a time.",
        ) from error


async def _limited(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    seen = 0
    async for piece in request.stream():
        seen += len(piece)
        if seen > most:
            raise _TooLarge("too large")
        yield piece
