"""Comma-separated values as Excel opens them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from api.exports.columns import COLUMNS, Kind, value_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# What spreadsheets take for the start of a formula (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(records: Sequence[DataclassInstance], kind: Kind) -> bytes:
    """Records as CSV under the public names, as :func:`rows_to_csv` writes it."""
    names = [column.name for column in COLUMNS[kind]]
    return rows_to_csv(names, ([value_of(record, name) for name in names] for record in records))


def rows_to_csv(names: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as CSV (RFC 4180): UTF-8 with a mark by which Excel knows it, dates in ISO form.

    Text that a spreadsheet would run as a formula has an apostrophe before it.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(names)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
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
