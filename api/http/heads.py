"""Connections on which nothing is asked in time: they are closed, so that none is held by sending next to nothing."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class PunctualProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, where the head of a request has to be there in time (RFC 9110, 15.5.9).

    uvicorn limits how long a connection idles after an answer, but neither how long the first request may be awaited
    nor how long a head takes that has begun: a thousand of those (Slowloris) are all the files a process may open.
    """

    seconds = 30.0
    """From the connection, or from the first byte after an answer, to the end of the head."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Wait for the first request."""
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Pass on what came, and wait on where a head has begun and not ended."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._settle()
        elif self._late is None:
            self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._settle()
        super().connection_lost(exc)

    def _expect(self) -> None:
        self._late = self.loop.call_later(self.seconds, self._cut)

    def _settle(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _cut(self) -> None:
        if self.conn.trailing_data[0]:
            self.transport.write(_TOO_LATE)
        self.transport.close()
