"""The loop that learns word vectors from pairs, on CPU or GPU, from checkpoint to checkpoint."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus.encoder.training.material import Bags
from corpus.encoder.training.recipe import Recipe
from corpus.encoder.training.vocabulary import SILENT

if TYPE_CHECKING:
    import torch

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a teacher says: texts, and its vectors of the same sentences in another language, a row each."""

    texts: Bags
    vectors: NDArray[np.float16]


def word_weights(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much each word says: smooth inverse frequency (Arora, Liang and Ma, 2017)."""
    share = frequency / frequency.sum()
    weights: NDArray[np.float64] = 1e-4 / (1e-4 + share)
    return weights


def starting_rows(frequency: NDArray[np.float64], recipe: Recipe) -> Array:
    """Random rows as long as their words' weights, so that frequent words start out saying little; silent rows zero."""
    random = np.random.default_rng(recipe.seed)
    rows = random.standard_normal((len(frequency), recipe.dimensions)) / math.sqrt(recipe.dimensions)
    rows *= word_weights(frequency)[:, None]
    return np.concatenate([np.zeros((len(SILENT), recipe.dimensions)), rows]).astype(np.float32)


def fit(
    pairs: Bags,
    start: Array,
    recipe: Recipe,
    *,
    lesson: Lesson | None = None,
    checkpoint: Path,
    device: str | None,
    report: Callable[[str], None],
) -> tuple[Array, list[float]]:
    """Word vectors after training, and the mean loss of every twentieth of the run.

    Loss: in a batch every query must find its own passage among all passages, and the other way round (InfoNCE); with
    a ``lesson``, every sentence must also find its translation among the teacher's vectors.
    """
    import torch

    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    rows = torch.nn.Parameter(torch.from_numpy(start.copy()).to(device))
    optimiser = torch.optim.Adam([rows], lr=recipe.rate)
    step, losses = _resume(checkpoint, rows, optimiser, device)
    count = len(pairs) // 2
    batch = min(recipe.batch, count)
    steps_an_epoch = count // batch
    steps = steps_an_epoch * recipe.epochs
    every = max(1, steps // 20)
    running: list[float] = []
    while step < steps:
        epoch, place = divmod(step, steps_an_epoch)
        if place == 0 or not running:
            order = np.random.default_rng([recipe.seed, epoch]).permutation(count)
        chosen = order[place * batch : (place + 1) * batch]
        queries, passages = (embed_words(rows, pairs, side) for side in (2 * chosen, 2 * chosen + 1))
        loss = contrast(queries, passages, recipe.temperature)
        if lesson is not None:
            drawn = np.random.default_rng([recipe.seed, 1, step]).integers(len(lesson.texts), size=batch // 2)
            taught = torch.from_numpy(lesson.vectors[drawn].astype(np.float32)).to(device)
            distance = contrast(embed_words(rows, lesson.texts, drawn), taught, recipe.temperature)
            loss = (1 - recipe.distil) * loss + recipe.distil * distance
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * schedule(step / steps)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        running.append(float(loss.detach()))
        step += 1
        if step % every == 0 or step == steps:
            losses.append(sum(running) / len(running))
            running = []
            report(f"step {step}/{steps}, loss {losses[-1]:.4f}")
            _keep(checkpoint, rows, optimiser, step, losses)
    return rows.detach().cpu().numpy(), losses


def damped(rows: Array, power: float) -> Array:
    """Rows divided by that power of their lengths.

    Training makes rare words so long that one of them decides a passage: the power 0.4 gave 0.422 instead of 0.398
    nDCG@10 on questions about plans, and 0.900 instead of 0.898 on XQuAD, which falls above 0.5.
    """
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled = rows * np.where(lengths > 0, lengths, 1) ** -power
    return scaled.astype(np.float32)


def embed_words(rows: torch.Tensor, texts: Bags, chosen: NDArray[np.int64]) -> torch.Tensor:
    """The static vectors of the chosen texts: sums of their rows at unit length."""
    import torch
    from torch.nn import functional

    flat, begins = (torch.from_numpy(array).to(rows.device) for array in texts.take(chosen))
    return functional.normalize(functional.embedding_bag(flat, rows, begins, mode="sum"))


def contrast(left: torch.Tensor, right: torch.Tensor, temperature: float) -> torch.Tensor:
    """The loss of rows that must find the other side's row of the same place among all (InfoNCE, both ways)."""
    import torch
    from torch.nn import functional

    scores = left @ right.T / temperature
    own = torch.arange(len(left), device=left.device)
    return (functional.cross_entropy(scores, own) + functional.cross_entropy(scores.T, own)) / 2


def schedule(progress: float) -> float:
    """The part of the peak learning rate at that part of the run: a short rise, then half a cosine."""
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

    partial = checkpoint.with_suffix(".partial")
    state = {"rows": rows.detach(), "optimiser": optimiser.state_dict(), "step": step, "losses": losses}
    torch.save(state, partial)
    partial.replace(checkpoint)  # a checkpoint is whole or not there
