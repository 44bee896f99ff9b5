"""Marks come back to Vietnamese typed without them, and nothing else changes."""

import json
import lzma
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import EncoderError
from corpus.language.accents import AccentModel, SyllableCounts, shipped_accents
from corpus.language.accents_training import write_marks
from corpus.language.normalise import compose, fold, normalise
from corpus.store.accents import AccentIndex


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cai cach hanh chinh", "cải cách hành chính"),
        ("Bao cao cua Thu tuong Chinh phu", "Báo cáo của Thủ tướng Chính phủ"),
        ("UBND TINH KHANH HOA", "UBND TỈNH KHÁNH HÒA"),
        ("bao hiem y te cho ho ngheo", "bảo hiểm y tế cho hộ nghèo"),
        ("tuyên truyen cải cach hành chính", "tuyên truyền cải cách hành chính"),
        ("kế hoạch năm 2025 của tỉnh", "kế hoạch năm 2025 của tỉnh"),
        ("807/qd-ubnd", "807/qd-ubnd"),
        ("TTHC, CCHC, VNeID, 5G", "TTHC, CCHC, VNeID, 5G"),
        ("email van.thu@sonkhe.example", "email van.thu@sonkhe.example"),
    ],
)
def test_marks_are_restored(typed: str, meant: str) -> None:
    assert shipped_accents().restore(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cải cáhc hành chính", "cải cách hành chính"),
        ("thủ tục hành chnh", "thủ tục hành chính"),
        ("ngưòi dân", "người dân"),
        ("cải cách hành chính", None),
        ("VNeID, TTHC, 5G, 57-NQ/TW", None),
        ("", None),
    ],
)
def test_slips_are_put_right(typed: str, meant: str | None) -> None:
    assert shipped_accents().corrected(typed) == meant


@given(st.text(max_size=60))
def test_correcting_never_fails(typed: str) -> None:
    shipped_accents().corrected(typed)


@given(st.text(max_size=120))
def test_only_marks_are_added(typed: str) -> None:
    typed = normalise(typed)
    restored = shipped_accents().restore(typed)
    assert fold(restored) == fold(typed)
    assert [c for c in restored if not c.isalpha()] == [c for c in compose(restored) if not c.isalpha()]


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạ ,.", max_size=80))
def test_a_marked_syllable_keeps_its_marks(typed: str) -> None:
    typed = normalise(typed)
    restored = shipped_accents().restore(typed)
    for was, now in zip(re.findall(r"\w+", typed), re.findall(r"\w+", restored), strict=True):
        if fold(was) != was:
            assert now == was


def test_an_archives_own_words_win(tmp_path: Path) -> None:
    index = AccentIndex(tmp_path)
    assert index.model.restore("xa Thu Lum") != "xã Thử Lùm"
    index.update(["UBND xã Thử Lùm chủ trì. Xã Thử Lùm phối hợp."] * 30, generation=1)
    assert index.model.restore("xa Thu Lum") == "xã Thử Lùm"
    assert AccentIndex(tmp_path).generation == 1
    assert AccentIndex(tmp_path).model.restore("xa Thu Lum") == "xã Thử Lùm"


def test_counts_grow_by_what_is_new_and_damage_is_counted_again(tmp_path: Path) -> None:
    index = AccentIndex(tmp_path)
    index.update(["bản Lũng Mẫu"] * 20, generation=1)
    index.update(["bản Khuổi Thử"] * 20, generation=3)
    assert index.model.restore("ban Lung Mau") == "bản Lũng Mẫu"
    assert index.model.restore("ban Khuoi Thu") == "bản Khuổi Thử"
    (file,) = tmp_path.glob("*.npz")
    file.write_bytes(file.read_bytes()[:100])
    assert AccentIndex(tmp_path).generation == -1


def test_texts_without_syllables_are_counted_too(tmp_path: Path) -> None:
    index = AccentIndex(tmp_path)
    index.update(["2025 - 12/2025"], generation=1)
    AccentIndex(tmp_path).update(["xã Mẫu"] * 9, generation=2)
    assert AccentIndex(tmp_path).model.restore("xa Mau") == "xã Mẫu"


def test_counted_together_or_one_after_the_other_is_the_same() -> None:
    one, other = SyllableCounts(), SyllableCounts()
    one.add("kế hoạch cải cách hành chính")
    other.add("kế hoạch tuyên truyền, cải cách hành chính")
    both = SyllableCounts()
    both.add("kế hoạch cải cách hành chính")
    both.add("kế hoạch tuyên truyền, cải cách hành chính")

    def plain(model: AccentModel) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
        names = model.syllables
        return (
            dict(zip(names, model.counts.tolist(), strict=True)),
            {
                (names[pair >> 16], names[pair & 0xFFFF]): often
                for pair, often in zip(model.pairs.tolist(), model.often.tolist(), strict=True)
            },
        )

    assert plain(AccentModel.of(one).plus(AccentModel.of(other))) == plain(AccentModel.of(both))


def test_the_model_is_counted_from_a_data_folder(tmp_path: Path) -> None:
    with lzma.open(tmp_path / "wiki.jsonl.xz", "wt", encoding="utf-8") as file:
        for _ in range(30):
            file.write(json.dumps({"title": "Sơn Khê", "text": "Tỉnh Sơn Khê họp. Một từ hiếm"}) + "\n")
        file.write(json.dumps({"title": "Sơn khế", "text": ""}) + "\n")
    with lzma.open(tmp_path / "parallel.tsv.xz", "wt", encoding="utf-8") as file:
        file.writelines(["test\tin Sơn Khê\tở tỉnh Sơn Khê\n"] * 30)
    model = AccentModel.load(write_marks(tmp_path, tmp_path / "out"))
    assert model.restore("tinh Son Khe") == "tỉnh Sơn Khê"
    assert model.knows("khê")
    assert not model.knows("khế")  # counted once


def test_a_folder_without_training_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"wiki\.jsonl\.xz"):
        write_marks(tmp_path, tmp_path / "out")
