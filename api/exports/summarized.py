"""Summaries as a table, and as a Word document in which every sentence leads to its source."""

from __future__ import annotations

from collections.abc import Sequence

from api.answers.checking import FaultKind
from api.answers.summarizing import Change, Summary, SummarySentence
from api.answers.summary_pieces import Role
from api.answers.writing import CitedPassage, Written
from api.exports.cells import Linked, Value
from api.exports.links import Links
from api.exports.sheets import Sheet
from api.exports.word import Heading, Paragraph, Part, Run, word
from api.exports.wording import Said, saying
from corpus.errors import Language

CHANGES: dict[Change, Said] = {
    "new": {"vi": "mới", "en": "new"},
    "changed": {"vi": "thay đổi", "en": "changed"},
    "kept": {"vi": "giữ nguyên", "en": "kept"},
}
"""What a sentence is beside what earlier years said."""

ROLES: dict[Role, Said] = {
    "purpose": {"vi": "mục đích", "en": "purpose"},
    "goal": {"vi": "chỉ tiêu", "en": "goal"},
    "task": {"vi": "nhiệm vụ", "en": "task"},
    "deadline": {"vi": "thời hạn", "en": "deadline"},
    "money": {"vi": "kinh phí", "en": "money"},
    "other": {"vi": "khác", "en": "other"},
}
"""What a sentence is in a plan."""

FAULTS: dict[FaultKind, Said] = {
    "number": {"vi": "số liệu", "en": "number"},
    "date": {"vi": "ngày, năm", "en": "date"},
    "agency": {"vi": "cơ quan", "en": "agency"},
    "name": {"vi": "tên riêng", "en": "name"},
    "quote": {"vi": "lời trích", "en": "quote"},
    "role": {"vi": "vai trò chủ trì", "en": "lead"},
    "citation": {"vi": "dẫn nguồn", "en": "citation"},
}
"""What is wrong with a sentence that a model wrote."""


def of_summary(found: Summary, links: Links, language: Language, written: Written | None = None) -> list[Sheet]:
    """The sentences, a row each with its source; then those that a model wrote, where it did."""
    say = saying(language)
    heads = [
        (say("Câu", "Sentence"), 90),
        (say("Là gì", "Role"), 12),
        (say("So với năm trước", "Change"), 14),
        (say("Năm", "Year"), 8),
        (say("Tỉnh, thành phố", "Province"), 18),
        (say("Nguồn", "Source"), 30),
    ]
    rows: list[Sequence[Value]] = [
        (
            _line(each.text),
            ROLES[each.role][language],
            CHANGES[each.change][language] if each.change else None,
            str(each.year) if each.year else None,
            each.province,
            _linked(each, links, language),
        )
        for each in found.sentences
    ]
    sheets = [Sheet(say("Tóm tắt", "Summary"), heads, rows)]
    if written:
        told: list[Sequence[Value]] = [
            (each.text, "; ".join(cited(place, language) for place in each.citations)) for each in written.sentences
        ]
        sheets.append(Sheet(say("Mô hình viết", "Written"), [heads[0], (say("Nguồn", "Sources"), 50)], told))
    return sheets


def summary_word(
    found: Summary, links: Links, language: Language, notice: str, written: Written | None = None
) -> bytes:
    """A Word document: a sentence a paragraph with its source behind it; what a model wrote stands apart."""
    title = "Tóm tắt" if language == "vi" else "Summary"
    parts: list[Part] = [Paragraph(found.about)] if found.about else []
    year: int | None = None
    by_year = any(each.change for each in found.sentences)
    for each in found.sentences:
        if by_year and each.year != year:
            year = each.year
            parts.append(Heading(str(year or "–"), 2))
        told = f"{CHANGES[each.change][language]}: " if each.change else ""
        source = Run(f" ({cited(each, language)})", link=links.to(each))
        parts.append(Paragraph([Run(told, italic=True), Run(_line(each.text)), source], bullet=True))
    if written:
        name = "Bản do mô hình viết" if language == "vi" else "Written by a model"
        parts.append(Heading(f"{name} ({written.model})", 1))
        if written.trouble:
            parts.append(Paragraph(written.trouble.vi if language == "vi" else written.trouble.en))
        for line in written.sentences:
            places = "; ".join(cited(place, language) for place in line.citations)
            parts.append(Paragraph([Run(line.text), Run(f" ({places})")], bullet=True))
    return word(title, notice, parts)


def cited(place: SummarySentence | CitedPassage, language: Language) -> str:
    """Where a sentence stands, in a few words: "12/KH-UBND, II.1, tr. 3"."""
    page = f"{'tr.' if language == 'vi' else 'p.'} {place.page}" if place.page else ""
    return ", ".join(filter(None, (place.number or place.document, place.section, page)))


def _linked(sentence: SummarySentence, links: Links, language: Language) -> Value:
    told, link = cited(sentence, language), links.to(sentence)
    return Linked(told, link) if link else told


def _line(text: str) -> str:
    return " ".join(text.split())
