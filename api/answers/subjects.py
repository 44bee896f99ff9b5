"""Which plan a report or an article speaks of that cites none: by authority, year and the words of its subject."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, extract, or_, select

from corpus.language.doctypes import ARTICLE
from corpus.language.normalise import fold, normalise
from corpus.store import schema

PLANS = ("Kế hoạch", "Kế hoạch liên tịch", "Chương trình", "Chương trình hành động", "Đề án", "Chỉ thị", "Phương án")
"""Types of documents that others carry out and report on."""

REPORTS = ("Báo cáo", ARTICLE)
"""Types of documents that tell what came of others."""

THRESHOLD = 0.7
"""Least score of a plan that a report is said to speak of."""

IN_TITLE, OFTEN, ONCE = 1.0, 0.8, 0.4
"""What a word of the plan's subject counts: in the report's title, several times in its text, once or twice."""

_SEVERAL = 3
_FEWEST_WORDS = 2
_EARLY = 2  # months in which a document without a year may speak of the year before
_OF_TITLES = (
    "kế_hoạch chương_trình đề_án chỉ_thị phương_án báo_cáo quyết_định nghị_quyết ban_hành triển_khai thực_hiện tổ_chức "
    "tăng_cường tiếp_tục đẩy_mạnh công_tác nhiệm_vụ kết_quả tình_hình về và của trên tại trong cho các năm giai_đoạn "
    "quý tháng đầu cuối tỉnh thành_phố huyện xã sở ủy_ban nhân_dân ubnd địa_bàn nhà_nước theo số ngày đến từ với việc "
    "một_số hoạt_động phục_vụ"
)
_GENERAL = frozenset(_OF_TITLES.split())
"""Words of titles that say nothing of the subject: of the document, of its doing, of its place and time; our list."""

_WORD = re.compile(r"[^\W\d]+(?:_[^\W\d]+)*")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a document is about and when: the words of its title that say so, its years, its issuer."""

    id: str
    words: tuple[str, ...]
    type: str | None
    issuer: str | None
    province: str | None
    issued_on: date | None
    first_year: int | None
    last_year: int | None


def reported(connection: Connection, document_id: str) -> tuple[str, float] | None:
    """The plan that a report or article speaks of, with a score of 0 to 1; None where no plan is near enough.

    A plan of the same authority (of an article: of the same province) and year, not issued later. Of equal scores the
    plan whose subject says more is meant.
    """
    subject = next(_subjects(connection, [document_id], REPORTS), None)
    if subject is None or subject.province is None or subject.first_year is None:
        return None
    documents = schema.documents.c
    title, text = connection.execute(select(documents.title, documents.text).where(documents.id == document_id)).one()
    head, body = _spaced(title or ""), _spaced(text)
    best: tuple[float, int, str] | None = None
    for plan in _subjects(connection, None, PLANS, like=subject):
        if not _may_speak_of(subject, plan):
            continue
        score = (_score(plan.words, head, body), len(plan.words), plan.id)
        best = max(best, score) if best else score
    return (best[2], round(best[0], 2)) if best and best[0] >= THRESHOLD else None


def may_report(connection: Connection, plan_id: str) -> list[str]:
    """Reports and articles of a plan's province and years, any of which may speak of it."""
    plan = next(_subjects(connection, [plan_id], PLANS), None)
    if plan is None or plan.province is None or plan.first_year is None:
        return []
    return [report.id for report in _subjects(connection, None, REPORTS, like=plan) if _may_speak_of(report, plan)]


def _may_speak_of(report: Subject, plan: Subject) -> bool:
    if len(plan.words) < _FEWEST_WORDS or plan.id == report.id:
        return False
    if report.issued_on and plan.issued_on and plan.issued_on > report.issued_on:
        return False
    if report.type != ARTICLE and fold(report.issuer or "") != fold(plan.issuer or ""):
        return False
    if report.first_year is None or report.last_year is None or plan.first_year is None or plan.last_year is None:
        return False
    return report.first_year <= plan.last_year and plan.first_year <= report.last_year


def _subjects(
    connection: Connection, ids: Collection[str] | None, types: Collection[str], like: Subject | None = None
) -> Iterator[Subject]:
    documents = schema.documents.c
    names = ("id", "segmented_title", "title", "type", "issuer", "province", "issued_on", "year_from", "year_to")
    query = select(*(documents[name] for name in names)).where(
        documents.rendition_of.is_(None), documents.type.in_(types), documents.title.is_not(None)
    )
    if ids is not None:
        query = query.where(documents.id.in_(ids))
    if like is not None:
        issued = extract("year", documents.issued_on)
        first, last = (like.first_year or 0) - 1, (like.last_year or 0) + 1
        planned = and_(documents.year_from <= last, documents.year_to >= first)
        query = query.where(documents.province == like.province, or_(planned, issued.between(first, last)))
    for row in connection.execute(query):
        first_year, last_year = _years(row.issued_on, row.year_from, row.year_to)
        words = subject_words(row.segmented_title, row.province)
        yield Subject(row.id, words, row.type, row.issuer, row.province, row.issued_on, first_year, last_year)


def _years(issued_on: date | None, year_from: int | None, year_to: int | None) -> tuple[int | None, int | None]:
    if year_from is not None:
        return year_from, year_to or year_from
    if issued_on is None:
        return None, None
    return issued_on.year - (issued_on.month <= _EARLY), issued_on.year


def subject_words(segmented_title: str, province: str | None) -> tuple[str, ...]:
    """The words of a segmented title that say what it is about, without the province's name."""
    place = _spaced(province or "")
    words = dict.fromkeys(_WORD.findall(normalise(segmented_title).lower()))
    return tuple(
        word.replace("_", " ") for word in words if word not in _GENERAL and f" {word.replace('_', ' ')} " not in place
    )


def _spaced(text: str) -> str:
    return f" {' '.join(_WORD.findall(normalise(text).lower().replace('_', ' ')))} "


def _score(words: Collection[str], head: str, body: str) -> float:
    """How much of a subject a title and text hold; longer words count more."""
    total = held = 0.0
    for word in words:
        weight = 1 + word.count(" ")
        wanted = f" {word} "
        times = body.count(wanted)
        total += weight
        held += weight * (IN_TITLE if wanted in head else OFTEN if times >= _SEVERAL else ONCE if times else 0.0)
    return held / total if total else 0.0
