"""Plans sent to a server, and what became of them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from api.jobs import staging
from tests.api.processes import PATIENCE

Sent = list[tuple[str, bytes]]


def plan(number: int, words: int = 0) -> bytes:
    rest = "\n".join(f"{at}. Sở Nội vụ chủ trì việc thứ {at} trong năm 2025." for at in range(2, 2 + words // 12))
    return (
        f"ỦY BAN NHÂN DÂN\nTỈNH VĨNH LAM\n-------\nSố: {number}/KH-UBND\nVĩnh Lam, ngày 5 tháng 3 năm 2025\n\n"
        f"KẾ HOẠCH\nTrồng rừng phòng hộ đầu nguồn đợt {number}\n\n"
        f"1. Sở Nội vụ chủ trì trồng {number} nghìn cây bàng trước ngày 30/6/2025.\n{rest}\n"
    ).encode()


def wait_for(what: Callable[[], Any]) -> Any:
    until = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.05)
    return found


def send(client: httpx.Client, sent: Sent) -> dict[str, Any]:
    answer = client.post("/api/v1/documents", files=[("file", (name, data)) for name, data in sent])
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/api/v1/jobs/{answer.json()['id']}"
    told: dict[str, Any] = answer.json()
    return told


def ended(client: httpx.Client, job: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        told: dict[str, Any] = client.get(f"/api/v1/jobs/{job}").json()
        return None if told["state"] in ("queued", "running") else told

    found: dict[str, Any] = wait_for(look)
    return found


def staged(archive: Path) -> list[Path]:
    return [path for path in staging.uploads(archive).glob("*/*/*") if path.is_file()]


def stored(archive: Path) -> int:
    with sqlite3.connect(archive / "archive.sqlite", timeout=30) as records:
        count: int = records.execute("SELECT count(*) FROM documents").fetchone()[0]
    return count
