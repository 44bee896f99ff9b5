"""Answers for assistants: short, each part with the place that it can be checked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from api.answers.agencies import AgencyCard
from api.answers.assignments import AssignmentRow
from api.answers.citations import CitationRow
from api.answers.documents import DocumentCard, FullDocument
from api.answers.relations import Relation
from api.answers.search import Hit
from api.answers.targets import TargetRow
from api.exports.links import Links

LONGEST_TEXT = 1_500
"""Characters of one passage or task in an answer."""
LONGEST_ANSWER = 30_000
"""Characters of an answer's list as JSON: about 10,000 tokens, so that a conversation has room for several."""
LONGEST_PART = 12_000
"""Characters of a document's text in one answer."""
MOST_HEADINGS = 120
LONGEST_HEADING = 120
MOST_RELATIONS = 30

Part = TypeVar("Part", bound=BaseModel)


class Source(BaseModel):
    """Where something is said."""

    cite: str = Field(description="Nguồn viết sẵn để trích dẫn · The source in words, to be quoted.")
    document: str = Field(description="Mã văn bản, dùng cho `show` · The document's id.")
    number: str | None = Field(description="Số, ký hiệu · The document's number.")
    title: str | None
    section: str = Field(default="", description="Mục trong văn bản, như II.1.a · Path of the section.")
    page: int | None = None
    start: int = Field(default=0, description="Vị trí ký tự đầu trong toàn văn · Offset in the document's text.")
    end: int = Field(default=0, description="Vị trí sau ký tự cuối · End of the span, exclusive.")
    link: str | None = Field(description="Địa chỉ mở được · Where a person can open it.")


class FoundPassage(BaseModel):
    """A passage in the source's own characters."""

    text: str
    shortened: bool = Field(description="Đoạn dài hơn phần đưa ra · Whether the passage goes on.")
    score: float
    also: list[str] = Field(description="Văn bản khác nói gần y như vậy · Other documents that say the same.")
    source: Source


class Searched(BaseModel):
    """Passages that answer a question, best first."""

    query: str
    restored: str | None = Field(description="Câu hỏi sau khi thêm dấu · The question with marks put in.")
    correction: str | None = Field(description="Câu hỏi sau khi sửa lỗi gõ, chưa dùng · Offered, not searched.")
    hits: list[FoundPassage]
    next_offset: int | None = Field(description="Gọi tiếp từ đây; null là hết · Go on from here; null at the end.")
    notice: str = Field(description="Điều kho lưu ý về tài liệu của mình · What the archive says about its documents.")


class Task(BaseModel):
    """An assignment."""

    task: str
    lead: list[str] = Field(description="Cơ quan chủ trì, như văn bản viết · In charge, as written.")
    coordinating: list[str] = Field(description="Cơ quan phối hợp · Takes part.")
    product: str | None
    due_text: str | None
    due_start: date | None
    due_end: date | None
    funding: str | None
    lead_today: list[str] = Field(description="Cơ quan nay đảm nhiệm · Who would lead it today.")
    inherited: bool = Field(description="Việc nhận từ cơ quan cũ · Held only from a predecessor.")
    source: Source


class Tasks(BaseModel):
    """Assignments, the best or the newest document's first."""

    total: int
    assignments: list[Task]
    next_offset: int | None
    notice: str


class Goal(BaseModel):
    """A target in numbers."""

    indicator: str
    comparator: str = Field(description=">=, <=, <, >, = hoặc range · or range (value to value_high).")
    value: float
    value_high: float | None
    unit: str | None
    due_text: str | None
    due_start: date | None
    due_end: date | None
    key: str = Field(description="Giống nhau ở những chỉ tiêu so sánh được · Equal where targets can be compared.")
    source: Source


class Goals(BaseModel):
    """Targets, the best or the newest document's first."""

    total: int
    targets: list[Goal]
    next_offset: int | None
    notice: str


class Cited(BaseModel):
    """A document that another one cites."""

    number: str | None
    type: str | None
    name: str | None
    issuer: str | None
    issued_on: date | None
    kind: str = Field(description="basis, implements, amends, replaces, reports on, cites")
    resolved: str | None = Field(description="Mã văn bản ấy nếu có trong kho · Its id where the archive has it.")
    source: Source


class Citations(BaseModel):
    """What documents cite, the newest document's first."""

    total: int
    citations: list[Cited]
    next_offset: int | None
    notice: str


class Heading(BaseModel):
    """A line of the outline."""

    section: str
    heading: str
    page: int | None
    start: int
    end: int


class Shown(BaseModel):
    """A document's facts, its outline and a part of its text."""

    source: Source
    type: str | None
    issuer: str | None
    province: str | None
    issued_on: date | None
    year_from: int | None
    year_to: int | None
    signer: str | None
    pages: int | None
    assignments: int = Field(description="Số nhiệm vụ đọc được · Assignments found in it.")
    targets: int
    citations: int
    relations: list[Relation]
    outline: list[Heading] = Field(description="Dàn ý từ `source.start` trở đi · From there on.")
    text: str = Field(description="Nguyên văn từ `source.start` đến `source.end` · Verbatim.")
    length: int = Field(description="Độ dài toàn văn, tính bằng ký tự · Characters of the whole text.")
    next_start: int | None = Field(description="Đọc tiếp từ đây; null là hết · Go on from here.")
    notice: str


