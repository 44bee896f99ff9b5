"""The tables of an archive: the one source of truth, from which both indexes are derived."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = "3"
"""The layout that the tables below make, and the Alembic revision (:mod:`corpus.store.migrations`) that leads to it."""

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)
"""Settings of the archive: schema, generation, encoder (its record), analysis, places (an archive.toml)."""

alembic_version = Table("alembic_version", metadata, Column("version_num", String(32), primary_key=True))
"""Alembic's own record of the layout; archives of layout 3 from before Alembic get it with their next migration."""

files = Table(
    "files",
    metadata,
    Column("path", Text, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("document_id", String(12), ForeignKey("documents.id"), nullable=True),
    Column("error_code", String, nullable=True),
    Column("error_vi", Text, nullable=True),
    Column("error_en", Text, nullable=True),
)
"""Every file that was ever offered, with its document or the reason why it has none."""

documents = Table(
    "documents",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("generation", Integer, nullable=False, index=True),
    Column("recipe", String, nullable=False),
    Column("rendition_of", String(12)),
    Column("number_key", Text),
    Column("number", Text),
    Column("symbol", Text),
    Column("type", Text),
    Column("title", Text),
    Column("issuer", Text),
    Column("province", Text),
    Column("place", Text),
    Column("issued_on", Date),
    Column("year_from", Integer),
    Column("year_to", Integer),
    Column("signer", Text),
    Column("signer_title", Text),
    Column("recipients", JSON, nullable=False),
    Column("legal_bases", JSON, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("quality", Text, nullable=False),
    Column("confidence", Float),
    Column("converted_from", Text),
    Column("waiting", JSON, nullable=False, server_default="[]"),
    Column("pages", Integer),
    Column("warnings", JSON, nullable=False),
    Column("segmented_title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("tables", JSON, nullable=False, server_default="[]"),
    Column("words", LargeBinary),
)
"""A row for each rendition. ``rendition_of``: the better rendition that is searched and listed in its place, if any.

``number_key``: the number as it is looked up; ``confidence``: mean of the recognised words, 0-1; ``waiting``: pages
still to be recognised. What is large stands last, so that the other columns are read without it.
"""

bands = Table(
    "bands",
    metadata,
    Column("band", BigInteger, primary_key=True),
    Column("document_id", String(12), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)
"""Bands of each text's signature: nearly equal texts share some (:func:`corpus.store.renditions.bands_of`)."""

likenesses = Table(
    "likenesses",
    metadata,
    Column("one", String(12), primary_key=True),
    Column("other", String(12), primary_key=True, index=True),
    Column("score", Integer, nullable=False),
)
"""Pairs of documents, the lesser id first, that are renditions of one."""

relations = Table(
    "relations",
    metadata,
    Column("source", String(12), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("target", String(12), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("kind", String, primary_key=True),
)
"""What a document does to another; ``kind`` "issues": the source is the decision, the target its plan."""

provisions = Table(
    "provisions",
    metadata,
    Column("document_id", String(12), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("parent", Integer),
    Column("path", Text, nullable=False),
    Column("heading", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("page", Integer),
)

passages = Table(
    "passages",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("document_id", String(12), ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("provision", Integer),
    Column("section", Text, nullable=False),
    Column("headings", JSON, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("page", Integer),
    Column("segmented", Text, nullable=False),
    Column("segmented_headings", Text, nullable=False),
    UniqueConstraint("document_id", "ordinal"),
    sqlite_autoincrement=True,  # an id is never given twice: removals name them after the rows are gone
)

assignments = Table(
    "assignments",
    metadata,
    Column("document_id", String(12), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("provision", Integer),
    Column("section", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("page", Integer),
    Column("task", Text, nullable=False),
    Column("product", Text),
    Column("due_text", Text),
    Column("due_start", Date),
    Column("due_end", Date),
    Column("funding", Text),
)

LEAD = "lead"
COORDINATING = "coordinating"

assignment_agencies = Table(
    "assignment_agencies",
    metadata,
    Column("document_id", String(12), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("role", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False, index=True),
    ForeignKeyConstraint(
        ["document_id", "ordinal"], ["assignments.document_id", "assignments.ordinal"], ondelete="CASCADE"
    ),
    sqlite_with_rowid=False,
)
"""Whom an assignment names, as written; which agency a name means is the register's matter, when it is asked for."""

targets = Table(
    "targets",
    metadata,
    Column("document_id", String(12), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("provision", Integer),
    Column("section", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("page", Integer),
    Column("indicator", Text, nullable=False),
    Column("key", Text, nullable=False, index=True),
    Column("comparator", String, nullable=False),
    Column("value", Float, nullable=False),
    Column("value_high", Float),
    Column("unit", Text),
    Column("due_text", Text),
    Column("due_start", Date),
    Column("due_end", Date),
)

citations = Table(
    "citations",
    metadata,
    Column("document_id", String(12), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("page", Integer),
    Column("kind", String, nullable=False),
    Column("number", Text),
    Column("number_key", Text, index=True),
    Column("type", Text),
    Column("name", Text),
    Column("issuer", Text),
    Column("issued_on", Date),
)
"""What documents cite; ``number_key`` is that of ``documents``, so that a citation finds its document when it comes."""

abbreviations = Table(
    "abbreviations",
    metadata,
    Column("document_id", String(12), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("end", Integer, nullable=False),
    Column("short", Text, nullable=False),
    Column("long", Text, nullable=False),
)

vectors = Table(
    "vectors",
    metadata,
    Column("passage_id", Integer, ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True),
    Column("fingerprint", String(16), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)
"""Unit-length vectors, float16 little-endian."""

removals = Table(
    "removals",
    metadata,
    Column("generation", Integer, primary_key=True),
    Column("document_id", String(12), primary_key=True),
    Column("first_passage", Integer, nullable=False),
    Column("last_passage", Integer, nullable=False),
)
"""What the derived indexes have to forget; last_passage is inclusive."""

Index("documents_province", documents.c.province)
Index("files_sha256", files.c.sha256)
Index("documents_rendition_of", documents.c.rendition_of)
Index("documents_number_key", documents.c.number_key, documents.c.province)
Index("documents_issued_on", documents.c.issued_on)
