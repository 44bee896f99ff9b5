"""The answers of the JSON interface; their parts are the types of :mod:`api.answers`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from api.answers.agencies import AgencyEntry
from api.answers.assignments import AssignmentRow
from api.answers.citations import CitationRow
from api.answers.documents import DocumentCard, RecordCounts
from api.answers.relations import CascadeStep, Relation
from api.answers.search import Group, Hit
from api.answers.suggestions import Suggestion
from api.answers.targets import TargetRow
from corpus.model import Abbreviation, Provision


class SearchAnswer(BaseModel):
    """Passages that answer a question."""

    query: str = Field(description="The question as typed.")
    restored: str | None = Field(description="The question with the marks that were put in; null where none was.")
    expanded: list[str] = Field(description="What abbreviations in the question stand for, searched along.")
    correction: str | None = Field(description="The question with its slips put right, to be offered; not searched.")
    suggestions: list[Suggestion] = Field(description="Filters that the question's words name; not applied.")
    hits: list[Hit] = Field(description="Passages, best first.")
    groups: list[Group] = Field(description="The same passages by document, the document of the best one first.")
    more: bool = Field(description="Whether there are passages after these.")
    next: str | None = Field(description="What `after` takes to go on to them; null after the last.")
    limit: int
    offset: int
    notice: str = Field(description="What the archive says about its documents, empty when nothing.")


class Listed(BaseModel):
    """A page of a list."""

    total: int = Field(description="How many there are in all.")
    limit: int
    offset: int
    notice: str = Field(description="What the archive says about its documents, empty when nothing.")


class RecordList(Listed):
    """A page of records of documents."""

    unread: int = Field(description="Documents that an older version has read, whose records are not known yet.")


class DocumentList(Listed):
    """Documents that pass the filters."""

    documents: list[DocumentCard] = Field(description="Newest first.")


class AssignmentList(RecordList):
    """Assignments that pass the filters, or that a question means."""

    assignments: list[AssignmentRow] = Field(description="The newest document's first, or the best first.")


class TargetList(RecordList):
    """Targets that pass the filters, or that a question means."""

    targets: list[TargetRow] = Field(description="The newest document's first, or the best first.")


class CitationList(RecordList):
    """Citations in documents that pass the filters."""

    citations: list[CitationRow] = Field(description="The newest document's first.")


class AgencyList(Listed):
    """Agencies of the register, and names that it does not know."""

    agencies: list[AgencyEntry] = Field(description="The busiest first.")


class ShownPassage(BaseModel):
    """A passage with its text; `start` and `end` are its span in the document's text."""

    ordinal: int
    provision: int | None = Field(description="Ordinal of its provision, null before the first heading.")
    section: str
    headings: list[str]
    page: int | None
    start: int
    end: int
    text: str


class ShownDocument(BaseModel):
    """A document with its outline, text and passages."""

    card: DocumentCard
    media_type: str = Field(description="Media type of the source file.")
    sha256: str = Field(description="Hash of the source file.")
    counts: RecordCounts = Field(description="How many records were found in it.")
    relations: list[Relation] = Field(description="Documents that it is tied to, both ways.")
    cascade: list[CascadeStep] = Field(description="The chain of documents that carry each other out, highest first.")
    citations: list[CitationRow] = Field(description="What it cites, in reading order.")
    cited_by: list[CitationRow] = Field(description="Where other documents cite it.")
    abbreviations: list[Abbreviation] = Field(description="The short forms that it defines.")
    text: str = Field(description="The whole text; every span counts its characters (code points).")
    provisions: list[Provision] = Field(description="The outline in reading order.")
    passages: list[ShownPassage]
    notice: str = Field(description="What the archive says about its documents, empty when nothing.")


class Health(BaseModel):
    """That the archive answers, and what it holds."""

    status: Literal["ok"]
    documents: int
    passages: int
    generation: int = Field(description="How many changes the archive has seen.")
    encoder: str = Field(description="Name of the embedding model.")
    fingerprint: str = Field(description="Changes with the embedding model and its settings.")
