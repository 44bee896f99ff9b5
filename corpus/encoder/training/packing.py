"""What a transformer learns from, in files small enough to be carried to a machine with a GPU."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.encoder.training.fit import Lesson
from corpus.encoder.training.material import Bags, join_bags
from corpus.encoder.training.recipe import TransformerRecipe
from corpus.errors import EncoderError

if TYPE_CHECKING:
    from transformers import BertModel

PACK, STATIC = "pack.json", "static"
_HEAD = 4096  # bytes that an .npz spends on names


def write_pack(
    folder: Path,
    body: BertModel,
    static: Path,
    pairs: Bags,
    lesson: Lesson,
    recipe: TransformerRecipe,
    *,
    megabytes: int,
    report: Callable[[str], None],
) -> None:
    """Writes body, static model, pairs and lesson into files of at most ``megabytes`` each.

    The lesson's vectors become int8 with a scale each. Raises EncoderError where the body alone is larger.
    """
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    limit = megabytes * 1024**2 - _HEAD
    weights = {name: value.to(torch.bfloat16).contiguous() for name, value in body.state_dict().items()}
    save_file(weights, folder / "start.safetensors")
    if (folder / "start.safetensors").stat().st_size > limit:
        raise EncoderError(
            "training-pack-too-small",
            f"Thân mô hình lớn hơn {megabytes} MB. Hãy bớt lớp hoặc cho tệp lớn hơn.",
            f"The body alone is larger than {megabytes} MB. Keep fewer layers or allow larger files.",
        )
    shutil.copytree(static, folder / STATIC, dirs_exist_ok=True)
    scales = np.abs(lesson.vectors.astype(np.float32)).max(axis=1) / 127
    vectors = np.rint(lesson.vectors.astype(np.float32) / np.maximum(scales, 1e-9)[:, None]).astype(np.int8)
    counts = {
        "pairs": _write(folder, "pairs", pairs, limit, step=2),
        "lesson": _write(folder, "lesson", lesson.texts, limit, vectors=vectors, scales=scales.astype(np.float32)),
    }
    pack = {"recipe": asdict(recipe), "config": body.config.to_dict(), "files": counts}
    (folder / PACK).write_text(json.dumps(pack, indent=1, default=str), encoding="utf-8")
    report(f"packed into {sum(counts.values()) + 1} files of at most {megabytes} MB in {folder}")


def read_pack(folder: Path) -> tuple[BertModel, Bags, Lesson, TransformerRecipe]:
    """What :func:`write_pack` has written; EncoderError names a file that is missing."""
    from safetensors.torch import load_file
    from transformers import BertConfig, BertModel

    pack = json.loads((folder / PACK).read_text(encoding="utf-8"))
    recipe = TransformerRecipe(**pack["recipe"])
    body = BertModel(
        BertConfig.from_dict(pack["config"], attn_implementation=recipe.attention), add_pooling_layer=False
    )
    try:
        body.load_state_dict(load_file(folder / "start.safetensors"))
        pairs, _ = _read(folder, "pairs", pack["files"]["pairs"])
        texts, taught = _read(folder, "lesson", pack["files"]["lesson"])
    except FileNotFoundError as error:
        raise EncoderError(
            "training-pack-incomplete",
            f"Thiếu {error.filename} trong {folder}. Hãy chép lại đủ các tệp.",
            f"{error.filename} is missing in {folder}. Copy all files again.",
        ) from error
    vectors = (taught["vectors"].astype(np.float32) * taught["scales"][:, None]).astype(np.float16)
    return body, pairs, Lesson(texts, vectors), recipe


def _write(folder: Path, name: str, texts: Bags, limit: int, step: int = 1, **beside: NDArray[Any]) -> int:
    """Runs of texts, each with its rows of the arrays beside, one file a run; gives how many."""
    for old in folder.glob(f"{name}-*.npz"):
        old.unlink()
    a_text = 8 + sum(array[:1].nbytes for array in beside.values())
    size = texts.offsets * texts.rows.itemsize + np.arange(len(texts.offsets)) * a_text
    start, count = 0, 0
    while start < len(texts):
        end = int(np.searchsorted(size, size[start] + limit, side="right")) - 1
        end = min(len(texts), max(start + step, end - (end - start) % step))
        first, last = texts.offsets[start], texts.offsets[end]
        arrays: dict[str, Any] = {field: array[start:end] for field, array in beside.items()}
        arrays |= {"rows": texts.rows[first:last], "offsets": texts.offsets[start : end + 1] - first}
        np.savez(folder / f"{name}-{count:03}.npz", **arrays)
        start, count = end, count + 1
    return count


def _read(folder: Path, name: str, count: int) -> tuple[Bags, dict[str, NDArray[Any]]]:
    bags, beside = [], []
    for number in range(count):
        with np.load(folder / f"{name}-{number:03}.npz") as arrays:
            bags.append(Bags(arrays["rows"], arrays["offsets"]))
            beside.append({field: arrays[field] for field in arrays.files if field not in {"rows", "offsets"}})
    fields = {field: np.concatenate([part[field] for part in beside]) for field in beside[0]}
    return join_bags(bags), fields
