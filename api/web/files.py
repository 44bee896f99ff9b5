"""Lists and answers as files that a page offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from api.exports import MEDIA_TYPES, FileFormat, export
from api.exports.links import Links
from api.web.render import page_language

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from api.exports.columns import Kind


def download(data: bytes, name: str, media_type: str) -> Response:
    """A file to keep; ``name`` in ASCII."""
    return Response(data, headers={"Content-Disposition": f'attachment; filename="{name}"'}, media_type=media_type)


def records_file(
    request: Request, records: Sequence[DataclassInstance], kind: Kind, form: FileFormat, name: str
) -> Response:
    """Records as a file in the page's language, its links leading back to this server's pages."""
    links, notice = Links(str(request.base_url)), request.app.state.service.facts().notice
    data = export(records, kind, form, links, page_language(request), notice)
    return download(data, f"{name}.{form}", MEDIA_TYPES[form])
