"""The vector index (FAISS), derived from the records: segments that are written once, and a manifest that names them.

What is new goes into a small flat segment, so that it is found at once; what is removed is masked in the segments that
hold it. A rebuild makes one segment of all: flat while that is fast, else inverted lists of bytes (Jégou et al., 2011).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from corpus.encoder.contract import Vectors
from corpus.stages import timed
from corpus.store.generations import Generations
from corpus.store.sources import hash_file

_Index: TypeAlias = Any
"""A faiss index or selector: its stubs know little of what its SWIG classes have and take."""

Ids = NDArray[np.int64]

LISTS_FROM = 100_000
"""Vectors from which inverted lists are kept: a flat scan of so many takes 4 ms on one core (benchmarks/RESULTS.md)."""

_PROBED, _PROBED_SHARE = 48, 0.125
"""Lists that a question reads, at least, and as a share: recall 0.98 at a million vectors (benchmarks/RESULTS.md)."""
_TRAINED_ON = 40  # vectors a list, at random
_MOST_SEGMENTS = 12
_HASHED = 2  # faiss::DirectMap::Hashtable, which faiss' Python module does not name for type checkers
_STALE = 0.25  # share of vectors removed, or new and in flat segments, from which a rebuild is worth its time
_FEWEST_STALE = 2_000
_HEAD = 32_000_000  # bytes of a file of inverted lists that hold all but the lists, which are mapped, not read


@dataclass(frozen=True, slots=True)
class _Seal:
    """What a file of vectors was when it was written: its bytes, and the hash of so many of its first.

    faiss believes what a file says of its own sizes: a damaged one could take all memory, or the process.
    """

    size: int
    hashed: int
    sha256: str

    @classmethod
    def of(cls, path: Path, *, has_lists: bool) -> _Seal:
        sha256, hashed = hash_file(path, _HEAD if has_lists else None)
        return cls(path.stat().st_size, hashed, sha256)

    def require(self, path: Path) -> None:
        """ValueError unless the file still is what it was."""
        if path.stat().st_size != self.size or hash_file(path, self.hashed)[0] != self.sha256:
            raise ValueError(path.name)


@dataclass
class _Segment:
    """A file of vectors. ``removed``: ranges of ids, the last inclusive, that are masked.

    ``seal``: None where a version without seals has written it.
    """

    file: str
    index: _Index
    seal: _Seal | None
    removed: list[tuple[int, int]] = field(default_factory=list)
    _kept: Ids | None = None
    _flags: NDArray[np.bool_] | None = None

    @property
    def ids(self) -> Ids:
        """The ids that it holds and that are not masked, in the order of the file."""
        if self._kept is None:
            held = _ids_of(self.index)
            for first, last in self.removed:
                held = held[(held < first) | (held > last)]
            self._kept = held
        return self._kept

    def allowed(self, within: Ids | None) -> Ids:
        """Those of some ids, or of all, that it holds and that are not masked."""
        if within is None:
            return self.ids
        if self._flags is None:
            self._flags = np.zeros(int(self.ids.max(initial=-1)) + 1, dtype=bool)
            self._flags[self.ids] = True
        within = within[within < self._flags.size]
        return within[self._flags[within]]

    def up_to(self, newest: int | None, within: Ids | None) -> Ids | None:
        """Those of some ids, or of all that it holds, that are not above an id; None for all that it holds."""
        if newest is None or (within is None and int(self.ids.max(initial=-1)) <= newest):
            return within
        chosen = self.ids if within is None else within
        return chosen[chosen <= newest]

    @cached_property
    def unmasked(self) -> _Index:
        """A faiss selector of all that is not masked."""
        return _selector(self.ids)

    def mask(self, ranges: Sequence[tuple[int, int]]) -> _Segment:
        """The segment with further ranges masked, as far as it holds any of them."""
        held = self.ids
        new = [(first, last) for first, last in ranges if ((held >= first) & (held <= last)).any()]
        return _Segment(self.file, self.index, self.seal, [*self.removed, *new]) if new else self

    @property
    def has_lists(self) -> bool:
        return hasattr(self.index, "nlist")

    @property
    def tolerance(self) -> float:
        """How far a kept vector may be from that of the records: float16 is kept as it is, bytes are rounded."""
        return 0.02 if self.has_lists else 1e-3

    def vectors(self, ids: Ids) -> Vectors:
        """The vectors kept under ids that it holds, shape (ids, dimensions)."""
        vectors: Vectors
        if self.has_lists:
            self.index.set_direct_map_type(_HASHED)
            vectors = self.index.reconstruct_batch(ids)
        else:
            held = _ids_of(self.index)
            order = np.argsort(held, kind="stable")
            vectors = self.index.index.reconstruct_batch(order[np.searchsorted(held, ids, sorter=order)])
        return vectors


class VectorIndex:
    """Inner-product search over unit-length vectors, exact while there are few.

    A manifest carries fingerprint and generation in its name and is replaced as a whole, so that name and content can
    never disagree.
    """

    def __init__(self, directory: Path, fingerprint: str, dimensions: int) -> None:
        """Open the newest index of this fingerprint in ``directory``, empty when there is none that can be read."""
        self._directory = directory
        self._fingerprint = fingerprint
        self._dimensions = dimensions
        self._manifests = Generations(directory, fingerprint, ".json")
        self.generation = -1
        self._segments: list[_Segment] = []
        self.reload()

    def reload(self) -> None:
        """See what another process has written."""
        for generation, path in self._manifests.newest_first():
            if generation < self.generation:
                return
            try:
                manifest = json.loads(path.read_text())
                if generation == self.generation and manifest["names"] == [each.file for each in self._segments]:
                    return
                seals = {name: _Seal(*seal) for name, seal in manifest.get("seals", {}).items()}
                segments = [
                    self._open(name, [(int(first), int(last)) for first, last in removed], seals.get(name))
                    for name, removed in zip(manifest["names"], manifest["removed"], strict=True)
                ]
            except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, MemoryError):
                continue  # damaged, or replaced between listing and reading
            self._segments, self.generation = segments, generation
            return

    def _open(self, name: str, removed: list[tuple[int, int]], seal: _Seal | None) -> _Segment:
        import faiss

        for segment in self._segments:
            if segment.file == name:
                return _Segment(name, segment.index, segment.seal, removed)
        if seal:
            seal.require(self._directory / name)
        index = faiss.read_index(str(self._directory / name), faiss.IO_FLAG_MMAP)
        if index.d != self._dimensions:
            raise ValueError(name)
        return _Segment(name, index, seal, removed)

    def update(
        self,
        removed: Iterable[tuple[int, int]],
        added: Iterable[tuple[Sequence[int], Vectors]],
        generation: int,
    ) -> None:
        """Mask the id ranges in ``removed`` (last inclusive) and add blocks of ids and vectors."""
        ranges = list(removed)
        kept = [] if self.generation < 0 else [segment.mask(ranges) for segment in self._segments]
        index = _flat(self._dimensions, added)
        staying = []
        for segment in sorted(kept, key=lambda each: each.ids.size):
            if segment.has_lists or segment.ids.size > 2 * index.ntotal:
                staying.append(segment)
            elif segment.ids.size:
                # Segments double in size, so that there are few and each vector is written few times.
                index.add_with_ids(segment.vectors(segment.ids), segment.ids)
        self._replace(
            [*(segment for segment in staying if segment.ids.size), *self._write(index, generation)], generation
        )

    @property
    def stale(self) -> bool:
        """Whether a rebuild would make searching faster."""
        held = sum(segment.index.ntotal for segment in self._segments)
        live = sum(segment.ids.size for segment in self._segments)
        largest = max((segment.index.ntotal for segment in self._segments), default=0)
        left = max(held - live, held - largest)
        if live >= LISTS_FROM and not any(segment.has_lists for segment in self._segments):
            return True
        return len(self._segments) > _MOST_SEGMENTS or (left > _FEWEST_STALE and left > _STALE * held)

    def rebuild(self, blocks: Iterable[tuple[Sequence[int], Vectors]], count: int, generation: int) -> None:
        """One segment of all ``count`` vectors, in place of those there are; readers go on with these meanwhile."""
        index = _flat(self._dimensions, blocks) if count < LISTS_FROM else _lists(self._dimensions, blocks, count)
        self._replace(self._write(index, generation), generation)

    def _write(self, index: _Index, generation: int) -> list[_Segment]:
        import faiss

        if index.ntotal == 0:
            return []
        self._directory.mkdir(parents=True, exist_ok=True)
        taken = {path.name for path in self._directory.glob("*.faiss")}
        names = (f"{self._fingerprint}-{generation}-{number}.faiss" for number in range(len(taken) + 1))
        name = next(name for name in names if name not in taken)
        new = self._directory / f"{name}.new"
        faiss.write_index(index, str(new))
        seal = _Seal.of(new, has_lists=hasattr(index, "nlist"))
        new.replace(self._directory / name)
        return [_Segment(name, index, seal)]

    def _replace(self, segments: list[_Segment], generation: int) -> None:
        names = [segment.file for segment in segments]
        manifest = {
            "names": names,
            "removed": [segment.removed for segment in segments],
            "seals": {segment.file: astuple(segment.seal) for segment in segments if segment.seal},
        }
        self._manifests.write(generation, lambda path: path.write_text(json.dumps(manifest)))
        self._segments, self.generation = segments, generation
        self._manifests.keep(generation)
        for file in (*self._directory.glob(f"{self._fingerprint}-*.faiss"), *self._directory.glob("*.new")):
            if file.name not in names:
                file.unlink(missing_ok=True)  # a reader that has it open keeps it

    @timed("vectors")
    def search(
        self, query: Vectors, limit: int, within: Ids | None = None, newest: int | None = None
    ) -> list[tuple[int, float]]:
        """Passages with their inner products, best first; ``query`` has shape (dimensions,).

        Only ids in ``within``, and none above ``newest``.
        """
        import faiss

        if within is not None and within.size == 0:
            return []
        # Words are searched beside, and other questions: threads that share one scan would wait for each other, busily.
        faiss.omp_set_num_threads(1)
        found = [_search(segment, query, limit, segment.up_to(newest, within)) for segment in self._segments]
        ids = np.concatenate([each for each, _ in found]) if found else np.zeros(0, np.int64)
        scores = np.concatenate([each for _, each in found]) if found else np.zeros(0, np.float32)
        order = np.lexsort((ids, -scores))[:limit]
        return list(zip(ids[order].tolist(), scores[order].tolist(), strict=True))

    def passage_ids(self) -> set[int]:
        """The ids of all passages in the index."""
        return {int(i) for segment in self._segments for i in segment.ids}

    def differing(self, ids: Sequence[int], stored: Vectors) -> int:
        """How many vectors the index keeps otherwise than the records do; ids that it does not hold are passed over."""
        wanted = np.asarray(ids, dtype=np.int64)
        wrong = 0
        for segment in self._segments:
            here = np.isin(wanted, segment.ids)
            if here.any():
                kept = segment.vectors(wanted[here])
                likeness = (kept * stored[here]).sum(axis=1) / np.maximum((stored[here] ** 2).sum(axis=1), 1e-9)
                blank = ~stored[here].any(axis=1)
                wrong += int((np.abs(likeness - 1.0) > segment.tolerance)[~blank].sum() + kept[blank].any(axis=1).sum())
        return wrong


def _flat(dimensions: int, blocks: Iterable[tuple[Sequence[int], Vectors]]) -> _Index:
    import faiss

    flat = faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index = faiss.IndexIDMap(flat)
    for ids, vectors in blocks:
        index.add_with_ids(np.ascontiguousarray(vectors), np.asarray(ids, dtype=np.int64))
    return index


def _lists(dimensions: int, blocks: Iterable[tuple[Sequence[int], Vectors]], count: int) -> _Index:
    """Inverted lists: the first pass over the blocks keeps a sample, on which the lists' middles are trained."""
    import faiss

    lists = 2 ** round(math.log2(4 * math.sqrt(count)))
    step = max(1, count // (lists * _TRAINED_ON))
    ids: list[Ids] = []
    halves: list[NDArray[np.float16]] = []
    for block, vectors in blocks:
        ids.append(np.asarray(block, dtype=np.int64))
        halves.append(vectors.astype(np.float16))
    sample = np.concatenate([half[::step] for half in halves]).astype(np.float32)
    quantiser = faiss.IndexFlatIP(dimensions)
    index: Any = faiss.IndexIVFScalarQuantizer(
        quantiser, dimensions, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, False
    )
    index.cp.niter = 10
    index.cp.spherical = True
    index.train(sample)
    for block_ids, half in zip(_drained(ids), _drained(halves), strict=True):
        index.add_with_ids(half.astype(np.float32), block_ids)
    return index


def _drained(blocks: list[Any]) -> Iterator[Any]:
    # Memory goes as it is used: a million vectors twice would not fit beside the index.
    blocks.reverse()
    while blocks:
        yield blocks.pop()


def _ids_of(index: _Index) -> Ids:
    import faiss

    if hasattr(index, "id_map"):
        ids: Ids = faiss.vector_to_array(index.id_map)
        return ids
    lists = index.invlists
    held = [faiss.rev_swig_ptr(lists.get_ids(at), lists.list_size(at)).copy() for at in range(index.nlist)]
    return np.concatenate(held).astype(np.int64) if held else np.zeros(0, np.int64)


def _search(segment: _Segment, query: Vectors, limit: int, within: Ids | None) -> tuple[Ids, Vectors]:
    import faiss

    total = segment.index.ntotal
    options: dict[str, Any] = {}
    allowed = total
    if within is not None or segment.removed:
        kept = segment.allowed(within)
        if kept.size == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        allowed = int(kept.size)
        options["sel"] = segment.unmasked if within is None else _selector(kept)
    if segment.has_lists:
        # The fewer may be found, the more lists are read: at the end all of them, which is exact for the bytes kept.
        probed = max(_PROBED, _PROBED_SHARE * segment.index.nlist)
        options["nprobe"] = min(segment.index.nlist, math.ceil(probed * total / allowed))
        parameters: Any = faiss.SearchParametersIVF(**options)
    else:
        chosen: Any = faiss.SearchParameters  # its stub lacks the keyword that its SWIG class takes
        parameters = chosen(**options) if options else None
    (scores,), (ids,) = segment.index.search(query[np.newaxis], min(limit, allowed), params=parameters)
    return ids[ids >= 0], scores[ids >= 0]


def _selector(kept: Ids) -> _Index:
    import faiss

    bitmap: _Index = faiss.IDSelectorBitmap
    if kept.size < 1_000:  # noqa: PLR2004  (a bitmap of a large archive costs more to make)
        return faiss.IDSelectorBatch(kept)
    allowed = np.zeros((int(kept.max()) // 8 + 1) * 8, dtype=bool)
    allowed[kept] = True
    return bitmap(np.packbits(allowed, bitorder="little"))
