"""What access control keeps in the archive's folder ``access/``: keys, sessions, the server's secret.

All of it is for the owner of the archive alone (0700, 0600) and safe for several processes: a SQLite database in WAL
mode, and a secret that is written once.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from api.access import keys
from api.access.keys import Key
from api.access.roles import Role
from corpus.store.faults import database_faults, disk_full, read_only

FOLDER = "access"
AUDIT = "audit.jsonl"
_DATABASE, _SECRET = "access.sqlite", "secret"
BY_PROVIDER = "oidc:"
_SKEW = 300  # seconds that a clock may go back before sessions of the future end
_NO_DIGEST = keys.digest("")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY, digest TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
    created TEXT NOT NULL, until TEXT, revoked TEXT
);
CREATE TABLE IF NOT EXISTS sessions (
    digest TEXT PRIMARY KEY, user TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
    created REAL NOT NULL, seen REAL NOT NULL
);
"""
_ALL_KEYS = "SELECT id, name, role, created, until, revoked FROM keys ORDER BY created"
_SESSIONS = (
    "SELECT s.digest, s.user, s.name, s.role, s.created, s.seen FROM sessions s LEFT JOIN keys k ON k.id = s.user "
    "WHERE s.created >= ? AND s.seen >= ? AND k.revoked IS NULL ORDER BY s.seen DESC"
)
_ONE_KEY = "SELECT id, name, role, created, until, revoked, digest FROM keys WHERE id = ?"


@dataclass(frozen=True, slots=True)
class User:
    """Who asks. ``id``: their key's, or ``oidc:`` and the provider's; it stays theirs, whereas names may be shared."""

    id: str
    name: str
    role: Role

    @property
    def key(self) -> str | None:
        """The id of the key that was shown, None for those who come by a provider."""
        return None if self.id.startswith(BY_PROVIDER) else self.id


