"""What is kept: a place in a document with its words, a search, a collection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Kind = Literal["passage", "document", "assignment", "target"]
"""What an item is of."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A place in a document as it was when it was kept, enough to cite it though the archive may have changed.

    ``document``: its id; ``place``: where a passage starts, the ordinal of an assignment or target, null for a whole
    document.
    ``text``: what is shown; ``details``: who leads, by when, with which product. ``start``, ``end``: the span in the
    document's text and ``words`` what stood there, empty for a document. ``source``: the path of its file.
    """

    kind: Kind
    document: str
    place: int | None
    number: str | None
    type: str | None
    title: str | None
    issuer: str | None
    issued_on: date | None
    section: str
    page: int | None
    text: str
    details: str
    start: int
    end: int
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Item:
    """A place that was kept, with a note; ``removed_at`` is null while it is in its collection."""

    id: int
    collection: int
    quoted: Quoted
    note: str
    added_at: datetime
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Collection:
    """A named collection; ``count``: of its items, those that were taken out left aside."""

    id: int
    name: str
    count: int
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search by the parameters of its address.

    ``generation`` of the archive and ``documents`` found when it was last looked at: what came since is new.
    """

    id: int
    query: str
    note: str
    saved_at: datetime
    generation: int
    documents: tuple[str, ...]
    removed_at: datetime | None
