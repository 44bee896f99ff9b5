"""Addresses within the pages: where one goes back to after signing in."""

from __future__ import annotations

from urllib.parse import urlsplit


def local_path(asked: str) -> str:
    """The address when it is a path of this site, else the first page: nobody is sent to another site from here.

    Browsers read ``//host``, ``/\\host`` and paths with tabs or line ends in them as another host's address
    (WHATWG URL, 4.4).
    """
    if not asked.startswith("/") or asked.startswith("//") or "\\" in asked or not asked.isprintable():
        return "/"
    try:
        parts = urlsplit(asked)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path.startswith(("/signin", "/signout")):
        return "/"
    return asked
