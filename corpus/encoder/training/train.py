"""The training run, from a folder of texts to a folder with a model; stops and goes on at any moment."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.encoder.training.distil import teach
from corpus.encoder.training.fit import damped, fit, starting_rows, word_weights
from corpus.encoder.training.material import Bags, bags_of_pairs, join_bags
from corpus.encoder.training.pairs import pairs_of_source, thinned
from corpus.encoder.training.recipe import SHARES, Recipe
from corpus.encoder.training.saving import save_model
from corpus.encoder.training.sources import READERS, segment_sources, segmented_records
from corpus.encoder.training.vocabulary import build_tokenizer, choose_words, count_words
from corpus.errors import EncoderError

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def train(
    data: Path,
    output: Path,
    *,
    seed: int = 0,
    recipe: Recipe | None = None,
    teacher: str | None = None,
    workers: int | None = None,
    limit: int | None = None,
    device: str | None = None,
    report: Callable[[str], None] = print,
) -> None:
    """Trains a static encoder on the texts in ``data`` and writes it, with its work files, to ``output``.

    ``teacher``: an English encoder, by folder or public name, that reads the sentence pairs; None to go without.
    The model is ``output/model``; what lies in ``output/work`` lets an interrupted run go on and may be deleted after
    it. The same data, recipe, ``seed`` and ``limit`` (records a source) give the same weights on the same machine.
    Raises EncoderError where ``data`` holds nothing to train on, or ``output`` holds a run of another recipe.
    """
    recipe = replace(recipe or Recipe(), seed=seed)
    work = output / "work"
    work.mkdir(parents=True, exist_ok=True)
    _claim(work, {**asdict(recipe), "teacher": teacher, "limit": limit})
    processes = workers or os.cpu_count() or 1
    segment_sources(data, work / "segmented", workers=processes, limit=limit, report=report)
    counts = _counts(work, report)
    words = choose_words(counts, recipe.words, recipe.minimum)
    tokenizer = build_tokenizer(words)
    total = sum(counts.values(), Counter())
    frequency = np.array([max(1, total[word]) for word in words], np.float64)
    weights = dict(zip(words, word_weights(frequency).tolist(), strict=True))
    pairs = _pairs(work, tokenizer, weights, recipe, report)
    if len(pairs) < 4:  # noqa: PLR2004  (two pairs are the least that can be told apart)
        raise EncoderError(
            "training-data-too-small",
            f"Dữ liệu trong {data} không đủ để huấn luyện. Hãy thêm văn bản.",
            f"The data in {data} is too little to train on. Add texts.",
        )
    lesson = teach(work, tokenizer, teacher, recipe=recipe, report=report) if teacher else None
    rows, losses = fit(
        pairs,
        starting_rows(frequency, recipe),
        recipe,
        lesson=lesson,
        checkpoint=work / "checkpoint.pt",
        device=device,
        report=report,
    )
    summary = {
        "recipe": asdict(recipe),
        "teacher": Path(teacher).name if teacher else None,
        "sentences": len(lesson.texts) if lesson else 0,
        "pairs": len(pairs) // 2,
        "records": {name: sum(1 for _ in segmented_records(work / "segmented", name)) for name in counts},
        "loss": [round(loss, 4) for loss in losses],
    }
    save_model(output / "model", damped(rows, recipe.damping), tokenizer, summary)
    report(f"model written to {output / 'model'}")


def _claim(work: Path, settings: dict[str, Any]) -> None:
    file = work / "recipe.json"
    written = json.dumps(settings, indent=1, sort_keys=True)
    if file.exists() and file.read_text(encoding="utf-8") != written:
        raise EncoderError(
            "training-other-recipe",
            f"{work.parent} chứa một lần huấn luyện với thiết lập khác. Hãy chọn thư mục khác hoặc xóa {work}.",
            f"{work.parent} holds a run with other settings. Choose another folder or delete {work}.",
        )
    file.write_text(written, encoding="utf-8")


def _counts(work: Path, report: Callable[[str], None]) -> dict[str, Counter[str]]:
    file = work / "counts.json"
    if not file.exists():
        counts = {name: count_words(segmented_records(work / "segmented", name)) for name in READERS}
        file.write_text(json.dumps({name: count for name, count in counts.items() if count}, ensure_ascii=False))
        report("words counted")
    return {name: Counter(count) for name, count in json.loads(file.read_text(encoding="utf-8")).items()}


def _pairs(
    work: Path, tokenizer: Tokenizer, weights: dict[str, float], recipe: Recipe, report: Callable[[str], None]
) -> Bags:
    file = work / "pairs.npz"
    if not file.exists():
        bags = []
        for name, share in SHARES.items():
            records = partial(segmented_records, work / "segmented", name)
            pairs = thinned(pairs_of_source(records, weights, recipe.seed), share, recipe.seed)
            bags.append(bags_of_pairs(pairs, tokenizer))
            report(f"pairs of {name}: {len(bags[-1]) // 2}")
        join_bags(bags).save(file)
    return Bags.load(file)
