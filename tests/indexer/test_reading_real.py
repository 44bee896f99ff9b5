"""Real documents: all that lie in the data folder are read, or refused for the right reason."""

from __future__ import annotations

import os
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from corpus.errors import ReadingError
from corpus.model import Quality, SourceText
from indexer.reading import ReadingOptions, ocr, read
from indexer.reading.pdf_measure import measure

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


def test_every_gazette_pdf_has_the_words_of_a_second_reader_in_order() -> None:
    """pypdf breaks words and lines elsewhere: compared without blanks, four words of a line or cell at a time."""
    words = found = placed = ordered = 0
    for path in files("pdf", ".pdf"):
        source = read(path)
        other = bare("".join(page.extract_text() for page in PdfReader(path).pages))
        places = []
        for group in groups(source):
            joined = bare("".join(group))
            times = other.count(joined)
            words, found = words + len(group), found + (len(group) if times else 0)
            if times == 1:
                places.append(other.find(joined))
        placed, ordered = placed + len(places), ordered + longest_rising(places)
    assert found / words >= 0.995
    assert ordered / placed >= 0.99  # forms whose heads stand in three columns are drawn row by row


def test_every_word_that_a_second_reader_gives_is_kept_but_for_what_pages_print_around_the_text() -> None:
    """Two words of pypdf at a time, where it reads a page soundly: ours has them on that page or near it."""
    furniture = re.compile(r"CÔNG BÁO|Công báo số|^[\s–-]*\d{1,3}[\s–-]*$")
    for path in files("pdf", ".pdf"):
        source = read(path)
        ours: dict[int | None, str] = defaultdict(str)
        for own in source.lines:
            ours[own.page] += bare(source.text[own.start : own.end])
        theirs = [page.extract_text() for page in PdfReader(path).pages]
        again = Counter(line for text in theirs for line in set(text.split("\n")))  # heads of pages and of tables
        words = lost = 0
        for number, text in enumerate(theirs, 1):
            if measure(text).broken:
                continue
            near = "".join(ours[page] for page in range(number - 3, number + 2))  # a row goes on over pages
            for line in text.split("\n"):
                if furniture.search(line) or again[line] > 2:
                    continue
                said = [word for word in line.split() if bare(word)]
                for at in range(0, len(said), 2):
                    words += len(said[at : at + 2])
                    lost += 0 if bare("".join(said[at : at + 2])) in near else len(said[at : at + 2])
        assert lost <= 0.01 * words, (path.name, lost, words)  # cells whose lines it mixes


def test_no_gazette_line_page_number_or_repeated_head_is_left_in_a_gazette_pdf() -> None:
    for path in files("pdf", ".pdf"):
        source = read(path)
        assert not re.search(r"CÔNG BÁO\s*/\s*Số", source.text), path.name
        at_edges = [page.strip("\n").split("\n")[edge] for page in source.text.split("\f") for edge in (0, -1)]
        assert not [text for text in at_edges if re.fullmatch(r"[\s-]*\d{1,3}[\s-]*", text)], path.name
        heads = Counter(text for text in at_edges[::2] if len(text) > 6)
        assert not [text for text, count in heads.items() if count * 4 > source.pages], path.name


def test_no_word_of_a_gazette_pdf_is_shattered() -> None:
    for path in files("pdf", ".pdf"):
        found = measure(read(path).text)
        assert found.alone < 0.06 * found.words, path.name
        assert found.known > 0.8 * found.words, path.name


def test_every_scan_waits_where_pages_cannot_be_recognised() -> None:
    for path in files("scans", ".pdf"):
        with pytest.raises(ReadingError) as caught:
            read(path, ReadingOptions(recognise=False))
        assert caught.value.code == "waiting-ocr", path.name


@pytest.mark.skipif(not ocr.available(), reason="no Tesseract with Vietnamese on this machine")
def test_a_scan_is_read_with_its_number_and_words_at_their_place() -> None:
    path = next(path for path in files("scans", ".pdf") if "kgvx" in path.name)
    source = read(path)
    assert source.quality is Quality.RECOGNISED
    assert "2450" in source.text
    assert len(source.words) > 200
    assert " ".join(source.text[word.start : word.end] for word in source.words) == " ".join(source.text.split())


def groups(source: SourceText) -> Iterator[list[str]]:
    for line in source.lines:
        for cell in source.text[line.start : line.end].split(" | "):
            words = [word for word in cell.split() if bare(word)]
            yield from (words[at : at + 4] for at in range(0, len(words), 4))


def bare(text: str) -> str:
    """Letters, figures and signs without blanks, leaders and hyphens."""
    return re.sub(r"[\s|…._\ufffe\x02-]+", "", unicodedata.normalize("NFC", text))


def longest_rising(places: list[int]) -> int:
    """How many of the places are in order."""
    tails: list[int] = []
    for place in places:
        at = bisect_left(tails, place)
        tails[at : at + 1] = [place]
    return len(tails)


def fold(text: str) -> str:
    """Small letters without marks."""
    base = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return base.replace("đ", "d")
