"""Keys: shown once, kept as digests, refused when they are wrong, expired or revoked."""

from __future__ import annotations

import hmac
import json
import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access import keys
from api.access.roles import Role
from api.access.store import AccessStore, User
from tests.commands import tienle

if TYPE_CHECKING:
    from tests.api.access.conftest import Guarded

TODAY = date(2026, 3, 2)


@pytest.fixture
def store(tmp_path: Path) -> AccessStore:
    return AccessStore(tmp_path)


def test_a_key_tells_who_shows_it(store: AccessStore) -> None:
    key, shown = store.create("Phòng Tổng hợp", Role.EDITOR)
    user = store.user_of_key(shown)
    assert user is not None
    assert (user.id, user.name, user.role, user.key) == (key.id, "Phòng Tổng hợp", Role.EDITOR, key.id)
    assert store.user_of_key(f"  {shown}\n") == user


def test_no_two_keys_are_alike_and_each_has_256_bits(store: AccessStore) -> None:
    secrets = {shown.split("_", 2)[2] for _, shown in (store.create("x", Role.READER) for _ in range(20))}
    assert len(secrets) == 20
    assert {len(secret) * 6 // 8 for secret in secrets} == {32}


def test_a_key_is_not_in_any_file(store: AccessStore) -> None:
    _, shown = store.create("x", Role.READER)
    sid = store.open_session(store.user_of_key(shown))  # type: ignore[arg-type]  # known, as the test above shows
    store.secret()
    kept = b"".join(file.read_bytes() for file in store.directory.rglob("*") if file.is_file())
    assert keys.digest(shown.split("_", 2)[2]).encode() in kept
    assert shown.split("_", 2)[2].encode() not in kept
    assert sid.encode() not in kept


def test_files_are_for_the_owner_alone(store: AccessStore) -> None:
    before = os.umask(0)
    try:
        store.create("x", Role.READER)
        store.secret()
    finally:
        os.umask(before)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in store.directory.iterdir()}
    assert stat.S_IMODE(store.directory.stat().st_mode) == 0o700
    assert {"access.sqlite", "secret"} <= set(modes)
    assert set(modes.values()) == {0o600}, modes


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key[:-1],
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: key.replace("tienle_", "tienle-"),
        lambda key: "tienle_" + "0" * 12 + key[19:],
        lambda key: key + "\0",
        lambda key: key + "' OR '1'='1",
        lambda key: "",
        lambda key: key[:20],
    ],
)
def test_what_is_not_the_key_is_refused(store: AccessStore, spoil) -> None:  # type: ignore[no-untyped-def]
    _, shown = store.create("x", Role.READER)
    assert store.user_of_key(shown) is not None
    assert store.user_of_key(spoil(shown)) is None


@given(st.text())
def test_any_text_is_a_key_or_none(tmp_path_factory: pytest.TempPathFactory, typed: str) -> None:
    store = AccessStore(tmp_path_factory.getbasetemp() / "never")
    assert store.user_of_key(typed) is None
    assert not store.exists()


def test_a_key_ends_after_its_last_day(store: AccessStore) -> None:
    _, shown = store.create("x", Role.READER, TODAY)
    assert store.user_of_key(shown, TODAY) is not None
    assert store.user_of_key(shown, TODAY + timedelta(1)) is None


def test_a_revoked_key_and_its_sessions_end_at_once(store: AccessStore) -> None:
    key, shown = store.create("x", Role.READER)
    other, _ = store.create("y", Role.READER)
    user = store.user_of_key(shown)
    assert user is not None
    sid = store.open_session(user)
    assert store.session(sid, 12, 30) is not None
    assert AccessStore(store.directory.parent).revoke(key.id)  # as another process would
    assert store.user_of_key(shown) is None
    assert store.session(sid, 12, 30) is None
    assert [each.id for each in store.all_keys() if each.revoked is None] == [other.id]
    assert not store.revoke("nothing")


def test_a_session_ends_with_the_last_day_of_its_key(store: AccessStore) -> None:
    lasting, _ = store.create("x", Role.READER, date(2999, 1, 1))
    expired, _ = store.create("y", Role.READER, date(2020, 1, 1))
    sids = [store.open_session(User(key.id, key.name, key.role)) for key in (lasting, expired)]
    assert [store.session(sid, 12, 30) is not None for sid in sids] == [True, False]


