"""A topic over the years: what was said of it, how its goals went, and who was responsible for it when."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from sqlalchemy import Connection, select

from api.answers.agencies import roster_of
from api.answers.asking import asked
from api.answers.assignments import AssignmentRow, list_assignments
from api.answers.documents import known_cards
from api.answers.filters import Filters, among
from api.answers.matching import DEEP, Holder
from api.answers.narrowing import as_typed
from api.answers.question import Question
from api.answers.ranking import rank
from api.answers.targets import TargetRow, list_targets
from corpus.encoder.contract import Encoder
from corpus.language.indicators import indicators
from corpus.language.normalise import fold, normalise
from corpus.store import schema
from corpus.store.archive import Archive

ABOUT = 0.6
"""Least score of a passage that is about a topic: half its rank, half the share of the topic's words that it holds."""

ANSWERS = 0.5
"""Least score of a task or goal that is about a topic, of a question's best 1."""

HEADINGS = 3
"""How many headings tell of a year."""


# The first line of an item that gives a task stands as its heading; it names the one in charge, not the matter.
_TASK = re.compile(r"chủ trì|phối hợp|chịu trách nhiệm|có trách nhiệm")


@dataclass(frozen=True, slots=True)
class YearOfTopic:
    """What a year's documents say of a topic; a document is of the year that it plans for, else that it was issued in.

    ``headings``: those above its passages that tell most of the topic in this year, the best first. ``ids``: the
    documents, the one that says most first.
    """

    year: int
    documents: int
    passages: int
    headings: tuple[str, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoalPoint:
    """A goal of a series and the year in which it is to be reached: its deadline's, else the plan's."""

    year: int
    target: TargetRow


@dataclass(frozen=True, slots=True)
class GoalSeries:
    """An authority's goals for one indicator in one unit, by year; ``indicator`` as its latest goal words it."""

    key: str
    indicator: str
    unit: str | None
    issuer: str | None
    province: str | None
    points: tuple[GoalPoint, ...]


@dataclass(frozen=True, slots=True)
class Responsibility:
    """An agency that led tasks of a topic, in which years, and those tasks.

    ``agency``: its name in the register, as written where the register has none; ``today``: who would lead them today.
    """

    agency: str
    province: str | None
    years: tuple[int, ...]
    today: tuple[str, ...]
    tasks: tuple[AssignmentRow, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A topic over the years, the earliest first; ``undated``: passages of documents without any year."""

    query: str
    years: tuple[YearOfTopic, ...]
    undated: int
    goals: tuple[GoalSeries, ...]
    responsible: tuple[Responsibility, ...]


def timeline(archive: Archive, encoder: Encoder, filters: Filters, query: str) -> Timeline:
    """A topic over the years in documents that pass; ``encoder`` is the archive's, QueryError for no question."""
    question = asked(archive, query)
    years, undated = _years(archive, encoder, as_typed(archive, filters, question.fields), question)
    return Timeline(
        query,
        years,
        undated,
        series(archive, filters, query, encoder=encoder),
        responsible(archive, encoder, filters, query),
    )


def series(
    archive: Archive, filters: Filters, query: str | None = None, *, encoder: Encoder | None = None
) -> tuple[GoalSeries, ...]:
    """The goals that pass by indicator, unit and authority, the series of most years first.

    ``query`` needs the archive's ``encoder``; what scores :data:`ANSWERS` is taken, and of an indicator of the register
    every goal, in whatever words.
    """
    rows, _ = list_targets(archive, filters, query=query, encoder=encoder)
    if query is not None:
        about = [row for row in rows if row.score is not None and row.score >= ANSWERS]
        known = {row.key for row in about} & {indicator.key for indicator in indicators()}
        every = list_targets(archive, filters)[0] if known else []
        rows = [*(row for row in about if row.key not in known), *(row for row in every if row.key in known)]
    return series_of(archive, rows)


def series_of(archive: Archive, rows: Sequence[TargetRow]) -> tuple[GoalSeries, ...]:
    """Goals by indicator, unit and authority, the series of most years first; goals of no known year are left out."""
    years = _years_of(archive, (row.document for row in rows))
    found: dict[tuple[str, str, str, str], list[GoalPoint]] = defaultdict(list)
    for row in rows:
        due = row.due_end or row.due_start
        year = due.year if due else years.get(row.document)
        if year is not None:
            named = (row.key, fold(row.unit or ""), fold(row.issuer or ""), row.province or "")
            found[named].append(GoalPoint(year, row))
    made = []
    for (key, *_), points in found.items():
        points.sort(key=lambda point: (point.year, str(point.target.issued_on), point.target.ordinal))
        last = points[-1].target
        made.append(GoalSeries(key, last.indicator, last.unit, last.issuer, last.province, tuple(points)))
    return tuple(sorted(made, key=lambda each: (-len({point.year for point in each.points}), each.key)))


def responsible(archive: Archive, encoder: Encoder, filters: Filters, query: str) -> tuple[Responsibility, ...]:
    """Who led tasks of a topic when, by the first year of each province's agencies."""
    rows, _ = list_assignments(archive, filters, query=query, encoder=encoder)
    rows = [row for row in rows if row.score is not None and row.score >= ANSWERS]
    years = _years_of(archive, (row.document for row in rows))
    roster = roster_of(archive)
    led: dict[tuple[str, str], list[AssignmentRow]] = defaultdict(list)
    for row in rows:
        if row.document in years:
            for name in row.lead:
                known = roster.id_of(name)
                led[row.province or "", roster.name_of(known) if known else name].append(row)
    found = [
        Responsibility(
            agency,
            province or None,
            tuple(sorted({years[row.document] for row in tasks})),
            tuple(dict.fromkeys(today for row in tasks for today in row.lead_today)),
            tuple(sorted(tasks, key=lambda row: (years[row.document], row.document, row.ordinal))),
        )
        for (province, agency), tasks in led.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.province or "", each.years[0], each.years[-1], each.agency)))


