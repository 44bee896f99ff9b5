"""Source files over HTTP: the very bytes, and nothing in them may run."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

from fastapi.responses import FileResponse, Response

from api.answers.documents import FullDocument
from corpus.errors import ArchiveError
from corpus.store.archive import Archive

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""For archived pages: their look, but no script, form, picture or frame."""

_PDF = "application/pdf"


def source_response(archive: Archive, document: FullDocument) -> Response:
    """The kept source file of a document, shown inline; ArchiveError as :func:`kept_source`."""
    kept = kept_source(archive, document)
    name = safe_name(document.card.source)
    headers = {"X-Content-Type-Options": "nosniff", "Content-Type": _content_type(kept, document.media_type)}
    if document.media_type != _PDF:  # browsers show no PDF in a sandbox, and run no script of one
        headers["Content-Security-Policy"] = SANDBOX
    return FileResponse(kept, headers=headers, filename=name, content_disposition_type="inline")


def kept_source(archive: Archive, document: FullDocument) -> Path:
    """Where a document's source file is kept; ArchiveError ``source-missing`` when its copy is gone."""
    kept = archive.sources.path(document.sha256)
    if not kept.is_file():
        name = safe_name(document.card.source)
        raise ArchiveError(
            "source-missing",
            f"Bản lưu của tệp {name} không còn trong kho. Lập chỉ mục lại tệp ấy.",
            f"The kept copy of {name} is gone from the archive. Index that file again.",
        )
    return kept


def safe_name(path: str) -> str:
    """A file's name without folders, control characters and quotes."""
    name = PureWindowsPath(PurePosixPath(path).name).name
    return "".join(c for c in name if c.isprintable() and c not in '"\\/') or "source"


def _content_type(kept: Path, media_type: str) -> str:
    # A page declares its encoding itself, and a header would overrule it; plain text has only the header.
    if media_type.startswith("text/") and media_type != "text/html":
        try:
            kept.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return media_type
        return f"{media_type}; charset=utf-8"
    return media_type
