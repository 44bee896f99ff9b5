"""The answers of the JSON interface; their parts are the types of :mod:`api.answers`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from api.answers.documents import DocumentCard, Relation
from api.answers.search import Group, Hit
from corpus.model import Provision


class SearchAnswer(BaseModel):
    """Passages that answer a question."""

    query: str = Field(description="The question as typed.")
    hits: list[Hit] = Field(description="Passages, best first.")
    groups: list[Group] = Field(description="The same passages by document, the document of the best one first.")
    more: bool = Field(description="Whether there are passages after these.")
    limit: int
    offset: int
    notice: str = Field(description="What the archive says about its documents, empty when nothing.")


class DocumentList(BaseModel):
    """Documents that pass the filters."""

    documents: list[DocumentCard] = Field(description="Newest first.")
    total: int = Field(description="How many documents pass in all.")
    limit: int
    offset: int
    notice: str = Field(description="What the archive says about its documents, empty when nothing.")


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
    relations: list[Relation] = Field(description="Documents that it issues, or by which it is issued.")
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
