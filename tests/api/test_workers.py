"""Several processes serve one archive, and see what is added to it while they run."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive
from indexer.pipeline import index
from tests.api.processes import serving

PLAN = "KẾ HOẠCH\nTrồng rừng năm 2020\n\nI. NHIỆM VỤ\n\n1. Trồng {what} ở ba xã vùng cao trước mùa mưa.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of one document."""
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "1.txt").write_text(PLAN.format(what="tre chắn sóng"), encoding="utf-8")
    archive = Archive.create(tmp_path / "archive", load_encoder().spec)
    index(archive, [tmp_path / "plans"], workers=1)
    archive.close()
    return tmp_path


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    """The address of two processes that serve it."""
    with serving(folder / "archive", "--workers", "2") as (address, _):
        yield address


def test_all_see_what_is_added(folder: Path, address: str) -> None:
    def found(text: str) -> list[bool]:
        def ask(_: int) -> bool:
            answer = httpx.get(f"{address}/api/v1/search", params={"q": text}, timeout=30)
            answer.raise_for_status()
            return any(text in hit["text"] for hit in answer.json()["hits"])

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(ask, range(24)))

    assert all(found("tre chắn sóng"))
    (folder / "plans" / "2.txt").write_text(PLAN.format(what="phi lao ven biển"), encoding="utf-8")
    archive = Archive.open(folder / "archive")
    index(archive, [folder / "plans"], workers=1)
    assert all(found("phi lao ven biển"))
    assert all(found("tre chắn sóng"))
