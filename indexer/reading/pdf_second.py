"""A second reader of a PDF page's words, for pages that the first one reads badly: pdfplumber."""

from __future__ import annotations

import io
from dataclasses import replace

from indexer.reading.pdf_facts import captured
from indexer.reading.pdf_words import PageContent, Word


def second_reading(data: bytes, index: int, first: PageContent) -> PageContent | None:
    """A page's content with the words that pdfplumber finds on it, None where it fails; ``index`` counts from 0."""
    import pdfplumber

    left, bottom, _, _ = first.box
    try:
        with captured("pdfminer"), pdfplumber.open(io.BytesIO(data), pages=[index + 1]) as document:
            page = document.pages[0]
            height = float(page.height)
            found = page.extract_words(x_tolerance_ratio=0.15, keep_blank_chars=False, use_text_flow=True)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (pdfminer raises whatever a damaged page makes it run into: the first reading stays)
        return None
    words = tuple(
        Word(
            text=str(word["text"]),
            left=left + float(word["x0"]),
            right=left + float(word["x1"]),
            top=float(word["top"]) - height - bottom,
            bottom=float(word["bottom"]) - height - bottom,
            baseline=float(word["bottom"]) - height - bottom - 0.2 * (float(word["bottom"]) - float(word["top"])),
        )
        for word in found
    )
    # Its words stand in the page as it is shown, so rules of a turned page do not fit them.
    return replace(first, words=words, rules=first.rules if first.angle == 0 else (), angle=0)
