"""Damaged files through every reader, in processes with limits: what is read, what is refused and why, what goes wrong.

    python -m benchmarks.fuzzing [--inputs 20000] [--seed 1] [--workers N] [--formats pdf,docx] [--keep FOLDER]
    python -m benchmarks.fuzzing --show NUMBER --keep FOLDER     writes that one input, to look into it

Inputs are made from the sample archive's files, the number of an input and the seed alone. Each is read and parsed as
``tienle index`` does it, and its spans are checked. *wrong* counts what no file may cause: an error that names no cause
(``unexpected``), a span outside its text. Crashes, time-outs and memory are those of the process that reads.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import time
import zipfile
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress
from rich.table import Table

from corpus.errors import ReadingError
from corpus.language.places import Places
from corpus.model import ParsedDocument
from corpus.processors import processors
from indexer.pool import Limits, Lost, run_all
from indexer.reading import ReadingOptions, read_bytes
from indexer.reading.packages import is_package, members
from indexer.structure import parse_all

SAMPLE = Path(__file__).parent.parent / "corpus" / "sample"
LIMITS = Limits(seconds=60, memory=1024 * 1024 * 1024)

# How many of a hundred inputs a format gets. Images and old formats go through other programs, which are slow.
WEIGHTS = {
    ".pdf": 28, ".docx": 26, ".html": 16, ".zip": 8, ".txt": 8, ".md": 8, ".mht": 3, ".png": 1, ".tif": 1, ".rtf": 1,
}  # fmt: skip

_NUMBER = re.compile(rb"\d+")
_NUMBERS = [b"0", b"-1", b"1", b"255", b"65536", b"2147483648", b"99999999999999999999", b"1e309"]
_NESTING = [
    b"<div>", b"<table><tr><td>", b"<w:p>", b"<w:tbl><w:tr><w:tc>", b"<<", b"[", b"(", b"**", b"> ", b"{\\b", b"&#x1F;",
]  # fmt: skip


@cache
def samples() -> dict[str, list[bytes]]:
    """Whole files to damage, by suffix: the sample archive's own, and others made of them."""
    found: dict[str, list[bytes]] = defaultdict(list)
    for path in sorted(SAMPLE.rglob("*.*")):
        if path.suffix in WEIGHTS:
            found[path.suffix].append(path.read_bytes())
    texts = [text.decode() for text in found[".txt"]]
    found[".txt"] += [texts[0].encode("utf-16"), texts[1].encode("utf-8-sig"), texts[2].encode("cp1258", "replace")]
    found[".zip"] = [_package(found, ".txt", ".docx"), _package(found, ".html", ".pdf", ".md")]
    found[".mht"] = [_web_archive(page) for page in found[".html"][:3]]
    found[".rtf"] = [_rich_text(text) for text in texts[:2]]
    found[".png"], found[".tif"] = [_image(texts[0], "PNG")], [_image(texts[1], "TIFF")]
    return dict(found)


def _package(found: dict[str, list[bytes]], *suffixes: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for suffix in suffixes:
            for number, data in enumerate(found[suffix][:2]):
                made.writestr(f"nam {number}/tep{suffix}", data)
    return out.getvalue()


def _web_archive(page: bytes) -> bytes:
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    whole = MIMEMultipart("related")
    whole.attach(MIMEText(page.decode(), "html", "utf-8"))
    return whole.as_bytes()


def _rich_text(text: str) -> bytes:
    escaped = "".join(
        letter if letter.isascii() else "".join(f"\\u{unit}?" for unit in _units(letter)) for letter in text
    )
    return b"{\\rtf1\\ansi " + escaped.replace("\n", "\\par\n").encode() + b"}"


def _units(letter: str) -> list[int]:
    data = letter.encode("utf-16-le")
    return [int.from_bytes(data[at : at + 2], "little", signed=True) for at in range(0, len(data), 2)]


def _image(text: str, form: str) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("L", (400, 90), "white")
    ImageDraw.Draw(image).multiline_text((10, 10), text[:60].encode("ascii", "ignore").decode(), fill="black")
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


# A way to damage bytes.
Damage = Callable[[random.Random, bytes], bytes]


def _flip(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice([1, 4, 32])):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))] or b"\0"


def _remove(chance: random.Random, data: bytes) -> bytes:
    at, count = chance.randrange(len(data)), chance.choice([1, 10, 1_000])
    return data[:at] + data[at + count :] or b"\0"


def _splice(chance: random.Random, data: bytes) -> bytes:
    other = chance.choice(chance.choice(list(samples().values())))
    at, start = chance.randrange(len(data)), chance.randrange(len(other))
    return data[:at] + other[start : start + chance.choice([10, 1_000, 20_000])] + data[at:]


def _repeat(chance: random.Random, data: bytes) -> bytes:
    at, count = chance.randrange(len(data)), chance.choice([1, 20, 300])
    return data[:at] + data[at : at + count] * chance.choice([10, 100, 1_000]) + data[at:]


