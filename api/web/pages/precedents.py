"""The pages of precedents: a draft comes in, its tasks and goals stand beside earlier ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.answers.comparing import Piece, differences
from api.answers.goals_alike import GoalPrecedents
from api.answers.precedents import Precedents, TaskPrecedents
from api.drafts.keeping import KEPT_HOURS, KeptDraft, KeptDrafts, key_of
from api.exports import MEDIA_TYPES
from api.exports.answered import of_precedents
from api.exports.links import Links
from api.exports.sheets import sheets_to_word, sheets_to_xlsx
from api.exports.word import MEDIA_TYPE
from api.exports.wording import amount
from api.http.answering import LARGEST_DRAFT
from api.http.problems import status_of
from api.http.service import Service
from api.web.addresses import Filter, address
from api.web.asking import Asked, Shared, filters_of, pages_of
from api.web.files import download
from api.web.forms import filter_of, sent_form
from api.web.numbers import shown_number
from api.web.render import page, page_language
from api.web.texts import Texts
from corpus.errors import QueryError

A_PAGE = 15
"""Tasks or goals of a page: each brings up to six earlier ones along."""

SOON = 1.5
"""Seconds that the answer may take before the page of progress is shown."""

_MB = 1024**2

router = APIRouter(include_in_schema=False)

View = Literal["tasks", "goals", "missing"]
Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class DraftForm(Filter):
    """Which documents count, which part of the result is looked at, and of what kind (``show``)."""

    view: str = ""
    show: str = ""


def _draft_form(
    asked: Asked,
    view: View = "tasks",
    show: Annotated[str, Query(max_length=20)] = "",
) -> DraftForm:
    given = {field.name: getattr(asked, field.name) for field in fields(Filter)}
    return DraftForm(**given, view="" if view == "tasks" else view, show=show)


DraftAsked = Annotated[DraftForm, Depends(_draft_form)]


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task of the draft with its precedents; ``wording`` against the last time, empty where it is new."""

    task: TaskPrecedents
    wording: tuple[Piece, ...]


@router.get("/precedents")
def precedents_page(request: Request, service: Shared, asked: Asked, done: str = "") -> HTMLResponse:
    """The form that takes a draft."""
    return _form_page(request, service, asked, deleted=done == "deleted")


def _form_page(
    request: Request,
    service: Service,
    asked: Filter,
    *,
    error: QueryError | None = None,
    text: str = "",
    deleted: bool = False,
) -> HTMLResponse:
    from indexer.reading import READABLE

    context = {
        "asked": asked,
        "facts": service.facts(),
        "limit": LARGEST_DRAFT // _MB,
        "largest": LARGEST_DRAFT,
        "hours": KEPT_HOURS,
        "accept": ",".join(sorted(READABLE)),
        "error": error.message(page_language(request)) if error else "",
        "text": text,
        "deleted": deleted,
    }
    return page(request, "precedents.html", context, status_of(error) if error else 200)


@router.post("/precedents")
async def send(request: Request, service: Shared) -> Response:
    """Keep a draft and lead to its page."""
    text, asked = "", Filter()
    try:
        form = await sent_form(request, LARGEST_DRAFT, _too_large())
        try:
            text = str(form.get("text") or "")
            asked = filter_of({name: value for name, value in form.items() if isinstance(value, str)})
            data, name = await _draft_of(form, text)
        finally:
            await form.close()
        kept = await run_in_threadpool(_keep, service, asked, data, name)
    except QueryError as error:
        return await run_in_threadpool(lambda error: _form_page(request, service, asked, error=error, text=text), error)
    return _to(request, kept.id, asked)


async def _draft_of(form: FormData, text: str) -> tuple[bytes, str]:
    file = form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        return await file.read(), file.filename
    if text.strip():
        return text.encode(), ""
    raise QueryError(
        "draft-empty",
        "Chưa có bản thảo. Chọn một tệp, hoặc dán nội dung vào ô, rồi bấm Tìm tiền lệ.",
        "There is no draft yet. Choose a file or paste its words, then press Find precedents.",
    )


def _keep(service: Service, asked: Filter, data: bytes, name: str) -> KeptDraft:
    filters_of(service, asked)  # a filter that is not understood is told before the draft is kept
    return KeptDrafts(service.archive.directory).keep(data, name)


def _too_large() -> QueryError:
    limit = LARGEST_DRAFT // _MB
    return QueryError(
        "draft-too-large",
        f"Dự thảo lớn hơn {limit} MB nên chưa nhận. Gửi riêng phần cần đối chiếu, lưu lại không kèm ảnh, hoặc dán nội "
        "dung vào ô.",
        f"The draft is larger than {limit} MB and was not taken. Send the part to compare, save it without pictures, "
        "or paste its words.",
    )


def _kept(service: Shared, id_: Annotated[str, Path(alias="id", max_length=40)]) -> KeptDraft:
    return KeptDrafts(service.archive.directory).open(id_)


Kept = Annotated[KeptDraft, Depends(_kept)]


@router.get("/precedents/{id}")
def result_page(request: Request, service: Shared, kept: Kept, asked: DraftAsked) -> HTMLResponse:
    """What earlier plans did about a draft; how far the work is, while it goes on."""
    language = page_language(request)
    until = datetime.fromtimestamp(kept.until).astimezone()
    context: dict[str, object] = {
        "kept": kept,
        "asked": asked,
        "facts": service.facts(),
        "until": until,
        "number": partial(shown_number, language=language),
        "error": "",
    }
    try:
        found = _found(service, kept, asked)
    except QueryError as error:
        context["error"] = error.message(language)
        return page(request, "precedents_failed.html", context, status_of(error))
    if found is None and kept.cancelled:
        return page(request, "precedents_failed.html", context)
    if found is None:
        stage, since = kept.stage
        context |= {"stage": stage or "waiting", "seconds": int(max(0, time.time() - since))}
        return page(request, "precedents_working.html", context)
    return page(request, "precedents_found.html", context | _shown(found, asked, Texts(language)))


