"""An archive's own settings: ``archive.toml`` in its folder."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from corpus.errors import ArchiveError
from corpus.language.places import Places

FILE_NAME = "archive.toml"


@dataclass(frozen=True)
class ArchiveSettings:
    """Title and notice that the interface shows, and the places that the archive adds to the register."""

    path: Path | None
    title: str = ""
    notice: str = ""

    @classmethod
    def load(cls, directory: Path) -> ArchiveSettings:
        """The settings in ``directory``, empty where there is no ``archive.toml``; ArchiveError when it is not TOML."""
        path = directory / FILE_NAME
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8")).get("archive", {})
        except FileNotFoundError:
            return cls(None)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ArchiveError(
                "settings-damaged",
                f"Tệp thiết lập {path} viết sai: {error}. Sửa tệp rồi chạy lại.",
                f"The settings file {path} is not right: {error}. Mend it and run again.",
            ) from error
        return cls(path, str(table.get("title", "")), str(table.get("notice", "")))

    @cached_property
    def places(self) -> Places:
        """The register of places, with the archive's own."""
        return Places.load(self.path)
