"""Does an archive hold what it promises: records, source files and both indexes against each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select, text

from corpus.errors import ArchiveError
from corpus.store import grouping, records, schema
from corpus.store.archive import Archive


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as promised; ``derived`` says that :func:`repair` mends it from the records."""

    code: str
    vi: str
    en: str
    derived: bool


def verify(archive: Archive) -> list[Finding]:
    """Every broken promise, empty for a sound archive.

    Records: SQLite's own check, spans inside their text, a vector a passage, no document without a file, renditions
    grouped as their likenesses say. Sources: there, with the right hash. Indexes: the records' generation, exactly
    the searched passages, the very vectors.
    """
    with archive.reading() as connection:
        return [
            *_records(connection, archive.spec.fingerprint),
            *_sources(archive, connection),
            *_indexes(archive, connection),
        ]


def repair(archive: Archive) -> list[Finding]:
    """Settle renditions, make both indexes anew, sweep left-overs of killed runs; what :func:`verify` still finds."""
    with archive.writing():
        archive.regroup()
        archive.rebuild()
        with archive.reading() as connection:
            known = set(connection.scalars(select(schema.documents.c.sha256)))
        archive.sources.sweep(known)
    return verify(archive)


def _records(connection: Connection, fingerprint: str) -> Iterator[Finding]:
    said = connection.execute(text("PRAGMA integrity_check")).scalars().all()
    if said != ["ok"]:
        first = str(said[0])
        yield Finding("database", f"Cơ sở dữ liệu hỏng: {first}", f"The database is damaged: {first}", derived=False)
    documents, passages, provisions = schema.documents, schema.passages, schema.provisions
    for table, vi, en in ((passages, "đoạn", "passages"), (provisions, "điều khoản", "provisions")):
        outside = select(func.count()).select_from(table.join(documents, documents.c.id == table.c.document_id))
        outside = outside.where(
            (table.c.start < 0) | (table.c.end <= table.c.start) | (table.c.end > func.length(documents.c.text))
        )
        if count := connection.execute(outside).scalar_one():
            yield Finding(
                "span", f"{count} {vi} nằm ngoài văn bản", f"{count} {en} lie outside their text", derived=False
            )
    vectors = schema.vectors
    joined = passages.outerjoin(
        vectors, (vectors.c.passage_id == passages.c.id) & (vectors.c.fingerprint == fingerprint)
    )
    bare = select(func.count()).select_from(joined).where(vectors.c.passage_id.is_(None))
    if count := connection.execute(bare).scalar_one():
        yield Finding("vector", f"{count} đoạn không có vector", f"{count} passages have no vector", derived=False)
    files = schema.files
    held = and_(files.c.sha256 == documents.c.sha256, files.c.document_id.is_not(None))
    orphans = select(func.count()).select_from(documents.outerjoin(files, held)).where(files.c.path.is_(None))
    if count := connection.execute(orphans).scalar_one():
        yield Finding("orphan", f"{count} văn bản không có tệp", f"{count} documents have no file", derived=False)
    if unsettled := grouping.unsettled(connection):
        listed = ", ".join(unsettled)
        yield Finding(
            "rendition",
            f"Các bản của cùng văn bản xếp sai nhóm: {listed}",
            f"Renditions of one document are grouped wrongly: {listed}",
            derived=True,
        )


def _sources(archive: Archive, connection: Connection) -> Iterator[Finding]:
    hashes = connection.scalars(select(schema.documents.c.sha256).distinct()).all()
    for sha256 in archive.sources.damaged(iter(hashes)):
        paths = connection.scalars(select(schema.files.c.path).where(schema.files.c.sha256 == sha256)).all()
        name = paths[0] if paths else sha256
        yield Finding(
            "source",
            f"Bản lưu của {name} mất hoặc hỏng. Lập chỉ mục lại tệp ấy.",
            f"The kept copy of {name} is missing or damaged. Index that file again.",
            derived=False,
        )


def _indexes(archive: Archive, connection: Connection) -> Iterator[Finding]:
    generation = records.generation_of(connection)
    documents, passages = schema.documents, schema.passages
    searched = select(passages.c.id).join(documents).where(documents.c.rendition_of.is_(None))
    stored = set(connection.scalars(searched))
    for vi, en, index in (("từ", "lexical", archive.lexical), ("vector", "vector", archive.vectors)):
        index.reload()
        if index.generation != generation:
            yield Finding(
                "generation",
                f"Chỉ mục {vi} ở thế hệ {index.generation}, bản ghi ở {generation}",
                f"The {en} index is at generation {index.generation}, the records at {generation}",
                derived=True,
            )
        try:
            indexed = index.passage_ids()
        except ArchiveError:
            indexed = set()
        if indexed != stored:
            missing, extra = len(stored - indexed), len(indexed - stored)
            yield Finding(
                "passages",
                f"Chỉ mục {vi} thiếu {missing} đoạn và thừa {extra} đoạn",
                f"The {en} index lacks {missing} passages and has {extra} too many",
                derived=True,
            )
    if spoilt := archive.lexical.damaged_files():
        yield Finding(
            "lexical-files",
            f"{len(spoilt)} tệp của chỉ mục từ mất hoặc hỏng: {', '.join(spoilt)}",
            f"{len(spoilt)} files of the lexical index are missing or damaged: {', '.join(spoilt)}",
            derived=True,
        )
    blocks = records.vector_blocks(connection, -1, archive.spec.fingerprint)
    wrong = sum(archive.vectors.differing(ids, vectors) for ids, vectors in blocks)
    if wrong:
        yield Finding(
            "vectors", f"{wrong} vector khác với bản ghi", f"{wrong} vectors differ from the records", derived=True
        )
