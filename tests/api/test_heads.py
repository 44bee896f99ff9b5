"""Connections held by sending next to nothing are closed; those that ask, however long the answer takes, are not."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from api.http.heads import PunctualProtocol
from api.http.problems import Problem

HEAD = b"GET / HTTP/1.1\r\nHost: tienle\r\n"
BODY = b"POST / HTTP/1.1\r\nHost: tienle\r\nContent-Length: 8\r\n\r\n"


class Hurried(PunctualProtocol):
    seconds = 0.6


async def slow(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the body to its end, then takes longer than a head may."""
    if scope["type"] != "http":
        return
    body = b""
    while scope["path"] != "/hasty":
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await asyncio.sleep(2 * Hurried.seconds if scope["path"] != "/hasty" else 0)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    config = uvicorn.Config(slow, host="127.0.0.1", port=0, log_level="critical", lifespan="off", http=Hurried)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(timeout=10)


def connected(port: int) -> closing[socket.socket]:
    return closing(socket.create_connection(("127.0.0.1", port), timeout=15))


def trickle(connection: socket.socket, data: bytes, pause: float = 0.1) -> None:
    """Send byte after byte until the other side has closed."""
    try:
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(pause)
    except OSError:
        return


def rest(connection: socket.socket) -> bytes:
    """What still comes until the other side closes."""
    got = b""
    try:
        while piece := connection.recv(65_536):
            got += piece
    except ConnectionResetError:  # it was still being sent to
        pass
    return got


def answer(connection: socket.socket) -> bytes:
    return connection.recv(65_536)


def test_a_connection_that_asks_nothing_is_closed(port: int) -> None:
    with connected(port) as connection:
        assert rest(connection) == b""


def test_a_head_that_comes_byte_by_byte_is_cut(port: int) -> None:
    with connected(port) as connection:
        began = time.monotonic()
        sending = threading.Thread(target=trickle, args=(connection, HEAD + b"X-Slow: " + b"a" * 200))
        sending.start()
        assert rest(connection).startswith(b"HTTP/1.1 408 ")
        assert time.monotonic() - began < 10  # it would take twenty seconds to send
        sending.join()


def test_a_second_head_on_a_kept_connection_is_cut_too(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(HEAD + b"\r\n")
        assert answer(connection).startswith(b"HTTP/1.1 200 ")
        time.sleep(2 * Hurried.seconds)  # idle between two requests, as browsers are
        connection.sendall(HEAD)
        assert rest(connection).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("sent", [b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n", b"Kh\xc3\xb4ng\r\n\r\n"])
def test_what_is_no_request_is_refused_as_all_else_is(port: int, sent: bytes) -> None:
    with connected(port) as connection:
        connection.sendall(sent)
        head, _, body = rest(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    problem = Problem.model_validate_json(body)
    assert (problem.status, problem.code) == (400, "request-unreadable")


def test_a_half_head_behind_a_whole_request_is_cut_when_that_is_answered(port: int) -> None:
    with connected(port) as connection:
        began = time.monotonic()
        connection.sendall(HEAD + b"\r\n" + HEAD)
        got = rest(connection)
        assert got.startswith(b"HTTP/1.1 200 ")
        assert b"HTTP/1.1 408 " in got
        assert time.monotonic() - began < 4  # uvicorn's own time for an idle connection is five seconds


def test_a_body_that_was_answered_before_it_ended_holds_nothing(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(BODY.replace(b"POST /", b"POST /hasty"))
        assert answer(connection).startswith(b"HTTP/1.1 200 ")
        connection.sendall(b"1")  # which ends uvicorn's time for an idle connection
        assert rest(connection) == b""


def test_an_idle_kept_connection_and_slow_bodies_and_answers_are_left_alone(port: int) -> None:
    with connected(port) as connection:
        for _ in range(2):
            connection.sendall(HEAD)
            time.sleep(Hurried.seconds / 3)
            connection.sendall(b"\r\n")
            assert answer(connection).startswith(b"HTTP/1.1 200 ")
            time.sleep(2 * Hurried.seconds)
        connection.sendall(BODY)
        trickle(connection, b"12345678", Hurried.seconds / 4)
        assert answer(connection).startswith(b"HTTP/1.1 200 ")