def test_a_session_ends_by_age_and_by_disuse(store: AccessStore) -> None:
    _, shown = store.create("x", Role.READER)
    user = store.user_of_key(shown)
    assert user is not None
    sid, hour = store.open_session(user, now=0), 3600.0
    assert store.session(sid, 12, 30, now=29 * 60) is not None
    assert store.session(sid, 12, 30, now=31 * 60) is None
    for minute in range(20, 12 * 60 + 1, 20):
        session = store.session(sid, 12, 30, now=minute * 60)
        assert session is not None
        store.touch(session, now=minute * 60)
    assert store.session(sid, 12, 30, now=12 * hour + 1) is None
    assert store.session(sid, 12, 30, now=-3600) is None  # a clock that went back an hour gives no further life


def test_digests_are_compared_in_constant_time(store: AccessStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both for a key that is there and for one that is not: no answer comes without the comparison."""
    _, shown = store.create("x", Role.READER)
    compared: list[tuple[str, str]] = []

    def watched(one: str, other: str) -> bool:
        compared.append((one, other))
        return compare(one, other)

    compare = hmac.compare_digest
    monkeypatch.setattr("api.access.keys.hmac.compare_digest", watched)
    unknown = "tienle_" + "0" * 12 + shown[19:]
    assert store.user_of_key(shown) is not None
    assert store.user_of_key(unknown) is None
    assert store.user_of_key("nothing like a key") is None
    assert len(compared) == 3
    assert all(len(one) == len(other) == 64 for one, other in compared)


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    begin = threading.Barrier(8)

    def secret(_: int) -> bytes:
        begin.wait()
        return AccessStore(tmp_path).secret()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(secret, range(8)))) == 1
    assert [file.name for file in (tmp_path / "access").iterdir()] == ["secret"]


def test_many_writers_lose_no_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda at: AccessStore(tmp_path).create(f"người {at}", Role.READER)[0].id, range(24)))
    assert {key.id for key in AccessStore(tmp_path).all_keys()} == set(made)


def test_keys_by_command(guarded: Guarded) -> None:
    made = tienle(
        "keys", "create", "--role", "editor", "--name", "Tổ  số hóa", "--until", "31/12/2099", archive=guarded.archive
    )
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    with httpx.Client(base_url=guarded.address, headers={"Authorization": f"Bearer {key}"}) as client:
        assert client.get("/api/v1/documents").status_code == 200
        listed = json.loads(tienle("keys", "list", "--json", archive=guarded.archive).stdout)
        mine = next(each for each in listed if each["name"] == "Tổ số hóa")
        assert (mine["role"], mine["until"], mine["revoked"]) == ("editor", "2099-12-31", None)
        assert key.split("_", 2)[2] not in json.dumps(listed)
        assert tienle("keys", "revoke", mine["id"], archive=guarded.archive).returncode == 0
        assert client.get("/api/v1/documents").status_code == 401
    unknown = tienle("keys", "revoke", "abc", archive=guarded.archive)
    assert unknown.returncode == 2
    assert "tienle keys list" in unknown.stderr
    logged = [json.loads(line) for line in (guarded.archive / "access" / "audit.jsonl").read_text().splitlines()]
    assert [line["event"] for line in logged if line.get("key") == mine["id"]][:1] == ["key-created"]
    assert any(line["event"] == "key-revoked" and line["key"] == mine["id"] and line["by"] for line in logged)


@pytest.mark.parametrize("wrong", [["--name", " "], ["--name", "x\ny\x1b[2J"], ["--name", "x", "--until", "hôm qua"]])
def test_a_key_that_cannot_be_is_told(guarded: Guarded, wrong: list[str]) -> None:
    said = tienle("keys", "create", "--role", "reader", *wrong, archive=guarded.archive)
    assert said.returncode == 2
    assert said.stderr.startswith("tienle: ")


def test_an_expired_key_is_refused_over_http(guarded: Guarded) -> None:
    _, shown = guarded.store.create("hết hạn", Role.ADMINISTRATOR, date(2020, 1, 1))
    answer = httpx.get(f"{guarded.address}/api/v1/documents", headers={"Authorization": f"Bearer {shown}"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "key-refused"
