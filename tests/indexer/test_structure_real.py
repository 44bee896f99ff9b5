"""Real documents: headers against their index, outlines against those made by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.language.places import Places
from corpus.model import ParsedDocument
from indexer.reading import read
from indexer.structure import parse

DATA = Path(os.environ.get("TIENLE_DATA", "no-such-folder"))

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="TIENLE_DATA names no folder of real documents")

PLACES = Places.load()


def parsed(path: Path) -> ParsedDocument:
    return parse(read(path), PLACES)


@pytest.fixture(scope="module")
def plans() -> list[tuple[dict[str, Any], ParsedDocument]]:
    rows = [json.loads(line) for line in (DATA / "plans" / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    return [(row, parsed(DATA / "plans" / row["file"])) for row in rows]


def test_headers_agree_with_the_index(plans: list[tuple[dict[str, Any], ParsedDocument]]) -> None:
    # Two rows of the index differ from what their file prints: one province, one date.
    fields = {"number": 0, "type": 0, "province": 0, "date": 0}
    for row, document in plans:
        header = document.header
        place = PLACES.find(row["issuer_place"])
        fields["number"] += header.number == row["number"]
        fields["type"] += header.type == row["type"]
        fields["province"] += place is not None and header.province == place.name
        fields["date"] += str(header.issued_on) == str(row["issued_on"])
    count = len(plans)
    assert {name: right >= count - 1 for name, right in fields.items()} == dict.fromkeys(fields, True), (fields, count)


def test_every_plan_has_a_title_a_signer_and_an_outline(plans: list[tuple[dict[str, Any], ParsedDocument]]) -> None:
    assert [row["file"] for row, document in plans if not document.header.title] == []
    assert [row["file"] for row, document in plans if not document.provisions] == []
    unsigned = [row["file"] for row, document in plans if not document.header.signer]
    assert len(unsigned) <= len(plans) // 50, unsigned


def test_passages_are_short_and_in_order(plans: list[tuple[dict[str, Any], ParsedDocument]]) -> None:
    for row, document in plans:
        at = 0
        for passage in document.passages:
            assert at <= passage.start < passage.end, row["file"]
            at = passage.end
            assert len(document.source.text[passage.start : passage.end].split()) <= 200, row["file"]


def gold() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted([*(DATA / "plans-dev" / "gold").glob("*.json"), *(DATA / "seeds").glob("*.gold.json")]):
        name = path.name.removesuffix(".json").removesuffix(".gold") + ".txt"
        text = next(folder / name for folder in (DATA / "plans", DATA / "seeds") if (folder / name).exists())
        yield text, json.loads(path.read_text(encoding="utf-8"))


def pair(path: str, heading: str) -> tuple[str, str]:
    return path, " ".join(heading.lower().split()[:12]).strip(" .;:,")


def test_outlines_agree_with_those_made_by_hand() -> None:
    for text, expected in gold():
        found = {pair(provision.path, provision.heading) for provision in parsed(text).provisions}
        wanted = {pair(row["path"], row["heading"]) for row in expected["outline"]}
        f1 = 2 * len(found & wanted) / (len(found) + len(wanted))
        assert f1 >= 0.98, (text.name, f1, sorted(found ^ wanted))


def test_headers_agree_with_those_made_by_hand() -> None:
    for text, expected in gold():
        header = parsed(text).header
        for name, value in expected["document"].items():
            ours = getattr(header, name)
            ours = list(ours) if isinstance(ours, tuple) else ours
            assert str(ours).lower() == str(value).lower(), (text.name, name)
