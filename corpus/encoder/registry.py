"""Which encoder a name means: the shipped one, a folder, or a model by its public name with its prefixes known."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.encoder.contract import Encoder
from corpus.encoder.static import SHIPPED, StaticEncoder
from corpus.encoder.transformer import Declaration, SentenceTransformerEncoder


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A row of ``known_models.toml``: what a model's card says that its files do not."""

    name: str
    declaration: Declaration
    licence: str


@cache
def known_models() -> tuple[KnownModel, ...]:
    """The table of known models, in the order of the file."""
    table = tomllib.loads((Path(__file__).parent / "known_models.toml").read_text(encoding="utf-8"))
    models = []
    for row in table["model"]:
        name, licence = row.pop("name"), row.pop("licence")
        models.append(KnownModel(name, Declaration(**row), licence))
    return tuple(models)


def find_known(name: str) -> KnownModel | None:
    """The known model that a public name, or a folder called after it, means ("intfloat/multilingual-e5-small")."""
    by_name = {model.name.lower(): model for model in known_models()}
    if found := by_name.get(name.lower()):
        return found
    by_folder = {model.name.lower().rpartition("/")[2]: model for model in known_models()}
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
    if name == "shipped":
        return StaticEncoder(SHIPPED)
    path = Path(name)
    if (path / "encoder.json").is_file() and not (path / "config.json").exists():
        return StaticEncoder(path)
    known = find_known(name)
    return SentenceTransformerEncoder(name, known.declaration if known else None)
