"""An archive: opens, commits, brings its derived indexes up to date."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, delete, insert, select, text
from sqlalchemy.exc import DatabaseError

from corpus.encoder.contract import EncoderSpec, Vectors
from corpus.errors import ArchiveError, TienLeError
from corpus.language.accents import AccentModel
from corpus.language.places import Places
from corpus.model import RecognisedWord, Table
from corpus.store import grouping, migrations, records, schema
from corpus.store.accents import AccentIndex
from corpus.store.database import DATABASE, engine_of
from corpus.store.entry import Entry
from corpus.store.faults import damaged, database_faults, index_faults, missing, of_database
from corpus.store.lexical import LexicalIndex
from corpus.store.lock import writer_lock
from corpus.store.settings import FILE_NAME as SETTINGS
from corpus.store.settings import ArchiveSettings
from corpus.store.sources import Sources
from corpus.store.vectors import VectorIndex
from corpus.store.wording import Wordings


class Archive:
    """A folder with the records (SQLite), the source files, and what is derived from the records: two indexes, counts.

    Many processes may read while one writes (:meth:`writing`). What :meth:`commit` has returned for is durable.
    """

    def __init__(self, directory: Path, engine: Engine, spec: EncoderSpec, model: str) -> None:
        """Use :meth:`open` or :meth:`create`; ``model`` is the name that loads the encoder whose record is ``spec``."""
        self.directory = directory
        self.spec = spec
        self.model = model
        self.sources = Sources(directory / "sources")
        self.wordings = Wordings()
        self._engine = engine
        self._lexical: LexicalIndex | None = None
        self._vectors: VectorIndex | None = None
        self._accents: AccentIndex | None = None
        self._settings: tuple[int | None, ArchiveSettings] | None = None
        self._guard = threading.RLock()

    @classmethod
    def create(cls, directory: Path, spec: EncoderSpec, model: str = "shipped") -> Archive:
        """The archive in ``directory``, made for the encoder ``spec`` that ``model`` loads if it is not there yet.

        ArchiveError ``model-mismatch`` when it was made with another model.
        """
        directory.mkdir(parents=True, exist_ok=True)
        database = directory / DATABASE
        if not database.exists():
            with writer_lock(directory):
                new = database.with_suffix(".new")
                new.unlink(missing_ok=True)
                engine = create_engine(f"sqlite:///{new}")
                schema.metadata.create_all(engine)
                with engine.begin() as connection:
                    records.set_meta(connection, "schema", schema.SCHEMA_VERSION)
                    connection.execute(insert(schema.alembic_version).values(version_num=schema.SCHEMA_VERSION))
                    records.set_model(connection, spec, model)
                engine.dispose()
                new.replace(database)  # whole or not at all: a kill in between leaves no half-made database
        archive = cls.open(directory)
        archive.require(spec)
        return archive

    @classmethod
    def open(cls, directory: Path) -> Archive:
        """The archive in ``directory``; ArchiveError when there is none, or it is damaged or of another version."""
        if not (directory / DATABASE).is_file():
            raise missing(directory)
        engine = engine_of(directory / DATABASE)
        try:
            with engine.connect() as connection:
                version = records.get_meta(connection, "schema")
                _, spec, model = records.get_state(connection)
        except (DatabaseError, TypeError, ValueError) as error:
            engine.dispose()
            known = of_database(directory, error) if isinstance(error, DatabaseError) else None
            raise known or damaged(directory, str(error)) from error
        if version in migrations.MIGRATED_FROM:
            engine.dispose()
            with writer_lock(directory), database_faults(directory):
                migrations.migrate(directory / DATABASE)
        elif version != schema.SCHEMA_VERSION:
            engine.dispose()
            raise ArchiveError(
                "archive-version",
                f"Kho {directory} thuộc phiên bản {version}, chương trình này dùng {schema.SCHEMA_VERSION}. "
                "Cài bản chương trình mới hơn, hoặc lập chỉ mục lại vào một thư mục mới: "
                f"tienle index THƯ_MỤC --archive {directory}-moi",
                f"Archive {directory} has version {version}, this program uses {schema.SCHEMA_VERSION}. "
                "Install a newer version of the program, or index again into a new folder: "
                f"tienle index FOLDER --archive {directory}-new",
            )
        return cls(directory, engine, spec, model)

    def require(self, spec: EncoderSpec) -> None:
        """ArchiveError ``model-mismatch`` unless the archive's vectors come from this very model."""
        if spec.fingerprint != self.spec.fingerprint:
            # The archive's model is loaded by its name: under that name there is another one now.
            change = f"tienle reembed --archive {self.directory} --model {self.model}"
            ours, theirs = (f"{each.name} ({each.revision})" for each in (self.spec, spec))
            raise ArchiveError(
                "model-mismatch",
                f"Kho {self.directory} dùng mô hình {ours}, không phải {theirs}. Đổi mô hình của kho: {change}",
                f"Archive {self.directory} uses model {ours}, not {theirs}. Change its model: {change}",
            )

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent state of the records; ArchiveError when they cannot be read."""
        with database_faults(self.directory), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with database_faults(self.directory), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer lock; ArchiveError ``archive-locked`` when another process writes."""
        with writer_lock(self.directory):
            yield

    @property
    def settings(self) -> ArchiveSettings:
        """The archive's own settings (archive.toml), read again when the file has changed."""
        path = self.directory / SETTINGS
        changed = path.stat().st_mtime_ns if path.exists() else None
        with self._guard:
            if self._settings is None or self._settings[0] != changed:
                self._settings = (changed, ArchiveSettings.load(self.directory))
            return self._settings[1]

    @property
    def places(self) -> Places:
        """The register of places, with what the archive's own settings add."""
        return self.settings.places

    @property
    def generation(self) -> int:
        """How many changes the records have seen."""
        with self.reading() as connection:
            return records.generation_of(connection)

    def commit(self, entry: Entry, recipe: str) -> None:
        """Store a document, whole or not at all; what its file gave before goes. Needs the writer lock.

        Of several renditions of one document the best is searched, which is settled here.

        ``recipe`` names the versions of the program's parts that made it, so that a later run knows what to redo.
        """
        with self._changing() as connection:
            files, documents = schema.files, schema.documents
            held = select(documents.c.id, documents.c.recipe, documents.c.waiting)
            stored = list(map(tuple, connection.execute(held.where(documents.c.sha256 == entry.sha256))))
            made = [(part.document_id, recipe, list(part.parsed.source.waiting)) for part in (entry, *entry.issued)]
            same = sorted(stored) == sorted(made)
            previous = records.document_at(connection, entry.path)
            generation = records.next_generation(connection)
            shared = []
            if stored and not same:
                sharing = select(files.c.path).where(files.c.document_id == entry.document_id)
                shared = list(connection.scalars(sharing))
                self._remove(connection, entry.document_id, generation)
            if not same:
                records.insert_entry(connection, entry, generation, recipe, self.spec.fingerprint)
                for stored_entry in (entry, *entry.issued):
                    grouping.settle(connection, stored_entry.document_id, generation)
            for path in {entry.path, *shared}:
                records.set_file(connection, path, entry.sha256, entry.size, entry.document_id)
            if previous and previous != entry.document_id:
                self._forget_orphan(connection, previous, generation)

    def record_failure(self, path: str, sha256: str, size: int, error: TienLeError) -> None:
        """Remember why a file has no document; one that it gave before goes. Needs the writer lock."""
        self._record(path, sha256, size, error)

    def record_package(self, path: str, sha256: str, size: int) -> None:
        """Remember a package, whose members have rows of their own; a document that it gave before goes.

        Needs the writer lock.
        """
        self._record(path, sha256, size, None)

    def _record(self, path: str, sha256: str, size: int, error: TienLeError | None) -> None:
        with self._changing() as connection:
            previous = records.document_at(connection, path)
            records.set_file(connection, path, sha256, size, error=error)
            if previous:
                self._forget_orphan(connection, previous, records.next_generation(connection))

    def forget(self, paths: Iterable[str]) -> None:
        """Take files out, with the documents that came from nowhere else. Needs the writer lock.

        Kept copies stay until they are dropped from :attr:`sources`.
        """
        with self._changing() as connection:
            for path in paths:
                previous = records.document_at(connection, path)
                connection.execute(delete(schema.files).where(schema.files.c.path == path))
                if previous:
                    self._forget_orphan(connection, previous, records.next_generation(connection))

    @staticmethod
    def _forget_orphan(connection: Connection, document_id: str, generation: int) -> None:
        files = schema.files
        if connection.execute(select(files.c.path).where(files.c.document_id == document_id)).first() is None:
            Archive._remove(connection, document_id, generation)

    @staticmethod
    def _remove(connection: Connection, document_id: str, generation: int) -> None:
        """Take out what a file gave: a document and the plans that it issues."""
        for part in records.of_the_same_file(connection, document_id):
            renditions = grouping.withdraw(connection, part)
            records.remove_document(connection, part, generation)
            grouping.regroup(connection, renditions, generation)

    def regroup(self) -> None:
        """Say anew of every document whose rendition it is, by the likenesses stored. Needs the writer lock."""
        with self._changing() as connection:
            if wrong := grouping.unsettled(connection):
                grouping.regroup(connection, wrong, records.next_generation(connection))

    def tables(self, document_id: str) -> tuple[Table, ...]:
        """The tables of a document, their spans in its text; empty for an id that the archive does not know."""
        with self.reading() as connection:
            return records.tables_of(connection, document_id)

    def words(self, document_id: str) -> tuple[RecognisedWord, ...]:
        """The words of a document that were recognised on images, in reading order; empty when none was."""
        with self.reading() as connection:
            return records.words_of(connection, document_id)

    @property
    def lexical(self) -> LexicalIndex:
        """The lexical index as it stands on disk; :meth:`refresh` brings it up to date."""
        with self._guard:
            if self._lexical is None:
                self._lexical = LexicalIndex(self.directory / "lexical")
            return self._lexical

    @property
    def vectors(self) -> VectorIndex:
        """The vector index as it stands on disk; :meth:`refresh` brings it up to date."""
        with self._guard:
            if self._vectors is None:
                self._vectors = VectorIndex(self.directory / "vectors", self.spec.fingerprint, self.spec.dimensions)
            return self._vectors

    @property
    def _syllables(self) -> AccentIndex:
        with self._guard:
            if self._accents is None:
                self._accents = AccentIndex(self.directory / "accents")
            return self._accents

    @property
    def accents(self) -> AccentModel:
        """Restores marks as the archive's texts write them, as far as they are counted; :meth:`refresh` counts on."""
        with self._guard:
            return self._syllables.model

    def embed(self, spec: EncoderSpec, ids: Sequence[int], vectors: Vectors) -> None:
        """Store vectors of another model beside those in use. Needs the writer lock."""
        with self._changing() as connection:
            records.insert_vectors(connection, ids, spec.fingerprint, vectors)

    def switch(self, spec: EncoderSpec, model: str) -> None:
        """Use another model, whose vectors are all stored, from one moment to the next. Needs the writer lock."""
        old = self.spec
        with index_faults(self.directory), self.reading() as connection:
            generation = records.generation_of(connection)
            index = VectorIndex(self.directory / "vectors", spec.fingerprint, spec.dimensions)
            count, _ = records.count_vectors(connection, spec.fingerprint)
            index.rebuild(records.vector_blocks(connection, -1, spec.fingerprint), count, generation)
        with self._changing() as connection:
            records.switch_model(connection, old.fingerprint, spec.fingerprint)
            records.set_model(connection, spec, model)
        self._follow(spec, model)
        for file in (self.directory / "vectors").glob(f"{old.fingerprint}-*"):
            file.unlink(missing_ok=True)

    def _follow(self, spec: EncoderSpec, model: str) -> None:
        with self._guard:
            if spec != self.spec:
                self.spec, self.model, self._vectors = spec, model, None

    def refresh(self) -> None:
        """Bring the indexes to the records' generation, or as far as a writing process has brought them.

        Where they cannot be written (another process writes, the disk is full or read-only) they stay as they are. A
        model that another process has switched to is taken up.
        """
        with self.reading() as connection:
            generation, spec, model = records.get_state(connection)
        self._follow(spec, model)
        with self._guard:
            behind = [
                index for index in (self.lexical, self.vectors, self._syllables) if index.generation != generation
            ]
            for index in behind:
                index.reload()
            if all(index.generation == generation for index in behind):
                return
            try:
                with self.writing():
                    for index in behind:
                        index.reload()  # another process may have written it while we came to the lock
                    self.sync()
            except ArchiveError as error:
                if error.code not in {"archive-locked", "archive-readonly", "disk-full"}:
                    raise

    def sync(self, *, counting: bool = True) -> None:
        """Bring the indexes to the records' generation. Needs the writer lock.

        ``counting`` False leaves the counts of syllables for later: they change little from document to document.
        """
        with self._guard, index_faults(self.directory), self.reading() as connection:
            generation = records.generation_of(connection)
            self._note_set_back(generation)
            if self.lexical.generation != generation:
                after = self.lexical.generation
                gone = [document for document, _, _ in records.removals(connection, after)]
                gone += records.document_ids(connection, after)
                self.lexical.update(gone, records.lexical_rows(connection, after), generation)
            if self.vectors.generation != generation:
                after = self.vectors.generation
                ranges = [(first, last) for _, first, last in records.removals(connection, after)]
                blocks = records.vector_blocks(connection, after, self.spec.fingerprint)
                self.vectors.update(ranges, blocks, generation)
            if counting and self._syllables.generation != generation:
                self._syllables.update(records.texts(connection, self._syllables.generation), generation)

    def _note_set_back(self, generation: int) -> None:
        """Start an index anew that knows of later changes than the records; ``verify`` tells of it."""
        ahead = [index for index in (self.lexical, self.vectors, self._syllables) if index.generation > generation]
        if ahead:
            with self._changing() as connection:
                records.set_meta(connection, records.SET_BACK, str(max(index.generation for index in ahead)))
            for index in ahead:
                index.generation = -1

    def settle(self) -> None:
        """Take as they are records that were set back: nothing newer is to be had. Needs the writer lock."""
        with self._changing() as connection:
            if records.get_meta(connection, records.SET_BACK):
                records.set_meta(connection, records.SET_BACK, "")

    def tidy(self) -> None:
        """Make the vector index anew where that makes searching faster. Needs the writer lock, and time; readers go on.

        Not part of :meth:`sync`, which a reader that finds the indexes behind may have to wait for.
        """
        if self.vectors.stale:
            with index_faults(self.directory), self.reading() as connection:
                self._rebuild_vectors(connection, self.vectors)

    def indexed(self) -> dict[str, int]:
        """The generation of each index as it stands on disk; -1 where it is not there or is damaged."""
        with self._guard:
            self.lexical.reload()
            self.vectors.reload()
            self._syllables.reload()
            found = {"lexical": self.lexical.generation, "vectors": self.vectors.generation}
            return found | {"accents": self._syllables.generation}

    def reindex(self) -> None:
        """Make the database's own indexes anew from its tables. Needs the writer lock."""
        with self._changing() as connection:
            connection.execute(text("REINDEX"))

    def _rebuild_vectors(self, connection: Connection, index: VectorIndex) -> None:
        generation = records.generation_of(connection)
        count, _ = records.count_vectors(connection, self.spec.fingerprint)
        index.rebuild(records.vector_blocks(connection, -1, self.spec.fingerprint), count, generation)

    def rebuild(self) -> None:
        """Make the indexes anew from the records. Needs the writer lock."""
        with self._guard, index_faults(self.directory), self.reading() as connection:
            self.lexical.generation = -1
            self._syllables.generation = -1
            self._rebuild_vectors(connection, self.vectors)
            self.sync()
