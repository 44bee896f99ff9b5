"""The assistants' door, asked by the SDK's own client: through a pipe, as a process of its own, and over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import select

pytest.importorskip("mcp")

from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult

from api.exports.links import Links
from api.mcp import cited, create_server
from api.mcp.asking import Door
from corpus.errors import QueryError
from corpus.store import schema
from corpus.store.archive import Archive
from tests.api.processes import endless_head, free_port

if TYPE_CHECKING:
    from tests.conftest import Serve

ROOT = Path(__file__).parents[2]
ADDRESS = "http://127.0.0.1:9000"
TOOLS = {"search", "show", "assignments", "targets", "citations", "agency", "precedents", "compare", "summarize"}
COMMAND = "import typer; from api.cli.mcp import mcp; app = typer.Typer(); app.command()(mcp); app()"

Ask = Callable[..., CallToolResult]


def _apart(work: Coroutine[Any, Any, Any]) -> Any:
    # In a thread of its own: the browser of other tests keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def within(server: Any, use: Callable[[Client], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with Client(server) as client:
            return await use(client)

    return _apart(run())


@pytest.fixture(scope="module")
def ask(sample_archive: Path) -> Ask:
    server = create_server(sample_archive, Links(ADDRESS))

    def call(tool: str, **arguments: Any) -> CallToolResult:
        return within(server, lambda client: client.call_tool(tool, arguments))

    return call


@pytest.fixture(scope="module")
def texts(sample_archive: Path) -> dict[str, str]:
    archive = Archive.open(sample_archive)
    with archive.reading() as connection:
        found = connection.execute(select(schema.documents.c.id, schema.documents.c.text))
        texts: dict[str, str] = dict(found.all())
    archive.close()
    return texts


def answered(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, result.content
    assert result.structured_content is not None
    assert json.loads(result.content[0].text) == result.structured_content  # for clients that read text alone
    return result.structured_content


def told(result: CallToolResult) -> str:
    assert result.is_error
    return result.content[0].text


def test_tools_are_for_reading_and_say_in_vietnamese_first_what_they_give(sample_archive: Path) -> None:
    listed = within(create_server(sample_archive), lambda client: client.list_tools()).tools
    assert {tool.name for tool in listed} >= TOOLS
    for tool in listed:
        assert tool.annotations.read_only_hint is True
        assert re.search(r"[ạảãàáâậầấẩẫăắằặẳẵđ].* · [A-Z]", tool.description), tool.description
        assert tool.output_schema is not None
        for argument in tool.input_schema["properties"].values():
            assert " · " in argument["description"]
            assert "$ref" not in json.dumps(argument)  # some assistants cannot follow it


def test_search_answers_with_the_sources_own_characters_and_a_citation(ask: Ask, texts: dict[str, str]) -> None:
    answer = answered(ask("search", query="chi so hai long", year="2018", province=["Vĩnh Lam"], limit=5))
    assert answer["restored"] == "chỉ số hài lòng"
    assert len(answer["hits"]) == 5
    assert "minh họa" in answer["notice"]
    for hit in answer["hits"]:
        source = hit["source"]
        assert texts[source["document"]][source["start"] : source["end"]] == hit["text"]
        assert source["link"] == f"{ADDRESS}/documents/{source['document']}#p{source['start']}"
    by_number = {hit["source"]["number"]: hit for hit in answer["hits"]}
    assert by_number["12/KH-UBND"]["source"]["cite"].startswith("Kế hoạch số 12/KH-UBND ngày 15/01/2018, mục ")


def test_pages_of_an_answer_follow_one_another(ask: Ask) -> None:
    def places(answer: dict[str, Any]) -> list[tuple[str, int]]:
        return [(hit["source"]["document"], hit["source"]["start"]) for hit in answer["hits"]]

    whole = answered(ask("search", query="một cửa điện tử", limit=6))
    first = answered(ask("search", query="một cửa điện tử", limit=3))
    second = answered(ask("search", query="một cửa điện tử", limit=3, offset=first["next_offset"]))
    assert places(first) + places(second) == places(whole)


def test_an_answer_stops_where_it_is_long_enough_and_goes_on_from_there(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = answered(ask("assignments", limit=12))
    monkeypatch.setattr(cited, "LONGEST_ANSWER", 2_500)
    parts: list[dict[str, Any]] = []
    while len(parts) < 12:
        answer = answered(ask("assignments", limit=12 - len(parts), offset=len(parts)))
        assert 0 < len(answer["assignments"]) < 12
        assert len(json.dumps(answer["assignments"], ensure_ascii=False)) < 3_500
        parts += answer["assignments"]
        assert answer["next_offset"] == len(parts)
    assert parts == whole["assignments"]


def test_a_long_passage_is_shortened_with_its_span(
    ask: Ask, texts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cited, "LONGEST_TEXT", 40)
    for hit in answered(ask("search", query="phần mềm một cửa điện tử"))["hits"]:
        source = hit["source"]
        assert len(hit["text"]) <= 40
        assert texts[source["document"]][source["start"] : source["end"]] == hit["text"]
        assert hit["shortened"] == (len(hit["text"]) == 40)


def test_assignments_name_who_leads_and_who_would_today(ask: Ask, texts: dict[str, str]) -> None:
    answer = answered(ask("assignments", query="phần mềm một cửa điện tử", year="2021", province=["Vĩnh Lam"], limit=3))
    first = answer["assignments"][0]
    assert first["lead"] == ["Sở Thông tin và Truyền thông"]
    assert first["lead_today"] == ["Sở Khoa học và Công nghệ"]
    source = first["source"]
    assert " ".join(texts[source["document"]][source["start"] : source["end"]].split()) == first["task"]
    assert source["number"] == "15/KH-UBND"
    assert source["cite"].startswith("Kế hoạch số 15/KH-UBND ngày ")


def test_targets_give_numbers(ask: Ask) -> None:
    answer = answered(ask("targets", query="SIPAS", document=["21/KH-UBND"], limit=1))
    goal = answer["targets"][0]
    assert (goal["value"], goal["unit"], goal["key"]) == (89.0, "%", "sipas")
    assert goal["source"]["number"] == "21/KH-UBND"


def test_citations_lead_to_the_document_cited(ask: Ask) -> None:
    answer = answered(ask("citations", query="03/KH-UBND"))
    resolved = {cited["resolved"] for cited in answer["citations"]}
    shown = answered(ask("show", id=resolved.pop()))
    assert shown["source"]["number"] == "03/KH-UBND"


def test_an_agency_has_its_successor(ask: Ask) -> None:
    agency = answered(ask("agency", name="Sở TTTT"))["agency"]
    assert agency["name"] == "Sở Thông tin và Truyền thông"
    assert "Sở Khoa học và Công nghệ" in agency["today"]


def test_a_document_is_read_part_by_part(ask: Ask, texts: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cited, "LONGEST_PART", 1_000)
    read, start = "", 0
    while start is not None:
        shown = answered(ask("show", id="12/BC-UBND", start=start))
        read, start = read + shown["text"], shown["next_start"]
    assert read == texts[shown["source"]["document"]]
    assert shown["length"] == len(read) > 2_000


def test_a_section_is_read_alone(ask: Ask, texts: dict[str, str]) -> None:
    shown = answered(ask("show", id="12/BC-UBND", section="II.1"))
    assert shown["next_start"] is None
    assert shown["text"].lstrip().startswith("1. So với chỉ tiêu")
    assert [line["section"] for line in shown["outline"]] == ["II.1"]
    assert shown["source"]["cite"].endswith("mục II.1, trang 1")
    assert "không có mục “X.9”" in told(ask("show", id="12/BC-UBND", section="X.9"))


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("show", {"id": "999/KH-UBND"}, ("Kho không có văn bản “999/KH-UBND”", "The archive has no document")),
        ("search", {"query": "hạn", "year": "năm ngoái"}, ("Không hiểu năm", "is not understood")),
        ("search", {"query": "  "}, ("câu hỏi", "question")),
        ("assignments", {"province": ["Atlantis"]}, ("Không có tỉnh", "No province")),
        ("agency", {"name": "Bộ Phép thuật"}, ("Danh mục không có cơ quan", "The register has no agency")),
        ("search", {"query": "hạn", "limit": 51}, ("Tham số “limit” không hợp lệ", "Invalid argument “limit”")),
        ("search", {}, ("Tham số “query” không hợp lệ", "Field required")),
    ],
)
def test_what_can_be_mended_is_told_in_both_languages(
    ask: Ask, tool: str, arguments: dict[str, Any], said: tuple[str, str]
) -> None:
    vietnamese, english = told(ask(tool, **arguments)).split("\n", 1)
    assert said[0].lower() in vietnamese.lower()
    assert said[1] in english


def test_a_draft_gets_its_precedents(ask: Ask) -> None:
    draft = """ỦY BAN NHÂN DÂN TỈNH VĨNH LAM

