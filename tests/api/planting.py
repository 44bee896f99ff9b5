"""Documents with known records, planted in an archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from corpus.encoder.registry import load_encoder
from corpus.language.indicators import indicator_key
from corpus.model import Assignment, Citation, CitationKind, Extraction, Header, Target
from corpus.store.archive import Archive
from indexer.prepare import entry_of
from indexer.reading import read_bytes
from indexer.structure import parse


def new_archive(directory: Path) -> Archive:
    return Archive.create(directory, load_encoder().spec)


def task(
    words: str,
    *lead: str,
    coordinating: Sequence[str] = (),
    due: str | None = None,
    start: date | None = None,
    end: date | None = None,
    product: str | None = None,
) -> Assignment:
    return Assignment(0, None, "", 0, 0, None, words, lead, tuple(coordinating), product, due, start, end)


def target(
    indicator: str, comparator: str, value: float, unit: str = "%", high: float | None = None, end: date | None = None
) -> Target:
    key = indicator_key(indicator)
    due = f"trước {end}" if end else None
    return Target(0, None, "", 0, 0, None, indicator, key, comparator, value, high, unit, due, None, end)


def cites(
    number: str | None,
    on: date | None = None,
    kind: CitationKind = CitationKind.CITES,
    *,
    issuer: str | None = None,
    name: str | None = None,
) -> Citation:
    return Citation(0, 0, 0, None, kind, number, "Kế hoạch" if number else "Luật", name, issuer, on)


def plant(archive: Archive, name: str, header: Header, *records: Assignment | Target | Citation, text: str = "") -> str:
    """Store a document whose text says its records line by line; gives its id."""
    lines = [header.title or name, *filter(None, text.split("\n"))]
    placed: list[Assignment | Target | Citation] = []
    for record in records:
        if isinstance(record, Assignment):
            said = f"{', '.join(record.lead)} chủ trì {record.task}"
        elif isinstance(record, Target):
            said = f"{record.indicator} đạt {record.value:g} {record.unit}"
        else:
            said = f"Theo {record.type} {record.number or record.name}"
        start = sum(map(len, lines)) + len(lines)
        lines.append(said)
        placed.append(replace(record, start=start, end=start + len(said)))
    data = "\n".join(lines).encode()
    archive.sources.keep(data)
    parsed = replace(parse(read_bytes(data, ".md"), archive.places), header=header)
    extraction = Extraction(
        tuple(replace(r, ordinal=n) for n, r in enumerate(r for r in placed if isinstance(r, Assignment))),
        tuple(replace(r, ordinal=n) for n, r in enumerate(r for r in placed if isinstance(r, Target))),
        tuple(replace(r, ordinal=n) for n, r in enumerate(r for r in placed if isinstance(r, Citation))),
    )
    entry = entry_of(name, sha256(data).hexdigest(), len(data), parsed, load_encoder())
    with archive.writing():
        archive.commit(replace(entry, extraction=extraction), "test")
    return entry.document_id


def plan(
    number: str | None,
    title: str,
    on: date | None,
    *,
    province: str = "Khánh Hòa",
    issuer: str | None = None,
    type_: str = "Kế hoạch",
    years: tuple[int, int] | None = None,
) -> Header:
    issuer = issuer or f"Ủy ban nhân dân tỉnh {province}"
    first, last = years or ((on.year, on.year) if on else (None, None))
    return Header(number, None, type_, title, issuer, province, province, on, first, last)
