"""Who runs the service sees how it does, and nobody's questions."""

import json
import logging
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.http import create_app
from api.operation.logs import JsonLines, access, request_id_of

SECRET = "bí mật quốc gia"


@pytest.fixture
def folder(sample_archive: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sample_archive, tmp_path / "archive")


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(create_app(folder), raise_server_exceptions=False) as client:
        yield client


def samples(text: str) -> dict[str, float]:
    """Each series of an exposition with its value."""
    rows = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in rows}


def test_metrics_count_requests_by_route_and_time_the_parts_of_an_answer(client: TestClient) -> None:
    client.get("/api/v1/search", params={"q": SECRET})
    client.get("/api/v1/search", params={"q": SECRET})
    client.get("/api/v1/search")
    client.get(f"/api/v1/documents/{SECRET}")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = samples(answer.text)
    route = 'method="GET",route="/api/v1/search"'
    assert found[f'tienle_http_requests_total{{{route},status="200"}}'] == 2
    assert found[f'tienle_http_requests_total{{{route},status="422"}}'] == 1
    assert (
        found['tienle_http_requests_total{method="GET",route="/api/v1/documents/{id:path}",status="404"}'] == 1
    )  # ids are no labels
    for stage in ("question", "lexical", "vectors", "ranking", "showing", "search"):
        assert found[f'tienle_stage_seconds_count{{stage="{stage}"}}'] == 2
    assert found['tienle_stage_seconds_sum{stage="search"}'] >= found['tienle_stage_seconds_sum{stage="ranking"}'] > 0
    assert "bí" not in answer.text


def test_addresses_that_callers_make_up_are_one_series(client: TestClient) -> None:
    for number in range(20):
        client.get(f"/khong-co-{number}")
    found = samples(client.get("/metrics").text)
    assert found['tienle_http_requests_total{method="GET",route="none",status="404"}'] == 20
    assert not [name for name in found if "khong-co" in name]


def test_metrics_tell_how_the_archive_stands(client: TestClient, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        row = "INSERT INTO files (path, sha256, size, error_code) VALUES (?, '', 0, ?)"
        database.executemany(row, [("a.pdf", "waiting-ocr"), ("b.doc", "waiting-office"), ("c.pdf", "pdf-damaged")])
        database.execute("""UPDATE documents SET waiting = '["1"]' WHERE id = (SELECT min(id) FROM documents)""")
        database.execute("UPDATE meta SET value = value + 3 WHERE key = 'generation'")
        database.commit()
    found = samples(client.get("/metrics").text)
    assert found["tienle_archive_up"] == 1
    assert (found["tienle_files_waiting"], found["tienle_files_failed"]) == (2, 1)
    assert found["tienle_ocr_waiting_documents"] == 1
    assert found["tienle_documents"] > 40
    assert found["tienle_index_age_seconds"] >= 0
    assert found['tienle_index_behind{index="lexical"}'] == 3


def test_metrics_without_an_archive_say_that_it_is_down(tmp_path: Path) -> None:
    with TestClient(create_app(tmp_path / "none")) as client:
        assert samples(client.get("/metrics").text)["tienle_archive_up"] == 0


def test_ready_means_that_questions_can_be_answered(client: TestClient, folder: Path) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    assert client.get("/health/ready").json() == {"status": "ok"}
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        database.execute("UPDATE meta SET value = '/khong/co/mo-hinh' WHERE key = 'model'")
        record = json.loads(database.execute("SELECT value FROM meta WHERE key = 'encoder'").fetchone()[0])
        record["revision"] = "khác"
        database.execute("UPDATE meta SET value = ? WHERE key = 'encoder'", (json.dumps(record),))
        database.commit()
    answer = client.get("/health/ready", headers={"Accept-Language": "vi"})
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "/khong/co/mo-hinh" in answer.json()["detail"]
    assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize("damage", ["no archive", "no database"])
def test_not_ready_without_a_database_that_can_be_read(folder: Path, damage: str) -> None:
    if damage == "no archive":
        shutil.rmtree(folder)
    else:
        (folder / "archive.sqlite").write_bytes(b"no database" * 1_000)
    with TestClient(create_app(folder)) as client:
        answer = client.get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["code"] == {"no archive": "archive-missing", "no database": "archive-damaged"}[damage]
        assert client.get("/health/live").status_code == 200


def test_every_answer_carries_its_requests_id(client: TestClient) -> None:
    assert client.get("/health/live", headers={"X-Request-ID": "cua-toi.1"}).headers["X-Request-ID"] == "cua-toi.1"
    own = [client.get(path).headers["X-Request-ID"] for path in ("/", "/nope", "/api/v1/search")]
    assert len(set(own)) == 3
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in own)


