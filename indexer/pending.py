"""What a run finds answered already, and what an earlier run left to be tried again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, select

from corpus.errors import ReadingError
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.sources import hash_file
from indexer.workers import MEMBER, Failure, Package, Task


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file whose document, made by the same recipe, the archive has."""

    path: str


class Known:
    """What the records say of files, by path: hashes of documents made by a recipe, and of packages."""

    def __init__(self, archive: Archive, made_by: str) -> None:
        """As the records stand now."""
        files, documents = schema.files, schema.documents
        with archive.reading() as connection:
            query = select(files.c.path, files.c.sha256).join(documents).where(documents.c.recipe == made_by)
            self._documents = {path: sha256 for path, sha256 in connection.execute(query)}  # noqa: C416  (rows are no pairs to mypy)
            self._packages = dict(_packages(connection, self._documents))

    def answer(self, path: str) -> list[Unchanged | Failure | Package] | None:
        """What is known of a file, or of a package's members and then itself; None where it is new, changed or old."""
        if path in self._documents:
            return [Unchanged(path)] if self._documents[path] == _hash(path) else None
        if path not in self._packages:
            return None
        package, members = self._packages[path]
        return [*members, package] if package.sha256 == _hash(path) else None


def _packages(
    connection: Connection, documents: dict[str, str]
) -> Iterator[tuple[str, tuple[Package, list[Unchanged | Failure]]]]:
    """The packages whose members are all answered: by a document of the present recipe, or by a failure."""
    files = schema.files
    query = select(files).where(files.c.document_id.is_(None), files.c.error_code.is_(None))
    for package in connection.execute(query).all():
        members: list[Unchanged | Failure] = []
        inside = select(files).where(files.c.path.startswith(package.path + MEMBER, autoescape=True))
        for row in connection.execute(inside.order_by(files.c.path)):
            if row.error_code is not None:
                error = ReadingError(row.error_code, row.error_vi, row.error_en)
                members.append(Failure(row.path, row.sha256, row.size, error))
            elif row.path in documents:
                members.append(Unchanged(row.path))
            elif row.document_id is not None:
                break  # made by another recipe: the package is taken up again
        else:
            yield package.path, (Package(package.path, package.sha256, package.size), members)


@dataclass(slots=True)
class Again:
    """What failed or waits: files and folders to look at, members and kept copies to read, and what is gone."""

    paths: list[Path] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    gone: list[Path] = field(default_factory=list)


def to_retry(archive: Archive) -> Again:
    """What an earlier run could not read, or not whole.

    A document of which pages wait is read from its kept copy, so that it does not matter where its file went.
    """
    files, documents = schema.files, schema.documents
    again = Again()
    failed = select(files.c.path).where(files.c.error_code.is_not(None)).order_by(files.c.path)
    made = select(files.c.path, files.c.sha256, documents.c.waiting)
    partly = made.join(documents, documents.c.sha256 == files.c.sha256).where(files.c.document_id.is_not(None))
    with archive.reading() as connection:
        for path in connection.scalars(failed):
            package = _package_of(path)
            if Path(path).exists():
                again.paths.append(Path(path))
            elif package:
                again.tasks.append(Task(package, only=path.removeprefix(package + MEMBER)))
            else:
                again.gone.append(Path(path))
        kept = {row.sha256: row.path for row in connection.execute(partly.order_by(files.c.path)) if row.waiting}
    again.tasks += [Task(path, kept=sha256) for sha256, path in kept.items()]
    return again


def _package_of(path: str) -> str | None:
    """The package that a member's path leads into, None where there is none on the disk."""
    at = path.find(MEMBER)
    while at >= 0:
        if Path(path[:at]).is_file():
            return path[:at]
        at = path.find(MEMBER, at + 1)
    return None


def _hash(path: str) -> str:
    try:
        return hash_file(Path(path))[0]
    except OSError:
        return ""  # gone or closed since: the worker says why
