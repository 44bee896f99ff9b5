"""Communes before and after 1 July 2025: what a commune of the old map became.

Source: the conversion table of underthesea's addresses (10,602 rows, after the resolutions of the Standing Committee of
the National Assembly on the communes of the 34 provinces). Its own ``convert_address`` names one of several successors
and takes the first of several communes of one name; here all are given, so the table is read itself.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from corpus.language.normalise import compose, fold, normalise
from corpus.language.places import Places

_KINDS = {"p": "phuong", "x": "xa", "tt": "thitran", "q": "quan", "h": "huyen", "tx": "thixa", "tp": "thanhpho"}
_SHORT_KIND = re.compile(r"^(p|x|tt|q|h|tx|tp)(?:\.\s*|\s+)(?=\w)")
_KIND = re.compile(r"^(phuong|xa|thi tran|dac khu|quan|huyen|thi xa|thanh pho)\s+")


class Fate(StrEnum):
    """What became of a commune."""

    KEPT = "kept"  # same name and land
    RENAMED = "renamed"
    MERGED = "merged"  # with others, whatever the new name
    DIVIDED = "divided"  # among several
    PRESENT = "present"  # it is a commune of today
    AMBIGUOUS = "ambiguous"  # several communes have the name; the district or province would tell
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CommuneToday:
    """Today's communes where an earlier one was, with their kind ("Phường An Bình"), and their province's name.

    Of a divided commune the one that took its seat or most of it comes first. For an ambiguous name ``communes`` holds
    all that may be meant and ``districts`` the old districts to choose from; both are empty for an unknown one.
    """

    fate: Fate
    communes: tuple[str, ...] = ()
    province: str | None = None
    districts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    province: str
    district: str
    commune: str
    new_province: str
    new_commune: str
    fate: str
    default: bool


@dataclass(frozen=True, slots=True)
class _Table:
    old: dict[str, list[_Row]]
    new: dict[str, list[_Row]]


def today_commune(name: str, district: str = "", province: str = "") -> CommuneToday:
    """What a commune (xã, phường, thị trấn) became; its district and province narrow the search where given.

    Case, marks and short kinds ("P.", "TT.") do not matter, nor a missing kind. ``province``: as issued or of today.
    Only the table's names count: nothing is guessed.
    """
    table = _table()
    if not _bare(name):
        return CommuneToday(Fate.UNKNOWN)
    old = _narrowed(table.old.get(_bare(name), []), name, district, province)
    if not old:
        return _present(table, name, province) if not district else CommuneToday(Fate.UNKNOWN)
    origins = {(row.province, row.district, row.commune) for row in old}
    communes = tuple(dict.fromkeys(row.new_commune for row in sorted(old, key=lambda row: not row.default)))
    provinces = {row.new_province for row in old}
    known = _places().find(min(provinces)) if len(provinces) == 1 else None
    place = known.name if known else None
    if len(origins) > 1:
        return CommuneToday(Fate.AMBIGUOUS, communes, place, tuple(sorted({row.district for row in old})))
    fates = {"unchanged": Fate.KEPT, "renamed": Fate.RENAMED, "merged": Fate.MERGED, "divided": Fate.DIVIDED}
    return CommuneToday(fates[old[0].fate], communes, place)


def _present(table: _Table, name: str, province: str) -> CommuneToday:
    rows = _best(table.new.get(_bare(name), []), "new_commune", name)
    if province:
        wanted = _places().today(province)
        rows = [row for row in rows if _canonical(row.new_province) == wanted]
    found = {(row.new_province, row.new_commune) for row in rows}
    if not found:
        return CommuneToday(Fate.UNKNOWN)
    provinces = {_canonical(of) for of, _ in found}
    communes = tuple(sorted({commune for _, commune in found}))
    return CommuneToday(
        Fate.PRESENT if len(found) == 1 else Fate.AMBIGUOUS, communes, provinces.pop() if len(provinces) == 1 else None
    )


def _narrowed(rows: list[_Row], name: str, district: str, province: str) -> list[_Row]:
    rows = _best(rows, "commune", name)
    if district:
        rows = _best([row for row in rows if _bare(row.district) == _bare(district)], "district", district)
    if not province:
        return rows
    place = _places().find(province)
    if place is None:
        return []
    # "Thừa Thiên Huế" is in the table under the name that it took half a year before.
    as_issued = [row for row in rows if place.name in {_canonical(row.province), _earlier(row.province)}]
    return as_issued or [row for row in rows if _canonical(row.new_province) == place.name]


def _earlier(province: str) -> str:
    return "Thừa Thiên Huế" if _canonical(province) == "Huế" else _canonical(province)


def _kind_and_name(name: str) -> tuple[str, str]:
    folded = re.sub(r"\s+", " ", fold(name)).strip(" .,")
    if short := _SHORT_KIND.match(folded):
        return _KINDS[short[1]], re.sub(r"\W+", "", folded[short.end() :])
    if kind := _KIND.match(folded):
        return kind[1].replace(" ", ""), re.sub(r"\W+", "", folded[kind.end() :])
    return "", re.sub(r"\W+", "", folded)


def _bare(name: str) -> str:
    """The name without its kind; a numbered ward ("Phường 01") without leading noughts."""
    bare = _kind_and_name(name)[1]
    return str(int(bare)) if bare.isascii() and bare.isdigit() else bare


def _best(rows: list[_Row], field: str, written: str) -> list[_Row]:
    """The rows whose name has the written kind: those with the written marks, else all, whatever their marks."""
    kind = _kind_and_name(written)[0]
    rows = [row for row in rows if not kind or _kind_and_name(getattr(row, field))[0] == kind]
    marked = re.sub(r"\W+", "", normalise(written).lower())
    return [row for row in rows if re.sub(r"\W+", "", normalise(getattr(row, field)).lower()).endswith(marked)] or rows


@cache
def _places() -> Places:
    return Places.load()


@cache
def _canonical(province: str) -> str:
    found = _places().find(province)
    return found.name if found else province


@cache
def _table() -> _Table:
    # Only the data file is wanted: importing the package would import torch.
    package = importlib.util.find_spec("underthesea")
    folders = list(package.submodule_search_locations or ()) if package else []
    if not folders:
        raise ModuleNotFoundError("underthesea")
    data = json.loads((Path(folders[0]) / "address" / "data" / "mapping.json").read_text(encoding="utf-8"))
    table = _Table(defaultdict(list), defaultdict(list))
    for record in data["ward_mapping"]:
        row = _Row(
            province=record["old_province"],
            district=compose(record["old_district"]),
            commune=compose(record["old_ward"]),
            new_province=record["new_province"],
            new_commune=compose(record["new_ward"]),
            fate=record["mapping_type"],
            default=record.get("is_default", True),
        )
        if row.commune and row.new_commune:  # a few rows of the table lack one of them
            table.old[_bare(row.commune)].append(row)
        if row.new_commune:
            table.new[_bare(row.new_commune)].append(row)
    return table
