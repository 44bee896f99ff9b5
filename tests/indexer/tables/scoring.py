"""How far a table was read right: F1 over cells, each a row, a column head and a text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from corpus.model import SourceText, Table
from indexer.structure.tables import rows_of

TRUTH = Path(__file__).parent / "truth.json"
Cells = Counter[tuple[int, str, str]]


def truth() -> dict[str, Any]:
    """The annex: title, heads, merged cells and rows (its "about" says how to read them)."""
    loaded: dict[str, Any] = json.loads(TRUTH.read_text(encoding="utf-8"))
    return loaded


def _plain(text: str) -> str:
    return " ".join(text.split())


def expected(annex: dict[str, Any]) -> Cells:
    """The filled cells of the annex under their heads, rows counted from 0 without group rows, and each row's group."""
    cells: Cells = Counter()
    number, group = 0, ""
    for row in annex["rows"]:
        if "group" in row:
            group = _plain(" ".join(row["group"]))
            continue
        cells[number, "group", group] += 1
        for head, text in zip(annex["heads"], row["cells"], strict=True):
            if text:
                cells[number, _plain(head), _plain(text)] += 1
        number += 1
    return cells


def found(source: SourceText, tables: Iterable[Table]) -> Cells:
    """The same of what was read; rows are counted on through all the tables."""
    cells: Cells = Counter()
    number = 0
    for table in tables:
        for row in rows_of(source.text, table):
            if row.group:
                cells[number, "group", _plain(" ".join(row.group).replace("|", " "))] += 1
            for head, cell in zip(row.heads, row.cells, strict=True):
                text = _plain(source.text[cell.start : cell.end])
                if text:
                    cells[number, _plain(head), text] += 1
            number += 1
    return cells


def cell_f1(source: SourceText, tables: Iterable[Table]) -> float:
    """Cell F1 of the tables of a source against the annex, 0-1."""
    right, ours = expected(truth()), found(source, tables)
    return 2 * (right & ours).total() / (right.total() + ours.total())
