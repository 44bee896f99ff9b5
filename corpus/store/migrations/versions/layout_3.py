"""Layout 3: what was extracted from a document: assignments, targets, citations, abbreviations."""

from alembic import op

revision = "3"
down_revision = "2"

_STATEMENTS = (
    """
    CREATE TABLE assignments (
        document_id VARCHAR(12) NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        provision INTEGER,
        section TEXT NOT NULL,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        page INTEGER,
        task TEXT NOT NULL,
        product TEXT,
        due_text TEXT,
        due_start DATE,
        due_end DATE,
        funding TEXT,
        PRIMARY KEY (document_id, ordinal)
    )
    """,
    """
    CREATE TABLE assignment_agencies (
        document_id VARCHAR(12) NOT NULL,
        ordinal INTEGER NOT NULL,
        role VARCHAR NOT NULL,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (document_id, ordinal, role, position),
        FOREIGN KEY (document_id, ordinal) REFERENCES assignments (document_id, ordinal) ON DELETE CASCADE
    ) WITHOUT ROWID
    """,
    "CREATE INDEX ix_assignment_agencies_name ON assignment_agencies (name)",
    """
    CREATE TABLE targets (
        document_id VARCHAR(12) NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        provision INTEGER,
        section TEXT NOT NULL,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        page INTEGER,
        indicator TEXT NOT NULL,
        "key" TEXT NOT NULL,
        comparator VARCHAR NOT NULL,
        value FLOAT NOT NULL,
        value_high FLOAT,
        unit TEXT,
        due_text TEXT,
        due_start DATE,
        due_end DATE,
        PRIMARY KEY (document_id, ordinal)
    )
    """,
    'CREATE INDEX ix_targets_key ON targets ("key")',
    """
    CREATE TABLE citations (
        document_id VARCHAR(12) NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        page INTEGER,
        kind VARCHAR NOT NULL,
        number TEXT,
        number_key TEXT,
        type TEXT,
        name TEXT,
        issuer TEXT,
        issued_on DATE,
        PRIMARY KEY (document_id, ordinal)
    )
    """,
    "CREATE INDEX ix_citations_number_key ON citations (number_key)",
    """
    CREATE TABLE abbreviations (
        document_id VARCHAR(12) NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        short TEXT NOT NULL,
        long TEXT NOT NULL,
        PRIMARY KEY (document_id, start)
    )
    """,
)


def upgrade() -> None:
    """Add the tables; a document's own records come when it is made again."""
    for statement in _STATEMENTS:
        op.execute(statement)
