"""A small transformer beside the static model: an English encoder's body under the Vietnamese vocabulary."""

from __future__ import annotations

import hashlib
import json
import lzma
import shutil
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.encoder.blended import BODY
from corpus.encoder.record import RECORD, read_record, write_record
from corpus.encoder.training.fit import Lesson, contrast, embed_words, schedule
from corpus.encoder.training.material import Bags
from corpus.encoder.training.recipe import TransformerRecipe
from corpus.encoder.training.vocabulary import SILENT
from corpus.errors import EncoderError

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer
    from transformers import BertModel

Array = NDArray[np.float32]
_NEIGHBOURS, _SHARPNESS = 10, 0.1  # as in WECHSEL (Minixhofer, Paischer and Rekabsaz, 2022)


def dictionary_words(path: Path, segment: Callable[[str], str]) -> Mapping[str, frozenset[str]]:
    """English words of each Vietnamese one, from lines "source, English, Vietnamese"; only Vietnamese of one word."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            _, english, vietnamese = line.rstrip("\n").split("\t")
            words = segment(vietnamese).lower().split()
            if len(words) == 1:
                found[words[0]].add(english.lower())
    return {word: frozenset(english) for word, english in found.items()}


def starting_embeddings(
    static: Array, vocabulary: Mapping[str, int], translations: Mapping[str, frozenset[str]], english: _English
) -> Array:
    """Input vectors for the body, a row a Vietnamese word: the mean of its translations' vectors.

    A word without translation takes the mix of the ten words with one that lie nearest among the static vectors.
    """
    anchors = sorted(
        {vocabulary[word] for word in translations if word in vocabulary and vocabulary[word] >= len(SILENT)}
    )
    names = {row: word for word, row in vocabulary.items()}
    known = np.stack([english.mean(translations[names[row]]) for row in anchors])
    unit = static / np.maximum(np.linalg.norm(static, axis=1, keepdims=True), 1e-9)
    rows = np.zeros((len(static), known.shape[1]), np.float32)
    pool = unit[anchors]
    few = len(anchors) <= _NEIGHBOURS
    for start in range(0, len(static), 1024):
        near = unit[start : start + 1024] @ pool.T
        best = (
            np.argsort(-near, axis=1)[:, :_NEIGHBOURS] if few else np.argpartition(-near, _NEIGHBOURS)[:, :_NEIGHBOURS]
        )
        strength = np.exp(np.take_along_axis(near, best, axis=1) / _SHARPNESS)
        strength /= strength.sum(axis=1, keepdims=True)
        rows[start : start + 1024] = np.einsum("ij,ijk->ik", strength, known[best])
    rows[anchors] = known
    return rows


@dataclass(frozen=True, slots=True)
class _English:
    """The input vectors of an English encoder, and its way of cutting words into pieces."""

    rows: Array
    pieces: Callable[[str], list[int]]

    def mean(self, words: frozenset[str]) -> Array:
        """The mean of the words' means over their pieces."""
        means = [self.rows[self.pieces(word)].mean(axis=0) for word in sorted(words) if self.pieces(word)]
        mean: Array = np.mean(means, axis=0) if means else self.rows.mean(axis=0)
        return mean


def start_body(
    teacher: str,
    recipe: TransformerRecipe,
    tokenizer: Tokenizer,
    static: Array,
    translations: Mapping[str, frozenset[str]],
) -> BertModel:
    """The teacher's body, evenly thinned to ``recipe.layers``, under Vietnamese input vectors."""
    import torch
    from transformers import AutoTokenizer, BertModel

    body = BertModel.from_pretrained(teacher, add_pooling_layer=False, attn_implementation=recipe.attention)
    pieces = AutoTokenizer.from_pretrained(teacher)
    rows = body.embeddings.word_embeddings.weight.detach().numpy()
    english = _English(rows, lambda word: pieces(word, add_special_tokens=False)["input_ids"])
    layers = body.encoder.layer
    kept = np.linspace(0, len(layers) - 1, recipe.layers).round().astype(int)
    body.encoder.layer = torch.nn.ModuleList([layers[at] for at in kept])
    start = starting_embeddings(static, tokenizer.get_vocab(), translations, english)
    body.embeddings.word_embeddings = torch.nn.Embedding(len(start), start.shape[1])
    body.embeddings.word_embeddings.weight.data.copy_(torch.from_numpy(start))
    body.config.num_hidden_layers = recipe.layers
    body.config.vocab_size = len(start)
    return body


