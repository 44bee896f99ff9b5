"""``tienle train``: the static model, then the transformer; or a pack of what the transformer learns from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from corpus.encoder.training.packing import PACK
from corpus.encoder.training.recipe import TransformerRecipe
from corpus.encoder.training.train import train, train_packed, train_transformer
from corpus.errors import EncoderError


def run_training(
    data: Path,
    output: Path,
    *,
    seed: int,
    teacher: str | None,
    workers: int | None,
    transformer: bool,
    pack: int | None,
) -> None:
    """Trains what is asked for; EncoderError where a transformer is asked for without a teacher."""
    if (data / PACK).is_file():
        train_packed(data, output)
        return
    if (transformer or pack) and not teacher:
        raise EncoderError(
            "training-no-teacher",
            "Mô hình transformer bắt đầu từ một mô hình tiếng Anh: hãy thêm --teacher.",
            "A transformer starts from an English model: add --teacher.",
        )
    train(data, output, seed=seed, teacher=teacher, workers=workers)
    if teacher and (transformer or pack):
        train_transformer(data, output, teacher=teacher, recipe=replace(TransformerRecipe(), seed=seed), pack=pack)
