"""Signing in through an OpenID Connect provider: a real one on the loopback address, honest and lying."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from api.access.errors import AccessError
from api.access.oidc import user_of
from api.access.roles import Role
from api.access.settings import OIDC_ENV, OidcSettings
from tests.api.access.provider import CLIENT, SECRET, Provider, provided
from tests.api.processes import free_port

if TYPE_CHECKING:
    from tests.conftest import Serve

ROLES = {"van-phong": Role.READER, "bien-tap": Role.EDITOR, "quan-tri": Role.ADMINISTRATOR}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with provided() as provider:
        yield provider


@pytest.fixture(scope="module")
def address(
    provider: Provider, sample_archive: Path, tmp_path_factory: pytest.TempPathFactory, serve: Serve
) -> Iterator[str]:
    archive = tmp_path_factory.mktemp("oidc") / "archive"
    shutil.copytree(sample_archive, archive)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    roles = "\n".join(f'{group} = "{role}"' for group, role in ROLES.items())
    with (archive / "archive.toml").open("a") as settings:
        settings.write(
            f'\n[access]\naddress = "{address}"\nrate = 10000\nburst = 10000\n'
            f'[access.oidc]\nissuer = "{provider.address}"\nclient_id = "{CLIENT}"\n[access.oidc.roles]\n{roles}\n'
        )
    os.environ[OIDC_ENV] = SECRET
    try:
        with serve(archive, port) as address:
            yield address
    finally:
        del os.environ[OIDC_ENV]


@pytest.fixture
def browser(provider: Provider, address: str) -> Iterator[httpx.Client]:
    honest = Provider()
    provider.claims, provider.lies, provider.drop = honest.claims, {}, ""
    provider.signer, provider.fails = None, False
    with httpx.Client(base_url=address, headers={"Accept": "text/html"}, timeout=30) as client:
        yield client


def there(browser: httpx.Client, back: str = "/") -> str:
    """The address with which the provider sends a browser back."""
    sent = browser.get("/signin/oidc", params={"next": back})
    assert sent.status_code == 302, sent.text
    return str(httpx.get(sent.headers["Location"]).headers["Location"])


def test_one_signs_in_and_comes_back(browser: httpx.Client, provider: Provider) -> None:
    form = browser.get("/signin", params={"next": "/documents?type=x"})
    assert "Đăng nhập bằng tài khoản cơ quan" in form.text
    arrived = browser.get(there(browser, "/documents?type=x"))
    assert (arrived.status_code, arrived.headers["Location"]) == (303, "/documents?type=x")
    assert browser.get("/documents").status_code == 200
    asked = provider.asked[-1]
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["nonce"]
    assert len(asked["state"]) >= 20
    assert asked["scope"].split()[0] == "openid"


def test_no_keys_are_needed_for_it_and_nobody_unknown_comes_in(browser: httpx.Client) -> None:
    assert browser.get("/documents").status_code == 303
    assert browser.get("/api/v1/documents").status_code == 401


@pytest.mark.parametrize(
    "lie",
    [
        {"lies": {"nonce": "other"}},
        {"drop": "nonce"},
        {"lies": {"aud": "another-client"}},
        {"lies": {"iss": "https://evil.example"}},
        {"lies": {"exp": 1}},
        {"drop": "sub"},
        {"drop": "id_token"},
        {"signer": RSAKey.generate_key(2048, parameters={"kid": "1"})},
        {"fails": True},
    ],
    ids=["nonce", "no-nonce", "audience", "issuer", "expired", "no-subject", "no-token", "signature", "refusal"],
)
def test_a_token_that_is_not_right_opens_nothing(
    browser: httpx.Client, provider: Provider, lie: dict[str, Any]
) -> None:
    for name, value in lie.items():
        setattr(provider, name, value)
    refused = browser.get(there(browser))
    assert refused.status_code == 403
    assert "nhật ký máy chủ" in refused.text
    assert browser.get("/documents").status_code == 303


def test_a_return_that_this_browser_did_not_begin_is_refused(browser: httpx.Client, address: str) -> None:
    """Else one could sign another person in as oneself."""
    back = there(browser)
    assert httpx.get(back).status_code == 403
    state = parse_qs(urlsplit(back).query)["state"][0]
    changed = back.replace(state, "x" * len(state))
    assert browser.get(changed).status_code == 403
    assert browser.get(back.split("?")[0]).status_code == 403
    assert browser.get(f"{back.split('?')[0]}?error=access_denied&error_description=<b>x</b>").status_code == 403


def test_a_return_serves_once(browser: httpx.Client) -> None:
    back = there(browser)
    assert browser.get(back).status_code == 303
    with httpx.Client(cookies=browser.cookies, headers={"Accept": "text/html"}) as again:
        assert again.get(back).status_code == 403


@pytest.mark.parametrize("planted", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_elsewhere_afterwards(browser: httpx.Client, planted: str) -> None:
    assert browser.get(there(browser, planted)).headers["Location"] == "/"


def test_without_a_role_one_is_known_but_not_let_in(browser: httpx.Client, provider: Provider) -> None:
    provider.claims = {"sub": "u9", "name": "Khách <b>B</b>", "groups": ["khach"]}
    refused = browser.get(there(browser))
    assert refused.status_code == 403
    assert "chưa có vai trò" in refused.text
    assert browser.get("/documents").status_code == 303


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"groups": ["van-phong", "quan-tri", "khac"]}, Role.ADMINISTRATOR),
        ({"groups": "bien-tap"}, Role.EDITOR),
        ({"groups": ["khac"]}, None),
        ({"groups": {"van-phong": 1}}, None),
        ({"groups": [["quan-tri"], None, 3]}, None),
        ({}, None),
    ],
)
def test_the_role_comes_from_the_claim(claims: dict[str, Any], role: Role | None) -> None:
    settings = OidcSettings("https://x", CLIENT, roles=ROLES)
    if role is None:
        with pytest.raises(AccessError):
            user_of({"sub": "1"} | claims, settings)
        assert user_of({"sub": "1"} | claims, OidcSettings("https://x", CLIENT, default=Role.READER)).role == "reader"
    else:
        user = user_of({"sub": "1", "name": "A"} | claims, settings)
        assert (user.id, user.name, user.role, user.key) == ("oidc:1", "A", role, None)


def test_a_provider_that_is_not_the_one_of_the_settings_is_refused(
    browser: httpx.Client, provider: Provider, sample_archive: Path, tmp_path: Path, serve: Serve
) -> None:
    archive = tmp_path / "archive"
    shutil.copytree(sample_archive, archive)
    port = free_port()
    with (archive / "archive.toml").open("a") as settings:
        settings.write(
            f'\n[access]\naddress = "http://127.0.0.1:{port}"\n'
            f'[access.oidc]\nissuer = "{provider.address}/other"\nclient_id = "{CLIENT}"\n'
        )
    with serve(archive, port) as address:
        answer = httpx.get(f"{address}/signin/oidc", headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "hệ thống chung" in answer.text
