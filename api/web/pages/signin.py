"""Signing in and out: by key, or through the provider that the settings name."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from itsdangerous import BadSignature
from starlette.concurrency import run_in_threadpool

from api.access.cookies import new_visit
from api.access.errors import AccessError, key_refused, too_many
from api.access.guard import Guard, address_of, guard_of, record
from api.access.local import local_path
from api.access.oidc import Provider
from api.access.store import User
from api.web.render import page, page_language

router = APIRouter(include_in_schema=False)

_FLOW, _FLOW_SECONDS = "tienle-oidc", 600
"""The cookie that ties a flow to the browser that began it, and how long one may take to come back."""

_LONGEST = 2_000  # characters of an address to go back to


@router.get("/signin")
def signin_page(request: Request, next: str = "/") -> Response:  # noqa: A002  (as it stands in the address)
    """The form that asks for a key."""
    guard = guard_of(request)
    if request.state.user is not None or not guard.required:
        return RedirectResponse(local_path(next), 303)
    return _form(request, guard, next)


@router.post("/signin")
def signin(
    request: Request,
    key: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002  (as the form's field is called)
) -> Response:
    """Sign in by key, and go back to the page that was asked for."""
    guard = guard_of(request)
    caller = address_of(request)
    if wait := guard.signins.take(caller):  # taken first: of many tries at once none slips by
        return _form(request, guard, next, too_many(wait))
    user = guard.store.user_of_key(key)
    if user is None:
        record(guard, "signin-refused", request)
        return _form(request, guard, next, key_refused())
    guard.signins.put_back(caller)
    return _signed_in(request, guard, user, next)


@router.post("/signout")
def signout(request: Request) -> Response:
    """Sign out, here and wherever else the session's cookie is."""
    guard = guard_of(request)
    sid = guard.cookies.read(request) if guard.required else None
    answer = RedirectResponse("/signin", 303)
    if sid is not None:
        guard.store.end_session(sid)
        guard.cookies.forget(request, answer)
        record(guard, "signout", request)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@router.get("/signin/oidc")
async def leave(request: Request, next: str = "/") -> Response:  # noqa: A002  (as it stands in the address)
    """Go to the provider to sign in there."""
    guard = guard_of(request)
    session: dict[str, Any] = {"next": local_path(next[:_LONGEST])}
    back = f"{guard.settings.address.rstrip('/')}/signin/oidc/back"
    try:
        answer = await _provider(request).leave(request, back, session)
    except AccessError as error:
        return await run_in_threadpool(_form, request, guard, next, error)
    flow = guard.cookies.flows.dumps(json.dumps(session))
    answer.set_cookie(
        _FLOW,
        str(flow),
        max_age=_FLOW_SECONDS,
        path="/signin/oidc",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


@router.get("/signin/oidc/back")
async def arrive(request: Request) -> Response:
    """Come back from the provider, signed in."""
    guard = guard_of(request)
    try:
        session = json.loads(guard.cookies.flows.loads(request.cookies.get(_FLOW, ""), max_age=_FLOW_SECONDS))
    except BadSignature:
        session = {}  # the library refuses a return that nobody here has begun
    back = session.pop("next", "/")
    try:
        user = await _provider(request).arrive(request, session)
    except AccessError as error:
        record(guard, "signin-refused", request, code=error.code)
        return await run_in_threadpool(_form, request, guard, back, error)
    answer = await run_in_threadpool(_signed_in, request, guard, user, back)
    answer.delete_cookie(_FLOW, path="/signin/oidc")
    return answer


def _provider(request: Request) -> Provider:
    settings = guard_of(request).settings.oidc
    if settings is None:
        raise AccessError(
            404,
            "provider-none",
            "Kho này không đăng nhập qua hệ thống chung. Dùng khóa ở trang Đăng nhập.",
            "This archive has no sign-in provider. Use a key on the sign-in page.",
        )
    if not hasattr(request.app.state, "provider"):
        request.app.state.provider = Provider(settings)
    provider: Provider = request.app.state.provider
    return provider


def _signed_in(request: Request, guard: Guard, user: User, back: str) -> Response:
    before = guard.cookies.read(request)
    if before is not None:
        guard.store.end_session(before)
    # A new name at every sign-in: one that somebody planted in the browser before opens nothing (session fixation).
    sid = guard.store.open_session(user)
    request.state.user = user
    record(guard, "signin", request)
    answer = RedirectResponse(local_path(back), 303)
    guard.cookies.write(request, answer, sid)
    return answer


def _form(request: Request, guard: Guard, back: str, error: AccessError | None = None) -> Response:
    sid = guard.cookies.read(request)
    fresh = sid is None
    sid = sid or new_visit()
    request.state.csrf = guard.cookies.token(sid)
    context = {
        "back": local_path(back[:_LONGEST]),
        "error": error.message(page_language(request)) if error else "",
        "provider": guard.settings.oidc is not None,
    }
    answer = page(request, "signin.html", context, error.status if error else 200)
    answer.headers.update(error.headers if error else {})
    answer.headers["Cache-Control"] = "no-store"
    if fresh:
        guard.cookies.write(request, answer, sid)
    return answer
