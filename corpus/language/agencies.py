"""Agencies through time: their names as people write them, who came before them and who has their functions today.

An agency is a kind of body ("Sở Nội vụ"), of which each province, district or commune has its own.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

from corpus.errors import QueryError
from corpus.language.agency_spelling import Scope, initials_pattern, key_of, readings
from corpus.language.normalise import compose, fold, normalise
from corpus.language.places import Places

LEVELS = ("central", "province", "district", "commune", "group")
_SHORTEST_KEY = 3  # letters: "SCT"; fewer stand for too many things
_REMEMBERED = 100_000  # names; a million passages of real plans hold some 22,000, and each takes 0.15 ms to read
_UBND = "uybannhandan"  # of groups only these are shortened to initials ("UBND các huyện")
# A body with a place behind it is of that place's level, or a group of such bodies.
_LEVELS_OF = {
    Scope.PROVINCE: ("province", "group"),
    Scope.DISTRICT: ("district", "group"),
    Scope.COMMUNE: ("commune", "group"),
}


@dataclass(frozen=True, slots=True)
class Agency:
    """A kind of body, its other names, the first and last day of that name, and the documents that say so.

    ``level``: "central", "province", "district", "commune", or "group" for addressees such as "các sở, ban, ngành".
    A date is None where the body is older than the register (2008), still works, or the day is not known.
    """

    id: str
    name: str
    level: str
    aliases: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Succession:
    """Functions of one agency that went to another; ``functions`` are words that show them, none: all the rest.

    ``since`` is None where provinces did it on different days. ``province``: only there, before the general rule.
    """

    predecessor: str
    successor: str
    since: date | None
    functions: tuple[str, ...] = ()
    source: str = ""
    province: str | None = None


class Agencies:
    """The register of agencies; it does not change."""

    def __init__(
        self,
        agencies: Iterable[Agency],
        successions: Iterable[Succession] = (),
        places: Places | None = None,
        abbreviations: Mapping[str, str] | None = None,
    ) -> None:
        """A register of these; a later record of an id replaces the earlier one.

        Raises QueryError("agency-table") where a succession names an agency that is not in the register or a chain of
        successions runs in a circle.
        """
        self._places = places or Places.load()
        self._by_id = {agency.id: agency for agency in agencies}
        self._successions = tuple(successions)
        self._from: dict[str, list[Succession]] = defaultdict(list)
        self._to: dict[str, list[str]] = defaultdict(list)
        for edge in self._successions:
            self._from[edge.predecessor].append(edge)
            self._to[edge.successor].append(edge.predecessor)
        self._check()
        self._abbreviations = {fold(short): fold(long) for short, long in (abbreviations or {}).items()}
        self._by_key: dict[str, set[str]] = defaultdict(set)
        self._by_initials: dict[str, list[tuple[re.Pattern[str], str]]] = defaultdict(list)
        for agency in self._by_id.values():
            for name in (agency.name, *agency.aliases):
                self._by_key[key_of(name)].add(agency.id)
                if agency.level != "group" or key_of(name).startswith(_UBND):
                    self._by_initials[key_of(name)[:1]].append((re.compile(initials_pattern(name)), agency.id))
        self._found: dict[str, Agency | None] = {}
        self._words = {edge: _Words.of(edge.functions) for edge in self._successions}

    @classmethod
    def load(cls, extra: Path | None = None) -> Agencies:
        """The shipped register, with an archive's own ``[[agency]]``, ``[[succession]]`` and ``[abbreviations]``.

        An ``[[agency]]`` adds a body or other names of one; a ``[[succession]]`` may be of one ``province`` alone.
        Raises QueryError("agency-table") for a table that is not right.
        """
        shipped = resources.files("corpus.language").joinpath("agencies.toml").read_text(encoding="utf-8")
        builder = _Builder(Places.load(extra))
        builder.add(tomllib.loads(shipped))
        if extra is not None:
            try:
                builder.add(tomllib.loads(extra.read_text(encoding="utf-8")))
            except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
                raise QueryError(
                    "agency-table",
                    f"Không đọc được bảng cơ quan {extra}: {error}. Hãy sửa tệp theo mẫu [[agency]] name, level; "
                    "[[succession]] predecessor, successor, since.",
                    f"Cannot read the table of agencies {extra}: {error}. Correct it: [[agency]] name, level; "
                    "[[succession]] predecessor, successor, since.",
                ) from error
        return cls(builder.agencies.values(), builder.successions, builder.places, builder.abbreviations)

    def _check(self) -> None:
        for end in (end for edge in self._successions for end in (edge.predecessor, edge.successor)):
            if end not in self._by_id:
                raise QueryError(
                    "agency-table",
                    f"Bảng cơ quan: không có cơ quan “{end}” trong bảng. Hãy thêm mục [[agency]] cho cơ quan này.",
                    f'The register of agencies has no "{end}". Add an [[agency]] for it.',
                )
        for start in self._from:
            later: list[str] = [edge.successor for edge in self._from[start]]
            for at in later:
                later += [edge.successor for edge in self._from.get(at, ()) if edge.successor not in later]
            if start in later:
                raise QueryError(
                    "agency-table",
                    f"Bảng cơ quan: các mục [[succession]] của “{self._by_id[start].name}” quay vòng. "
                    "Hãy sửa successor trong archive.toml.",
                    f'The register of agencies: the successions of "{self._by_id[start].name}" run in a circle. '
                    "Correct them in archive.toml.",
                )

    def get(self, id: str) -> Agency | None:  # noqa: A002  (an id is what the field is called everywhere)
        """The agency of an id, None where there is none."""
        return self._by_id.get(id)

    def all(self) -> tuple[Agency, ...]:
        """All agencies, in the order of the table."""
        return tuple(self._by_id.values())

    def find(self, name: str) -> Agency | None:
        """The agency that a written name means, None where that is unknown or more than one.

        Case, marks, separators, initials (KH&ĐT), a title before it (Giám đốc) and a place behind it do not matter.
        """
        if name not in self._found:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[name] = self._find(name) or self._find(self._expanded(name))
        return self._found[name]

    def _find(self, name: str) -> Agency | None:
        if not name:
            return None
        for reading in readings(name, self._places):
            keys = [reading.key] if reading.scope is Scope.NONE else [reading.key + reading.scope, reading.key]
            for key in keys:
                found = self._of_key(key, () if key != reading.key else _LEVELS_OF.get(reading.scope, ()))
                if found is not None:
                    return found
        return None

    def _of_key(self, key: str, levels: tuple[str, ...]) -> Agency | None:
        ids = self._by_key.get(key) or {
            id_
            for pattern, id_ in (self._by_initials.get(key[:1], ()) if len(key) >= _SHORTEST_KEY else ())
            if pattern.fullmatch(key)
        }
        found = [self._by_id[id_] for id_ in ids if not levels or self._by_id[id_].level in levels]
        return found[0] if len(found) == 1 else None

    def _expanded(self, name: str) -> str:
        """The name with an archive's own abbreviations in full, empty where it has none."""
        if not self._abbreviations:
            return ""
        full = re.sub(r"\w+", lambda word: self._abbreviations.get(fold(word.group()), word.group()), compose(name))
        return full if full != name else ""

    def successors(self, id: str, province: str | None = None) -> tuple[Succession, ...]:  # noqa: A002  (as in get)
        """Who took over from an agency, all the rest first; of one province, its own successions before the general.

        Without a province all successions, also those of single provinces.
        """
        edges = self._from.get(id, [])
        if province is not None:
            edges = _of_province(edges, self._province(province))
        return tuple(sorted(edges, key=lambda edge: (edge.province is not None, bool(edge.functions))))

    def predecessors(self, id: str, province: str | None = None) -> tuple[Succession, ...]:  # noqa: A002  (as in get)
        """From whom an agency took over, whole agencies first; as in :meth:`successors`."""
        edges = [
            edge
            for one in dict.fromkeys(self._to.get(id, ()))
            for edge in self.successors(one, province)
            if edge.successor == id
        ]
        return tuple(sorted(edges, key=lambda edge: (edge.province is not None, bool(edge.functions))))

    def today(self, id: str, task: str = "", province: str | None = None) -> tuple[str, ...]:  # noqa: A002  (as in get)
        """Ids of the agencies that have an agency's functions as of today.

        A task's words choose among them (in the order of the words); without any that tell, who has all the rest.
        Without a task all of them. ``province`` as issued; without one the general rule. An unknown id comes back;
        nothing for an agency that ended with nobody known to follow.
        """
        if id not in self._by_id:
            return (id,)
        place = "" if province is None else self._province(province)
        return tuple(dict.fromkeys(self._heirs(id, task, place, None, frozenset())))

    def _heirs(self, at: str, task: str, province: str, arrived: date | None, seen: frozenset[str]) -> list[str]:
        edges = [
            edge
            for edge in self.successors(at, province)
            if edge.successor not in seen and (arrived is None or (edge.since is not None and edge.since > arrived))
        ]
        told = sorted(
            (place, order, edge)
            for order, edge in enumerate(edges)
            if task and edge.functions and (place := self._words[edge].first_in(task)) is not None
        )
        chosen = [edge for _, _, edge in told]
        if not chosen and self._by_id[at].valid_to is None and all(edge.functions for edge in edges):
            return [at]
        if not chosen:
            rest = [edge for edge in edges if not edge.functions]
            chosen = rest if task and rest else edges
        return [
            heir
            for edge in chosen
            for heir in self._heirs(edge.successor, task, province, edge.since or arrived, seen | {at})
        ]

    def inherited_by(self, id: str, province: str | None = None) -> tuple[str, ...]:  # noqa: A002  (as in get)
        """Ids of all earlier agencies of which any part came to this one, itself first.

        A part only: whether one task of theirs came here is what :meth:`today` says.
        """
        ids = [id]
        for at in ids:
            ids += [e.predecessor for e in self.predecessors(at, province) if e.predecessor not in ids]
        return tuple(dict.fromkeys(ids))

    def near(self, name: str, n: int = 3) -> list[str]:
        """Names in the register that resemble an unknown one, nearest first."""
        keys = difflib.get_close_matches(key_of(name), self._by_key, n * 2, 0.6)
        return list(dict.fromkeys(self._by_id[id_].name for key in keys for id_ in sorted(self._by_key[key])))[:n]

    def _province(self, name: str) -> str:
        province = self._places.find(name)
        return name if province is None else province.name


