"""What a search found as files: a table of passages with their places, and a Word document of quoted passages."""

from __future__ import annotations

from collections.abc import Sequence

from api.answers.search import Group, Hit
from api.exports.cells import Linked, Value
from api.exports.csv import rows_to_csv
from api.exports.links import Links, place_of
from api.exports.saved import cited
from api.exports.sheets import Sheet, sheets_to_xlsx
from api.exports.word import Heading, Paragraph, Part, Run, word
from api.saved.model import Quoted
from corpus.errors import Language

_HEADS = (
    ("text", "Đoạn", "Passage", 80),
    ("number", "Số hiệu", "Number", 18),
    ("type", "Loại văn bản", "Type", 14),
    ("title", "Tên văn bản", "Title", 40),
    ("issuer", "Cơ quan ban hành", "Issuer", 26),
    ("province", "Tỉnh, thành phố", "Province", 16),
    ("issued_on", "Ngày ban hành", "Issued on", 12),
    ("section", "Điều khoản", "Section", 11),
    ("page", "Trang", "Page", 7),
    ("score", "Điểm", "Score", 8),
    ("document", "Mã văn bản", "Document id", 15),
    ("start", "Từ ký tự", "Start", 9),
    ("end", "Đến ký tự", "End", 9),
    ("source", "Tệp", "File", 30),
)
"""Public name, head in Vietnamese and English, width in characters."""


def found_csv(groups: Sequence[Group]) -> bytes:
    """The passages of groups, a row each, under their public names."""
    return rows_to_csv([name for name, *_ in _HEADS], [_values(group, hit) for group in groups for hit in group.hits])


def found_xlsx(question: str, groups: Sequence[Group], links: Links, language: Language, notice: str) -> bytes:
    """A workbook of one sheet, a passage a row; its document's number leads to it."""
    rows = []
    for group in groups:
        for hit in group.hits:
            values = _values(group, hit)
            values[1] = Linked(str(values[1] or "→"), address(hit, links))
            rows.append(values)
    heads = [(vi if language == "vi" else en, width) for _, vi, en, width in _HEADS]
    return sheets_to_xlsx(question, notice, [Sheet("Tìm kiếm" if language == "vi" else "Search", heads, rows)])


def found_word(question: str, groups: Sequence[Group], links: Links, language: Language, notice: str) -> bytes:
    """A Word document: the passages of each document quoted, each with a citation that leads to it."""
    parts: list[Part] = []
    for group in groups:
        card = group.document
        parts.append(Heading(" ".join((card.title or card.number or card.id).split())))
        for hit in group.hits:
            parts += [
                Paragraph(f"“{hit.text.strip()}”"),
                Paragraph([Run("— "), Run(citation(group, hit, language), link=address(hit, links), italic=True)]),
            ]
    return word(question, notice, parts)


def citation(group: Group, hit: Hit, language: Language) -> str:
    """How a passage is cited."""
    card = group.document
    facts = (card.number, card.type, card.title, card.issuer, card.issued_on)
    span = (hit.start, hit.end)
    quoted = Quoted(
        "passage", hit.document, hit.start, *facts, hit.section, hit.page, hit.text, "", *span, hit.text, card.source
    )
    return cited(quoted, language)


def address(hit: Hit, links: Links) -> str:
    """Where a passage is read."""
    return links.to(hit) + place_of(hit.start)


def _values(group: Group, hit: Hit) -> list[Value]:
    card = group.document
    own = [card.number, card.type, card.title, card.issuer, card.province, card.issued_on]
    return [hit.text, *own, hit.section, hit.page, hit.score, hit.document, hit.start, hit.end, card.source]
