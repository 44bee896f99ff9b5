"""What every embedding model promises, whatever makes its vectors."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """The record of a model: everything that changes its vectors.

    ``segmented``: texts must come as words joined by "_" (:func:`corpus.language.segment.segment`), as the PhoBERT
    family and the shipped model need; otherwise as written. ``max_tokens``: how much the model reads, None for all.
    ``normalisation``: version of the text normalisation that it was trained with.
    """

    name: str
    revision: str
    dimensions: int
    max_tokens: int | None
    segmented: bool
    query_prefix: str = ""
    passage_prefix: str = ""
    normalisation: int = 1

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change with any field."""
        return _fingerprint(self)


@lru_cache(maxsize=32)
def _fingerprint(spec: EncoderSpec) -> str:
    record = json.dumps(asdict(spec), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(record.encode()).hexdigest()[:16]


class Encoder(Protocol):
    """Gives unit-length vectors; texts come segmented where ``spec.segmented`` says so, prefixes are added here."""

    @property
    def spec(self) -> EncoderSpec:
        """The model's record."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, shape (len(texts), dimensions); a text without any known word gives zeros."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, shape (len(texts), dimensions)."""
        ...


class PrefixedEncoder(ABC):
    """An encoder that treats questions and passages alike but for the prefixes of its record."""

    _spec: EncoderSpec

    @property
    def spec(self) -> EncoderSpec:
        """The model's record."""
        return self._spec

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, shape (len(texts), dimensions); a text without any known word gives zeros."""
        return self._encode(texts, self._spec.query_prefix)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, shape (len(texts), dimensions)."""
        return self._encode(texts, self._spec.passage_prefix)

    @abstractmethod
    def _encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        """Vectors of texts, each with the prefix put before it."""
