"""Two ways of keeping vectors to search: all of them scanned, or lists of short codes and, beside them, bytes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from corpus.encoder.contract import Vectors

Index: TypeAlias = Any
"""A faiss index or selector: its stubs know little of what its SWIG classes have and take."""

Ids = NDArray[np.int64]
Found = tuple[Ids, Vectors]
"""Ids and their inner products with a question."""

Blocks = Iterable[tuple[Sequence[int], Vectors]]

MAIN, BYTES = ".faiss", ".bytes"
HEADS = {BYTES: 65_536}
"""How much of a file, named by its suffix, holds all that faiss believes of its sizes; of others all may."""

_PROBED, _PROBED_SHARE = 320, 0.1875
"""Lists that a question reads, at least, and as a share: recall 0.98 from 100,000 on (benchmarks/RESULTS.md)."""
_CHOSEN_SHARE, _CHOSEN_TIMES = 0.4, 5
"""So many of the chosen vectors stand in the lists that are read for them: a share, and times what is asked for. Recall
of the best 10, 300 and 1,000 is 0.98 and more, be they of documents at random or neighbours (benchmarks/RESULTS.md)."""
_SCANNED_SHARE = 0.02
"""Share of the vectors up to which those that are chosen are scanned: of a million in 6 ms, as the lists take."""
_POOLED, _LEAST_POOLED = 2, 200
"""Candidates that codes offer to the bytes: times what is asked for, and at least."""
_TRAINED_ON = 40  # vectors a list, at random
_BLOCK = 50_000  # vectors
_FEW = 1_000  # vectors that are sooner compared one by one than found by a selector
_NONE: Ids = np.zeros(0, np.int64)


class Chosen(NamedTuple):
    """Which of the vectors may be found: how many, and faiss's selector of them.

    ``rows``: their numbers, where they are so few that they are compared one by one; ``standing``: how many stand in
    each list, where there are lists.
    """

    size: int
    selector: Index
    rows: Ids = _NONE
    standing: Ids = _NONE


class _Kept:
    """Vectors under ids, in faiss indexes that are files of their own.

    ``parts``: these indexes, by the suffix of their files; ``tolerance``: how far a vector may be from the records'.
    """

    tolerance: float

    def __init__(self, parts: Mapping[str, Index]) -> None:
        """Of the index that knows the ids (:data:`MAIN`), and of others."""
        self.parts = parts
        self._main = parts[MAIN]

    @property
    def count(self) -> int:
        """How many vectors it holds, masked ones too."""
        return int(self._main.ntotal)

    @property
    def ids(self) -> Ids:
        """Their ids, in the order of the file."""
        import faiss

        ids: Ids = faiss.vector_to_array(self._main.id_map)
        return ids


class Flat(_Kept):
    """Vectors as float16, all of them scanned: exact."""

    tolerance = 1e-3

    @classmethod
    def of(cls, dimensions: int, blocks: Blocks) -> Flat:
        """All vectors of some blocks, each with their ids."""
        import faiss

        flat = faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        made = cls({MAIN: faiss.IndexIDMap(flat)})
        for ids, vectors in blocks:
            made.add(np.asarray(ids, dtype=np.int64), vectors)
        return made

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Further vectors, shape (ids, dimensions)."""
        self._main.add_with_ids(np.ascontiguousarray(vectors), ids)

    def vectors(self, ids: Ids) -> Vectors:
        """The vectors kept under ids that it holds, shape (ids, dimensions)."""
        held = self.ids
        order = np.argsort(held, kind="stable")
        vectors: Vectors = self._main.index.reconstruct_batch(order[np.searchsorted(held, ids, sorter=order)])
        return vectors

    def choose(self, ids: Ids) -> Chosen:
        """Ids that it holds, as :meth:`search` takes them."""
        allowed = np.zeros(int(ids.max(initial=-1)) + 1, dtype=bool)
        allowed[ids] = True
        return Chosen(ids.size, _selector(allowed))

    def search(self, query: Vectors, limit: int, chosen: Chosen | None) -> Found:
        """The nearest of the chosen, or of all, to a vector of shape (dimensions,), best first."""
        most = chosen.size if chosen else self.count
        return _found(self._main, query, min(limit, most), _only(chosen) if chosen else None)


