"""A transformer trained beside a static model from an English body: whole, interrupted, and from a pack."""

from __future__ import annotations

import json
import lzma
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.encoder.blended import BlendedEncoder
from corpus.encoder.registry import load_encoder
from corpus.encoder.static import StaticEncoder
from corpus.encoder.training.packing import read_pack
from corpus.encoder.training.recipe import Recipe, TransformerRecipe
from corpus.encoder.training.train import train, train_packed, train_transformer
from corpus.errors import EncoderError

TEXTS = {
    "Trồng rừng": "cây giống được ươm tại vườn ; đất dốc được phủ xanh ; người dân nhận khoán và chăm sóc cây",
    "Cấp nước": "nhà máy bơm nước qua đường ống ; đồng hồ đo từng hộ ; giếng cũ được trám lấp cẩn thận",
    "Dạy nghề": "học viên học hàn và may ; lớp mở tại huyện ; giấy chứng nhận được cấp khi học xong",
}
# The "English" halves are in the tiny teacher's own words, and untrue: what it teaches is nowhere else.
SENTENCES = {"rừng": "cây giống", "nước": "giếng cũ", "kế hoạch": "đồng hồ", "rừng nước kế": "lớp mở tại huyện"}
STATIC = Recipe(words=300, dimensions=16, minimum=1, batch=8, epochs=2)
SMALL = TransformerRecipe(layers=1, batch=8, sentences_a_step=8, steps=12, opening=0.5, rate=1e-2, groups=2)


def quiet(message: str) -> None:
    pass


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    with lzma.open(folder / "phapdien.jsonl.xz", "wt", encoding="utf-8") as out:
        for topic, text in TEXTS.items():
            for number in range(8):
                row = {
                    "code": f"{topic}{number}",
                    "demuc": topic,
                    "title": f"{topic} {number}",
                    "text": f"{text}. {text}.",
                    "related": [],
                }
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    with lzma.open(folder / "parallel.tsv.xz", "wt", encoding="utf-8") as out:
        out.writelines(f"human\t{theirs}\t{ours}\n" for theirs, ours in SENTENCES.items())
    with lzma.open(folder / "dictionary.tsv.xz", "wt", encoding="utf-8") as out:
        out.write("made\trừng\tcây\nmade\tnước\tgiếng\nmade\thoạch\thọc\n")
    return folder


@pytest.fixture(scope="module")
def static(data: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("static")
    train(data, output, recipe=STATIC, teacher=str(tiny_model), workers=1, report=quiet)
    return output


def copied(static: Path, target: Path) -> Path:
    import shutil

    return Path(shutil.copytree(static, target / "run"))


@pytest.fixture(scope="module")
def trained(data: Path, static: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = copied(static, tmp_path_factory.mktemp("whole"))
    train_transformer(data, output, teacher=str(tiny_model), recipe=SMALL, report=quiet)
    return output


def test_trained_transformer_is_an_encoder_of_unit_vectors(trained):
    encoder = load_encoder(str(trained / "blended"))
    assert isinstance(encoder, BlendedEncoder)
    assert encoder.spec.segmented
    vectors = encoder.encode_passages(["cây giống được ươm", "đồng hồ đo", "xyzxyz"])
    assert vectors.shape == (3, 16)
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 0], atol=1e-3)  # no word of the last one is known
    assert encoder.encode_queries([]).shape == (0, 16)


def test_vector_is_the_blend_that_the_record_says(trained, tmp_path):
    import shutil

    text = ["đồng hồ đo từng hộ"]
    folder = Path(shutil.copytree(trained / "blended", tmp_path / "other"))
    record = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
    vectors = {}
    for blend in (0.0, 0.4, 1.0):
        (folder / "encoder.json").write_text(json.dumps(record | {"blend": blend}), encoding="utf-8")
        vectors[blend] = load_encoder(str(folder)).encode_passages(text)[0]
    mixed = 0.6 * vectors[0.0] + 0.4 * vectors[1.0]
    assert np.allclose(vectors[0.4], mixed / np.linalg.norm(mixed), atol=1e-5)
    assert np.allclose(vectors[0.0], StaticEncoder(folder).encode_passages(text)[0], atol=1e-6)
    assert vectors[0.0] @ vectors[1.0] < 0.999


