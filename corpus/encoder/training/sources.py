"""Training material as records of one shape, segmented once in parallel processes and kept on disk.

A data folder holds any of the files of :data:`READERS`, JSON lines packed with xz:

========================  ==================================================================================
phapdien.jsonl.xz         articles of law: ``demuc`` (topic), ``title``, ``source``, ``text``, ``code``, ``related``
tthc.jsonl.xz             administrative procedures: ``ma_thu_tuc``, ``ten_thu_tuc``, ``linh_vuc`` and their facets
congbao.jsonl.xz          gazette documents as PDF text: ``slug``, ``topic``, ``text``
wiki.jsonl.xz             encyclopaedia articles: ``title``, ``text`` with ``== heading ==`` lines
news.jsonl.xz             news: ``title``, ``abstract``, ``body``, words joined by "_" already
parallel.tsv.xz           sentence pairs: source, English, Vietnamese
========================  ==================================================================================
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.errors import EncoderError
from corpus.language.normalise import NORMALISATION_VERSION, normalise
from corpus.language.segment import segment

_WORDS_A_PART = 400  # of a long section only the beginning is read: breadth of topics teaches more than length
_PARTS_A_RECORD = 12
_BATCH = 4096  # records handed to the processes at once: the whole source would fill memory


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text and its heading, which may be empty."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """One text of a source. ``related``: keys of records of the same source that it refers to."""

    source: str
    key: str
    topic: str
    title: str
    sections: tuple[Section, ...]
    related: tuple[str, ...] = ()


def _first_words(text: str, limit: int = _WORDS_A_PART) -> str:
    words = text.split(maxsplit=limit)
    return " ".join(words[:limit])


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _phapdien(path: Path) -> Iterator[Record]:
    for row in _json_lines(path):
        section = Section("", _first_words(row["text"]))
        related = tuple(row.get("related", ()))
        yield Record("phapdien", row["code"], row["demuc"], row["title"], (section,), related)


# The facets of a procedure (thủ tục hành chính) that say something in prose, and what a person calls them.
_FACETS = {
    "trinh_tu_thuc_hien": "trình tự thực hiện",
    "cach_thuc_thuc_hien": "cách thức thực hiện",
    "thanh_phan_ho_so": "thành phần hồ sơ",
    "can_cu_phap_ly": "căn cứ pháp lý",
    "yeu_cau_dieu_kien": "yêu cầu, điều kiện",
    "ket_qua_xu_ly": "kết quả xử lý",
}


def _tthc(path: Path) -> Iterator[Record]:
    for row in _json_lines(path):
        facets = ((heading, row.get(field)) for field, heading in _FACETS.items())
        sections = tuple(
            Section(heading, _first_words(text))
            for heading, text in facets
            if isinstance(text, str) and len(text.split()) > 8  # noqa: PLR2004  ("Không có thông tin" says nothing)
        )
        yield Record("tthc", row["ma_thu_tuc"], row["linh_vuc"], row["ten_thu_tuc"], sections)


_ARTICLE = re.compile(r"^\s*Điều \d+[a-z]?\. *(.+)$", re.MULTILINE)


def _congbao(path: Path) -> Iterator[Record]:
    for row in _json_lines(path):
        pieces = _ARTICLE.split(row["text"])
        for number, (heading, text) in enumerate(zip(pieces[1::2], pieces[2::2], strict=True)):
            section = Section("", _first_words(text))
            yield Record("congbao", f"{row['slug']}#{number}", row["topic"], heading.strip(), (section,))


_WIKI_HEADING = re.compile(r"^=+ *(.*?) *=+\s*$", re.MULTILINE)
_WIKI_APPARATUS = {"tham khảo", "liên kết ngoài", "chú thích", "xem thêm", "ghi chú", "thư mục", "đọc thêm", "nguồn"}


def _wiki(path: Path) -> Iterator[Record]:
    for row in _json_lines(path):
        pieces = ["", *_WIKI_HEADING.split(row["text"])]
        sections = tuple(
            Section(heading, _first_words(text))
            for heading, text in zip(pieces[::2], pieces[1::2], strict=True)
            if heading.lower() not in _WIKI_APPARATUS and text.strip()
        )
        yield Record("wiki", row["title"], "", row["title"], sections[:_PARTS_A_RECORD])


def _news(path: Path) -> Iterator[Record]:
    for number, row in enumerate(_json_lines(path)):
        sections = (Section("", row["abstract"]), Section("", _first_words(row["body"])))
        yield Record("news", str(number), "", row["title"], sections)


def _parallel(path: Path) -> Iterator[Record]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            maker, english, vietnamese = line.rstrip("\n").split("\t")
            yield Record("parallel", f"{maker}#{number}", maker, english, (Section("", vietnamese),))


READERS: dict[str, tuple[str, Callable[[Path], Iterator[Record]]]] = {
    "phapdien": ("phapdien.jsonl.xz", _phapdien),
    "tthc": ("tthc.jsonl.xz", _tthc),
    "congbao": ("congbao.jsonl.xz", _congbao),
    "wiki": ("wiki.jsonl.xz", _wiki),
    "news": ("news.jsonl.xz", _news),
    "parallel": ("parallel.tsv.xz", _parallel),
}
"""Reader of each source, with the file it reads."""


DICTIONARY = "dictionary.tsv.xz"
"""English and Vietnamese words, lines "source, English, Vietnamese": starting word vectors of a transformer."""


def _prepare(text: str) -> str:
    return segment(text).lower()


def _prepare_segmented(text: str) -> str:
    return " ".join(normalise(text).lower().split())


def _segmented_line(record: Record) -> str:
    # News comes as words already; its segmenter differs little, and segmenting it again would triple the time.
    prepare = _prepare_segmented if record.source == "news" else _prepare
    title = record.title if record.source == "parallel" else prepare(record.title)
    sections = tuple(Section(prepare(section.heading), prepare(section.text)) for section in record.sections)
    prepared = Record(record.source, record.key, prepare(record.topic), title, sections, record.related)
    return json.dumps(asdict(prepared), ensure_ascii=False)


def _read_cache(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            row["sections"] = tuple(Section(**section) for section in row["sections"])
            row["related"] = tuple(row["related"])
            yield Record(**row)


def segment_sources(data: Path, cache: Path, *, workers: int, limit: int | None, report: Callable[[str], None]) -> None:
    """Writes the segmented records of every source in ``data`` into ``cache``; sources that are there stay.

    ``limit``: records a source, None for all. Raises EncoderError where ``data`` holds no file of :data:`READERS`.
    """
    found = {name: data / file for name, (file, _) in READERS.items() if (data / file).is_file()}
    if not found:
        names = ", ".join(file for file, _ in READERS.values())
        raise EncoderError(
            "training-data-missing",
            f"Không có dữ liệu huấn luyện trong {data}. Hãy đặt vào đó ít nhất một trong các tệp: {names}.",
            f"No training data in {data}. Put at least one of these files there: {names}.",
        )
    cache.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(max_workers=workers) as pool:
        for name, path in found.items():
            target = _cached(cache, name)
            if target.exists():
                continue
            partial = target.with_suffix(".partial")
            with partial.open("w", encoding="utf-8") as out:
                done = 0
                records = islice(READERS[name][1](path), limit)
                while batch := list(islice(records, _BATCH)):
                    out.writelines(line + "\n" for line in pool.map(_segmented_line, batch, chunksize=64))
                    done += len(batch)
            partial.replace(target)
            report(f"segmented {name}: {done} records")


def segmented_records(cache: Path, name: str) -> Iterator[Record]:
    """The records of a source that :func:`segment_sources` has segmented; none where the source was not there."""
    path = _cached(cache, name)
    if path.exists():
        yield from _read_cache(path)


def _cached(cache: Path, name: str) -> Path:
    return cache / f"{name}.{NORMALISATION_VERSION}.jsonl"
