"""The sample in encodings from before Unicode, and in other forms of it, gives the same passages as the original."""

from __future__ import annotations

import importlib.util
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.language.normalise import normalise
from corpus.model import Header, Quality
from corpus.store.settings import ArchiveSettings
from indexer.reading import read_bytes
from indexer.structure import parse

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "corpus" / "sample"
FILES = sorted(path for path in SAMPLE.rglob("*") if path.suffix in {".txt", ".md"})

_spec = importlib.util.spec_from_file_location("legacy_writing", ROOT / "tests" / "corpus" / "legacy_writing.py")
assert _spec is not None
assert _spec.loader is not None
writing = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(writing)

Write = Callable[[str], bytes]
UNICODE: dict[str, Write] = {
    "NFD": lambda text: unicodedata.normalize("NFD", text).encode(),
    "UTF-8 with mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 without mark": lambda text: text.encode("utf-16-le"),
    "UTF-16, high byte first": lambda text: text.encode("utf-16-be"),
    "mixed line ends": lambda text: text.replace("\n", "\r\n", text.count("\n") // 2).encode(),
    "look-alikes": lambda text: text.replace("đ", "ð").replace("Đ", "Ð").encode(),
}
CONVERTED: dict[str, tuple[str, Write]] = {
    "windows-1258": ("windows-1258", writing.windows_1258),
    "VNI": ("VNI", writing.in_bytes(writing.vni)),
    "VNI in UTF-8": ("VNI", lambda text: writing.vni(text).encode()),
    "TCVN3": ("TCVN3", writing.in_bytes(writing.tcvn3)),
    "TCVN3 in UTF-8": ("TCVN3", lambda text: writing.tcvn3(text).encode()),
}


def understood(data: bytes, suffix: str) -> tuple[list[tuple[str, str]], Header]:
    """Sections and normalised texts of the passages, and the header."""
    parsed = parse(read_bytes(data, suffix), ArchiveSettings.load(SAMPLE).places)
    text = parsed.source.text
    passages = [(p.section, normalise(" ".join(text[p.start : p.end].split()))) for p in parsed.passages]
    return passages, parsed.header


@pytest.mark.parametrize("name", UNICODE)
def test_every_form_of_unicode_gives_the_same_passages_and_header(name: str) -> None:
    assert len(FILES) > 8
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert understood(UNICODE[name](text), path.suffix) == understood(text.encode(), path.suffix), path.name


@pytest.mark.parametrize("name", CONVERTED)
def test_every_legacy_encoding_gives_the_same_passages(name: str) -> None:
    recorded, write = CONVERTED[name]
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        source = read_bytes(write(text), path.suffix)
        assert (source.quality, source.converted_from) == (Quality.CONVERTED, recorded)
        found, header = understood(write(text), path.suffix)
        expected, original = understood(text.encode(), path.suffix)
        if recorded == "TCVN3":  # it has no capitals with tones but where all of a word is in capitals
            assert [t.casefold() for _, t in found] == [t.casefold() for _, t in expected], path.name
            assert [section for section, _ in found] == [section for section, _ in expected]
            assert (header.number, header.issued_on, header.type) == (
                original.number,
                original.issued_on,
                original.type,
            )
        else:
            assert (found, header) == (expected, original), path.name
