"""The JSON interface over a real server and the sample archive."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.testclient import TestClient

from api.http import create_app

QUESTION = "chỉ số hài lòng của người dân"
SAMPLE = Path(__file__).parents[2] / "corpus" / "sample"


@pytest.fixture
def documents(client: httpx.Client) -> list[dict[str, Any]]:
    return client.get("/api/v1/documents", params={"limit": 500}).json()["documents"]


def test_health_counts_what_the_archive_holds(client: httpx.Client, documents: list[dict[str, Any]]) -> None:
    health = client.get("/health").json()
    assert health["status"] == "ok"
    assert health["documents"] == len(documents) > 30
    assert health["passages"] == sum(
        len(client.get(f"/api/v1/documents/{document['id']}").json()["passages"]) for document in documents
    )
    assert len(health["fingerprint"]) == 16


def test_search_finds_where_it_is_said_and_shows_the_sources_own_characters(client: httpx.Client) -> None:
    answer = client.get("/api/v1/search", params={"q": QUESTION, "limit": 10}).json()
    assert answer["query"] == QUESTION
    assert len(answer["hits"]) == 10
    assert answer["more"] is True
    assert "minh họa" in answer["notice"]
    assert "hài lòng" in answer["hits"][0]["text"]
    scores = [hit["score"] for hit in answer["hits"]]
    assert scores == sorted(scores, reverse=True)
    for hit in answer["hits"]:
        text = client.get(f"/api/v1/documents/{hit['document']}").json()["text"]
        assert text[hit["start"] : hit["end"]] == hit["text"]
    first = answer["hits"][0]
    assert any("hài lòng" in first["text"][start:end].lower() for start, end in first["highlights"])


def test_groups_hold_the_same_hits_by_document(client: httpx.Client) -> None:
    answer = client.get("/api/v1/search", params={"q": QUESTION}).json()
    grouped = [hit for group in answer["groups"] for hit in group["hits"]]
    assert sorted(map(json.dumps, grouped)) == sorted(map(json.dumps, answer["hits"]))
    for group in answer["groups"]:
        assert {hit["document"] for hit in group["hits"]} == {group["document"]["id"]}
        assert {hit["title"] for hit in group["hits"]} == {group["document"]["title"]}
    best = [group["hits"][0]["score"] for group in answer["groups"]]
    assert best == sorted(best, reverse=True)


def test_pages_of_hits_follow_one_another(client: httpx.Client) -> None:
    def places(**parameters: int) -> list[tuple[str, int]]:
        answer = client.get("/api/v1/search", params={"q": QUESTION, **parameters}).json()
        return [(hit["document"], hit["start"]) for hit in answer["hits"]]

    assert places(limit=6) == places(limit=3) + places(limit=3, offset=3)


def test_the_last_page_has_no_more(client: httpx.Client) -> None:
    parameters = {"q": QUESTION, "type": "Chỉ thị", "mode": "lexical", "limit": 100}
    answer = client.get("/api/v1/search", params=parameters).json()
    assert 0 < len(answer["hits"]) < 100
    assert answer["more"] is False


@pytest.mark.parametrize("mode", ["lexical", "dense", "hybrid"])
def test_every_mode_answers(client: httpx.Client, mode: str) -> None:
    answer = client.get("/api/v1/search", params={"q": "số hóa hồ sơ đất đai", "mode": mode}).json()
    assert any("đất đai" in hit["text"].lower() or "địa chính" in hit["text"].lower() for hit in answer["hits"][:3])


def test_filters_narrow_search_and_list_alike(client: httpx.Client) -> None:
    filters = {"year": "2017..2019", "province": ["son khe"], "type": ["kế hoạch"]}
    listed = client.get("/api/v1/documents", params=filters).json()
    found = client.get("/api/v1/search", params={"q": "cải cách hành chính", "limit": 100, **filters}).json()
    assert listed["total"] == len(listed["documents"]) > 1
    for card in listed["documents"]:
        assert (card["province"], card["type"]) == ("Sơn Khê", "Kế hoạch")
        assert 2017 <= int(card["issued_on"][:4]) <= 2019 or card["year_from"] <= 2019
    assert {hit["document"] for hit in found["hits"]} == {card["id"] for card in listed["documents"]}


def test_province_and_type_may_repeat(client: httpx.Client) -> None:
    def total(**filters: list[str]) -> int:
        return client.get("/api/v1/documents", params=filters).json()["total"]

    assert total(province=["Vĩnh Lam", "Sơn Khê"]) == total(province=["Vĩnh Lam"]) + total(province=["Sơn Khê"])
    assert total(type=["Kế hoạch", "Chỉ thị"]) == total(type=["Kế hoạch"]) + total(type=["Chỉ thị"])


def test_as_of_today_follows_the_merger(client: httpx.Client) -> None:
    def provinces(**filters: str) -> set[str]:
        cards = client.get("/api/v1/documents", params={"limit": 500, **filters}).json()["documents"]
        return {card["province"] for card in cards}

    assert provinces(province="Vĩnh Lam") == {"Vĩnh Lam"}
    assert provinces(province="Vĩnh Lam", as_of_today="true") == {"Vĩnh Lam", "Sơn Khê"}
    assert provinces(province="Sơn Khê", as_of_today="true") == {"Vĩnh Lam", "Sơn Khê"}


def test_documents_come_newest_first_and_paged(client: httpx.Client, documents: list[dict[str, Any]]) -> None:
    dated = [card["issued_on"] for card in documents if card["issued_on"]]
    assert dated == sorted(dated, reverse=True)
    paged = [
        card["id"]
        for offset in range(0, len(documents), 7)
        for card in client.get("/api/v1/documents", params={"limit": 7, "offset": offset}).json()["documents"]
    ]
    assert paged == [card["id"] for card in documents]


def test_a_document_has_card_outline_and_passages(client: httpx.Client, documents: list[dict[str, Any]]) -> None:
    for card in documents:
        shown = client.get(f"/api/v1/documents/{card['id']}").json()
        assert shown["card"] == card
        for passage in shown["passages"]:
            assert passage["text"] == shown["text"][passage["start"] : passage["end"]] != ""
        ordinals = {provision["ordinal"] for provision in shown["provisions"]}
        assert {passage["provision"] for passage in shown["passages"]} - {None} <= ordinals


def test_a_document_is_named_by_id_prefix_number_or_file(client: httpx.Client, documents: list[dict[str, Any]]) -> None:
    numbers = [card["number"] for card in documents]
    card = next(card for card in documents if card["number"] and numbers.count(card["number"]) == 1)
    assert "/" in card["number"]
    for reference in (card["id"][:8], card["number"], card["number"].lower(), Path(card["source"]).name):
        for path in (quote(reference, safe=""), quote(reference, safe="/")):
            shown = client.get(f"/api/v1/documents/{path}").json()
            assert shown["card"]["id"] == card["id"], path
    assert client.get(f"/api/v1/documents/{quote(card['number'], safe='')}/source").status_code == 200


def test_source_files_come_back_byte_for_byte(client: httpx.Client, documents: list[dict[str, Any]]) -> None:
    seen = set()
    for card in documents:
        answer = client.get(f"/api/v1/documents/{card['id']}/source")
        name = Path(card["source"]).name
        original = next(SAMPLE.rglob(name))
        assert answer.content == original.read_bytes()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'
        shown = client.get(f"/api/v1/documents/{card['id']}").json()
        assert answer.headers["Content-Type"].split(";")[0] == shown["media_type"]
        seen.add(shown["media_type"])
    assert {"application/pdf", "text/html", "text/plain"} < seen


def test_many_ask_at_once_and_each_gets_their_own_answer(client: httpx.Client) -> None:
    questions = [
        "chỉ số hài lòng", "hồ sơ trực tuyến", "phần mềm một cửa", "phòng chống thiên tai", "phân loại rác",
        "nước sạch nông thôn", "đào tạo nghề", "chuyển đổi số", "số hóa hồ sơ đất đai", "sữa học đường",
    ]  # fmt: skip

    def ask(question: str) -> tuple[str, list[tuple[str, int, float]]]:
        answer = client.get("/api/v1/search", params={"q": question, "limit": 5}).json()
        return answer["query"], [(hit["document"], hit["start"], hit["score"]) for hit in answer["hits"]]

    alone = [ask(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(ask, questions * 4))
    assert together == alone * 4


def test_openapi_describes_every_route_and_what_it_answers(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {
        "/api/v1/precedents",
        "/api/v1/compare",
        "/api/v1/overlaps/intended",
        "/api/v1/targets/series",
        "/api/v1/overlaps",
        "/api/v1/duties",
        "/api/v1/timeline",
        "/api/v1/summarize",
        "/api/v1/search",
        "/api/v1/facets",
        "/api/v1/complete",
        "/api/v1/nearby",
        "/api/v1/assignments",
        "/api/v1/targets",
        "/api/v1/citations",
        "/api/v1/agencies",
        "/api/v1/agencies/{id}",
        "/api/v1/documents",
        "/api/v1/documents/{id}",
        "/api/v1/documents/{id}/source",
        "/api/v1/jobs",
        "/api/v1/jobs/retry",
        "/api/v1/jobs/{id}",
        "/api/v1/jobs/{id}/cancel",
        "/api/v1/jobs/{id}/retry",
        "/health",
        "/health/live",
        "/health/ready",
        "/metrics",
    }
    changing = {path: set(operations) - {"get"} for path, operations in described["paths"].items()}
    assert {path: methods for path, methods in changing.items() if methods} == {
        "/api/v1/precedents": {"post"},  # a draft
        "/api/v1/overlaps/intended": {"post"},  # a judgement
        "/api/v1/documents": {"post"},
        "/api/v1/documents/{id}": {"delete"},
        "/api/v1/jobs/retry": {"post"},
        "/api/v1/jobs/{id}/cancel": {"post"},
        "/api/v1/jobs/{id}/retry": {"post"},
    }
    every = [(path, operation) for path, operations in described["paths"].items() for operation in operations.values()]
    for path, operation in every:
        assert operation["description"]
        assert all(parameter["description"] for parameter in operation.get("parameters", [])), path
        for name in path.split("{")[1:]:
            assert name.split("}")[0] in {p["name"] for p in operation["parameters"] if p["in"] == "path"}
        for status, answer in operation["responses"].items():
            media = "application/problem+json" if int(status) >= 400 else None
            assert media is None or list(answer["content"]) == [media], (path, status)
    identifiers = [each["operationId"] for operations in described["paths"].values() for each in operations.values()]
    assert len(set(identifiers)) == len(identifiers)
    for reference in _references(described):
        target: Any = described
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
        assert target["type"] == ("string" if "enum" in target else "object"), reference


def test_openapi_names_the_fields_that_come(client: httpx.Client, documents: list[dict[str, Any]]) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    search = client.get("/api/v1/search", params={"q": QUESTION}).json()
    document = client.get(f"/api/v1/documents/{documents[0]['id']}").json()
    problem = client.get("/api/v1/documents/none").json()
    for name, sent in (
        ("SearchAnswer", search),
        ("Hit", search["hits"][0]),
        ("DocumentCard", documents[0]),
        ("ShownDocument", document),
        ("ShownPassage", document["passages"][0]),
        ("Health", client.get("/health").json()),
    ):
        assert set(schemas[name]["properties"]) == set(sent), name
    assert set(schemas["Problem"]["required"]) == set(problem)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def test_fifty_requests_at_once_are_all_answered(sample_server: str) -> None:
    def ask(number: int) -> int:
        return httpx.get(f"{sample_server}/api/v1/search", params={"q": f"cải cách {number}"}, timeout=30).status_code

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(ask, range(150))) == [200] * 150
    assert httpx.get(f"{sample_server}/health", timeout=5).status_code == 200


@pytest.mark.parametrize("path", ["/", "/health", "/documents", "/api/v1/search?q=a", "/api/v1/documents/none"])
def test_head_answers_as_get_without_the_body(sample_server: str, path: str) -> None:
    whole, head = httpx.get(f"{sample_server}{path}"), httpx.head(f"{sample_server}{path}")
    assert head.status_code == whole.status_code
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert head.content == b""


def test_other_names_than_ours_are_not_answered(sample_archive: Path) -> None:
    client = TestClient(create_app(sample_archive, hosts=["127.0.0.1"]))
    assert client.get("/health", headers={"host": "127.0.0.1:8000"}).status_code == 200
    assert client.get("/health", headers={"host": "rebound.example"}).status_code == 400


def test_a_reference_longer_than_any_is_simply_unknown(sample_server: str) -> None:
    assert httpx.get(f"{sample_server}/api/v1/documents/{'a' * 5000}").status_code == 404
