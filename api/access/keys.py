"""API keys: how they are made, told apart and checked; pure.

A key is ``tienle_<id>_<secret>``. The id (public) finds its record; the secret has 256 random bits.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from api.access.roles import Role
from corpus.errors import QueryError

LONGEST_NAME = 100
"""Characters that fit a line of the list of keys."""

ID = "[0-9a-f]{12}"
"""The pattern of what names a key."""
_SHAPE = re.compile(rf"tienle_({ID})_([A-Za-z0-9_-]{{43}})")


@dataclass(frozen=True, slots=True)
class Key:
    """What is kept of a key: never its secret. ``until``: the last day on which it is taken."""

    id: str
    name: str
    role: Role
    created: datetime
    until: date | None = None
    revoked: datetime | None = None

    def valid(self, today: date) -> bool:
        """Whether it is taken on a day."""
        return self.revoked is None and (self.until is None or today <= self.until)


def holder(typed: str) -> str:
    """Who uses a key, as it is kept: one line without superfluous blanks; QueryError ``key-name`` for no such name."""
    name = " ".join(typed.split())
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise QueryError(
            "key-name",
            f"Tên người dùng khóa phải có từ 1 đến {LONGEST_NAME} ký tự, ví dụ “Phòng Tổng hợp”.",
            f"Who uses the key must have 1 to {LONGEST_NAME} characters, for instance “Planning office”.",
        )
    return name


def made_already(key_id: str) -> QueryError:
    """That a form has made its key before; the key is not shown again."""
    return QueryError(
        "key-made",
        f"Khóa {key_id} đã được tạo và chỉ hiện một lần. Nếu chưa chép lại, thu hồi khóa này rồi tạo khóa khác.",
        f"The key {key_id} was made already and was shown once. If nobody copied it, revoke it and make another.",
    )


def new_secret() -> str:
    """256 random bits as 43 characters."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """48 random bits as 12 characters: they name a key and guard nothing."""
    return secrets.token_hex(6)


def written(key_id: str, secret: str) -> str:
    """The key as its owner gets it."""
    return f"tienle_{key_id}_{secret}"


def parted(typed: str) -> tuple[str, str] | None:
    """Id and secret of a key as typed, None when it has not the shape of one."""
    match = _SHAPE.fullmatch(typed.strip())
    return (match[1], match[2]) if match else None


def digest(secret: str) -> str:
    """What is stored of a secret: its SHA-256 as hexadecimal digits.

    A slow or salted hash guards what people choose, since that can be guessed. Of 256 random bits nothing can be
    guessed, so that a plain digest is right, and quick enough for every request (NIST SP 800-63B, 5.1.2.2: look-up
    secrets of 112 bits and more).
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two digests are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one, other)
