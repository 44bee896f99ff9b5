"""Goals of a draft beside the same goals of earlier plans, and those outside what others set."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from api.answers.targets import TargetRow
from corpus.encoder.contract import Encoder, Vectors
from corpus.language.indicators import indicators
from corpus.language.normalise import fold
from corpus.language.segment import segment
from corpus.model import Target

ALIKE = 0.75
"""Cosine of two indicators, of one unit, that are taken for one where the register names neither."""

RECENT = 3
"""Years before the draft's from which goals of others are compared; older ones only where there are no others."""

ENOUGH = 2
"""Authorities that must have set a goal before another is said to be outside of what they set."""

Outside = Literal["above", "below"]


@dataclass(frozen=True, slots=True)
class GoalPrecedent:
    """The same goal in an earlier document."""

    year: int | None
    record: TargetRow


@dataclass(frozen=True, slots=True)
class GoalPrecedents:
    """A goal of the draft beside earlier ones, the newest first.

    ``earlier``: of the same authority; ``others``: each other authority's latest. ``lowest`` and ``highest``: what
    ``authorities`` others set of late, null without any; ``outside``: where the draft's value lies beyond those.
    ``change``: the value less that of the newest of ``earlier``.
    """

    section: str
    page: int | None
    start: int
    end: int
    indicator: str
    key: str
    comparator: str
    value: float
    value_high: float | None
    unit: str | None
    due_text: str | None
    due_start: date | None
    due_end: date | None
    status: Literal["known", "new"]
    change: float | None
    lowest: float | None
    highest: float | None
    authorities: int
    outside: Outside | None
    earlier: tuple[GoalPrecedent, ...]
    others: tuple[GoalPrecedent, ...]


def compared_goals(
    encoder: Encoder,
    drafted: Sequence[Target],
    goals: Sequence[TargetRow],
    own: Collection[str],
    years: Mapping[str, int],
    year: int | None,
    *,
    most: int,
) -> tuple[GoalPrecedents, ...]:
    """Each drafted goal beside those of other documents; ``own``: the authority's, ``year``: the draft's."""
    found = []
    for target, alike in zip(drafted, _alike(encoder, drafted, goals), strict=True):
        precedents = [GoalPrecedent(years.get(row.document), row) for row in alike]
        precedents.sort(key=lambda each: -(each.year or 0))
        earlier = _first_of(precedents, own)
        others = _latest([each for each in precedents if each.record.document not in own])
        found.append(_beside(target, earlier[:most], others, year, most))
    return tuple(found)


def goals_missing(encoder: Encoder, drafted: Sequence[Target], last: Sequence[TargetRow]) -> tuple[TargetRow, ...]:
    """The goals of the last plan that a draft does not set."""
    kept = {(row.document, row.ordinal) for alike in _alike(encoder, drafted, last) for row in alike}
    return tuple(row for row in last if (row.document, row.ordinal) not in kept)


def _alike(encoder: Encoder, drafted: Sequence[Target], goals: Sequence[TargetRow]) -> list[list[TargetRow]]:
    """For each drafted goal those that measure the same: one index of the register, else like words and one unit."""
    if not drafted or not goals:
        return [[] for _ in drafted]
    registered = {indicator.key for indicator in indicators()}
    candidates = [
        [
            at
            for at, goal in enumerate(goals)
            if fold(goal.unit or "") == fold(target.unit or "")
            and (goal.key == target.key or not {goal.key, target.key} & registered)
        ]
        for target in drafted
    ]
    wanted = sorted({at for ats in candidates for at in ats})
    place = {at: row for row, at in enumerate(wanted)}
    mine = _vectors(encoder, [target.indicator for target in drafted])
    theirs = _vectors(encoder, [goals[at].indicator for at in wanted])
    found = []
    for target, vector, ats in zip(drafted, mine, candidates, strict=True):
        cosines = theirs[[place[at] for at in ats]] @ vector if ats else np.zeros(0)
        found.append(
            [goals[at] for at, near in zip(ats, cosines, strict=True) if goals[at].key == target.key or near >= ALIKE]
        )
    return found


def _vectors(encoder: Encoder, indicators_: Sequence[str]) -> Vectors:
    if not indicators_:
        return np.zeros((0, encoder.spec.dimensions), np.float32)
    return encoder.encode_passages(list(map(segment, indicators_)) if encoder.spec.segmented else indicators_)


def _first_of(precedents: Sequence[GoalPrecedent], own: Collection[str]) -> list[GoalPrecedent]:
    """The authority's own, one of each document."""
    found: dict[str, GoalPrecedent] = {}
    for each in precedents:
        if each.record.document in own:
            found.setdefault(each.record.document, each)
    return list(found.values())


def _latest(precedents: Sequence[GoalPrecedent]) -> list[GoalPrecedent]:
    """Of each authority the newest."""
    found: dict[tuple[str | None, str | None], GoalPrecedent] = {}
    for each in precedents:
        found.setdefault((each.record.province, each.record.issuer), each)
    return list(found.values())


def _beside(
    target: Target, earlier: Sequence[GoalPrecedent], others: Sequence[GoalPrecedent], year: int | None, most: int
) -> GoalPrecedents:
    recent = [each for each in others if year is None or each.year is None or each.year >= year - RECENT]
    set_by = recent or others
    lowest = min((each.record.value for each in set_by), default=None)
    highest = max((each.record.value_high or each.record.value for each in set_by), default=None)
    before = earlier[0].record if earlier else None
    outside: Outside | None = None
    if len(set_by) >= ENOUGH and lowest is not None and highest is not None:
        high = target.value if target.value_high is None else target.value_high
        outside = "above" if target.value > highest else "below" if high < lowest else None
    return GoalPrecedents(
        section=target.section,
        page=target.page,
        start=target.start,
        end=target.end,
        indicator=target.indicator,
        key=target.key,
        comparator=target.comparator,
        value=target.value,
        value_high=target.value_high,
        unit=target.unit,
        due_text=target.due_text,
        due_start=target.due_start,
        due_end=target.due_end,
        status="known" if earlier else "new",
        change=round(target.value - before.value, 6) if before else None,
        lowest=lowest,
        highest=highest,
        authorities=len(set_by),
        outside=outside,
        earlier=tuple(earlier),
        others=tuple(others[:most]),
    )
