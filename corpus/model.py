"""The types that every other module takes and returns.

Offsets count characters (code points) of :attr:`SourceText.text`, end exclusive: ``text[start:end]`` is what is shown.
A file becomes a :class:`SourceText` (reading), that a :class:`Header`, :class:`Provision` s and :class:`Passage` s
(structure), and all of them one :class:`ParsedDocument`, which is what an archive stores.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class LineKind(StrEnum):
    """What the file's own format says about a line."""

    TEXT = "text"
    HEADING = "heading"
    ROW = "row"  # a table row, its cells joined by " | "


class Quality(StrEnum):
    """How a document's text came to us."""

    NATIVE = "native"  # the characters are the file's own
    CONVERTED = "converted"  # decoded from an encoding that is not Unicode
    RECOGNISED = "recognised"  # read from images of pages (OCR)
    MIXED = "mixed"  # some pages the file's own, some recognised


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a source text, without its line break.

    ``page`` counts from 1 and is None in formats without pages; ``level`` is 1-6 for a heading, else 0.
    """

    start: int
    end: int
    page: int | None = None
    kind: LineKind = LineKind.TEXT
    level: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell: its span (empty where it is blank), the first row and column it covers from 0, and how many."""

    start: int
    end: int
    row: int
    column: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table, whole over all its pages: cells in reading order; the first ``heads`` rows are its column heads."""

    cells: tuple[Cell, ...]
    heads: int = 0


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """A word read from a page's image: its span, its box, and how sure the recognition is (0-1).

    The box (left, top, right, bottom) is in parts of the page's width and height, from the top left.
    """

    start: int
    end: int
    page: int
    box: tuple[float, float, float, float]
    confidence: float


@dataclass(frozen=True, slots=True)
class SourceText:
    """What a reader gives: a file's characters and its lines in reading order, disjoint.

    ``wrapped`` says that a line break may fall inside a paragraph (plain text, PDF); where it is False a line is a
    paragraph (Word, web pages). ``pages`` is None in formats without pages. ``title`` and ``note`` are the file's own
    metadata (title, subject), empty where it has none; ``warnings`` says what was not read, and why. ``converted_from``
    names the encoding that was not Unicode ("TCVN3", "VNI", "windows-1258"), None without one. ``tables`` are those
    that the format marks or the reader found; ``words`` those that were recognised on images; ``waiting`` the pages
    that are images still to be recognised.
    """

    text: str
    lines: tuple[Line, ...]
    media_type: str
    reader: str
    wrapped: bool
    pages: int | None = None
    quality: Quality = Quality.NATIVE
    title: str = ""
    note: str = ""
    warnings: tuple[str, ...] = ()
    converted_from: str | None = None
    tables: tuple[Table, ...] = ()
    words: tuple[RecognisedWord, ...] = ()
    waiting: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """Who issued a document, what it is called and when (Decree 30/2020/NĐ-CP, article 8 and annex I).

    ``number``: number and symbol (số, ký hiệu), None where the scan or draft leaves it blank. ``issuer``: the body in
    whose name it is issued. ``province``: canonical name in the register of places, as issued. ``year_from`` and
    ``year_to``: the years that it plans for. ``legal_bases``: numbers of the documents it rests on (căn cứ).
    """

    number: str | None = None
    symbol: str | None = None
    type: str | None = None
    title: str | None = None
    issuer: str | None = None
    province: str | None = None
    place: str | None = None
    issued_on: date | None = None
    year_from: int | None = None
    year_to: int | None = None
    signer: str | None = None
    signer_title: str | None = None
    recipients: tuple[str, ...] = ()
    legal_bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provision:
    """A node of the outline: its path as printed ("II.1.a", "Điều 2"), its heading and the span of its whole branch.

    ``ordinal`` counts provisions of the document from 0 in reading order; ``parent`` is an ordinal, None at the top.
    """

    ordinal: int
    parent: int | None
    path: str
    heading: str
    level: int
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """What is retrieved: a provision or a run of it, about 120 words, never crossing a heading.

    ``headings``: the headings above it, outermost first; with the document's title they are its context, which is
    embedded and indexed but not shown. ``provision`` is an ordinal, None before the first heading.
    """

    ordinal: int
    provision: int | None
    section: str
    headings: tuple[str, ...]
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A file understood: its text, header, outline and passages."""

    source: SourceText
    header: Header
    provisions: tuple[Provision, ...]
    passages: tuple[Passage, ...]


class CitationKind(StrEnum):
    """What a document says of one that it cites."""

    BASIS = "basis"  # căn cứ: it rests on it
    IMPLEMENTS = "implements"  # thực hiện, triển khai: it carries it out
    AMENDS = "amends"  # sửa đổi, bổ sung
    REPLACES = "replaces"  # thay thế, bãi bỏ
    REPORTS = "reports on"  # báo cáo kết quả thực hiện
    CITES = "cites"  # anything else


@dataclass(frozen=True, slots=True)
class Assignment:
    """A task given to somebody (nhiệm vụ được giao): what, who leads, with whom, by when, with which product.

    ``task`` is the text of the span ``start`` to ``end`` with runs of blanks collapsed. ``lead`` (chủ trì) and
    ``coordinating`` (phối hợp) are names as written, of lists that share a head ("Các Sở: Tài chính, Nội vụ") each in
    full. ``due_text`` as written; ``due_start`` and ``due_end`` are the days that it means, both inclusive, None where
    it names none. ``provision`` is an ordinal, ``section`` its path.
    """

    ordinal: int
    provision: int | None
    section: str
    start: int
    end: int
    page: int | None
    task: str
    lead: tuple[str, ...] = ()
    coordinating: tuple[str, ...] = ()
    product: str | None = None
    due_text: str | None = None
    due_start: date | None = None
    due_end: date | None = None
    funding: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A goal in numbers (chỉ tiêu); the span is the clause that states it.

    ``comparator``: ">=", "<=", "<", ">", "=" or "range" (``value`` to ``value_high``). ``key`` is the same for
    indicators that can be compared across documents and years: an index of the register, or a folded indicator.
    """

    ordinal: int
    provision: int | None
    section: str
    start: int
    end: int
    page: int | None
    indicator: str
    key: str
    comparator: str
    value: float
    value_high: float | None = None
    unit: str | None = None
    due_text: str | None = None
    due_start: date | None = None
    due_end: date | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A document that this one cites, once, at its first mention (or its telling one: căn cứ, thực hiện, thay thế).

    ``number`` is None for a law cited by name; ``name``: what it is called, as written; ``issuer`` as written.
    """

    ordinal: int
    start: int
    end: int
    page: int | None
    kind: CitationKind = CitationKind.CITES
    number: str | None = None
    type: str | None = None
    name: str | None = None
    issuer: str | None = None
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form that a document defines, what it stands for, and the span of the short form."""

    short: str
    long: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extraction:
    """The records that a document holds, each kind in reading order."""

    assignments: tuple[Assignment, ...] = ()
    targets: tuple[Target, ...] = ()
    citations: tuple[Citation, ...] = ()
    abbreviations: tuple[Abbreviation, ...] = ()
