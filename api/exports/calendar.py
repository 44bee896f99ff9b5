"""Deadlines as a calendar (RFC 5545) for Outlook, Thunderbird and the like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from api.answers.assignments import AssignmentRow
from api.answers.targets import TargetRow
from api.exports.columns import value_of
from api.exports.links import Links
from api.exports.wording import amount
from corpus.errors import Language

if TYPE_CHECKING:
    from icalendar import Event

_LONGEST_SUMMARY = 120  # characters; what a month's view can show
_LABELS: tuple[tuple[str, str, str], ...] = (
    ("lead", "Chủ trì", "Lead"),
    ("coordinating", "Phối hợp", "Coordinating"),
    ("lead_today", "Chủ trì hiện nay", "Lead today"),
    ("product", "Sản phẩm", "Product"),
    ("due_text", "Thời hạn", "Deadline"),
    ("number", "Văn bản", "Document"),
    ("title", "Tên văn bản", "Title"),
    ("section", "Điều khoản", "Section"),
    ("page", "Trang", "Page"),
)


def to_calendar(
    records: Sequence[AssignmentRow | TargetRow],
    links: Links,
    language: Language,
    notice: str = "",
    now: datetime | None = None,
) -> bytes:
    """An all-day event for every record whose deadline names a day: on its last day, on its first where it has no last.

    An event keeps its UID as long as its document and place stay, so that a calendar read again is brought up to date
    and nothing doubled. ``now``: when the calendar is made (UTC), the present where it is None.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Tien Le//tienle//VI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Tiền Lệ: thời hạn" if language == "vi" else "Tiền Lệ: deadlines")
    if notice:
        calendar.add("x-wr-caldesc", notice)
    stamp = now or datetime.now(UTC)
    seen: Counter[str] = Counter()
    for record in records:
        day = record.due_end or record.due_start
        if day is not None:
            kind = "target" if isinstance(record, TargetRow) else "task"  # both may start at one place
            place = f"{record.document}-{kind}-{record.start}"
            seen[place] += 1
            calendar.add_component(_event(record, day, f"{place}-{seen[place]}@tienle", stamp, links, language))
    return bytes(calendar.to_ical())


def _event(
    record: AssignmentRow | TargetRow, day: date, uid: str, stamp: datetime, links: Links, language: Language
) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PUBLIC")
    said = _said(record)
    event.add("summary", said if len(said) <= _LONGEST_SUMMARY else f"{said[: _LONGEST_SUMMARY - 1].rstrip()}…")
    event.add("description", "\n".join((said, "", *_details(record, language))))
    if link := links.to(record):
        event.add("url", link)
    return event


def _said(record: AssignmentRow | TargetRow) -> str:
    return f"{record.indicator}: {amount(record)}" if isinstance(record, TargetRow) else record.task


def _details(record: AssignmentRow | TargetRow, language: Language) -> Iterator[str]:
    for name, vi, en in _LABELS:
        value = value_of(record, name) if hasattr(record, name) else None
        if value not in (None, ""):
            yield f"{vi if language == 'vi' else en}: {value}"
