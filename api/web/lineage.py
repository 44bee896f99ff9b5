"""An agency's family as a diagram: whom it followed, who followed it, some steps both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from corpus.language.agencies import Agencies, Agency, Succession

_STEPS = 3
_MOST = 40  # boxes a side: an agency that many became part of stays readable


@dataclass(frozen=True, slots=True)
class Passing:
    """Functions that went over in one step; none: all the rest. ``province``: only there, None for everywhere."""

    since: date | None
    functions: tuple[str, ...]
    province: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Box:
    """An agency beside another: what went over between them, and those beyond it in the same direction."""

    agency: Agency
    passings: tuple[Passing, ...]
    beyond: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Lineage:
    """An agency with its predecessors and successors, nearest first, each once on its way."""

    agency: Agency
    earlier: tuple[Box, ...]
    later: tuple[Box, ...]


def lineage(register: Agencies, agency: Agency) -> Lineage:
    """The lineage of an agency, up to three steps into the past and the future; a circle is not followed twice."""
    return Lineage(
        agency,
        _boxes(register, register.predecessors, lambda edge: edge.predecessor, agency, (agency.id,)),
        _boxes(register, register.successors, lambda edge: edge.successor, agency, (agency.id,)),
    )


def _boxes(
    register: Agencies,
    edges_of: Callable[[str], Iterable[Succession]],
    other_end: Callable[[Succession], str],
    agency: Agency,
    seen: Sequence[str],
) -> tuple[Box, ...]:
    edges: dict[str, list[Succession]] = {}
    for edge in edges_of(agency.id):
        edges.setdefault(other_end(edge), []).append(edge)
    boxes = []
    for id_, between in list(edges.items())[:_MOST]:
        other = register.get(id_)
        if other is None or id_ in seen:
            continue
        beyond = _boxes(register, edges_of, other_end, other, (*seen, id_)) if len(seen) < _STEPS else ()
        passings = tuple(Passing(edge.since, edge.functions, edge.province, edge.source) for edge in between)
        boxes.append(Box(other, passings, beyond))
    return tuple(boxes)
