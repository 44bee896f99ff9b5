"""Tools that study plans: precedents of a draft, two plans compared, summaries."""

from __future__ import annotations

import os
from typing import Annotated

from pydantic import BaseModel, Field

from api.answers.choosing import Length
from api.answers.comparing import Status, counts
from api.answers.comparing import compare as align
from api.answers.documents import DocumentCard, known_cards
from api.answers.precedents import TaskPrecedent, find_precedents
from api.answers.summarizing import Summary, SummarySentence, check_length
from api.answers.summarizing_archive import summarize_documents, summarize_query, summarize_years
from api.answers.writing import CitedPassage, Writer, Written, require_writer
from api.answers.writing_archive import write_summary
from api.drafts.reading import read_draft
from api.exports.links import Links
from api.mcp.asking import Door, Limit, Narrowing, Offset
from api.mcp.cited import Goal, Source, Task, cite, fitting, goal_of, link_to, next_offset, task_of
from api.model_endpoint import writer_of
from corpus.errors import QueryError

LONGEST_DRAFT = 200_000
MOST_WORDS = 1_000


class Earlier(BaseModel):
    """An earlier task beside one of the draft."""

    score: float
    year: int | None
    task: Task


class DraftTask(BaseModel):
    """A task of the draft with what earlier plans did."""

    task: str
    section: str
    lead: list[str]
    status: str = Field(description="new: cơ quan này chưa từng làm · new where the authority never had it.")
    changed: list[str] = Field(description="Khác lần trước ở đâu · In what it differs from the last time.")
    earlier: list[Earlier] = Field(description="Của chính cơ quan ấy, năm trước · The same authority's, before.")
    others: list[Earlier] = Field(description="Của tỉnh, cơ quan khác · Other provinces' and agencies'.")


class DraftGoal(BaseModel):
    """A goal of the draft with what earlier plans set."""

    indicator: str
    comparator: str
    value: float
    unit: str | None
    status: str
    change: float | None = Field(description="So với lần trước · Less that of the last time.")
    lowest: float | None = Field(description="Nơi khác đặt thấp nhất · The least that others set.")
    highest: float | None
    outside: str | None = Field(description="Ngoài khoảng nơi khác đặt · Where it lies beyond those.")
    earlier: list[Goal]
    others: list[Goal]


class FoundPrecedents(BaseModel):
    """A draft beside earlier plans."""

    read_as: str = Field(description="tasks, hoặc paragraphs khi không thấy nhiệm vụ · or paragraphs without a task.")
    goals: list[DraftGoal] = Field(description="Ở trang đầu · On the first page.")
    tasks: list[DraftTask]
    missing: list[Task] = Field(description="Kế hoạch trước có mà dự thảo không · What the last plan had besides.")
    next_offset: int | None
    notice: str


class ChangedTask(BaseModel):
    """What became of a task."""

    status: Status
    differs: list[str]
    before: Task | None
    after: Task | None


class ChangedGoal(BaseModel):
    """What became of a goal."""

    status: Status
    change: float | None = Field(description="Số sau trừ số trước · The later value less the earlier.")
    before: Goal | None
    after: Goal | None


class Compared(BaseModel):
    """Two documents compared."""

    first: Source
    second: Source
    task_counts: dict[Status, int]
    goal_counts: dict[Status, int]
    goals: list[ChangedGoal] = Field(description="Ở trang đầu · On the first page.")
    tasks: list[ChangedTask]
    next_offset: int | None
    notice: str


class Sentence(BaseModel):
    """A sentence in the source's own characters."""

    text: str
    role: str
    change: str | None
    source: Source


class WrittenSentence(BaseModel):
    """A sentence that a model wrote, borne out by its sources."""

    text: str
    sources: list[Source]


class Summarized(BaseModel):
    """Sentences of the documents themselves."""

    about: str
    sentences: list[Sentence]
    words: int
    documents: int
    written: list[WrittenSentence] = Field(description="Câu do mô hình viết, đã kiểm · A model's, checked.")
    trouble: str | None = Field(description="Vì sao không có bản viết · Why nothing is written.")
    notice: str


def precedents(
    door: Door,
    narrowing: Narrowing,
    text: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_DRAFT, description="Dự thảo hay một đoạn · A draft, or a paragraph."),
    ],
    most: Annotated[int, Field(ge=1, le=5, description="Mỗi việc mấy tiền lệ · Precedents of each kind.")] = 2,
    limit: Limit = 20,
    offset: Offset = 0,
) -> FoundPrecedents:
    """Mỗi việc trong dự thảo: năm trước, nơi khác làm gì, gì mới, gì thiếu · What earlier plans did for a draft."""
    service, links = door.service, door.links
    draft = read_draft(text.encode(), ".txt", service.archive.places)
    found = find_precedents(service.archive, service.encoder, draft, narrowing.filters(service), most=most)
    tasks = fitting(
        DraftTask(
            task=each.task,
            section=each.section,
            lead=list(each.lead),
            status=each.status,
            changed=list(each.changed),
            earlier=[_earlier(one, links) for one in each.earlier],
            others=[_earlier(one, links) for one in each.others],
        )
        for each in found.tasks[offset : offset + limit]
    )
    goals = fitting(
        DraftGoal(
            indicator=each.indicator,
            comparator=each.comparator,
            value=each.value,
            unit=each.unit,
            status=each.status,
            change=each.change,
            lowest=each.lowest,
            highest=each.highest,
            outside=each.outside,
            earlier=[goal_of(one.record, links) for one in each.earlier],
            others=[goal_of(one.record, links) for one in each.others],
        )
        for each in ([] if offset else found.targets)
    )
    return FoundPrecedents(
        read_as=found.read_as,
        goals=goals,
        tasks=tasks,
        missing=[] if offset else fitting(task_of(row, links) for row in found.missing[:limit]),
        next_offset=next_offset(offset, tasks, len(found.tasks)),
        notice=service.facts().notice,
    )