def _of_province(edges: list[Succession], province: str) -> list[Succession]:
    own = [edge for edge in edges if edge.province == province]
    taken = {word for edge in own for word in edge.functions}
    whole = any(not edge.functions for edge in own)
    general = [edge for edge in edges if edge.province is None and not taken.intersection(edge.functions)]
    return own + [edge for edge in general if edge.functions or not whole]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words that show a function, to be found with their marks, or without in a text that has none."""

    marked: re.Pattern[str]
    unmarked: re.Pattern[str]

    @classmethod
    def of(cls, functions: tuple[str, ...]) -> _Words:
        marked = [normalise(words).lower() for words in functions]
        return cls(_any_of(marked), _any_of([fold(words) for words in marked]))

    def first_in(self, task: str) -> int | None:
        text = normalise(task).lower()
        match = (self.unmarked if text == fold(text) else self.marked).search(text)
        return match.start() if match else None


def _any_of(phrases: list[str]) -> re.Pattern[str]:
    forms = "|".join(r"\W+".join(map(re.escape, re.findall(r"\w+", phrase))) for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)")


class _Builder:
    """Tables of agencies, put together: names of agencies become ids, short sources become full ones."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.agencies: dict[str, Agency] = {}
        self.successions: list[Succession] = []
        self.abbreviations: dict[str, str] = {}

    def add(self, tables: dict[str, Any]) -> None:
        sources = tables.get("sources", {})
        for block in tables.get("agencies", []):
            for row in block["rows"]:
                self._add_agency({"level": block["level"], "source": block.get("source", ""), **row}, sources)
        for row in tables.get("agency", []):
            self._add_agency(row, sources)
        for row in tables.get("succession", []):
            words = row.get("functions", [])
            row["functions"] = tables["functions"][words] if isinstance(words, str) else words
            for predecessor, province in product(_listed(row["predecessor"]), _listed(row.get("province"))):
                self._add_succession({**row, "predecessor": predecessor, "province": province}, sources)
        self.abbreviations |= {str(short): str(long) for short, long in tables.get("abbreviations", {}).items()}

    def _add_agency(self, row: dict[str, Any], sources: dict[str, str]) -> None:
        name = compose(row["name"])
        id_ = row.get("id", slug(name))
        known = self.agencies.get(id_)
        level = row.get("level", known.level if known else "province")
        if level not in LEVELS:
            raise ValueError(f"level: {level!r}")
        given = Agency(
            id=id_,
            name=name,
            level=level,
            aliases=tuple(map(str, row.get("aliases", ()))),
            valid_from=_day(row, "valid_from"),
            valid_to=_day(row, "valid_to"),
            source=_source(row, sources),
        )
        self.agencies[id_] = given if known is None else _joined(known, given)

    def _add_succession(self, row: dict[str, Any], sources: dict[str, str]) -> None:
        place = self.places.find(row["province"]) if row["province"] else None
        if row["province"] and place is None:
            raise ValueError(f"province: {row['province']!r}")
        edge = Succession(
            predecessor=self._id(row["predecessor"]),
            successor=self._id(row["successor"]),
            since=_day(row, "since"),
            functions=tuple(map(str, row["functions"])),
            source=_source(row, sources),
            province=place.name if place else None,
        )
        self.successions.append(edge)

    def _id(self, name: str) -> str:
        id_ = name if name in self.agencies else slug(compose(name))
        if id_ not in self.agencies:
            raise ValueError(f"[[agency]] name = {name!r}?")
        return id_


def _joined(known: Agency, given: Agency) -> Agency:
    return replace(
        given,
        aliases=tuple(dict.fromkeys((*known.aliases, known.name, *given.aliases))),
        valid_from=given.valid_from or known.valid_from,
        valid_to=given.valid_to or known.valid_to,
        source=given.source or known.source,
    )


def slug(name: str) -> str:
    """The id of a name: its words without marks joined by hyphens ("so-noi-vu")."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(name)))


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _day(row: dict[str, Any], field: str) -> date | None:
    value = row.get(field)
    if value is not None and type(value) is not date:
        raise ValueError(f"{field}: {value!r}")
    return value


def _source(row: dict[str, Any], sources: dict[str, str]) -> str:
    given = row.get("source", "")
    return "; ".join(sources.get(one, one) for one in ([given] if isinstance(given, str) else given))
