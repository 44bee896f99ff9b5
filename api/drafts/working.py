"""Work on a kept draft that takes its time: read in a process that can be stopped, then set beside the archive."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING

from api.answers.filters import Filters
from api.answers.precedents import Draft, Precedents, find_precedents
from api.drafts.keeping import KeptDraft
from api.drafts.reading import read_apart, read_draft
from corpus.errors import TienLeError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from api.http.service import Service

MOST_AT_ONCE = 2
"""Drafts that one process works on at a time; others wait."""

SHORT = 50_000
"""Bytes of pasted words that are read at once: a process of their own takes a second or two to start."""

READ = "draft"
"""The key under which a draft's own records are kept."""

_TICK = 0.25  # seconds between two looks at whether the work is still wanted

_turn = threading.Semaphore(MOST_AT_ONCE)


def start(service: Service, kept: KeptDraft, filters: Filters, key: str) -> threading.Thread:
    """Work on a draft until its answer lies under ``key``, unless somebody does already; a thread that is at it."""
    thread = threading.Thread(target=_work, args=(service, kept, filters, key), daemon=True)
    thread.start()
    return thread


@cache
def drafts() -> TypeAdapter[Draft]:
    """How a draft's records are written and read."""
    from pydantic import TypeAdapter

    return TypeAdapter(Draft)


@cache
def answers() -> TypeAdapter[Precedents]:
    """How precedents are written and read."""
    from pydantic import TypeAdapter

    return TypeAdapter(Precedents)


def _work(service: Service, kept: KeptDraft, filters: Filters, key: str) -> None:
    with kept.working() as mine:
        if not mine:
            return
        try:
            if not _wait_for_turn(kept):
                return
            try:
                _answer(service, kept, filters, key)
            finally:
                _turn.release()
        except FileNotFoundError:
            return  # it was deleted meanwhile
        except TienLeError as error:
            kept.fail(error)
        except Exception:
            kept.fail(_unforeseen())
            raise  # the server's log tells the rest


def _wait_for_turn(kept: KeptDraft) -> bool:
    kept.begin("waiting")
    while not _turn.acquire(timeout=_TICK):
        if kept.cancelled:
            return False
    return True


def _answer(service: Service, kept: KeptDraft, filters: Filters, key: str) -> None:
    archive = service.archive
    draft = kept.answer(READ, drafts())
    if draft is None:
        kept.begin("reading")
        if kept.pasted and kept.size <= SHORT:
            draft = read_draft(kept.file.read_bytes(), "", archive.places)
        else:
            draft = read_apart(kept.file.read_bytes(), kept.suffix, archive, lambda: not kept.cancelled)
        if draft is None:
            return
        kept.write(READ, drafts().dump_json(draft))
    kept.begin("comparing")
    found = find_precedents(archive, service.encoder, draft, filters)
    if not kept.cancelled:
        kept.write(key, answers().dump_json(found))


def _unforeseen() -> TienLeError:
    return TienLeError(
        "unexpected",
        "Chương trình gặp lỗi khi đối chiếu bản thảo. Bấm Làm lại; nếu vẫn lỗi, xem nhật ký của máy chủ và báo lỗi.",
        "The program failed while comparing the draft. Press Try again; if it goes on, see the server's log and "
        "report it.",
    )
