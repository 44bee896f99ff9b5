"""Which tasks say the same: every task of an archive as a vector and as words, and how near two of them are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from api.answers.assignments import AssignmentRow, list_assignments
from api.answers.filters import Filters, among
from api.answers.memory import remembered
from corpus.encoder.contract import Encoder, Vectors
from corpus.language.normalise import normalise
from corpus.language.segment import segment
from corpus.store import schema
from corpus.store.archive import Archive

MOST_HELD = 20_000
"""Tasks whose vectors are kept (segmenting and encoding 1,809 real tasks takes 1.8 s on one core)."""

MEANING = 0.7
"""Share of the vectors' cosine in a score; the rest is the words that two tasks share."""

MEANING_OF_BARE = 0.35
"""The same where neither says what it is about: their vectors are mostly those of their documents' titles."""

_CHOICES = 4  # of filters whose tasks are kept
_FEW = 3  # words of its own below which a task does not say what it is about

_NUMBER = re.compile(r"\d[\d.,/]*")
_WORD = re.compile(r"[^\W\d]\w*")


def words_of(segmented: str) -> frozenset[str]:
    """The words of a segmented text in small letters, without numbers."""
    return frozenset(_WORD.findall(segmented.lower()))


FORMULAS = words_of(
    """
    và của các những cho với để theo về tại từ đến trong trên là được có khi này đó nêu tại_đây năm quý tháng ngày
    trước sau định_kỳ hằng hàng thường_xuyên chủ_trì phối_hợp tổ_chức triển_khai thực_hiện hướng_dẫn theo_dõi đôn_đốc
    kiểm_tra giám_sát tổng_hợp báo_cáo tham_mưu trình xây_dựng ban_hành kế_hoạch quyết_định nghị_quyết chỉ_thị
    chương_trình quy_định quy_chế nội_dung nhiệm_vụ công_việc công_tác tình_hình kết_quả chung cơ_quan đơn_vị địa_phương
    liên_quan ủy_ban nhân_dân ubnd tỉnh thành_phố hđnd hội_đồng chủ_tịch sở ban ngành chịu_trách_nhiệm trách_nhiệm
    """
)
"""Words with which any plan gives any task. One that has few others is read with its document's title, since
"báo cáo Ủy ban nhân dân tỉnh" alone is a different task in every plan. Source: the commonest words of the tasks in 125
real plans."""


class Said(Protocol):
    """What a task or draft says of itself."""

    @property
    def task(self) -> str:
        """What is to be done."""
        ...

    @property
    def due_text(self) -> str | None:
        """By when, as written."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """Tasks as they are compared: unit vectors, shape (tasks, dimensions), and each one's words.

    ``vectors``: of a task that does not say what it is about, with its document's title; ``alone``: without.
    """

    vectors: Vectors
    alone: Vectors
    words: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Tasks:
    """Tasks of an archive as they are compared; ``years``: the first and last that each one's document plans for."""

    rows: tuple[AssignmentRow, ...]
    reading: Reading
    years: tuple[tuple[int, int] | None, ...]


def read_tasks(encoder: Encoder, tasks: Sequence[Said], titles: Sequence[str | None]) -> Reading:
    """Tasks without their deadlines, as vectors and words; ``titles``: each one's document's."""
    bare = [_without(task.task, task.due_text) for task in tasks]
    segmented = list(map(segment, bare))
    words = [words_of(text) for text in segmented]
    if not segmented:
        nothing = np.zeros((0, encoder.spec.dimensions), np.float32)
        return Reading(nothing, nothing, ())
    plain = segmented if encoder.spec.segmented else bare
    alone = encoder.encode_passages(plain)
    unclear = [at for at, title in enumerate(titles) if title and is_bare(words[at])]
    context = {title: segment(title) if encoder.spec.segmented else title for title in dict.fromkeys(titles) if title}
    vectors = alone.copy()
    if unclear:
        vectors[unclear] = encoder.encode_passages([f"{plain[at]} {context[titles[at] or '']}" for at in unclear])
    return Reading(vectors, alone, tuple(words))


def is_bare(words: frozenset[str]) -> bool:
    """Whether a task's words do not say what it is about."""
    return len(words - FORMULAS) < _FEW


def _without(task: str, due: str | None) -> str:
    """A task without the deadline that stands in it: next year's is another."""
    text, deadline = normalise(task), normalise(due or "")
    rest = text.replace(deadline, " ").strip(" ,;.") if deadline else text
    return rest or text


def tasks_of(archive: Archive, encoder: Encoder, filters: Filters) -> Tasks:
    """The tasks of the documents that pass; those of an archive that has not very many are kept while it stays."""
    if task_count(archive) > MOST_HELD:
        return _made(archive, encoder, filters)
    key = encoder.spec.fingerprint, filters
    return remembered(archive, archive.generation, "tasks", key, lambda: _made(archive, encoder, filters), _CHOICES)


def task_count(archive: Archive) -> int:
    """How many tasks an archive holds."""
    archive.refresh()
    with archive.reading() as connection:
        return connection.execute(select(func.count()).select_from(schema.assignments)).scalar_one()


def years_of(archive: Archive, documents: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The first and last year that documents plan for, else the year of issue; those that have neither are left out."""
    table = schema.documents.c
    with archive.reading() as connection:
        rows = connection.execute(
            select(table.id, table.year_from, table.year_to, table.issued_on).where(table.id.in_(among(documents)))
        ).all()
    found = {}
    for document, first, last, issued in rows:
        year = first or last or (issued.year if issued else None)
        if year:
            found[document] = (year, last or year)
    return found


def scores(one: Reading, at: int, other: Reading, candidates: NDArray[np.intp]) -> NDArray[np.float64]:
    """How near a task is to others, 0 to 1: meaning and shared words."""
    own, theirs = is_bare(one.words[at]), np.asarray([is_bare(other.words[each]) for each in candidates.tolist()], bool)
    # A title read with only one of the two would stand between them.
    cosines = np.where(
        theirs & own, other.vectors[candidates] @ one.vectors[at], other.alone[candidates] @ one.alone[at]
    )
    shared = np.asarray([overlap(one.words[at], other.words[each]) for each in candidates.tolist()])
    meaning = np.where(theirs & own, MEANING_OF_BARE, MEANING)
    return np.asarray(meaning * np.clip(cosines, 0, 1) + (1 - meaning) * shared, np.float64)


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of their words that two texts have in common (Dice), words of their own counting threefold."""
    both = _weight(one & other)
    return 2 * both / total if (total := _weight(one) + _weight(other)) else 0.0


def _weight(words: frozenset[str]) -> int:
    return len(words) + 2 * len(words - FORMULAS)


def numbers_of(task: Said) -> frozenset[str]:
    """The numbers in a task, its deadline left out."""
    return frozenset(number.strip(".,/") for number in _NUMBER.findall(_without(task.task, task.due_text)))


def _made(archive: Archive, encoder: Encoder, filters: Filters) -> Tasks:
    rows, _ = list_assignments(archive, filters)
    years = years_of(archive, list({row.document for row in rows}))
    reading = read_tasks(encoder, rows, [row.title for row in rows])
    return Tasks(tuple(rows), reading, tuple(years.get(row.document) for row in rows))
