"""``tienle index`` on a terminal: progress, interrupt, summary."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from api.cli.context import language, open_archive, say
from api.cli.output import print_json
from corpus.encoder.registry import load_encoder
from corpus.errors import TienLeError
from corpus.processors import let_readers_first
from corpus.store.archive import Archive
from indexer.pipeline import Report
from indexer.pipeline import index as run_index
from indexer.reembed import reembed

_INTERRUPTED = 130
_WAITING = "waiting-"  # how the codes of files begin that another program on this machine would let us read
_WAITING_PAGES = "waiting-pages"


def run(paths: Sequence[Path], directory: Path, workers: int | None, model: str, *, retry: bool, as_json: bool) -> int:
    """Index and tell; the exit status: 0, 1 when a file failed, waits or is gone, 130 when interrupted."""
    let_readers_first()
    if paths:
        model = _lasting(model)
        archive = Archive.create(directory, load_encoder(model).spec, model)
    else:
        archive = open_archive(directory)  # what failed before is tried again with the archive's own model
    signal.signal(signal.SIGTERM, _interrupt)  # a polite stop ends like Ctrl-C
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=as_json) as bar:
        task = bar.add_task(say("Đọc tệp", "Reading"), total=None, rate="")

        def progress(done: int, total: int, report: Report) -> None:
            seconds = bar.tasks[0].elapsed or 0.001
            rate = say(f"{report.words / seconds:,.0f} từ/giây", f"{report.words / seconds:,.0f} words/s")
            bar.update(task, completed=done, total=total, rate=rate)

        report = run_index(archive, paths, workers=workers, progress=progress, retry=retry)
    if as_json:
        print_json(_plain(report))
    else:
        _tell(console, report, directory)
    if report.interrupted:
        return _INTERRUPTED
    return 1 if report.failures or report.gone else 0


def run_reembed(archive: Archive, model: str) -> None:
    """Give an archive another model, and tell."""
    let_readers_first()
    model = _lasting(model)
    encoder = load_encoder(model)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(say("Tính vector", "Embedding"), total=None)
        count = reembed(archive, encoder, model, lambda done, total: bar.update(task, completed=done, total=total))
    name = encoder.spec.name
    console.print(
        say(
            f"Kho nay dùng mô hình {name}; đã tính {count:,} đoạn.", f"The archive now uses {name}; {count:,} embedded."
        ),
        highlight=False,
    )


def _lasting(model: str) -> str:
    """A model's name that holds from any folder."""
    return str(Path(model).absolute()) if Path(model).is_dir() else model


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _plain(report: Report) -> dict[str, Any]:
    return {
        "indexed": report.indexed,
        "unchanged": report.unchanged,
        "skipped": dict(report.skipped),
        "passages": report.passages,
        "words": report.words,
        "seconds": round(report.seconds, 2),
        "interrupted": report.interrupted,
        "waiting": dict(_waiting(report)),
        "gone": [str(path) for path in report.gone],
        "failures": [
            {"path": str(path), "code": error.code, "message": error.message(language())}
            for path, error in report.failures
        ],
    }


def _waiting(report: Report) -> Counter[str]:
    """How many files wait, by what they wait for; a document of which pages wait is one of them."""
    waiting = Counter(error.code for _, error in report.failures if error.code.startswith(_WAITING))
    if report.waiting:
        waiting[_WAITING_PAGES] += len(report.waiting)
    return waiting


def _tell(console: Console, report: Report, directory: Path) -> None:
    def tell(text: str) -> None:
        console.print(text, highlight=False, markup=False)

    waiting = sum(_waiting(report).values())
    failed = [(path, error) for path, error in report.failures if not error.code.startswith(_WAITING)]
    tell(
        say(
            f"Kho {directory}: thêm {report.indexed} văn bản ({report.passages:,} đoạn, {report.words:,} từ), "
            f"{report.unchanged} tệp không đổi, {len(failed)} tệp lỗi, {waiting} tệp chờ; {report.seconds:.1f} giây.",
            f"Archive {directory}: {report.indexed} documents added "
            f"({report.passages:,} passages, {report.words:,} words), "
            f"{report.unchanged} files unchanged, {len(failed)} failed, {waiting} waiting; {report.seconds:.1f} s.",
        )
    )
    if report.skipped:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(report.skipped.items()))
        tell(say(f"Bỏ qua tệp loại khác: {kinds}.", f"Files of other kinds passed over: {kinds}."))
    for path, error in failed:
        console.print(f"[red]✗[/red] {escape(str(path))}\n  {escape(error.message(language()))}", highlight=False)
    for text in _what_waits(report, directory):
        tell(text)
    if report.gone:
        names = "".join(f"\n  {path}" for path in report.gone)
        tell(
            say(
                f"{len(report.gone)} tệp lỗi lần trước nay không còn ở chỗ cũ, nên không đọc lại được:{names}",
                f"{len(report.gone)} files that failed before are no longer there, and could not be tried:{names}",
            )
        )
    if report.interrupted:
        tell(
            say(
                "Đã dừng. Những gì đã ghi vẫn còn; chạy lại lệnh này để làm tiếp.",
                "Stopped. What was stored stays; run the command again to go on.",
            )
        )


def _what_waits(report: Report, directory: Path) -> Iterator[str]:
    """What files wait for, and what to do: once for all the files that wait for the same."""
    groups: dict[str, tuple[TienLeError, list[Path]]] = {}
    for path, error in report.failures:
        if error.code.startswith(_WAITING):
            groups.setdefault(error.code, (error, []))[1].append(path)
    for error, paths in groups.values():
        names = "".join(f"\n  {path}" for path in paths)
        yield say(f"{len(paths)} tệp đang chờ. ", f"{len(paths)} files wait. ") + error.message(language()) + names
    if report.waiting:
        names = "".join(f"\n  {path}" for path in report.waiting)
        yield say(
            f"{len(report.waiting)} văn bản đã vào kho nhưng còn trang ảnh chờ nhận dạng chữ. Cài Tesseract có tiếng "
            f"Việt, rồi chạy: tienle index --retry --archive {directory}{names}",
            f"{len(report.waiting)} documents are in the archive but have pages that wait for text recognition. "
            f"Install Tesseract with Vietnamese, then run: tienle index --retry --archive {directory}{names}",
        )
