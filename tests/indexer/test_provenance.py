"""Following a passage's pointer to its kept source lands on the same words, on the same page."""

from __future__ import annotations

import io
import os
import random
import re
import shutil
import unicodedata
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pypdf
import pytest
from sqlalchemy import select

from corpus.encoder.registry import load_encoder
from corpus.model import LineKind, SourceText
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.entry import document_id
from indexer.pipeline import index, reading_options
from indexer.reading import read_bytes
from indexer.structure import parse_all

SAMPLE = Path(__file__).parents[2] / "corpus" / "sample"
DATA = Path(os.environ.get("TIENLE_DATA", "no-such-folder"))
PASSAGES = 200  # of every format


class Pointer(NamedTuple):
    """A passage as the archive shows it: where it stands, and its words."""

    path: str
    sha256: str
    document: str
    page: int | None
    start: int
    end: int
    text: str


def other_renditions(folder: Path) -> None:
    """Sample texts in formats that the sample does not have: pages of plain text, a package, UTF-16."""
    texts = [path.read_text() for path in sorted(SAMPLE.rglob("*.txt"))]
    for number, text in enumerate(texts):
        lines = text.splitlines(keepends=True)
        pages = ["".join(lines[at : at + 30]) for at in range(0, len(lines), 30)]
        (folder / f"trang-{number}.txt").write_text(f"Bản {number}\n" + "\f".join(pages))
    (folder / "utf16.txt").write_bytes(("Bản UTF-16\n" + texts[0]).encode("utf-16"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for path in sorted(path for path in SAMPLE.rglob("*.*") if path.suffix != ".toml")[::4]:
            package.writestr(f"gói/{path.name}", path.read_bytes() + b"\n")
    (folder / "goi.zip").write_bytes(out.getvalue())


@pytest.fixture(scope="module", params=["sample", "real"])
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    directory = tmp_path_factory.mktemp("provenance") / "archive"
    if request.param == "real":
        if not DATA.is_dir():
            pytest.skip("TIENLE_DATA names no folder of real documents")
        archive = Archive.open(shutil.copytree(request.getfixturevalue("real_archive"), directory))
        paths = [DATA / "pdf"]
    else:
        archive = Archive.create(directory, load_encoder().spec)
        paths = [SAMPLE, tmp_path_factory.mktemp("made")]
        other_renditions(paths[1])
    assert index(archive, paths).failures == []
    return archive


@pytest.fixture(scope="module")
def pointers(archive: Archive) -> list[Pointer]:
    """Two hundred random passages of every format, fewer where there are not so many."""
    documents, passages, files = schema.documents, schema.passages, schema.files
    columns = [passages.c[name] for name in ("page", "start", "end")]
    query = select(documents.c.sha256, documents.c.id, *columns, documents.c.text, documents.c.media_type)
    by_format: dict[str, list[Pointer]] = defaultdict(list)
    with archive.reading() as connection:
        paths = {sha256: name for sha256, name in connection.execute(select(files.c.sha256, files.c.path))}  # noqa: C416
        for sha256, document, page, start, end, text, kind in map(tuple, connection.execute(query.join(documents))):
            by_format[kind].append(Pointer(paths[sha256], sha256, document, page, start, end, text[start:end]))
    chance = random.Random(2026)
    assert len(by_format) >= 2
    return [each for _, found in sorted(by_format.items()) for each in chance.sample(found, min(PASSAGES, len(found)))]


@pytest.fixture(scope="module")
def sources(archive: Archive, pointers: list[Pointer]) -> dict[str, SourceText]:
    """The kept copies read again, by document: a decision's file holds the plans that it issues too."""
    options = reading_options(archive, 1)
    found = {}
    for sha256, path in {pointer.sha256: pointer.path for pointer in pointers}.items():
        source = read_bytes(archive.sources.path(sha256).read_bytes(), Path(path).suffix, options)
        for part, parsed in enumerate(parse_all(source, archive.places)):
            found[document_id(sha256, part)] = parsed.source
    return found


def test_every_pointer_leads_to_the_same_words(pointers: list[Pointer], sources: dict[str, SourceText]) -> None:
    assert len(pointers) >= 2 * PASSAGES
    assert [each for each in pointers if sources[each.document].text[each.start : each.end] != each.text] == []
    assert [each for each in pointers if not each.text.strip()] == []


def test_every_page_is_that_of_the_first_line(pointers: list[Pointer], sources: dict[str, SourceText]) -> None:
    for each in pointers:
        lines = sources[each.document].lines
        page = next(line.page for line in lines if line.start <= each.start < line.end)
        assert page == each.page, each


def _squeezed(text: str) -> str:
    """Letters and digits alone: two PDF readers differ in blanks, and in marks that they cannot name."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text)).lower()


def test_a_second_reader_finds_the_words_on_that_page(
    archive: Archive, pointers: list[Pointer], sources: dict[str, SourceText]
) -> None:
    readers: dict[str, pypdf.PdfReader] = {}
    missed = []
    looked = 0
    for each in pointers:
        source = sources[each.document]
        if source.media_type != "application/pdf":
            continue
        if each.sha256 not in readers:
            readers[each.sha256] = pypdf.PdfReader(archive.sources.path(each.sha256))
        line = next(line for line in source.lines if line.start <= each.start < line.end)
        words = source.text[each.start : min(each.end, line.end)].split()[:8]
        assert each.page is not None
        page = _squeezed(readers[each.sha256].pages[each.page - 1].extract_text())
        looked += 1
        # A table's cells come in another order from another reader: then it is their words that must be there.
        phrases = [*map(_squeezed, words)] if line.kind is LineKind.ROW else [_squeezed("".join(words))[:20]]
        if not all(phrase in page for phrase in phrases):
            missed.append((Path(each.path).name, each.page, phrases))
    assert looked >= 100
    assert len(missed) <= looked // 100, missed
