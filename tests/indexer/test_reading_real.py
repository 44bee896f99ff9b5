"""Real documents: all that lie in the data folder are read, or refused for the right reason."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from corpus.errors import ReadingError
from corpus.model import Quality
from indexer.reading import read

DATA = Path(os.environ.get("TIENLE_DATA", "no-such-folder"))

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="TIENLE_DATA names no folder of real documents")


def files(folder: str, suffix: str) -> Iterator[Path]:
    found = sorted((DATA / folder).glob(f"*{suffix}"))
    assert found, f"no {suffix} in {folder}"
    yield from found


def test_every_plan_and_seed_reads_as_its_own_characters() -> None:
    for path in [*files("plans", ".txt"), *files("seeds", ".txt")]:
        source = read(path)
        assert source.text == path.read_text(encoding="utf-8"), path.name
        assert (source.quality, source.warnings) == (Quality.NATIVE, ()), path.name


def test_every_gazette_pdf_reads_whole_with_the_number_it_is_filed_under() -> None:
    for path in files("pdf", ".pdf"):
        source = read(path)
        assert source.pages == len(PdfReader(path).pages), path.name
        words = re.sub(r"[^a-z0-9]+", "-", fold(source.text))
        number = re.sub(r"^.*?-so-|-\d{5,}$", "", path.stem)
        assert number in words, path.name
        silent = set(range(1, source.pages + 1)) - {line.page for line in source.lines}
        assert all(str(page) in source.warnings[0] for page in silent), path.name


def test_every_scan_is_refused_as_a_scan() -> None:
    for path in files("scans", ".pdf"):
        with pytest.raises(ReadingError) as caught:
            read(path)
        assert caught.value.code == "pdf-no-text", path.name


def fold(text: str) -> str:
    """Small letters without marks."""
    base = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return base.replace("đ", "d")
