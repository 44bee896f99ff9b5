"""The vector index (FAISS), derived from the records."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.encoder.contract import Vectors

if TYPE_CHECKING:
    import faiss


_SHARED_FROM = 200_000  # vectors


class VectorIndex:
    """Exact inner-product search over float16 vectors, kept in one file that is replaced as a whole.

    The file's name carries fingerprint and generation, so that name and content can never disagree.
    """

    def __init__(self, directory: Path, fingerprint: str, dimensions: int) -> None:
        """Open the newest index of this fingerprint in ``directory``, empty when there is none that can be read."""
        self._directory = directory
        self._fingerprint = fingerprint
        self._dimensions = dimensions
        self.generation = -1
        self._index: Any = self._empty()  # faiss.IndexIDMap2; faiss' stubs know little of it
        self.reload()

    def _empty(self) -> faiss.Index:
        import faiss

        flat = faiss.IndexScalarQuantizer(self._dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        return faiss.IndexIDMap2(flat)

    def _files(self) -> list[tuple[int, Path]]:
        found = []
        for path in self._directory.glob(f"{self._fingerprint}-*.faiss"):
            generation = path.stem.rsplit("-", 1)[1]
            if generation.isdigit():
                found.append((int(generation), path))
        return sorted(found, reverse=True)

    def reload(self) -> None:
        """See what another process has written."""
        import faiss

        for generation, path in self._files():
            if generation <= self.generation:
                return
            try:
                index = faiss.read_index(str(path))
            except RuntimeError:  # damaged, or replaced between listing and reading
                continue
            if index.d == self._dimensions:
                self._index, self.generation = index, generation
                return

    def update(
        self,
        removed: Iterable[tuple[int, int]],
        added: Iterable[tuple[Sequence[int], Vectors]],
        generation: int,
    ) -> None:
        """Forget the id ranges in ``removed`` (last inclusive), add blocks of ids and vectors, and replace the file."""
        import faiss

        if self.generation < 0:
            self._index = self._empty()
        for first, last in removed:
            self._index.remove_ids(faiss.IDSelectorRange(first, last + 1))
        for ids, vectors in added:
            self._index.add_with_ids(np.ascontiguousarray(vectors), np.asarray(ids, dtype=np.int64))
        self._directory.mkdir(parents=True, exist_ok=True)
        path = self._directory / f"{self._fingerprint}-{generation}.faiss"
        new = path.with_suffix(".new")
        faiss.write_index(self._index, str(new))
        new.replace(path)
        self.generation = generation
        for older, other in self._files():
            if older < generation:
                other.unlink(missing_ok=True)

    def search(self, query: Vectors, limit: int, within: NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """Passages with their inner products, best first; ``query`` has shape (dimensions,); only ids in ``within``."""
        import faiss

        count = min(limit, self._index.ntotal)
        if count == 0 or (within is not None and within.size == 0):
            return []
        # Sharing a small scan between threads costs more than it saves (5,816 vectors: 0.2 ms alone, 19 ms with two
        # threads on two busy cores).
        faiss.omp_set_num_threads(1 if self._index.ntotal < _SHARED_FROM else os.cpu_count() or 1)
        options: dict[str, Any] = {}
        if within is not None:
            chosen: Any = faiss.SearchParameters  # its stub lacks the keyword that its SWIG class takes
            options["params"] = chosen(sel=faiss.IDSelectorBatch(within))
        scores, ids = self._index.search(query[np.newaxis], count, **options)
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]

    def passage_ids(self) -> set[int]:
        """The ids of all passages in the index."""
        import faiss

        return {int(i) for i in faiss.vector_to_array(self._index.id_map)}

    def reconstruct(self, passage_id: int) -> Vectors:
        """The vector kept under an id, shape (dimensions,)."""
        vector: Vectors = self._index.reconstruct(passage_id)
        return vector
