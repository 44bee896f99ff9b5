"""Static word vectors: a text's vector is the mean of its words' vectors, at unit length. Needs no torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from corpus.encoder.contract import PrefixedEncoder, Vectors
from corpus.encoder.pooling import unit
from corpus.encoder.record import read_record
from corpus.errors import EncoderError

SHIPPED = Path(__file__).parent / "shipped"
"""The model that comes with the package."""

_BATCH = 1024  # texts gathered at once: bounds memory, costs no speed


class StaticEncoder(PrefixedEncoder):
    """A sentence-transformers ``StaticEmbedding`` read with numpy, tokenizers and safetensors alone.

    The folder holds ``tokenizer.json``, ``model.safetensors`` with int8 rows ``embeddings`` and a scale a row,
    ``weights`` (the layout of model2vec, which sentence-transformers reads too), and ``encoder.json``, the record.
    """

    def __init__(self, path: Path = SHIPPED) -> None:
        """Raises EncoderError where a file is missing, damaged or of another shape than the record says."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self._spec = read_record(path)
        weights = path / "model.safetensors"
        vocabulary = path / "tokenizer.json"
        for needed in (weights, vocabulary):
            if not needed.is_file():
                raise EncoderError(
                    "model-file-missing",
                    f"Mô hình {path} thiếu tệp {needed.name}. Hãy chép lại đủ thư mục mô hình.",
                    f"The model {path} lacks {needed.name}. Copy the whole model folder again.",
                )
        try:
            tensors = load_file(weights)
            self._rows = tensors["embeddings"]
            self._scales = tensors["weights"].astype(np.float32)
        except (SafetensorError, KeyError, OSError) as error:
            raise _damaged(path, f"{weights.name}: {error}") from error
        try:
            self._tokenizer = Tokenizer.from_file(str(vocabulary))
        except Exception as error:
            raise _damaged(path, f"{vocabulary.name}: {error}") from error
        expected = (self._tokenizer.get_vocab_size(), self._spec.dimensions)
        if self._rows.shape != expected or self._scales.shape != expected[:1]:
            raise _damaged(path, f"{weights.name}: {self._rows.shape} {self._scales.shape} != {expected}")

    def rows_of(self, texts: Sequence[str]) -> Iterator[list[int]]:
        """The rows of each text's words."""
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            yield from (encoding.ids for encoding in self._tokenizer.encode_batch(batch, add_special_tokens=False))

    def _encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        vectors = np.zeros((len(texts), self._spec.dimensions), np.float32)
        for at, ids in enumerate(self.rows_of([prefix + text for text in texts])):
            if ids:
                vectors[at] = self._scales[ids] @ self._rows[ids].astype(np.float32)
        return unit(vectors)  # the mean's divisor drops out


def static_rows(path: Path) -> Vectors:
    """The word vectors of a static model's folder, a row a word of its tokenizer."""
    from safetensors.numpy import load_file

    tensors = load_file(path / "model.safetensors")
    return np.asarray(tensors["embeddings"] * tensors["weights"].astype(np.float32)[:, None], np.float32)


def _damaged(path: Path, what: str) -> EncoderError:
    return EncoderError(
        "model-damaged",
        f"Mô hình {path} bị hỏng ({what}). Hãy chép lại thư mục mô hình hoặc cài lại chương trình.",
        f"The model {path} is damaged ({what}). Copy the model folder again or reinstall the program.",
    )
