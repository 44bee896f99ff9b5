"""Which language a caller reads."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Query, Request

from corpus.errors import Language

_ACCEPTED = re.compile(r"\s*(vi|en|\*)(?:-[\w-]+)?\s*(?:;\s*q=\s*(\d(?:\.\d{1,3})?)\s*)?", re.IGNORECASE)

LanguageQuery = Annotated[
    Language | None, Query(description="Language of messages, before Accept-Language; Vietnamese when neither says.")
]


def language_of(request: Request) -> Language:
    """The language asked for by ``?lang=``, else by Accept-Language (RFC 9110, 12.5.4), else the application's."""
    default: Language = request.app.state.language
    asked = request.query_params.get("lang")
    if asked in ("vi", "en"):
        return "vi" if asked == "vi" else "en"
    return accepted_language(request.headers.get("accept-language", ""), default)


def accepted_language(header: str, default: Language) -> Language:
    """The first of the caller's most wanted languages that we speak, else ``default``."""
    best: tuple[float, Language] = (0.0, default)
    for part in header.split(","):
        match = _ACCEPTED.fullmatch(part)
        if match is None:
            continue
        wanted: Language = {"vi": "vi", "en": "en"}.get(match[1].lower(), default)  # type: ignore[assignment]  # a table of literals
        weight = float(match[2] or 1)
        if weight > best[0]:
            best = (weight, wanted)
    return best[1]
