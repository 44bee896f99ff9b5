"""Summaries over an archive that a language model writes, beside those in the documents' own words."""

from __future__ import annotations

from collections.abc import Sequence

from api.answers.choosing import Length
from api.answers.documents import known_cards
from api.answers.filters import Filters
from api.answers.summarizing import USUAL
from api.answers.summarizing_archive import summarize, text_of
from api.answers.writing import Writer, Written, passages_around, passages_of, wider, write
from corpus.encoder.contract import Encoder
from corpus.store.archive import Archive


def write_summary(
    archive: Archive,
    encoder: Encoder,
    writer: Writer,
    filters: Filters,
    length: Length = USUAL,
    *,
    references: Sequence[str] = (),
    query: str | None = None,
    years: bool = False,
) -> Written:
    """What a model writes of documents, a question or agencies' duties; asked as :func:`summarize` is.

    It is given the passages that an extractive summary of twice the length quotes, and no others.
    """
    read = summarize(archive, encoder, filters, wider(length), references=references, query=query, years=years)
    with archive.reading() as connection:
        cards = known_cards(archive, connection, (each.document for each in read.sentences))
        texts = {id_: text_of(connection, card) for id_, card in cards.items()}
    return write(writer, read.about, passages_around(read, lambda document: passages_of(texts[document])), length)
