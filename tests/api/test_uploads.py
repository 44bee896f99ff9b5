"""Files sent in, read by a process of their own: nothing acknowledged is lost, nothing hostile does harm."""

from __future__ import annotations

import io
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from lxml import html
from playwright.sync_api import expect

from api.jobs.queue import Queue
from corpus.store.archive import Archive
from corpus.store.verify import verify
from tests.api.sending import ended, plan, send, staged, wait_for

if TYPE_CHECKING:
    from tests.conftest import OpenPage, Serve


@pytest.fixture
def client(serve: Serve, empty: Path) -> Iterator[httpx.Client]:
    with serve(empty) as address, httpx.Client(base_url=address, timeout=60) as asking:
        yield asking
        wait_for(lambda: not Queue(empty).pending())


def test_files_are_taken_in_each_with_its_outcome_and_can_be_found(client: httpx.Client, empty: Path) -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as made:
        made.writestr("trong/kế hoạch 2.txt", plan(2))
        made.writestr("chương trình.exe", b"MZ\x90\0" * 100)
    told = send(
        client,
        [
            ("kế hoạch 1.txt", plan(1)),
            ("trống.pdf", b""),
            ("giả.docx", b"\x7fELF" + bytes(4000)),
            ("gói.zip", package.getvalue()),
        ],
    )
    assert told["state"] == "queued"
    assert [file["state"] for file in told["files"]] == ["staged", "refused", "refused", "staged"]
    told = ended(client, told["id"])
    assert told["state"] == "done", told
    outcome = {file["name"]: (file["state"], file["code"]) for file in told["files"]}
    assert outcome == {
        "kế hoạch 1.txt": ("added", None),
        "trống.pdf": ("refused", "empty"),
        "giả.docx": ("refused", "binary"),
        "gói.zip": ("added", None),
        "trong/kế hoạch 2.txt": ("added", None),
        "chương trình.exe": ("failed", "binary"),
    }
    assert all(file["message"] for file in told["files"] if file["code"])
    hits = client.get("/api/v1/search", params={"q": "trồng rừng phòng hộ đợt 2"}).json()["hits"]
    assert "2/KH-UBND" in {hit["number"] for hit in hits}
    document = client.get(f"/api/v1/documents/{told['files'][0]['document']}").json()
    assert Path(document["card"]["source"]).name == "kế hoạch 1.txt"
    assert "1 nghìn cây bàng" in document["text"]
    assert client.get(f"/documents/{told['files'][0]['document']}/source").content == plan(1)
    assert [path.name for path in staged(empty)] == ["gói.zip"]  # kept, since a member of it failed

    again = send(client, [("tên khác.txt", plan(1))])
    assert again["state"] == "done"
    assert [(file["state"], file["document"]) for file in again["files"]] == [("known", told["files"][0]["document"])]


def test_a_document_is_taken_out_after_it_was_confirmed(client: httpx.Client, empty: Path) -> None:
    told = ended(client, send(client, [("một.txt", plan(1)), ("hai.txt", plan(2))])["id"])
    first, second = (file["document"] for file in told["files"])
    page = client.get("/archive/remove", params={"document": first})
    assert "Trồng rừng phòng hộ đầu nguồn đợt 1" in page.text
    assert client.get(f"/documents/{first}").status_code == 200  # asked only

    answer = client.delete(f"/api/v1/documents/{first}")
    assert answer.status_code == 202
    assert ended(client, answer.json()["id"])["state"] == "done"
    assert client.get(f"/documents/{first}").status_code == 404
    assert client.get(f"/documents/{second}").status_code == 200
    hits = client.get("/api/v1/search", params={"q": "trồng rừng phòng hộ"}).json()["hits"]
    assert {hit["document"] for hit in hits} == {second}
    assert client.delete(f"/api/v1/documents/{first}").status_code == 404
    archive = Archive.open(empty)
    assert verify(archive) == []
    archive.close()
    assert len([path for path in (empty / "sources").rglob("*") if path.is_file()]) == 1


def test_a_job_waits_for_another_writer_can_be_cancelled_and_tried_again(client: httpx.Client, empty: Path) -> None:
    archive = Archive.open(empty)
    with archive.writing():
        told = send(client, [("một.txt", plan(1))])
        behind = send(client, [("hai.txt", plan(2))])
        held = wait_for(lambda: client.get(f"/api/v1/jobs/{told['id']}").json()["code"])
        assert held == "archive-locked"
        page = client.get(f"/archive/jobs/{behind['id']}").text
        assert "trước nó còn 1 lượt" in page
        client.post(f"/api/v1/jobs/{behind['id']}/cancel")
        assert client.get(f"/api/v1/jobs/{behind['id']}").json()["state"] == "cancelled"  # it waited: at once
        client.post(f"/api/v1/jobs/{told['id']}/cancel")
        told = ended(client, told["id"])
        assert told["state"] == "cancelled"
        assert [file["state"] for file in told["files"]] == ["cancelled"]
    archive.close()
    assert len(staged(empty)) == 2
    for job in (told["id"], behind["id"]):
        assert client.post(f"/api/v1/jobs/{job}/retry").json()["state"] == "queued"
    assert [ended(client, job)["files"][0]["state"] for job in (told["id"], behind["id"])] == ["added", "added"]
    assert staged(empty) == []


