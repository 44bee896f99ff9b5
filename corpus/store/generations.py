"""Files that carry the generation they were made from in their name and are replaced as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Generations:
    """The files of one kind in a folder: ``<name>-<generation><suffix>``.

    Name and content can never disagree: a file is written beside and put in its place when it is whole.
    """

    directory: Path
    name: str
    suffix: str

    def newest_first(self) -> list[tuple[int, Path]]:
        """The generations that there are files of, and these."""
        found = []
        for path in self.directory.glob(f"{self.name}-*{self.suffix}"):
            generation = path.stem.rsplit("-", 1)[1]
            if generation.isdigit():
                found.append((int(generation), path))
        return sorted(found, reverse=True)

    def write(self, generation: int, writing: Callable[[Path], object]) -> None:
        """Have a generation's file written, whole or not at all."""
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / f"{self.name}-{generation}{self.suffix}"
        new = path.with_suffix(".new")
        writing(new)
        new.replace(path)

    def keep(self, generation: int) -> None:
        """Remove the files of every other generation; a reader that has one open keeps it."""
        for each, path in self.newest_first():
            if each != generation:
                path.unlink(missing_ok=True)
