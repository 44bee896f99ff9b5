"""The model folder, as both loaders read it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.encoder.contract import EncoderSpec
from corpus.encoder.record import write_record
from corpus.language.normalise import NORMALISATION_VERSION

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "", "type": "sentence_transformers.models.Normalize"},
]
_CONFIG = {"similarity_fn_name": "cosine", "prompts": {"query": "", "document": ""}}


def save_model(path: Path, weights: NDArray[np.float32], tokenizer: Tokenizer, summary: dict[str, Any]) -> None:
    """Writes int8 rows with a scale each, the tokenizer and the record; sentence-transformers reads the folder too."""
    from safetensors.numpy import save_file

    path.mkdir(parents=True, exist_ok=True)
    rows, scales = quantise(weights)
    file = path / "model.safetensors"
    save_file({"embeddings": rows, "weights": scales}, file)
    file.chmod(0o644)  # safetensors leaves it to its owner alone
    tokenizer.save(str(path / "tokenizer.json"), pretty=False)
    (path / "modules.json").write_text(json.dumps(_MODULES, indent=1) + "\n", encoding="utf-8")
    (path / "config_sentence_transformers.json").write_text(json.dumps(_CONFIG, indent=1) + "\n", encoding="utf-8")
    spec = EncoderSpec(
        name="tienle-static",
        revision=hashlib.sha256(file.read_bytes()).hexdigest()[:16],
        dimensions=weights.shape[1],
        max_tokens=None,
        segmented=True,
        normalisation=NORMALISATION_VERSION,
    )
    write_record(path, spec, summary)


def quantise(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as int8 and what each is to be multiplied by; the largest number of a row becomes 127 or -127."""
    largest = np.abs(weights).max(axis=1)
    scales = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    return np.rint(weights / scales[:, None]).astype(np.int8), scales
