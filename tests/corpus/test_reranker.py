"""A cross-encoder behind its contract, on a tiny model made here."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.encoder.registry import find_known_reranker, known_rerankers
from corpus.encoder.reranker import load_reranker
from corpus.errors import EncoderError


@pytest.fixture(scope="module")
def cross_encoder(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    folder = tmp_path_factory.mktemp("cross")
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
        num_labels=1,
        initializer_range=1.0,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.model_max_length = 32
    tokenizer.save_pretrained(folder)
    return folder


def test_scores_are_shares_and_do_not_depend_on_company(cross_encoder):
    reranker = load_reranker(str(cross_encoder))
    passages = ["rừng nước", "kế hoạch nước", "rừng"]
    together = reranker.scores("kế hoạch", passages)
    assert all(0 <= score <= 1 for score in together)
    assert len({round(score, 4) for score in together}) >= 2
    alone = [reranker.scores("kế hoạch", [passage])[0] for passage in passages]
    assert together == pytest.approx(alone, abs=1e-4)
    assert reranker.scores("kế hoạch", []) == []


def test_a_long_passage_counts_as_its_best_window(cross_encoder):
    reranker = load_reranker(str(cross_encoder))
    long = " ".join(["rừng nước"] * 30 + ["kế hoạch"] * 30)
    room = 32 - len(["[CLS]", "kế", "hoạch", "[SEP]"]) - 1 - 2
    words = long.split()
    windows = [" ".join(words[at : at + room]) for at in range(0, len(words), room)]
    assert len(windows) > 2
    assert reranker.scores("kế hoạch", [long]) == pytest.approx([max(reranker.scores("kế hoạch", windows))], abs=1e-4)


def test_missing_model_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name in (str(tmp_path / "nowhere"), "maker/nowhere"):
        with pytest.raises(EncoderError) as caught:
            load_reranker(name)
        assert caught.value.code == "model-missing"
        assert "hf download" in caught.value.vi


def test_table_of_known_models_says_which_want_words():
    assert {model.name for model in known_rerankers()} >= {"BAAI/bge-reranker-v2-m3", "itdainb/PhoRanker"}
    found = find_known_reranker("/models/PhoRanker")
    assert found is not None
    assert found.segmented
    assert found.max_tokens == 256
