"""Pages a second of each reader beside its floor: the library under it alone, in the same run.

    python -m benchmarks.reading [PATH…] [--rounds 5]

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="*", default=[SAMPLE])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()

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