def _years(
    archive: Archive, encoder: Encoder, filters: Filters, question: Question
) -> tuple[tuple[YearOfTopic, ...], int]:
    with archive.reading() as connection:
        scored = _about(archive, connection, encoder, filters, question)
    years = _years_of(archive, (document for document, _, _ in scored))
    told: dict[int, list[tuple[str, str, float]]] = defaultdict(list)
    for document, heading, score in scored:
        if document in years:
            told[years[document]].append((document, heading, score))
    often = Counter(key for passages in told.values() for key in {fold(heading) for _, heading, _ in passages})
    made = []
    for year in sorted(told):
        said: dict[str, float] = defaultdict(float)
        for document, _, score in told[year]:
            said[document] += score
        headings = _telling(told[year], often, len(told))
        ranked = tuple(sorted(said, key=lambda document: (-said[document], document)))
        made.append(YearOfTopic(year, len(said), len(told[year]), headings, ranked))
    return tuple(made), len(scored) - sum(each.passages for each in made)


def _about(
    archive: Archive, connection: Connection, encoder: Encoder, filters: Filters, question: Question
) -> list[tuple[str, str, float]]:
    """Document, innermost heading that is no task (empty for none) and score of each passage that is about a topic."""
    scores = dict(rank(archive, connection, encoder, question, filters, "hybrid", DEEP))
    best = max(scores.values(), default=0.0) or 1.0
    passages = schema.passages.c
    texts = archive.wordings.of(connection, scores)
    query = select(passages.id, passages.document_id, passages.headings).where(passages.id.in_(among(texts)))
    holds, found = Holder(question), []
    for id_, document, headings in connection.execute(query):
        score = (scores[id_] / best + holds.share(" ".join((*headings, texts[id_])))) / 2
        if score >= ABOUT:
            named = (heading for heading in reversed(headings) if not _TASK.search(normalise(heading).lower()))
            found.append((document, next(named, ""), score))
    return found


def _telling(passages: Sequence[tuple[str, str, float]], often: Mapping[str, int], years: int) -> tuple[str, ...]:
    """The headings whose passages score most, those that stand in every year counting least."""
    worth: dict[str, float] = defaultdict(float)
    written: dict[str, str] = {}
    for _, heading, score in passages:
        if heading:
            key = fold(heading)
            worth[key] += score * log(1 + years / often[key])
            written.setdefault(key, " ".join(normalise(heading).split()))
    return tuple(written[key] for key in sorted(worth, key=lambda key: (-worth[key], key))[:HEADINGS])


def _years_of(archive: Archive, documents: Iterable[str]) -> dict[str, int]:
    """The year that each document plans for, else that it was issued in; none for one without either."""
    with archive.reading() as connection:
        found = known_cards(archive, connection, documents)
    years = {id_: card.year_from or (card.issued_on.year if card.issued_on else None) for id_, card in found.items()}
    return {id_: year for id_, year in years.items() if year is not None}
