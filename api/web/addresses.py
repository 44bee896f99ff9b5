"""The addresses of the pages: every state of a page has one."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from urllib.parse import quote, urlencode

from corpus.errors import Language


@dataclass(frozen=True, slots=True)
class Filter:
    """The search form as typed; ``page`` counts from 1, ``open`` is the document that shows all its passages.

    ``agency`` in any role, ``lead`` where it leads. ``why``: hits say why they stand where they do; ``summary``: "1"
    for one of what was found, "years" for one year by year; ``sort``: an order that the page knows.
    """

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
        """The years as filters take them ("2017..2020"), None when none was typed."""
        first, last = self.year_from.strip(), self.year_to.strip()
        return f"{first}..{last}" if first or last else None

    @property
    def narrows(self) -> bool:
        """Whether any filter is set."""
        return any((self.year, self.province, self.type, self.quality, self.agency, self.lead))

    def but(self, **changes: object) -> Filter:
        """The same form with some fields changed, on its first page unless the page is given."""
        return replace(self, **{"page": 1, "open": "", **changes})  # type: ignore[arg-type]  # names of its own fields

    def unfiltered(self) -> Filter:
        """The same question without its filters."""
        named = ("year_from", "year_to", "province", "type", "quality", "agency", "lead")
        return self.but(**dict.fromkeys(named, ""), as_of_today=False)

    def parameters(self) -> dict[str, str]:
        """The fields that say something, as they stand in an address."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        if given["page"] == 1:
            del given["page"]
        return {name: "1" if value is True else str(value) for name, value in given.items() if value}


def address(path: str, language: Language, default: Language, anchor: str = "", **parameters: str) -> str:
    """A path with parameters, the language among them when it is not the default one."""
    # A path that starts with two slashes would name another host.
    clean = "/" + quote(path.lstrip("/"), safe="/-_.~")
    given = {name: value for name, value in parameters.items() if value}
    if language != default:
        given["lang"] = language
    return clean + (f"?{urlencode(given)}" if given else "") + (f"#{anchor}" if anchor else "")
