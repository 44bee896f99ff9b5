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

from corpus.encoder.record import RECORD, read_record
from corpus.encoder.static import static_rows
from corpus.encoder.training.distil import teach
from corpus.encoder.training.fit import Lesson, damped, fit, starting_rows, word_weights
from corpus.encoder.training.material import Bags, bags_of_pairs, join_bags
from corpus.encoder.training.packing import STATIC, read_pack, write_pack
from corpus.encoder.training.pairs import pairs_of_source, thinned
from corpus.encoder.training.recipe import ON_GPU, SHARES, Recipe, TransformerRecipe
from corpus.encoder.training.saving import save_model
from corpus.encoder.training.sources import DICTIONARY, READERS, segment_sources, segmented_records
from corpus.encoder.training.transformer import dictionary_words, fit_transformer, save_blended, start_body
from corpus.encoder.training.vocabulary import build_tokenizer, choose_words, count_words
from corpus.errors import EncoderError
from corpus.language.segment import segment

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import BertModel


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
    lesson = teach(work, tokenizer, teacher, recipe.sentences, recipe.dimensions, report) if teacher else None
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


def train_transformer(
    data: Path,
    output: Path,
    *,
    teacher: str,
    recipe: TransformerRecipe | None = None,
    pack: int | None = None,
    device: str | None = None,
    report: Callable[[str], None] = print,
) -> None:
    """Trains a transformer beside the static model that :func:`train` has left in ``output``, to ``output/blended``.

    ``teacher``: the English encoder whose body it starts from; ``data`` may hold a dictionary (:data:`DICTIONARY`).
    ``pack``: instead of training, write all that it takes into ``output/pack``, in files of at most that many
    megabytes, for :func:`train_packed`. Stops and goes on like :func:`train`. Raises EncoderError without a static
    model in ``output``, without sentence pairs or a dictionary, or with a teacher of other dimensions.
    """
    from tokenizers import Tokenizer

    recipe = recipe or TransformerRecipe()
    static, work = output / "model", output / "work"
    if not (static / RECORD).is_file():
        raise EncoderError(
            "training-static-first",
            f"Chưa có mô hình tĩnh trong {output}. Hãy chạy tienle train không có --transformer trước.",
            f"There is no static model in {output} yet. Run tienle train without --transformer first.",
        )
    tokenizer = Tokenizer.from_file(str(static / "tokenizer.json"))
    lesson = teach(work, tokenizer, teacher, recipe.sentences, read_record(static).dimensions, report)
    if lesson is None or not (data / DICTIONARY).is_file():
        raise EncoderError(
            "training-no-translations",
            f"Mô hình này học từ cặp câu Anh–Việt và từ điển: {data} thiếu parallel.tsv.xz hoặc {DICTIONARY}.",
            f"This model learns from sentence pairs and a dictionary: {data} lacks parallel.tsv.xz or {DICTIONARY}.",
        )
    pairs = Bags.load(work / "pairs.npz")
    body = start_body(teacher, recipe, tokenizer, static_rows(static), dictionary_words(data / DICTIONARY, segment))
    if pack:
        write_pack(output / "pack", body, static, pairs, lesson, recipe, megabytes=pack, report=report)
    else:
        _run(body, static, pairs, lesson, recipe, output, device, report)


def train_packed(
    pack: Path,
    output: Path,
    *,
    recipe: TransformerRecipe | None = None,
    device: str | None = None,
    report: Callable[[str], None] = print,
) -> None:
    """Trains the transformer of a pack (:func:`train_transformer`), with a GPU's batches where there is one.

    Needs torch and transformers, no source texts.
    """
    body, pairs, lesson, packed = read_pack(pack)
    if recipe is None and (device or "cuda") != "cpu" and _has_gpu():
        recipe = replace(ON_GPU, layers=packed.layers, seed=packed.seed)
    _run(body, pack / STATIC, pairs, lesson, recipe or packed, output, device, report)


def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def _run(
    body: BertModel,
    static: Path,
    pairs: Bags,
    lesson: Lesson,
    recipe: TransformerRecipe,
    output: Path,
    device: str | None,
    report: Callable[[str], None],
) -> None:
    output.mkdir(parents=True, exist_ok=True)
    losses = fit_transformer(
        body,
        static_rows(static),
        pairs,
        lesson,
        recipe,
        checkpoint=output / "transformer.pt",
        device=device,
        report=report,
    )
    summary = {"recipe": asdict(recipe), "pairs": len(pairs) // 2, "sentences": len(lesson.texts)}
    target = output / "blended"
    save_blended(target, static, body, recipe, summary | {"loss": [round(loss, 4) for loss in losses]})
    report(f"model written to {target}")


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
