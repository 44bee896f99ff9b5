"""Forms of the pages from what an address or a browser sends."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import fields
from http import HTTPStatus

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from api.web.addresses import Filter
from corpus.errors import QueryError

_FIELDS = 40


class _TooLarge(MultiPartException):
    """More was sent than is taken; the parser closes what it holds."""


_PART = 64 * 1024  # bytes of a form's own around what is sent
_TYPED = 1024**2  # bytes of a field with its signs escaped: undoing that holds all others up


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
        try:
            return await request.form(max_fields=_FIELDS, max_part_size=_TYPED)
        except HTTPException as error:
            if error.status_code != HTTPStatus.BAD_REQUEST:
                raise
            raise _too_long(most) from error
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


def _too_long(most: int) -> QueryError:
    typed, whole = _TYPED // 1024**2, most // 1024**2
    return QueryError(
        "form-too-long",
        f"Nội dung gửi theo dạng application/x-www-form-urlencoded chỉ nhận đến {typed} MB mỗi ô, tính cả phần mã hóa, "
        f"và {_FIELDS} ô. Gửi theo dạng multipart/form-data thì nhận đến {whole} MB: chọn tệp, hoặc dán vào trang này.",
        f"Sent as application/x-www-form-urlencoded, a field takes {typed} MB with its signs escaped, and a form "
        f"{_FIELDS} fields. Sent as multipart/form-data it takes {whole} MB: choose a file, or paste into this page.",
    )


async def _limited(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    seen = 0
    async for piece in request.stream():
        seen += len(piece)
        if seen > most:
            raise _TooLarge("too large")
        yield piece
