"""Tesseract as a program: whether it is here, and the words that it reads on an image."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache

from indexer.reading.failures import failure

SECONDS_A_PAGE = 120.0
"""A page takes 1-3 seconds; what takes forty times as long does not end."""

_LANGUAGE = "vie"
# How Tesseract seeks lines. The page is one column by now (columns.py), yet the mode that takes that as given also
# takes its print to be of one size, and misreads marks where it is not; lone figures in a table it alone reads.
_AUTOMATIC, _ONE_COLUMN = "3", "4"
_WORD_LEVEL = "5"
_QUICK = 10.0


@dataclass(frozen=True, slots=True)
class Token:
    """A word that Tesseract read: its box in pixels, its confidence (0-1), and the printed line that it is on."""

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float
    line: tuple[int, int, int]


def program() -> str | None:
    """The path of Tesseract: the one that TESSERACT names, else the one on PATH; None without one."""
    return shutil.which(os.environ.get("TESSERACT") or "tesseract")


def version() -> str | None:
    """Tesseract's version ("5.3.0"); None where it is missing, does not run, or has no Vietnamese."""
    path = program()
    return _version(path) if path else None


def available() -> bool:
    """Whether pages can be recognised here."""
    return version() is not None


@lru_cache(maxsize=8)
def _version(path: str) -> str | None:
    languages = _said(path, "--list-langs")
    if _LANGUAGE not in languages.split():
        return None
    words = _said(path, "--version").split()
    return words[1] if len(words) > 1 else None


def _said(path: str, option: str) -> str:
    try:
        ran = subprocess.run([path, option], capture_output=True, timeout=_QUICK, check=True)  # noqa: S603  (the operator's)
    except (OSError, subprocess.SubprocessError):
        return ""
    return ran.stdout.decode("utf-8", errors="replace")


def tokens(picture: bytes, dpi: int, in_rows: bool = False, seconds: float = SECONDS_A_PAGE) -> list[Token]:
    """The words on an image (its file's bytes, PNM for speed), in Tesseract's order; ``in_rows``: tables by rows.

    Raises ReadingError ``waiting-ocr`` without Tesseract, ``ocr-timeout`` past the time limit, ``ocr-failed``.
    """
    path = program()
    if path is None:
        raise failure("waiting-ocr", pages=1)
    mode = _ONE_COLUMN if in_rows else _AUTOMATIC
    command = [path, "stdin", "stdout", "-l", _LANGUAGE, "--psm", mode, "--oem", "1", "--dpi", str(dpi), "tsv"]
    # One thread a page: its own threads gain a fifth and cost twice, pages side by side gain all.
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        ran = subprocess.run(  # noqa: S603  (the operator's program)
            command, input=picture, capture_output=True, timeout=seconds, check=True, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise failure("ocr-timeout", seconds=int(seconds)) from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise failure("ocr-failed") from error
    return parsed(ran.stdout.decode("utf-8", errors="replace"))


def parsed(table: str) -> list[Token]:
    """The words of a TSV table as Tesseract writes it; rows that are no words are left out."""
    found = []
    for row in csv.reader(table.splitlines()[1:], delimiter="\t", quoting=csv.QUOTE_NONE):
        if len(row) != 12 or row[0] != _WORD_LEVEL or not row[11].strip():  # noqa: PLR2004  (its columns)
            continue
        block, paragraph, line = (int(value) for value in row[2:5])
        left, top, width, height = (int(value) for value in row[6:10])
        confidence = min(1.0, max(0.0, float(row[10]) / 100))
        found.append(
            Token(row[11].strip(), left, top, left + width, top + height, confidence, (block, paragraph, line))
        )
    return found
