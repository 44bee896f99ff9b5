"""The tables of ``saved.sqlite``, beside the records of an archive: people's own lists, which no indexing touches."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, DateTime, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

collections = Table(
    "collections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("removed_at", DateTime),
)
"""``owner``: who signed in, empty where nobody does and all share one list."""

items = Table(
    "items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("collection", Integer, ForeignKey("collections.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String, nullable=False),
    Column("document", String(12), nullable=False),
    Column("place", Integer),
    Column("number", Text),
    Column("type", Text),
    Column("title", Text),
    Column("issuer", Text),
    Column("issued_on", Date),
    Column("section", Text, nullable=False),
    Column("page", Integer),
    Column("text", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("added_at", DateTime, nullable=False),
    Column("removed_at", DateTime),
    Index("items_by_collection", "collection", "removed_at"),
)
"""A row for what :class:`api.saved.model.Item` tells. Not tied to the archive's documents, which may go."""

searches = Table(
    "searches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", Text, nullable=False, index=True),
    Column("query", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("saved_at", DateTime, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("documents", JSON, nullable=False),
    Column("removed_at", DateTime),
)
