"""A teacher's vectors of the English halves of sentence pairs, for the Vietnamese halves to be taught with."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus.encoder.training.fit import Lesson
from corpus.encoder.training.material import bags_of
from corpus.encoder.training.sources import segmented_records
from corpus.errors import EncoderError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_SHARD = 8192  # sentences between two savings
# Mostly translated by machine: taken last.
_MACHINE_MADE = ("ms-", "3b1b-captions")


def teach(
    work: Path,
    tokenizer: Tokenizer,
    teacher: str,
    sentences: int,
    dimensions: int,
    report: Callable[[str], None],
) -> Lesson | None:
    """The teacher's lesson over at most ``sentences`` pairs, human translations first; None without any pair.

    ``teacher``: an English encoder by folder or public name; what it has read stays in ``work/teacher``. Raises
    EncoderError where its vectors have other than ``dimensions``.
    """
    records = list(segmented_records(work / "segmented", "parallel"))
    by_hand = [record for record in records if not record.key.startswith(_MACHINE_MADE)]
    by_machine = [record for record in records if record.key.startswith(_MACHINE_MADE)]
    random.Random(0).shuffle(by_hand)  # noqa: S311  (nothing secret)
    random.Random(1).shuffle(by_machine)  # noqa: S311  (nothing secret)
    records = [*by_hand, *by_machine][:sentences]
    if not records:
        return None
    vectors = _vectors([record.title for record in records], work / "teacher", teacher, report)
    if vectors.shape[1] != dimensions:
        raise EncoderError(
            "teacher-dimensions",
            f"Mô hình thầy {teacher} cho vectơ {vectors.shape[1]} chiều, cần {dimensions} chiều. "
            "Hãy chọn mô hình khác hoặc đổi số chiều của công thức.",
            f"The teacher {teacher} gives {vectors.shape[1]} dimensions where {dimensions} are needed. "
            "Choose another one or change the recipe's dimensions.",
        )
    return Lesson(bags_of((record.sections[0].text for record in records), tokenizer), vectors)


def _vectors(sentences: list[str], folder: Path, teacher: str, report: Callable[[str], None]) -> NDArray[np.float16]:
    from corpus.encoder.registry import load_encoder

    folder.mkdir(exist_ok=True)
    encoder = None
    shards = []
    for start in range(0, len(sentences), _SHARD):
        file = folder / f"{start:08}.npy"
        if not file.exists():
            encoder = encoder or load_encoder(teacher)
            partial = file.with_suffix(".partial.npy")
            np.save(partial, encoder.encode_passages(sentences[start : start + _SHARD]).astype(np.float16))
            partial.replace(file)
            report(f"taught {min(start + _SHARD, len(sentences))} of {len(sentences)} sentences")
        shards.append(np.load(file))
    return np.concatenate(shards)
