"""Any sentence-transformers model, by folder or public name, behind the contract."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.encoder.contract import EncoderSpec, PrefixedEncoder, Vectors
from corpus.encoder.pooling import pooled
from corpus.encoder.record import RECORD, read_record
from corpus.errors import EncoderError
from corpus.language.normalise import NORMALISATION_VERSION

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


@dataclass(frozen=True, slots=True)
class Declaration:
    """How a model wants its texts, from its card; its files say none of it reliably."""

    dimensions: int
    max_tokens: int | None
    segmented: bool = False
    query_prefix: str = ""
    passage_prefix: str = ""
    remote_code: bool = False


class SentenceTransformerEncoder(PrefixedEncoder):
    """A sentence-transformers model; prefixes are put before every text, vectors are float32 of unit length."""

    def __init__(self, name: str, declaration: Declaration | None = None, *, batch_size: int = 32) -> None:
        """Loads the model on a GPU where there is one. No connection is made where ``name`` is a folder.

        ``declaration`` is for models without an ``encoder.json``; without both, what the files say is taken.
        Raises EncoderError where the model is missing or has other dimensions than declared.
        """
        record = read_record(Path(name)) if (Path(name) / RECORD).is_file() else None
        self._model = _load(name, remote_code=bool(declaration and declaration.remote_code and not record))
        self._spec = record or _spec(name, self._model, declaration)
        self._batch_size = batch_size
        dimensions = self._model.get_embedding_dimension()
        if dimensions != self._spec.dimensions:
            raise EncoderError(
                "model-dimensions",
                f"Mô hình {name} cho vectơ {dimensions} chiều, khác với {self._spec.dimensions} chiều đã khai báo. "
                f"Hãy kiểm tra thư mục mô hình hoặc sửa {RECORD}.",
                f"The model {name} gives {dimensions} dimensions where {self._spec.dimensions} are declared. "
                f"Check the model folder or correct {RECORD}.",
            )
        if self._spec.max_tokens is not None:
            self._model.max_seq_length = self._spec.max_tokens

    def _encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        if not texts:
            return np.zeros((0, self._spec.dimensions), np.float32)
        windows = [self._windows(text, prefix) for text in texts]
        vectors = self._model.encode(
            [window for held in windows for window in held],
            prompt="",  # the model's own default prompt would come on top of the prefix
            batch_size=self._batch_size,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return pooled(np.asarray(vectors, dtype=np.float32), [len(held) for held in windows])

    def _windows(self, text: str, prefix: str) -> list[str]:
        """A text in stretches that the model reads whole, each with the prefix; one where it fits."""
        limit = self._spec.max_tokens
        if limit is None or self._tokens(prefix + text) <= limit:
            return [prefix + text]
        room = limit - self._tokens(prefix) + self._tokens("")
        return [prefix + window for window in windows_of(text, room, self._tokens)]

    def _tokens(self, text: str) -> int:
        return len(self._model.tokenizer(text, truncation=False, verbose=False)["input_ids"])


def windows_of(text: str, room: int, tokens: Callable[[str], int]) -> list[str]:
    """A text cut between words into stretches of at most ``room`` tokens, with those that ``tokens`` adds around."""
    if tokens(text) <= room:
        return [text]
    around = tokens("")
    room = max(1, room - around)
    windows: list[str] = []
    held: list[str] = []
    used = 0
    for word in _no_longer_than(text.split(), room):
        cost = tokens(word) - around
        if held and used + cost > room:
            windows.append(" ".join(held))
            held, used = [], 0
        held.append(word)
        used += cost
    return [*windows, " ".join(held)]


def _no_longer_than(words: Sequence[str], room: int) -> Iterator[str]:
    for word in words:
        for start in range(0, len(word), room):
            yield word[start : start + room]


def _load(name: str, *, remote_code: bool) -> SentenceTransformer:
    local = Path(name).is_dir()
    if not local and (name.startswith((".", "/", "~")) or "\\" in name or name.count("/") > 1):
        raise model_missing(name)
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(name, local_files_only=local or is_offline(), trust_remote_code=remote_code)
    except Exception as error:  # the libraries raise OSError, ValueError, requests' and httpx' own errors alike
        raise model_missing(name, str(error).strip().split("\n", maxsplit=1)[0]) from error


def is_offline() -> bool:
    """Whether the operator has forbidden connections (HF_HUB_OFFLINE)."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "TRUE", "YES", "ON"}


def _spec(name: str, model: SentenceTransformer, declaration: Declaration | None) -> EncoderSpec:
    if declaration is None:
        prompts = model.prompts
        declaration = Declaration(
            dimensions=model.get_embedding_dimension() or 0,
            max_tokens=_max_tokens(model),
            segmented="phobert" in type(model.tokenizer).__name__.lower(),
            query_prefix=prompts.get("query") or "",
            passage_prefix=prompts.get("passage") or prompts.get("document") or "",
        )
    return EncoderSpec(
        name=Path(name).name if Path(name).is_dir() else name,
        revision=_revision(name, model),
        dimensions=declaration.dimensions,
        max_tokens=declaration.max_tokens,
        segmented=declaration.segmented,
        query_prefix=declaration.query_prefix,
        passage_prefix=declaration.passage_prefix,
        normalisation=NORMALISATION_VERSION,
    )


def _max_tokens(model: SentenceTransformer) -> int | None:
    longest = model.max_seq_length
    return int(longest) if longest and longest != float("inf") else None


_SAMPLE = 1 << 20


def _revision(name: str, model: SentenceTransformer) -> str:
    folder = Path(name)
    if not folder.is_dir():
        config = getattr(getattr(model[0], "auto_model", None), "config", None)
        return str(getattr(config, "_commit_hash", None) or "unknown")
    digest = hashlib.sha256()
    for file in sorted([*folder.rglob("*.safetensors"), *folder.rglob("*.bin"), *folder.rglob("config.json")]):
        # Size and both ends of a file tell two trainings apart without reading gigabytes at every start.
        size = file.stat().st_size
        digest.update(f"{file.relative_to(folder)}:{size}".encode())
        with file.open("rb") as content:
            digest.update(content.read(_SAMPLE))
            content.seek(max(0, size - _SAMPLE))
            digest.update(content.read())
    return digest.hexdigest()[:16]


def model_missing(name: str, cause: str = "") -> EncoderError:
    """The error of a model that cannot be opened: how to get it, and how to carry it to a machine without internet."""
    because = f" ({cause})" if cause else ""
    folder = name.rpartition("/")[2] or name
    return EncoderError(
        "model-missing",
        f"Không mở được mô hình {name}{because}. Trên máy có mạng, chạy: hf download {name} --local-dir {folder} ; "
        f"rồi chép cả thư mục {folder} sang máy này và dùng đường dẫn của nó làm tên mô hình.",
        f"The model {name} could not be opened{because}. On a machine with internet run: "
        f"hf download {name} --local-dir {folder} ; then copy the folder {folder} to this machine and give its path "
        "as the model's name.",
    )
