"""Scores of header, outline, assignments, targets, citations and abbreviations over gold made by hand.

    python -m benchmarks.extraction [--gold FOLDER --texts FOLDER]... [--errors] [--documents]

The gold's documents are read, parsed and extracted as the indexer does it. F1 of records, one to one; share of right
fields on the records that were matched. Beside each row its floor: plain regular expressions over the same texts, in
the same run. Without folders: our own gold over the sample archive, and, where ``TIENLE_DATA`` names a folder of real
documents, the gold that lies there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.naive_extraction import naive
from benchmarks.scoring_extraction import MEASURES, Row, Score, as_gold, score, total
from corpus.language.places import Places
from corpus.model import ParsedDocument
from indexer.extraction import extract
from indexer.reading import READABLE, read
from indexer.structure import parse_all

ROOT = Path(__file__).parent.parent
_PART = re.compile(r"(.+)-(\d)")


@dataclass(frozen=True)
class GoldSet:
    """A folder of gold, and the folder under which the documents lie that it speaks of."""

    gold: Path
    texts: Path

    @property
    def name(self) -> str:
        """What the set is called in the table."""
        return self.gold.name if self.gold.name != "gold" else f"{self.gold.parent.name}/gold"

    def documents(self) -> Iterator[tuple[str, Row, ParsedDocument]]:
        """Name, gold and parsed document of each file of gold; "-1" at the end of a name is a file's second document.

        Raises FileNotFoundError for gold whose document is not there.
        """
        extra = self.texts / "archive.toml"
        places = Places.load(extra if extra.exists() else None)
        files = {path.stem: path for path in sorted(self.texts.rglob("*")) if path.suffix.lower() in READABLE}
        for path in sorted(self.gold.glob("*.json")):
            name = path.name.removesuffix(".json").removesuffix(".gold")
            part = None if name in files else _PART.fullmatch(name)
            stem, number = (part[1], int(part[2])) if part else (name, 0)
            if stem not in files:
                raise FileNotFoundError(f"{path}: no document {stem} under {self.texts}")
            yield name, json.loads(path.read_text(encoding="utf-8")), parse_all(read(files[stem]), places)[number]


def gold_sets() -> list[GoldSet]:
    """Our own gold and, where ``TIENLE_DATA`` names a folder, that of real documents."""
    sets = [GoldSet(ROOT / "tests" / "extraction_gold", ROOT / "corpus" / "sample")]
    data = Path(os.environ.get("TIENLE_DATA", "no-such-folder"))
    if data.is_dir():
        sets += [GoldSet(data / "plans-dev" / "gold", data / "plans"), GoldSet(data / "seeds", data / "seeds")]
    return sets


def extracted(parsed: ParsedDocument) -> Row:
    """A parsed document's records in the gold's shape."""
    return as_gold(parsed, extract(parsed))


def scores_of(gold: GoldSet, records: Callable[[ParsedDocument], Row] = extracted) -> dict[str, Score]:
    """The score of each document of a set, by its name."""
    return {name: score(wanted, records(parsed)) for name, wanted, parsed in gold.documents()}


def main() -> int:
    """Prints the table, and what was wrong when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, action="append", default=[], help="folder of NAME.json or NAME.gold.json")
    parser.add_argument("--texts", type=Path, action="append", default=[], help="folder of their documents")
    parser.add_argument("--errors", action="store_true", help="list what was missed, invented or differs")
    parser.add_argument("--documents", action="store_true", help="a row a document")
    arguments = parser.parse_args()
    if len(arguments.gold) != len(arguments.texts):
        parser.error("each --gold takes one --texts")
    sets = [GoldSet(*pair) for pair in zip(arguments.gold, arguments.texts, strict=True)] or gold_sets()
    sets = [each for each in sets if any(each.gold.glob("*.json"))]
    if not sets:
        parser.error("no gold found")

    console = Console(width=None if sys.stdout.isatty() else 200)
    columns: dict[str, Score] = {}
    for each in sets:
        ours = scores_of(each)
        if arguments.documents:
            columns |= ours
        columns[f"{each.name} ({len(ours)})"] = total(ours.values())
        columns[f"floor of {each.name}"] = total(scores_of(each, naive).values())
        if arguments.errors:
            _print_errors(console, ours)
    console.print(_table(columns))
    return 0


def _print_errors(console: Console, scores: dict[str, Score]) -> None:
    for name, each in scores.items():
        for slip in each.slips:
            console.print(
                f"{name}: {slip.measure} {slip.how}: {slip.what}", markup=False, highlight=False, soft_wrap=True
            )


def _table(columns: dict[str, Score]) -> Table:
    table = Table(title="F1 (precision / recall) of records; share of right fields on matched records (right / of)")
    table.add_column("")
    for name in columns:
        table.add_column(name, justify="right")
    for measure in MEASURES:
        cells = []
        for each in columns.values():
            tally = each.tallies[measure]
            one_count = "." in measure or measure == "header"
            detail = f"{tally.right}/{tally.wanted}" if one_count else f"{tally.precision:.2f}/{tally.recall:.2f}"
            cells.append(f"{tally.f1:.3f} ({detail})" if tally.found or tally.wanted else "–")
        table.add_row(measure if "." not in measure else f"  {measure.partition('.')[2]}", *cells)
    return table


if __name__ == "__main__":
    raise SystemExit(main())
