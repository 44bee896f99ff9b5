"""What the operator decides about reading: how far a reader may go, and where recognised pages are kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """Limits of one file and the cache of recognised pages.

    ``bytes``: a larger file is refused, ``pages``: more pages than these are refused; ``cache``: folder of recognised
    pages by the hash of their image, None to keep none; ``recognise``: whether images of pages are read (OCR);
    ``threads``: how many pages may be recognised at once.
    """

    bytes: int = 200 * 1024 * 1024
    pages: int = 5_000
    cache: Path | None = None
    recognise: bool = True
    threads: int = 1


DEFAULTS = ReadingOptions()