def _numbers(chance: random.Random, data: bytes) -> bytes:
    share = chance.choice([0.001, 0.02, 0.5])
    return _NUMBER.sub(lambda match: chance.choice(_NUMBERS) if chance.random() < share else match[0], data)


def _nest(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.choice(_NESTING) * chance.choice([10, 300, 20_000]) + data[at:]


def _swap(chance: random.Random, data: bytes) -> bytes:
    first, second = sorted(chance.randrange(len(data)) for _ in range(2))
    count = chance.choice([1, 50, 2_000])
    return data[:first] + data[second : second + count] + data[first + count : second] + data[first : first + count]


def _rearrange(chance: random.Random, data: bytes) -> bytes:
    """Markup that is still well formed: elements left out, doubled, moved, wrapped, numbers in attributes changed."""
    from lxml import etree, html

    try:
        root = html.document_fromstring(data) if b"<html" in data[:1_000] else etree.fromstring(data)
        for _ in range(chance.choice([1, 5, 50])):
            elements = [each for each in root.iter() if each.getparent() is not None]
            if not elements or len(elements) > 20_000:
                break
            _rearrange_once(chance, chance.choice(elements), chance.choice(elements))
        return bytes(etree.tostring(root, encoding="utf-8"))
    except (etree.LxmlError, ValueError, TypeError):  # damaged before, or a comment was to get children
        return _flip(chance, data)


def _rearrange_once(chance: random.Random, one: Any, other: Any) -> None:  # noqa: ANN401  (lxml's elements are untyped)
    parent = one.getparent()
    match chance.choice(["drop", "double", "move", "wrap", "number"]):
        case "drop":
            parent.remove(one)
        case "double":
            for _ in range(chance.choice([1, 3, 30])):
                parent.insert(parent.index(one), deepcopy(one))
        case "move" if one is not other and one not in list(other.iterancestors()):
            other.append(one)
        case "wrap" if isinstance(one.tag, str):
            for _ in range(chance.choice([1, 1, 5, 20, 100, 300])):
                holder = one.makeelement(one.tag)
                parent.append(holder)
                holder.append(one)
                parent = holder
        case _:
            for name in one.attrib:
                one.set(name, chance.choice(_NUMBERS).decode())


DAMAGES: list[Damage] = [_flip, _cut, _remove, _splice, _repeat, _numbers, _nest, _swap]
"""Ways to damage any bytes."""


def _damaged(chance: random.Random, name: str, data: bytes) -> bytes:
    if name.endswith((".xml", ".html")) and chance.random() < 0.7:
        return _rearrange(chance, data)
    return chance.choice(DAMAGES)(chance, data)


@dataclass(slots=True)
class _Part:
    name: str
    data: bytes


def _inside(chance: random.Random, data: bytes) -> bytes:
    """A package packed anew with a member damaged, swapped with another, left out, doubled or renamed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        parts = [_Part(member.filename, package.read(member)) for member in package.infolist()]
        one, other = chance.choice(parts), chance.choice(parts)
        match chance.choice([*["damage"] * 8, "swap", "drop", "double", "rename"]):
            case "damage":
                one = next((part for part in parts if part.name.endswith("document.xml")), one)
                one.data = _damaged(chance, one.name, one.data or b"\0")
            case "swap":
                one.data, other.data = other.data, one.data
            case "drop":
                parts.remove(one)
            case "double":
                parts.append(_Part(f"{one.name}2", one.data))
            case _:
                one.name = chance.choice(["../x.txt", "/etc/x", "a" * 5_000, "x.pdf", "\u202e.docx"])
        for part in parts:
            made.writestr(zipfile.ZipInfo(part.name), part.data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Case:
    """An input, made anew from these wherever it is needed."""

    seed: int
    number: int
    suffix: str

    def data(self) -> bytes:
        """The damaged file's bytes, never empty."""
        chance = random.Random(f"{self.seed} {self.number} {self.suffix}")
        data = chance.choice(samples()[self.suffix])
        for _ in range(chance.choice([1, 1, 2, 3])):
            packed = self.suffix in {".docx", ".zip"} and chance.random() < 0.7
            if packed and zipfile.is_zipfile(io.BytesIO(data)):
                try:
                    data = _inside(chance, data)
                    continue
                except Exception:  # noqa: BLE001  (it was damaged before: what remains is damaged as bytes)
                    packed = False
            data = _damaged(chance, self.suffix, data)
        return data


def cases(seed: int, inputs: int, formats: list[str] | None = None) -> list[Case]:
    """So many inputs, in the shares of :data:`WEIGHTS`."""
    weights = {suffix: weight for suffix, weight in WEIGHTS.items() if not formats or suffix in formats}
    suffixes = random.Random(seed).choices(list(weights), list(weights.values()), k=inputs)
    return [Case(seed, number, suffix) for number, suffix in enumerate(suffixes)]


def read_all() -> Callable[[Case], Iterator[str]]:
    """The work of a process: gives what became of an input, "read", "refused CODE" or "wrong …", once."""
    places = Places.load(SAMPLE / "archive.toml")
    options = ReadingOptions(bytes=50 * 1024 * 1024, pages=500)
    samples()

    def work(case: Case) -> Iterator[str]:
        data = case.data()
        if not is_package(data):
            yield _outcome(data, case.suffix, options, places)
            return
        outcomes = []
        try:
            for name, inside in members(data, options):
                if isinstance(inside, bytes):
                    outcomes.append(_outcome(inside, Path(name).suffix, options, places))
                else:
                    outcomes.append(f"refused {inside.code}")
        except ReadingError as error:
            outcomes.append(f"refused {error.code}")
        # The worst of a package's members stands for it.
        yield max(outcomes, key=lambda said: ("wrong" in said, "refused" in said), default="refused blank")

    return work


def _outcome(data: bytes, suffix: str, options: ReadingOptions, places: Places) -> str:
    try:
        documents = parse_all(read_bytes(data, suffix, options), places)
    except ReadingError as error:
        cause = error.__cause__
        return f"wrong {cause!r}" if error.code == "unexpected" else f"refused {error.code}"
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  (this is what is looked for)
        return f"wrong {type(error).__name__}: {error}"[:300]
    return next((f"wrong {fault}" for parsed in documents for fault in faults(parsed)), "read")


def faults(parsed: ParsedDocument) -> Iterator[str]:
    """Spans that do not lie in their text, or overlap where they may not."""
    source, end = parsed.source, 0
    for line in source.lines:
        if not end <= line.start <= line.end <= len(source.text):
            yield f"line {line}"
        end = line.end
    cells = (cell for table in source.tables for cell in table.cells)
    spans = [
        (each.start, each.end) for group in (parsed.provisions, parsed.passages, source.words, cells) for each in group
    ]
    if not all(0 <= start <= end <= len(source.text) for start, end in spans):
        yield "a span outside the text"
    pages = {each.page for group in (source.lines, parsed.provisions, parsed.passages) for each in group}
    if not all(1 <= page <= (source.pages or 0) for page in pages if page is not None):
        yield "a page out of range"


@dataclass
class Score:
    """What became of a format's inputs; ``wrong`` and ``gone``: inputs by number, with what was said."""

    inputs: int = 0
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[int, str]] = field(default_factory=list)
    gone: list[tuple[int, str]] = field(default_factory=list)


