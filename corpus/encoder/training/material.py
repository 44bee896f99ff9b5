"""Pairs as numbers: the vocabulary's rows of every pair, kept in one file so that a run can go on where it stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus.encoder.training.pairs import Pair
from corpus.encoder.training.vocabulary import SILENT

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Rows = NDArray[np.int64]
_BATCH = 8192


@dataclass(frozen=True, slots=True)
class Bags:
    """Many texts as rows of the vocabulary: text i is ``rows[offsets[i]:offsets[i + 1]]``."""

    rows: NDArray[np.uint16]
    offsets: Rows

    def __len__(self) -> int:
        """How many texts."""
        return len(self.offsets) - 1

    def take(self, chosen: Rows) -> tuple[Rows, Rows]:
        """Rows of the chosen texts one after another, and where each begins (as torch's embedding_bag wants them)."""
        starts, ends = self.offsets[chosen], self.offsets[chosen + 1]
        lengths = ends - starts
        begins = np.cumsum(lengths) - lengths
        places = np.repeat(starts - begins, lengths) + np.arange(int(lengths.sum()))
        return self.rows[places].astype(np.int64), begins

    def save(self, path: Path) -> None:
        """Writes the texts into an .npz file that appears only when whole."""
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, rows=self.rows, offsets=self.offsets)
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> Bags:
        """Reads what :meth:`save` has written."""
        with np.load(path) as arrays:
            return cls(arrays["rows"], arrays["offsets"])


def bags_of(texts: Iterable[str], tokenizer: Tokenizer) -> Bags:
    """Texts as rows of the vocabulary; words that have no vector are left out."""
    rows: list[NDArray[np.uint16]] = []
    lengths: list[int] = []
    remaining = iter(texts)
    while batch := list(islice(remaining, _BATCH)):
        for encoding in tokenizer.encode_batch_fast(batch, add_special_tokens=False):
            known = np.asarray(encoding.ids, np.uint16)
            known = known[known >= len(SILENT)]
            rows.append(known)
            lengths.append(len(known))
    flat = np.concatenate(rows) if rows else np.zeros(0, np.uint16)
    return Bags(flat, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


def bags_of_pairs(pairs: Iterable[Pair], tokenizer: Tokenizer) -> Bags:
    """Pairs as texts 2i (query) and 2i + 1 (passage)."""

    def texts() -> Iterator[str]:
        for pair in pairs:
            yield pair.query
            yield pair.passage

    return bags_of(texts(), tokenizer)


def join_bags(several: Sequence[Bags]) -> Bags:
    """The texts of all bags in order."""
    shifts = np.cumsum([0, *(len(bags.rows) for bags in several)])
    offsets = [bags.offsets[:-1] + shift for bags, shift in zip(several, shifts, strict=False)]
    return Bags(np.concatenate([bags.rows for bags in several]), np.concatenate([*offsets, shifts[-1:]]))
