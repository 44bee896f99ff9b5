"""An archive with a key of each role, served."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from lxml import html

from api.access.roles import Role
from api.access.store import AccessStore

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from tests.conftest import Serve


@dataclass(frozen=True)
class Guarded:
    """An archive that is served with access control: its address, its folder, a key of each role."""

    address: str
    archive: Path
    keys: dict[Role, str]

    def bearer(self, role: Role) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[role]}"}

    @property
    def store(self) -> AccessStore:
        return AccessStore(self.archive)

    def browser(self, **options: object) -> httpx.Client:
        """A client that keeps cookies and says what a browser says."""
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Origin": self.address}
        return httpx.Client(base_url=self.address, headers=headers, timeout=30, **options)  # type: ignore[arg-type]  # its own options

    @contextmanager
    def signed_in(self, role: Role = Role.READER) -> Iterator[httpx.Client]:
        with self.browser() as browser:
            assert sign_in(browser, self.keys[role]).status_code == 303
            yield browser


def field(page: httpx.Response, name: str) -> str:
    return str(html.fromstring(page.text).xpath(f"//input[@name='{name}']/@value")[0])


def sign_in(browser: httpx.Client, key: str, back: str = "/", **headers: str) -> httpx.Response:
    form = browser.get("/signin", params={"next": back})
    data = {"csrf": field(form, "csrf"), "next": field(form, "next"), "key": key}
    return browser.post("/signin", data=data, headers=headers)


def keyed(archive: Path) -> dict[Role, str]:
    store = AccessStore(archive)
    keys = {role: store.create(f"Phòng {role}", role)[1] for role in Role}
    store.close()
    return keys


@pytest.fixture(scope="module")
def guarded(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[Guarded]:
    archive = tmp_path_factory.mktemp("guarded") / "archive"
    shutil.copytree(sample_archive, archive)
    # What is tried here is tried often, from one address.
    settings = archive / "archive.toml"
    before = settings.read_text() if settings.exists() else ""
    settings.write_text(before + "\n[access]\nrate = 10000\nburst = 10000\nsignins_a_minute = 10000\n")
    keys = keyed(archive)
    with serve(archive) as address:
        yield Guarded(address, archive, keys)


@pytest.fixture
def apart() -> Callable[..., httpx.Response]:
    """Asks an application without a server, in a thread of its own: a browser's event loop may run in this one."""

    def ask(app: ASGIApp, method: str, path: str, headers: dict[str, str], **more: Any) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app, client=("192.0.2.7", 4000))
            async with httpx.AsyncClient(transport=transport, base_url="http://tienle") as client:
                return await client.request(method, path, headers=headers, **more)

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, run()).result()

    return ask
