"""Cookies and tokens of pages: signed by the server's secret, so that junk is refused before anything looks at it."""

from __future__ import annotations

from hashlib import sha256

from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.access import keys

PLAIN, SECURE = "tienle", "__Host-tienle"
"""The session's cookie: over HTTPS its name has browsers refuse it from other hosts and over plain HTTP."""


class Cookies:
    """Reads and writes the session's cookie, and makes the tokens of its forms."""

    def __init__(self, secret: bytes) -> None:
        """Sign by ``secret``."""
        self._sessions = Signer(secret, salt="tienle.session", digest_method=sha256)
        self._forms = Signer(secret, salt="tienle.form", digest_method=sha256)
        self.flows = URLSafeTimedSerializer(secret, salt="tienle.flow", signer_kwargs={"digest_method": sha256})

    def read(self, connection: HTTPConnection) -> str | None:
        """The secret name of the session that a request belongs to, None without a cookie of ours."""
        try:
            return self._sessions.unsign(connection.cookies.get(_name(connection), "")).decode()
        except (BadSignature, UnicodeError):
            return None

    def write(self, connection: HTTPConnection, response: Response, sid: str) -> None:
        """Give the browser a session, until it is closed or the session ends."""
        response.set_cookie(
            _name(connection),
            self._sessions.sign(sid).decode(),
            httponly=True,
            samesite="lax",
            secure=_https(connection),
            path="/",
        )

    def forget(self, connection: HTTPConnection, response: Response) -> None:
        """Take the session from the browser."""
        response.delete_cookie(_name(connection), httponly=True, samesite="lax", secure=_https(connection), path="/")

    def token(self, sid: str) -> str:
        """What a form of that session must carry (the synchroniser token, made from the session's name)."""
        return self._forms.get_signature(sid).decode()

    def carries(self, sid: str, token: str) -> bool:
        """Whether a token belongs to a session."""
        return self._forms.verify_signature(sid, token)


def new_visit() -> str:
    """A session's name for a visitor who is not signed in: it ties the sign-in form to a browser, opens nothing."""
    return keys.new_secret()


def _https(connection: HTTPConnection) -> bool:
    return connection.url.scheme == "https"


def _name(connection: HTTPConnection) -> str:
    return SECURE if _https(connection) else PLAIN
