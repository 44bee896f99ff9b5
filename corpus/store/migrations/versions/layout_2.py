"""Layout 2: tables, recognised words, quality of recognition, renditions of one document, relations.

A file may hold two documents from now on, so that ``documents.sha256`` is not unique any more.
"""

from alembic import op
from sqlalchemy import text

from corpus.language.numbers import number_key

revision = "2"
down_revision = "1"

_DOCUMENTS = """
CREATE TABLE documents_2 (
    id VARCHAR(12) NOT NULL PRIMARY KEY,
    sha256 VARCHAR(64) NOT NULL,
    generation INTEGER NOT NULL,
    recipe VARCHAR NOT NULL,
    rendition_of VARCHAR(12),
    number_key TEXT,
    number TEXT,
    symbol TEXT,
    type TEXT,
    title TEXT,
    issuer TEXT,
    province TEXT,
    place TEXT,
    issued_on DATE,
    year_from INTEGER,
    year_to INTEGER,
    signer TEXT,
    signer_title TEXT,
    recipients JSON NOT NULL,
    legal_bases JSON NOT NULL,
    media_type TEXT NOT NULL,
    reader TEXT NOT NULL,
    quality TEXT NOT NULL,
    confidence FLOAT,
    converted_from TEXT,
    waiting JSON DEFAULT '[]' NOT NULL,
    pages INTEGER,
    warnings JSON NOT NULL,
    segmented_title TEXT NOT NULL,
    text TEXT NOT NULL,
    tables JSON DEFAULT '[]' NOT NULL,
    words BLOB
)
"""

_STATEMENTS = (
    _DOCUMENTS,
    """
    INSERT INTO documents_2 (
        id, sha256, generation, recipe, number, symbol, type, title, issuer, province, place, issued_on, year_from,
        year_to, signer, signer_title, recipients, legal_bases, media_type, reader, quality, pages, warnings,
        segmented_title, text
    ) SELECT
        id, sha256, generation, recipe, number, symbol, type, title, issuer, province, place, issued_on, year_from,
        year_to, signer, signer_title, recipients, legal_bases, media_type, reader, quality, pages, warnings,
        segmented_title, text
    FROM documents
    """,
    "DROP TABLE documents",
    "ALTER TABLE documents_2 RENAME TO documents",
    "CREATE INDEX documents_province ON documents (province)",
    "CREATE INDEX documents_issued_on ON documents (issued_on)",
    "CREATE INDEX documents_rendition_of ON documents (rendition_of)",
    "CREATE INDEX documents_number_key ON documents (number_key, province)",
    "CREATE INDEX ix_documents_sha256 ON documents (sha256)",
    "CREATE INDEX ix_documents_generation ON documents (generation)",
    "CREATE INDEX files_sha256 ON files (sha256)",
    """
    CREATE TABLE bands (
        band BIGINT NOT NULL,
        document_id VARCHAR(12) NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        PRIMARY KEY (band, document_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX ix_bands_document_id ON bands (document_id)",
    """
    CREATE TABLE likenesses (
        one VARCHAR(12) NOT NULL,
        other VARCHAR(12) NOT NULL,
        score INTEGER NOT NULL,
        PRIMARY KEY (one, other)
    )
    """,
    "CREATE INDEX ix_likenesses_other ON likenesses (other)",
    """
    CREATE TABLE relations (
        source VARCHAR(12) NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        target VARCHAR(12) NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        kind VARCHAR NOT NULL,
        PRIMARY KEY (source, target, kind)
    )
    """,
    "CREATE INDEX ix_relations_target ON relations (target)",
)


def upgrade() -> None:
    """Exchange ``documents``, each with the number by which it is looked up; add what is empty at first."""
    for statement in _STATEMENTS:
        op.execute(statement)
    connection = op.get_bind()
    numbered = connection.execute(text("SELECT id, number FROM documents WHERE number IS NOT NULL")).all()
    if numbered:
        keys = [{"id": row.id, "key": number_key(row.number)} for row in numbered]
        connection.execute(text("UPDATE documents SET number_key = :key WHERE id = :id"), keys)