def fuzz(
    todo: list[Case], workers: int, limits: Limits = LIMITS, progress: Callable[[], None] = lambda: None
) -> dict[str, Score]:
    """What became of every input, by format; ``progress`` is called after each."""
    scores: dict[str, Score] = defaultdict(Score)
    for event in run_all(read_all, (), deque(todo), workers, limits):
        case, said = (event.task, "") if isinstance(event, Lost) else event
        score = scores[case.suffix]
        score.inputs += 1
        progress()
        if isinstance(event, Lost):
            score.lost[event.why] += 1
            score.gone.append((case.number, f"{event.why} {event.status}"))
        elif said == "read":
            score.read += 1
        elif said.startswith("refused "):
            score.refused[said.removeprefix("refused ")] += 1
        else:
            score.wrong.append((case.number, said))
    return dict(scores)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=processors())
    parser.add_argument("--formats", type=lambda text: [f".{name}" for name in text.split(",")])
    parser.add_argument("--show", type=int, help="an input's number")
    parser.add_argument("--keep", type=Path, help="where inputs that went wrong are written")
    arguments = parser.parse_args()
    todo = cases(arguments.seed, arguments.inputs, arguments.formats)
    console = Console()
    if arguments.show is not None:
        _write(todo[arguments.show], arguments.keep or Path())
        return
    started = time.perf_counter()
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=Console(stderr=True)) as bar:
        shown = bar.add_task("reading", total=len(todo))
        scores = fuzz(todo, arguments.workers, progress=lambda: bar.advance(shown))
    title = f"{arguments.inputs:,} damaged inputs, seed {arguments.seed}, {time.perf_counter() - started:.0f} s"
    table = Table(title=title)
    for column in ("format", "inputs", "read", "refused", "wrong", "crashes", "time-outs", "memory"):
        table.add_column(column, justify="left" if column == "format" else "right")
    for suffix, score in sorted(scores.items()):
        counts = [score.inputs, score.read, score.refused.total(), len(score.wrong)]
        counts += [score.lost[why] for why in ("died", "time", "memory")]
        table.add_row(suffix, *(f"{count:,}" for count in counts))
    console.print(table)
    for suffix, score in sorted(scores.items()):
        codes = ", ".join(f"{code} {count:,}" for code, count in score.refused.most_common())
        console.print(f"refused {suffix}: {codes}", highlight=False)
    for score in scores.values():
        for number, said in score.wrong + score.gone:
            console.print(f"{number}: {said}", markup=False, highlight=False)
            if arguments.keep:
                _write(todo[number], arguments.keep)


def _write(case: Case, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{case.seed}-{case.number}{case.suffix}").write_bytes(case.data())


if __name__ == "__main__":
    main()
