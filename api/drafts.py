"""A draft as it comes in at the door: read, understood and its records found."""

from __future__ import annotations

from dataclasses import replace

from api.answers.precedents import Draft
from corpus.language.places import Places
from corpus.model import Assignment, Extraction, ParsedDocument
from indexer.extraction import extract
from indexer.reading import read_bytes
from indexer.structure import analyse_all


def read_draft(data: bytes, suffix: str, places: Places) -> Draft:
    """The draft in a file's bytes; ``suffix`` hints at its format. ReadingError when it cannot be read.

    A decision counts with the plans that it issues: the header is the last plan's, page and span are of the file's own
    part that holds the record.
    """
    analysed = analyse_all(read_bytes(data, suffix), places)
    extractions: list[Extraction] = [extract(each) for each in analysed]
    header = analysed[-1].parsed.header
    return Draft(
        header=replace(header, number=header.number or analysed[0].parsed.header.number),
        assignments=tuple(task for each in extractions for task in each.assignments),
        targets=tuple(target for each in extractions for target in each.targets),
        paragraphs=tuple(task for each in analysed for task in _paragraphs(each.parsed)),
    )


def _paragraphs(parsed: ParsedDocument) -> list[Assignment]:
    text = parsed.source.text
    return [
        Assignment(
            ordinal=passage.ordinal,
            provision=passage.provision,
            section=passage.section,
            start=passage.start,
            end=passage.end,
            page=passage.page,
            task=" ".join(text[passage.start : passage.end].split()),
        )
        for passage in parsed.passages
    ]
