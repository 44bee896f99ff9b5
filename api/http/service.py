"""What every request shares: the archive and its encoder, opened once, and what pages tell about the archive."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from sqlalchemy import func, select

from api.answers.agencies import roster_of
from api.answers.defined import defined_in
from api.answers.documents import known_provinces, known_types, known_years
from api.answers.filters import Filters, read_filters
from api.answers.unread import unread
from api.answers.worth import keep_worths
from corpus.encoder.contract import Encoder
from corpus.encoder.registry import load_encoder
from corpus.errors import TienLeError
from corpus.language.places import Places
from corpus.language.segment import segment
from corpus.store import schema
from corpus.store.archive import Archive
from corpus.store.settings import FILE_NAME

_TURN = 0.0005
"""Seconds after which a thread that waits gets its turn: the indexes are searched outside of Python's lock and come
back to it, and with Python's own 5 ms eight questions at once had to wait a fifth longer (benchmarks/RESULTS.md)."""

_M_ARENA_MAX, _ARENAS = -8, 2
"""A parameter of glibc's mallopt(3), which keeps memory of each thread apart: 90 MB of forty threads over a million
passages (benchmarks/RESULTS.md)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the archive holds, in one state of it: documents, each once; ``years`` are the first and last of issue.

    ``unread``: documents whose records are not known yet, since an older version has read them.
    """

    generation: int
    documents: int
    passages: int
    unread: int
    title: str
    notice: str
    places: Places
    types: tuple[str, ...]
    provinces: tuple[str, ...]
    years: tuple[int, int] | None


class Service:
    """An archive with its encoder for many threads; each is opened when first needed and again after a failure."""

    def __init__(self, directory: Path) -> None:
        """Nothing is opened yet."""
        self._directory = directory
        self._guard = threading.Lock()
        self._archive: Archive | None = None
        self._encoder: Encoder | None = None
        self._facts: tuple[tuple[int, int], Facts] | None = None

    def start(self) -> None:
        """Open archive and encoder and load the segmenter; what is missing is left for the first request to say."""
        sys.setswitchinterval(_TURN)
        with suppress(OSError, AttributeError):  # a system with another allocator
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
        try:
            _ = self.encoder
            with self.archive.reading() as connection:
                keep_worths(self.archive, connection)
            _ = self.archive.accents
            roster_of(self.archive)
            defined_in(self.archive)
        except TienLeError:
            return
        segment("khởi động")

    def stop(self) -> None:
        """Let go of the database."""
        with self._guard:
            if self._archive:
                self._archive.close()
            self._archive = self._encoder = self._facts = None

    @property
    def archive(self) -> Archive:
        """The archive; ArchiveError when it cannot be opened."""
        with self._guard:
            if self._archive is None:
                self._archive = Archive.open(self._directory)
            return self._archive

    @property
    def encoder(self) -> Encoder:
        """The encoder that the archive was made with; EncoderError when it is missing."""
        archive = self.archive
        archive.refresh()  # it may have been switched to another model
        with self._guard:
            if self._encoder is None or self._encoder.spec != archive.spec:
                self._encoder = load_encoder(archive.model)
            return self._encoder

    def facts(self) -> Facts:
        """What the archive holds now; counted again only when a document or the settings have changed."""
        archive = self.archive
        settings_file = self._directory / FILE_NAME
        changed = settings_file.stat().st_mtime_ns if settings_file.exists() else 0
        state = (archive.generation, changed)
        known = self._facts
        if known is None or known[0] != state:
            known = (state, _count(archive, state[0]))
            self._facts = known
        return known[1]

    def filters(
        self,
        year: str | None,
        provinces: Sequence[str],
        types: Sequence[str],
        qualities: Sequence[str] = (),
        *,
        as_of_today: bool,
    ) -> Filters:
        """Filters as typed; QueryError for what the archive does not know."""
        facts = self.facts()
        return read_filters(
            facts.places,
            facts.types,
            year=year,
            provinces=provinces,
            types=types,
            qualities=qualities,
            as_of_today=as_of_today,
        )


def _count(archive: Archive, generation: int) -> Facts:
    settings = archive.settings
    with archive.reading() as connection:
        searched = schema.documents.c.rendition_of.is_(None)
        documents, passages = (
            connection.execute(select(func.count()).select_from(table).where(searched)).scalar_one()
            for table in (schema.documents, schema.passages.join(schema.documents))
        )
    return Facts(
        generation=generation,
        documents=documents,
        passages=passages,
        unread=unread(archive),
        title=settings.title,
        notice=settings.notice,
        places=settings.places,
        types=tuple(known_types(archive)),
        provinces=tuple(known_provinces(archive)),
        years=known_years(archive),
    )


async def service_of(request: Request) -> Service:
    """The service of the application that a request came to.

    Asynchronous, as all dependencies that wait for nothing: others take a thread each, and a turn of Python's lock.
    """
    service: Service = request.app.state.service
    return service
