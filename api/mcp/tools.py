"""Tools that look things up: passages, documents, records, agencies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import Field

from api.answers.agencies import show_agency
from api.answers.assignments import list_assignments
from api.answers.citations import list_citations
from api.answers.documents import FullDocument, show_document
from api.answers.search import search as find
from api.answers.targets import list_targets
from api.mcp.asking import About, Door, Limit, Narrowing, Offset
from api.mcp.cited import (
    Citations,
    Goals,
    Searched,
    Shown,
    ShownAgency,
    Tasks,
    cited_of,
    fitting,
    goal_of,
    next_offset,
    passage_of,
    shown_of,
    task_of,
)
from corpus.errors import QueryError

Row = TypeVar("Row")


def search(
    door: Door,
    narrowing: Narrowing,
    query: Annotated[str, Field(description="Câu hỏi, như hỏi một đồng nghiệp · As one would ask a colleague.")],
    limit: Limit = 10,
    offset: Offset = 0,
) -> Searched:
    """Tìm những đoạn văn bản trả lời câu hỏi, kèm nguồn · Find the passages that answer a question, with sources."""
    service = door.service
    found = find(service.archive, service.encoder, query, narrowing.filters(service), limit=limit, offset=offset)
    cards = {group.document.id: group.document for group in found.groups}
    hits = fitting(passage_of(hit, cards[hit.document], door.links) for hit in found.hits)
    more = found.more or len(hits) < len(found.hits)
    return Searched(
        query=query,
        restored=found.question.restored,
        correction=found.correction,
        hits=hits,
        next_offset=offset + len(hits) if more else None,
        notice=service.facts().notice,
    )


def show(
    door: Door,
    id: Annotated[  # noqa: A002  (the name that the other doors give it)
        str, Field(description="Mã, số hiệu hay tên tệp của văn bản · A document's id, number or file name.")
    ],
    section: Annotated[str, Field(description="Chỉ mục này, như II.1.a · Only this section.")] = "",
    start: Annotated[int | None, Field(ge=0, description="Đọc từ ký tự này · Read from this offset.")] = None,
) -> Shown:
    """Một văn bản: thông tin, dàn ý, quan hệ và nguyên văn từng phần · A document: facts, outline, relations, text."""
    found = show_document(door.service.archive, id)
    first, last = _span(found, section) if section else (0, len(found.text))
    return shown_of(found, min(max(first, start or 0), last), last, door.service.facts().notice, door.links, section)


def _span(found: FullDocument, section: str) -> tuple[int, int]:
    """The span of a section's whole branch; QueryError where the outline has none of that path."""
    for provision in found.provisions:
        if provision.path == section.strip():
            return provision.start, provision.end
    known = ", ".join(dict.fromkeys(provision.path for provision in found.provisions[:30] if provision.path)) or "–"
    raise QueryError(
        "section-unknown",
        f"Văn bản không có mục “{section[:40]}”. Các mục đầu: {known}.",
        f"The document has no section “{section[:40]}”. Its first ones: {known}.",
    )


def assignments(door: Door, narrowing: Narrowing, query: About = None, limit: Limit = 20, offset: Offset = 0) -> Tasks:
    """Nhiệm vụ được giao: việc gì, ai chủ trì, ai phối hợp, hạn, sản phẩm · Who was told to do what, by when."""
    rows, total = _records(list_assignments, door, narrowing, query, limit, offset)
    kept = fitting(task_of(row, door.links) for row in rows)
    following, notice = next_offset(offset, kept, total), door.service.facts().notice
    return Tasks(total=total, assignments=kept, next_offset=following, notice=notice)


def targets(door: Door, narrowing: Narrowing, query: About = None, limit: Limit = 20, offset: Offset = 0) -> Goals:
    """Chỉ tiêu bằng số: chỉ số nào, bao nhiêu, đến bao giờ · Goals in numbers: what, how much, by when."""
    rows, total = _records(list_targets, door, narrowing, query, limit, offset)
    kept = fitting(goal_of(row, door.links) for row in rows)
    following, notice = next_offset(offset, kept, total), door.service.facts().notice
    return Goals(total=total, targets=kept, next_offset=following, notice=notice)


def _records(
    find: Callable[..., tuple[list[Row], int]],
    door: Door,
    narrowing: Narrowing,
    query: str | None,
    limit: int,
    offset: int,
) -> tuple[list[Row], int]:
    """The records of one kind that a question and filters mean, and how many there are in all."""
    service = door.service
    encoder = None if query is None else service.encoder
    return find(service.archive, narrowing.filters(service), query=query, encoder=encoder, limit=limit, offset=offset)


def citations(
    door: Door,
    narrowing: Narrowing,
    query: Annotated[
        str | None,
        Field(description="Số hiệu, hoặc từ trong tên, loại, cơ quan · A number, or words of what is cited."),
    ] = None,
    limit: Limit = 20,
    offset: Offset = 0,
) -> Citations:
    """Văn bản nào viện dẫn văn bản nào: căn cứ, thực hiện, thay thế… · Which document cites which, and how."""
    service = door.service
    rows, total = list_citations(service.archive, narrowing.filters(service), query=query, limit=limit, offset=offset)
    kept = fitting(cited_of(row, door.links) for row in rows)
    return Citations(
        total=total, citations=kept, next_offset=next_offset(offset, kept, total), notice=service.facts().notice
    )


def agency(
    door: Door, name: Annotated[str, Field(description="Tên bất kỳ của cơ quan · Any name of the agency.")]
) -> ShownAgency:
    """Một cơ quan: tên gọi, thời gian, cơ quan trước và sau nó, nay là ai · An agency: predecessors and successors."""
    return ShownAgency(agency=show_agency(door.service.archive, name), notice=door.service.facts().notice)