def fit_transformer(
    body: BertModel,
    static: Array,
    pairs: Bags,
    lesson: Lesson,
    recipe: TransformerRecipe,
    *,
    checkpoint: Path,
    device: str | None,
    report: Callable[[str], None],
) -> list[float]:
    """Trains ``body`` in place; gives the mean loss of every hundredth of the run.

    The first ``recipe.opening`` of the steps teach translation alone (Reimers and Gurevych, 2020); after it every step
    has a batch of sentences and one of pairs, whose vectors are blended with those of the rows ``static``, which stay
    as they are (InfoNCE both ways): the transformer learns what the static model does not know.
    """
    import torch

    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    torch.nn.Module.to(body, device).train()
    rows = torch.from_numpy(static).to(device)
    inputs = [body.embeddings.word_embeddings.weight]
    rest = [value for name, value in body.named_parameters() if "word_embeddings" not in name]
    optimiser = torch.optim.AdamW(
        [{"params": inputs, "peak": recipe.rate_of_words}, {"params": rest, "peak": recipe.rate}]
    )
    step, losses = _resume(checkpoint, body, optimiser, device)
    opening = int(recipe.steps * recipe.opening)
    every = max(1, recipe.steps // 100)
    running: list[float] = []
    sentences, chosen_pairs = (
        _batches(len(lesson.texts), recipe.sentences_a_step, recipe.seed, 0, skip=step),
        _batches(len(pairs) // 2, recipe.batch, recipe.seed, 1, skip=max(0, step - opening)),
    )
    while step < recipe.steps:
        torch.manual_seed(recipe.seed + step)  # dropout: a run that goes on draws what it would have drawn
        drawn = next(sentences)
        own = torch.from_numpy(lesson.vectors[drawn].astype(np.float32)).to(device)
        vectors = embed(body, lesson.texts, drawn, recipe, device)
        loss = contrast(vectors, torch.nn.functional.normalize(own), recipe.temperature)
        if step >= opening:
            at = next(chosen_pairs)
            queries, passages = (blended(body, rows, pairs, side, recipe, device) for side in (2 * at, 2 * at + 1))
            loss = recipe.distil * loss + (1 - recipe.distil) * contrast(queries, passages, recipe.temperature)
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * schedule(step / recipe.steps)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(rest, 1.0)
        optimiser.step()
        running.append(float(loss.detach()))
        step += 1
        if step % every == 0 or step == recipe.steps:
            losses.append(sum(running) / len(running))
            running = []
            report(f"step {step}/{recipe.steps}, loss {losses[-1]:.4f}")
            _keep(checkpoint, body, optimiser, step, losses)
    torch.nn.Module.to(body, "cpu").train(False)
    return losses


def blended(
    body: BertModel,
    static: torch.Tensor,
    texts: Bags,
    chosen: NDArray[np.int64],
    recipe: TransformerRecipe,
    device: str,
) -> torch.Tensor:
    """Unit-length vectors of the chosen texts as :class:`corpus.encoder.blended.BlendedEncoder` gives them."""
    from torch.nn import functional

    words = embed_words(static, texts, chosen)
    return functional.normalize((1 - recipe.blend) * words + recipe.blend * embed(body, texts, chosen, recipe, device))


def embed(
    body: BertModel, texts: Bags, chosen: NDArray[np.int64], recipe: TransformerRecipe, device: str
) -> torch.Tensor:
    """Unit-length means of the chosen texts' last layer; in groups of like length, so that little is padded."""
    import torch
    from torch.nn import functional

    lengths = np.minimum(
        texts.offsets[chosen + 1] - texts.offsets[chosen], min(recipe.longest, body.config.max_position_embeddings)
    )
    order = np.argsort(lengths, kind="stable")
    outs = []
    group = max(1, len(chosen) // recipe.groups)
    for start in range(0, len(order), group):
        held = order[start : start + group]
        longest = max(1, int(lengths[held].max()))
        ids = np.zeros((len(held), longest), np.int64)
        for row, at in enumerate(held):
            begin = texts.offsets[chosen[at]]
            ids[row, : lengths[at]] = texts.rows[begin : begin + lengths[at]]
        tokens = torch.from_numpy(ids).to(device)
        mask = tokens > 0
        mask[:, 0] = True  # an empty text is one unknown word
        with torch.autocast(device, torch.bfloat16):
            hidden = body(tokens, attention_mask=mask.long()).last_hidden_state
        weight = mask.unsqueeze(-1).float()
        outs.append(functional.normalize((hidden.float() * weight).sum(1) / weight.sum(1)))
    back = torch.from_numpy(np.argsort(order, kind="stable")).to(device)
    return torch.cat(outs)[back]


def _batches(count: int, size: int, seed: int, stream: int, *, skip: int) -> Iterator[NDArray[np.int64]]:
    size = min(size, count)
    a_round = count // size
    number, place = divmod(skip, a_round)
    while True:
        order = np.random.default_rng([seed, stream, number]).permutation(count)
        for at in range(place, a_round):
            yield order[at * size : (at + 1) * size]
        number, place = number + 1, 0


def save_blended(path: Path, static: Path, body: BertModel, recipe: TransformerRecipe, summary: dict[str, Any]) -> None:
    """Writes the folder of a :class:`corpus.encoder.blended.BlendedEncoder`: the static model's, and the body in int8.

    Raises EncoderError where the package onnx is missing.
    """
    path.mkdir(parents=True, exist_ok=True)
    for name in ("model.safetensors", "tokenizer.json"):
        shutil.copyfile(static / name, path / name)
    _export(body, path / BODY)
    digest = hashlib.sha256((path / "model.safetensors").read_bytes() + (path / BODY).read_bytes())
    spec = replace(
        read_record(static),
        name="tienle-blended",
        revision=digest.hexdigest()[:16],
        max_tokens=min(256, int(body.config.max_position_embeddings)),
    )
    trained = json.loads((static / RECORD).read_text(encoding="utf-8"))["training"]
    write_record(path, spec, {"static": trained, "transformer": summary}, blend=recipe.blend)


def _export(body: BertModel, target: Path) -> None:
    import torch

    try:
        import onnx  # noqa: F401  (what follows needs it and would say so less clearly)
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError as error:
        raise EncoderError(
            "training-no-onnx",
            f"Thiếu gói {error.name} để ghi mô hình. Hãy cài nó (pip install onnx onnxruntime) rồi chạy lại lệnh này.",
            f"The package {error.name} is missing. Install it (pip install onnx onnxruntime) and run this again.",
        ) from error

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = body

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            hidden = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
            weight = mask.unsqueeze(-1).float()
            return torch.nn.functional.normalize((hidden * weight).sum(1) / weight.sum(1))

    ids = torch.full((2, 8), len(SILENT), dtype=torch.long)
    axes = {name: {0: "texts", 1: "words"} for name in ("ids", "mask")} | {"vectors": {0: "texts"}}
    body.train(False)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer's remarks are for its makers
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            Whole(),
            (ids, torch.ones_like(ids)),
            str(whole),
            input_names=["ids", "mask"],
            output_names=["vectors"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(whole, target, weight_type=QuantType.QInt8)


def _resume(
    checkpoint: Path, body: BertModel, optimiser: torch.optim.Optimizer, device: str
) -> tuple[int, list[float]]:
    import torch

    if not checkpoint.exists():
        return 0, []
    state = torch.load(checkpoint, map_location=device, weights_only=True)
    body.load_state_dict(state["body"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"]), list(state["losses"])


def _keep(checkpoint: Path, body: BertModel, optimiser: torch.optim.Optimizer, step: int, losses: list[float]) -> None:
    import torch

    partial = checkpoint.with_suffix(".partial")
    torch.save(
        {"body": body.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "losses": losses}, partial
    )
    partial.replace(checkpoint)  # a checkpoint is whole or not there
