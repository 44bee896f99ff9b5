"""Pages a second of each reader beside its floor: the library under it alone, in the same run.

    python -m benchmarks.reading [PATH…] [--rounds 5]
    python -m benchmarks.reading PATH… --order [--words]      order of words of PDFs, against a second reader

Floors: PDF, every page's text by pypdfium2; Word, python-docx opening the file and giving the text of paragraphs and
cells; web pages, lxml parsing the file and giving its text. Ours: the whole of ``indexer.reading.read_bytes``. Both are
timed in turn, in one process; the table gives medians, and the ratio, which is what to quote. Formats without pages
count as pages of 2,000 characters. Without a path the sample archive is read.
"""

from __future__ import annotations

import argparse
import io
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.reading_order import Agreement, compare, pooled
from corpus.errors import ReadingError
from indexer.discovery import discover
from indexer.reading import ReadingOptions, content, read_bytes

SAMPLE = Path(__file__).parent.parent / "corpus" / "sample"
PAGE = 2_000  # characters


def _pdf(data: bytes) -> int:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        return sum(len(page.get_textpage().get_text_range()) for page in document)
    finally:
        document.close()


def _word(data: bytes) -> int:
    import docx

    document = docx.Document(io.BytesIO(data))
    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    return sum(len(each.text) for each in [*document.paragraphs, *cells])


def _html(data: bytes) -> int:
    from lxml import html

    return len(html.document_fromstring(data).text_content())


FLOORS: dict[str, tuple[str, Callable[[bytes], int]]] = {
    ".pdf": ("pypdfium2", _pdf),
    ".docx": ("python-docx", _word),
    ".html": ("lxml", _html),
}


def _seconds(work: Callable[[bytes], object], files: list[bytes]) -> float:
    started = time.perf_counter()
    for data in files:
        work(data)
    return time.perf_counter() - started


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def order(paths: list[Path], show_words: bool) -> None:
    """A line a PDF and one for all: our words in the second reader's order, and its words that ours has."""
    console = Console()
    table = Table(title="words in the order of a second reader")
    names = ("", "second", "ours", "in order", "strictly", "in cells", "in columns", "apart")
    for column in (*names, "theirs", "kept", "moved", "heads", "lost", "not lost"):
        table.add_column(column, justify="left" if column in {"", "second"} else "right")
    found: list[Agreement] = []
    for path in discover(paths).files:
        if path.suffix.lower() != ".pdf":
            continue
        try:
            each = compare(content(path))
        except ReadingError as error:
            console.print(f"{path.name}: {error.code}")
            continue
        found.append(each)
        _row(table, path.stem[:40], each)
        if show_words:
            console.print(path.name, "apart:", each.where, "lost:", each.missing)
    _row(table, "all", pooled(found))
    console.print(table)


def _row(table: Table, name: str, each: Agreement) -> None:
    ours = [each.ours, _percent(each.share), _percent(each.ordered / max(1, each.ours))]
    ours += [each.cells, each.beside, each.apart]
    theirs = [each.theirs, each.kept, each.moved, each.heads, each.lost, _percent(each.kept_share)]
    table.add_row(name, " ".join(each.second), *map(str, [*ours, *theirs]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="*", default=[SAMPLE])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--order", action="store_true", help="compare the order of words of PDFs with a second reader")
    parser.add_argument("--words", action="store_true", help="with --order: print the words that are apart or lost")
    arguments = parser.parse_args()
    if arguments.order:
        order(arguments.paths, arguments.words)
        return

    options = ReadingOptions(recognise=False)
    found = [(path.suffix.lower(), content(path)) for path in discover(arguments.paths).files]
    table = Table(title=f"{arguments.rounds} rounds, one process, without text recognition")
    for column in ("", "files", "pages", "floor", "floor, pages/s", "ours, pages/s", "times the floor"):
        table.add_column(column, justify="left" if column in {"", "floor"} else "right")
    for suffix, (library, floor) in FLOORS.items():
        files, pages = [], 0
        for data in (data for kind, data in found if kind == suffix):
            try:
                source = read_bytes(data, suffix, options)
            except ReadingError:
                continue  # a scan
            files.append(data)
            pages += source.pages or -(-len(source.text) // PAGE)
        if not files:
            continue
        floors, ours = [], []
        for _ in range(arguments.rounds):
            floors.append(_seconds(floor, files))
            ours.append(_seconds(lambda data: read_bytes(data, suffix, options), files))
        low, mine = statistics.median(floors), statistics.median(ours)
        speeds = [f"{pages / low:,.0f}", f"{pages / mine:,.0f}", f"{mine / low:.2f}"]
        table.add_row(suffix.removeprefix("."), str(len(files)), str(pages), library, *speeds)
    Console().print(table)


if __name__ == "__main__":
    main()
