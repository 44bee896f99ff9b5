"""What a summary may quote of a document: its sentences, each with its place, its part in the plan and its records."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from corpus.language.sentences import Sentence, split_sentences
from corpus.model import Assignment, Extraction, Passage, Provision, Target

Role = Literal["purpose", "goal", "task", "deadline", "money", "other"]

_TABLE = Path(__file__).with_name("summary_roles.toml")
_SHORTEST = 4  # words; less is a heading, a page number or a list's head
_LONG = 24  # words from which a sentence of several records is quoted in parts, cut at its semicolons
_SHORTEST_PART = 6
_SEMICOLON = re.compile(r";\s+")
_PAGE_GAP = re.compile(r"[\s\d]{0,12}")  # blanks, and the number of a page
_NO_RECORDS = Extraction()
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Text:
    """A document as summaries read it; ``document`` is its id, or a file's name; ``year`` the one it plans for.

    ``offset``: where ``text`` begins in the document, of which it may be a passage.
    """

    document: str
    text: str
    number: str | None = None
    title: str | None = None
    province: str | None = None
    year: int | None = None
    provisions: tuple[Provision, ...] = ()
    passages: tuple[Passage, ...] = ()
    extraction: Extraction = _NO_RECORDS
    offset: int = 0

    def said(self, start: int, end: int) -> str:
        """The characters of a span of the document."""
        return self.text[start - self.offset : end - self.offset]

    @property
    def name(self) -> str:
        """What a reader calls it."""
        return self.title or self.number or self.document


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of a long one, with what stands in it; ``of`` is its place among its document's pieces."""

    start: int
    end: int
    of: int
    section: str
    page: int | None
    role: Role
    assignments: tuple[Assignment, ...] = ()
    targets: tuple[Target, ...] = ()


@cache
def _headings() -> list[tuple[Role, re.Pattern[str]]]:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["headings"]
    roles: tuple[Role, ...] = get_args(Role)
    return [(role, re.compile("|".join(map(re.escape, table[role])))) for role in roles if role in table]


@cache
def _sentences() -> dict[str, re.Pattern[str]]:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["sentences"]
    return {role: re.compile(pattern, re.DOTALL) for role, pattern in table.items()}


def pieces_of(text: Text) -> list[Piece]:
    """The pieces of a document in reading order, disjoint; headings, page numbers and what is no sentence left out."""
    by_start = sorted(text.extraction.assignments, key=lambda each: each.start)
    goals = sorted(text.extraction.targets, key=lambda each: each.start)
    pages = _Pages(text)
    found: list[Piece] = []
    for start, end, passage in _runs(text):
        part = _part(passage.headings) if passage else "other"
        for sentence in split_sentences(text.text, start, end):
            starts = [each.start for each in by_start if sentence.start <= each.start < sentence.end]
            for piece in _parts(text.text, sentence, starts):
                if not _speaks(text.text[piece.start : piece.end]):
                    continue
                tasks = tuple(each for each in by_start if piece.start <= each.start < piece.end)
                reached = tuple(each for each in goals if _meets(each, piece))
                found.append(
                    Piece(
                        piece.start,
                        piece.end,
                        len(found),
                        passage.section if passage else "",
                        pages.at(piece.start),
                        _role(text.text[piece.start : piece.end], part, tasks, reached),
                        tasks,
                        reached,
                    )
                )
    return found


def _runs(text: Text) -> list[tuple[int, int, Passage | None]]:
    """Stretches to cut into sentences, each with its first passage: passages of one provision without a gap are one."""
    runs: list[tuple[int, int, Passage | None]] = []
    for passage in text.passages:
        if passage.provision is None and text.provisions:
            continue  # letterhead, legal bases, recipients
        if runs and (last := runs[-1][2]) and last.provision == passage.provision:
            gap = text.text[runs[-1][1] : passage.start]
            if _PAGE_GAP.fullmatch(gap):
                runs[-1] = (runs[-1][0], passage.end, last)
                continue
        runs.append((passage.start, passage.end, passage))
    return runs or [(0, len(text.text), None)]


def _meets(target: Target, piece: Sentence) -> bool:
    """Whether most of the clause of a target stands in a piece."""
    return 2 * (min(target.end, piece.end) - max(target.start, piece.start)) > target.end - target.start


def _speaks(text: str) -> bool:
    words = text.split()
    return len(words) >= _SHORTEST and not text.isupper() and len(_LETTER.findall(text)) >= len(text) // 3


def _parts(text: str, sentence: Sentence, records: Sequence[int]) -> Iterable[Sentence]:
    """A long sentence of several records cut at the last semicolon before each, where both parts are worth reading."""
    if len(records) <= 1 or len(text[sentence.start : sentence.end].split()) <= _LONG:
        return [sentence]
    cuts = [match.end() for match in _SEMICOLON.finditer(text, sentence.start, sentence.end)]
    parts, at = [], sentence.start
    for record in records[1:]:
        before = bisect_right(cuts, record) - 1
        cut = cuts[before] if before >= 0 else at
        if len(text[at:cut].split()) >= _SHORTEST_PART and len(text[cut : sentence.end].split()) >= _SHORTEST_PART:
            parts.append(Sentence(at, at + len(text[at:cut].rstrip())))
            at = cut
    return [*parts, Sentence(at, sentence.end)]


def _part(headings: Sequence[str]) -> Role:
    for heading in reversed(headings):
        for role, words in _headings():
            if words.search(heading.lower()):
                return role
    return "other"


def _role(text: str, part: Role, tasks: Sequence[Assignment], goals: Sequence[Target]) -> Role:
    if tasks:
        return "task"
    if goals:
        return "goal"
    for role in ("money", "purpose"):
        if _sentences()[role].search(text):
            return "money" if role == "money" else "purpose"
    return "other" if part in ("goal", "task") else part


class _Pages:
    """The page of a place: that of the nearest thing before it whose page is known."""

    def __init__(self, text: Text) -> None:
        kinds = (text.passages, text.provisions, text.extraction.assignments, text.extraction.targets)
        known = sorted((each.start, each.page) for kind in kinds for each in kind if each.page is not None)
        self._starts = [start for start, _ in known]
        self._pages = [page for _, page in known]

    def at(self, place: int) -> int | None:
        before = bisect_right(self._starts, place)
        return self._pages[before - 1] if before else None