KẾ HOẠCH
Cải cách hành chính năm 2027

I. MỤC TIÊU
1. Chỉ số hài lòng (SIPAS) đạt từ 97% trở lên.
II. NHIỆM VỤ
1. Sở Khoa học và Công nghệ chủ trì duy trì, nâng cấp phần mềm một cửa điện tử; thường xuyên.
"""
    answer = answered(ask("precedents", text=draft))
    assert answer["read_as"] == "tasks"
    task = next(task for task in answer["tasks"] if "một cửa điện tử" in task["task"])
    numbers = [earlier["task"]["source"]["number"] for earlier in task["earlier"]]
    assert "03/KH-UBND" in numbers
    goal = answer["goals"][0]
    assert (goal["value"], goal["change"], goal["outside"]) == (97.0, 7.0, "above")


def test_two_plans_are_compared(ask: Ask, texts: dict[str, str]) -> None:
    answer = answered(ask("compare", first="21/KH-UBND", second="03/KH-UBND", limit=50))
    assert sum(answer["task_counts"].values()) == len(answer["tasks"])
    software = next(each for each in answer["tasks"] if each["after"] and "một cửa điện tử" in each["after"]["task"])
    assert software["status"] == "inherited"
    source = software["before"]["source"]
    assert " ".join(texts[source["document"]][source["start"] : source["end"]].split()) == software["before"]["task"]
    sipas = next(each for each in answer["goals"] if each["after"] and each["after"]["key"] == "sipas")
    assert sipas["change"] == 1.0


@pytest.mark.parametrize(
    "asked", [{"query": "trợ lý ảo"}, {"query": "mã QR", "by_year": True}, {"document": ["12/KH-UBND"]}]
)
def test_a_summary_is_verbatim_and_cited(ask: Ask, texts: dict[str, str], asked: dict[str, Any]) -> None:
    answer = answered(ask("summarize", words=120, **asked))
    assert answer["sentences"]
    for sentence in answer["sentences"]:
        source = sentence["source"]
        assert texts[source["document"]][source["start"] : source["end"]] == sentence["text"]
        assert source["cite"]
        assert source["link"].startswith(f"{ADDRESS}/documents/")


def test_a_summary_of_nothing_says_what_is_missing(ask: Ask) -> None:
    assert "Cho biết `query`" in told(ask("summarize"))


def test_a_missing_archive_is_told_by_the_tool(tmp_path: Path) -> None:
    server = create_server(tmp_path / "none")
    result = within(server, lambda client: client.call_tool("search", {"query": "hạn"}))
    assert str(tmp_path / "none") in told(result)


def test_a_further_verb_is_a_further_function(sample_archive: Path) -> None:
    def count(door: Door, word: str) -> dict[str, int]:
        """Đếm · Count."""
        if not word:
            raise QueryError("word-missing", "Thiếu từ.", "No word.")
        return {"documents": door.service.facts().documents}

    server = create_server(sample_archive, tools=[count])
    found = within(server, lambda client: client.call_tool("count", {"word": "a"}))
    assert found.structured_content["documents"] > 30
    assert told(within(server, lambda client: client.call_tool("count", {"word": ""}))) == "Thiếu từ.\nNo word."


def test_over_stdio_as_an_assistant_starts_it(sample_archive: Path) -> None:
    process = StdioServerParameters(
        command=sys.executable,
        args=["-c", COMMAND, "--archive", str(sample_archive)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )

    async def use(client: Client) -> tuple[set[str], CallToolResult, CallToolResult]:
        names = {tool.name for tool in (await client.list_tools()).tools}
        found = await client.call_tool("search", {"query": "phần mềm một cửa điện tử", "limit": 2})
        return names, found, await client.call_tool("show", {"id": "nope"})

    names, found, refused = within(process, use)
    assert names >= TOOLS
    hit = answered(found)["hits"][0]
    assert "một cửa" in hit["text"]
    assert hit["source"]["link"].startswith("file://")  # a person can open it on the same machine
    assert "Kho không có văn bản" in told(refused)


def test_a_missing_archive_is_told_before_an_assistant_asks(tmp_path: Path) -> None:
    command = "from api.cli.mcp import mcp; from pathlib import Path; mcp(archive=Path('none'))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    ran = subprocess.run(
        [sys.executable, "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False, env=environment
    )
    assert ran.returncode != 0
    assert ran.stdout == ""
    assert "ArchiveError" in ran.stderr


@pytest.fixture(scope="module")
def address(sample_archive: Path, serve: Serve) -> Iterator[str]:
    app = create_server(sample_archive).streamable_http_app(stateless_http=True, json_response=True)
    with serve(app) as address:
        yield f"{address}/mcp"


def test_over_http_several_assistants_get_what_one_would(address: str, ask: Ask) -> None:
    async def use(client: Client) -> CallToolResult:
        return await client.call_tool("targets", {"query": "SIPAS", "limit": 3})

    async def together() -> list[CallToolResult]:
        async def one() -> CallToolResult:
            async with Client(address) as client:
                return await use(client)

        return await asyncio.gather(*(one() for _ in range(4)))

    answers = [answered(result) for result in _apart(together())]
    expected = answered(ask("targets", query="SIPAS", limit=3))
    for goal in expected["targets"]:
        goal["source"]["link"] = None  # the server's own files are nothing to others
    assert answers == [expected] * 4


def test_the_command_serves_over_http(sample_archive: Path) -> None:
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    arguments = ["--archive", str(sample_archive), "--http", "--port", str(port), "--address", ADDRESS]
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            assert f"http://127.0.0.1:{port}/mcp" in process.stderr.readline()
            while process.poll() is None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.05)
            found = within(
                f"http://127.0.0.1:{port}/mcp", lambda client: client.call_tool("show", {"id": "12/BC-UBND"})
            )
            # Refused by the server itself, which cuts slow heads too.
            assert b'"code":"request-unreadable"' in endless_head(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
    assert answered(found)["source"]["link"].startswith(f"{ADDRESS}/documents/")


def test_a_page_of_the_web_cannot_ask_under_a_name_of_its_own(address: str) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"accept": "application/json, text/event-stream"}
    assert httpx.post(address, json=request, headers={**headers, "host": "evil.example"}).status_code >= 400
    assert httpx.post(address, json=request, headers={**headers, "origin": "http://evil.example"}).status_code >= 400
