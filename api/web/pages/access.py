"""Who may come in, for administrators: keys made and revoked, sessions ended, the log of changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access.audit import note
from api.access.errors import ROLE_WORDS
from api.access.guard import Guard, guard_of
from api.access.keys import ID, LONGEST_NAME, Key, digest, holder, new_id
from api.access.roles import Role
from api.access.store import OpenSession
from api.answers.narrowing import read_days
from api.http.problems import status_of
from api.web.asking import LAST_PAGE
from api.web.pages.archive import Paged, leading_to, shown_time
from api.web.render import page, page_language
from corpus.errors import QueryError

LINES_A_PAGE = 50

_KNOWN = frozenset({"time", "event", "did", "user", "id", "by", "role", "address", "method", "path", "status"})

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log: when (None where it is not told), who, what was done and to what, from where, the HTTP status.

    ``role``: as whom; ``what``: the name of a text, or of an event of later versions; ``others``: all else it says.
    """

    time: datetime | None
    who: str
    role: str
    what: str
    asked: str
    others: tuple[tuple[str, str], ...]
    address: str
    status: str


@router.get("/access")
def access_page(request: Request) -> HTMLResponse:
    """Keys, and the sessions that are open."""
    return page(request, "access.html", _context(request, _guarded(request)))


@router.post("/access/keys")
def create_key(
    request: Request,
    name: Annotated[str, Form(max_length=1_000)] = "",
    role: Annotated[Role, Form()] = Role.READER,
    until: Annotated[str, Form(max_length=100)] = "",
    new_key: Annotated[str | None, Form(pattern=f"^{ID}$")] = None,
) -> Response:
    """Make a key and show it, this once; what was typed comes back where it was not right.

    ``new_key``: the id that the form gives it, so that a page that is loaded again makes no second one.
    """
    guard = _guarded(request)
    try:
        last = read_days(until)[1] if until.strip() else None
        key, shown = guard.store.create(holder(name), role, last, new_key)
    except QueryError as error:
        typed = {"typed": {"name": name, "role": role, "until": until}, "error": error.message(page_language(request))}
        return page(request, "access.html", _context(request, guard) | typed, status_of(error))
    note(request, did="key-created", key=key.id, holder=key.name, granted=key.role, until=key.until)
    return page(request, "access.html", _context(request, guard) | {"made": key, "shown_key": shown})


@router.post("/access/keys/{key}/revoke")
def revoke_key(request: Request, key: str) -> RedirectResponse:
    """Refuse a key from now on; the one that somebody is signed in with would shut them out and is left."""
    guard = _guarded(request)
    if key == request.state.user.id:
        raise QueryError(
            "key-own",
            "Không thu hồi được khóa đang dùng để đăng nhập. Đăng nhập bằng khóa quản trị khác rồi thu hồi khóa này.",
            "The key you are signed in with cannot be revoked here. Sign in with another administrator's key first.",
        )
    if not guard.store.revoke(key):
        raise QueryError(
            "key-unknown",
            f"Không có khóa {key}. Tải lại trang Quyền truy cập để xem các khóa đang có.",
            f"There is no key {key}. Reload the access page to see the keys there are.",
        )
    note(request, did="key-revoked", key=key)
    return leading_to(request, "/access")


@router.post("/access/sessions/end")
def end_session(request: Request, session: Annotated[str, Form(max_length=64)] = "") -> RedirectResponse:
    """Sign somebody out; one that has ended meanwhile is no fault."""
    guard = _guarded(request)
    ended = next((each for each in _sessions(guard) if each.digest == session), None)
    if ended is not None and guard.store.end_named(session):
        note(request, did="session-ended", holder=ended.user.name, key=ended.user.id)
    return leading_to(request, "/access")


@router.get("/access/log")
def log_page(
    request: Request,
    q: Annotated[str, Query(max_length=200)] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=LAST_PAGE)] = 1,
) -> HTMLResponse:
    """Who signed in, was refused, changed what, the latest first."""
    guard, q = _guarded(request), q.strip()
    lines, more = guard.audit.latest(LINES_A_PAGE, (number - 1) * LINES_A_PAGE, q)
    asked = Paged(number, {"q": q} if q else {})
    context: dict[str, object] = {"role_words": _roles(request), "time": shown_time}
    context |= {"lines": [_shown(line) for line in lines], "more": more, "asked": asked, "q": q}
    return page(request, "access_log.html", context)


def _guarded(request: Request) -> Guard:
    """The guard, where it guards: without keys there is nobody that these pages could be for."""
    guard = guard_of(request)
    if not guard.required:
        raise HTTPException(404)
    return guard


def _context(request: Request, guard: Guard) -> dict[str, object]:
    today = datetime.now().astimezone().date()
    sid = guard.cookies.read(request)

    def state(key: Key) -> str:
        return "valid" if key.valid(today) else "revoked" if key.revoked else "expired"

    return {
        "keys_made": [(key, state(key)) for key in reversed(guard.store.all_keys())],
        "sessions": _sessions(guard),
        "own": digest(sid) if sid else "",
        "roles": list(Role),
        "role_words": _roles(request),
        "longest": LONGEST_NAME,
        "new_key": new_id(),
        "typed": {"name": "", "role": Role.READER, "until": ""},
        "error": "",
        "made": None,
        "shown_key": "",
        "time": shown_time,
    }


def _sessions(guard: Guard) -> list[OpenSession]:
    return guard.store.open_sessions(guard.settings.session_hours, guard.settings.idle_minutes)


def _roles(request: Request) -> dict[str, str]:
    return {role: words[page_language(request) == "en"] for role, words in ROLE_WORDS.items()}


def _shown(line: Mapping[str, Any]) -> LogLine:
    def text(name: str) -> str:
        return str(line.get(name) or "")

    try:
        at = datetime.fromisoformat(text("time"))
    except ValueError:
        at = None
    return LogLine(
        time=at,
        who=text("user") or text("by"),
        role=text("role"),
        what=text("did") or text("event"),
        asked=f"{text('method')} {text('path')}".strip(),
        others=tuple((name, str(value)) for name, value in line.items() if name not in _KNOWN and value is not None),
        address=text("address"),
        status=text("status"),
    )
