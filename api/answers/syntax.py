"""What a typed line may hold beside plain words: quoted phrases, words to leave out, fields.

``"một cửa" -điện tỉnh:"Khánh Hòa" năm:2017..2020``. What only looks like it (a lone quote, a dash before a blank, a
name that is no field) is plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.language.normalise import compose, fold

FIELDS = {
    "tinh": "province",
    "province": "province",
    "nam": "year",
    "year": "year",
    "loai": "type",
    "type": "type",
    "co-quan": "agency",
    "coquan": "agency",
    "agency": "agency",
    "chu-tri": "lead",
    "chutri": "lead",
    "lead": "lead",
    "chat-luong": "quality",
    "chatluong": "quality",
    "quality": "quality",
    "van-ban": "document",
    "vanban": "document",
    "so": "document",
    "document": "document",
}
"""Names of fields as typed, folded, Vietnamese first; and what they filter."""

_PART = re.compile(
    r"""(?<!\S)(?P<field>[^\W\d_]+(?:[-_][^\W\d_]+)?):(?:"(?P<quoted>[^"]+)"|(?P<value>[^\s"]+))
      | (?<!\S)-(?:"(?P<out_phrase>[^"]+)"|(?P<out>[^\W\d_][\w]*))(?!\S)
      | "(?P<phrase>[^"]*)\"""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed line taken apart: ``words`` to search for (those of phrases too), phrases and what to leave out.

    ``fields``: what filters (:data:`FIELDS`) and the value typed, in order.
    """

    words: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


def take_apart(typed: str) -> Typed:
    """A typed line without its operators; never fails."""
    text = compose(typed)  # “ and ” become "
    phrases: list[str] = []
    excluded: list[str] = []
    fields: list[tuple[str, str]] = []

    def read(match: re.Match[str]) -> str:
        if match["phrase"] is not None:
            if any(map(str.isalnum, match["phrase"])):
                phrases.append(match["phrase"].strip())
            return f" {match['phrase']} "
        if match["field"] is not None:
            name = FIELDS.get(fold(match["field"]).replace("_", "-"))
            if name is None:
                return match[0]
            fields.append((name, (match["quoted"] or match["value"]).strip()))
            return " "
        excluded.append((match["out_phrase"] or match["out"]).strip())
        return " "

    words = _PART.sub(read, text)
    return Typed(words.replace('"', " ").strip(), tuple(phrases), tuple(filter(None, excluded)), tuple(fields))
