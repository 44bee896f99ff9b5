"""What a page says: its elements, and their words as a reader takes them in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

import httpx
from lxml import html


class Answer(Protocol):
    """What a server answered, whichever library asked."""

    @property
    def status_code(self) -> int: ...

    @property
    def text(self) -> str: ...

    @property
    def content(self) -> bytes: ...

    @property
    def headers(self) -> Mapping[str, str]: ...


def tree(client: httpx.Client, path: str, status: int = 200, /, **parameters: Any) -> html.HtmlElement:
    """The page at an address, which must answer with a status and be light."""
    answer = client.get(path, params=parameters or None, headers={"Accept": "text/html"})
    assert len(answer.content) <= 120_000
    return parsed(answer, status)


def parsed(answer: Answer, status: int = 200) -> html.HtmlElement:
    """The page that was answered, which must have a status."""
    assert answer.status_code == status, answer.text[:2000]
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return html.fromstring(answer.content.decode())


def words(element: html.HtmlElement) -> str:
    """The words of an element, one space between them."""
    return " ".join(element.text_content().split())


def letters(text: str) -> str:
    """The letters of a text alone."""
    return re.sub(r"[\W\d_]", "", text)