def compare(
    door: Door,
    first: Annotated[str, Field(description="Mã, số hiệu hay tên tệp văn bản trước · The earlier document.")],
    second: Annotated[str, Field(description="Văn bản sau · The later document.")],
    limit: Limit = 20,
    offset: Offset = 0,
) -> Compared:
    """So hai kế hoạch: việc, chỉ tiêu nào giữ, đổi, chuyển, mới, bỏ · Two plans: kept, changed, moved, new, dropped."""
    service, links = door.service, door.links
    found = align(service.archive, service.encoder, first, second)
    tasks = fitting(
        ChangedTask(
            status=each.status,
            differs=list(each.differs),
            before=task_of(each.first, links) if each.first else None,
            after=task_of(each.second, links) if each.second else None,
        )
        for each in found.tasks[offset : offset + limit]
    )
    goals = fitting(
        ChangedGoal(
            status=each.status,
            change=each.change,
            before=goal_of(each.first, links) if each.first else None,
            after=goal_of(each.second, links) if each.second else None,
        )
        for each in ([] if offset else found.goals)
    )
    return Compared(
        first=_whole(found.first, links),
        second=_whole(found.second, links),
        task_counts=counts(found.tasks),
        goal_counts=counts(found.goals),
        goals=goals,
        tasks=tasks,
        next_offset=next_offset(offset, tasks, len(found.tasks)),
        notice=service.facts().notice,
    )


def summarize(
    door: Door,
    narrowing: Narrowing,
    query: Annotated[
        str | None, Field(description="Chủ đề; bỏ trống thì tóm tắt các văn bản ở `document` · A topic, or documents.")
    ] = None,
    by_year: Annotated[bool, Field(description="Theo từng năm, gì mới, gì đổi · Year by year, what changed.")] = False,
    words: Annotated[int, Field(ge=1, le=MOST_WORDS, description="Chừng bao nhiêu tiếng · About how long.")] = 200,
    written: Annotated[
        bool, Field(description="Thêm bản do mô hình đã cài viết lại · Add what the model set up here writes.")
    ] = False,
) -> Summarized:
    """Tóm tắt bằng chính câu trong văn bản, kèm nguồn từng câu · A summary in the documents' own sentences, cited."""
    service = door.service
    writer = require_writer(writer_of(os.environ)) if written else None
    length = check_length(words, None)
    found = _summary(door, narrowing, query, length, by_year=by_year)
    rewritten = _written(door, narrowing, writer, query, length, by_year=by_year) if writer else None
    stand = rewritten.sentences if rewritten else ()
    trouble = rewritten.trouble if rewritten else None
    documents = {each.document for each in found.sentences} | {of.document for each in stand for of in each.citations}
    with service.archive.reading() as connection:
        cards = known_cards(service.archive, connection, documents)
    return Summarized(
        about=found.about,
        sentences=fitting(_sentence(each, cards[each.document], door.links) for each in found.sentences),
        words=found.words,
        documents=found.documents,
        written=fitting(
            WrittenSentence(
                text=each.text, sources=[_placed(of, cards[of.document], door.links) for of in each.citations]
            )
            for each in stand
        ),
        trouble=f"{trouble.vi} · {trouble.en}" if trouble else None,
        notice=service.facts().notice,
    )


def _written(
    door: Door, narrowing: Narrowing, writer: Writer, query: str | None, length: Length, *, by_year: bool
) -> Written:
    service = door.service
    filters, references = narrowing.filters(service), narrowing.document or ()
    if query is not None:
        references = ()  # with a question, documents are a filter
    return write_summary(
        service.archive, service.encoder, writer, filters, length, references=references, query=query, years=by_year
    )


def _summary(door: Door, narrowing: Narrowing, query: str | None, length: Length, *, by_year: bool) -> Summary:
    service = door.service
    if query is not None:
        make = summarize_years if by_year else summarize_query
        return make(service.archive, service.encoder, query, narrowing.filters(service), length)
    if not narrowing.document:
        raise QueryError(
            "summary-of-nothing",
            "Chưa rõ tóm tắt gì. Cho biết `query` (chủ đề) hoặc `document` (mã, số hiệu văn bản).",
            "It is not clear what to summarize. Give `query` (a topic) or `document` (ids or numbers of documents).",
        )
    return summarize_documents(service.archive, service.encoder, narrowing.document, length)


def _earlier(found: TaskPrecedent, links: Links | None) -> Earlier:
    return Earlier(score=found.score, year=found.year, task=task_of(found.record, links))


def _whole(card: DocumentCard, links: Links | None) -> Source:
    return Source(
        cite=cite(card.type, card.number, card.issued_on, card.title),
        document=card.id,
        number=card.number,
        title=card.title,
        link=link_to(links, card.id, card.source),
    )


def _sentence(found: SummarySentence, card: DocumentCard, links: Links | None) -> Sentence:
    return Sentence(text=found.text, role=found.role, change=found.change, source=_placed(found, card, links))


def _placed(place: SummarySentence | CitedPassage, card: DocumentCard, links: Links | None) -> Source:
    return Source(
        cite=cite(card.type, card.number, card.issued_on, card.title, place.section, place.page),
        document=card.id,
        number=card.number,
        title=card.title,
        section=place.section,
        page=place.page,
        start=place.start,
        end=place.end,
        link=link_to(links, card.id, card.source),
    )
