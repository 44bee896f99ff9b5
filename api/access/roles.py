"""Who may do what: the roles, and the one table that says which role a route asks for.

A route that only reads (GET) asks for a reader unless a row says otherwise. Any other method is refused, also where
access control is off, until a row here allows it: whoever adds such a route adds its row, and a test walks all routes
to see to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from re import Pattern

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""

SMALL, DRAFT, FILES = 1024**2, 51 * 1024**2, 1088 * 1024**2
"""Bytes that a body may have: a form or a list; a draft; files for the archive, each of which is refused on its own."""


class Role(StrEnum):
    """What a key or a person may do; each may do what those before it may."""

    READER = "reader"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"

    def may(self, needed: Role) -> bool:
        """Whether this role does for what asks for ``needed``."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a method at a path asks for: a role, None for anyone at all; the bytes that its body may have.

    ``path`` is written as the route writes it, converters (``{id:path}``) included.
    """

    method: str
    path: str
    role: Role | None
    largest: int = SMALL

    @property
    def changes(self) -> bool:
        """Whether what it does is kept in the audit log."""
        return self.method not in SAFE_METHODS and self.role is not None and self.role.may(Role.EDITOR)


RULES: tuple[Rule, ...] = (
    # Anyone: what it takes to sign in, and whether the process lives.
    Rule("GET", "/signin", None),
    Rule("POST", "/signin", None, largest=16 * 1024),
    Rule("GET", "/signin/oidc", None),
    Rule("GET", "/signin/oidc/back", None),
    Rule("GET", "/static/{path:path}", None),
    Rule("GET", "/health/live", None),
    # Readers: questions that are too long for an address.
    Rule("POST", "/signout", Role.READER, largest=16 * 1024),
    Rule("POST", "/api/v1/precedents", Role.READER, largest=DRAFT),
    Rule("POST", "/mcp", Role.READER, largest=DRAFT),
    Rule("POST", "/precedents", Role.READER, largest=DRAFT),
    Rule("POST", "/precedents/{path:path}", Role.READER),  # a draft's address, which only who has it knows
    Rule("POST", "/saved/{path:path}", Role.READER),  # each has their own collections and searches
    # Editors: what all see.
    Rule("POST", "/api/v1/documents", Role.EDITOR, largest=FILES),
    Rule("DELETE", "/api/v1/documents/{id:path}", Role.EDITOR),
    Rule("POST", "/api/v1/jobs/{path:path}", Role.EDITOR),
    Rule("POST", "/archive/upload", Role.EDITOR, largest=FILES),
    Rule("POST", "/archive/{path:path}", Role.EDITOR),
    Rule("POST", "/api/v1/overlaps/intended", Role.EDITOR),
    Rule("GET", "/api/v1/jobs", Role.EDITOR, largest=0),  # who sent which files in
    Rule("GET", "/api/v1/jobs/{path:path}", Role.EDITOR, largest=0),
    Rule("GET", "/archive/jobs", Role.EDITOR, largest=0),
    Rule("GET", "/archive/jobs/{path:path}", Role.EDITOR, largest=0),
    # Administrators: how the service is used.
    Rule("GET", "/metrics", Role.ADMINISTRATOR, largest=0),
    # and who may come in.
    Rule("GET", "/access", Role.ADMINISTRATOR, largest=0),
    Rule("GET", "/access/{path:path}", Role.ADMINISTRATOR, largest=0),
    Rule("POST", "/access/{path:path}", Role.ADMINISTRATOR, largest=16 * 1024),
)
"""The exceptions to: GET asks for a reader, all else is refused."""

_READING = Rule("GET", "", Role.READER, largest=0)


def rule_of(method: str, path: str) -> Rule | None:
    """The rule for a request, None where its method is not allowed at all."""
    asked = "GET" if method == "HEAD" else method  # what may not be read has no head to show
    for rule, pattern in _compiled():
        if rule.method == asked and pattern.match(path):
            return rule
    return _READING if method in SAFE_METHODS else None


@cache
def _compiled() -> tuple[tuple[Rule, Pattern[str]], ...]:
    from starlette.routing import compile_path  # here, since the command line reads the roles too

    # A line end (%0A) is a letter as any other, or a path with one would have no row; as the router has it, one that
    # ends in a line end is the path without it.
    return tuple((rule, re.compile(compile_path(rule.path)[0].pattern, re.DOTALL)) for rule in RULES)
