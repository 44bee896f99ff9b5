"""Scores what was extracted from a document against gold made by hand, field by field.

Both sides are dictionaries in the gold's shape: ``document`` (the header), ``outline``, ``assignments``, ``targets``,
``citations``, ``abbreviations``. Runs of blanks, case and punctuation at the ends never tell two texts apart, but for
case and punctuation in the header's fields that are not :data:`LOOSE_FIELDS`. Gold may leave open what its conventions
leave open: a row marked ``open`` counts neither found nor missed, a field that a row of gold lacks is not compared,
``units`` and ``indicators`` name all that are right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from corpus.model import Extraction, ParsedDocument

Row = dict[str, Any]

HEADER_FIELDS = (
    "number",
    "type",
    "title",
    "issuer",
    "province",
    "place",
    "issued_on",
    "year_from",
    "year_to",
    "signer",
    "signer_title",
    "recipients",
    "legal_bases",
)
LOOSE_FIELDS = frozenset({"title", "issuer", "signer_title"})  # printed in capitals, so their case is no fact
ASSIGNMENT_FIELDS = ("lead", "coordinating", "product", "due_text", "due_start", "due_end", "section")
TARGET_FIELDS = ("due_text", "section")
CITATION_FIELDS = ("type", "issued_on")
KINDS = ("header", "outline", "assignments", "targets", "citations", "abbreviations")
HEADING_WORDS = 12

# Names in the table and of the tests' floors, in this order.
MEASURES = (
    "header",
    "outline",
    "assignments",
    *(f"assignments.{name}" for name in ASSIGNMENT_FIELDS),
    "targets",
    *(f"targets.{name}" for name in TARGET_FIELDS),
    "citations",
    *(f"citations.{name}" for name in CITATION_FIELDS),
    "abbreviations",
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Records found, of the records wanted, and how many of them agree. Fields of matched records have one count."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    def __add__(self, other: Tally) -> Tally:
        """The two counts together."""
        return Tally(self.right + other.right, self.found + other.found, self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        """The part of what was found that is right; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The part of what was wanted that was found; 1 where nothing was wanted."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 1 where there was nothing to find and nothing was found."""
        both = self.found + self.wanted
        return 2 * self.right / both if both else 1.0


@dataclass(frozen=True, slots=True)
class Slip:
    """One thing that is wrong: of which measure, ``missed``, ``invented`` or ``differs``, and what it is."""

    measure: str
    how: str
    what: str


@dataclass(frozen=True, slots=True)
class Score:
    """The counts of each measure, and what was wrong."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    slips: tuple[Slip, ...] = ()

    def __add__(self, other: Score) -> Score:
        """Both scores as one."""
        names = dict.fromkeys([*self.tallies, *other.tallies])
        empty = Tally()
        tallies = {name: self.tallies.get(name, empty) + other.tallies.get(name, empty) for name in names}
        return Score(tallies, self.slips + other.slips)


def as_gold(parsed: ParsedDocument, extraction: Extraction) -> Row:
    """A parsed document and its records in the gold's shape."""
    plain = _plain(asdict(extraction))
    return {
        "document": {name: _plain(getattr(parsed.header, name)) for name in HEADER_FIELDS},
        "outline": [{"path": each.path, "heading": each.heading} for each in parsed.provisions],
        **plain,
    }


