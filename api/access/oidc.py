"""Sign-in through an OpenID Connect provider: the code flow with PKCE, state and nonce, by authlib."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from api.access.errors import AccessError
from api.access.roles import Role
from api.access.settings import OidcSettings
from api.access.store import BY_PROVIDER, User

if TYPE_CHECKING:
    from authlib.integrations.starlette_client import StarletteOAuth2App

_LOG = logging.getLogger("tienle.access")
_SECONDS = 10  # a provider has to answer; then the person is told
_LONGEST_NAME = 200  # characters


class Provider:
    """The provider that an archive's settings name."""

    def __init__(self, settings: OidcSettings) -> None:
        """Nothing is asked of it yet."""
        self._settings = settings
        self._app: StarletteOAuth2App | None = None

    async def leave(self, request: Request, back: str, session: dict[str, Any]) -> Response:
        """Send a browser to the provider, which sends it on to ``back``; ``session`` gets what that is checked by."""
        app = await self._client()
        request.scope["session"] = session
        with _told():
            answer: Response = await app.authorize_redirect(request, back)
            return answer

    async def arrive(self, request: Request, session: dict[str, Any]) -> User:
        """Who comes back from the provider; AccessError when it is not proved, or gives no role.

        authlib checks state, the token's signature, issuer, audience, time and nonce; without a nonce of ours there is
        no flow that we began.
        """
        app = await self._client()
        request.scope["session"] = session
        options = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
        }
        with _told():
            token = await app.authorize_access_token(request, claims_options=options)
        claims: Mapping[str, Any] | None = token.get("userinfo")
        if claims is None:
            raise _failed()
        return user_of(claims, self._settings)

    async def _client(self) -> StarletteOAuth2App:
        if self._app is None:
            from authlib.integrations.starlette_client import OAuth

            settings = self._settings
            app = OAuth().register(
                "tienle",
                client_id=settings.client_id,
                client_secret=settings.secret or None,
                server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
                client_kwargs={
                    "scope": settings.scope,
                    "code_challenge_method": "S256",
                    "timeout": _SECONDS,
                    # A public client has no secret; PKCE stands in for it.
                    "token_endpoint_auth_method": "client_secret_basic" if settings.secret else "none",
                },
            )
            with _told():
                metadata = await app.load_server_metadata()
                if metadata.get("issuer") != settings.issuer:
                    raise ValueError(f"issuer {metadata.get('issuer')!r} is not {settings.issuer!r}")
            self._app = app
        return self._app


def user_of(claims: Mapping[str, Any], settings: OidcSettings) -> User:
    """Who a token's claims name, with the highest role that they give; AccessError ``role-missing`` without any."""
    name = next((str(claims[key]) for key in ("name", "preferred_username", "email", "sub") if claims.get(key)), "")
    held = claims.get(settings.role_claim, [])
    values = held if isinstance(held, list) else [held]
    roles = [settings.roles[value] for value in values if isinstance(value, str) and value in settings.roles]
    role = max(roles, key=list(Role).index, default=settings.default)
    if role is None:
        raise AccessError(
            403,
            "role-missing",
            "Đăng nhập được, nhưng tài khoản này chưa có vai trò nào trong kho. Đề nghị người quản trị cấp quyền.",
            "You are known, but your account has no role in this archive. Ask its administrator for one.",
        )
    return User(f"{BY_PROVIDER}{claims['sub']}", name[:_LONGEST_NAME], role)


def _failed() -> AccessError:
    return AccessError(
        403,
        "provider-failed",
        "Chưa đăng nhập được qua hệ thống chung. Thử lại; nếu vẫn lỗi, dùng khóa hoặc báo người quản trị kho "
        "(nguyên nhân có trong nhật ký máy chủ).",
        "Sign-in through the provider did not succeed. Try again; if it goes on, use a key or tell the archive's "
        "administrator (the server's log has the cause).",
    )


@contextmanager
def _told() -> Iterator[None]:
    """Turns whatever goes wrong between us and the provider into one refusal; the log has the cause."""
    try:
        yield
    except Exception as error:
        # What a provider answers is its own text: the kind of the error and its first words, never the tokens.
        _LOG.warning("sign-in by OpenID Connect failed: %s: %s", type(error).__name__, str(error)[:300])
        raise _failed() from error
