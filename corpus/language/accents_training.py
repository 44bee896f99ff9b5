"""The shipped model of marks made again: syllables and pairs counted in the training texts.

What ships are counts, no text: of official texts (laws, procedures, gazettes), Vietnamese Wikipedia (CC BY-SA), news
gathered for research without a stated licence, and the Vietnamese side of sentence pairs of various licences.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.errors import EncoderError
from corpus.language.accents import SHIPPED, AccentModel, SyllableCounts
from corpus.language.agencies import Agencies
from corpus.language.places import Places

_SOURCES: dict[str, tuple[tuple[str, ...] | None, int]] = {
    "tthc.jsonl.xz": (None, 1),  # every field of a procedure
    "congbao.jsonl.xz": (None, 1),
    "phapdien.jsonl.xz": (("title", "text"), 1),
    "wiki.jsonl.xz": (("title", "text"), 1),
    "news.jsonl.xz": (("title", "abstract", "body"), 2),  # every second article: enough of everyday words
}
"""Fields read of a source, and of how many records one is read."""

_SENTENCES = "parallel.tsv.xz"
_SENTENCES_WEIGHT = 3
"""Everyday sentences are few beside laws, and questions are typed in their words: queries restored wholly go from
0.307 to 0.347 with news and three times the sentences (benchmarks/RESULTS.md)."""

_QUESTIONS = "questions.txt"
_QUESTIONS_WEIGHT = 400
"""How people ask, in lines of our own, and the names in our registers: no source holds "sở nào chủ trì", and "số nào"
would win. Syllables of unmarked development questions right go from 0.913 to 0.920."""

_FEWEST, _FEWEST_PAIRS = 20, 11
"""Rarer ones are mostly names, and an archive counts its own."""


def count_marks(data: Path) -> AccentModel:
    """The model of the sources in a data folder; EncoderError when it holds none of them."""
    counts, sentences = SyllableCounts(), SyllableCounts()
    found = [name for name in (*_SOURCES, _SENTENCES) if (data / name).is_file()]
    if not found:
        raise EncoderError(
            "training-no-data",
            f"Thư mục {data} không có tệp huấn luyện nào trong số: {', '.join((*_SOURCES, _SENTENCES))}.",
            f"The folder {data} has none of the training files {', '.join((*_SOURCES, _SENTENCES))}.",
        )
    for name in found:
        if name == _SENTENCES:
            for line in _lines(data / name):
                sentences.add(line.rstrip("\n").rsplit("\t", 1)[-1])
        else:
            fields, step = _SOURCES[name]
            for line in islice(_lines(data / name), 0, None, step):
                counts.add(_text(json.loads(line), fields))
    model = AccentModel.of(counts).plus(AccentModel.of(sentences), _SENTENCES_WEIGHT)
    model = model.plus(_questions(), _QUESTIONS_WEIGHT)
    return model.without_rare(_FEWEST, _FEWEST_PAIRS)


def write_marks(data: Path, output: Path) -> Path:
    """Count and write the model into a folder; gives the file."""
    model = count_marks(data)
    output.mkdir(parents=True, exist_ok=True)
    with (output / SHIPPED).open("wb") as file:
        model.save(file)
    return output / SHIPPED


def _questions() -> AccentModel:
    counts = SyllableCounts()
    counts.add(resources.files("corpus.language").joinpath(_QUESTIONS).read_text(encoding="utf-8"))
    for agency in Agencies.load().all():
        counts.add(agency.name)
    for province in Places.load().names():
        counts.add(f"tỉnh {province}")
    return AccentModel.of(counts)


def _lines(path: Path) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from lines


def _text(row: dict[str, Any], fields: tuple[str, ...] | None) -> str:
    values = (row.get(field) for field in fields or row)
    # Segmented sources join the syllables of a word with "_".
    return "\n".join(value.replace("_", " ") for value in values if isinstance(value, str))
