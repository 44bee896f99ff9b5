"""Requests that another site makes a browser send: told by their headers, and by the token that our own forms carry."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.types import Message, Receive

FIELD, HEADER = "csrf", "x-csrf-token"
"""Where a token stands: a form's field, or a header that a page's own script sends."""

_LOOK = 64 * 1024  # bytes of a body in which the field must stand; our forms have it first


def from_elsewhere(headers: Headers) -> bool:
    """Whether a browser says that a request comes from another site (Fetch Metadata, else Origin).

    What says nothing is no browser of the last years: a program, which has no cookies that it does not mean to send.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()


async def form_token(headers: Headers, receive: Receive) -> tuple[str, Receive]:
    """The token in a form's body, empty when there is none, and what to read the whole body from afterwards."""
    read: list[Message] = []
    data = bytearray()
    more = True
    while more and len(data) < _LOOK:
        message = await receive()
        read.append(message)
        data += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    replay = iter(read)

    async def again() -> Message:
        message = next(replay, None)
        return await receive() if message is None else message

    return field_of(headers.get("content-type", ""), bytes(data)), again


def field_of(content_type: str, body: bytes) -> str:
    """The value of the token's field in the beginning of a form, empty when there is none or it is no form."""
    from python_multipart.multipart import parse_options_header

    kind, options = parse_options_header(content_type)
    if kind == b"application/x-www-form-urlencoded":
        try:
            return parse_qs(body.decode("ascii"), max_num_fields=1000).get(FIELD, [""])[0]
        except ValueError:
            return ""
    if kind == b"multipart/form-data" and options.get(b"boundary"):
        return _part(options[b"boundary"], body)
    return ""


def _part(boundary: bytes, body: bytes) -> str:
    from python_multipart.exceptions import MultipartParseError
    from python_multipart.multipart import MultipartParser, parse_options_header

    name, value, found = bytearray(), bytearray(), bytearray()
    parts: dict[str, bytes] = {}

    def begin() -> None:
        name.clear()
        value.clear()
        found.clear()

    def end_of_header() -> None:
        if name.lower() == b"content-disposition":
            _, options = parse_options_header(bytes(value))
            found[:] = options.get(b"name", b"")
        name.clear()
        value.clear()
        value.clear()

    def end_of_part() -> None:
        if found == FIELD.encode():
            parts.setdefault(FIELD, bytes(value))

    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": begin,
            "on_header_field": lambda data, start, end: name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: value.extend(data[start:end]),
            "on_header_end": end_of_header,
            "on_part_data": lambda data, start, end: value.extend(data[start:end]),
            "on_part_end": end_of_part,
        },
        max_header_size=_LOOK,  # a file may have a long name
    )
    try:
        parser.write(body)
    except MultipartParseError:
        return ""
    return parts.get(FIELD, b"").decode("ascii", "replace")
