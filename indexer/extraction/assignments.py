"""Assignments: who is told to do what, with whom, by when (nhiệm vụ được giao), from a plan's prose and its tables.

A task belongs to the agencies that its own sentence names, else to those of the heading, colon or "Giao …" above it,
else to those of the labelled lines below it ("Cơ quan chủ trì: …"). Without an agency there is no assignment.
"""

from __future__ import annotations

from corpus.model import Assignment
from indexer.extraction.context import Context
from indexer.extraction.drafts import Draft
from indexer.extraction.prose_assignments import prose_drafts
from indexer.extraction.table_assignments import table_drafts

__all__ = ["find_assignments"]

_LONGEST = 40  # words of a task: longer ones are cut at a word's end


def find_assignments(context: Context) -> tuple[Assignment, ...]:
    """The assignments of a document, in reading order; each span lies within one paragraph or cell."""
    year = planned_year(context)
    drafts = {(draft.start, draft.end): draft for draft in (*table_drafts(context, year), *prose_drafts(context, year))}
    return tuple(
        _assignment(context, ordinal, draft)
        for ordinal, draft in enumerate(sorted(drafts.values(), key=lambda draft: (draft.start, draft.end)))
    )


def planned_year(context: Context) -> int | None:
    """The year that "Quý II" and "tháng 4" mean: the plan's first, else the one in which it was issued."""
    header = context.header
    if header.year_from is not None:
        return header.year_from
    return header.issued_on.year if header.issued_on is not None else None


def _assignment(context: Context, ordinal: int, draft: Draft) -> Assignment:
    start, end = draft.start, _cut(context.text, draft.start, draft.end)
    provision = context.provision_at(start)
    return Assignment(
        ordinal,
        None if provision is None else provision.ordinal,
        "" if provision is None else provision.path,
        start,
        end,
        context.page_at(start),
        " ".join(context.source.text[start:end].split()),
        draft.lead,
        draft.coordinating,
        draft.product,
        draft.due_text,
        draft.due_start,
        draft.due_end,
        draft.funding,
    )


def _cut(text: str, start: int, end: int) -> int:
    """Where a task's first words end."""
    at = start
    for _ in range(_LONGEST):
        while at < end and text[at].isspace():
            at += 1
        while at < end and not text[at].isspace():
            at += 1
    while at > start and text[at - 1] in " \t\r\n,;:":
        at -= 1
    return at
