"""Which encoder a name means: the shipped one, a folder, or a model by its public name with its prefixes known."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from corpus.encoder.blended import BODY, BlendedEncoder
from corpus.encoder.contract import Encoder
from corpus.encoder.record import RECORD
from corpus.encoder.static import SHIPPED, StaticEncoder
from corpus.encoder.transformer import Declaration, SentenceTransformerEncoder


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A row of ``known_models.toml``: what a model's card says that its files do not."""

    name: str
    declaration: Declaration
    licence: str


def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "known_models.toml").read_text(encoding="utf-8"))


@cache
def known_models() -> tuple[KnownModel, ...]:
    """The table of known models, in the order of the file."""
    models = []
    for row in _table()["model"]:
        name, licence = row.pop("name"), row.pop("licence")
        models.append(KnownModel(name, Declaration(**row), licence))
    return tuple(models)


@dataclass(frozen=True, slots=True)
class KnownReranker:
    """A cross-encoder's row of ``known_models.toml``: the longest pair it reads, and whether it wants words."""

    name: str
    max_tokens: int
    segmented: bool
    licence: str


@cache
def known_rerankers() -> tuple[KnownReranker, ...]:
    """The table of known cross-encoders, in the order of the file."""
    return tuple(KnownReranker(**row) for row in _table()["reranker"])


def find_known_reranker(name: str) -> KnownReranker | None:
    """The known cross-encoder that a public name, or a folder called after it, means."""
    return _named(name, known_rerankers())


def find_known(name: str) -> KnownModel | None:
    """The known model that a public name, or a folder called after it, means ("intfloat/multilingual-e5-small")."""
    return _named(name, known_models())


_Known = TypeVar("_Known", KnownModel, KnownReranker)


def _named(name: str, known: Sequence[_Known]) -> _Known | None:
    by_name = {model.name.lower(): model for model in known}
    if found := by_name.get(name.lower()):
        return found
    by_folder = {model.name.lower().rpartition("/")[2]: model for model in known}
    for part in reversed(Path(name).parts):
        # Folder of a download: ".../models--intfloat--multilingual-e5-small/snapshots/0123abcd".
        called = re.sub(r"^models--(?:.*--)?", "", part.lower())
        if found := by_folder.get(called):
            return found
    return None


def load_encoder(name: str = "shipped") -> Encoder:
    """The encoder called ``name``: "shipped", a folder, or a model's public name.

    A folder's own ``encoder.json`` goes before the table of known models, and that before what the model's files say.
    Raises EncoderError where the model is missing or does not fit its record.
    """
    path = SHIPPED if name == "shipped" else Path(name)
    if (path / BODY).is_file():
        return BlendedEncoder(path)
    if (path / RECORD).is_file() and not (path / "config.json").exists():
        return StaticEncoder(path)
    known = find_known(name)
    return SentenceTransformerEncoder(name, known.declaration if known else None)
