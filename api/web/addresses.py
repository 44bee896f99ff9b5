"""The addresses of the pages: every state of a page has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import ClassVar, Self
from urllib.parse import quote, urlencode

from api.exports.links import told_place
from corpus.errors import Language


@dataclass(frozen=True, slots=True)
class Addressed:
    """What a page is asked for and its address says; every field has what is usual as its default."""

    _anew: ClassVar[Mapping[str, object]] = {"page": 1}

    def but(self, **changes: object) -> Self:
        """The same with some fields changed, on its first page unless the page is given."""
        return replace(self, **{**self._anew, **changes})

    def parameters(self) -> dict[str, str]:
        """The fields that are not as usual, as they stand in an address."""
        given = ((field, getattr(self, field.name)) for field in fields(self))
        return {field.name: "1" if value is True else str(value) for field, value in given if value != field.default}


def years_between(first: str, last: str) -> str | None:
    """Years as filters take them ("2017..2020") from two fields, None when neither was typed."""
    first, last = first.strip(), last.strip()
    return f"{first}..{last}" if first or last else None


@dataclass(frozen=True, slots=True)
class Filter(Addressed):
    """The search form as typed; ``page`` counts from 1, ``open`` is the document that shows all its passages.

    ``agency`` in any role, ``lead`` where it leads. ``why``: hits say why they stand where they do; ``summary``: "1"
    for one of what was found, "years" for one year by year; ``sort``: an order that the page knows.
    """

    _anew: ClassVar[Mapping[str, object]] = {"page": 1, "open": ""}

    q: str = ""
    year_from: str = ""
    year_to: str = ""
    province: str = ""
    type: str = ""
    as_of_today: bool = False
    quality: str = ""
    agency: str = ""
    lead: str = ""
    sort: str = ""
    as_typed: bool = False
    why: bool = False
    summary: str = ""
    page: int = 1
    open: str = ""

    @property
    def year(self) -> str | None:
        """The years as filters take them."""
        return years_between(self.year_from, self.year_to)

    @property
    def narrows(self) -> bool:
        """Whether any filter is set."""
        return any((self.year, self.province, self.type, self.quality, self.agency, self.lead))

    def unfiltered(self) -> Filter:
        """The same question without its filters."""
        named = ("year_from", "year_to", "province", "type", "quality", "agency", "lead")
        return self.but(**dict.fromkeys(named, ""), as_of_today=False)


def address(path: str, language: Language, default: Language, anchor: str = "", **parameters: str) -> str:
    """A path with parameters, the language among them when it is not the default one."""
    # A path that starts with two slashes would name another host.
    clean = "/" + quote(path.lstrip("/"), safe="/-_.~")
    given = {name: value for name, value in parameters.items() if value}
    if language != default:
        given["lang"] = language
    return clean + (f"?{urlencode(given)}" if given else "") + (f"#{anchor}" if anchor else "")


def passage_address(document: str, start: int | None, language: Language, default: Language, **parameters: str) -> str:
    """The place on a document's page where a passage starts; the page itself without one."""
    anchor, at = ("", "") if start is None else (f"p{start}", told_place(start))
    return address(f"/documents/{document}", language, default, anchor, **parameters, at=at)