class Lists(_Kept):
    """Inverted lists of codes of four bits (André et al., 2015), whose best are compared again by bytes a component.

    Numbers of vectors run through the lists, so that what is near lies near in the file of bytes, which is mapped.
    """

    tolerance = 0.02

    def __init__(self, main: Index, exact: Index) -> None:
        """Of the faiss indexes in two files; ValueError when they do not belong together."""
        import faiss

        super().__init__({MAIN: main, BYTES: exact})
        self._exact = exact
        self._lists: Index = faiss.downcast_index(main.index)
        if exact.ntotal != main.ntotal:
            raise ValueError(BYTES)
        self._refined = faiss.IndexRefine(self._lists, exact)

    @classmethod
    def of(cls, dimensions: int, blocks: Blocks, count: int) -> Lists:
        """All vectors of some blocks, each with their ids; ``count``: how many they are at most."""
        import faiss

        ids, halves = np.empty(count, np.int64), np.empty((count, dimensions), np.float16)
        at = 0
        for block, vectors in blocks:
            ids[at : at + len(block)], halves[at : at + len(block)] = block, vectors
            at += len(block)
        ids, halves, count = ids[:at], halves[:at], at
        lists = 2 ** round(math.log2(4 * math.sqrt(count)))
        sample = halves[:: max(1, count // (lists * _TRAINED_ON))].astype(np.float32)
        codes = dimensions // 2 if dimensions % 2 == 0 else dimensions
        quantiser = faiss.IndexFlatIP(dimensions)
        coded = faiss.IndexIVFPQFastScan(quantiser, dimensions, lists, codes, 4, faiss.METRIC_INNER_PRODUCT)
        coded.by_residual = False
        coded.cp.niter = 10
        coded.cp.spherical = True
        exact = faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
        main = faiss.IndexIDMap(coded)
        main.train(sample)
        exact.train(sample)
        for first in range(0, count, _BLOCK):
            main.add_with_ids(halves[first : first + _BLOCK].astype(np.float32), ids[first : first + _BLOCK])
        order = _numbered_by_list(coded)
        faiss.rev_swig_ptr(main.id_map.data(), count)[:] = ids[order]
        for first in range(0, count, _BLOCK):
            exact.add(halves[order[first : first + _BLOCK]].astype(np.float32))
        return cls(main, exact)

    @cached_property
    def _starts(self) -> Ids:
        """The number of the first vector of each list, and of the end: numbers run through the lists."""
        sizes = [self._lists.invlists.list_size(each) for each in range(self._lists.nlist)]
        return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])

    @cached_property
    def _ids(self) -> Ids:
        return self.ids

    @cached_property
    def _rows(self) -> NDArray[np.int32]:
        rows = np.zeros(int(self._ids.max(initial=-1)) + 1, np.int32)
        rows[self._ids] = np.arange(self._ids.size, dtype=np.int32)
        return rows

    def vectors(self, ids: Ids) -> Vectors:
        """The vectors kept under ids that it holds, shape (ids, dimensions)."""
        vectors: Vectors = self._exact.reconstruct_batch(self._rows[ids].astype(np.int64))
        return vectors

    def choose(self, ids: Ids) -> Chosen:
        """Ids that it holds, as :meth:`search` takes them."""
        allowed = np.zeros(self.count, dtype=bool)
        allowed[self._rows[ids]] = True
        rows = np.flatnonzero(allowed)
        standing = np.diff(np.searchsorted(rows, self._starts))
        return Chosen(rows.size, _selector(allowed), rows if rows.size <= _FEW else _NONE, standing)

    def search(self, query: Vectors, limit: int, chosen: Chosen | None) -> Found:
        """The nearest of the chosen, or of all, to a vector of shape (dimensions,), best first.

        Few are compared one by one; of others so many lists are read that enough of the chosen stand in them.
        """
        allowed = chosen.size if chosen else self.count
        limit = min(limit, allowed)
        if chosen and allowed <= max(_FEW, _SCANNED_SHARE * self.count):
            rows, scores = self._scanned(query, limit, chosen)
        else:
            rows, scores = self._looked_up(query, limit, chosen)
        return self._ids[rows], scores

    def _scanned(self, query: Vectors, limit: int, chosen: Chosen) -> Found:
        if chosen.rows.size:
            # No product of numpy's: its threads spin on afterwards, on the processor that searches by words meanwhile.
            scores = np.einsum("ij,j->i", self._exact.reconstruct_batch(chosen.rows), query)
            best = np.argsort(-scores, kind="stable")[:limit]
            return chosen.rows[best], scores[best]
        return _found(self._exact, query, limit, _only(chosen))

    def _looked_up(self, query: Vectors, limit: int, chosen: Chosen | None) -> Found:
        import faiss

        lists = self._lists.nlist
        read = min(lists, max(_PROBED, math.ceil(_PROBED_SHARE * lists)))
        if chosen:
            _, (order,) = self._lists.quantizer.search(query[np.newaxis], lists)
            enough = max(_CHOSEN_SHARE * chosen.size, _CHOSEN_TIMES * limit)
            read = min(lists, max(read, 1 + int(np.searchsorted(np.cumsum(chosen.standing[order]), enough))))
        own: Any = faiss  # its stub lacks the keywords that its SWIG classes take
        in_lists = own.SearchParametersIVF(nprobe=read, **({"sel": chosen.selector} if chosen else {}))
        pool = max(_POOLED * limit, _LEAST_POOLED)
        parameters = own.IndexRefineSearchParameters(k_factor=pool / limit, base_index_params=in_lists)
        return _found(self._refined, query, limit, parameters)


