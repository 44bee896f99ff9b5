"""The lexical index by itself: what a form finds, where phrases stand, what is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.analysis import terms_of, without_marks
from corpus.store.lexical import LexicalIndex, LexicalRow, Phrase

_ROWS = [
    LexicalRow(1, "a", "kế_hoạch trồng rừng", "nhiệm_vụ", "ươm giống cây bản_địa"),
    LexicalRow(2, "a", "kế_hoạch trồng rừng", "kinh_phí", "rừng phòng_hộ nhiệm_vụ chi"),
    LexicalRow(3, "b", "dien bao", "", "trong rung phong ho truoc mua lu"),
    LexicalRow(4, "c", "báo_cáo", "", "đơn_vị trồng cây ven đường"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    index = LexicalIndex(tmp_path_factory.mktemp("lexical"))
    index.update((), _ROWS, 1)
    return index


def found(index: LexicalIndex, text: str, field: str, *required: Phrase, without: tuple[Phrase, ...] = ()) -> set[int]:
    hits = index.search(terms_of(text), {field: 1.0}, 10, required=required, excluded=without)
    return {passage for passage, _ in hits}


def test_a_passage_is_found_by_its_text_its_headings_and_its_title(index: LexicalIndex) -> None:
    assert found(index, "ươm", "words") == {1}
    assert found(index, "kinh_phí", "headings") == {2}
    assert found(index, "trồng rừng", "words") == {1, 2, 4}
    assert found(index, "trồng rừng", "folded") == {1, 2, 3, 4}


def test_a_text_without_marks_is_found_by_a_question_with_marks(index: LexicalIndex) -> None:
    assert found(index, "rừng phòng_hộ", "bare") == {3}
    assert found(index, "rừng phòng_hộ", "syllables") == {1, 2}


def test_a_title_without_marks_is_found_by_a_question_with_marks(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path / "lexical")
    index.update((), [LexicalRow(1, "a", "dien bao phong lut", "", "trước mùa mưa")], 1)
    assert found(index, "lụt", "bare") == {1}


def test_no_phrase_goes_from_text_into_headings_or_title(index: LexicalIndex) -> None:
    assert found(index, "rừng", "syllables", ("syllables", ("trồng", "rừng"))) == {1, 2}
    assert found(index, "rừng", "syllables", ("syllables", ("nhiệm", "vụ", "kế", "hoạch"))) == set()
    assert found(index, "rừng", "syllables", ("syllables", ("chi", "kinh", "phí"))) == set()


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    """400 passages of 40 documents; the first documents say most of "rừng"."""
    index = LexicalIndex(tmp_path_factory.mktemp("crowded"))
    rows = [
        LexicalRow(at, f"d{at // 10:02}", "kế_hoạch", "", "rừng " * max(1, 40 - at // 10) + f"cây {at % 7} đường " * 9)
        for at in range(400)
    ]
    index.update((), rows, 1)
    return index


@pytest.mark.parametrize("limit", [1, 5, 60, 300, 1_000])
@pytest.mark.parametrize("first", [0, 6, 20, 30, 36])
def test_passages_that_are_many_are_found_as_those_of_their_documents_are(
    crowded: LexicalIndex, first: int, limit: int
) -> None:
    # From 36 on they are few, from 20 on the others fill what is looked at first, else it does.
    chosen = [f"d{document:02}" for document in range(first, 40)]
    passages = np.arange(10 * first, 400)
    asked = terms_of("rừng cây"), {"words": 1.0}, limit
    for newest in (None, 395):
        slow = crowded.search(*asked, documents=chosen, newest=newest)
        assert crowded.search(*asked, documents=chosen, passages=passages, newest=newest) == slow
        assert len(slow) == min(limit, 400 - 10 * first if newest is None else 396 - 10 * first)


_SYLLABLES = st.sampled_from(["trồng", "rừng", "cây", "nhiệm", "vụ", "kế", "hoạch", "báo", "cáo", "đường"])


@given(st.lists(_SYLLABLES, min_size=1, max_size=3))
def test_a_phrase_and_the_same_left_out_part_what_is_found(index: LexicalIndex, syllables: list[str]) -> None:
    phrase: Phrase = ("syllables", tuple(syllables))
    everything = found(index, "rừng cây", "syllables")
    having = found(index, "rừng cây", "syllables", phrase)
    lacking = found(index, "rừng cây", "syllables", without=(phrase,))
    assert having | lacking == everything
    assert not having & lacking


@given(st.text())
def test_any_text_has_marks_or_none(text: str) -> None:
    assert without_marks(terms_of(text)) in {True, False}


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("uy ban nhan_dan tinh", True),
        ("ủy_ban nhân_dân tỉnh", False),
        ("10 20 km 2018", False),
        ("", False),
        ("xuân về", False),
        ("ke_hoach \u0301 trong rung", True),
    ],
)
def test_texts_without_marks_are_told(text: str, bare: bool) -> None:
    assert without_marks(terms_of(text)) is bare


def test_an_index_of_an_older_layout_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "lexical"
    LexicalIndex(folder).update((), _ROWS, 1)
    stamp = folder / "generation.json"
    stamp.write_text(stamp.read_text().replace('"layout": "3"', '"layout": "2"'))
    index = LexicalIndex(folder)
    assert index.generation == -1
    index.update((), _ROWS[:1], 2)
    assert index.passage_ids() == {1}
