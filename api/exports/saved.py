"""Collections as Word documents: every passage with its note and a citation that leads to it."""

from __future__ import annotations

from collections.abc import Sequence

from api.exports.links import Links, place_of
from api.exports.word import Heading, Paragraph, Part, Run, word
from api.saved.model import Collection, Item, Quoted
from api.saved.quoting import Standing
from corpus.errors import Language

_NOW: dict[str, dict[Language, str]] = {
    "changed_text": {"vi": "nay viết khác", "en": "says something else today"},
    "replaced": {"vi": "tệp đã được thay", "en": "the file was replaced"},
    "replaced_changed": {
        "vi": "tệp đã được thay, không còn nguyên văn",
        "en": "replaced by a file without these words",
    },
    "gone": {"vi": "không còn trong kho", "en": "no longer in the archive"},
}
_TITLE: dict[Language, str] = {"vi": "Đánh dấu", "en": "Saved"}
_NOTE: dict[Language, str] = {"vi": "Ghi chú: ", "en": "Note: "}


def saved_word(
    kept: Sequence[tuple[Collection, Sequence[Item]]],
    standings: dict[int, Standing],
    links: Links,
    language: Language,
    notice: str,
) -> bytes:
    """A Word document: of each collection its items in their order; a single collection gives the title."""
    single = kept[0][0].name if len(kept) == 1 else ""
    parts: list[Part] = []
    for collection, items in kept:
        if not single:
            parts.append(Heading(collection.name))
        for at, item in enumerate(items, start=1):
            parts += _told(at, item, standings[item.id], links, language)
    return word(single or _TITLE[language], notice, parts)


def _told(at: int, item: Item, standing: Standing, links: Links, language: Language) -> list[Part]:
    quoted = item.quoted
    link = place(standing, links)
    citation = [Run(f"{at}. ", bold=True)]
    if quoted.text:
        citation.append(Run(f"“{quoted.text}”"))
        if quoted.details:
            citation.append(Run(f" ({quoted.details})"))
        parts: list[Part] = [Paragraph(citation)]
        source = [Run("— ")]
    else:
        parts, source = [], citation
    source.append(Run(cited(quoted, language), link=link, italic=True))
    if standing.now in _NOW:
        source.append(Run(f" [{_NOW[standing.now][language]}]"))
    parts.append(Paragraph(source))
    if item.note:
        parts.append(Paragraph([Run(_NOTE[language], bold=True), Run(item.note)]))
    return parts


def place(standing: Standing, links: Links) -> str:
    """The address of where an item stands today; empty where it is gone."""
    if standing.document is None:
        return ""
    return f"{links.address.rstrip('/')}/documents/{standing.document}{place_of(standing.start)}"


def cited(quoted: Quoted, language: Language, *, section: bool = True) -> str:
    """A citation as documents write it: type, number, date, authority, what it is about; section and page.

    "Kế hoạch số 06/KH-UBND ngày 18/01/2016 của Ủy ban nhân dân tỉnh … về …, mục I.1.b, trang 1" (the order of Decree
    30/2020/NĐ-CP, annex I, on legal bases).
    """
    vi = language == "vi"
    name = quoted.type or ("Văn bản" if vi else "Document")
    if quoted.number:
        name += f" số {quoted.number}" if vi else f" No. {quoted.number}"
    parts = [name]
    if quoted.issued_on:
        day = quoted.issued_on
        parts.append(f"ngày {day:%d/%m/%Y}" if vi else f"of {day.day} {day:%B} {day.year}")
    if quoted.issuer:
        parts.append(f"của {quoted.issuer}" if vi else f"by {quoted.issuer}")
    told = " ".join(parts)
    if quoted.title:
        told += f" “{' '.join(quoted.title.split())}”"
    if not (quoted.number or quoted.title):
        told += f" ({quoted.source.replace(chr(92), '/').rsplit('/', 1)[-1]})"
    if section and quoted.section:
        told += f", mục {quoted.section}" if vi else f", section {quoted.section}"
    if section and quoted.page is not None:
        told += f", trang {quoted.page}" if vi else f", page {quoted.page}"
    return told
