"""What many tests share: the sample archive indexed once, a server over an archive, a browser."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import uvicorn
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from api.http import create_app
from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive
from indexer.pipeline import index

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


settings.register_profile("tienle", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("tienle")

_WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "query", "passage", ":", "rừng", "nước", "kế", "hoạch"]

Serve = Callable[[Path], AbstractContextManager[str]]


@contextmanager
def _served(archive: Path) -> Iterator[str]:
    config = uvicorn.Config(create_app(archive), host="127.0.0.1", port=0, log_level="critical", ws="none")
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
def serve() -> Serve:
    """Serves the archive in a folder while a ``with`` block runs; gives the address."""
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
    fast = PreTrainedTokenizerFast(
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
        launched = playwright.chromium.launch(executable_path=path, args=_QUIET)
        yield launched
        launched.close()
