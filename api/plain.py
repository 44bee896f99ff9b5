"""Records as public JSON: the same names on the command line and over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def plain(record: DataclassInstance) -> dict[str, Any]:
    """A record's fields as JSON values; dates in ISO form."""
    return {name: _value(value) for name, value in asdict(record).items()}


def _value(value: Any) -> Any:  # noqa: ANN401  (whatever a record's field holds)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _value(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_value(inner) for inner in value]
    return value


def dump(value: Iterable[DataclassInstance | dict[str, Any]] | dict[str, Any]) -> str:
    """One JSON document: an object, or an array of records and objects."""
    told = value if isinstance(value, dict) else [each if isinstance(each, dict) else plain(each) for each in value]
    return json.dumps(told, ensure_ascii=False, indent=2)
