"""What the server refuses before the application sees it: heads that do not come in time, and those it cannot read."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.http.problems import MEDIA_TYPE, problem_of

_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_LINGER = 2.0  # seconds

_UNREADABLE = problem_of(
    400,
    "request-unreadable",
    "Yêu cầu không đọc được · Request not readable",
    "Yêu cầu không đúng HTTP/1.1, hoặc địa chỉ và các trường đầu dài hơn 64 KB. Rút ngắn địa chỉ rồi gửi lại. · "
    "The request is no HTTP/1.1, or its address and header fields are longer than 64 KB. Shorten it and send it again.",
)


class PunctualProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, where the head of a request has to be there in time (RFC 9110, 15.5.9).

    uvicorn limits how long a connection idles after an answer, but not how long the first request may be awaited, nor
    how long a head takes that has begun, nor the rest of a body that was answered before it ended: a thousand of those
    (Slowloris) are all the files a process may open.
    """

    seconds = 30.0
    """From the connection, or from an answer's end and the first byte after it, to the end of a head."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # H11Protocol narrows its parameter
        """Wait for the first request."""
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Pass on what came, and wait on where what has begun has not ended."""
        if self.conn.their_state is h11.ERROR:
            return  # refused: the rest is let pass until the connection is closed
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait on where the next head has begun, or the answered request has not ended."""
        super().on_response_complete()
        self._watch()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, as all else is refused; the language of who sent it is not known."""
        headers = [("Content-Type", MEDIA_TYPE), ("Connection", "close")]
        body = _UNREADABLE.model_dump_json(exclude_none=True).encode()
        refusal = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
        for event in (refusal, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        # Closed while something still comes, the system would take the answer back (RFC 9112, 9.6).
        self._settle()
        if self.cycle is not None:
            self.cycle.disconnected = True  # an answer under way has nobody to go to
            self.cycle.message_event.set()
        self.transport.write_eof()
        self._late = self.loop.call_later(_LINGER, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._settle()
        super().connection_lost(exc)

    def _watch(self) -> None:
        answering = self.cycle is not None and not self.cycle.response_complete
        between = self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]  # uvicorn's own time runs
        if answering or between:
            self._settle()
        elif self._late is None:
            self._expect()

    def _expect(self) -> None:
        self._late = self.loop.call_later(self.seconds, self._cut)

    def _settle(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _cut(self) -> None:
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self.transport.write(_TOO_LATE)
        self.transport.close()
