"""The archive's own counts of syllables, derived from the records: what it takes to restore marks as its texts do."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from corpus.language.accents import AccentModel, SyllableCounts, shipped_accents

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
        self._directory = directory
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

    def _files(self) -> list[tuple[int, Path]]:
        found = []
        for path in self._directory.glob(f"{_VERSION}-*.npz"):
            generation = path.stem.rsplit("-", 1)[1]
            if generation.isdigit():
                found.append((int(generation), path))
        return sorted(found, reverse=True)

    def reload(self) -> None:
        """See what another process has written."""
        for generation, path in self._files():
            if generation <= self.generation:
                return
            try:
                own = AccentModel.load(path)
            except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):  # damaged, or just replaced
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
        self._directory.mkdir(parents=True, exist_ok=True)
        path = self._directory / f"{_VERSION}-{generation}.npz"
        written = path.with_suffix(".new")
        with written.open("wb") as file:
            own.save(file)
        written.replace(path)
        self._own, self._model, self.generation = own, None, generation
        for older, other in self._files():
            if older < generation:
                other.unlink(missing_ok=True)
