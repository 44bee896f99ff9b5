"""The training recipe: its pairs, its vocabulary, and a run on a tiny made-up data set."""

from __future__ import annotations

import json
import lzma
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.encoder.registry import load_encoder
from corpus.encoder.training import fit as run
from corpus.encoder.training.material import bags_of, join_bags
from corpus.encoder.training.pairs import (
    Pair,
    generic_titles,
    keywords,
    pairs_of,
    passages_of,
    sentence_and_rest,
    sentences_of,
    thinned,
)
from corpus.encoder.training.recipe import Recipe
from corpus.encoder.training.sources import Record, Section
from corpus.encoder.training.train import train
from corpus.encoder.training.vocabulary import SILENT, build_tokenizer, choose_words, words_of
from corpus.errors import EncoderError

TOPICS = {
    "Trồng rừng": "cây giống được ươm tại vườn ; đất dốc được phủ xanh ; người dân nhận khoán và chăm sóc cây",
    "Cấp nước sạch": "nhà máy bơm nước qua đường ống ; đồng hồ đo từng hộ ; giếng cũ được trám lấp cẩn thận",
    "Dạy nghề": "học viên học hàn và may ; lớp mở tại huyện ; giấy chứng nhận được cấp khi học xong",
    "Thú y": "trâu bò được tiêm vắc xin ; chuồng trại được khử trùng ; ổ dịch được khoanh vùng ngay",
}
RECIPE = Recipe(words=500, dimensions=16, minimum=1, batch=8, epochs=4)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    rows = [
        {
            "code": f"{topic}.{number}",
            "demuc": topic,
            "title": f"{topic} đợt {number}",
            "text": f"{text}. Đợt {number} làm trong năm {2010 + number}. {text}. Kết quả được báo cáo đầy đủ.",
            "related": [f"{topic}.{number + 1}"],
        }
        for topic, text in TOPICS.items()
        for number in range(8)
    ]
    with lzma.open(folder / "phapdien.jsonl.xz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return folder


def weights_of(output: Path) -> bytes:
    return (output / "model" / "model.safetensors").read_bytes()


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("first")
    train(data, output, recipe=RECIPE, workers=1, report=lambda message: None)
    return output


def test_trained_model_tells_topics_apart(trained):
    encoder = load_encoder(str(trained / "model"))
    vectors = encoder.encode_passages([text.lower() for text in TOPICS.values()])
    questions = encoder.encode_queries(["vắc_xin trâu_bò", "ươm cây_giống", "học hàn"])
    assert (questions @ vectors.T).argmax(axis=1).tolist() == [3, 0, 2]


def test_trained_folder_loads_in_sentence_transformers(trained):
    from sentence_transformers import SentenceTransformer

    text = ["cây_giống được ươm tại vườn"]
    ours = load_encoder(str(trained / "model")).encode_passages(text)
    theirs = SentenceTransformer(str(trained / "model"), device="cpu", local_files_only=True).encode(text)
    assert (ours @ theirs.T).item() > 0.999


def test_same_data_and_seed_give_the_same_weights_and_another_seed_others(data, trained, tmp_path):
    train(data, tmp_path / "again", recipe=RECIPE, workers=2, report=lambda message: None)
    train(data, tmp_path / "other", recipe=RECIPE, workers=1, seed=1, report=lambda message: None)
    assert weights_of(tmp_path / "again") == weights_of(trained)
    assert weights_of(tmp_path / "other") != weights_of(trained)


@pytest.mark.parametrize(
    ("moment", "times"), [("segmented", 1), ("words counted", 1), ("pairs of", 1), ("step", 2), ("step", 15)]
)
def test_interrupted_run_goes_on_to_the_same_weights(data, trained, tmp_path, moment, times):
    seen = 0

    def stop(message: str) -> None:
        nonlocal seen
        seen += message.startswith(moment)
        if seen == times:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        train(data, tmp_path, recipe=RECIPE, workers=1, report=stop)
    messages: list[str] = []
    train(data, tmp_path, recipe=RECIPE, workers=1, report=messages.append)
    assert weights_of(tmp_path) == weights_of(trained)
    assert not any(message.startswith("segmented") for message in messages)


@pytest.fixture(scope="module")
def data_in_two_languages(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    (folder / "phapdien.jsonl.xz").write_bytes((data / "phapdien.jsonl.xz").read_bytes())
    # The "English" halves are in the made-up teacher's own words, and untrue: what it teaches is nowhere else.
    pairs = [("đồng hồ đo", "trâu bò tiêm vắc xin"), ("lớp mở tại huyện", "giếng cũ được trám lấp")] * 30
    with lzma.open(folder / "parallel.tsv.xz", "wt", encoding="utf-8") as out:
        out.writelines(f"human\t{theirs}\t{ours}\n" for ours, theirs in pairs)
    return folder


def test_words_come_to_lie_where_the_teacher_puts_their_translation(trained, data_in_two_languages, tmp_path):
    teacher, recipe = str(trained / "model"), replace(RECIPE, distil=0.7)
    train(data_in_two_languages, tmp_path, recipe=recipe, teacher=teacher, workers=1, report=lambda message: None)
    cattle, wells = load_encoder(teacher).encode_passages(["trâu bò tiêm vắc xin", "giếng cũ được trám lấp"])
    meter, lessons = load_encoder(str(tmp_path / "model")).encode_passages(["đồng hồ đo", "lớp mở tại huyện"])
    assert meter @ cattle > meter @ wells
    assert lessons @ wells > lessons @ cattle
    record = json.loads((tmp_path / "model" / "encoder.json").read_text(encoding="utf-8"))
    assert record["training"]["sentences"] == 60


def test_teacher_of_other_dimensions_is_refused(trained, data_in_two_languages, tmp_path):
    recipe = Recipe(words=500, dimensions=24, minimum=1, batch=8)
    with pytest.raises(EncoderError) as caught:
        train(
            data_in_two_languages,
            tmp_path,
            recipe=recipe,
            teacher=str(trained / "model"),
            workers=1,
            report=lambda message: None,
        )
    assert caught.value.code == "teacher-dimensions"
    assert "16" in caught.value.vi
    assert "24" in caught.value.vi


def test_loss_falls_and_is_told(data, tmp_path):
    messages: list[str] = []
    train(data, tmp_path, recipe=RECIPE, workers=1, report=messages.append)
    losses = [float(message.rpartition(" ")[2]) for message in messages if message.startswith("step")]
    assert len(losses) >= 2
    assert losses[-1] < losses[0]


def test_folder_of_another_recipe_is_refused(data, trained):
    with pytest.raises(EncoderError) as caught:
        train(data, trained, recipe=Recipe(dimensions=32), workers=1, report=lambda message: None)
    assert caught.value.code == "training-other-recipe"


def test_folder_without_data_is_refused_and_the_files_named(tmp_path):
    with pytest.raises(EncoderError) as caught:
        train(tmp_path, tmp_path / "out", workers=1)
    assert caught.value.code == "training-data-missing"
    assert "phapdien.jsonl.xz" in caught.value.vi


def test_interrupted_save_leaves_no_half_checkpoint(data, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "_keep", lambda *arguments: (_ for _ in ()).throw(InterruptedError))
    with pytest.raises(InterruptedError):
        train(data, tmp_path, recipe=RECIPE, workers=1, report=lambda message: None)
    assert not (tmp_path / "work" / "checkpoint.pt").exists()


texts = st.lists(st.sampled_from(["rừng", "nước", "cây_giống", ".", ";", "?", "2020", "-"]), max_size=400).map(" ".join)


@given(texts)
def test_sentences_hold_every_word_in_order(text):
    assert [word for sentence in sentences_of(text) for word in sentence] == text.split()


@given(texts, st.integers(0, 9))
def test_passages_are_runs_of_the_text(text, seed):
    passages = passages_of(text, Random(seed))
    assert " ".join(passages) in " ".join(text.split())
    if len(text.split()) >= 8:
        assert " ".join(passages) == " ".join(text.split())


@given(texts, st.integers(0, 9))
def test_sentence_and_rest_make_up_the_passage(passage, seed):
    pair = sentence_and_rest(passage, Random(seed))
    if pair is not None:
        assert sorted((pair.query + " " + pair.passage).split()) == sorted(passage.split())


@given(texts, st.integers(0, 9))
def test_keywords_are_two_to_six_words_of_the_passage(passage, seed):
    drawn = keywords(passage, {}, Random(seed)).split()
    assert set(drawn) <= set(words_of(passage))
    assert len(drawn) <= 6


def test_keywords_prefer_heavy_words():
    passage = "và của các cho trong rừng_ngập_mặn xâm_nhập_mặn khi được là"
    weights = dict.fromkeys(passage.split(), 0.001) | {"rừng_ngập_mặn": 1.0, "xâm_nhập_mặn": 1.0}
    drawn = [keywords(passage, weights, Random(seed)) for seed in range(50)]
    assert sum("rừng_ngập_mặn" in words for words in drawn) > 45


def test_thinning_keeps_a_share():
    pairs = [Pair(str(number), "x") for number in range(2000)]
    assert 800 < len(list(thinned(pairs, 0.5, seed=0))) < 1200
    assert list(thinned(pairs, 1.0, seed=0)) == pairs


def test_generic_title_is_given_its_topic():
    text = "nghị_định này quy_định về việc trồng và bảo_vệ rừng tại các xã miền núi ."
    records = [Record("x", str(n), f"chủ_đề {n}", "phạm_vi điều_chỉnh", (Section("", text),)) for n in range(10)]
    generic = generic_titles(records)
    assert generic == {"phạm_vi điều_chỉnh"}
    first = next(pairs_of(records[3], [], generic, {}, Random(0)))
    assert first.query == "chủ_đề 3 phạm_vi điều_chỉnh"
    assert next(pairs_of(records[3], [], frozenset(), {}, Random(0))).query == "phạm_vi điều_chỉnh"


def test_referenced_record_is_paired():
    one, other = (
        Record("x", key, key, f"tiêu_đề {key}", (Section("", f"nội_dung của bài {key} nói rất dài dòng như sau ."),))
        for key in ("a", "b")
    )
    assert any("tiêu_đề b" in pair.passage for pair in pairs_of(one, [other], frozenset(), {}, Random(0)))


def test_sources_have_equal_weight_in_the_vocabulary():
    from collections import Counter

    counts = {"news": Counter({"cầu_thủ": 900, "bàn_thắng": 800}), "law": Counter({"nghị_định": 30, "thông_tư": 10})}
    assert choose_words(counts, 2, minimum=5) == ["nghị_định", "cầu_thủ"]
    assert "thông_tư" not in choose_words(counts, 10, minimum=11)


def test_tokenizer_cuts_unknown_words_into_the_longest_known_pieces():
    tokenizer = build_tokenizer(["ban", "chỉ_đạo", "chỉ", "đạo"])
    assert tokenizer.encode("Ban_chỉ_đạo").tokens == ["ban", "_", "chỉ_đạo"]
    assert tokenizer.encode("đạo_chỉ ###").tokens == ["đạo", "_", "chỉ", "[UNK]"]


def test_numbers_other_than_years_get_no_vector():
    assert words_of("năm 2020 có 350 hộ , 12/2020 covid-19 1.234") == ["năm", "2020", "có", "hộ", "covid-19"]


@given(st.lists(st.lists(st.sampled_from(["rừng", "nước", "gió", "###"]), max_size=5).map(" ".join), max_size=8))
def test_bags_keep_the_known_words_of_every_text(lines):
    tokenizer = build_tokenizer(["rừng", "nước"])
    bags = bags_of(lines, tokenizer)
    joined = join_bags([bags, bags])
    assert len(joined) == 2 * len(lines)
    if not lines:
        return
    chosen = np.arange(len(joined))[::-1]
    rows, begins = joined.take(chosen)
    known = {"rừng": len(SILENT), "nước": len(SILENT) + 1}
    for place, text in enumerate([*lines, *lines][::-1]):
        end = begins[place + 1] if place + 1 < len(begins) else len(rows)
        assert rows[begins[place] : end].tolist() == [known[word] for word in text.split() if word in known]
