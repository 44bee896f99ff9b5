"""The training run, from a folder of texts to a folder with a model; stops and goes on at any moment."""

from __future__ import annotations

import hashlib
import math
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.encoder.contract import EncoderSpec
from corpus.encoder.record import write_record
from corpus.encoder.training.material import Bags, bags_of_pairs, join_bags
from corpus.encoder.training.pairs import pairs_of_source
from corpus.encoder.training.sources import READERS, segment_sources, segmented_records
from corpus.encoder.training.vocabulary import SILENT, build_tokenizer, choose_words, count_words
from corpus.errors import EncoderError
from corpus.language.normalise import NORMALISATION_VERSION

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

_PAIR_SOURCES = tuple(name for name in READERS if name != "parallel")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run does; with the data and the seed it fixes the weights.

    ``words``: size of the vocabulary; ``minimum``: occurrences of a word; ``batch``: pairs that serve each other as
    wrong answers; ``temperature``: of the contrastive loss; ``rate``: peak learning rate of Adam.
    """

    words: int = 38_000
    dimensions: int = 384
    minimum: int = 5
    batch: int = 1024
    epochs: int = 1
    rate: float = 0.01
    temperature: float = 0.05
    seed: int = 0


def train(
    data: Path,
    output: Path,
    *,
    seed: int = 0,
    recipe: Recipe | None = None,
    workers: int | None = None,
    limit: int | None = None,
    device: str | None = None,
    report: Callable[[str], None] = print,
) -> None:
    """Trains a static encoder on the texts in ``data`` and writes it, with its card and its work files, to ``output``.

    The model is ``output/model``; what lies in ``output/work`` lets an interrupted run go on and may be deleted after
    it. The same data, recipe, ``seed`` and ``limit`` (records a source) give the same weights on the same machine.
    Raises EncoderError where ``data`` holds nothing to train on, or ``output`` holds a run of another recipe.
    """
    recipe = replace(recipe or Recipe(), seed=seed)
    work = output / "work"
    work.mkdir(parents=True, exist_ok=True)
    _claim(work, {**asdict(recipe), "limit": limit})
    segment_sources(
        data, work / "segmented", workers=workers or max(1, (os.cpu_count() or 2) - 1), limit=limit, report=report
    )
    counts = _counts(work, report)
    words = choose_words(counts, recipe.words, recipe.minimum)
    tokenizer = build_tokenizer(words)
    total = sum(counts.values(), Counter())
    frequency = np.array([max(1, total[word]) for word in words], np.float64)
    pairs = _pairs(work, tokenizer, dict(zip(words, keyword_weights(frequency), strict=True)), recipe, report)
    if len(pairs) < 4:  # noqa: PLR2004  (two pairs are the least that can be told apart)
        raise EncoderError(
            "training-data-too-small",
            f"Dữ liệu trong {data} không đủ để huấn luyện. Hãy thêm văn bản.",
            f"The data in {data} is too little to train on. Add texts.",
        )
    start = starting_rows(frequency, recipe)
    weights, losses = fit(pairs, start, recipe, checkpoint=work / "checkpoint.pt", device=device, report=report)
    summary = {
        "recipe": asdict(recipe),
        "pairs": len(pairs) // 2,
        "records": {name: sum(1 for _ in segmented_records(work / "segmented", name)) for name in counts},
        "loss": [round(loss, 4) for loss in losses],
        "device": "cpu" if device is None else device,
    }
    save_model(output / "model", weights, tokenizer, summary)
    report(f"model written to {output / 'model'}")


def keyword_weights(frequency: NDArray[np.float64]) -> list[float]:
    """How likely each word is as a keyword: smooth inverse frequency (Arora and others, 2017)."""
    share = frequency / frequency.sum()
    weights: list[float] = (1e-4 / (1e-4 + share)).tolist()
    return weights


def starting_rows(frequency: NDArray[np.float64], recipe: Recipe) -> NDArray[np.float32]:
    """Random rows whose lengths are smooth inverse frequencies, so that frequent words start out saying little."""
    random = np.random.default_rng(recipe.seed)
    rows = random.standard_normal((len(SILENT) + len(frequency), recipe.dimensions)) / math.sqrt(recipe.dimensions)
    rows[len(SILENT) :] *= np.array(keyword_weights(frequency))[:, None]
    rows[: len(SILENT)] = 0
    return rows.astype(np.float32)


def fit(
    pairs: Bags,
    start: NDArray[np.float32],
    recipe: Recipe,
    *,
    checkpoint: Path,
    device: str | None,
    report: Callable[[str], None],
) -> tuple[NDArray[np.float32], list[float]]:
    """Word vectors after training, and the mean loss of every twentieth of the run.

    Loss: in a batch every query must find its own passage among all passages, and the other way round (InfoNCE).
    """
    import torch
    from torch.nn import functional

    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    rows = torch.nn.Parameter(torch.from_numpy(start.copy()).to(device))
    optimiser = torch.optim.Adam([rows], lr=recipe.rate)
    count = len(pairs) // 2
    batch = min(recipe.batch, count)
    steps = max(1, count // batch) * recipe.epochs
    step, losses = _resume(checkpoint, rows, optimiser, device)
    every = max(1, steps // 20)
    running: list[float] = []
    order: NDArray[np.int64] = np.zeros(0, np.int64)
    while step < steps:
        epoch, place = divmod(step, max(1, count // batch))
        if place == 0 or not len(order):
            order = np.random.default_rng([recipe.seed, epoch]).permutation(count)
        chosen = order[place * batch : (place + 1) * batch]
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * _schedule(step / steps)
        queries, passages = (_embed(rows, pairs.take(side), device) for side in (2 * chosen, 2 * chosen + 1))
        scores = queries @ passages.T / recipe.temperature
        right = torch.arange(len(chosen), device=device)
        loss = (functional.cross_entropy(scores, right) + functional.cross_entropy(scores.T, right)) / 2
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        running.append(float(loss.detach()))
        step += 1
        if step % every == 0 or step == steps:
            losses.append(sum(running) / len(running))
            running.clear()
            report(f"step {step}/{steps}, loss {losses[-1]:.4f}")
            _keep(checkpoint, rows, optimiser, step, losses)
    return rows.detach().cpu().numpy(), losses


def _embed(rows: torch.Tensor, bags: tuple[NDArray[np.int64], NDArray[np.int64]], device: str) -> torch.Tensor:
    import torch
    from torch.nn import functional

    flat, offsets = (torch.from_numpy(array).to(device) for array in bags)
    return functional.normalize(functional.embedding_bag(flat, rows, offsets, mode="sum"))


def _schedule(progress: float) -> float:
    warm = 0.05
    return progress / warm + 1e-3 if progress < warm else 0.5 * (1 + math.cos(math.pi * (progress - warm) / (1 - warm)))


def _resume(
    checkpoint: Path, rows: torch.nn.Parameter, optimiser: torch.optim.Optimizer, device: str
) -> tuple[int, list[float]]:
    import torch

    if not checkpoint.exists():
        return 0, []
    state = torch.load(checkpoint, map_location=device, weights_only=True)
    with torch.no_grad():
        rows.copy_(state["rows"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"]), list(state["losses"])


def _keep(
    checkpoint: Path, rows: torch.Tensor, optimiser: torch.optim.Optimizer, step: int, losses: list[float]
) -> None:
    import torch

    partial_file = checkpoint.with_suffix(".partial")
    state = {"rows": rows.detach(), "optimiser": optimiser.state_dict(), "step": step, "losses": losses}
    torch.save(state, partial_file)
    partial_file.replace(checkpoint)


def _claim(work: Path, settings: dict[str, Any]) -> None:
    import json

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
    import json

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
        for name in _PAIR_SOURCES:
            records = partial(segmented_records, work / "segmented", name)
            bags.append(bags_of_pairs(pairs_of_source(records, weights, recipe.seed), tokenizer))
            report(f"pairs of {name}: {len(bags[-1]) // 2}")
        join_bags(bags).save(file)
    return Bags.load(file)


def save_model(path: Path, weights: NDArray[np.float32], tokenizer: Tokenizer, summary: dict[str, Any]) -> None:
    """Writes the model folder: int8 rows with a scale each, tokenizer, record; sentence-transformers reads it too."""
    import json

    from safetensors.numpy import save_file

    path.mkdir(parents=True, exist_ok=True)
    largest = np.abs(weights).max(axis=1)
    scales = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    rows = np.rint(weights / scales[:, None]).astype(np.int8)
    save_file({"embeddings": rows, "weights": scales}, path / "model.safetensors")
    tokenizer.save(str(path / "tokenizer.json"), pretty=False)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "", "type": "sentence_transformers.models.Normalize"},
    ]
    (path / "modules.json").write_text(json.dumps(modules, indent=1) + "\n", encoding="utf-8")
    card = {"similarity_fn_name": "cosine", "prompts": {"query": "", "document": ""}}
    (path / "config_sentence_transformers.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    spec = EncoderSpec(
        name="tienle-static",
        revision=hashlib.sha256((path / "model.safetensors").read_bytes()).hexdigest()[:16],
        dimensions=weights.shape[1],
        max_tokens=None,
        segmented=True,
        normalisation=NORMALISATION_VERSION,
    )
    write_record(path, spec, summary)