def _plain(value: object) -> Any:  # noqa: ANN401  # what JSON can hold
    """A value as JSON would give it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def score(wanted: Row, found: Row) -> Score:
    """How far what was found in a document agrees with its gold."""
    return (
        _header(wanted["document"], found["document"])
        + _outline(wanted["outline"], found["outline"])
        + _records("assignments", wanted, found, _same_task, ASSIGNMENT_FIELDS, _task)
        + _records("targets", wanted, found, _same_target, TARGET_FIELDS, _target)
        + _records("citations", wanted, found, _same_citation, CITATION_FIELDS, _citation)
        + _records("abbreviations", wanted, found, _same_abbreviation, (), _abbreviation)
    )


def folded(text: object) -> str:
    """A text in lower case with runs of blanks collapsed and without punctuation at its ends; None is empty."""
    return " ".join(str(text).lower().split()).strip(" .;,:-–") if text is not None else ""


def _squeezed(value: object) -> object:
    if isinstance(value, list):
        return [_squeezed(each) for each in value]
    return " ".join(value.split()) if isinstance(value, str) else value


def _header(wanted: Row, found: Row) -> Score:
    slips = []
    for name in HEADER_FIELDS:
        mine, gold = _squeezed(found.get(name)), _squeezed(wanted.get(name))
        same = folded(mine) == folded(gold) if name in LOOSE_FIELDS else mine == gold
        if not same:
            slips.append(Slip("header", "differs", f"{name}: {mine!r} for {gold!r}"))
    count = len(HEADER_FIELDS)
    return Score({"header": Tally(count - len(slips), count, count)}, tuple(slips))


def _outline(wanted: Sequence[Row], found: Sequence[Row]) -> Score:
    gold, mine = (Counter(_heading(row) for row in rows) for rows in (wanted, found))
    slips = [Slip("outline", "missed", " ".join(pair)) for pair in (gold - mine).elements()]
    slips += [Slip("outline", "invented", " ".join(pair)) for pair in (mine - gold).elements()]
    return Score({"outline": Tally((gold & mine).total(), mine.total(), gold.total())}, tuple(slips))


def _heading(row: Row) -> tuple[str, str]:
    return row["path"], folded(" ".join(str(row["heading"]).split()[:HEADING_WORDS]))


def _records(
    kind: str,
    wanted: Row,
    found: Row,
    overlap: Callable[[Row, Row], int],
    fields: Sequence[str],
    shown: Callable[[Row], str],
) -> Score:
    gold = [row for row in wanted[kind] if not row.get("open")]
    may = [row for row in wanted[kind] if row.get("open")]
    mine = found[kind]
    pairs = matched(gold, mine, overlap)
    left = [row for at, row in enumerate(mine) if at not in pairs.values()]
    allowed = set(matched(may, left, overlap).values())
    invented = [row for at, row in enumerate(left) if at not in allowed]
    slips = [Slip(kind, "missed", shown(row)) for at, row in enumerate(gold) if at not in pairs]
    slips += [Slip(kind, "invented", shown(row)) for row in invented]
    tallies = {kind: Tally(len(pairs), len(pairs) + len(invented), len(gold))}
    for name in fields:
        right = compared = 0
        for at, other in pairs.items():
            if name not in gold[at]:
                continue
            compared += 1
            expected, given = _field(gold[at], name), _field(mine[other], name)
            same = expected == given or (name == "due_text" and bool(_contained(expected, given)))
            right += same
            if not same:
                slips.append(Slip(f"{kind}.{name}", "differs", f"{given} for {expected} | {shown(gold[at])}"))
        tallies[f"{kind}.{name}"] = Tally(right, compared, compared)
    return Score(tallies, tuple(slips))


def matched(wanted: Sequence[Row], found: Sequence[Row], overlap: Callable[[Row, Row], int]) -> dict[int, int]:
    """Which found row goes with which wanted one, one to one, the longest overlap first, then the nearest in length.

    ``overlap`` gives how much two rows share, 0 where they are not the same.
    """
    candidates = []
    for at, row in enumerate(wanted):
        for other, mine in enumerate(found):
            shared = overlap(row, mine)
            if shared:
                candidates.append((-shared, abs(_length(row) - _length(mine)), at, other))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, at, other in sorted(candidates):
        if at not in pairs and other not in taken:
            pairs[at] = other
            taken.add(other)
    return pairs


def _length(row: Row) -> int:
    return sum(len(str(value)) for value in row.values() if isinstance(value, str))


def _field(row: Row, name: str) -> object:
    value = row.get(name)
    if isinstance(value, list):
        return sorted({folded(each) for each in value})
    return folded(value) if isinstance(value, str) else value


def _contained(one: object, other: object) -> int:
    """The length of the shorter text if the longer one contains it, else 0."""
    short, long = sorted((folded(one), folded(other)), key=len)
    return len(short) if short and short in long else 0


def _same_task(wanted: Row, found: Row) -> int:
    return _contained(wanted["task"], found["task"])


def _same_target(wanted: Row, found: Row) -> int:
    same = all(_number(wanted.get(name)) == _number(found.get(name)) for name in ("value", "value_high"))
    same = same and wanted["comparator"] == found["comparator"]
    if not same or not any(_same_unit(each, found.get("unit")) for each in wanted.get("units", [wanted["unit"]])):
        return 0
    return max(_contained(each, found["indicator"]) for each in wanted.get("indicators", [wanted["indicator"]]))


def _same_unit(one: str | None, other: str | None) -> bool:
    """Whether two units are the same; where a unit ends and what is counted begins is open: "lớp", "lớp tập huấn"."""
    short, long = sorted((folded(one).split(), folded(other).split()), key=len)
    return short == long[: len(short)] and bool(short or not long)


def _number(value: float | None) -> float | None:
    return None if value is None else round(float(value), 6)


def _same_citation(wanted: Row, found: Row) -> int:
    if wanted.get("number") or found.get("number"):
        numbers = [re.sub(r"\s+", "", str(row.get("number")).lower()) for row in (wanted, found)]
        return len(numbers[0]) if numbers[0] == numbers[1] else 0
    return _contained(wanted.get("name"), found.get("name"))


def _same_abbreviation(wanted: Row, found: Row) -> int:
    same = folded(wanted["short"]) == folded(found["short"]) and folded(wanted["long"]) == folded(found["long"])
    return len(wanted["short"]) if same else 0


def _task(row: Row) -> str:
    return f"{row.get('section')} [{'; '.join(row.get('lead') or [])}] {row['task']}"


def _target(row: Row) -> str:
    value, high = _number(row.get("value")), _number(row.get("value_high"))
    upper = "" if high is None else f"–{high:g}"
    figure = "" if value is None else f"{value:g}"
    return f"{row.get('section')} {row['indicator']} | {row['comparator']} {figure}{upper} {row.get('unit')}"


def _citation(row: Row) -> str:
    return str(row.get("number") or row.get("name"))


def _abbreviation(row: Row) -> str:
    return f"{row['short']} = {row['long']}"


def total(scores: Iterable[Score]) -> Score:
    """All scores as one, each record counting once."""
    whole = Score()
    for each in scores:
        whole += each
    return whole
