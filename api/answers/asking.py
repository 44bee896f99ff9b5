"""A question put to an archive: read with what its documents know."""

from __future__ import annotations

from api.answers.defined import defined_in
from api.answers.question import Question, check_question, read_question
from corpus.stages import timed
from corpus.store.archive import Archive


@timed("question")
def asked(archive: Archive, typed: str, *, restore: bool = True) -> Question:
    """The question in a typed line, the indexes brought up to date for it; QueryError when there is nothing to ask.

    ``restore`` False takes words without marks as they are.
    """
    check_question(typed)  # what is none is told before the indexes are brought up to date
    archive.refresh()
    return read_question(typed, archive.accents if restore else None, defined_in(archive))