def test_an_unexpected_error_has_the_id_too_and_its_line_has_no_question(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app: FastAPI = create_app(folder)

    @app.get("/fault")
    def fault(q: str) -> None:
        raise ValueError(f"cannot answer {q}")

    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/fault", params={"q": SECRET}, headers={"X-Request-ID": "abc"})
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (500, "abc")


@given(st.text(max_size=100) | st.from_regex(r"[A-Za-z0-9._:-]{1,70}", fullmatch=True))
def test_an_id_that_is_passed_on_is_short_and_plain(given: str) -> None:
    kept = request_id_of(given)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", kept)
    assert kept == given or re.fullmatch("[0-9a-f]{32}", kept)


def line(record: logging.LogRecord, *, queries: bool) -> str:
    text = JsonLines(queries=queries).format(record)
    assert "\n" not in text
    json.loads(text)
    return text


def fail(question: str) -> None:
    try:
        {}[question]
    except KeyError as error:
        raise ValueError(f"cannot answer {question}") from error


def record_of(question: str) -> logging.LogRecord:
    try:
        fail(question)
    except ValueError:
        return logging.LogRecord("x", logging.ERROR, __file__, 1, "asked %s", (question,), sys.exc_info())


def test_no_question_is_in_the_log_unless_it_is_asked_for() -> None:
    record = record_of(SECRET)
    kept_out = line(record, queries=False)
    assert SECRET not in kept_out
    assert json.loads(kept_out)["error"] == "ValueError"
    assert json.loads(kept_out)["cause"]["error"] == "KeyError"
    assert "record_of" in json.loads(kept_out)["frames"][0]
    assert SECRET in line(record, queries=True)


def test_a_line_of_the_log_stays_one_line_whatever_is_in_it() -> None:
    record = record_of('"\n{"level": "info"}\x1b[31m\u2028')
    assert json.loads(line(record, queries=True))["level"] == "error"


def test_requests_are_logged_by_route_with_the_question_kept_apart(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    access.setLevel(logging.INFO)
    with caplog.at_level(logging.INFO, "tienle.requests"):
        client.get("/api/v1/search", params={"q": SECRET}, headers={"X-Request-ID": "abc"})
    (record,) = [each for each in caplog.records if each.name == "tienle.requests"]
    told = json.loads(line(record, queries=False))
    assert (told["route"], told["method"], told["status"]) == ("/api/v1/search", "GET", 200)
    assert told["ms"] > 0
    assert SECRET not in json.dumps(told, ensure_ascii=False)
    assert json.loads(line(record, queries=True))["query"] == {"q": [SECRET]}


@contextmanager
def served(folder: Path, *options: str, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "api.cli", "serve", "--archive", str(folder), "--port", str(port), *options]
    with log.open("wb") as written:
        server = subprocess.Popen(command, stderr=written, env={**os.environ, "TIENLE_LANG": "en"})
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(900):
            try:
                httpx.get(f"{address}/health/live", timeout=5)
                break
            except httpx.TransportError:
                assert server.poll() is None, log.read_text()
                time.sleep(0.1)
        yield server, address
    finally:
        server.terminate()
        server.wait(timeout=90)


def test_a_stop_lets_running_requests_end_and_a_hangup_opens_the_archive_anew(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with served(folder, "--log-json", log=log) as (server, address):
        httpx.get(f"{address}/health/ready", timeout=60).raise_for_status()
        server.send_signal(signal.SIGHUP)
        assert httpx.get(f"{address}/health/ready", timeout=60).status_code == 200
        assert server.poll() is None
        answers: list[int] = []

        def ask() -> None:
            with httpx.Client(base_url=address, timeout=60) as client:
                client.get("/health/live")
                ready.set()
                answers.append(client.get("/api/v1/search", params={"q": SECRET}).status_code)

        ready = threading.Event()
        asking = threading.Thread(target=ask)
        asking.start()
        ready.wait()
        time.sleep(0.005)  # the question is on its way
        server.terminate()
        asking.join()
        server.wait(timeout=90)
    assert answers == [200]
    lines = [json.loads(each) for each in log.read_text().splitlines() if each.startswith("{")]
    assert "/api/v1/search" in {each.get("route") for each in lines}
    assert SECRET not in log.read_text()


def test_several_processes_add_up_what_they_count(folder: Path, tmp_path: Path) -> None:
    with served(folder, "--workers", "2", log=tmp_path / "log") as (_, address):
        for _ in range(40):
            httpx.get(f"{address}/api/v1/complete", params={"q": "cải"}, timeout=60).raise_for_status()
        told = [samples(httpx.get(f"{address}/metrics", timeout=60).text) for _ in range(6)]
    name = 'tienle_http_requests_total{method="GET",route="/api/v1/complete",status="200"}'
    assert {each[name] for each in told} == {40.0}  # whichever process answers
    assert all(each["tienle_archive_up"] == 1 for each in told)
