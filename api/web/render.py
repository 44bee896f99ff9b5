"""Templates with what every page needs: its language, links, the archive's title and notice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib import resources
from pathlib import Path
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.responses import HTMLResponse, StreamingResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy.exc import DatabaseError

from api.access.roles import Role
from api.access.store import User
from api.http.service import Service
from api.web.addresses import address, passage_address
from api.web.texts import Texts
from corpus.errors import Language, TienLeError

NAVIGATION = (
    ("/", "site.search"),
    ("/assignments", "site.assignments"),
    ("/targets", "site.targets"),
    ("/precedents", "site.precedents"),
    ("/compare", "site.compare"),
    ("/documents", "site.documents"),
    ("/agencies", "site.agencies"),
    ("/archive", "site.archive"),
    ("/saved", "site.saved"),
)
"""Where the head of every page leads: addresses and the names of their texts."""

ADMINISTRATION = (("/access", "site.access"),)
"""Where it leads administrators besides."""

KEYS = {
    "/": "t",
    "/assignments": "n",
    "/targets": "c",
    "/precedents": "l",
    "/compare": "s",
    "/documents": "v",
    "/agencies": "q",
    "/archive": "k",
    "/saved": "d",
}
"""Keys that lead to the pages, after "g"."""

_LATER = "<!-- later -->"  # no text holds it: templates escape what they are given

STATIC = Path(str(resources.files("api.web"))) / "static"


def page_language(request: Request) -> Language:
    """The language of a page: ``?lang=``, else the application's; a browser's own setting does not count."""
    default: Language = request.app.state.language
    asked = request.query_params.get("lang")
    return "en" if asked == "en" else "vi" if asked == "vi" else default


def page(request: Request, template: str, context: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """A rendered template."""
    language = page_language(request)
    return HTMLResponse(rendered(request, template, context), status, {"Content-Language": language})


def page_then(
    request: Request, template: str, context: Mapping[str, object], later: Callable[[], str]
) -> StreamingResponse:
    """A rendered template that is sent up to its ``{{ later }}`` before ``later`` makes the HTML that stands there."""
    html = rendered(request, template, {**context, "later": Markup(_LATER)})  # noqa: S704  (a constant of ours)
    first, _, last = html.partition(_LATER)

    def parts() -> Iterator[str]:
        yield first
        yield later()
        yield last

    headers = {"Content-Language": page_language(request)}
    return StreamingResponse(parts(), headers=headers, media_type="text/html")


def rendered(request: Request, template: str, context: Mapping[str, object]) -> str:
    """The HTML of a template."""
    language, default = page_language(request), request.app.state.language
    other: Language = "en" if language == "vi" else "vi"
    texts = Texts(language)
    parameters = {name: value for name, value in parse_qsl(request.url.query) if name != "lang"}
    user: User | None = getattr(request.state, "user", None)
    navigation = NAVIGATION + (ADMINISTRATION if user and user.role.may(Role.ADMINISTRATOR) else ())
    title, notice = _archive_words(request.app.state.service)
    return (
        _environment()
        .get_template(template)
        .render(
            t=texts,
            language=language,
            default_language=default,
            other=other,
            switch=address(request.url.path, other, default, **parameters),
            link=partial(address, language=language, default=default),
            passage=partial(passage_address, language=language, default=default),
            static=_static,
            path=request.url.path,
            navigation=navigation,
            keys=KEYS,
            user=user,
            csrf=getattr(request.state, "csrf", ""),
            archive_title=title,
            archive_notice=notice,
            **context,
        )
    )


def _archive_words(service: Service) -> tuple[str, str]:
    try:
        facts = service.facts()
    except (TienLeError, DatabaseError):
        return "", ""  # the page that is rendered says what is wrong
    return facts.title, facts.notice


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("api.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _static(name: str) -> str:
    """The address of a static file, which changes with its content so that browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]
    return f"/static/{name}?v={digest}"
