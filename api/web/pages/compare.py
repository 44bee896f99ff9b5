"""The page that compares plans: two, several, or a whole series of yearly plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.answers.comparable import goal_threads, list_series, with_records
from api.answers.comparing import STATUSES, Comparison, compare, compare_series, counts, series_of
from api.answers.documents import DocumentCard, cards, find_documents
from api.answers.memory import remembered
from api.answers.search import search
from api.exports import MEDIA_TYPES
from api.exports.compared import STATUS_NAMES, compared_word, compared_xlsx, name_of, signed
from api.exports.links import Links
from api.exports.word import MEDIA_TYPE
from api.exports.wording import amount
from api.http.problems import status_of
from api.http.service import Service
from api.web.addresses import Addressed
from api.web.asking import LAST_PAGE, Shared, pages_of
from api.web.files import download
from api.web.numbers import shown_number
from api.web.render import page, page_language
from api.web.texts import Texts
from corpus.errors import QueryError
from corpus.language.doctypes import ARTICLE

LETTERS = ("a", "b", "c", "d", "e", "f")
"""Names of the plans in an address, the earliest first."""

A_PAGE = 40
"""Tasks or goals of a page."""

_FOUND = 20  # plans that a search to choose from lists
_LISTED = 12  # series that are proposed at first
_KEPT = 16  # comparisons that are kept while the archive does not change

SIGNS = {"kept": "=", "changed": "~", "inherited": "⇢", "moved": "⇄", "new": "+", "dropped": "−"}
"""What tells statuses apart without colours."""

router = APIRouter(include_in_schema=False)

Reference = Annotated[str, Query(max_length=400)]


@dataclass(frozen=True, slots=True)
class CompareForm(Addressed):
    """Which plans are compared, by reference, and what of them is looked at; ``pair`` and ``page`` count from 1.

    ``series``: all yearly plans like ``a``. ``find``: words to choose plans by. ``view``: "" tasks, "goals", "across".
    """

    a: str = ""
    b: str = ""
    c: str = ""
    d: str = ""
    e: str = ""
    f: str = ""
    series: bool = False
    find: str = ""
    choose: bool = False
    view: str = ""
    status: str = ""
    pair: int = 0
    page: int = 1

    @property
    def plans(self) -> tuple[str, ...]:
        """The references given, in their order."""
        return tuple(filter(None, (getattr(self, letter) for letter in LETTERS)))

    def of(self, plans: Sequence[str], *, series: bool = False) -> CompareForm:
        """The same form for other plans, seen from the beginning; more than it has room for are left out."""
        return CompareForm(**dict(zip(LETTERS, plans, strict=False)), series=series)  # type: ignore[arg-type]  # letters are texts


def _form(
    a: Reference = "",
    b: Reference = "",
    c: Reference = "",
    d: Reference = "",
    e: Reference = "",
    f: Reference = "",
    series: bool = False,
    find: Annotated[str, Query(max_length=2000)] = "",
    choose: bool = False,
    view: Literal["", "tasks", "goals", "across"] = "",
    status: Literal["", "kept", "changed", "inherited", "moved", "new", "dropped"] = "",
    pair: Annotated[int, Query(ge=0, le=100)] = 0,
    page_: Annotated[int, Query(alias="page", ge=1, le=LAST_PAGE)] = 1,
) -> CompareForm:
    plans = [each.strip() for each in (a, b, c, d, e, f) if each.strip()]
    form = CompareForm(find=find.strip(), choose=choose, status=status, pair=pair, page=page_, series=series)
    return form.but(**dict(zip(LETTERS, plans, strict=False)), view="" if view == "tasks" else view, page=page_)


Compared = Annotated[CompareForm, Depends(_form)]


@router.get("/compare")
def compare_page(request: Request, service: Shared, asked: Compared) -> HTMLResponse:
    """Plans compared; where there are fewer than two, what to choose from."""
    t = Texts(page_language(request))
    if (len(asked.plans) < 2 and not asked.series) or asked.choose or not asked.plans:  # noqa: PLR2004  (it takes two)
        return _choose_page(request, service, asked)
    try:
        found = _comparisons(service, asked)
    except QueryError as error:
        return _choose_page(request, service, asked, error)
    return page(request, "compare.html", _shown(service, found, asked, t))


@router.get("/compare/export.{form}")
def export(request: Request, service: Shared, asked: Compared, form: Literal["docx", "xlsx"]) -> Response:
    """All that is compared, as a Word document or an Excel workbook."""
    found = _comparisons(service, asked)
    make = compared_word if form == "docx" else compared_xlsx
    data = make(found, Links(str(request.base_url)), page_language(request), service.facts().notice)
    return download(data, f"compare.{form}", MEDIA_TYPE if form == "docx" else MEDIA_TYPES["xlsx"])


def _comparisons(service: Service, asked: CompareForm) -> tuple[Comparison, ...]:
    archive = service.archive
    encoder = service.encoder

    def make() -> tuple[Comparison, ...]:
        if asked.series:
            return compare_series(archive, encoder, asked.a)
        return tuple(compare(archive, encoder, first, second) for first, second in pairwise(asked.plans))

    key = (asked.plans[:1] if asked.series else asked.plans, asked.series)
    return remembered(archive, archive.generation, "comparisons", key, make, most=_KEPT)


def _shown(service: Service, found: tuple[Comparison, ...], asked: CompareForm, t: Texts) -> dict[str, object]:
    at = min(asked.pair, len(found)) or len(found)
    chosen = found[at - 1]
    goals_first = asked.view == "" and not chosen.tasks and bool(chosen.goals)
    view = "goals" if goals_first else asked.view or "tasks"
    changes = chosen.goals if view == "goals" else chosen.tasks
    listed = [each for each in changes if asked.status in ("", each.status)]
    threads = goal_threads(found) if view == "across" else ()
    first = (asked.page - 1) * A_PAGE
    cut = slice(first, first + A_PAGE)
    length = len(threads) if view == "across" else len(listed)
    series = () if asked.series else _series_with(service, found[0].first.id)
    return {
        "asked": asked,
        "found": found,
        "plans": [found[0].first, *(each.second for each in found)],
        "at": at,
        "chosen": chosen,
        "view": view,
        "tasks": [each for each in chosen.tasks if asked.status in ("", each.status)][cut] if view == "tasks" else [],
        "goals": [each for each in chosen.goals if asked.status in ("", each.status)][cut] if view == "goals" else [],
        "threads": threads[cut],
        "counts": {status: count for status, count in counts(changes).items() if count},
        "task_counts": [counts(each.tasks) for each in found],
        "goals_changed": [sum(goal.status != "kept" for goal in each.goals) for each in found],
        "statuses": STATUSES,
        "series": series,
        "pages": pages_of(length, A_PAGE),
        "signs": SIGNS,
        "status_name": {status: names[t.language] for status, names in STATUS_NAMES.items()},
        "name_of": name_of,
        "amount": amount,
        "signed": signed,
        "number": partial(shown_number, language=t.language),
    }


def _choose_page(
    request: Request, service: Service, asked: CompareForm, error: QueryError | None = None
) -> HTMLResponse:
    t = Texts(page_language(request))
    archive = service.archive
    chosen, wrong, choices = _chosen(service, asked)
    error = error or wrong
    own = _series_with(service, chosen[0][1].id) if len(chosen) == 1 else ()
    proposed = list_series(archive) if not chosen and not asked.find else ()
    context = {
        "asked": asked,
        "letters": LETTERS,
        "chosen": chosen,
        "chosen_ids": [card.id for _, card in chosen],
        "choices": choices,
        "error": _told(error, t) if error and not choices else "",
        "listed": _plans_about(service, asked.find) if asked.find else (),
        "own": own,
        "proposed": proposed[:_LISTED],
        "more": max(0, len(proposed) - _LISTED),
        "name_of": name_of,
        "number": partial(shown_number, language=t.language),
    }
    return page(request, "compare_choose.html", context, status_of(error) if error else 200)


def _chosen(
    service: Service, asked: CompareForm
) -> tuple[list[tuple[str, DocumentCard]], QueryError | None, list[tuple[str, str, list[DocumentCard]]]]:
    """The plans chosen so far with their letters, why one is none, and those that a reference may mean."""
    chosen: list[tuple[str, DocumentCard]] = []
    choices: list[tuple[str, str, list[DocumentCard]]] = []
    wrong: QueryError | None = None
    with service.archive.reading() as connection:
        for letter in LETTERS:
            reference = getattr(asked, letter)
            if not reference:
                continue
            try:
                found = list(cards(connection, find_documents(connection, reference)).values())
            except QueryError as error:
                wrong = error
                continue
            if len(found) == 1:
                chosen.append((letter, found[0]))
            else:
                choices.append((letter, reference, sorted(found, key=_by_day)))
    if len({card.id for _, card in chosen}) < len(chosen):
        wrong = QueryError(
            "compare-same",
            "Hai ô đang chỉ cùng một văn bản. Chọn hai văn bản khác nhau.",
            "Both fields name the same document. Choose two different ones.",
        )
    return chosen, wrong, choices


def _by_day(card: DocumentCard) -> tuple[bool, object, str]:
    return card.issued_on is None, card.issued_on, card.id


def _told(error: QueryError, t: Texts) -> str:
    """An error in words that fit a page: what it says to type is for the command line."""
    name = f"compare.why_{error.code.replace('-', '_')}"
    if not t.has(name):
        return error.message(t.language)
    what = error.vi.partition("“")[2].partition("”")[0]
    return t(name, what=what)


def _series_with(service: Service, document: str) -> tuple[DocumentCard, ...]:
    """The yearly plans like a document, empty where there is no other."""
    try:
        found = series_of(service.archive, document)
    except QueryError:
        return ()
    usable = with_records(service.archive, [card.id for card in found])
    plans = tuple(card for card in found if card.id in usable)
    return plans if len(plans) > 1 else ()


def _plans_about(service: Service, words: str) -> tuple[DocumentCard, ...]:
    """Documents with tasks or goals that some words or a number name, the nearest first."""
    try:
        found = [group.document for group in search(service.archive, service.encoder, words, limit=100).groups]
    except QueryError:  # nothing but signs
        return ()
    usable = with_records(service.archive, [card.id for card in found])
    return tuple(card for card in found if card.id in usable and card.type != ARTICLE)[:_FOUND]
