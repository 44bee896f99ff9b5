"""From a parsed document to its records: assignments, targets, citations, abbreviations that it defines."""

from __future__ import annotations

from corpus.model import Extraction, ParsedDocument
from indexer.extraction.assignments import find_assignments
from indexer.extraction.citations import find_citations
from indexer.extraction.context import Context
from indexer.extraction.definitions import find_abbreviations
from indexer.extraction.targets import find_targets
from indexer.structure import Analysed

__all__ = ["Context", "extract"]


def extract(document: ParsedDocument | Analysed) -> Extraction:
    """The records of a document; never raises, whatever the text."""
    context = Context.of(document)
    return Extraction(
        find_assignments(context), find_targets(context), find_citations(context), find_abbreviations(context)
    )