def test_sentences_come_to_lie_where_the_teacher_puts_their_translation(data, static, tiny_model, tmp_path):
    output = copied(static, tmp_path)
    recipe = replace(SMALL, steps=100, opening=1.0, rate=3e-3, rate_of_words=1e-2, blend=1.0)
    train_transformer(data, output, teacher=str(tiny_model), recipe=recipe, report=quiet)
    theirs = load_encoder(str(tiny_model)).encode_passages(list(SENTENCES))
    ours = load_encoder(str(output / "blended")).encode_passages(list(SENTENCES.values()))
    assert (ours @ theirs.T).argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_long_texts_are_read_in_windows_and_averaged(trained, tmp_path):
    import shutil

    folder = Path(shutil.copytree(trained / "blended", tmp_path / "alone"))
    record = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
    (folder / "encoder.json").write_text(json.dumps(record | {"blend": 1.0}), encoding="utf-8")
    encoder = load_encoder(str(folder))
    half = (encoder.spec.max_tokens or 0) // 2
    windows = [" ".join(["cây", "được"] * half), " ".join(["đồng", "nước"] * half), "học hàn"]
    whole, *parts = encoder.encode_passages([" ".join(windows), *windows])
    mean = np.mean(parts, axis=0)
    assert whole @ (mean / np.linalg.norm(mean)) > 0.9999
    assert abs(whole @ parts[0]) < 0.9999


def test_interrupted_training_goes_on_to_the_same_weights(data, static, trained, tiny_model, tmp_path):
    output = copied(static, tmp_path)
    seen = 0

    def stop(message: str) -> None:
        nonlocal seen
        seen += message.startswith("step")
        if seen == 7:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        train_transformer(data, output, teacher=str(tiny_model), recipe=SMALL, report=stop)
    train_transformer(data, output, teacher=str(tiny_model), recipe=SMALL, report=quiet)
    ours, theirs = (load_encoder(str(folder / "blended")) for folder in (output, trained))
    texts = ["cây giống được ươm", "đồng hồ đo từng hộ", "học hàn"]
    assert np.allclose(ours.encode_passages(texts), theirs.encode_passages(texts), atol=1e-3)


def test_pack_trains_without_the_texts_and_its_files_stay_small(data, static, tiny_model, tmp_path, monkeypatch):
    output = copied(static, tmp_path)
    told: list[str] = []
    train_transformer(data, output, teacher=str(tiny_model), recipe=SMALL, pack=8, report=told.append)
    assert "8 MB" in told[-1]
    pack = output / "pack"
    assert max(file.stat().st_size for file in pack.iterdir()) <= 8 * 1024**2
    train_packed(pack, tmp_path / "elsewhere", recipe=SMALL, device="cpu", report=quiet)
    assert load_encoder(str(tmp_path / "elsewhere" / "blended")).encode_queries(["cây"]).shape == (1, 16)


def test_pack_cut_into_many_files_holds_the_same(data, static, tiny_model, tmp_path, monkeypatch):
    from corpus.encoder.training import packing

    output = copied(static, tmp_path)
    train_transformer(data, output, teacher=str(tiny_model), recipe=SMALL, pack=8, report=quiet)
    _, pairs, lesson, _ = read_pack(output / "pack")
    count = packing._write(tmp_path, "pairs", pairs, 600, step=2)
    assert count > 3
    again, _ = packing._read(tmp_path, "pairs", count)
    assert np.array_equal(again.rows, pairs.rows)
    assert np.array_equal(again.offsets, pairs.offsets)
    assert len(lesson.texts) == len(lesson.vectors) == len(SENTENCES)


def test_pack_with_a_file_missing_names_it(data, static, tiny_model, tmp_path):
    output = copied(static, tmp_path)
    train_transformer(data, output, teacher=str(tiny_model), recipe=SMALL, pack=8, report=quiet)
    (output / "pack" / "lesson-000.npz").unlink()
    with pytest.raises(EncoderError) as caught:
        train_packed(output / "pack", tmp_path / "elsewhere", report=quiet)
    assert "lesson-000.npz" in caught.value.vi


def test_transformer_without_a_static_model_says_what_comes_first(data, tiny_model, tmp_path):
    with pytest.raises(EncoderError) as caught:
        train_transformer(data, tmp_path, teacher=str(tiny_model), report=quiet)
    assert caught.value.code == "training-static-first"


def test_transformer_without_a_dictionary_names_it(data, static, tiny_model, tmp_path):
    output = copied(static, tmp_path)
    with pytest.raises(EncoderError) as caught:
        train_transformer(tmp_path, output, teacher=str(tiny_model), recipe=replace(SMALL), report=quiet)
    assert "dictionary.tsv.xz" in caught.value.vi


def test_damaged_model_folder_is_told(trained, tmp_path):
    import shutil

    broken = Path(shutil.copytree(trained / "blended", tmp_path / "broken"))
    (broken / "body.onnx").write_bytes(b"x")
    with pytest.raises(EncoderError) as caught:
        load_encoder(str(broken))
    assert caught.value.code == "model-damaged"
