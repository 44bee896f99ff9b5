"""Overlaps that somebody has judged to be intended, kept beside the archive's records.

``intended.jsonl`` in the archive's folder: a judgement a line, the later one counts. It is only ever added to, so that
several processes may judge at once, also while another one indexes, and it goes along with a backup or a move.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from corpus.errors import QueryError
from corpus.store.archive import Archive
from corpus.store.faults import read_only

FILE_NAME = "intended.jsonl"
LONGEST_REMARK = 500

Places = frozenset[str]
"""Where the tasks of a group stand: a document's id and the offset there, "0123456789ab:456"."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """That the tasks at some places overlap on purpose, why, and since when."""

    places: Places
    remark: str
    on: date


def judgements(archive: Archive) -> dict[Places, Judgement]:
    """What was judged intended and not taken back; a line that is none is passed over."""
    known: dict[Places, Judgement] = {}
    for line in _lines(archive.directory / FILE_NAME):
        try:
            told = json.loads(line)
            places = frozenset(map(str, told["places"]))
            if told["intended"]:
                known[places] = Judgement(places, str(told["remark"]), date.fromisoformat(told["on"]))
            else:
                known.pop(places, None)
        except (ValueError, LookupError, TypeError):  # a power cut leaves half a line
            continue
    return known


def judge(archive: Archive, groups: Iterable[Places], *, intended: bool, remark: str = "", on: date) -> None:
    """Keep that groups overlap on purpose, or no longer; QueryError for a long remark, ArchiveError if read-only."""
    if len(remark) > LONGEST_REMARK:
        raise QueryError(
            "remark-too-long",
            f"Ghi chú dài quá {LONGEST_REMARK} ký tự. Viết ngắn hơn.",
            f"The remark is longer than {LONGEST_REMARK} characters. Write a shorter one.",
        )
    lines = [
        json.dumps(
            {"intended": intended, "on": on.isoformat(), "remark": remark, "places": sorted(places)},
            ensure_ascii=False,
        )
        for places in groups
    ]
    # A line begins with its own break: one that a power cut has left half-written is not gone on with.
    data = "".join(f"\n{line}" for line in lines).encode() + b"\n"
    try:
        handle = os.open(archive.directory / FILE_NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            os.write(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise read_only(archive.directory) from error


def covered(places: Places, known: Iterable[Places]) -> bool:
    """Whether a group was judged, itself or as part of a larger one: a filter may leave some of its tasks out."""
    return any(places <= each for each in known)


def _lines(path: Path) -> Iterator[str]:
    try:
        yield from path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return
