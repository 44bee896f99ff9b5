"""The tables of ``uploads/jobs.sqlite`` in an archive's folder: the queue, apart from the records it works on."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, MetaData, String, Table, Text

metadata = MetaData()

jobs = Table(
    "jobs",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(16), nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("owner", Text, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("started_at", DateTime),
    Column("ended_at", DateTime),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("cancelling", Boolean, nullable=False, server_default="0"),
    Column("document", String(12)),
    Column("label", Text, nullable=False, server_default=""),
    Column("error_code", String),
    Column("error_vi", Text),
    Column("error_en", Text),
    sqlite_autoincrement=True,
)
"""In the order of ``number``. ``tries``: how often a process took it up; ``label``: the title of ``document``."""

files = Table(
    "files",
    metadata,
    Column("job", String(16), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("state", String, nullable=False),
    Column("document", String(12)),
    Column("pages_waiting", Boolean, nullable=False, server_default="0"),
    Column("package", Integer),
    Column("error_code", String),
    Column("error_vi", Text),
    Column("error_en", Text),
    sqlite_with_rowid=False,
)
"""The files of a job. Where each lies follows from job, ordinal and name (:func:`api.jobs.staging.staged_path`)."""
