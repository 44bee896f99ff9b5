"""``encoder.json``: the record that lies beside a model and says how to use it."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from corpus.encoder.contract import EncoderSpec
from corpus.errors import EncoderError

RECORD = "encoder.json"


def read_record(path: Path) -> EncoderSpec:
    """The record beside the model in folder ``path``; EncoderError where it is missing or says something else."""
    file = path / RECORD
    try:
        row = json.loads(file.read_text(encoding="utf-8"))
        known = {field.name for field in fields(EncoderSpec)}
        spec = EncoderSpec(**{name: value for name, value in row.items() if name in known})
    except FileNotFoundError as error:
        raise EncoderError(
            "model-record-missing",
            f"Không thấy {file}. Hãy kiểm tra đường dẫn của mô hình.",
            f"There is no {file}. Check the path of the model.",
        ) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise _unusable(file, str(error)) from error
    wrong = [name for name, kind in _KINDS.items() if not isinstance(getattr(spec, name), kind)]
    if wrong:
        raise _unusable(file, ", ".join(wrong))
    return spec


def write_record(path: Path, spec: EncoderSpec, training: dict[str, Any], **settings: float) -> None:
    """Writes the record of a model, with a summary of how it was trained, into folder ``path``.

    ``settings``: what its encoder reads beside the record.
    """
    record = {**asdict(spec), **settings, "training": training}
    (path / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


_KINDS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "revision": str,
    "dimensions": int,
    "max_tokens": (int, type(None)),
    "segmented": bool,
    "query_prefix": str,
    "passage_prefix": str,
    "normalisation": int,
}


def _unusable(file: Path, what: str) -> EncoderError:
    return EncoderError(
        "model-record-unusable",
        f"Không dùng được {file} ({what}). Tệp này phải ghi name, revision, dimensions, max_tokens, segmented.",
        f"{file} cannot be used ({what}). It must give name, revision, dimensions, max_tokens, segmented.",
    )
