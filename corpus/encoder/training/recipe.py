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
