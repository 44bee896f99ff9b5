"""Pages of kept files as pictures, drawn in a process of their own: a damaged file cannot take the server down."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from threading import Lock, Timer

from api.answers.documents import FullDocument
from api.http.sources import kept_source
from corpus.errors import ArchiveError
from corpus.store.archive import Archive
from indexer.pool import Limits, Lost, run_all
from indexer.reading.page_image import PageWanted, has_pages, page_renderer

WIDTHS = {"": 900, "large": 1800}
"""Pixels across: beside the text, and to look closely."""

LIMITS = Limits(seconds=20.0, memory=1024**3)
"""What drawing a page may take."""

_PATIENCE = 15.0  # seconds until one who waits for others' pages is told so
_IDLE = 300.0  # seconds for which the process is kept: to start it takes longer than to draw a page


def page_count(document: FullDocument) -> int:
    """How many pages of a document's file can be shown as pictures; 0 where it has none."""
    return (document.card.pages or 0) if has_pages(document.media_type) else 0


def page_image(archive: Archive, document: FullDocument, number: int, width: int) -> bytes | None:
    """A page of a document's kept file as PNG, None where there is no such page.

    ArchiveError ``source-missing``, ``page-busy`` while others' pages are drawn, ``page-undrawable``; ReadingError for
    a damaged file.
    """
    return _drawer.draw(PageWanted(kept_source(archive, document), document.media_type, number, width))


class _Drawer:
    """One process that draws one page after the other, let go of when nobody has wanted one for a time."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._tasks: deque[PageWanted] = deque()
        self._results: Generator[tuple[PageWanted, bytes] | Lost[PageWanted], None, None] | None = None
        self._idle: Timer | None = None

    def draw(self, wanted: PageWanted) -> bytes | None:
        if not self._guard.acquire(timeout=_PATIENCE):
            raise ArchiveError(
                "page-busy",
                "Máy chủ đang vẽ nhiều trang cùng lúc. Chờ một lát rồi tải lại trang.",
                "The server is drawing many pages at once. Wait a moment and load the page again.",
            )
        try:
            return self._next(wanted)
        finally:
            self._guard.release()

    def _next(self, wanted: PageWanted) -> bytes | None:
        if self._idle:
            self._idle.cancel()
        self._tasks.append(wanted)
        try:
            if self._results is None:
                self._results = _drawn(self._tasks)
            result = next(self._results)
        except BaseException:  # the run is over with its process; the next page begins another
            self._results = None
            self._tasks.clear()
            raise
        self._idle = Timer(_IDLE, self._let_go)
        self._idle.daemon = True
        self._idle.start()
        if isinstance(result, Lost):
            raise ArchiveError(
                "page-undrawable",
                f"Không vẽ được trang {wanted.number}: tệp cần quá nhiều thời gian hoặc bộ nhớ. Mở tệp gốc để xem.",
                f"Page {wanted.number} takes too much time or memory to draw. Open the source file instead.",
            )
        return result[1] or None

    def _let_go(self) -> None:
        with self._guard:
            if self._results is not None:
                self._results.close()
                self._results = None


def _drawn(tasks: deque[PageWanted]) -> Generator[tuple[PageWanted, bytes] | Lost[PageWanted], None, None]:
    yield from run_all(page_renderer, (), tasks, 1, LIMITS)


_drawer = _Drawer()
