"""A draft as it comes in at the door: read, understood and its records found, in a process of its own if need be."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import replace

from api.answers.precedents import Draft
from corpus.errors import TienLeError
from corpus.language.places import Places
from corpus.model import Assignment, Extraction, ParsedDocument
from corpus.store.archive import Archive
from corpus.store.settings import ReadingLimits
from indexer.extraction import extract
from indexer.pool import Limits, Lost, run_all
from indexer.reading import ReadingOptions, read_bytes
from indexer.reading.options import DEFAULTS
from indexer.structure import analyse_all

_TICK = 0.25  # seconds between two signs of life of a process that reads
_SILENT = 60  # seconds without one after which it hangs
_MB = 1024**2

_Job = tuple[bytes, str]


def read_draft(data: bytes, suffix: str, places: Places, options: ReadingOptions = DEFAULTS) -> Draft:
    """The draft in a file's bytes; ``suffix`` hints at its format. ReadingError when it cannot be read.

    A decision counts with the plans that it issues: the header is the last plan's, page and span are of the file's own
    part that holds the record.
    """
    analysed = analyse_all(read_bytes(data, suffix, options), places)
    extractions: list[Extraction] = [extract(each) for each in analysed]
    header = analysed[-1].parsed.header
    return Draft(
        header=replace(header, number=header.number or analysed[0].parsed.header.number),
        assignments=tuple(task for each in extractions for task in each.assignments),
        targets=tuple(target for each in extractions for target in each.targets),
        paragraphs=tuple(task for each in analysed for task in _paragraphs(each.parsed)),
    )


def read_apart(data: bytes, suffix: str, archive: Archive, wanted: Callable[[], bool]) -> Draft | None:
    """The same, read in a process of its own within the archive's limits; None once it is no longer ``wanted``.

    TienLeError where it cannot be read, or not within these limits.
    """
    limits = archive.settings.reading
    options = ReadingOptions(pages=limits.max_pages, cache=archive.directory / "cache" / "ocr")
    # The process says every moment that it lives, so that here can be seen whether its work is still wanted.
    lost = Limits(min(limits.seconds, _SILENT), limits.memory_mb * _MB)
    until = time.monotonic() + limits.seconds
    results = run_all(_reader, (archive.places, options), deque([(data, suffix)]), 1, lost)
    with closing(results):  # type: ignore[type-var]  # a generator: closing it kills the process
        for event in results:
            if isinstance(event, Lost):
                raise _ended(event.why, limits)
            if event[1] is not None:
                return event[1]
            if not wanted():
                return None
            if time.monotonic() > until:
                raise _ended("time", limits)
    return None


def _reader(places: Places, options: ReadingOptions) -> Callable[[_Job], Iterator[Draft | None]]:
    def read(job: _Job) -> Iterator[Draft | None]:
        with ThreadPoolExecutor(1) as pool:
            made: Future[Draft] = pool.submit(read_draft, *job, places, options)
            while not wait([made], _TICK).done:
                yield None
        yield made.result()

    return read


def _ended(why: str, limits: ReadingLimits) -> TienLeError:
    if why == "time":
        return TienLeError(
            "draft-timeout",
            f"Đọc bản thảo quá {limits.seconds} giây nên đã dừng. Gửi riêng phần cần đối chiếu, hoặc dán chữ thay cho "
            "bản quét.",
            f"Reading the draft took more than {limits.seconds} seconds and was stopped. Send only the part to "
            "compare, or paste its words in place of a scan.",
        )
    return TienLeError(
        "draft-unreadable",
        f"Không đọc được bản thảo: tệp hỏng, hoặc cần hơn {limits.memory_mb} MB bộ nhớ. Lưu lại bằng Word rồi gửi, "
        "hoặc dán phần chữ vào ô.",
        f"The draft cannot be read: the file is damaged, or takes more than {limits.memory_mb} MB of memory. Save it "
        "again in Word and send that, or paste its words.",
    )


def _paragraphs(parsed: ParsedDocument) -> list[Assignment]:
    text = parsed.source.text
    return [
        Assignment(
            ordinal=passage.ordinal,
            provision=passage.provision,
            section=passage.section,
            start=passage.start,
            end=passage.end,
            page=passage.page,
            task=" ".join(text[passage.start : passage.end].split()),
        )
        for passage in parsed.passages
    ]
