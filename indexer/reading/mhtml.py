"""Web pages saved as MHTML (.mht): the page among the parts of a message (RFC 2557)."""

from __future__ import annotations

from dataclasses import replace

from corpus.model import SourceText
from indexer.reading.failures import failure
from indexer.reading.html import read_html


def read_mhtml(data: bytes) -> SourceText:
    """The text of the page that an MHTML file opens with, the first of its HTML parts.

    The part's declared encoding goes before what the page says of itself. Raises ReadingError ``web-archive``.
    """
    from email import message_from_bytes, policy
    from email.message import EmailMessage

    message = message_from_bytes(data.lstrip(), _class=EmailMessage, policy=policy.default)
    for part in message.walk():
        if part.get_content_type() in {"text/html", "application/xhtml+xml"}:
            page = part.get_payload(decode=True)
            if isinstance(page, bytes) and page.strip():
                return replace(read_html(page), media_type="multipart/related", reader="mhtml")
    raise failure("web-archive")
