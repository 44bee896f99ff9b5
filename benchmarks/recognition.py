"""Recognition of scanned pages beside Tesseract alone on the same images: time, and characters wrong.

    python -m benchmarks.recognition [SCAN.pdf …] [--rounds 3] [--workers 1]

Pages: two drawn from our own sample texts, at 200 and 300 dpi, clean, skewed, noisy and stamped (tests/indexer/
ocr_pages.py), whose characters are counted; and the pages of scans that are named, rendered at 300 dpi.
Tesseract alone: ``tesseract page.ppm stdout -l vie tsv`` with one thread a page. Ours: clean-up, layout, the same
Tesseract, sifting; nothing cached. Both are timed in turn; the table gives medians over rounds, and the ratio.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL.Image import Image
from rich.console import Console
from rich.table import Table

from indexer.reading.ocr import recognise_all
from indexer.reading.ocr.engine import parsed, program
from tests.indexer.ocr_pages import SAMPLE, VARIANTS, error_rate, text_page

TEXTS = (
    SAMPLE / "vinh-lam" / "2016" / "06-kh-ubnd-cai-cach-hanh-chinh-2016.txt",
    SAMPLE / "son-khe" / "2015" / "152-kh-ubnd-dao-tao-nghe-lao-dong-nong-thon-2016.txt",
)


def alone(images: Sequence[Image], workers: int) -> list[str]:
    """What Tesseract reads by itself."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda pair: _tesseract(pair[1], Path(folder) / f"{pair[0]}.ppm"), enumerate(images)))


def _tesseract(image: Image, file: Path) -> str:
    image.convert("RGB").save(file)
    command = [program() or "tesseract", str(file), "stdout", "-l", "vie", "tsv"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    ran = subprocess.run(command, capture_output=True, check=True, env=environment)
    return " ".join(token.text for token in parsed(ran.stdout.decode()))


def ours(images: Sequence[Image], workers: int) -> list[str]:
    return [page.text for page in recognise_all(images, workers=workers)]


def _timed(
    run: Callable[[Sequence[Image], int], list[str]], images: Sequence[Image], workers: int
) -> tuple[float, list[str]]:
    started = time.perf_counter()
    read = run(images, workers)
    return time.perf_counter() - started, read


def _drawn() -> dict[str, tuple[list[Image], list[str]]]:
    groups: dict[str, tuple[list[Image], list[str]]] = {}
    for dpi in (200, 300):
        pages = []
        for path in TEXTS:
            text = path.read_text(encoding="utf-8")
            pages.append(text_page(text[text.index("MỤC") :], dpi))
        for name, change in VARIANTS.items():
            groups[f"{dpi} dpi, {name}"] = ([change(page) for page, _ in pages], [truth for _, truth in pages])
    return groups


def _scans(paths: Sequence[Path]) -> list[Image]:
    import pypdfium2

    images = []
    for path in paths:
        with pypdfium2.PdfDocument(path) as document:
            images += [page.render(scale=300 / 72).to_pil() for page in document]
    return images


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scans", type=Path, nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()

    groups = _drawn()
    if arguments.scans:
        groups["scans"] = (_scans(arguments.scans), [])
    table = Table(title=f"{arguments.rounds} rounds, {arguments.workers} workers")
    for column in ("pages", "wrong, alone", "wrong, ours", "s a page, alone", "s a page, ours", "times Tesseract"):
        table.add_column(column, justify="left" if column == "pages" else "right")
    whole = [0.0, 0.0]
    for name, (images, truths) in groups.items():
        times: tuple[list[float], list[float]] = ([], [])
        wrong = ["", ""]
        for _ in range(arguments.rounds):
            for way, run in enumerate((alone, ours)):
                seconds, read = _timed(run, images, arguments.workers)
                times[way].append(seconds)
                if truths:
                    rates = [error_rate(truth, text) for truth, text in zip(truths, read, strict=True)]
                    wrong[way] = f"{100 * statistics.mean(rates):.2f} %"
        medians = [statistics.median(way) for way in times]
        whole = [total + median for total, median in zip(whole, medians, strict=True)]
        a_page = [f"{median / len(images):.2f}" for median in medians]
        table.add_row(f"{len(images)}: {name}", *wrong, *a_page, f"{medians[1] / medians[0]:.2f}")
    table.add_row("all", "", "", f"{whole[0]:.1f} s", f"{whole[1]:.1f} s", f"{whole[1] / whole[0]:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
