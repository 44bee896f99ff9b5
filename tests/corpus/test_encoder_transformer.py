"""Sentence-transformers models behind the contract, on a tiny transformer made here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from corpus.encoder.registry import find_known, known_models, load_encoder
from corpus.encoder.transformer import Declaration, SentenceTransformerEncoder
from corpus.errors import EncoderError


@pytest.fixture
def tiny(tiny_model: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(tiny_model, tmp_path / "model"))


def write_record(folder: Path, **changes: object) -> None:
    record = {"name": "tiny", "revision": "1", "dimensions": 16, "max_tokens": 32, "segmented": False} | changes
    (folder / "encoder.json").write_text(json.dumps(record), encoding="utf-8")


def test_prefixes_are_put_before_the_texts(tiny):
    plain = SentenceTransformerEncoder(str(tiny), Declaration(16, 32))
    prefixed = SentenceTransformerEncoder(
        str(tiny), Declaration(16, 32, query_prefix="query: ", passage_prefix="passage: ")
    )
    assert np.allclose(prefixed.encode_queries(["rừng"]), plain.encode_queries(["query: rừng"]), atol=1e-6)
    assert np.allclose(prefixed.encode_passages(["rừng"]), plain.encode_passages(["passage: rừng"]), atol=1e-6)
    assert not np.allclose(prefixed.encode_queries(["rừng"]), plain.encode_queries(["rừng"]), atol=1e-3)


def test_vectors_are_float32_of_unit_length(tiny):
    encoder = SentenceTransformerEncoder(str(tiny), Declaration(16, 32))
    vectors = encoder.encode_passages(["rừng", "nước kế hoạch", ""])
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, 16)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode_queries([]).shape == (0, 16)


def test_record_beside_the_model_counts(tiny):
    write_record(tiny, segmented=True, query_prefix="query: ")
    encoder = load_encoder(str(tiny))
    assert encoder.spec.segmented
    assert encoder.spec.name == "tiny"
    plain = SentenceTransformerEncoder(str(tiny), Declaration(16, 32))
    assert encoder.spec.query_prefix == "query: "
    assert np.allclose(encoder.encode_queries(["nước"]), plain.encode_queries(["nước"]), atol=1e-6)


def test_without_a_record_the_model_s_own_prompts_count_once(tiny):
    encoder = load_encoder(str(tiny))
    assert encoder.spec.query_prefix == "kế "
    assert encoder.spec.passage_prefix == ""
    assert encoder.spec.dimensions == 16
    bare = SentenceTransformerEncoder(str(tiny), Declaration(16, 64))
    assert np.allclose(encoder.encode_queries(["rừng"]), bare.encode_queries(["kế rừng"]), atol=1e-6)


def test_wrong_dimensions_are_refused_with_both_numbers(tiny):
    write_record(tiny, dimensions=384)
    with pytest.raises(EncoderError) as caught:
        load_encoder(str(tiny))
    assert caught.value.code == "model-dimensions"
    assert "384" in caught.value.vi
    assert "16" in caught.value.vi


def test_other_weights_are_another_revision(tiny):
    before = load_encoder(str(tiny)).spec
    import torch
    from safetensors.torch import load_file, save_file

    weights = load_file(tiny / "model.safetensors")
    weights = {name: tensor + torch.ones_like(tensor) for name, tensor in weights.items()}
    save_file(weights, tiny / "model.safetensors", metadata={"format": "pt"})
    after = load_encoder(str(tiny)).spec
    assert before.revision != after.revision
    assert before.fingerprint != after.fingerprint


def test_folder_called_after_a_known_model_gets_its_prefixes():
    known = find_known("/models/multilingual-e5-small")
    assert known is not None
    assert known.declaration.query_prefix == "query: "
    cached = find_known("/cache/models--intfloat--multilingual-e5-small/snapshots/0123")
    assert cached == known
    assert find_known("somebody/unknown-model") is None


def test_known_models_are_sound():
    names = [model.name for model in known_models()]
    assert len(names) == len(set(names))
    for model in known_models():
        assert model.declaration.dimensions > 0
        assert model.licence
    segmented = {model.name for model in known_models() if model.declaration.segmented}
    assert "bkai-foundation-models/vietnamese-bi-encoder" in segmented
    assert "BAAI/bge-m3" not in segmented


def test_missing_folder_is_an_error_that_says_how_to_get_it(tmp_path):
    with pytest.raises(EncoderError) as caught:
        load_encoder(str(tmp_path / "nowhere"))
    assert caught.value.code == "model-missing"
    assert "hf download" in caught.value.vi


def test_offline_a_public_name_is_refused_without_a_connection(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(EncoderError) as caught:
        load_encoder("intfloat/multilingual-e5-small")
    assert caught.value.code == "model-missing"
    assert "hf download intfloat/multilingual-e5-small" in caught.value.en
    assert "multilingual-e5-small" in caught.value.vi


def test_a_text_longer_than_the_model_reads_is_read_in_windows_not_cut_off(tiny):
    encoder = SentenceTransformerEncoder(str(tiny), Declaration(16, 12, passage_prefix="passage: "))
    short, tail = "rừng " * 4, "nước " * 40
    cut = encoder.encode_passages([short + "rừng " * 4])
    whole = encoder.encode_passages([short + tail])
    assert not np.allclose(cut, whole, atol=1e-3)  # what comes late counts too
    # room for 12 tokens: [CLS] passage : + 8 words + [SEP]; 24 words are three windows alike
    assert np.allclose(encoder.encode_passages(["nước " * 24]), encoder.encode_passages(["nước " * 8]), atol=1e-5)
    assert np.allclose(np.linalg.norm(whole, axis=1), 1.0, atol=1e-5)


def test_windows_of_several_texts_stay_apart(tiny):
    encoder = SentenceTransformerEncoder(str(tiny), Declaration(16, 12))
    texts = ["nước " * 30, "rừng", "kế hoạch " * 20, "nước rừng"]
    together = encoder.encode_passages(texts)
    alone = np.concatenate([encoder.encode_passages([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)


def test_a_word_longer_than_the_model_reads_does_not_break_it(tiny):
    vectors = SentenceTransformerEncoder(str(tiny), Declaration(16, 12)).encode_passages(["x" * 5_000])
    assert vectors.shape == (1, 16)
