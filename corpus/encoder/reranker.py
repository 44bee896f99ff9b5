"""A cross-encoder that reads question and passage together and puts the first passages into a better order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from corpus.encoder.registry import find_known_reranker
from corpus.encoder.transformer import is_offline, model_missing, windows_of


class Reranker(Protocol):
    """Judges passages against a question; texts come segmented where ``segmented`` says so."""

    @property
    def segmented(self) -> bool:
        """Whether texts must come as words joined by "_"."""
        ...

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """How well each passage answers, 0 to 1."""
        ...


class CrossEncoderReranker:
    """A sentence-transformers cross-encoder by folder or public name.

    A passage longer than the model reads beside the question is judged in windows, and counts as its best one.
    """

    def __init__(self, name: str) -> None:
        """Raises EncoderError where the model is missing; no connection is made where ``name`` is a folder."""
        from torch.nn import Sigmoid

        known = find_known_reranker(name)
        local = Path(name).is_dir()
        if not local and name.startswith((".", "/", "~")):
            raise model_missing(name)
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(name, local_files_only=local or is_offline(), activation_fn=Sigmoid())
        except Exception as error:  # the libraries raise OSError, ValueError and their own errors alike
            raise model_missing(name, str(error).strip().split("\n", maxsplit=1)[0]) from error
        self._segmented = known.segmented if known else "phobert" in type(self._model.tokenizer).__name__.lower()
        self._limit = min(known.max_tokens if known else 512, self._model.max_seq_length or 512)

    @property
    def segmented(self) -> bool:
        """Whether texts must come as words joined by "_"."""
        return self._segmented

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """How well each passage answers, 0 to 1."""
        if not passages:
            return []
        room = max(16, self._limit - self._tokens(question) - 1)
        windows = [windows_of(passage, room, self._tokens) for passage in passages]
        pairs = [(question, window) for held in windows for window in held]
        judged = iter(self._model.predict(pairs, show_progress_bar=False).tolist())
        return [max(float(next(judged)) for _ in held) for held in windows]

    def _tokens(self, text: str) -> int:
        return len(self._model.tokenizer(text, truncation=False, verbose=False)["input_ids"])


def load_reranker(name: str) -> Reranker:
    """The cross-encoder of that folder or public name; EncoderError where it is missing."""
    return CrossEncoderReranker(name)
