"""How large a request may be, and how long its answer may take."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.errors import too_slow
from corpus.errors import TienLeError

Refuse = Callable[[Request, TienLeError | HTTPException], Response]
"""Makes the answer that says what was refused and why."""


class Body:
    """A request's body that ends in the status 413 beyond ``largest`` bytes, whether announced or not."""

    def __init__(self, receive: Receive, headers: Headers, largest: int) -> None:
        """Read from ``receive``, nothing yet."""
        length = headers.get("content-length", "0")
        self._receive = receive
        self._largest = largest
        self._announced = int(length) if length.isdecimal() else 0
        self._size = 0
        self.pending = self._announced > 0 or "transfer-encoding" in headers
        """Whether some of it was not read: then the connection is of no further use, and may bring more without end."""

    async def read(self) -> Message:
        """The next piece, as ASGI has it."""
        if self._announced <= self._largest:
            message = await self._receive()
            self._size += len(message.get("body", b""))
            self.pending = self.pending and message.get("more_body", False)
            if self._size <= self._largest:
                return message
        self.pending = True
        # The detail says how much; FastAPI passes this error on where it reads the body itself.
        raise HTTPException(413, _shown(self._largest))


class TimeLimit:
    """ASGI middleware: an answer that has not begun ``seconds`` after the last piece of its request is a refusal.

    What a thread computes cannot be stopped, so it goes on and its answer is dropped; the caller need not wait for it.
    """

    def __init__(self, app: ASGIApp, seconds: int, refuse: Refuse) -> None:
        """Wrap ``app``."""
        self._app = app
        self._seconds = seconds
        self._refuse = refuse
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; answer in its place when it takes too long."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = dropped = False
        clock = asyncio.get_running_loop().time
        until = clock() + self._seconds

        async def coming() -> Message:
            nonlocal until
            message = await receive()
            until = clock() + self._seconds
            return message

        async def watched(message: Message) -> None:
            nonlocal begun
            if not dropped:
                begun = True
                await send(message)

        task = asyncio.ensure_future(_run(self._app(scope, coming, watched)))
        try:
            while not task.done() and not begun and (left := until - clock()) > 0:
                await asyncio.wait({task}, timeout=left)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.done() or begun:
            await task
            return
        dropped = True
        self._late.add(task)
        task.add_done_callback(self._ended)
        answer = await run_in_threadpool(self._refuse, Request(scope), too_slow(self._seconds))
        await answer(scope, receive, send)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._late.discard(task)
        if not task.cancelled():
            task.exception()  # asked for, or asyncio complains that nobody did


async def _run(answering: Awaitable[None]) -> None:
    await answering


def _shown(size: int) -> str:
    return f"{size // 1024**2} MB" if size >= 1024**2 else f"{size // 1024} KB"
