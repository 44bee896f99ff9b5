"""Comma-separated values as Excel opens them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from api.exports.columns import COLUMNS, Kind, Value, value_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# What spreadsheets take for the start of a formula (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(records: Sequence[DataclassInstance], kind: Kind) -> bytes:
    """Records as CSV (RFC 4180) under the public names: UTF-8 with a mark by which Excel knows it, dates in ISO form.

    Text that a spreadsheet would run as a formula has an apostrophe before it.
    """
    columns = COLUMNS[kind]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([column.name for column in columns])
    writer.writerows([_cell(value_of(record, column.name)) for column in columns] for record in records)
    return file.getvalue().encode("utf-8-sig")


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.15g}"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
