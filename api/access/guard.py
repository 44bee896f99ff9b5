"""What every request passes on its way in: who asks, how often, whether they may, and what is kept of it."""

from __future__ import annotations

import ipaddress
from functools import cached_property
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import csrf
from api.access.audit import AuditLog
from api.access.cookies import Cookies
from api.access.errors import AccessError, cross_site, key_refused, role_needed, signin_needed, too_many
from api.access.limits import Body, Refuse
from api.access.rates import Buckets
from api.access.roles import SAFE_METHODS, Rule, rule_of
from api.access.settings import AccessSettings
from api.access.store import AccessStore, User
from corpus.errors import TienLeError

_RECORDED = {"role-needed", "request-foreign", "key-refused"}  # the rest is no attempt, or too many of them
_TOUCH_AFTER = 60  # seconds of use that are noted at once: a page is several requests


class Guard:
    """How one archive is guarded: its settings, keys and sessions, its log."""

    def __init__(self, archive: Path, *, exposed: bool = False) -> None:
        """The guard of the archive in a folder; ``exposed``: other machines reach it.

        ArchiveError ``settings-damaged`` when its settings cannot be read.
        """
        self.settings = AccessSettings.load(archive)
        self.store = AccessStore(archive)
        self.audit = AuditLog(archive)
        self._exposed = exposed
        self._on = self.settings.oidc is not None

    @property
    def required(self) -> bool:
        """Whether only who is known comes in: from the first key on, unless the settings say so or otherwise.

        Once on it stays on while the process runs: keys that vanish let nobody in.
        """
        if self.settings.required is not None:
            return self.settings.required
        self._on = self._on or self.store.exists()
        return self._on

    @property
    def limited(self) -> bool:
        """Whether callers are counted."""
        return self._exposed or self.required

    @cached_property
    def cookies(self) -> Cookies:
        """The cookies of its pages."""
        return Cookies(self.store.secret())

    @cached_property
    def callers(self) -> Buckets:
        """How often each caller has asked."""
        return Buckets(self.settings.rate, self.settings.burst)

    @cached_property
    def signins(self) -> Buckets:
        """How often each address has failed to sign in."""
        return Buckets(self.settings.signins_a_minute / 60, self.settings.signins_a_minute)


def guard_of(request: Request) -> Guard:
    """The guard of the application that a request came to."""
    guard: Guard = request.app.state.guard
    return guard


class AccessControl:
    """ASGI middleware that lets in what the rules of :mod:`api.access.roles` allow, and tells why not otherwise.

    Routes find in ``request.state`` the ``user`` (None where nobody is signed in) and ``csrf``, the token of its forms.
    """

    def __init__(self, app: ASGIApp, guard: Guard, refuse: Refuse) -> None:
        """Wrap ``app``."""
        self._app = app
        self._guard = guard
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # there are no other doors: a WebSocket is not accepted
        request = Request(scope)
        state = scope.setdefault("state", {})
        state |= {"user": None, "csrf": "", "audit": {}}
        rule = rule_of(request.method, scope["path"])
        body = Body(receive, request.headers, rule.largest if rule else 0)
        try:
            receive = await self._checked(request, rule, body)
        except (TienLeError, HTTPException) as error:
            if isinstance(error, AccessError) and error.code in _RECORDED:
                await run_in_threadpool(self._record, "refused", request, error.status, code=error.code)
            answer = await run_in_threadpool(self._refuse, request, error)  # a page asks the archive for its title
            if body.pending:
                answer.headers["Connection"] = "close"
            await answer(scope, receive, send)
            return
        unrecorded = rule is not None and rule.changes

        def write(status: int) -> None:
            nonlocal unrecorded
            unrecorded = False  # not before it has begun: a request may be cancelled while it waits for a thread
            self._record("change", request, status, **state["audit"])

        async def logged(status: int) -> None:
            if unrecorded:
                await run_in_threadpool(write, status)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Before the answer, so that whoever has it finds the change in the log.
                await logged(message["status"])
                if body.pending:
                    MutableHeaders(scope=message)["Connection"] = "close"
                if self._guard.required and not scope["path"].startswith("/static/"):
                    MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, told)
        finally:
            await logged(500)

    async def _checked(self, request: Request, rule: Rule | None, body: Body) -> Receive:
        """What to read the body from of a request that may pass; AccessError or the statuses 405, 413 for others."""
        guard, headers = self._guard, request.headers
        try:
            user, sid = await self._known(request)
        except AccessError:
            if rule is None or rule.role is not None:
                raise
            user = sid = None  # whoever has a bad key may still go to the sign-in page
        request.state.user = user
        if guard.limited:
            caller = address_of(request) if user is None else user.id
            if wait := guard.callers.take(caller):
                raise too_many(wait)
        if rule is None:
            raise HTTPException(405)
        if guard.required and rule.role is not None:
            if user is None:
                raise signin_needed()
            if not user.role.may(rule.role):
                raise role_needed(user.role, rule.role)
        if sid is not None:
            request.state.csrf = guard.cookies.token(sid)
        by_key = user is not None and sid is None  # no browser sends a key by itself
        if request.method not in SAFE_METHODS and not by_key:
            return await self._own(headers, body.read, sid)
        return body.read

    async def _known(self, request: Request) -> tuple[User | None, str | None]:
        """Who asks, and the name of their session; AccessError when a key is shown that is not taken."""
        guard = self._guard
        if not guard.required:
            return None, None
        shown = request.headers.get("authorization")
        if shown is not None:
            kind, _, typed = shown.partition(" ")
            user = guard.store.user_of_key(typed) if kind.lower() == "bearer" else None
            if user is None:
                if wait := guard.signins.take(address_of(request)):
                    raise too_many(wait)
                raise key_refused()
            return user, None
        sid = guard.cookies.read(request)
        if sid is None:
            return None, None
        settings = guard.settings
        session = guard.store.session(sid, settings.session_hours, settings.idle_minutes)
        if session is None:
            return None, sid
        if session.idle > _TOUCH_AFTER:
            await run_in_threadpool(guard.store.touch, session)
        return session.user, sid

    async def _own(self, headers: Headers, receive: Receive, sid: str | None) -> Receive:
        """What to read the body from of a request that one of our own pages has made; AccessError for others."""
        if csrf.from_elsewhere(headers):
            raise cross_site()
        if not self._guard.required:
            return receive  # nobody is signed in, so there is nothing that a forged form could make use of
        token = headers.get(csrf.HEADER, "")
        if not token:
            token, receive = await csrf.form_token(headers, receive)
        if sid is None or not self._guard.cookies.carries(sid, token):
            raise cross_site()
        return receive

    def _record(self, event: str, request: Request, status: int, **what: object) -> None:
        record(self._guard, event, request, status=status, **what)


def record(guard: Guard, event: str, request: Request, **what: object) -> None:
    """Add a line to the audit log about a request: who, from where, what was asked; never what stands after ``?``."""
    user: User | None = request.state.user
    known = {
        "user": user.name if user else None,
        "id": user.id if user else None,
        "role": user.role if user else None,
        "address": address_of(request),
        "method": request.method,
        "path": request.scope["path"],
    }
    guard.audit.write(event, **what | known)


def address_of(request: Request) -> str:
    """The caller's address; of IPv6 the network that one subscriber has (/64), whose addresses cost nothing."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host
