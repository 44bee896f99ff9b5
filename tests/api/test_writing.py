"""Summaries that a model writes: only what its sources bear out is shown, whatever the model server does."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import docx
import pytest
import typer
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from typer.testing import CliRunner

from api.answers.choosing import Length
from api.answers.documents import show_document
from api.answers.filters import Filters
from api.answers.writing import MOST_CHARACTERS, Passage, Writer, Written, prompt, sentences_of, write
from api.answers.writing_archive import write_summary
from api.cli.summarize import summarize as command
from api.http import create_app
from api.http.service import Service
from api.mcp.asking import Door, Narrowing
from api.mcp.studies import summarize as assisted
from api.model_endpoint import LARGEST_ANSWER, Endpoint, EndpointError, ask, endpoint_of, writer_of
from corpus.encoder.registry import load_encoder
from corpus.errors import QueryError
from corpus.language.sentences import split_sentences
from corpus.store.archive import Archive

QUERY = "khảo sát mức độ hài lòng của người dân"
FIRST = Passage(
    "a1", "12/KH-UBND", "II.1", 2, 10, 90,
    "Khảo sát mức độ hài lòng của người dân tại 12 xã; hoàn thành trước ngày 15/6/2018.",
    "12/KH-UBND · Cải cách hành chính · 2018 · Sơn Khê · 1. Sở Nội vụ",
)  # fmt: skip
SECOND = Passage("b2", "7/KH-UBND", "III", 4, 0, 60, "Sở Tài chính bố trí 250 triệu đồng cho việc in phiếu khảo sát.")


def writer(answer: str) -> Writer:
    return Writer("mẫu", lambda instructions, text, words: answer)


def written(answer: str) -> Written:
    return write(writer(answer), QUERY, [FIRST, SECOND], Length())


def test_sentences_that_their_passages_bear_out_stand_with_their_places() -> None:
    found = written(
        "1. Sở Nội vụ khảo sát mức độ hài lòng của người dân tại 12 xã trước ngày 15/6/2018 [1].\n"
        "- Sở Tài chính bố trí 250 triệu đồng in phiếu khảo sát [2]"
    )
    assert (found.trouble, found.dropped) == (None, ())
    assert [each.text[:14] for each in found.sentences] == ["Sở Nội vụ khảo", "Sở Tài chính b"]
    (place,) = found.sentences[0].citations
    assert (place.document, place.section, place.page, place.start, place.end) == ("a1", "II.1", 2, 10, 90)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Khảo sát mức độ hài lòng của người dân tại 15 xã [1]", "number"),
        ("Khảo sát mức độ hài lòng của người dân, hoàn thành trước ngày 15/6/2019 [1]", "date"),
        ("Sở Y tế khảo sát mức độ hài lòng của người dân tại 12 xã [1]", "agency"),
        ("Sở Nội vụ khảo sát mức độ hài lòng của người dân tại 12 xã [2]", "citation"),
        ("Sở Tài chính bố trí 250 triệu đồng cho việc in phiếu khảo sát [9]", "citation"),
        ("Sở Tài chính bố trí 250 triệu đồng cho việc in phiếu khảo sát.", "citation"),
        ("Khảo sát “toàn diện, thực chất” mức độ hài lòng của người dân tại 12 xã [1]", "quote"),
    ],
)
def test_a_sentence_that_lies_is_dropped_and_says_why(line: str, kind: str) -> None:
    found = written(line)
    assert found.sentences == ()
    assert kind in {fault.kind for fault in found.dropped[0].faults}
    assert found.trouble is not None
    assert found.trouble.code == "model-nothing-stands"


def test_a_prompt_holds_the_passages_once_and_not_more_than_fits() -> None:
    long = [Passage(str(at), None, "", None, 0, 1, f"đoạn {at} " * 300) for at in range(20)]
    seen: list[str] = []
    keeping = Writer("mẫu", lambda instructions, text, words: seen.append(text) or "")  # type: ignore[func-returns-value]  # append gives None
    write(keeping, QUERY, [FIRST, FIRST, *long], Length())
    assert seen[0].count(FIRST.text) == 1
    assert 1_000 < len(seen[0]) < MOST_CHARACTERS * 1.1
    assert prompt("x", [FIRST, SECOND]).index("[1]") < prompt("x", [FIRST, SECOND]).index("[2]")


@given(st.text(max_size=300))
def test_any_answer_is_taken_apart(answer: str) -> None:
    for each in sentences_of(answer):
        assert each.text.strip()
        assert all(number.isdecimal() for number in each.citations)


def test_thoughts_and_several_sentences_for_one_citation() -> None:
    found = sentences_of(
        "<think>Để xem [1].</think>Câu đầu không dẫn. Câu sau có dẫn [1, 2].\n\n[3]\nCâu cuối [02][5]!"
    )
    assert [(each.text, each.citations) for each in found] == [
        ("Câu đầu không dẫn.", ()), ("Câu sau có dẫn.", ("1", "2")), ("Câu cuối!", ("2", "5")),
    ]  # fmt: skip


Answer = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


@contextmanager
def served(answer: Answer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A model server on the loopback address that answers as told; gives its address and what it was asked."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append({"path": self.path, "headers": dict(self.headers), **body})
            try:
                answer(self, body)
            except (BrokenPipeError, ConnectionResetError):
                return

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (as http.server names it)
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        server.server_close()


def replying(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def said(text: str) -> bytes:
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


def quoting(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
    """An honest model: of each passage the first sentence; a lying line after it."""
    passages = re.findall(r"\[(\d+)\] [^\n]*\n(.+?)(?=\n\n\[|\Z)", body["messages"][1]["content"], re.DOTALL)
    firsts = [(number, text, split_sentences(text)[0]) for number, text in passages]
    lines = [f"{' '.join(text[each.start : each.end].split())} [{number}]" for number, text, each in firsts]
    replying(handler, said("\n".join([*lines, "Đã chi 987.654 tỷ đồng cho việc này [1]"])))


def test_the_model_is_asked_as_its_protocol_says_and_only_the_key_goes_along() -> None:
    with served(quoting) as (address, asked):
        endpoint = Endpoint(address, "mẫu-7b", "sk-bí mật".encode("ascii", "ignore").decode(), 10)
        assert "987.654" in ask(endpoint, "hướng dẫn", "[1] a\nb c", 40)
    (request,) = asked
    assert request["path"] == "/v1/chat/completions"
    assert request["model"] == "mẫu-7b"
    assert [each["role"] for each in request["messages"]] == ["system", "user"]
    assert request["headers"]["Authorization"] == f"Bearer {endpoint.key}"
    assert endpoint.key not in repr(endpoint)


def hanging(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
    del handler, body
    time.sleep(3)


def streaming(data: bytes, times: int, pause: float = 0) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        del body
        handler.send_response(200)
        handler.end_headers()
        for _ in range(times):
            handler.wfile.write(data)
            handler.wfile.flush()
            time.sleep(pause)

    return answer


def cutting_off(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
    del body
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices"')


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (hanging, "model-slow"),
        (streaming(b" ", times=30, pause=0.1), "model-slow"),
        (streaming(b"x" * LARGEST_ANSWER, times=1_000), "model-nonsense"),
        (cutting_off, "model-down"),
        (lambda handler, _: replying(handler, b"<html>hello</html>"), "model-nonsense"),
        (lambda handler, _: replying(handler, b'{"choices": []}'), "model-nonsense"),
        (lambda handler, _: replying(handler, b"[" * 100_000), "model-nonsense"),
        (lambda handler, _: replying(handler, b'{"choices": [{"message": {"content": null}}]}'), "model-nonsense"),
        (lambda handler, _: replying(handler, said("x"), 500), "model-refused"),
        (lambda handler, _: replying(handler, b"", 401), "model-refused"),
    ],
)
def test_a_server_that_fails_is_told_of_in_words(answer: Answer, code: str) -> None:
    with served(answer) as (address, _), pytest.raises(EndpointError) as caught:
        ask(Endpoint(address, "mẫu", seconds=1), "", "", 10)
    assert caught.value.code == code
    assert re.search(r"(?:Kiểm tra|Thử lại|nhật ký)", caught.value.vi)


def test_a_redirect_is_not_followed_and_a_server_that_is_gone_is_said_to_be() -> None:
    with served(quoting) as (elsewhere, asked):

        def redirecting(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
            handler.send_response(307)
            handler.send_header("Location", f"{elsewhere}/chat/completions")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        with served(redirecting) as (address, _), pytest.raises(EndpointError, match="redirects"):
            ask(Endpoint(address, "mẫu", "k", 5), "", "", 10)
        assert asked == []
    with pytest.raises(EndpointError) as caught:
        ask(Endpoint(address, "mẫu", seconds=2), "", "", 10)
    assert caught.value.code == "model-down"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ADDRESS", "ftp://127.0.0.1/v1"),
        ("ADDRESS", "http://"),
        ("ADDRESS", "http://a:99999/"),
        ("ADDRESS", "http://user:pw@127.0.0.1/v1"),
        ("ADDRESS", "http://127.0.0.1/v1?x=1"),
        ("ADDRESS", "http://127.0.0.1/\nHost: x"),
        ("NAME", ""),
        ("KEY", "khóa"),
        ("KEY", "a\r\nX: y"),
        ("SECONDS", "0"),
        ("SECONDS", "mười"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(name: str, value: str) -> None:
    right = {"ADDRESS": "http://127.0.0.1:1/v1", "NAME": "m"}
    with pytest.raises(QueryError) as caught:
        endpoint_of({f"TIENLE_MODEL_{each}": said for each, said in (right | {name: value}).items()})
    assert f"TIENLE_MODEL_{name}" in caught.value.vi


def test_nothing_is_asked_where_nothing_is_set_up() -> None:
    assert writer_of({}) is None
    assert writer_of({"TIENLE_MODEL_ADDRESS": " ", "TIENLE_MODEL_KEY": "k"}) is None


def test_over_an_archive_only_its_passages_are_sent_and_the_lie_is_dropped(sample_archive: Path) -> None:
    archive = Archive.open(sample_archive)
    with served(quoting) as (address, asked):
        wanted = writer_of({"TIENLE_MODEL_ADDRESS": address, "TIENLE_MODEL_NAME": "mẫu"})
        assert wanted is not None
        found = write_summary(archive, load_encoder(), wanted, Filters(), Length(words=120), query=QUERY)
    assert ["987.654" in each.text for each in found.dropped] == [True]
    assert len(found.sentences) >= 5
    sent = asked[0]["messages"][1]["content"]
    for each in found.sentences:
        for place in each.citations:
            assert show_document(archive, place.document).text[place.start : place.end].strip() in sent
    assert len(sent) < MOST_CHARACTERS * 1.2
    archive.close()


commands = typer.Typer(pretty_exceptions_enable=False)
commands.command()(command)


def test_the_command_shows_both_and_the_extract_stands_when_the_model_fails(
    sample_archive: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def run(*arguments: str) -> Any:
        return CliRunner().invoke(commands, [*arguments, "--archive", str(sample_archive)])

    asked = ("--query", QUERY, "--words", "60")
    monkeypatch.delenv("TIENLE_MODEL_ADDRESS", raising=False)
    refused = run(*asked, "--written").exception
    assert isinstance(refused, QueryError)
    assert "TIENLE_MODEL_ADDRESS" in refused.vi
    alone = json.loads(run(*asked, "--json").stdout)
    assert "written" not in alone
    monkeypatch.setenv("TIENLE_MODEL_NAME", "mẫu")
    with served(quoting) as (address, _):
        monkeypatch.setenv("TIENLE_MODEL_ADDRESS", address)
        both = json.loads(run(*asked, "--written", "--json").stdout)
        table = run(*asked, "--written").stdout
        page, book = tmp_path / "a.docx", tmp_path / "a.xlsx"
        assert [run(*asked, "--written", "--output", str(path)).exit_code for path in (page, book)] == [0, 0]
        loose = tmp_path / "a.txt"
        loose.write_text("Sở Y tế chủ trì khám sức khỏe cho 300 học sinh trong tháng 9.\n", encoding="utf-8")
        files = json.loads(run("--files", str(loose), "--written", "--json").stdout)
    assert both["written"]["sentences"][0]["citations"]
    lines = [paragraph.text for paragraph in docx.Document(str(page)).paragraphs]
    for each in (*both["sentences"], *both["written"]["sentences"]):
        assert any(" ".join(each["text"].split()) in line for line in lines)
    assert not any("987.654" in line for line in lines)
    sheets = load_workbook(book)
    assert sheets.sheetnames == ["Tóm tắt", "Mô hình viết"]
    assert sheets["Tóm tắt"].max_row == 1 + len(both["sentences"])
    assert {key: both[key] for key in alone} == alone
    assert "Bản do mô hình viết" in table
    assert "987.654" in table.split("✗")[1].split("bỏ vì không khớp nguồn")[0]
    assert files["written"]["sentences"][0]["text"].startswith("Sở Y tế")
    failed = json.loads(run(*asked, "--written", "--json").stdout)  # the server is gone
    assert failed["written"]["trouble"]["code"] == "model-down"
    assert failed["sentences"] == alone["sentences"]


def test_the_route_gives_both_where_asked(sample_archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIENLE_MODEL_ADDRESS", raising=False)
    with TestClient(create_app(sample_archive)) as client:
        asked = {"q": QUERY, "words": "60"}
        assert client.get("/api/v1/summarize", params=asked).json()["written"] is None
        refused = client.get("/api/v1/summarize", params={**asked, "written": "true"})
        assert (refused.status_code, refused.json()["code"]) == (400, "model-not-set")
        monkeypatch.setenv("TIENLE_MODEL_NAME", "mẫu")
        with served(quoting) as (address, _):
            monkeypatch.setenv("TIENLE_MODEL_ADDRESS", address)
            answer = client.get("/api/v1/summarize", params={**asked, "written": "true"}).json()
    assert answer["written"]["sentences"]
    assert answer["summary"]["sentences"]


def test_an_assistant_gets_both(sample_archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(Service(sample_archive), None)
    monkeypatch.setenv("TIENLE_MODEL_NAME", "mẫu")
    with served(quoting) as (address, _):
        monkeypatch.setenv("TIENLE_MODEL_ADDRESS", address)
        both = assisted(door, Narrowing(), query=QUERY, words=60, written=True)
    assert both.sentences
    assert both.written[0].sources[0].cite
    assert both.trouble is None
    gone = assisted(door, Narrowing(), query=QUERY, words=60, written=True)
    assert (gone.sentences, gone.written) == (both.sentences, [])
    assert "Kiểm tra máy chủ" in str(gone.trouble)
