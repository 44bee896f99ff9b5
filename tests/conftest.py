"""What many tests share: the sample archive indexed once, a server over an archive, a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import uvicorn
from hypothesis import settings
from playwright.sync_api import Browser, Dialog, Page, expect, sync_playwright

from api.http import create_app
from api.http.heads import PunctualProtocol
from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive
from indexer.pipeline import index

if TYPE_CHECKING:
    from starlette.types import ASGIApp

SAMPLE = Path(__file__).parent.parent / "corpus" / "sample"

# Nothing of a browser's own may call out while a test watches its requests.
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure() -> None:
    """Real documents are optional for a reader of the project, never for its own checks."""
    if os.environ.get("TIENLE_DATA_REQUIRED") and not Path(os.environ.get("TIENLE_DATA", "")).is_dir():
        pytest.exit("TIENLE_DATA must name the folder of real documents here", returncode=4)


_LONGEST = (
    "test_kill_files test_kill_package test_reading_real test_provenance test_notebooks test_real_archive test_kills "
    "test_described test_limits test_accessibility test_discovery test_fuzzing"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest modules begin, so that several processes end at about the same time."""
    first = {name: place for place, name in enumerate(_LONGEST.split())}
    items.sort(key=lambda item: first.get(item.path.stem, len(first)))


settings.register_profile("tienle", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("tienle")

_WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "query", "passage", ":", "rừng", "nước", "kế", "hoạch"]

_PATIENCE = 60_000  # milliseconds: the machine may be slow, and busy with other things


Copied = Callable[[Path], Path]
"""Copies the sample archive to a folder that is not there yet; gives the folder."""


class Serve(Protocol):
    """Serves the archive in a folder, or an application, while a ``with`` block runs; gives the address."""

    def __call__(self, served: Path | ASGIApp, port: int = 0) -> AbstractContextManager[str]: ...


class OpenPage(Protocol):
    """Opens a page in a context of its own with Playwright's options; it is closed when the test ends."""

    def __call__(self, address: str, **options: Any) -> Page: ...


@contextmanager
def _served(served: Path | ASGIApp, port: int = 0) -> Iterator[str]:
    app = create_app(served) if isinstance(served, Path) else served
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", ws="none", http=PunctualProtocol)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def sample_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the whole sample; for reading only."""
    directory = tmp_path_factory.mktemp("sample") / "archive"
    archive = Archive.create(directory, load_encoder().spec)
    report = index(archive, [SAMPLE])
    archive.close()
    assert report.failures == []
    assert report.indexed > 0
    return directory


@pytest.fixture(scope="session")
def real_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the real plans and decisions, with ``report.json`` beside it; for reading only.

    Made by the command, once for all processes of the tests.
    """
    import fcntl

    base = tmp_path_factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "real"
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "report.json").exists():
            data = Path(os.environ["TIENLE_DATA"])
            paths = [str(data / "plans"), str(data / "seeds")]
            command = [sys.executable, "-m", "api.cli", "index", *paths, "--archive", str(place / "archive"), "--json"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            (place / "report.json").write_text(done.stdout)
    return place / "archive"


@pytest.fixture(scope="session")
def copied(sample_archive: Path) -> Copied:
    """Copies of the sample archive, to write to."""

    def copy(folder: Path) -> Path:
        # A server over the sample leaves its secret in it.
        return shutil.copytree(sample_archive, folder, ignore=shutil.ignore_patterns("access"))

    return copy


@pytest.fixture
def own(copied: Copied, tmp_path: Path) -> Path:
    """The sample archive, to write to."""
    return copied(tmp_path / "archive")


@pytest.fixture(scope="session")
def serve() -> Serve:
    """A server while a ``with`` block runs."""
    return _served


@pytest.fixture(scope="session")
def sample_server(sample_archive: Path) -> Iterator[str]:
    """The address of a server over the sample archive."""
    with _served(sample_archive) as address:
        yield address


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A one-layer BERT of 16 dimensions with random weights, saved as sentence-transformers saves it."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = Tokenizer(models.WordLevel({word: row for row, word in enumerate(_WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # their library has no types
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(_WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder / "bare")
    fast.save_pretrained(folder / "bare")
    transformer = Transformer(str(folder / "bare"))
    model = SentenceTransformer(
        modules=[transformer, Pooling(16)], device="cpu", prompts={"query": "kế ", "document": ""}
    )
    model.save(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser without a window."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        expect.set_options(timeout=_PATIENCE)
        launched = playwright.chromium.launch(executable_path=path, args=_QUIET)
        yield launched
        launched.close()


@pytest.fixture
def complaints() -> list[str]:
    """All that the opened pages of a test said on their consoles, and the errors of their scripts."""
    return []


@pytest.fixture
def dialogs() -> list[str]:
    """What the opened pages of a test said in dialogs, each of which is dismissed."""
    return []


@pytest.fixture
def open_page(browser: Browser, complaints: list[str], dialogs: list[str]) -> Iterator[OpenPage]:
    """Pages that wait as long as a slow machine needs."""

    def dismissed(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    with ExitStack() as opened:

        def open_one(address: str, **options: Any) -> Page:
            context = opened.enter_context(closing(browser.new_context(base_url=address, **options)))
            context.set_default_timeout(_PATIENCE)
            context.set_default_navigation_timeout(_PATIENCE)
            page = context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text))
            page.on("dialog", dismissed)
            return page

        yield open_one
