"""What a column's head, or the label before a colon, says of an assignment: who leads, who helps, by when and so on."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from corpus.language.normalise import normalise


class Role(StrEnum):
    """What a field of an assignment holds."""

    TASK = "task"
    LEAD = "lead"
    COORDINATING = "coordinating"
    BOTH = "both"  # those who lead and those who help, told apart by its own words
    DUE = "due"
    PRODUCT = "product"
    FUNDING = "funding"
    DETAIL = "detail"  # what a task is like: place, form, number of those taking part
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Label:
    """A label with what follows its colon: the role, and the span of the value."""

    role: Role
    start: int
    value: int
    end: int


@cache
def _roles() -> tuple[tuple[Role, re.Pattern[str], re.Pattern[str]], ...]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        (Role(role["name"]), re.compile("|".join(role["names"])), re.compile("|".join(role["heads"])))
        for role in table["role"]
    )


@cache
def role_of_head(head: str) -> Role | None:
    """The role of a column by its head, None where the head says nothing."""
    words = _words(head)
    return next((role for role, _, heads in _roles() if heads.search(words)), None) if words else None


@cache
def _role_of_label(label: str) -> Role | None:
    words = _words(label)
    return next((role for role, names, _ in _roles() if names.fullmatch(words)), None)


def _words(text: str) -> str:
    return " ".join(normalise(text).lower().replace("*", " ").replace("_", " ").split()).strip(" .:-")


# A label: a few words before a colon, at the start of a line or after the field before it.
_LABEL = re.compile(r"(?P<words>[^\W\d_][^:;.()\n]*(?:\n[^:;.()\n]+)?(?:\([^()\n]{0,40}\))?)\s*[*_]*\s*:")
_SENTENCE_END = re.compile(r"[.;](?=\s|$)")
_BETWEEN = re.compile(r"[;.(\n,][\s*_+–-]*")
_LONGEST = 60  # characters
# The one label that does without a colon: "Thời hạn hoàn thành không quá 05 ngày làm việc kể từ …".
_UNMARKED_DUE = re.compile(
    r"Thời\s+(?:hạn|gian)\s+(?:(?:thực\s+hiện|hoàn\s+thành|triển\s+khai|báo\s+cáo|gửi|trình)\s+)+(?:là\s+|xong\s+)?"
    r"(?=(?:không\s+quá|chậm\s+nhất|trước|trong|từ|đến|tối\s+đa|hằng|hàng)\s)"
)


def labels_in(text: str, start: int, end: int) -> list[Label]:
    """The labelled fields of a line, in reading order and one after another; none where it starts with no label."""
    if (due := _UNMARKED_DUE.match(text, start, end)) is not None:
        stop = _SENTENCE_END.search(text, due.end(), end)
        return [Label(Role.DUE, start, due.end(), end if stop is None else stop.start())]
    found: list[tuple[Role, int, int]] = []
    at: int | None = start
    while at is not None:
        while at < end and text[at] in "*_ \t":
            at += 1
        match = _LABEL.match(text, at, min(end, at + _LONGEST + 2))
        role = _role_of_label(match["words"]) if match is not None and len(match["words"]) <= _LONGEST else None
        if match is not None and role is not None and role is not Role.NONE:
            found.append((role, at, match.end()))
            at = match.end()
        elif not found:
            return []
        between = _BETWEEN.search(text, at, end)
        at = None if between is None else between.end()
    ends = [*(at for _, at, _ in found[1:]), end]
    return [Label(role, at, value, stop) for (role, at, value), stop in zip(found, ends, strict=True)]