@dataclass(frozen=True, slots=True)
class Session:
    """A person signed in; ``digest`` names the session without telling its cookie; ``idle``: seconds since its use."""

    digest: str
    user: User
    idle: float


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that has not ended, for an administrator: whose, since when, when last used."""

    digest: str
    user: User
    created: datetime
    seen: datetime


class AccessStore:
    """Keys and sessions of one archive."""

    def __init__(self, archive: Path) -> None:
        """Nothing is made yet: see :meth:`exists`."""
        self._archive = archive
        self.directory = archive / FOLDER
        self._guard = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def exists(self) -> bool:
        """Whether a key was ever made here."""
        return (self.directory / _DATABASE).is_file()

    def close(self) -> None:
        """Let go of the database."""
        with self._guard:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def secret(self) -> bytes:
        """The server's secret that signs cookies, made when first asked for."""
        path = self.directory / _SECRET
        with self._faults():
            self._make_folder()
            if not path.exists():
                # Linked into place whole: of two processes that start together one wins, and both read its secret.
                new = path.with_name(f"{_SECRET}.{os.getpid()}.{secrets.token_hex(4)}")
                new.touch(0o600)
                try:
                    new.write_bytes(secrets.token_bytes(32))
                    os.link(new, path)
                except FileExistsError:
                    pass
                finally:
                    new.unlink()
            return path.read_bytes()

    def create(self, name: str, role: Role, until: date | None = None, key_id: str | None = None) -> tuple[Key, str]:
        """A new key: its record, and the key itself, which is not kept.

        QueryError ``key-made`` where there is one with the id: a form that is sent twice makes one key.
        """
        key = Key(key_id or keys.new_id(), name, role, datetime.now(UTC), until)
        secret = keys.new_secret()
        with self._open() as database:
            made = database.execute(
                "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (id) DO NOTHING",
                (
                    key.id,
                    keys.digest(secret),
                    name,
                    role,
                    key.created.isoformat(),
                    until.isoformat() if until else None,
                ),
            )
        if made.rowcount == 0:
            raise keys.made_already(key.id)
        return key, keys.written(key.id, secret)

    def all_keys(self) -> list[Key]:
        """All keys ever made, the oldest first."""
        if not self.exists():
            return []
        with self._open() as database, closing(database.execute(_ALL_KEYS)) as rows:
            return [_key(row) for row in rows]

    def revoke(self, key_id: str) -> bool:
        """Refuse a key from now on, with the sessions that it opened; False when there is none with that id."""
        if not self.exists():
            return False
        with self._open() as database:
            database.execute("DELETE FROM sessions WHERE user = ?", (key_id,))
            done = database.execute(
                "UPDATE keys SET revoked = coalesce(revoked, ?) WHERE id = ?", (datetime.now(UTC).isoformat(), key_id)
            )
            return done.rowcount > 0

    def user_of_key(self, typed: str, today: date | None = None) -> User | None:
        """Who shows a key, None when it is unknown, expired or revoked; the same work is done for each of these."""
        parts = keys.parted(typed)
        key_id, secret = parts or ("", "")
        row = self._row(_ONE_KEY, (key_id,))
        known = keys.same(keys.digest(secret), row[-1] if row else _NO_DIGEST)
        if row is None or parts is None or not known:
            return None
        key = _key(row[:-1])
        return User(key.id, key.name, key.role) if key.valid(today or _today()) else None

    def open_session(self, user: User, now: float | None = None) -> str:
        """A new session, with a name of its own that nobody knew before; its secret name is returned, not kept."""
        sid = keys.new_secret()
        at = time.time() if now is None else now
        with self._open() as database:
            database.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
                (keys.digest(sid), user.id, user.name, user.role, at, at),
            )
        return sid

    def session(self, sid: str, hours: int, idle_minutes: int, now: float | None = None) -> Session | None:
        """The session of that name, None when it has ended: signed out, too old, unused, or its key is refused."""
        at = time.time() if now is None else now
        row = self._row(
            "SELECT s.digest, s.name, s.role, s.user, s.created, s.seen, k.until, k.revoked "
            "FROM sessions s LEFT JOIN keys k ON k.id = s.user WHERE s.digest = ?",
            (keys.digest(sid),),
        )
        if row is None:
            return None
        digest, name, role, user, created, seen, until, revoked = row
        if revoked or (until and _today() > date.fromisoformat(until)):
            return None
        ended = at - created > hours * 3600 or at - seen > idle_minutes * 60 or created - at > _SKEW
        return None if ended else Session(digest, User(user, name, Role(role)), at - seen)

    def touch(self, session: Session, now: float | None = None) -> None:
        """Note that a session was used."""
        with self._open() as database:
            at = time.time() if now is None else now
            database.execute("UPDATE sessions SET seen = ? WHERE digest = ?", (at, session.digest))

    def end_session(self, sid: str) -> None:
        """Sign out; sessions that ended more than a month ago are forgotten with it."""
        with self._open() as database:
            month_ago = time.time() - 30 * 86_400
            database.execute("DELETE FROM sessions WHERE digest = ? OR seen < ?", (keys.digest(sid), month_ago))

    def open_sessions(self, hours: int, idle_minutes: int, now: float | None = None) -> list[OpenSession]:
        """The sessions that have not ended, the last used first."""
        if not self.exists():
            return []
        at = time.time() if now is None else now
        with (
            self._open() as database,
            closing(database.execute(_SESSIONS, (at - hours * 3600, at - idle_minutes * 60))) as rows,
        ):
            return [
                OpenSession(
                    digest,
                    User(user, name, Role(role)),
                    datetime.fromtimestamp(created, UTC),
                    datetime.fromtimestamp(seen, UTC),
                )
                for digest, user, name, role, created, seen in rows
            ]

    def end_named(self, digest: str) -> bool:
        """End the session of that digest, somebody else's perhaps; False when there is none."""
        if not self.exists():
            return False
        with self._open() as database:
            return database.execute("DELETE FROM sessions WHERE digest = ?", (digest,)).rowcount > 0

    def _row(self, query: str, values: tuple[str, ...]) -> tuple[Any, ...] | None:
        if not self.exists():
            return None
        with self._open() as database:
            row: tuple[Any, ...] | None = database.execute(query, values).fetchone()
            return row

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._guard, self._faults(), database_faults(self._archive):
            if self._connection is None:
                self._make_folder()
                path = self.directory / _DATABASE
                path.touch(0o600)  # SQLite gives the files beside it the same mode
                self._connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
                self._connection.executescript(_SCHEMA)
            yield self._connection

    def _make_folder(self) -> None:
        self.directory.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except PermissionError as error:
            raise read_only(self._archive) from error
        except OSError as error:
            raise disk_full(self._archive) from error


def _key(row: tuple[Any, ...]) -> Key:
    key_id, name, role, created, until, revoked = row
    return Key(
        key_id,
        name,
        Role(role),
        datetime.fromisoformat(created),
        date.fromisoformat(until) if until else None,
        datetime.fromisoformat(revoked) if revoked else None,
    )


def _today() -> date:
    return datetime.now().astimezone().date()