class ShownAgency(BaseModel):
    """An agency of the register."""

    agency: AgencyCard
    notice: str


@dataclass(frozen=True, slots=True)
class _Place:
    document: str
    passage: int | None
    source: str | None


def cite(
    kind: str | None,
    number: str | None,
    issued_on: date | None,
    title: str | None,
    section: str = "",
    page: int | None = None,
) -> str:
    """A source in words, as Vietnamese documents cite ("Kế hoạch số 12/KH-UBND ngày 15/01/2018, mục I.1, trang 2")."""
    name = (
        f"{kind or 'Văn bản'} số {number}" if number else " ".join(filter(None, (kind, f"“{title}”" if title else "")))
    )
    day = f"{issued_on:%d/%m/%Y}" if issued_on else ""
    where = (f"mục {section}" if section else "", f"trang {page}" if page else "")
    return ", ".join(filter(None, (" ngày ".join(filter(None, (name or "Văn bản", day))), *where)))


def _source_of(row: AssignmentRow | TargetRow | CitationRow, links: Links | None) -> Source:
    of = (
        (row.citing_type, row.citing_number, row.citing_issued_on, row.citing_title)
        if isinstance(row, CitationRow)
        else (row.type, row.number, row.issued_on, row.title)
    )
    return Source(
        cite=cite(*of, row.section, row.page),
        document=row.document,
        number=of[1],
        title=of[3],
        section=row.section,
        page=row.page,
        start=row.start,
        end=row.end,
        link=link_to(links, row.document, row.source, row.passage),
    )


def link_to(links: Links | None, document: str, source: str | None, passage: int | None = None) -> str | None:
    """Where a document, or a passage of it, can be opened; None where no links are given."""
    return links.to(_Place(document, passage, source)) or None if links else None


def passage_of(hit: Hit, card: DocumentCard, links: Links | None) -> FoundPassage:
    """A hit with its source; a long one is shortened, its span with it."""
    text = hit.text[:LONGEST_TEXT]
    return FoundPassage(
        text=text,
        shortened=len(text) < len(hit.text),
        score=hit.score,
        also=[f"{other.number or other.document} ({other.year or '?'})" for other in hit.also[:10]],
        source=Source(
            cite=cite(card.type, hit.number, card.issued_on, hit.title, hit.section, hit.page),
            document=hit.document,
            number=hit.number,
            title=hit.title,
            section=hit.section,
            page=hit.page,
            start=hit.start,
            end=hit.start + len(text),
            link=link_to(links, hit.document, card.source, hit.start),
        ),
    )


def task_of(row: AssignmentRow, links: Links | None) -> Task:
    """An assignment with its source."""
    return Task(**_said(Task, row) | {"task": row.task[:LONGEST_TEXT]}, source=_source_of(row, links))


def goal_of(row: TargetRow, links: Links | None) -> Goal:
    """A target with its source."""
    return Goal(**_said(Goal, row), source=_source_of(row, links))


def cited_of(row: CitationRow, links: Links | None) -> Cited:
    """A citation with the place where it stands."""
    return Cited(**_said(Cited, row), source=_source_of(row, links))


def _said(part: type[BaseModel], row: AssignmentRow | TargetRow | CitationRow) -> dict[str, Any]:
    """What a record says of itself: the fields of a part of an answer, but for its source, have the record's names."""
    return {name: getattr(row, name) for name in part.model_fields if name != "source"}


def shown_of(found: FullDocument, start: int, end: int, notice: str, links: Links | None, section: str = "") -> Shown:
    """A document with the part of its text from ``start`` to ``end``, as much of it as an answer holds."""
    card = found.card
    last = min(end, start + LONGEST_PART, len(found.text))
    page = next((passage.page for passage in reversed(found.passages) if passage.start <= start), None)
    return Shown(
        source=Source(
            cite=cite(card.type, card.number, card.issued_on, card.title, section, page if section else None),
            document=card.id,
            number=card.number,
            title=card.title,
            section=section,
            page=page,
            start=start,
            end=last,
            link=link_to(links, card.id, card.source),
        ),
        type=card.type,
        issuer=card.issuer,
        province=card.province,
        issued_on=card.issued_on,
        year_from=card.year_from,
        year_to=card.year_to,
        signer=card.signer,
        pages=card.pages,
        assignments=found.counts.assignments,
        targets=found.counts.targets,
        citations=found.counts.citations,
        relations=list(found.relations[:MOST_RELATIONS]),
        outline=[
            Heading(
                section=each.path,
                heading=each.heading[:LONGEST_HEADING],
                page=each.page,
                start=each.start,
                end=each.end,
            )
            for each in [each for each in found.provisions if start <= each.start < end][:MOST_HEADINGS]
        ],
        text=found.text[start:last],
        length=len(found.text),
        next_start=last if last < end else None,
        notice=notice,
    )


def fitting(parts: Iterable[Part]) -> list[Part]:
    """As many of the first parts as an answer holds, one at least."""
    kept: list[Part] = []
    length = 0
    for part in parts:
        length += len(part.model_dump_json())
        if kept and length > LONGEST_ANSWER:
            break
        kept.append(part)
    return kept


def next_offset(offset: int, kept: Sequence[BaseModel], total: int) -> int | None:
    """Where a list goes on, None at its end."""
    after = offset + len(kept)
    return after if kept and after < total else None
