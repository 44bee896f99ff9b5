"""A folder of any size that looks like an archive of plans, from a folder of training texts (JSON lines in xz).

    python -m benchmarks.scale_corpus DATA FOLDER --passages 1000000 [--sections 20]

Each file is a plan of some province and year with the texts of so many articles as its sections; provinces are
real names, numbers and dates are drawn by the file's own number, so that the same command makes the same folder. Where
the texts give out (at some 800,000 passages of ours), they are taken again, as yearly plans repeat themselves.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain, count
from pathlib import Path

from corpus.language.places import Places

PASSAGE_WORDS = 105
"""Words of a passage that our cutter makes of such texts, on average."""

_SECTIONS = 20
_SOURCES = {
    "news.jsonl.xz": ("title", "body"),
    "wiki.jsonl.xz": ("title", "text"),
    "phapdien.jsonl.xz": ("title", "text"),
    "congbao.jsonl.xz": ("topic", "text"),
}


def articles(data: Path) -> Iterator[tuple[str, str]]:
    """Titles and texts of all sources, source after source."""
    for name, (title, text) in _SOURCES.items():
        if (data / name).is_file():
            with lzma.open(data / name, "rt", encoding="utf-8") as lines:
                for line in lines:
                    row = json.loads(line)
                    if written := _clean(str(row.get(text, ""))):
                        yield _clean(str(row.get(title, ""))), written


def _clean(text: str) -> str:
    # News come segmented, their punctuation apart.
    for sign in ",.;:!?)":
        text = text.replace(f" {sign}", sign)
    return text.replace("_", " ").replace("( ", "(")


def write(data: Path, folder: Path, passages: int, sections: int) -> int:
    """Write files of about so many passages; gives how many files. None where the folder has no texts."""
    if next(articles(data), None) is None:
        return 0
    places = Places.load().names()
    left, number, held = passages * PASSAGE_WORDS, 0, []
    for title, text in chain.from_iterable(articles(data) for _ in count()):
        held.append((title, text))
        left -= len(text.split())
        if len(held) == sections or left <= 0:
            number += 1
            chance = random.Random(number)
            target = folder / f"{number // 1000:03d}" / f"{number:06d}.txt"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_plan(chance, number, chance.choice(places), held), encoding="utf-8")
            held = []
        if left <= 0:
            return number
    raise AssertionError("unreachable: the texts are taken again and again")


def _plan(chance: random.Random, number: int, place: str, sections: list[tuple[str, str]]) -> str:
    issued = date(2011, 1, 10) + timedelta(days=chance.randrange(15 * 365))
    lines = [
        f"ỦY BAN NHÂN DÂN\nTỈNH {place.upper()}\n-------\nSố: {number % 4000 + 1}/KH-UBND\n",
        f"{place}, ngày {issued.day} tháng {issued.month} năm {issued.year}\n",
        f"KẾ HOẠCH\n{sections[0][0]} năm {issued.year}\n",
    ]
    lines += [f"{at}. {title[:120]}\n{text}\n" for at, (title, text) in enumerate(sections, start=1)]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--sections", type=int, default=_SECTIONS)
    arguments = parser.parse_args()
    print(write(arguments.data, arguments.folder, arguments.passages, arguments.sections), "files")


if __name__ == "__main__":
    main()
