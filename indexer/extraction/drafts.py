"""An assignment before it knows its place in the document, and the fields that prose and tables state alike."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from corpus.language.agency_names import split_agencies
from corpus.language.deadlines import Deadline, find_deadlines, read_deadline
from indexer.extraction.field_labels import Label, Role, labels_in


@dataclass(frozen=True, slots=True)
class Draft:
    """A task's span and what is said of it."""

    start: int
    end: int
    lead: tuple[str, ...] = ()
    coordinating: tuple[str, ...] = ()
    product: str | None = None
    due_text: str | None = None
    due_start: date | None = None
    due_end: date | None = None
    funding: str | None = None

    def due(self, deadline: Deadline | None) -> Draft:
        """The draft with a deadline, itself without one."""
        if deadline is None:
            return self
        return replace(self, due_text=deadline.text, due_start=deadline.first, due_end=deadline.last)


def deadline_in(text: str, start: int, end: int, year: int | None) -> Deadline | None:
    """The deadline that a clause states: the first with a date, else the first that names a day, else the first."""
    found = [one for one in find_deadlines(text[start:end], year) if one.last or not _NO_TIME.match(one.text)]
    dated = next((one for one in found if one.last is not None), None)
    return dated or next((one for one in found if _DAY.search(one.text)), found[0] if found else None)


def opening_deadline(text: str, start: int, end: int, year: int | None) -> Deadline | None:
    """The deadline before those who are told: "Trong thời hạn 15 ngày kể từ …, Sở A có trách nhiệm …"."""
    return deadline_in(text, start, end, year) if end > start and _OPENS_WITH_TIME.match(text, start, end) else None


_OPENS_WITH_TIME = re.compile(
    r"(?:trong\s+(?:thời\s+(?:hạn|gian)|vòng|năm|quý|tháng)|chậm\s+nhất|trước(?:\s+ngày)?|định\s+kỳ|hằng|hàng|đến|hết|vào"
    r"|quý|tháng|sau\s+\d+)\s",
    re.IGNORECASE,
)
_DAY = re.compile(r"\bngày\s+\d", re.IGNORECASE)
# Words of a task rather than its deadline.
_NO_TIME = re.compile(r"khi\s|(?:theo\s+)?đúng\s+(?:tiến\s+độ|thời\s+hạn)|kịp\s+thời", re.IGNORECASE)


def field_text(text: str) -> str | None:
    """A field's words with blanks collapsed, None where it has none."""
    words = " ".join(text.split()).strip(" *_;.-–+")
    return words if any(character.isalnum() for character in words) else None


def with_field(draft: Draft, role: Role, value: str, year: int | None) -> Draft:
    """The draft with what a field of that role says; a field that is already filled stays."""
    match role:
        case Role.LEAD | Role.BOTH:
            lead, coordinating = parties(value)
            own = () if all(_IN_GENERAL.match(name) for name in draft.lead) else draft.lead
            return replace(
                draft,
                lead=own or lead or draft.lead,
                coordinating=tuple(dict.fromkeys((*draft.coordinating, *coordinating))),
            )
        case Role.COORDINATING:
            # the bodies of the field first, then those that the task names itself
            return replace(draft, coordinating=tuple(dict.fromkeys((*split_agencies(value), *draft.coordinating))))
        case Role.DUE:
            return draft.due(read_deadline(value, year))
        case Role.PRODUCT:
            return replace(draft, product=draft.product or field_text(value))
        case Role.FUNDING:
            return replace(draft, funding=draft.funding or field_text(value))
        case _:
            return draft


# Bodies so general that a labelled line says better who is meant.
_IN_GENERAL = re.compile(r"(?:các\s+)?(?:cơ\s+quan|đơn\s+vị|địa\s+phương)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[.;\n]+\s*(?:[-–+•]\s*)?")
_LED = re.compile(r"(?:,?\s*(?:là\s+cơ\s+quan\s+)?chủ\s+trì\b[^,;.]*)", re.IGNORECASE)
_TOGETHER = re.compile(
    r"[,;]?\s*(?:và\s+)?phối\s+hợp(?:\s+(?:cùng|với|chặt\s+chẽ|thực\s+hiện))*\s*:?\s*", re.IGNORECASE
)


def parties(value: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those who lead and those who help, of a field that may name both: "Sở A chủ trì, phối hợp với Sở B"."""
    labels = _labels(value)
    if labels:
        lead = _names(value, labels, Role.LEAD)
        return lead, tuple(name for name in _names(value, labels, Role.COORDINATING) if name not in lead)
    together = _TOGETHER.search(value)
    if together is None:
        led = _LED.search(value)
        if led is None:
            return split_agencies(value), ()
        return split_agencies(value[: led.start()]) or split_agencies(value[led.end() :]), ()
    before, after = value[: together.start()], value[together.end() :]
    if not after.strip(" .;"):  # "Sở A chủ trì; các sở, ngành phối hợp"
        parts = [part for part in _SENTENCE.split(before) if part.strip()]
        return (
            tuple(name for part in parts[:-1] for name in split_agencies(_LED.sub("", part))),
            split_agencies(parts[-1]) if parts else (),
        )
    return split_agencies(_LED.sub("", before)), split_agencies(_until_verb(after))


def _labels(value: str) -> list[Label]:
    found: list[Label] = []
    at = 0
    for line in value.splitlines(keepends=True):
        start = at + len(line) - len(line.lstrip(" \t-–+•*"))
        found.extend(labels_in(value, start, at + len(line)))
        at += len(line)
    return found


def _names(value: str, labels: list[Label], role: Role) -> tuple[str, ...]:
    return tuple(
        name for label in labels if label.role is role for name in split_agencies(value[label.value : label.end])
    )


_TASK = re.compile(
    r"\s+(?:để\s+)?(?:xây\s+dựng|thực\s+hiện|tổ\s+chức|triển\s+khai|tham\s+mưu|thẩm\s+định|hướng\s+dẫn|rà\s+soát)\b.*",
    re.DOTALL,
)


def _until_verb(names: str) -> str:
    """The names of "các cơ quan có liên quan xây dựng" without what they are to do."""
    return _TASK.sub("", names)
