"""The shipped model and its light loader."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.encoder.registry import load_encoder
from corpus.encoder.static import SHIPPED, StaticEncoder
from corpus.errors import EncoderError
from corpus.language.segment import segment

TEXTS = [
    "Kế hoạch cải cách hành chính năm 2018 của tỉnh",
    "Sở Nội vụ chủ trì, phối hợp với Văn phòng Ủy ban nhân dân tỉnh",
    "tiêm phòng vắc xin cho đàn gia cầm",
    "Xây dựng nông thôn mới nâng cao, kiểu mẫu 2021-2025",
]


@pytest.fixture(scope="module")
def shipped() -> StaticEncoder:
    return StaticEncoder()


def test_related_passage_comes_first(shipped):
    passages = [
        "Giảm nghèo bền vững: hỗ trợ sinh kế, nhà ở cho hộ nghèo và hộ cận nghèo.",
        "Phòng cháy, chữa cháy rừng trong mùa khô; trực gác tại các trạm kiểm lâm.",
        "Tiêm phòng bệnh lở mồm long móng cho trâu, bò; giám sát dịch bệnh trên đàn vật nuôi.",
        "Số hóa hồ sơ, cung cấp dịch vụ công trực tuyến toàn trình cho người dân và doanh nghiệp.",
    ]
    questions = ["bảo vệ rừng", "thú y, chăn nuôi", "chuyển đổi số", "người nghèo"]
    expected = [1, 2, 3, 0]
    vectors = shipped.encode_passages([segment(text) for text in passages])
    scores = shipped.encode_queries([segment(text) for text in questions]) @ vectors.T
    assert scores.argmax(axis=1).tolist() == expected


def test_vectors_are_float32_of_unit_length_and_zero_without_known_words(shipped):
    vectors = shipped.encode_queries([segment(TEXTS[0]), "", "???", "\u4e2d\u6587"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, shipped.spec.dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 0, 0, 0], atol=1e-5)


def test_no_texts_give_no_vectors(shipped):
    assert shipped.encode_passages([]).shape == (0, shipped.spec.dimensions)


def test_word_outside_the_vocabulary_falls_back_to_its_syllables(shipped):
    joined, apart = shipped.encode_queries(["cải_hành_nông_thôn", "cải hành nông_thôn"])
    assert joined @ apart > 0.999


def test_case_does_not_matter(shipped):
    upper, lower = shipped.encode_queries(["CẢI_CÁCH HÀNH_CHÍNH", "cải_cách hành_chính"])
    assert upper @ lower > 0.999


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_gives_finite_vectors_and_batches_change_nothing(texts):
    encoder = load_encoder()
    together = encoder.encode_passages(texts)
    assert np.isfinite(together).all()
    for text, vector in zip(texts, together, strict=True):
        assert np.array_equal(encoder.encode_passages([text])[0], vector)


def test_torch_is_not_imported():
    code = (
        "import sys; from corpus.encoder.registry import load_encoder; load_encoder().encode_queries(['kế_hoạch']);"
        "sys.exit('torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_shipped_folder_is_small():
    assert sum(file.stat().st_size for file in SHIPPED.rglob("*") if file.is_file()) <= 40 * 2**20


def test_record_is_complete(shipped):
    record = json.loads((SHIPPED / "encoder.json").read_text(encoding="utf-8"))
    assert shipped.spec.segmented
    assert record["revision"] == shipped.spec.revision
    assert record["training"]["static"]["pairs"] > 0
    assert record["training"]["transformer"]["sentences"] > 0


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "model"))


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_missing_file_is_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(EncoderError) as caught:
        StaticEncoder(copy)
    assert caught.value.code == "model-file-missing"
    assert name in caught.value.vi
    assert name in caught.value.en


def test_missing_record_is_named(copy):
    (copy / "encoder.json").unlink()
    with pytest.raises(EncoderError) as caught:
        StaticEncoder(copy)
    assert caught.value.code == "model-record-missing"


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_damaged_file_is_named(copy, name):
    (copy / name).write_bytes(b"\x00damaged")
    with pytest.raises(EncoderError) as caught:
        StaticEncoder(copy)
    assert caught.value.code == "model-damaged"
    assert name in caught.value.vi


@pytest.mark.parametrize("change", [{"dimensions": 7}, {"dimensions": "many"}, {"segmented": None}, {"name": 3}])
def test_record_that_does_not_fit_is_refused(copy, change):
    file = copy / "encoder.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(EncoderError) as caught:
        load_encoder(str(copy))
    assert caught.value.code in {"model-damaged", "model-record-unusable"}


@pytest.mark.parametrize("content", ["", "[]", "{}", "null", '{"name": "x"}', "\u00ff"])
def test_unusable_record_is_refused(copy, content):
    (copy / "encoder.json").write_text(content, encoding="utf-8")
    with pytest.raises(EncoderError) as caught:
        StaticEncoder(copy)
    assert caught.value.code == "model-record-unusable"
    assert "encoder.json" in caught.value.vi
