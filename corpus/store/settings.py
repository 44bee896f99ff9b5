"""An archive's own settings: ``archive.toml`` in its folder."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path

from corpus.errors import ArchiveError
from corpus.language.agencies import Agencies
from corpus.language.places import Places

FILE_NAME = "archive.toml"


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """How much one file may take (``[reading]``): its size, pages, time, and memory beyond the program's.

    ``seconds`` counts from one document of a ZIP package to the next.
    """

    max_mb: int = 200
    max_pages: int = 5_000
    seconds: int = 900
    memory_mb: int = 2_048


@dataclass(frozen=True)
class ArchiveSettings:
    """Title and notice that the interface shows, limits of reading, and places, agencies, abbreviations that it adds.

    ``abbreviations`` (``[abbreviations]``): short forms that this archive's documents use, and what they stand for.
    """

    path: Path | None
    title: str = ""
    notice: str = ""
    reading: ReadingLimits = ReadingLimits()
    abbreviations: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, directory: Path) -> ArchiveSettings:
        """The settings in ``directory``, empty without an ``archive.toml``; ArchiveError when it is not right."""
        path = directory / FILE_NAME
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls(None)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise _damaged(path, str(error), str(error)) from error
        table = tables.get("archive", {})
        return cls(
            path,
            str(table.get("title", "")),
            str(table.get("notice", "")),
            _limits(path, tables.get("reading", {})),
            _abbreviations(path, tables.get("abbreviations", {})),
        )

    @cached_property
    def places(self) -> Places:
        """The register of places, with the archive's own."""
        return Places.load(self.path)

    @cached_property
    def agencies(self) -> Agencies:
        """The register of agencies, with the archive's own and its overrides."""
        return Agencies.load(self.path)


def _limits(path: Path, table: object) -> ReadingLimits:
    known = [each.name for each in fields(ReadingLimits)]
    if not isinstance(table, dict) or not set(table) <= set(known):
        names = ", ".join(known)
        raise _damaged(path, f"[reading] chỉ có các khóa {names}", f"[reading] has the keys {names} only")
    for key, value in table.items():
        if type(value) is not int or value < 1:
            raise _damaged(path, f"[reading] {key} phải là số nguyên dương", f"[reading] {key} is a positive number")
    return ReadingLimits(**table)


def _abbreviations(path: Path, table: object) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(meaning, str) and meaning for meaning in table.values()):
        raise _damaged(
            path, '[abbreviations] có dạng "CCHC" = "cải cách hành chính"', '[abbreviations] has "X" = "text"'
        )
    return table


def _damaged(path: Path, vi: str, en: str) -> ArchiveError:
    return ArchiveError(
        "settings-damaged",
        f"Tệp thiết lập {path} viết sai: {vi}. Sửa tệp rồi chạy lại.",
        f"The settings file {path} is not right: {en}. Mend it and run again.",
    )
