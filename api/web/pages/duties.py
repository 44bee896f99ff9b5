"""The duties sheet: what one agency has to do in a period, to print and to take along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.answers.duties import Duties, duties_of, read_period
from api.exports import MEDIA_TYPES
from api.exports.answered import of_duties, period
from api.exports.calendar import to_calendar
from api.exports.links import Links
from api.exports.sheets import sheets_to_word, sheets_to_xlsx
from api.exports.word import MEDIA_TYPE as WORD
from api.http.problems import status_of
from api.http.service import Service
from api.web.asking import Shared
from api.web.files import download
from api.web.numbers import shown_amount, shown_number
from api.web.pages.assignments import busiest, today
from api.web.render import page, page_language
from api.web.texts import Texts
from corpus.errors import QueryError

MOST_SHOWN = 120
"""Duties on a sheet; the files hold all."""

_QUARTERS = ("I", "II", "III", "IV")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class DutiesForm:
    """An agency, and a period as typed: "Quý I/2026", "3/2026", "1/2026..6/2026", empty for all."""

    agency: str = ""
    period: str = ""

    def but(self, **changes: str) -> DutiesForm:
        """The same form with some fields changed; there is but one page."""
        known = {"agency": self.agency, "period": self.period}
        return DutiesForm(**{**known, **{name: value for name, value in changes.items() if name in known}})

    def parameters(self) -> dict[str, str]:
        """The fields that say something, as they stand in an address."""
        return {name: value for name, value in (("agency", self.agency), ("period", self.period)) if value}


def _form(
    agency: str = "",
    period: str = "",
    first: Annotated[str, Query(alias="from")] = "",
    last: Annotated[str, Query(alias="to")] = "",
) -> DutiesForm:
    """The form of an address; ``from`` and ``to``, as the API and the command line say it, are a period too."""
    between = f"{first.strip()}..{last.strip()}" if first.strip() or last.strip() else ""
    return DutiesForm(agency.strip(), period.strip() or between)


Asked = Annotated[DutiesForm, Depends(_form)]


@router.get("/assignments/duties")
def duties_page(request: Request, service: Shared, asked: Asked) -> HTMLResponse:
    """What an agency has to do, report and reach in a period, the earliest deadline first."""
    language = page_language(request)
    context: dict[str, object] = {
        "asked": asked,
        "agencies": busiest(service),
        "periods": periods(today(), Texts(language)),
        "today": today(),
        "error": "",
        "found": None,
    }
    try:
        read_period(*_ends(asked))
        if not asked.agency:
            return page(request, "duties.html", context)
        found = _found(service, asked)
    except QueryError as error:
        context["error"] = error.message(language)
        return page(request, "duties.html", context, status_of(error))
    context |= {
        "found": found,
        "shown": found.duties[:MOST_SHOWN],
        "amount": lambda target: shown_amount(target, language),
        "number": lambda value: shown_number(value, language),
    }
    return page(request, "duties.html", context)


@router.get("/assignments/duties/export.{form}")
def duties_file(request: Request, service: Shared, asked: Asked, form: Literal["docx", "xlsx", "ics"]) -> Response:
    """The sheet as a Word document, an Excel workbook or a calendar."""
    language, notice = page_language(request), service.facts().notice
    found = _found(service, asked)
    links = Links(str(request.base_url))
    if form == "ics":
        data = to_calendar([duty.record for duty in found.duties], links, language, notice)
        return download(data, "phieu-nhiem-vu.ics", MEDIA_TYPES["ics"])
    title = f"{Texts(language)('duties.title')}: {found.agency}{period(found, language)}"
    sheets = of_duties(found, links, language)
    if form == "docx":
        return download(sheets_to_word(title, notice, sheets), "phieu-nhiem-vu.docx", WORD)
    return download(sheets_to_xlsx(title, notice, sheets), "phieu-nhiem-vu.xlsx", MEDIA_TYPES["xlsx"])


def periods(on: date, t: Texts) -> list[tuple[str, str]]:
    """Periods near a day: what they are called, and how they are typed."""
    quarter = (on.month - 1) // 3
    following = (quarter + 1) % 4, on.year + (quarter == len(_QUARTERS) - 1)
    return [
        (t("duties.this_month"), f"{on.month}/{on.year}"),
        (t("duties.this_quarter"), f"Quý {_QUARTERS[quarter]}/{on.year}"),
        (t("duties.next_quarter"), f"Quý {_QUARTERS[following[0]]}/{following[1]}"),
        (t("duties.this_year"), str(on.year)),
        (t("duties.always"), ""),
    ]


def _found(service: Service, asked: DutiesForm) -> Duties:
    first, last = _ends(asked)
    return duties_of(service.archive, asked.agency, first=first, last=last)


def _ends(asked: DutiesForm) -> tuple[str, str]:
    """What is typed for the first and for the last day."""
    first, between, last = asked.period.partition("..")
    return first, last if between else first