def test_what_failed_is_tried_again_when_the_cause_is_mended(client: httpx.Client, empty: Path) -> None:
    (empty / "archive.toml").write_text("[reading]\nmax_pages = 5000\nseconds = 900\n", encoding="utf-8")
    damaged = b"PK\x03\x04 nothing of the kind"
    told = ended(client, send(client, [("hỏng.zip", damaged)])["id"])
    assert [file["state"] for file in told["files"]] == ["failed"]
    page = client.get("/archive").text
    assert "hỏng.zip" in page
    assert told["files"][0]["message"] in html.fromstring(page).text_content()
    listed = client.get("/archive/unread", params={"code": told["files"][0]["code"]}).text
    assert "hỏng.zip" in listed
    # The file is mended where it lies, as an operator might.
    (path,) = staged(empty)
    path.write_bytes(plan(7))
    answer = client.post("/api/v1/jobs/retry")
    assert ended(client, answer.json()["id"])["state"] == "done"
    assert client.get("/api/v1/search", params={"q": "nghìn cây bàng"}).json()["hits"]
    assert "hỏng.zip" not in client.get("/archive/unread").text


HOSTILE: dict[str, tuple[str, bytes]] = {
    "leads out": ("../../../../etc/cron.d/x.txt", plan(11)),
    "windows path": ("C:\\Windows\\x.txt", plan(12)),
    "long name": ("k" * 10_000 + ".txt", plan(13)),
    "markup": ('"><img src=x onerror=alert(1)>.md', plan(14)),
    "turned around": ("kế hoạch\u202efdp.txt", plan(15)),
    "wrong ending": ("kế hoạch.pdf", b"<html><body><p>" + plan(16) + b"</p></body></html>"),
    "script": (
        "trang.html",
        "<html><head><title>KẾ HOẠCH</title><script>document.title='chạy'</script></head><body onload=\"alert(1)\">"
        "<h1>Kế hoạch làm đường</h1><p>Sở Xây dựng chủ trì.</p><script>fetch('/archive/retry',{method:'POST'})</script>"
        "</body></html>".encode(),
    ),
}


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("lớn.txt", b"a" * (40 * 1024 * 1024))
    return made.getvalue()


def polyglot() -> bytes:
    made = io.BytesIO(b"%PDF-1.7\n% none\n")
    made.seek(0, io.SEEK_END)
    with zipfile.ZipFile(made, "a") as package:
        package.writestr("x.js", "alert(1)")
    return made.getvalue()


def test_hostile_files_do_no_harm_and_the_rest_goes_on(
    client: httpx.Client, empty: Path, open_page: OpenPage, dialogs: list[str], complaints: list[str], tmp_path: Path
) -> None:
    sent = [*HOSTILE.values(), ("bom.zip", bomb()), ("đa hình.pdf", polyglot()), ("lành.txt", plan(99))]
    told = ended(client, send(client, sent)["id"])
    assert told["state"] == "done"
    outcome = dict(zip(HOSTILE, told["files"], strict=False))
    assert all(file["state"] == "added" for file in outcome.values()), outcome
    by_name = {file["name"]: file for file in told["files"]}
    assert by_name["lành.txt"]["state"] == "added"
    assert by_name["lớn.txt"]["code"] == "zip-too-large"
    assert by_name["đa hình.pdf"]["state"] == "failed"
    assert {path.name for path in tmp_path.iterdir()} == {"kho"}
    names = [file["name"] for file in told["files"]]
    assert all("/" not in name and "\\" not in name and "\u202e" not in name and len(name) < 200 for name in names)

    page = open_page(str(client.base_url))
    page.goto(f"/archive/jobs/{told['id']}")
    expect(page.get_by_text("img src=x onerror=alert(1)", exact=False).first).to_be_visible()
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"/documents/{outcome['script']['document']}/source")
    assert page.title() != "chạy"
    page.goto(f"/documents/{outcome['script']['document']}")
    page.goto("/archive")
    assert dialogs == []
    # The browser itself says of the archived page, shown without leave to run anything, that it was kept from it.
    assert [said for said in complaints if not said.startswith("Blocked script execution")] == []


def test_only_a_form_of_files_is_taken(client: httpx.Client, empty: Path) -> None:
    asked: list[dict[str, Any]] = [
        {"json": {"file": "x"}},
        {"content": b""},
        {"data": {"file": "x"}},
        {"files": [("file", ("", b""))]},
        {"content": b"--r\r\nbroken", "headers": {"Content-Type": "multipart/form-data; boundary=r"}},
        {"content": b"x", "headers": {"Content-Type": f"multipart/form-data; boundary={'r' * 500}"}},
    ]
    for each in asked:
        for address in ("/api/v1/documents", "/archive/upload"):
            answer = client.post(address, **each)
            assert answer.status_code == 400, (each, answer.text)
    assert 'role="alert"' in answer.text
    assert Queue(empty).latest(10) == ([], 0)
    assert client.get("/api/v1/jobs/none").status_code == 404
    assert client.get("/archive/jobs/none").status_code == 404


def form(name: str, data: bytes) -> bytes:
    head = f'--ranh\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + data + b"\r\n--ranh--\r\n"


def test_a_request_that_breaks_off_leaves_no_job(client: httpx.Client, empty: Path) -> None:
    host, port = client.base_url.host, client.base_url.port
    with socket.create_connection((host, port or 80)) as broken:
        body = form("một.txt", plan(1))
        head = (
            f"POST /api/v1/documents HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: multipart/form-data; boundary=ranh\r\n\r\n"
        )
        broken.sendall(head.encode() + body[:-30])
        wait_for(lambda: staged(empty))
    wait_for(lambda: not staged(empty))
    assert Queue(empty).latest(10) == ([], 0)
