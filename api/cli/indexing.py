"""``tienle index`` on a terminal: progress, interrupt, summary."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from api.cli.context import language, say
from corpus.encoder.registry import load_encoder
from corpus.store.archive import Archive
from indexer.pipeline import Report
from indexer.pipeline import index as run_index
from indexer.reembed import reembed

_INTERRUPTED = 130


def run(paths: Sequence[Path], directory: Path, workers: int | None, model: str, *, as_json: bool) -> int:
    """Index and tell; the exit status: 0, 1 when a file failed, 130 when interrupted."""
    model = _lasting(model)
    archive = Archive.create(directory, load_encoder(model).spec, model)
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

        report = run_index(archive, paths, workers=workers, progress=progress)
    if as_json:
        print(_as_json(report))  # noqa: T201  (the command's answer)
    else:
        _tell(console, report, directory)
    if report.interrupted:
        return _INTERRUPTED
    return 1 if report.failures else 0


def run_reembed(archive: Archive, model: str) -> None:
    """Give an archive another model, and tell."""
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


def _as_json(report: Report) -> str:
    value = {
        "indexed": report.indexed,
        "unchanged": report.unchanged,
        "skipped": dict(report.skipped),
        "passages": report.passages,
        "words": report.words,
        "seconds": round(report.seconds, 2),
        "interrupted": report.interrupted,
        "failures": [
            {"path": str(path), "code": error.code, "message": error.message(language())}
            for path, error in report.failures
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=2)


def _tell(console: Console, report: Report, directory: Path) -> None:
    console.print(
        say(
            f"Kho {directory}: thêm {report.indexed} văn bản ({report.passages:,} đoạn, {report.words:,} từ), "
            f"{report.unchanged} tệp không đổi, {len(report.failures)} tệp lỗi; {report.seconds:.1f} giây.",
            f"Archive {directory}: {report.indexed} documents added "
            f"({report.passages:,} passages, {report.words:,} words), "
            f"{report.unchanged} files unchanged, {len(report.failures)} failed; {report.seconds:.1f} s.",
        ),
        highlight=False,
    )
    if report.skipped:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(report.skipped.items()))
        console.print(
            say(f"Bỏ qua tệp loại khác: {kinds}.", f"Files of other kinds passed over: {kinds}."), highlight=False
        )
    for path, error in report.failures:
        console.print(f"[red]✗[/red] {escape(str(path))}\n  {escape(error.message(language()))}", highlight=False)
    if report.interrupted:
        again = say(
            "Đã dừng. Những gì đã ghi vẫn còn; chạy lại lệnh này để làm tiếp.",
            "Stopped. What was stored stays; run the command again to go on.",
        )
        console.print(again, highlight=False)
