"""Pages of hits that do not shift: a page's token says what was there and what has been shown, and the next goes on.

Scores move a little with every document that is added (BM25 counts all of them), so that a place in the order is no
mark to go on from. The token names the passages instead: none comes twice, and none is passed over.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from itertools import accumulate, pairwise

from corpus.errors import QueryError

LONGEST = 60_000
"""Characters of a token: some 20,000 passages, and less than a server takes as an address."""

_LAST = 2**63 - 1  # the largest id that SQLite gives
_GOES_ON = 0x80


@dataclass(frozen=True, slots=True)
class Before:
    """What the pages before this one were made of: passages up to the id ``newest``; ``passages``: those they showed.

    Ids are never given twice and grow, so that what is stored later is newer.
    """

    newest: int
    passages: frozenset[int] = frozenset()

    @property
    def token(self) -> str:
        """The token of the next page."""
        ids = [0, *sorted(self.passages)]
        steps = [self.newest, *(later - earlier for earlier, later in pairwise(ids))]
        return base64.urlsafe_b64encode(b"".join(map(_written, steps))).rstrip(b"=").decode()


def read_token(token: str) -> Before:
    """What a token says; QueryError ``page-unknown`` for one that no page has given."""
    try:
        data = base64.b64decode(token.encode() + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:  # letters that are none of base64's, or no letters at all
        data = b""
    newest, *steps = _read(data) or (_LAST + 1,)
    passages = frozenset(accumulate(steps))
    if len(token) > LONGEST or max((newest, *passages)) > _LAST or len(passages) < len(steps) or 0 in passages:
        raise QueryError(
            "page-unknown",
            "Mã trang sau không đúng. Lấy lại mã ở trang trước (“next”), hoặc tìm lại từ trang đầu.",
            "The mark of the next page is not right. Take it from the page before (“next”), or search from the first.",
        )
    return Before(newest, passages)


def _written(number: int) -> bytes:
    """A number, seven bits a byte; all but the last have the eighth bit (LEB128, the highest first)."""
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(number & 0x7F | _GOES_ON)
    return bytes(reversed(parts))


def _read(data: bytes) -> list[int]:
    """The numbers written one after the other, none where the last is cut off."""
    numbers, number = [], 0
    for byte in data:
        number = number << 7 | byte & 0x7F
        if not byte & _GOES_ON:
            numbers.append(number)
            number = 0
    return [] if data[-1:] and data[-1] & _GOES_ON else numbers
