"""Static word vectors blended with a small transformer's: one knows the words, the other what they mean together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from corpus.encoder.contract import PrefixedEncoder, Vectors
from corpus.encoder.pooling import pooled, unit
from corpus.encoder.record import RECORD
from corpus.encoder.static import StaticEncoder
from corpus.errors import EncoderError

BODY = "body.onnx"
"""The transformer: ``ids`` and ``mask`` (texts, words) to ``vectors`` (texts, dimensions) of unit length."""

_SILENT = 2  # rows of unknown words and of the joint, which training never showed to the body


class BlendedEncoder(PrefixedEncoder):
    """The unit-length mean of a static vector and a transformer's, weighted by ``blend`` of the record.

    The folder is that of a :class:`StaticEncoder` with ``body.onnx`` beside, over the same vocabulary. The transformer
    reads long texts in windows of ``max_tokens`` words, whose vectors are averaged. Needs onnxruntime, no torch.
    """

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Raises EncoderError where a file is missing or damaged. Indexing runs in processes: a thread each."""
        import onnxruntime

        self._static = StaticEncoder(path)
        self._spec = self._static.spec
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        try:
            self._blend = float(json.loads((path / RECORD).read_text(encoding="utf-8"))["blend"])
            self._body = onnxruntime.InferenceSession(path / BODY, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the library raises bare Exceptions of its own
            raise EncoderError(
                "model-damaged",
                f"Mô hình {path} bị hỏng ({error}). Hãy chép lại thư mục mô hình hoặc cài lại chương trình.",
                f"The model {path} is damaged ({error}). Copy the model folder again or reinstall the program.",
            ) from error

    def _encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        prefixed = [prefix + text for text in texts]
        static = self._static.encode_passages(prefixed)
        mixed = (1 - self._blend) * static + self._blend * self._read(prefixed)
        mixed[~static.any(axis=1)] = 0  # no known word: nothing to go by
        return unit(mixed)

    def _read(self, texts: Sequence[str]) -> Vectors:
        vectors: list[Vectors] = []
        counts = []
        for ids in self._static.rows_of(texts):
            windows = list(self._windows([row for row in ids if row >= _SILENT]))
            vectors += map(self._vector, windows)
            counts.append(len(windows))
        return pooled(np.concatenate(vectors), counts) if vectors else np.zeros((0, self._spec.dimensions), np.float32)

    def _vector(self, window: list[int]) -> Vectors:
        # One by one: the scale of int8 activations is a whole batch's, so that company would change a text's vector;
        # and without padding it is as fast.
        ids = np.array([window or [0]], np.int64)
        vector: Vectors = self._body.run(None, {"ids": ids, "mask": np.ones_like(ids)})[0]
        return vector

    def _windows(self, rows: list[int]) -> Iterator[list[int]]:
        room = self._spec.max_tokens or len(rows) or 1
        for start in range(0, max(1, len(rows)), room):
            yield rows[start : start + room]
