"""Provinces of before and after the mergers of 2025: names as people write them, successors, predecessors."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from corpus.errors import QueryError
from corpus.language.normalise import compose, fold, normalise

_KINDS = ("tỉnh", "thành phố")
_KIND_FOLDED = r"(?:tinh|thanh\s+pho|thu\s+do|t\.\s?p\.?|tp\.?)"
_KIND_BEFORE = re.compile(rf"^(?:{_KIND_FOLDED}\s*(?=\w))+")
_SHORT_ALIAS = 4  # letters; shorter ones ("HN") mean a province only when that is all there is


@dataclass(frozen=True, slots=True)
class Province:
    """A unit of the first level (cấp tỉnh) under one name and kind, and the first and last day that it existed.

    ``source``: the resolution that made it part of its successor.
    """

    name: str
    kind: str
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None
    aliases: tuple[str, ...] = ()
    common: bool = False
    source: str = ""

    @property
    def full_name(self) -> str:
        """Its kind and name: "tỉnh Đắk Lắk", "thành phố Huế"."""
        return f"{self.kind} {self.name}"


def _squeeze(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold(name))


@cache
def _fold_character(character: str) -> str:
    return fold(character)


def _folded_with_offsets(text: str) -> tuple[str, list[int]]:
    pieces, offsets = [], []
    for at, character in enumerate(text):
        for piece in _fold_character(character):
            pieces.append(piece)
            offsets.append(at)
    offsets.append(len(text))
    return "".join(pieces), offsets


def _is_name_cased(words: str) -> bool:
    syllables = re.findall(r"[^\W\d_]+", words)
    return all(syllable[0].isupper() for syllable in syllables)


class Places:
    """The register of provinces; immutable."""

    def __init__(self, provinces: Iterable[Province]) -> None:
        """A register of these; of several records of one name, the last is the present one.

        Raises QueryError("place-table") where a successor is not in the register or a chain of successors is a circle.
        """
        self._records = tuple(provinces)
        self._present = {province.name: province for province in self._records}
        self._next = {
            province.name: province.successor
            for province in self._records
            if province.successor and province.successor != province.name
        }
        self._check()
        self._by_key: dict[str, Province] = {}
        for province in self._present.values():
            self._by_key[_squeeze(province.name)] = province
        for province in self._records:
            for alias in province.aliases:
                self._by_key.setdefault(_squeeze(alias), self._present[province.name])
        self._written: dict[str, set[str]] = {}
        for province in self._records:
            for written in (province.name, *province.aliases):
                self._written.setdefault(_squeeze(written), set()).add(normalise(written).lower())
        names = sorted((w for written in self._written.values() for w in written), key=len, reverse=True)
        alternatives = "|".join(dict.fromkeys(r"[\s–-]+".join(re.findall(r"\w+", fold(name))) for name in names))
        self._finder = re.compile(rf"(?<!\w)(?P<kind>{_KIND_FOLDED}\s*)?(?P<name>{alternatives})(?!\w)")

    def _check(self) -> None:
        for name in self._next:
            seen, at = {name}, name
            while at in self._next:
                at = self._next[at]
                if at in seen or at not in self._present:
                    raise QueryError(
                        "place-table",
                        f"Bảng địa danh: đơn vị kế tiếp của “{name}” không có trong bảng hoặc quay vòng (“{at}”). "
                        "Hãy sửa mục successor.",
                        f'The register of places: the successor of "{name}" is missing or runs in a circle ("{at}"). '
                        "Correct its successor.",
                    )
                seen.add(at)

    @classmethod
    def load(cls, extra: Path | None = None) -> Places:
        """The register of Vietnam's provinces, with those of an archive's own ``[[province]]`` table added.

        Raises QueryError("place-table") for a table that is not TOML or lacks a name.
        """
        shipped = resources.files("corpus.language").joinpath("provinces.toml").read_text(encoding="utf-8")
        records = [_province(row) for row in tomllib.loads(shipped)["province"]]
        if extra is not None:
            try:
                rows = tomllib.loads(extra.read_text(encoding="utf-8")).get("province", [])
                records += [_province(row) for row in rows]
            except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
                raise QueryError(
                    "place-table",
                    f"Không đọc được bảng địa danh {extra}: {error}. Hãy sửa tệp theo mẫu [[province]] name, kind.",
                    f"Cannot read the table of places {extra}: {error}. Correct it: [[province]] name, kind.",
                ) from error
        return cls(records)

    def find(self, text: str) -> Province | None:
        """The province that a name means, None where unknown.

        Case, marks, tone placement, punctuation and a kind before the name ("tỉnh", "TP.") do not matter.
        """
        key = _squeeze(text)
        if key in self._by_key:
            return self._by_key[key]
        return self._by_key.get(_squeeze(_KIND_BEFORE.sub("", fold(text).strip())))

    def in_text(self, text: str) -> list[tuple[Province, int, int]]:
        """The provinces that a text names, each with the span of its name and of the kind before it, in reading order.

        A name counts with its own marks, or without any mark where the whole text has none. Names that are also
        ordinary words ("hòa bình") need their kind before them or capitals.
        """
        folded, offsets = _folded_with_offsets(text)
        unmarked = folded == compose(text).lower()
        found = []
        for match in self._finder.finditer(folded):
            start, end = offsets[match.start()], offsets[match.end() - 1] + 1
            name_start = offsets[match.start("name")]
            key = _squeeze(match["name"])
            if self._counts(text[name_start:end], key, kind=match["kind"] is not None, unmarked=unmarked):
                found.append((self._by_key[key], start, end))
        return found

    def _counts(self, written: str, key: str, *, kind: bool, unmarked: bool) -> bool:
        province = self._by_key[key]
        if province.name == "Hồ Chí Minh" and key == "hochiminh" and not kind:
            return False  # the person, a road, a youth union
        if kind and not any(character.islower() for character in written):
            return True
        spaced = re.sub(r"\s+", " ", normalise(written).lower())
        exact = any(
            re.sub(r"\W+", " ", spaced) == re.sub(r"\W+", " ", alternative) for alternative in self._written[key]
        )
        if not exact and not (unmarked and not province.common):
            return kind and _is_name_cased(written)
        if len(key) < _SHORT_ALIAS and not kind:
            return False
        return kind or not province.common or _is_name_cased(written)

    def today(self, name: str) -> str:
        """The name of today's unit that an earlier one became part of; an unknown name comes back as it is."""
        province = self.find(name)
        if province is None:
            return name
        at = province.name
        while at in self._next:
            at = self._next[at]
        return at

    def predecessors(self, name: str) -> tuple[str, ...]:
        """The names of all units that a unit is made of, itself first; an unknown name alone."""
        province = self.find(name)
        if province is None:
            return (name,)
        made_of = [province.name]
        for unit in made_of:
            made_of += [earlier for earlier, later in self._next.items() if later == unit]
        return tuple(made_of)

    def near(self, name: str, n: int = 3) -> list[str]:
        """Names in the register that resemble an unknown one, nearest first."""
        keys = difflib.get_close_matches(_squeeze(_KIND_BEFORE.sub("", fold(name).strip())), self._by_key, n * 2, 0.6)
        return list(dict.fromkeys(self._by_key[key].name for key in keys))[:n]

    def names(self) -> tuple[str, ...]:
        """The canonical names, each once, in the order of the table."""
        return tuple(self._present)


def _province(row: dict[str, Any]) -> Province:
    kind = row.get("kind", _KINDS[0])
    if kind not in _KINDS:
        raise TypeError(f"kind: {kind!r}")
    for field in ("valid_from", "valid_to"):
        if not isinstance(row.get(field), date | None):
            raise TypeError(f"{field}: {row[field]!r}")
    return Province(
        name=compose(row["name"]),
        kind=kind,
        valid_from=row.get("valid_from"),
        valid_to=row.get("valid_to"),
        successor=row.get("successor"),
        aliases=tuple(row.get("aliases", ())),
        common=row.get("common", False),
        source=row.get("source", ""),
    )