@router.get("/precedents/{id}/export.{form}")
def export(request: Request, service: Shared, kept: Kept, asked: DraftAsked, form: Literal["docx", "xlsx"]) -> Response:
    """The whole result as a Word document or an Excel workbook."""
    found = _found(service, kept, asked)
    if found is None:  # the page tells how far it is
        return _to(request, kept.id, asked)
    t = Texts(page_language(request))
    title = t("precedents.title") + (f": {found.title}" if found.title else "")
    sheets = of_precedents(found, Links(str(request.base_url)), t.language)
    make = sheets_to_word if form == "docx" else sheets_to_xlsx
    media = MEDIA_TYPE if form == "docx" else MEDIA_TYPES["xlsx"]
    return download(make(title, service.facts().notice, sheets), f"precedents.{form}", media)


@router.post("/precedents/{id}/cancel")
def cancel(request: Request, kept: Kept, asked: DraftAsked) -> Response:
    """Stop the work on a draft."""
    kept.cancel()
    return _to(request, kept.id, asked)


@router.post("/precedents/{id}/again")
def again(request: Request, kept: Kept, asked: DraftAsked) -> Response:
    """Work on a draft again that failed or was stopped."""
    kept.again()
    return _to(request, kept.id, asked)


@router.post("/precedents/{id}/delete")
def delete(request: Request, service: Shared, kept: Kept) -> Response:
    """Delete a draft and what was found for it."""
    KeptDrafts(service.archive.directory).delete(kept.id)
    where = address("/precedents", page_language(request), request.app.state.language, done="deleted")
    return RedirectResponse(where, 303)


def _found(service: Service, kept: KeptDraft, asked: Filter) -> Precedents | None:
    """The precedents, None while they are being looked for; QueryError where they cannot be."""
    from api.drafts.working import answers, start

    filters = filters_of(service, asked)
    which = (asked.year, asked.province, asked.type, asked.quality, asked.agency, asked.lead, asked.as_of_today)
    key = key_of(*which, service.archive.generation)
    found = kept.answer(key, answers())
    if found is not None or kept.cancelled:
        return found
    if kept.failure:
        raise kept.failure
    start(service, kept, filters, key).join(SOON)
    if kept.failure:
        raise kept.failure
    return kept.answer(key, answers())


def _shown(found: Precedents, asked: DraftForm, t: Texts) -> dict[str, object]:
    """What the page of results needs: the part that is looked at, cut into pages, and how many there are of each."""
    tasks = _of_kind(found.tasks, asked.show, _TASK_KINDS)
    goals = _of_kind(found.targets, asked.show, _GOAL_KINDS)
    missing = [*found.missing, *found.missing_targets]
    view = asked.view or ("tasks" if found.tasks or not found.targets else "goals")
    lengths = {"tasks": len(tasks), "goals": len(goals), "missing": len(missing)}
    first = (asked.page - 1) * A_PAGE
    cut = slice(first, first + A_PAGE)
    name = " ".join(filter(None, (found.last.number, found.last.title))) if found.last else ""
    return {
        "found": found,
        "view": view,
        "tasks": [ShownTask(task, _wording(task)) for task in tasks[cut]] if view == "tasks" else [],
        "goals": goals[cut] if view == "goals" else [],
        "missing_tasks": [row for row in found.missing if row in missing[cut]] if view == "missing" else [],
        "missing_goals": [row for row in found.missing_targets if row in missing[cut]] if view == "missing" else [],
        "counts": {"tasks": len(found.tasks), "goals": len(found.targets), "missing": len(missing)},
        "kinds": _kinds(found.tasks, _TASK_KINDS) if view == "tasks" else _kinds(found.targets, _GOAL_KINDS),
        "pages": pages_of(lengths[view], A_PAGE),
        "last_name": name or t("precedents.source"),
        "amount": amount,
    }


_TASK_KINDS: dict[str, Callable[[TaskPrecedents], bool]] = {
    "new": lambda task: task.status == "new",
    "known": lambda task: task.status == "known",
    "changed": lambda task: bool(task.changed),
}
_GOAL_KINDS: dict[str, Callable[[GoalPrecedents], bool]] = {
    "new": lambda goal: goal.status == "new",
    "known": lambda goal: goal.status == "known",
    "outside": lambda goal: goal.outside is not None,
}


def _of_kind(all_: Sequence[Shown], show: str, kinds: dict[str, Callable[[Shown], bool]]) -> list[Shown]:
    return [each for each in all_ if show not in kinds or kinds[show](each)]


def _kinds(all_: Sequence[Shown], kinds: dict[str, Callable[[Shown], bool]]) -> dict[str, int]:
    """How many there are of each kind that there is."""
    counted = {name: sum(map(kind, all_)) for name, kind in kinds.items()}
    return {name: count for name, count in counted.items() if count}


def _wording(task: TaskPrecedents) -> tuple[Piece, ...]:
    return differences(task.earlier[0].record.task, task.task) if task.status == "known" else ()


def _to(request: Request, id_: str, asked: Filter) -> Response:
    where = address(f"/precedents/{id_}", page_language(request), request.app.state.language, **asked.parameters())
    return RedirectResponse(where, 303)
