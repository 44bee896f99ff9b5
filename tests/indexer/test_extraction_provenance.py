"""Every record points to the words that it came from: in the sample archive and in real plans."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from corpus.language.normalise import fold, plain_d
from corpus.language.places import Places
from corpus.model import Abbreviation, Assignment, Citation, Extraction, ParsedDocument, Target
from indexer.extraction import extract
from indexer.reading import READABLE, read
from indexer.structure import parse_all
from indexer.structure.blocks import page_finder

SAMPLE = Path(__file__).parents[2] / "corpus" / "sample"
DATA = Path(os.environ.get("TIENLE_DATA", "no-such-folder"))

Found = tuple[str, ParsedDocument, Extraction]


@cache
def documents(kind: str) -> tuple[Found, ...]:
    """Name, parse and records of each document of the sample, or of the real plans and decisions."""
    places = Places.load(SAMPLE / "archive.toml")
    folders = [SAMPLE] if kind == "sample" else [DATA / "plans", DATA / "seeds"]
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix.lower() in READABLE]
    return tuple(
        (f"{path.name}-{part}", parsed, extract(parsed))
        for path in paths
        for part, parsed in enumerate(parse_all(read(path), places))
    )


@pytest.fixture(params=["sample", "real"])
def found(request: pytest.FixtureRequest) -> tuple[Found, ...]:
    if request.param == "real" and not DATA.is_dir():
        pytest.skip("TIENLE_DATA names no folder of real documents")
    return documents(request.param)


def squeezed(text: str) -> str:
    return " ".join(plain_d(text).split())


def around(parsed: ParsedDocument, record: Assignment | Target) -> str:
    """The text of the outermost provision that holds a record, the whole text where there is none."""
    text = parsed.source.text
    at = record.provision
    while at is not None and parsed.provisions[at].parent is not None:
        at = parsed.provisions[at].parent
    return squeezed(text if at is None else text[parsed.provisions[at].start : parsed.provisions[at].end])


def records(found: tuple[Found, ...], kind: str) -> Iterator[tuple[str, ParsedDocument, Assignment | Target]]:
    for name, parsed, extraction in found:
        for record in getattr(extraction, kind):
            yield f"{name} {record.section} {record.ordinal}", parsed, record


def test_there_is_something_to_walk(found: tuple[Found, ...]) -> None:
    for kind in ("assignments", "targets", "citations", "abbreviations"):
        assert sum(len(getattr(extraction, kind)) for _, _, extraction in found) > len(found) / 5, kind


def test_a_task_is_the_text_of_its_span(found: tuple[Found, ...]) -> None:
    wrong = []
    for name, parsed, record in records(found, "assignments"):
        assert isinstance(record, Assignment)
        if record.task != squeezed(parsed.source.text[record.start : record.end]) or not record.task:
            wrong.append((name, record.task))
    assert wrong == []


def test_deadline_and_product_are_written_where_the_task_is(found: tuple[Found, ...]) -> None:
    wrong = []
    for kind in ("assignments", "targets"):
        for name, parsed, record in records(found, kind):
            texts = [record.due_text, getattr(record, "product", None), getattr(record, "funding", None)]
            place = around(parsed, record)
            wrong += [(name, text) for text in texts if text is not None and squeezed(text) not in place]
    assert wrong == []


def test_every_word_of_an_agency_is_written_in_the_document(found: tuple[Found, ...]) -> None:
    wrong = []
    for name, parsed, record in records(found, "assignments"):
        assert isinstance(record, Assignment)
        text = squeezed(parsed.source.text).lower()
        named = [*record.lead, *record.coordinating]
        wrong += [(name, each) for each in named if not all(word in text for word in each.lower().split())]
    assert wrong == []


def test_a_goal_is_stated_in_its_span(found: tuple[Found, ...]) -> None:
    wrong = []
    for name, parsed, record in records(found, "targets"):
        assert isinstance(record, Target)
        span = squeezed(parsed.source.text[record.start : record.end])
        digits = "".join(filter(str.isdigit, f"{record.value:.10g}"))
        written = "".join(filter(str.isdigit, span))
        if digits not in written or squeezed(record.indicator) not in squeezed(parsed.source.text):
            wrong.append((name, record.indicator, record.value, span))
    assert wrong == []


def is_written(citation: Citation, text: str) -> bool:
    """Whether its span names it: by number, or by name where the number stands elsewhere ("Luật Thủ đô")."""
    span = text[citation.start : citation.end]
    number, name = letters(citation.number or ""), squeezed(citation.name or "")
    if number and number in letters(span):
        return True
    return bool(name) and name in squeezed(span) and number in letters(text)


def letters(text: str) -> str:
    """A text without what slips of printing vary: "92/2017/NĐCP" is "92/2017/NĐ-CP"."""
    return re.sub(r"[^a-z0-9]", "", fold(text))


def test_a_citation_and_an_abbreviation_are_written_at_their_span(found: tuple[Found, ...]) -> None:
    wrong: list[tuple[str, Citation | Abbreviation]] = []
    for name, parsed, extraction in found:
        text = parsed.source.text
        for citation in extraction.citations:
            if not is_written(citation, text):
                wrong.append((name, citation))
        wrong += [
            (name, each)
            for each in extraction.abbreviations
            if squeezed(text[each.start : each.end]) != each.short or squeezed(each.long) not in squeezed(text)
        ]
    assert wrong == []


def test_pages_provisions_and_order_agree(found: tuple[Found, ...]) -> None:
    wrong = []
    for name, parsed, extraction in found:
        page_at = page_finder(parsed.source)
        for kind in ("assignments", "targets", "citations"):
            kept = getattr(extraction, kind)
            assert [record.ordinal for record in kept] == list(range(len(kept))), (name, kind)
            wrong += [(name, record) for record in kept if record.page != page_at(record.start)]
            wrong += [
                (name, record) for record in kept if not 0 <= record.start < record.end <= len(parsed.source.text)
            ]
        placed: list[Assignment | Target] = [*extraction.assignments, *extraction.targets]
        for record in placed:
            if record.provision is None:
                wrong += [(name, record)] if record.section else []
                continue
            provision = parsed.provisions[record.provision]
            if not (
                provision.start <= record.start and record.end <= provision.end and record.section == provision.path
            ):
                wrong.append((name, record))
    assert wrong == []


def test_dates_are_in_order(found: tuple[Found, ...]) -> None:
    for kind in ("assignments", "targets"):
        for name, _, record in records(found, kind):
            if record.due_start is not None and record.due_end is not None:
                assert record.due_start <= record.due_end, (name, record.due_text)
            assert record.due_text is not None or (record.due_start is None and record.due_end is None), name
