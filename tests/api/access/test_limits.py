"""How often, how large, how long: what goes beyond is told, and does no harm."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse

from api.access.audit import AuditLog, note
from api.access.guard import AccessControl, Guard, address_of
from api.access.limits import TimeLimit
from api.access.rates import Buckets
from api.access.roles import Role, Rule, rule_of
from api.access.settings import AccessSettings
from api.http.problems import add_problem_handlers, refusal
from corpus.errors import ArchiveError
from tests.api.access.conftest import keyed

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from tests.api.access.conftest import Guarded


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again() -> None:
    clock = Clock()
    buckets = Buckets(2, 3, clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.take("b") == 0
    clock.now += 0.5
    assert [buckets.take("a"), buckets.take("a")] == [0, 0.5]
    clock.now += 1000
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]


@given(st.lists(st.tuples(st.floats(0, 5), st.sampled_from("abc"))), st.integers(1, 5), st.integers(1, 9))
def test_nobody_gets_more_than_the_rate(asked: list[tuple[float, str]], rate: int, burst: int) -> None:
    clock = Clock()
    buckets = Buckets(rate, burst, clock)
    given_ = dict.fromkeys("abc", 0)
    for pause, caller in asked:
        clock.now += pause
        given_[caller] += buckets.take(caller) == 0
        assert given_[caller] <= burst + (clock.now - 100) * rate + 1e-6


def test_callers_that_are_long_gone_take_no_memory() -> None:
    buckets = Buckets(1, 1)
    for number in range(12_000):
        buckets.take(str(number))
    assert len(buckets._levels) <= 10_000


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "archive.toml").write_text("[access]\nrate = 1\nburst = 3\nsignins_a_minute = 2\n")
    return tmp_path


def app_over(archive: Path, *, exposed: bool = False, seconds: int = 60) -> FastAPI:
    app = FastAPI()

    async def size(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(await request.body())))

    app.add_api_route("/size", size, methods=["GET", "POST"])
    app.add_api_route("/slow", lambda: time.sleep(3), methods=["GET"])
    app.state.language, app.state.pages = "vi", False
    app.add_middleware(AccessControl, guard=Guard(archive, exposed=exposed), refuse=refusal)
    app.add_middleware(TimeLimit, seconds=seconds, refuse=refusal)
    add_problem_handlers(app)
    return app


def test_a_key_that_asks_too_often_waits_and_others_do_not(archive: Path, apart: Any) -> None:
    keys = keyed(archive)
    app = app_over(archive)
    reader, editor = ({"Authorization": f"Bearer {keys[role]}"} for role in (Role.READER, Role.EDITOR))
    answers = [apart(app, "GET", "/size", reader) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["code"] == "too-many-requests"
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert "Đợi" in answers[-1].json()["detail"]
    assert apart(app, "GET", "/size", editor).status_code == 200


def test_an_address_without_a_key_waits_too(archive: Path, apart: Any) -> None:
    app = app_over(archive, exposed=True)
    assert [apart(app, "GET", "/size", {}).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_on_this_machine_alone_nobody_is_counted(archive: Path, apart: Any) -> None:
    app = app_over(archive)
    assert {apart(app, "GET", "/size", {}).status_code for _ in range(6)} == {200}


def test_keys_cannot_be_tried_one_after_the_other(archive: Path, apart: Any) -> None:
    keys = keyed(archive)
    app = app_over(archive)
    wrong = {"Authorization": "Bearer tienle_000000000000_" + "x" * 43}
    assert [apart(app, "GET", "/size", wrong).status_code for _ in range(4)] == [401, 401, 429, 429]
    # Who has a good key is not kept out by a neighbour's tries.
    assert apart(app, "GET", "/size", {"Authorization": f"Bearer {keys[Role.READER]}"}).status_code == 200


def test_the_sign_in_form_has_its_own_limit(sample_archive: Path, tmp_path: Path, serve: Any) -> None:
    import shutil

    from tests.api.access.conftest import Guarded, sign_in

    archive = tmp_path / "archive"
    shutil.copytree(sample_archive, archive)
    keys = keyed(archive)
    with serve(archive) as address, Guarded(address, archive, keys).browser() as browser:
        answers = [sign_in(browser, "tienle_000000000000_sai").status_code for _ in range(11)]
        assert answers == [401] * 10 + [429]


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("testclient", "testclient"),
    ],
)
def test_addresses_that_cost_nothing_count_as_one(host: str, counted: str) -> None:
    assert address_of(Request({"type": "http", "client": (host, 1), "headers": []})) == counted


# Size


async def pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1000):
        yield b"x" * 1000


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(("size", "status"), [(20_000, 200), (21_000, 413), (2_000_000, 413)])
def test_a_body_that_is_too_large_is_refused(
    archive: Path, apart: Any, monkeypatch: pytest.MonkeyPatch, size: int, status: int, chunked: bool
) -> None:
    rule = Rule("POST", "/size", Role.READER, largest=20_000)
    monkeypatch.setattr("api.access.guard.rule_of", lambda method, path: rule)
    answer = apart(app_over(archive), "POST", "/size", {}, content=pieces(size) if chunked else b"x" * size)
    assert answer.status_code == status
    if status == 413:
        assert answer.json()["code"] == "body-too-large"
        assert "19 KB" in answer.json()["detail"]
    else:
        assert answer.text == "20000"


def test_too_large_a_body_is_not_read_to_its_end(guarded: Guarded) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b"x" * 65_536

    with httpx.Client(base_url=guarded.address, headers=guarded.bearer(Role.READER), timeout=30) as client:
        try:
            status = client.post("/saved/add", content=endless()).status_code
        except httpx.TransportError:  # the server hung up while more was being sent
            status = 413
    assert status in {413, 422}
    assert sent < 50_000_000


@pytest.mark.parametrize("length", ["99999999999999999999", "-1", "x", "1e9", "٣"])
def test_a_length_that_is_none_does_no_harm(archive: Path, apart: Any, length: str) -> None:
    app = app_over(archive)
    headers = {"Content-Length": length} if length.isascii() else {}
    assert apart(app, "GET", "/size", headers).status_code in {200, 413}


# Time


def test_an_answer_that_takes_too_long_is_given_up(archive: Path, apart: Any) -> None:
    answer = apart(app_over(archive, seconds=1), "GET", "/slow", {})
    assert answer.status_code == 503
    assert answer.json()["code"] == "answer-too-slow"
    assert "1 giây" in answer.json()["detail"]


def test_a_fault_of_a_route_comes_through(archive: Path, apart: Any) -> None:
    app = app_over(archive)

    def broken() -> None:
        raise RuntimeError("hỏng")

    app.add_api_route("/broken", broken)
    with pytest.raises(RuntimeError, match="hỏng"):
        apart(app, "GET", "/broken", {})


# The log of changes


def test_a_change_is_written_down(archive: Path, apart: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = keyed(archive)
    app = app_over(archive)

    def change(request: Request) -> PlainTextResponse:
        note(request, document="abc123")
        return PlainTextResponse("ok")

    app.add_api_route("/change/{id}", change, methods=["POST"])
    rule = Rule("POST", "/change/{id}", Role.EDITOR)
    monkeypatch.setattr("api.access.guard.rule_of", lambda m, path: rule if m == "POST" else rule_of(m, path))
    bearer = {"Authorization": f"Bearer {keys[Role.EDITOR]}"}
    assert apart(app, "POST", "/change/a%0A%7B%22event%22:1%7D?q=bí-mật", bearer).status_code == 200
    assert apart(app, "POST", "/change/b", {"Authorization": f"Bearer {keys[Role.READER]}"}).status_code == 403
    text = (archive / "access" / "audit.jsonl").read_text()
    done, refused = [json.loads(line) for line in text.splitlines()]
    assert (done["event"], done["status"], done["document"]) == ("change", 200, "abc123")
    assert (done["user"], done["role"], done["method"]) == ("Phòng editor", "editor", "POST")
    assert done["path"] == '/change/a\n{"event":1}'
    assert (refused["event"], refused["status"], refused["user"]) == ("refused", 403, "Phòng reader")
    assert "bí-mật" not in text
    assert keys[Role.EDITOR] not in text
    assert (archive / "access" / "audit.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("breaks", [False, True])
def test_whoever_has_an_answer_finds_the_change_in_the_log(
    archive: Path, apart: Any, monkeypatch: pytest.MonkeyPatch, breaks: bool
) -> None:
    keys = keyed(archive)
    app = app_over(archive)
    at_answer: list[str] = []

    def change() -> PlainTextResponse:
        if breaks:
            raise RuntimeError("hỏng")
        return PlainTextResponse("ok")

    async def seen(scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                at_answer.extend((archive / "access" / "audit.jsonl").read_text().splitlines())
            await send(message)

        await app(scope, receive, watched)

    app.add_api_route("/change", change, methods=["POST"])
    monkeypatch.setattr("api.access.guard.rule_of", lambda *_: Rule("POST", "/change", Role.EDITOR))
    bearer = {"Authorization": f"Bearer {keys[Role.EDITOR]}"}
    with pytest.raises(RuntimeError, match="hỏng") if breaks else nullcontext():
        apart(seen, "POST", "/change", bearer)
    (line,) = at_answer
    assert json.loads(line)["status"] == (500 if breaks else 200)
    assert (archive / "access" / "audit.jsonl").read_text().splitlines() == at_answer


@given(st.dictionaries(st.text(min_size=1).filter(lambda name: name not in {"time", "event"}), st.text()))
def test_any_text_is_one_line(tmp_path_factory: pytest.TempPathFactory, what: dict[str, str]) -> None:
    log = AuditLog(tmp_path_factory.mktemp("audit"))
    what = {f"x{name}": value for name, value in what.items()}
    log.write("thử", **what)
    data = log.path.read_bytes()
    assert data.count(b"\n") == 1
    assert json.loads(data.decode("utf-8", "backslashreplace"))["event"] == "thử"


# Settings


@pytest.mark.parametrize(
    "wrong",
    [
        "[access]\nrate = 0",
        "[access]\nrate = '1'",
        "[access]\nunknown = 1",
        "[access]\nrequired = 'yes'",
        "[access]\naddress = 'http://tinh.example'",
        "[access]\naddress = 'ftp://x'",
        "[access.oidc]\nissuer = 'https://x'",
        "[access]\naddress = 'https://x'\n[access.oidc]\nissuer = 'http://dangnhap.example'\nclient_id = 'a'",
        "[access]\naddress = 'https://x'\n[access.oidc]\nissuer = 'https://x'\nclient_id = 'a'\nsecret = 'b'",
        "[access]\naddress = 'https://x'\n[access.oidc]\nissuer = 'https://x'\nclient_id = 'a'\nroles = {a = 'king'}",
        "access = 1",
        "[access",
    ],
)
def test_settings_that_are_not_right_let_nobody_in(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "archive.toml").write_text(wrong)
    with pytest.raises(ArchiveError, match=r"archive\.toml") as told:
        Guard(tmp_path)
    assert told.value.code == "settings-damaged"


def test_settings_may_demand_keys_before_there_is_one(tmp_path: Path, apart: Any) -> None:
    (tmp_path / "archive.toml").write_text("[access]\nrequired = true\n")
    assert apart(app_over(tmp_path), "GET", "/size", {}).status_code == 401
    (tmp_path / "archive.toml").write_text("[access]\nrequired = false\n")
    keyed(tmp_path)
    assert apart(app_over(tmp_path), "GET", "/size", {}).status_code == 200


def test_no_settings_are_the_usual_ones(tmp_path: Path) -> None:
    assert AccessSettings.load(tmp_path) == AccessSettings()
