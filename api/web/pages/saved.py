"""The pages of saved things: collections of passages with notes, and searches that tell what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access.store import User
from api.answers.search import Hit, search
from api.exports.links import Links
from api.exports.saved import cited, saved_word
from api.exports.word import MEDIA_TYPE
from api.http.service import Service
from api.saved.model import Collection, Item, SavedSearch
from api.saved.news import NOTHING, News, news_of
from api.saved.quoting import Standing, quote, standings
from api.saved.store import KEPT_DAYS, LONGEST_NAME, LONGEST_NOTE, LONGEST_QUERY, SavedStore
from api.web.addresses import Filter, address
from api.web.asking import LAST_PAGE, Shared, filters_of, pages_of
from api.web.files import download
from api.web.forms import filter_of
from api.web.numbers import shown_number
from api.web.pages.search import POOL
from api.web.render import page, page_language
from api.web.texts import Texts
from corpus.errors import QueryError, TienLeError

ITEMS_A_PAGE = 25
ASKED_AGAIN = 20
"""Saved searches that one page asks again: the newest."""

router = APIRouter(include_in_schema=False)

_LARGEST = 2**63 - 1  # numbers that SQLite holds
Number = Annotated[int, Path(ge=0, le=_LARGEST)]
PageNumber = Annotated[int, Query(ge=1, le=LAST_PAGE)]


@dataclass(frozen=True, slots=True)
class Mine:
    """The saved things of whoever asks; ``owner`` and ``name`` are empty where all share one list."""

    owner: str
    name: str
    store: SavedStore
    service: Service


def _mine(request: Request, service: Shared) -> Mine:
    user: User | None = request.state.user
    store: SavedStore | None = getattr(request.app.state, "saved", None)
    if store is None:
        store = request.app.state.saved = SavedStore(service.archive.directory)
    return Mine(user.id if user else "", user.name if user else "", store, service)


Own = Annotated[Mine, Depends(_mine)]


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item, its citation and what became of its place."""

    item: Item
    citation: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class ShownSearch:
    """A saved search as a form; ``news``: null where it was not asked again, ``why`` says what hindered that."""

    saved: SavedSearch
    form: Filter
    news: News | None
    why: str


@router.get("/saved")
def saved_page(
    request: Request, mine: Own, done: str = "", what: Annotated[int, Query(ge=0, le=_LARGEST)] = 0, back: str = ""
) -> HTMLResponse:
    """All collections and saved searches."""
    found = mine.store.searches(mine.owner)
    kept = [each for each in found if each.removed_at is None]
    collections = mine.store.collections(mine.owner)
    context = {
        "owner": mine.name,
        "collections": [each for each in collections if each.removed_at is None],
        "removed": [each for each in collections if each.removed_at],
        "searches": [_asked_again(request, mine, each, at < ASKED_AGAIN) for at, each in enumerate(kept)],
        "removed_searches": [ShownSearch(each, form_of(each.query), None, "") for each in found if each.removed_at],
        "number": partial(shown_number, language=page_language(request)),
    }
    return page(request, "saved.html", context | _told(done, what, back))


@router.get("/saved/export.docx")
def export_all(request: Request, mine: Own) -> Response:
    """Every collection as one Word document."""
    kept = [each for each in mine.store.collections(mine.owner) if each.removed_at is None]
    return _word(request, mine, kept)


@router.get("/saved/{collection:int}")
def collection_page(
    request: Request,
    mine: Own,
    collection: Number,
    done: str = "",
    what: Annotated[int, Query(ge=0, le=_LARGEST)] = 0,
    back: str = "",
    at: PageNumber = 1,
) -> HTMLResponse:
    """A collection: its items with their notes, and what was taken out of it."""
    collections = mine.store.collections(mine.owner)
    listed = mine.store.items(mine.owner, collection)
    language = page_language(request)
    kept = [item for item in listed if item.removed_at is None]
    removed = [item for item in listed if item.removed_at]
    pages = pages_of(len(kept), ITEMS_A_PAGE)
    if done in ("added", "changed"):  # the page that holds it
        place = next((place for place, item in enumerate(kept) if item.id == what), 0)
        at = place // ITEMS_A_PAGE + 1
    shown = kept[(at - 1) * ITEMS_A_PAGE : at * ITEMS_A_PAGE]
    today = standings(mine.service.archive, shown)
    context = {
        "collection": next(each for each in collections if each.id == collection),
        "collections": [each for each in collections if each.removed_at is None],
        "items": [ShownItem(item, cited(item.quoted, language), today[item.id]) for item in shown],
        "first": (at - 1) * ITEMS_A_PAGE,
        "at": at,
        "pages": pages,
        "removed": [(item, name_of(item)) for item in removed],
        "undone": next((item for item in removed if item.id == what and done == "removed"), None),
        "name_of": name_of,
    }
    return page(request, "saved_collection.html", context | _told(done, what, back))