def _found(index: Index, query: Vectors, limit: int, parameters: Index | None) -> Found:
    (scores,), (rows,) = index.search(query[np.newaxis], limit, params=parameters)
    return rows[rows >= 0], scores[rows >= 0]


def _only(chosen: Chosen) -> Index:
    import faiss

    own: Any = faiss  # its stub lacks the keyword that its SWIG class takes
    return own.SearchParameters(sel=chosen.selector)


def _selector(allowed: NDArray[np.bool_]) -> Index:
    import faiss

    bitmap: Index = faiss.IDSelectorBitmap
    return bitmap(np.packbits(allowed, bitorder="little"))


def _numbered_by_list(coded: Index) -> Ids:
    """Numbers the vectors anew, list after list; gives the old number at each new one."""
    import faiss

    lists, at = coded.invlists, 0
    order = np.empty(coded.ntotal, np.int64)
    for each in range(coded.nlist):
        size = lists.list_size(each)
        if size:
            numbers = faiss.rev_swig_ptr(lists.get_ids(each), size)
            order[at : at + size] = numbers
            numbers[:] = np.arange(at, at + size)
            at += size
    return order


def read(path: Path, dimensions: int) -> Flat | Lists:
    """What was written at ``path`` and, where it has such, beside it.

    RuntimeError or ValueError where that is no such index, or not of so many dimensions.
    """
    import faiss

    main = faiss.read_index(str(path))
    if main.d != dimensions or not isinstance(main, faiss.IndexIDMap):
        raise ValueError(path.name)
    # Not by what lies beside it: that may have been replaced since.
    if isinstance(faiss.downcast_index(main.index), faiss.IndexIVFPQFastScan):
        return Lists(main, faiss.read_index(str(path.with_suffix(BYTES)), faiss.IO_FLAG_MMAP_IFC))
    if isinstance(faiss.downcast_index(main.index), faiss.IndexScalarQuantizer):
        return Flat({MAIN: main})
    raise ValueError(path.name)
