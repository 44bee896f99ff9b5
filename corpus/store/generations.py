"""Files that carry the generation they were made from in their name and are replaced as a whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def clear(path: Path) -> None:
    """Remove what is there, a file or a folder with all in it; nothing may be. Links stay: they are somebody's."""
    if path.is_symlink():
        for each in path.iterdir() if path.is_dir() else ():
            clear(each)
    elif path.is_dir():
        shutil.rmtree(path, ignore_errors=True)  # another process may be clearing it too
    else:
        path.unlink(missing_ok=True)


def put(new: Path, path: Path) -> None:
    """Put a file that is whole in another's place, or in that of a folder which somebody has made there."""
    if path.is_dir():
        clear(path)
    new.replace(path)


def make_folder(path: Path) -> None:
    """Make a folder of derived files where there is none; what else lies there goes."""
    if path.is_file():
        clear(path)
    path.mkdir(parents=True, exist_ok=True)


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
        make_folder(self.directory)
        path = self.directory / f"{self.name}-{generation}{self.suffix}"
        new = path.with_suffix(".new")
        clear(new)
        writing(new)
        put(new, path)

    def keep(self, generation: int) -> None:
        """Remove the files of every other generation; a reader that has one open keeps it."""
        for each, path in self.newest_first():
            if each != generation:
                clear(path)
