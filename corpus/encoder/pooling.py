"""Vectors brought to unit length, and vectors of a text's windows put together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpus.encoder.contract import Vectors


def unit(vectors: Vectors) -> Vectors:
    """The rows at unit length; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.where(lengths == 0.0, 1.0, lengths), dtype=np.float32)


def pooled(vectors: Vectors, counts: Sequence[int]) -> Vectors:
    """The mean of each text's windows, at unit length again; ``counts``: windows of each text, at least one."""
    if len(vectors) == len(counts):
        return np.ascontiguousarray(vectors)
    starts = np.cumsum([0, *counts[:-1]])
    return unit(np.add.reduceat(vectors, starts, axis=0))
