"""The vector index (FAISS), derived from the records: segments that are written once, and a manifest that names them.

What is new goes into a small flat segment, so that it is found at once; what is removed is masked in the segments that
hold it. A rebuild makes one segment of all: flat while that is fast, else lists (:mod:`corpus.store.nearest`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field
from functools import cached_property
from pathlib import Path
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from corpus.encoder.contract import Vectors
from corpus.stages import timed
from corpus.store.generations import Generations, clear, make_folder, put
from corpus.store.nearest import HEADS, MAIN, Blocks, Chosen, Flat, Found, Ids, Lists, read
from corpus.store.sources import hash_file

LISTS_FROM = 100_000
"""Vectors from which lists are kept: a flat scan of so many takes 4 ms on one core (benchmarks/RESULTS.md)."""

_MOST_SEGMENTS = 12
_CHOICES = 32  # filters whose vectors are remembered: a sixth of a megabyte each for a million, in each segment
_STALE = 0.25  # share of vectors removed, or new and in flat segments, from which a rebuild is worth its time
_FEWEST_STALE = 2_000


@dataclass(frozen=True, slots=True)
class _Seal:
    """What a file of vectors was when it was written: its bytes, and the hash of so many of its first.

    faiss believes what a file says of its own sizes: a damaged one could take all memory, or the process.
    """

    size: int
    hashed: int
    sha256: str

    @classmethod
    def of(cls, path: Path, head: int | None) -> _Seal:
        sha256, hashed = hash_file(path, head)
        return cls(path.stat().st_size, hashed, sha256)

    def require(self, path: Path) -> None:
        """ValueError unless the file still is what it was."""
        if path.stat().st_size != self.size or hash_file(path, self.hashed)[0] != self.sha256:
            raise ValueError(path.name)


@dataclass
class _Segment:
    """A file of vectors. ``removed``: ranges of ids, the last inclusive, that are masked.

    ``seals``: of its files, by name; none where a version without seals has written it.
    """

    file: str
    kept: Flat | Lists
    seals: dict[str, _Seal]
    removed: list[tuple[int, int]] = field(default_factory=list)
    _choices: tuple[tuple[ref[Ids], Chosen], ...] = field(default=(), init=False, repr=False, compare=False)

    @cached_property
    def ids(self) -> Ids:
        """The ids that it holds and that are not masked, in the order of the file."""
        held = self.kept.ids
        for first, last in self.removed:
            held = held[(held < first) | (held > last)]
        return held

    @cached_property
    def _flags(self) -> NDArray[np.bool_]:
        flags = np.zeros(int(self.ids.max(initial=-1)) + 1, dtype=bool)
        flags[self.ids] = True
        return flags

    @cached_property
    def _unmasked(self) -> Chosen:
        return self.kept.choose(self.ids)

    def _choice(self, within: Ids) -> Chosen:
        # The same array comes with every question that is asked under the same filters.
        for before, chosen in self._choices:
            if before() is within:
                return chosen
        chosen = self._choose(within)
        known = [each for each in self._choices if each[0]() is not None]
        self._choices = ((ref(within), chosen), *known[: _CHOICES - 1])
        return chosen

    def _choose(self, within: Ids) -> Chosen:
        within = within[within < self._flags.size]
        return self.kept.choose(within[self._flags[within]])

    def mask(self, ranges: Sequence[tuple[int, int]]) -> _Segment:
        """The segment with further ranges masked, as far as it holds any of them."""
        held = self.ids
        new = [(first, last) for first, last in ranges if ((held >= first) & (held <= last)).any()]
        return _Segment(self.file, self.kept, self.seals, [*self.removed, *new]) if new else self

    def search(self, query: Vectors, limit: int, within: Ids | None, newest: int | None) -> Found:
        """The nearest that are not masked, of some ids or of all, none above an id."""
        chosen = self._unmasked if self.removed else None
        if newest is not None and int(self.ids.max(initial=-1)) > newest:
            older = self.ids if within is None else within
            chosen = self._choose(older[older <= newest])
        elif within is not None:
            chosen = self._choice(within)
        if chosen is not None and chosen.size == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        return self.kept.search(query, limit, chosen)


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
        self._manifest = ""
        self.reload()

    def reload(self) -> None:
        """See what another process has written."""
        for generation, path in self._manifests.newest_first():
            if generation < self.generation:
                return
            try:
                text = path.read_text()
                if generation == self.generation and text == self._manifest:
                    return
                manifest = json.loads(text)
                seals = {name: _Seal(*seal) for name, seal in manifest.get("seals", {}).items()}
                segments = [
                    self._open(name, [(int(first), int(last)) for first, last in removed], seals)
                    for name, removed in zip(manifest["names"], manifest["removed"], strict=True)
                ]
            except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, MemoryError):
                continue  # damaged, or replaced between listing and reading
            self._segments, self.generation, self._manifest = segments, generation, text
            return

    def _open(self, name: str, removed: list[tuple[int, int]], seals: dict[str, _Seal]) -> _Segment:
        path = self._directory / name
        own = {file: seal for file, seal in seals.items() if Path(file).stem == path.stem}
        for segment in self._segments:
            if segment.file == name and segment.seals == own:  # a name may be given again to other vectors
                return _Segment(name, segment.kept, own, removed)
        for file, seal in own.items():
            seal.require(self._directory / file)
        return _Segment(name, read(path, self._dimensions), own, removed)

    def update(
        self,
        removed: Iterable[tuple[int, int]],
        added: Blocks,
        generation: int,
    ) -> None:
        """Mask the id ranges in ``removed`` (last inclusive) and add blocks of ids and vectors."""
        ranges = list(removed)
        kept = [] if self.generation < 0 else [segment.mask(ranges) for segment in self._segments]
        new = Flat.of(self._dimensions, added)
        staying = []
        for segment in sorted(kept, key=lambda each: each.ids.size):
            if isinstance(segment.kept, Lists) or segment.ids.size > 2 * new.count:
                staying.append(segment)
            elif segment.ids.size:
                # Segments double in size, so that there are few and each vector is written few times.
                new.add(segment.ids, segment.kept.vectors(segment.ids))
        self._replace(
            [*(segment for segment in staying if segment.ids.size), *self._write(new, generation)], generation
        )

    @property
    def stale(self) -> bool:
        """Whether a rebuild would make searching faster."""
        held = sum(segment.kept.count for segment in self._segments)
        live = sum(segment.ids.size for segment in self._segments)
        largest = max((segment.kept.count for segment in self._segments), default=0)
        left = max(held - live, held - largest)
        if live >= LISTS_FROM and not any(isinstance(segment.kept, Lists) for segment in self._segments):
            return True
        return len(self._segments) > _MOST_SEGMENTS or (left > _FEWEST_STALE and left > _STALE * held)

    def rebuild(self, blocks: Blocks, count: int, generation: int) -> None:
        """One segment of all ``count`` vectors, in place of those there are; readers go on with these meanwhile."""
        few = count < LISTS_FROM
        made = Flat.of(self._dimensions, blocks) if few else Lists.of(self._dimensions, blocks, count)
        self._replace(self._write(made, generation), generation)

    def _write(self, kept: Flat | Lists, generation: int) -> list[_Segment]:
        import faiss

        if kept.count == 0:
            return []
        make_folder(self._directory)
        taken = {path.stem for path in self._files()}
        stems = (f"{self._fingerprint}-{generation}-{number}" for number in range(len(taken) + 1))
        stem = next(stem for stem in stems if stem not in taken)
        seals = {}
        for suffix, part in kept.parts.items():
            new = self._directory / f"{stem}{suffix}.new"
            faiss.write_index(part, str(new))
            seals[f"{stem}{suffix}"] = _Seal.of(new, HEADS.get(suffix))
            put(new, self._directory / f"{stem}{suffix}")
        return [_Segment(f"{stem}{MAIN}", kept, seals)]

    def _files(self) -> list[Path]:
        return [path for suffix in (MAIN, *HEADS) for path in self._directory.glob(f"{self._fingerprint}-*{suffix}")]

    def _replace(self, segments: list[_Segment], generation: int) -> None:
        names = [segment.file for segment in segments]
        manifest = {
            "names": names,
            "removed": [segment.removed for segment in segments],
            "seals": {name: astuple(seal) for segment in segments for name, seal in segment.seals.items()},
        }
        text = json.dumps(manifest)
        self._manifests.write(generation, lambda path: path.write_text(text))
        self._segments, self.generation, self._manifest = segments, generation, text
        self._manifests.keep(generation)
        for file in (*self._files(), *self._directory.glob("*.new")):
            if file.with_suffix(MAIN).name not in names:
                clear(file)  # a reader that has it open keeps it

    @timed("vectors")
    def search(
        self, query: Vectors, limit: int, within: Ids | None = None, newest: int | None = None
    ) -> list[tuple[int, float]]:
        """Passages with their inner products, best first; ``query`` has shape (dimensions,).

        Only ids in ``within``, and none above ``newest``.
        """
        import faiss

        if limit < 1 or (within is not None and within.size == 0):
            return []
        # Words are searched beside, and other questions: threads that share one scan would wait for each other, busily.
        faiss.omp_set_num_threads(1)
        found = [segment.search(query, limit, within, newest) for segment in self._segments]
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
                kept = segment.kept.vectors(wanted[here])
                likeness = (kept * stored[here]).sum(axis=1) / np.maximum((stored[here] ** 2).sum(axis=1), 1e-9)
                blank = ~stored[here].any(axis=1)
                unlike = (np.abs(likeness - 1.0) > segment.kept.tolerance)[~blank]
                wrong += int(unlike.sum() + (np.abs(kept[blank]) > segment.kept.tolerance).any(axis=1).sum())
        return wrong
