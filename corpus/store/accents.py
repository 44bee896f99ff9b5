"""The archive's own counts of syllables, derived from the records: what it takes to restore marks as its texts do."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from corpus.language.accents import AccentModel, SyllableCounts, shipped_accents
from corpus.store.generations import Generations

OWN_WEIGHT = 10
"""An archive's own pair counts as often as this many of the shipped model's: bare questions then find in 125 plans
nDCG@10 0.572 instead of 0.553 (benchmarks/RESULTS.md)."""

_VERSION = 1  # of the file's layout


class AccentIndex:
    """Counts of the archive's texts in one file that is replaced as a whole; its name carries the generation.

    Texts that went stay counted until the index is made anew: what was once written may still be asked for.
    """

    def __init__(self, directory: Path) -> None:
        """Open the newest counts in ``directory``, none when there are none that can be read."""
        self._files = Generations(directory, str(_VERSION), ".npz")
        self.generation = -1
        self._own: AccentModel | None = None
        self._model: AccentModel | None = None
        self.reload()

    @property
    def model(self) -> AccentModel:
        """The shipped model with the archive's own counts."""
        if self._model is None:
            shipped = shipped_accents()
            self._model = shipped if self._own is None else shipped.plus(self._own, OWN_WEIGHT)
        return self._model

    def reload(self) -> None:
        """See what another process has written."""
        for generation, path in self._files.newest_first():
            if generation <= self.generation:
                return
            try:
                own = AccentModel.load(path)
            except (
                OSError,
                KeyError,
                ValueError,
                EOFError,
                zipfile.BadZipFile,
                zlib.error,
            ):  # damaged, or just replaced
                continue
            self._own, self._model, self.generation = own, None, generation
            return

    def update(self, texts: Iterable[str], generation: int) -> None:
        """Count texts along and replace the file; a generation of -1 before starts anew."""
        counts = SyllableCounts()
        for text in texts:
            counts.add(text)
        new = AccentModel.of(counts)
        kept = None if self.generation < 0 else self._own
        own = new if kept is None else kept.plus(new)
        self._files.write(generation, lambda path: _save(own, path))
        self._own, self._model, self.generation = own, None, generation
        self._files.keep(generation)


def _save(own: AccentModel, path: Path) -> None:
    with path.open("wb") as file:
        own.save(file)
