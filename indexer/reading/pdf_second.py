"""A second reader of a PDF page, for what the first one reads badly: pdfplumber, which knows glyphs by number."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace

from indexer.reading.pdf_facts import captured
from indexer.reading.pdf_words import PageContent, Word
from indexer.reading.symbols import glyph

UNKNOWN = "\ufffd"
_GLYPH = re.compile(r"\(cid:(\d{1,5})\)")


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
        if str(word["text"]).strip()
    )
    # Its words stand in the page as it is shown, so rules of a turned page do not fit them.
    return replace(first, words=words, rules=first.rules if first.angle == 0 else (), angle=0)


def with_signs(data: bytes, index: int, content: PageContent) -> PageContent:
    """A page's content with characters that the file gives no meaning as the signs that their fonts print.

    Told by the numbers of their glyphs, in the order of the file; left as they are where the two readers count
    differently.
    """
    import pdfplumber

    unknown = sum(word.text.count(UNKNOWN) for word in content.words)
    try:
        with captured("pdfminer"), pdfplumber.open(io.BytesIO(data), pages=[index + 1]) as document:
            found = [(_GLYPH.fullmatch(char["text"]), str(char["fontname"])) for char in document.pages[0].chars]
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (as above: the characters stay unknown)
        return content
    shown = iter([glyph(int(number[1]), font) or UNKNOWN for number, font in found if number])
    if sum(number is not None for number, _ in found) != unknown:
        return content
    return replace(content, words=tuple(_known(content.words, shown)))


def _known(words: tuple[Word, ...], shown: Iterator[str]) -> Iterator[Word]:
    for word in words:
        text = "".join(next(shown) if character == UNKNOWN else character for character in word.text)
        yield word if text == word.text else replace(word, text=text)
