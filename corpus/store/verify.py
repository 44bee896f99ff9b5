"""Does an archive hold what it promises: records, source files and both indexes against each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, and_, func, select, text
from sqlalchemy.exc import DatabaseError

from corpus.errors import ArchiveError
from corpus.store import grouping, records, schema
from corpus.store.archive import Archive
from corpus.store.sources import hash_file

_OF_SQL_INDEXES = ("wrong # of entries in index", "missing from index", "non-unique entry in index")
"""What SQLite's check says of its own indexes, which REINDEX makes anew from the tables."""


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
    the searched passages, the very vectors; the counts of syllables: the records' generation. Where SQLite's check
    fails nothing else is looked at, since nothing else can be believed.
    """
    with archive.reading() as connection:
        if damage := _database(connection):
            return [damage]
        return [
            *_records(connection, archive.spec.fingerprint),
            *_sources(archive, connection),
            *_indexes(archive, connection),
        ]


def repair(archive: Archive) -> list[Finding]:
    """Mend what can be mended; what :func:`verify` still finds.

    Made anew from the records: SQLite's own indexes, renditions, both indexes, counts of syllables. Kept again:
    sources whose file is where it was when it was indexed. Swept: left-overs of killed runs. Records that are damaged
    are left alone, and so is everything beside them: it may be all that there is.
    """
    with archive.writing():
        with archive.reading() as connection:
            damage = _database(connection)
        if damage and damage.derived:
            archive.reindex()
            with archive.reading() as connection:
                damage = _database(connection)
        if damage:
            return [damage]
        archive.regroup()
        archive.rebuild()
        archive.settle()
        with archive.reading() as connection:
            known = set(connection.scalars(select(schema.documents.c.sha256)))
            lost = {sha256: _paths(connection, sha256) for sha256 in archive.sources.damaged(iter(known))}
        for sha256, paths in lost.items():
            _keep_again(archive, sha256, paths)
        archive.sources.sweep(known)
    return verify(archive)


def _paths(connection: Connection, sha256: str) -> list[str]:
    return list(connection.scalars(select(schema.files.c.path).where(schema.files.c.sha256 == sha256)))


def _keep_again(archive: Archive, sha256: str, paths: list[str]) -> None:
    for path in map(Path, paths):
        with suppress(OSError):
            if path.is_file() and hash_file(path)[0] == sha256:
                archive.sources.keep(path.read_bytes())
                return


def _database(connection: Connection) -> Finding | None:
    try:
        said = [str(each) for each in connection.execute(text("PRAGMA integrity_check")).scalars()]
    except DatabaseError as error:
        said = [str(error.orig)]
    if said == ["ok"]:
        return None
    first, derived = said[0].splitlines()[-1], all(any(kind in each for kind in _OF_SQL_INDEXES) for each in said)
    return Finding("database", f"Cơ sở dữ liệu hỏng: {first}", f"The database is damaged: {first}", derived)


def _records(connection: Connection, fingerprint: str) -> Iterator[Finding]:
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
        paths = _paths(connection, sha256)
        name = paths[0] if paths else sha256
        yield Finding(
            "source",
            f"Bản lưu của {name} mất hoặc hỏng. Để lại tệp ấy vào chỗ cũ rồi chạy tienle verify --repair.",
            f"The kept copy of {name} is missing or damaged. Put that file back and run tienle verify --repair.",
            derived=False,
        )


def _indexes(archive: Archive, connection: Connection) -> Iterator[Finding]:
    generation = records.generation_of(connection)
    standing = archive.indexed()
    if max(standing.values()) > generation:
        yield _set_back(max(standing.values()))
    elif noted := records.get_meta(connection, records.SET_BACK):
        yield _set_back(int(noted))
    documents, passages = schema.documents, schema.passages
    searched = select(passages.c.id).join(documents).where(documents.c.rendition_of.is_(None))
    stored = set(connection.scalars(searched))
    for vi, en, index in (("từ", "lexical", archive.lexical), ("vector", "vector", archive.vectors)):
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
    if (counted := standing["accents"]) != generation:
        yield Finding(
            "accents",
            f"Số đếm âm tiết ở thế hệ {counted}, bản ghi ở {generation}",
            f"The counts of syllables are at generation {counted}, the records at {generation}",
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


def _set_back(ahead: int) -> Finding:
    return Finding(
        "set-back",
        f"Bản ghi bị lùi lại: chỉ mục từng ở thế hệ {ahead}. Có thể mất tệp archive.sqlite-wal, hoặc kho bị chép đè "
        "bằng bản cũ, nên văn bản mới nhất có thể không còn. Khôi phục bản sao lưu mới hơn, hoặc chạy lại tienle index "
        "với các tệp mới; xong thì chạy tienle verify --repair.",
        f"The records were set back: an index was at generation {ahead}. The file archive.sqlite-wal may be lost, or "
        "an older copy lie over the archive, so the newest documents may be gone. Restore a newer backup, or run "
        "tienle index on the newest files; then run tienle verify --repair.",
        derived=False,
    )
