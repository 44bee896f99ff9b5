"""The annex of the ground truth as files: Word, web page, bars, a cell a line."""

from __future__ import annotations

import io
import textwrap
from html import escape
from typing import Any

import docx


def _covered(annex: dict[str, Any]) -> set[tuple[int, int]]:
    """Places that a merged cell covers below its first row."""
    return {
        (row, cell["column"]) for cell in annex["merged"] for row in range(cell["row"] + 1, cell["row"] + cell["rows"])
    }


def _height(annex: dict[str, Any], row: int, column: int) -> int:
    return next((c["rows"] for c in annex["merged"] if (c["row"], c["column"]) == (row, column)), 1)


def as_word(annex: dict[str, Any]) -> bytes:
    """With heads marked as such by nobody, cells merged down and group titles merged across."""
    document = docx.Document()
    document.add_paragraph(annex["title"])
    table = document.add_table(1 + len(annex["rows"]), len(annex["heads"]), style="Table Grid")
    for cell, head in zip(table.rows[0].cells, annex["heads"], strict=True):
        cell.text = head
    covered = _covered(annex)
    for number, row in enumerate(annex["rows"]):
        cells = table.rows[1 + number].cells
        if "group" in row:
            cells[0].text = row["group"][0]
            cells[1].merge(cells[-1]).text = row["group"][1]
            continue
        for column, text in enumerate(row["cells"]):
            if (number, column) not in covered:
                first, *more = text.split("\n")
                cells[column].text = first
                for paragraph in more:
                    cells[column].add_paragraph(paragraph)
    for cell in annex["merged"]:
        first = table.cell(1 + cell["row"], cell["column"])
        first.merge(table.cell(cell["row"] + cell["rows"], cell["column"]))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_html(annex: dict[str, Any]) -> bytes:
    """As an office program saves a page: no thead, every cell a td of paragraphs."""
    covered = _covered(annex)
    rows = ["".join(f"<td><p><b>{escape(head)}</b></p></td>" for head in annex["heads"])]
    for number, row in enumerate(annex["rows"]):
        if "group" in row:
            rows.append(
                f"<td><p>{row['group'][0]}</p></td>"
                f"<td colspan={len(annex['heads']) - 1}><p>{escape(row['group'][1])}</p></td>"
            )
            continue
        cells = ""
        for column, text in enumerate(row["cells"]):
            if (number, column) not in covered:
                paragraphs = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n"))
                cells += f"<td rowspan={_height(annex, number, column)}>{paragraphs}</td>"
        rows.append(cells)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<html><body><p>{escape(annex['title'])}</p><table border=1>{body}</table></body></html>".encode()


def _cells(annex: dict[str, Any]) -> list[list[str]]:
    """Rows as a page flattened to text has them: a merged cell only where it begins."""
    covered = _covered(annex)
    rows = [list(annex["heads"])]
    for number, row in enumerate(annex["rows"]):
        if "group" in row:
            rows.append(list(row["group"]))
        else:
            rows.append([("" if (number, column) in covered else text) for column, text in enumerate(row["cells"])])
    return rows


def as_bars(annex: dict[str, Any]) -> bytes:
    """A line a row, bars between the cells and at both ends."""
    width = len(annex["heads"])
    lines = [
        "| " + " | ".join(t.replace("\n", " ") for t in [*row, *[""] * (width - len(row))]) + " |"
        for row in _cells(annex)
    ]
    return "\n".join([annex["title"], "", *lines, ""]).encode()


def as_broken_bars(annex: dict[str, Any], width: int = 60) -> bytes:
    """Bars on lines of their own, cells broken over lines."""
    parts = [part for row in _cells(annex) for cell in row for part in (*textwrap.wrap(cell, width), "|")]
    return "\n".join([*textwrap.wrap(annex["title"], width), *parts, ""]).encode()


def as_lines(annex: dict[str, Any], width: int = 60) -> bytes:
    """A cell a paragraph, broken over lines, blank cells and bars gone; the recipients after it."""
    cells = [cell for row in _cells(annex) for cell in row if cell]
    paragraphs = ["\n".join("\n".join(textwrap.wrap(part, width)) for part in cell.split("\n")) for cell in cells]
    return "\n\n".join([annex["title"], *paragraphs, "Nơi nhận:\n- Như trên;\n- Lưu: VT."]).encode()
