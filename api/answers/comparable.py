"""Plans that can be compared: those that hold tasks or goals, and the yearly series that an archive has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, union

from api.answers.comparing import LIKE, Comparison
from api.answers.documents import DocumentCard, cards
from api.answers.memory import remembered
from api.answers.subjects import PLANS, subject_words
from api.answers.targets import TargetRow
from corpus.language.normalise import fold
from corpus.store import schema
from corpus.store.archive import Archive

_AT_ONCE = 500  # ids in one question


@dataclass(frozen=True, slots=True)
class Series:
    """The yearly plans of one authority on one subject, one a year, the earliest first."""

    plans: tuple[DocumentCard, ...]


@dataclass(frozen=True, slots=True)
class GoalThread:
    """A goal through several plans compared: what each of them set, null where it has none."""

    goals: tuple[TargetRow | None, ...]


def with_records(archive: Archive, ids: Collection[str]) -> frozenset[str]:
    """Those of some documents that hold tasks or goals."""
    listed = list(ids)
    held: set[str] = set()
    with archive.reading() as connection:
        for at in range(0, len(listed), _AT_ONCE):
            some = listed[at : at + _AT_ONCE]
            columns = (schema.assignments.c.document_id, schema.targets.c.document_id)
            held.update(connection.scalars(union(*(select(each).where(each.in_(some)) for each in columns))))
    return frozenset(held)


def list_series(archive: Archive) -> tuple[Series, ...]:
    """The series of two plans or more, the one with the latest plan first; worked out once a generation."""
    return remembered(archive, archive.generation, "series", None, lambda: _list_series(archive))


def _list_series(archive: Archive) -> tuple[Series, ...]:
    documents = schema.documents.c
    query = select(
        documents.id, documents.segmented_title, documents.issuer, documents.province, documents.year_from
    ).where(
        documents.rendition_of.is_(None),
        documents.type.in_(PLANS),
        documents.title.is_not(None),
        documents.year_from == documents.year_to,
    )
    with archive.reading() as connection:
        rows = connection.execute(query.order_by(documents.issued_on.desc(), documents.id)).all()
    usable = with_records(archive, [row.id for row in rows])
    by_authority: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        if row.id in usable:
            by_authority[row.province or "", fold(row.issuer or "")].append(row)
    chains = [chain for group in by_authority.values() for chain in _chains(group)]
    with archive.reading() as connection:
        ids = [id_ for chain in chains for id_ in chain]
        found: dict[str, DocumentCard] = {}
        for at in range(0, len(ids), _AT_ONCE):
            found |= cards(connection, ids[at : at + _AT_ONCE])
    series = [Series(tuple(found[id_] for id_ in chain)) for chain in chains]
    return tuple(sorted(series, key=lambda each: (each.plans[-1].year_from or 0, len(each.plans)), reverse=True))


def _chains(rows: Sequence[Any]) -> list[list[str]]:
    """One authority's plans by subject, one a year: the nearest in its title to the chain's latest plan."""
    words = {row.id: frozenset(subject_words(row.segmented_title, row.province)) for row in rows}
    left = {row.id: row.year_from for row in rows}
    chains = []
    for head in sorted(rows, key=lambda row: -row.year_from):
        if head.id not in left:
            continue
        nearest: dict[int, tuple[float, str]] = {}
        for id_, year in left.items():
            both = words[head.id] | words[id_]
            like = 1.0 if id_ == head.id else len(words[head.id] & words[id_]) / len(both) if both else 0.0
            if like >= LIKE and like > nearest.get(year, (0.0, ""))[0]:
                nearest[year] = (like, id_)
        chain = [nearest[year][1] for year in sorted(nearest)]
        for id_ in chain:
            del left[id_]
        if len(chain) > 1:
            chains.append(chain)
    return chains


def goal_threads(comparisons: Sequence[Comparison]) -> tuple[GoalThread, ...]:
    """The goals of plans compared one with the next, each through all of them, the latest plan's first."""
    width = len(comparisons) + 1
    threads: list[list[TargetRow | None]] = []
    ends: dict[tuple[str, int], list[TargetRow | None]] = {}
    for at, comparison in enumerate(comparisons):
        for change in comparison.goals:
            before, after = change.first, change.second
            thread = ends.pop((before.document, before.ordinal), None) if before else None
            if thread is None:
                thread = [None] * width
                threads.append(thread)
            thread[at] = before
            if after:
                thread[at + 1] = after
                ends[after.document, after.ordinal] = thread
    order = {id(thread): place for place, thread in enumerate(threads)}
    threads.sort(key=lambda thread: (-max(at for at, goal in enumerate(thread) if goal), order[id(thread)]))
    return tuple(GoalThread(tuple(thread)) for thread in threads)
