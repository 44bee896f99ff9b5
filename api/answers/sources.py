"""The file that a document came from, as a column of any query over documents."""

from __future__ import annotations

from sqlalchemy import and_, func, select

from corpus.store import schema

# A file names the first document that it holds; the plans that this one issues come from the same file.
HELD = and_(schema.files.c.sha256 == schema.documents.c.sha256, schema.files.c.document_id.is_not(None))
SOURCE = select(func.min(schema.files.c.path)).where(HELD).correlate(schema.documents).scalar_subquery().label("source")
