"""PDFs that the tests draw: pages of lines, and the annex of the table truth, ruled, unruled and turned."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FONTS = ("DejaVuSans.ttf", "LiberationSerif-Regular.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf")
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:/Windows/Fonts")


@cache
def font() -> str:
    """The name of a registered font that has Vietnamese; the test is skipped where the system has none."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name in FONTS:
        path = next((found for folder in FOLDERS for found in Path(folder).rglob(name)), None)
        if path is not None:
            pdfmetrics.registerFont(TTFont("Viet", str(path)))
            return "Viet"
    pytest.skip("no font with Vietnamese letters: apt-get install fonts-dejavu-core")


def annex_pdf(
    annex: dict[str, Any],
    *,
    ruled: bool = True,
    landscape: bool = False,
    turned: bool = False,
    repeat: bool = True,
    valign: str = "TOP",
    size: float = 9,
    foot: str = "",
) -> bytes:
    """The annex as a table over as many pages as it needs.

    ``turned``: the landscape page is stored upright with a rotation, as printers' programs do; ``repeat``: whether its
    heads come again on every page; ``foot``: a text at the foot of every page, its number after it.
    """
    from reportlab.lib import colors
    from reportlab.lib.enums import TA_CENTER
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.pagesizes import landscape as wide
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    style = ParagraphStyle("cell", fontName=font(), fontSize=size, leading=size * 1.2)
    centred = ParagraphStyle("head", parent=style, alignment=TA_CENTER)
    width = (A4[1] if landscape else A4[0]) - 100
    parts = [0.06, 0.34, 0.16, 0.16, 0.12, 0.16]
    data = [[Paragraph(head, centred) for head in annex["heads"]]]
    spans: list[tuple[Any, ...]] = []
    for row in annex["rows"]:
        at = len(data)
        if "group" in row:
            number, title = row["group"]
            data.append([Paragraph(number, style), Paragraph(title, style), "", "", "", ""])
            spans.append(("SPAN", (1, at), (5, at)))
        else:
            data.append([[Paragraph(part, style) for part in cell.split("\n")] for cell in row["cells"]])
    for merged in annex["merged"]:
        first = merged["row"] + 1
        spans.append(("SPAN", (merged["column"], first), (merged["column"], first + merged["rows"] - 1)))
        for row in range(first + 1, first + merged["rows"]):
            data[row][merged["column"]] = ""
    grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)] if ruled else []
    if not ruled:  # a table without rules has no cell over several rows: the text stands in each
        spans = [span for span in spans if span[1][1] == span[2][1]]
        for merged in annex["merged"]:
            for row in range(merged["row"] + 1, merged["row"] + 1 + merged["rows"]):
                text = annex["rows"][row - 1]["cells"][merged["column"]]
                data[row][merged["column"]] = [Paragraph(text, style)]
    table = Table(
        data,
        colWidths=[width * part for part in parts],
        repeatRows=1 if repeat else 0,
        style=[*grid, *spans, ("VALIGN", (0, 0), (-1, -1), valign)],
    )

    def decorate(canvas: Any, _: Any) -> None:
        if foot:
            canvas.setFont(font(), 8)
            canvas.drawString(50, 25, f"{foot} {canvas.getPageNumber()}")

    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=wide(A4) if landscape else A4, leftMargin=50, rightMargin=50, topMargin=50, bottomMargin=60
    )
    title = Paragraph(annex["title"], ParagraphStyle("title", parent=centred, fontSize=12, leading=15, spaceAfter=8))
    after = Paragraph("Trên đây là danh mục nhiệm vụ; các cơ quan báo cáo trước ngày 15 hằng tháng.", style)
    document.build([title, table, after], onFirstPage=decorate, onLaterPages=decorate)
    return _turned(out.getvalue()) if turned else out.getvalue()


def _turned(data: bytes) -> bytes:
    """Landscape pages stored as portrait ones that a viewer turns by 90 degrees."""
    import pypdf

    writer = pypdf.PdfWriter()
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        width, height = page.mediabox.width, page.mediabox.height
        sheet = writer.add_blank_page(height, width)
        sheet.merge_transformed_page(page, pypdf.Transformation().rotate(90).translate(float(height), 0))
        sheet.rotate(90)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
