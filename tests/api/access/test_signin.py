"""Signing in by page: cookies, forged requests, fixed sessions, planted addresses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from api.access.cookies import PLAIN, Cookies
from api.access.csrf import field_of
from api.access.local import local_path
from api.access.roles import Role
from tests.api.access.conftest import Guarded, field, sign_in

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {"Accept": "text/html"}


def cookie_of(answer: httpx.Response) -> str:
    return next(value for value in answer.headers.get_list("Set-Cookie") if value.startswith(PLAIN + "="))


def token_of(guarded: Guarded, browser: httpx.Client) -> str:
    """The token that the pages of a signed-in browser carry, as the server makes it."""
    cookies = Cookies(guarded.store.secret())
    sid = cookies._sessions.unsign(browser.cookies[PLAIN]).decode()
    return cookies.token(sid)


def test_one_comes_back_to_the_page_that_was_asked_for(guarded: Guarded) -> None:
    with guarded.browser() as browser:
        asked = "/documents?type=K%E1%BA%BF+ho%E1%BA%A1ch&year_from=2019"
        sent = browser.get(asked)
        assert sent.status_code == 303
        form = browser.get(sent.headers["Location"])
        assert form.status_code == 200
        data = {name: field(form, name) for name in ("csrf", "next")} | {"key": guarded.keys[Role.READER]}
        back = browser.post("/signin", data=data)
        assert (back.status_code, back.headers["Location"]) == (303, asked)
        assert browser.get(asked).status_code == 200
        assert browser.get("/signin?next=/documents").headers["Location"] == "/documents"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(guarded: Guarded) -> None:
    with guarded.browser() as browser:
        given_ = cookie_of(sign_in(browser, guarded.keys[Role.READER])).lower()
    assert "httponly" in given_
    assert "samesite=lax" in given_
    assert "path=/" in given_
    assert "max-age" not in given_
    assert "secure" not in given_


def test_over_https_the_cookie_is_for_https_alone(guarded: Guarded) -> None:
    """A proxy on this machine says that the browser came by HTTPS."""
    proxied = {"X-Forwarded-Proto": "https", "Accept": "text/html"}
    answer = httpx.get(f"{guarded.address}/signin", headers=proxied)
    given_ = answer.headers["Set-Cookie"]
    assert given_.startswith("__Host-tienle=")
    assert "; Secure" in given_
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in httpx.get(f"{guarded.address}/signin").headers


def test_a_session_planted_before_signing_in_opens_nothing(guarded: Guarded) -> None:
    with guarded.browser() as attacker, guarded.browser() as victim:
        form = attacker.get("/signin")
        planted = attacker.cookies[PLAIN]
        data = {"csrf": field(form, "csrf"), "next": "/", "key": guarded.keys[Role.READER]}
        answer = victim.post("/signin", data=data, headers={"Cookie": f"{PLAIN}={planted}"})
        assert answer.status_code == 303
        assert planted not in cookie_of(answer)
        assert victim.get("/documents").status_code == 200
        assert attacker.get("/documents").status_code == 303


def test_signing_in_again_ends_the_session_before(guarded: Guarded) -> None:
    with guarded.signed_in() as browser:
        before = browser.cookies[PLAIN]
        data = {"csrf": token_of(guarded, browser), "next": "/", "key": guarded.keys[Role.EDITOR]}
        assert browser.post("/signin", data=data).status_code == 303
        assert browser.cookies[PLAIN] != before
        assert browser.get("/documents").status_code == 200
    assert httpx.get(f"{guarded.address}/documents", headers={"Cookie": f"{PLAIN}={before}"} | PAGES).status_code == 303


def test_signed_out_the_cookie_opens_nothing_any_more(guarded: Guarded) -> None:
    with guarded.signed_in() as browser:
        kept = browser.cookies[PLAIN]
        answer = browser.post("/signout", data={"csrf": token_of(guarded, browser)})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/signin")
        assert PLAIN not in browser.cookies
        assert httpx.get(f"{guarded.address}/", headers={"Cookie": f"{PLAIN}={kept}"} | PAGES).status_code == 303


def test_a_session_ends_with_its_key(guarded: Guarded) -> None:
    key, shown = guarded.store.create("tạm", Role.READER)
    with guarded.browser() as browser:
        sign_in(browser, shown)
        assert browser.get("/documents").status_code == 200
        guarded.store.revoke(key.id)
        assert browser.get("/documents").status_code == 303


@pytest.mark.parametrize("spoil", [lambda c: c[:-1], lambda c: "x" + c, lambda c: c.split(".")[0], lambda c: ""])
def test_a_cookie_that_was_changed_is_none(guarded: Guarded, spoil) -> None:  # type: ignore[no-untyped-def]
    with guarded.signed_in() as browser:
        good = browser.cookies[PLAIN]
    assert httpx.get(guarded.address, headers={"Cookie": f"{PLAIN}={good}"} | PAGES).status_code == 200
    assert httpx.get(guarded.address, headers={"Cookie": f"{PLAIN}={spoil(good)}"} | PAGES).status_code == 303


def test_the_session_does_not_stand_for_a_key(guarded: Guarded) -> None:
    """With a wrong key a good cookie helps nothing: what was meant is refused, not guessed."""
    with guarded.signed_in() as browser:
        assert browser.get("/api/v1/documents").status_code == 200
        assert browser.get("/api/v1/documents", headers={"Authorization": "Bearer tienle_x"}).status_code == 401
        assert browser.get("/api/v1/documents", headers={"Authorization": "Basic YTpi"}).status_code == 401


# Requests that another site makes a browser send


@pytest.fixture
def changed(guarded: Guarded) -> Iterator[httpx.Client]:
    with guarded.signed_in(Role.ADMINISTRATOR) as browser:
        yield browser


def test_a_form_of_ours_is_taken(guarded: Guarded, changed: httpx.Client) -> None:
    token = token_of(guarded, changed)
    draft = "KẾ HOẠCH\n1. Trồng tre chắn sóng.".encode()
    assert changed.post("/api/v1/precedents", content=draft, headers={"X-CSRF-Token": token}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, False),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "http://127.0.0.1:1"}, True),
        ({"X-CSRF-Token": "x"}, False),
    ],
)
def test_a_forged_request_is_refused(
    guarded: Guarded, changed: httpx.Client, headers: dict[str, str], token: bool
) -> None:
    """Each of the two defences alone refuses what the other would let pass."""
    own = {"X-CSRF-Token": token_of(guarded, changed)} if token else {}
    answer = changed.post("/api/v1/precedents", content=b"x", headers=own | headers)
    assert (answer.status_code, "403" in answer.text) == (403, True)
    assert answer.json()["code"] == "request-foreign"


def test_anothers_token_is_refused(guarded: Guarded, changed: httpx.Client) -> None:
    with guarded.signed_in() as other:
        token = token_of(guarded, other)
    assert changed.post("/api/v1/precedents", content=b"x", headers={"X-CSRF-Token": token}).status_code == 403


def test_without_its_token_the_sign_in_form_is_refused(guarded: Guarded) -> None:
    """Else another site could sign a person in as somebody else, and read what they save."""
    with guarded.browser() as browser:
        browser.get("/signin")
        answer = browser.post("/signin", data={"key": guarded.keys[Role.READER]})
        assert answer.status_code == 403
        assert "Tải lại trang" in answer.text
        assert browser.get("/documents").status_code == 303


def test_with_a_key_no_token_is_needed(guarded: Guarded) -> None:
    draft = "KẾ HOẠCH\n1. Trồng tre chắn sóng.".encode()
    answer = httpx.post(
        f"{guarded.address}/api/v1/precedents", content=draft, headers=guarded.bearer(Role.READER), timeout=30
    )
    assert answer.status_code == 200


def test_without_access_control_other_sites_are_kept_out_too(sample_server: str) -> None:
    draft = "KẾ HOẠCH\n1. Trồng tre chắn sóng.".encode()
    with httpx.Client(base_url=sample_server, timeout=30) as client:
        assert client.post("/api/v1/precedents", content=draft).status_code == 200
        for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert client.post("/api/v1/precedents", content=draft, headers=header).status_code == 403


@pytest.mark.parametrize(
    ("content_type", "body", "token"),
    [
        ("application/x-www-form-urlencoded", b"a=1&csrf=abc-_1&b=2", "abc-_1"),
        ("application/x-www-form-urlencoded; charset=utf-8", b"csrf=a&csrf=b", "a"),
        ("application/x-www-form-urlencoded", b"xcsrf=abc", ""),
        ("application/json", b'{"csrf": "abc"}', ""),
        ("text/plain", b"csrf=abc", ""),
        (
            "multipart/form-data; boundary=X",
            b'--X\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nabc\r\n--X\r\n'
            b'Content-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: text/plain\r\n\r\n1234',
            "abc",
        ),
        (
            "multipart/form-data; boundary=X",
            b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\ncsrf=abc\r\n--X--\r\n',
            "",
        ),
        ("multipart/form-data", b"csrf=abc", ""),
    ],
)
def test_the_token_is_found_where_forms_have_it(content_type: str, body: bytes, token: str) -> None:
    assert field_of(content_type, body) == token


@given(st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data; boundary=X", ""]), st.binary())
def test_any_body_has_a_token_or_none(content_type: str, body: bytes) -> None:
    assert isinstance(field_of(content_type, body), str)
    assert isinstance(field_of(content_type, b"--X\r\nContent-Disposition: " + body), str)


# Addresses to go back to


@pytest.mark.parametrize(
    "planted",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "evil.example",
        "",
        "/signin?next=/signin",
        "/signout",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(guarded: Guarded, planted: str) -> None:
    with guarded.browser() as browser:
        assert sign_in(browser, guarded.keys[Role.READER], planted).headers["Location"] == "/"
    with guarded.browser() as browser:
        form = browser.get("/signin")
        data = {"csrf": field(form, "csrf"), "next": planted, "key": guarded.keys[Role.READER]}
        assert browser.post("/signin", data=data).headers["Location"] == "/"
        assert browser.get("/signin", params={"next": planted}).headers["Location"] == "/"


@given(st.text() | st.from_regex(r"[/\\.@:]{1,6}[a-z]{1,6}[/\\@:.]{0,3}[a-z]*"))
def test_any_address_stays_here(asked: str) -> None:
    given_ = local_path(asked)
    assert given_.startswith("/")
    assert not given_.startswith(("//", "/\\"))
    assert urlsplit(given_).netloc == ""
    assert given_ in {asked, "/"}


# What is shown


@pytest.mark.parametrize("where", ["next", "key", "lang"])
def test_nothing_that_is_sent_becomes_part_of_the_page(guarded: Guarded, where: str) -> None:
    planted = '/"><script>alert(1)</script><img src=x onerror=alert(1)>'
    with guarded.browser() as browser:
        form = browser.get("/signin", params={"next": planted, where: planted})
        data = {"csrf": field(form, "csrf"), "next": planted, "key": "x", where: planted}
        refused = browser.post("/signin", data=data)
        assert refused.status_code == 401
        for page in (form, refused):
            assert not html.fromstring(page.text).xpath("//script[not(@src)] | //img")
            assert (
                "script-src" in page.headers["Content-Security-Policy"]
                or "default-src 'self'" in (page.headers["Content-Security-Policy"])
            )
        assert field(refused, "next") == planted  # nothing is lost of it either
        assert "alert" not in html.fromstring(refused.text).xpath("string(//*[@role='alert'])")


def test_a_refusal_says_what_to_do_and_keeps_the_key_to_itself(guarded: Guarded) -> None:
    with guarded.browser() as browser:
        refused = sign_in(browser, "tienle_000000000000_sai")
        assert refused.status_code == 401
        page = html.fromstring(refused.text)
        assert "người quản trị" in page.xpath("string(//*[@role='alert'])")
        assert "tienle_000000000000_sai" not in refused.text
        assert refused.headers["Cache-Control"] == "no-store"


def test_why_a_key_is_refused_is_not_told(guarded: Guarded) -> None:
    key, revoked = guarded.store.create("x", Role.READER)
    guarded.store.revoke(key.id)
    _, expired = guarded.store.create("x", Role.READER, date(2020, 1, 1))
    told = set()
    for shown in (revoked, expired, "tienle_000000000000_" + "x" * 43, "x"):
        answer = httpx.get(f"{guarded.address}/health", headers={"Authorization": f"Bearer {shown}"})
        told.add((answer.status_code, answer.text))
    assert len(told) == 1


def test_pages_are_not_kept_by_browsers(guarded: Guarded) -> None:
    with guarded.signed_in() as browser:
        page = browser.get("/documents")
        assert page.headers["Cache-Control"] == "no-store"
        style = html.fromstring(page.text).xpath("//link[@rel='stylesheet']/@href")[0]
        assert "Cache-Control" not in browser.get(style).headers


def lines(archive: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (archive / "access" / "audit.jsonl").read_text().splitlines()]


def test_who_signed_in_and_who_was_refused_is_written_down(guarded: Guarded) -> None:
    before = len(lines(guarded.archive))
    with guarded.browser() as browser:
        sign_in(browser, "tienle_000000000000_sai")
        sign_in(browser, guarded.keys[Role.EDITOR])
        browser.post("/signout", data={"csrf": token_of(guarded, browser)})
    written = lines(guarded.archive)[before:]
    assert [line["event"] for line in written] == ["signin-refused", "signin", "signout"]
    assert written[1]["user"] == "Phòng editor"
    assert written[1]["role"] == "editor"
    assert written[1]["address"] == "127.0.0.1"
    assert guarded.keys[Role.EDITOR] not in json.dumps(written)