@router.get("/saved/{collection:int}/export.docx")
def export_one(request: Request, mine: Own, collection: Number) -> Response:
    """A collection as a Word document."""
    kept = [each for each in mine.store.collections(mine.owner) if each.id == collection]
    mine.store.items(mine.owner, collection)  # says that there is none
    return _word(request, mine, kept)


Back = Annotated[str, Form(max_length=LONGEST_QUERY)]
Note = Annotated[str, Form(max_length=LONGEST_NOTE)]
Name = Annotated[str, Form()]


@router.post("/saved/add")
def add(
    request: Request,
    mine: Own,
    kind: Annotated[Literal["search", "passage", "document", "assignment", "target"], Form()],
    reference: Annotated[str, Form(max_length=LONGEST_QUERY)] = "",
    note: Note = "",
    back: Back = "",
    collection: Annotated[int | None, Form(ge=0, le=_LARGEST)] = None,
) -> Response:
    """Keep a search, or a place in a document."""
    if kind == "search":
        form = form_of(reference)
        hits = _hits(mine.service, form)
        generation = mine.service.archive.generation
        documents = sorted({hit.document for hit in hits})
        made = mine.store.add_search(mine.owner, urlencode(form.parameters()), note, generation, documents)
        return _to(request, "/saved", f"s{made}", done="added", what=str(made), back=_local(back))
    quoted = quote(mine.service.archive, kind, reference)
    named = Texts(page_language(request))("saved.first_collection")
    item = mine.store.add(mine.owner, quoted, note, collection, named)
    where = f"/saved/{item.collection}"
    return _to(request, where, f"i{item.id}", done="added", what=str(item.id), back=_local(back))


@router.post("/saved/collections")
def add_collection(request: Request, mine: Own, name: Name = "") -> Response:
    """Make a collection."""
    return _to(request, f"/saved/{mine.store.add_collection(mine.owner, name)}")


@router.post("/saved/{collection:int}/rename")
def rename(request: Request, mine: Own, collection: Number, name: Name = "") -> Response:
    """Give a collection another name."""
    mine.store.rename_collection(mine.owner, collection, name)
    return _to(request, f"/saved/{collection}", done="renamed")


@router.post("/saved/{collection:int}/remove")
def remove_collection(request: Request, mine: Own, collection: Number) -> Response:
    """Take a collection out."""
    mine.store.remove_collection(mine.owner, collection)
    return _to(request, "/saved", done="removed", what=str(collection))


@router.post("/saved/{collection:int}/restore")
def restore_collection(request: Request, mine: Own, collection: Number) -> Response:
    """Bring a collection back."""
    mine.store.remove_collection(mine.owner, collection, restore=True)
    return _to(request, f"/saved/{collection}")


@router.post("/saved/items/{item}")
def change(
    request: Request, mine: Own, item: Number, collection: Annotated[int, Form(ge=0, le=_LARGEST)], note: Note = ""
) -> Response:
    """Write an item's note, and move it."""
    mine.store.change(mine.owner, item, note, collection)
    return _to(request, f"/saved/{collection}", f"i{item}", done="changed", what=str(item))


@router.post("/saved/items/{item}/remove")
def remove(request: Request, mine: Own, item: Number) -> Response:
    """Take an item out of its collection."""
    holder = mine.store.remove(mine.owner, item)
    return _to(request, f"/saved/{holder}", "done", done="removed", what=str(item))


@router.post("/saved/items/{item}/restore")
def restore(request: Request, mine: Own, item: Number) -> Response:
    """Bring an item back."""
    holder = mine.store.remove(mine.owner, item, restore=True)
    return _to(request, f"/saved/{holder}", f"i{item}", done="changed", what=str(item))


