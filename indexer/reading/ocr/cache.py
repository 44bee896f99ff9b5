"""Recognised pages by what was recognised: a page's image is read once."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.reading.ocr.page import PageWord, RecognisedPage

if TYPE_CHECKING:
    from PIL.Image import Image


def key(image: Image, *versions: object) -> str:
    """The name of a page in the cache: a hash of its pixels and of what reads them."""
    digest = hashlib.sha256(repr((image.mode, image.size, versions)).encode())
    palette = image.getpalette() if image.mode == "P" else None
    digest.update(bytes(palette or b""))
    digest.update(image.tobytes())
    return digest.hexdigest()


def load(folder: Path, name: str) -> RecognisedPage | None:
    """A page from the cache; None where it is not there or its file is damaged."""
    try:
        return _page(json.loads(_file(folder, name).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def save(folder: Path, name: str, page: RecognisedPage) -> None:
    """Puts a page into the cache, whole or not at all; a cache that cannot be written is done without."""
    words = [
        [word.start, word.end, *(round(side, 5) for side in word.box), round(word.confidence, 4)] for word in page.words
    ]
    written = json.dumps({"text": page.text, "confidence": page.confidence, "words": words}, ensure_ascii=False)
    file = _file(folder, name)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=file.parent, suffix=".partial")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(written)
            Path(partial).replace(file)
        except OSError:
            Path(partial).unlink(missing_ok=True)
            raise


def _file(folder: Path, name: str) -> Path:
    return folder / name[:2] / f"{name}.json"


def _page(record: Mapping[str, object]) -> RecognisedPage:
    """A page from its record; raises ValueError, KeyError or TypeError where it is not as it was written."""
    text, rows = record["text"], record["words"]
    if not isinstance(text, str) or not isinstance(rows, list):
        raise TypeError
    words = []
    for start, end, left, top, right, bottom, confidence in rows:
        box = float(left), float(top), float(right), float(bottom)
        if not 0 <= start < end <= len(text) or any(not 0 <= part <= 1 for part in (*box, confidence)):
            raise ValueError
        words.append(PageWord(int(start), int(end), box, float(confidence)))
    return RecognisedPage(text, tuple(words), float(str(record["confidence"])))
