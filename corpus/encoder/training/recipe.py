"""What a training run does: with the data and the seed it fixes the weights."""

from __future__ import annotations

from dataclasses import dataclass

SHARES = {"phapdien": 1.0, "tthc": 1.0, "congbao": 1.0, "wiki": 0.5, "news": 0.35}
"""Part of each source's pairs that is used: news is ten times the law in size, and farther from plans."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of a run.

    ``words``: size of the vocabulary; ``minimum``: occurrences of a word; ``batch``: pairs that serve each other as
    wrong answers; ``rate``: peak learning rate of Adam; ``temperature``: of the contrastive losses; ``distil``: weight
    of the teacher's loss, where there is a teacher, and ``sentences``: how many pairs it reads at most;
    ``damping``: each row is divided by this power of its length in the end.
    """

    words: int = 38_000
    dimensions: int = 384
    minimum: int = 5
    batch: int = 2048
    epochs: int = 1
    rate: float = 0.01
    temperature: float = 0.05
    distil: float = 0.3
    sentences: int = 65_536
    damping: float = 0.4
    seed: int = 0


@dataclass(frozen=True, slots=True)
class TransformerRecipe:
    """Settings of a transformer's run, those of two CPU cores; a GPU takes larger batches and more steps.

    ``layers``: kept of the teacher's body; ``longest``: words read of a text while training; ``batch``: pairs that
    serve each other as wrong answers; ``sentences_a_step``: sentence pairs beside them; ``opening``: part of the steps
    that sees sentences alone; ``rate``, ``rate_of_words``: peak learning rates of AdamW for the body and the input
    vectors; ``distil``: weight of the sentences' loss after the opening; ``blend``: share of the transformer in a
    text's vector, the static model's being the rest; ``groups``: a batch is embedded in that many parts of like length.
    ``attention``: eager was twice as fast as SDPA backwards on a CPU. On two cores pairs are left out: 600 steps with
    them, an hour, brought what 1,200 steps without bring in ten minutes (benchmarks/RESULTS.md).
    """

    layers: int = 2
    longest: int = 64
    batch: int = 256
    sentences_a_step: int = 256
    sentences: int = 250_000
    steps: int = 1_200
    opening: float = 1.0
    rate: float = 2e-4
    rate_of_words: float = 1e-3
    temperature: float = 0.05
    distil: float = 0.3
    blend: float = 0.4
    groups: int = 8
    attention: str = "eager"
    seed: int = 0


ON_GPU = TransformerRecipe(longest=96, batch=1_024, sentences_a_step=1_024, steps=6_000, opening=0.2, groups=4)
"""The same run with a GPU's batches, and pairs: about three and a half passes over all of them. Not tried yet."""
