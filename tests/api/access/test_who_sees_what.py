"""What each role sees of how the archive is worked; which sign-ins count; tokens beside long names."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from lxml import html

from api.access.csrf import field_of
from api.access.roles import Role
from tests.api.access.conftest import Guarded, keyed, sign_in

if TYPE_CHECKING:
    from tests.conftest import Serve


@pytest.mark.parametrize(
    ("path", "least"),
    [
        ("/metrics", Role.ADMINISTRATOR),
        ("/archive/jobs", Role.EDITOR),
        ("/archive/jobs/none", Role.EDITOR),
        ("/api/v1/jobs", Role.EDITOR),
        ("/api/v1/jobs/none", Role.EDITOR),
        ("/archive", Role.READER),
        ("/health/ready", Role.READER),
    ],
)
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_how_the_archive_is_worked_is_not_for_all(
    guarded: Guarded, path: str, least: Role, role: Role, method: str
) -> None:
    with httpx.Client(base_url=guarded.address, headers=guarded.bearer(role), timeout=30) as client:
        answer = client.request(method, path)
    assert (answer.status_code == 403) == (not role.may(least))


@pytest.mark.parametrize("role", list(Role))
def test_the_page_of_the_archive_lists_jobs_for_those_who_may_see_them(guarded: Guarded, role: Role) -> None:
    with guarded.signed_in(role) as browser:
        shown = html.fromstring(browser.get("/archive").text).xpath("//section[@aria-labelledby='jobs']")
    assert bool(shown) == role.may(Role.EDITOR)


@pytest.fixture
def strict(sample_archive: Path, tmp_path: Path, serve: Serve) -> Iterator[Guarded]:
    """An archive at which three sign-ins a minute may fail."""
    archive = tmp_path / "archive"
    shutil.copytree(sample_archive, archive)
    with (archive / "archive.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[access]\nsignins_a_minute = 3\n")
    keys = keyed(archive)
    with serve(archive) as address:
        yield Guarded(address, archive, keys)


def test_sign_ins_that_succeed_do_not_count(strict: Guarded) -> None:
    statuses = []
    for _ in range(8):
        with strict.browser() as browser:
            statuses.append(sign_in(browser, strict.keys[Role.READER]).status_code)
    assert statuses == [303] * 8
    with strict.browser() as browser:
        failed = [sign_in(browser, f"tienle_{'0' * 12}_{'a' * 43}").status_code for _ in range(5)]
        assert failed == [401, 401, 401, 429, 429]
        # The key is looked at no more: who guesses learns nothing.
        assert sign_in(browser, strict.keys[Role.READER]).status_code == 429


@pytest.mark.parametrize("length", [10, 5_000, 20_000])
@pytest.mark.parametrize("last", [False, True])
def test_a_token_is_found_beside_a_file_of_a_long_name(length: int, last: bool) -> None:
    file = f'--ranh\r\nContent-Disposition: form-data; name="file"; filename="{"ế" * length}.pdf"\r\n\r\nx\r\n'.encode()
    token = b'--ranh\r\nContent-Disposition: form-data; name="csrf"\r\n\r\ntoken\r\n'
    body = (file + token if last else token + file) + b"--ranh--\r\n"
    assert field_of("multipart/form-data; boundary=ranh", body) == "token"
