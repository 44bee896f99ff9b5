"""Which documents an answer may come from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, extract, or_

from corpus.errors import QueryError
from corpus.language.normalise import fold
from corpus.language.places import Places
from corpus.model import Quality
from corpus.store import schema

QUALITY_NAMES = {
    Quality.NATIVE: "bản gốc",
    Quality.CONVERTED: "chuyển mã",
    Quality.RECOGNISED: "nhận dạng",
    Quality.MIXED: "hỗn hợp",
}
"""How a document's text came to us, as Vietnamese readers call it."""

FIRST_YEAR, LAST_YEAR = 1945, 2100
_YEARS = re.compile(r"\s*(\d{1,4})?\s*(\.\.|-|–)?\s*(\d{1,4})?\s*")


@dataclass(frozen=True, slots=True)
class Filters:
    """Years (inclusive), provinces by their canonical names as issued, document types as written in documents.

    ``qualities``: how the text came to us. Of a document's renditions only the best passes.
    """

    year_from: int | None = None
    year_to: int | None = None
    provinces: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    qualities: tuple[Quality, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether every document passes."""
        return self == Filters()

    def where(self) -> ColumnElement[bool]:
        """The condition on :data:`corpus.store.schema.documents`.

        A document is of a year when it was issued in it or plans for it.
        """
        documents = schema.documents.c
        conditions: list[ColumnElement[bool]] = [documents.rendition_of.is_(None)]
        if self.year_from is not None or self.year_to is not None:
            first, last = self.year_from or FIRST_YEAR, self.year_to or LAST_YEAR
            issued = extract("year", documents.issued_on).between(first, last)
            planned = and_(documents.year_from <= last, documents.year_to >= first)
            conditions.append(or_(issued, planned))
        if self.provinces:
            conditions.append(documents.province.in_(self.provinces))
        if self.types:
            conditions.append(documents.type.in_(self.types))
        if self.qualities:
            conditions.append(documents.quality.in_([quality.value for quality in self.qualities]))
        return and_(*conditions)


def read_filters(
    places: Places,
    known_types: Sequence[str],
    *,
    year: str | None = None,
    provinces: Sequence[str] = (),
    types: Sequence[str] = (),
    qualities: Sequence[str] = (),
    as_of_today: bool = False,
) -> Filters:
    """Filters from what a person typed; QueryError for a year, province, type or quality that cannot be.

    ``year``: "2018", "2017..2020", "2017..", "..2020". ``as_of_today``: a province of today stands for all that were
    merged into it. ``known_types``: the types that the archive holds. ``qualities``: values of
    :class:`corpus.model.Quality` or their names in Vietnamese.
    """
    first, last = _read_years(year) if year and year.strip() else (None, None)
    names: dict[str, None] = {}
    for typed in filter(str.strip, provinces):
        names |= dict.fromkeys(_province(places, typed, as_of_today=as_of_today))
    chosen = tuple(_type(known_types, typed) for typed in filter(str.strip, types))
    return Filters(first, last, tuple(names), chosen, tuple(_quality(typed) for typed in filter(str.strip, qualities)))


def _read_years(year: str) -> tuple[int | None, int | None]:
    match = _YEARS.fullmatch(year)
    first = last = None
    if match and (match[1] or match[3]):
        first = int(match[1]) if match[1] else None
        last = int(match[3]) if match[3] else (None if match[2] else first)
    given = [value for value in (first, last) if value is not None]
    if not given or any(not FIRST_YEAR <= value <= LAST_YEAR for value in given) or given != sorted(given):
        raise QueryError(
            "year-unknown",
            f"Không hiểu năm “{year}”. Viết một năm từ {FIRST_YEAR} đến {LAST_YEAR} như 2018, "
            "hay khoảng năm như 2017..2020.",
            f"The year “{year}” is not understood. Write a year from {FIRST_YEAR} to {LAST_YEAR} such as 2018, "
            "or a range such as 2017..2020.",
        )
    return first, last


def _province(places: Places, typed: str, *, as_of_today: bool) -> tuple[str, ...]:
    province = places.find(typed)
    if province is None:
        near = places.near(typed)
        vi = f" Có phải: {', '.join(near)}?" if near else " Xem tên các tỉnh bằng: tienle documents"
        en = f" Did you mean: {', '.join(near)}?" if near else " See the provinces with: tienle documents"
        raise QueryError("province-unknown", f"Không có tỉnh, thành phố “{typed}”.{vi}", f"No province “{typed}”.{en}")
    return places.predecessors(places.today(province.name)) if as_of_today else (province.name,)


def _type(known: Sequence[str], typed: str) -> str:
    for name in known:
        if fold(name) == fold(typed.strip()):
            return name
    choices = ", ".join(sorted(known)) or "–"
    raise QueryError(
        "type-unknown",
        f"Kho không có loại văn bản “{typed}”. Các loại có trong kho: {choices}.",
        f"The archive has no document type “{typed}”. It has: {choices}.",
    )


def _quality(typed: str) -> Quality:
    for quality, name in QUALITY_NAMES.items():
        if fold(typed.strip()) in {quality.value, fold(name)}:
            return quality
    vi = ", ".join(f"{quality.value} ({name})" for quality, name in QUALITY_NAMES.items())
    raise QueryError(
        "quality-unknown",
        f"Không có chất lượng chữ “{typed}”. Chọn: {vi}.",
        f"No text quality “{typed}”. Choose: {', '.join(QUALITY_NAMES)}.",
    )
