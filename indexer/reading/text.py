"""Plain text: one line a physical line, form feeds between pages."""

from __future__ import annotations

from corpus.model import SourceText
from indexer.reading.encoding import decode
from indexer.reading.lines import split_lines, with_newlines


def read_text(data: bytes) -> SourceText:
    """The text of a plain text file; a form feed parts pages. Raises ReadingError on binary or undecodable bytes."""
    decoded = decode(data)
    text = with_newlines(decoded.text)
    lines = split_lines(text)
    return SourceText(
        text=text,
        lines=lines,
        media_type="text/plain",
        reader="text",
        wrapped=True,
        # Converters end the last page with a form feed too; that opens no further page.
        pages=text.rstrip().count("\f") + 1 if "\f" in text else None,
        quality=decoded.quality,
        warnings=decoded.warnings,
        converted_from=decoded.converted_from,
    )
