"""Lists given to a query as one JSON value: a list of parameters may be as long as SQLite allows only."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select

Json = str | BindParameter[Any]
"""A list as JSON, or the parameter that brings it to a query that is built once."""


def values(given: Json) -> Select[Any]:
    """The values of a list as a query, for ``in_``."""
    return select(func.json_each(given).table_valued("value").c.value)


def rows(given: Json, *names: str) -> Select[Any]:
    """A list of lists as a query with a column a name."""
    row = func.json_each(given).table_valued("value").c.value
    return select(*(func.json_extract(row, f"$[{at}]").label(name) for at, name in enumerate(names)))


NAMED = values(bindparam("named"))
"""Numbers for ``in_`` in a query that is built once; :func:`naming` gives them."""


def naming(numbers: Iterable[int]) -> dict[str, str]:
    """The numbers of :data:`NAMED`."""
    return {"named": json.dumps(list(numbers))}