@router.post("/saved/searches/{id}/seen")
def seen(request: Request, mine: Own, id_: Annotated[int, Path(alias="id", ge=0, le=_LARGEST)]) -> Response:
    """Note that what a search finds now was seen."""
    saved = next((each for each in mine.store.searches(mine.owner) if each.id == id_), None)
    hits = _hits(mine.service, form_of(saved.query)) if saved else ()
    generation = mine.service.archive.generation
    mine.store.see_search(mine.owner, id_, generation, sorted({hit.document for hit in hits}))
    return _to(request, "/saved", f"s{id_}")


@router.post("/saved/searches/{id}/remove")
def remove_search(request: Request, mine: Own, id_: Annotated[int, Path(alias="id", ge=0, le=_LARGEST)]) -> Response:
    """Take a search out."""
    mine.store.remove_search(mine.owner, id_)
    return _to(request, "/saved", "searches")


@router.post("/saved/searches/{id}/restore")
def restore_search(request: Request, mine: Own, id_: Annotated[int, Path(alias="id", ge=0, le=_LARGEST)]) -> Response:
    """Bring a search back."""
    mine.store.remove_search(mine.owner, id_, restore=True)
    return _to(request, "/saved", f"s{id_}")


@router.post("/saved/searches/{id}/note")
def note_search(
    request: Request, mine: Own, id_: Annotated[int, Path(alias="id", ge=0, le=_LARGEST)], note: Note = ""
) -> Response:
    """Write a search's note."""
    mine.store.note_search(mine.owner, id_, note)
    return _to(request, "/saved", f"s{id_}")


def form_of(query: str) -> Filter:
    """The search form that an address's parameters fill, on its first page; QueryError without a question."""
    form = filter_of(dict(parse_qsl(query)))
    if not form.q.strip():
        raise QueryError(
            "saved-search-empty",
            "Chưa có câu hỏi để lưu. Tìm ở trang Tìm kiếm trước, rồi bấm Lưu câu hỏi này ở trang kết quả.",
            "There is no search to save. Search first, then press Save this search on the page of results.",
        )
    return form


def name_of(item: Item) -> str:
    """An item in a few words."""
    quoted = item.quoted
    words = (quoted.text or quoted.title or quoted.number or quoted.document).split()
    short = " ".join(words[:10])[:80]
    return short if len(words) <= 10 and len(short) < 80 else f"{short}…"  # noqa: PLR2004  (a line's worth)


def _hits(service: Service, form: Filter) -> Sequence[Hit]:
    filters = filters_of(service, form)
    return search(service.archive, service.encoder, form.q, filters, limit=POOL, restore=not form.as_typed).hits


def _told(done: str, what: int, back: str) -> dict[str, object]:
    """What was just done, to what, and where to go back to; the limits of what may be kept."""
    limits = {"days": KEPT_DAYS, "longest_name": LONGEST_NAME, "longest_note": LONGEST_NOTE}
    return {"done": done, "what": what, "back": _local(back), **limits}


def _asked_again(request: Request, mine: Mine, saved: SavedSearch, again: bool) -> ShownSearch:
    form = form_of(saved.query)
    archive = mine.service.archive
    if archive.generation == saved.generation:
        return ShownSearch(saved, form, NOTHING, "")
    if not again:
        return ShownSearch(saved, form, None, "")
    try:
        return ShownSearch(saved, form, news_of(archive, saved, _hits(mine.service, form)), "")
    except TienLeError as error:  # a province that the register lost hides no other search
        return ShownSearch(saved, form, None, error.message(page_language(request)))


def _word(request: Request, mine: Mine, kept: Sequence[Collection]) -> Response:
    held = [
        (each, [item for item in mine.store.items(mine.owner, each.id) if item.removed_at is None]) for each in kept
    ]
    today = standings(mine.service.archive, [item for _, items in held for item in items])
    links = Links(str(request.base_url))
    data = saved_word(held, today, links, page_language(request), mine.service.facts().notice)
    return download(data, "saved.docx", MEDIA_TYPE)


def _local(back: str) -> str:
    """An address of this site, else nothing."""
    parts = urlsplit(back.replace("\\", "/"))
    own = back.startswith("/") and not back.startswith("//") and not parts.netloc and back.isprintable()
    return back if own else ""


def _to(request: Request, path: str, anchor: str = "", **parameters: str) -> Response:
    """Lead to a page that shows what was done: a reload does it only once."""
    where = address(path, page_language(request), request.app.state.language, anchor, **parameters)
    return RedirectResponse(where, 303)
