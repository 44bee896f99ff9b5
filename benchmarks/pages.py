"""Every page: how heavy it is, how soon it is there, and how soon a browser shows it.

    python -m benchmarks.pages --archive DIR [--rounds N] [--question TEXT]

The server runs in a process of its own, on the loopback address; the archive is only read. Bytes are those of the HTML,
and of all that a browser fetches that was never here; milliseconds are from the request to the last byte, over a
connection that is open, and the server's processor time meanwhile, which tells more on a busy machine; in Chromium,
with an empty cache, from the navigation to the first contentful paint, and from the answer's last byte to it (negative
where a page is sent in pieces and shown before its end). The floor is a bare page that the same kind of server sends
from memory.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.growth import Server, memory_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from starlette.types import Receive, Scope, Send

_BARE = '<!doctype html><html lang="vi"><head><title>Trang trống</title></head><body><p>Chỉ một dòng.</p></body></html>'
_TIMES = """() => new Promise((told) => {
  const look = () => {
    const [page] = performance.getEntriesByType("navigation");
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    if (!paint) return setTimeout(look, 5);
    const all = [page, ...performance.getEntriesByType("resource")];
    told([paint.startTime, page.responseEnd, all.reduce((sum, each) => sum + each.transferSize, 0)]);
  };
  look();
})"""
_QUESTION = "cải cách thủ tục hành chính"


@dataclass
class Seen:
    """What was seen of one page; milliseconds."""

    name: str
    address: str
    status: int = 0
    html: int = 0
    whole: int = 0
    answered: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    painted: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)


def pages(client: httpx.Client, question: str) -> list[Seen]:
    """The pages of the application over an archive, with states that cost something."""
    found = client.get("/api/v1/documents", params={"limit": 200}).json()["documents"]
    some = [card["id"] for card in found[:: max(1, len(found) // 40)]]
    by_length = sorted((len(client.get(f"/api/v1/documents/{each}").json()["text"]), each) for each in some)
    usual, longest = by_length[len(by_length) // 2][1], by_length[-1][1]
    agencies = client.get("/api/v1/agencies", params={"q": "Sở", "limit": 200}).json()["agencies"]
    busy = max(agencies, key=lambda each: each["leads"])
    agency, q = quote(busy["name"]), quote(question)
    pair = f"a={found[0]['id']}&b={found[1]['id']}"
    rows = [
        ("home", "/"),
        ("search", f"/?q={q}"),
        ("search, two years", f"/?q={q}&year_from=2019&year_to=2020"),
        ("search with summary", f"/?q={q}&summary=1"),
        ("documents", "/documents"),
        ("document, usual length", f"/documents/{usual}"),
        ("document, the longest of 40", f"/documents/{longest}"),
        ("document, its assignments", f"/documents/{usual}?view=assignments"),
        ("document, its targets", f"/documents/{usual}?view=targets"),
        ("document, its ties", f"/documents/{usual}?view=ties"),
        ("document, its summary", f"/documents/{usual}?view=summary"),
        ("assignments", "/assignments"),
        ("assignments, a topic", f"/assignments?q={q}"),
        ("assignments, an agency today", f"/assignments?agency={agency}&as_of_today=1"),
        ("duties of an agency", f"/assignments/duties?agency={agency}&period=2019"),
        ("targets", "/targets"),
        ("targets, a topic", f"/targets?q={q}"),
        ("precedents, the form", "/precedents"),
        ("compare, to choose", "/compare"),
        ("compare, two plans", f"/compare?{pair}"),
        ("saved", "/saved"),
        ("agencies", "/agencies"),
        ("agency, the busiest", f"/agencies/{busy['id']}" if busy.get("id") else f"/agencies?q={agency}"),
        ("provinces", "/agencies/provinces"),
        ("archive", "/archive"),
        ("jobs", "/archive/jobs"),
        ("unread files", "/archive/unread"),
        ("keys of the keyboard", "/help/keys"),
    ]
    return [Seen(name, address) for name, address in rows]


def processor_of(pid: int) -> float:
    """Processor time that a process has taken, ms; it is counted in steps of about 10."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def answered(client: httpx.Client, page: Seen, pid: int) -> None:
    before, started = processor_of(pid), time.perf_counter()
    answer = client.get(page.address)
    page.answered.append(1000 * (time.perf_counter() - started))
    page.worked.append(processor_of(pid) - before)
    page.html, page.status = len(answer.content), answer.status_code


def painted(browser: Browser, base: str, page: Seen) -> None:
    context = browser.new_context(base_url=base, viewport={"width": 1280, "height": 900})
    shown = context.new_page()
    shown.set_default_timeout(120_000)
    shown.goto(page.address, wait_until="load")
    paint, end, page.whole = shown.evaluate(_TIMES)
    page.painted.append(paint)
    page.after.append(paint - end)
    context.close()


@contextmanager
def bare_server() -> Iterator[tuple[str, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.pages", "--serve-bare", str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                httpx.get(address)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait()


def serve_bare(port: int) -> None:
    import uvicorn

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = [(b"content-type", b"text/html; charset=utf-8")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": _BARE.encode()})

    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", lifespan="off")
    asyncio.run(uvicorn.Server(config).serve())


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def table_of(seen: list[Seen], rounds: int) -> Table:
    heads = (
        "page",
        "HTML, kB",
        "first visit, kB",
        "last byte, ms",
        "95 %",
        "processor, ms",
        "paint, ms",
        "95 %",
        "paint after the answer",
    )
    table = Table(*heads, box=box.MARKDOWN, title=f"{rounds} rounds")
    for page in seen:
        if page.status != 200:
            table.add_row(page.name, f"refused: {page.status}")
            continue
        times = (
            statistics.median(page.answered),
            percentile(page.answered, 0.95),
            statistics.mean(page.worked),
            statistics.median(page.painted),
            percentile(page.painted, 0.95),
            statistics.median(page.after),
        )
        table.add_row(
            page.name, f"{page.html / 1000:.1f}", f"{page.whole / 1000:.1f}", *(f"{each:.0f}" for each in times)
        )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--question", default=_QUESTION)
    parser.add_argument("--serve-bare", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve_bare:
        serve_bare(options.serve_bare)
        return
    if options.archive is None:
        parser.error("--archive is needed")
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    server = Server(options.archive, 1)
    try:
        with bare_server() as (bare, bare_pid), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            with httpx.Client(base_url=server.address, timeout=120) as client, httpx.Client(base_url=bare) as floor:
                seen = pages(client, options.question)
                lowest = Seen("floor: a bare page", "/")
                for number in range(options.rounds + 1):
                    answered(floor, lowest, bare_pid)
                    painted(browser, bare, lowest)
                    for page in seen:
                        if page.status in (0, 200):
                            answered(client, page, server.process.pid)
                        if page.status == 200:
                            painted(browser, server.address, page)
                    if not number:  # caches fill, processes wake
                        first = {page.name: page.answered[0] for page in seen}
                        for page in (lowest, *seen):
                            page.answered, page.worked, page.painted, page.after = [], [], [], []
            browser.close()
        Console(width=160).print(table_of([lowest, *seen], options.rounds))
        slow = sorted(first.items(), key=lambda each: -each[1])[:5]
        print("first answers, ms:", "; ".join(f"{name} {taken:.0f}" for name, taken in slow))
        print(f"memory of the server: {memory_of(server.process.pid):.0f} MB")
    finally:
        server.close()


if __name__ == "__main__":
    main()
