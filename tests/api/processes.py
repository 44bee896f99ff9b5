"""The command that serves, as processes of their own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

PATIENCE = 300  # seconds: the machine may be busy with other things


def free_port() -> int:
    """A port of this machine that nothing listens to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def serving(archive: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """``tienle serve`` over an archive, from when it answers; gives the address and the process."""
    port = free_port()
    command = [sys.executable, "-m", "api.cli", "serve", "--archive", str(archive), "--port", str(port), *options]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + PATIENCE
        while not answers(address):
            assert process.poll() is None, "it ended before it answered"
            assert time.monotonic() < until, "it took too long"
            time.sleep(0.1)
        yield address, process
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(address: str) -> bool:
    """Whether something answers at an address, be it with a refusal."""
    try:
        httpx.get(f"{address}/health", timeout=5)
    except httpx.TransportError:
        return False
    return True


def endless_head(address: str) -> bytes:
    """What a server answers to a head that has no end."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 70_000)
        got = b""
        while piece := connection.recv(65_536):
            got += piece
    return got
