"""One spelling for what reads the same."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.normalise import compose, fold, normalise


@pytest.mark.parametrize(
    ("written", "one_spelling"),
    [
        ("hoà giải", "hòa giải"),
        ("thuỷ lợi", "thủy lợi"),
        ("KHOẺ MẠNH", "KHỎE MẠNH"),
        ("Khánh Hoà", "Khánh Hòa"),
        ("quý II", "quý II"),  # qu is a consonant: the tone stays
        ("Quỳnh", "Quỳnh"),
        ("toán", "toán"),  # a closed syllable has one placement only
        ("tuý luý", "túy lúy"),
        ("Ðồng Nai", "Đồng Nai"),  # eth for đ
        ("807/QÐ-UBND", "807/QĐ-UBND"),
        ("2021 – 2025", "2021 - 2025"),
        ("cải\u00a0cách", "cải cách"),
        ("cải\u200bcách", "cảicách"),
    ],
)
def test_variants_become_one(written: str, one_spelling: str) -> None:
    assert normalise(written) == one_spelling
    assert normalise(unicodedata.normalize("NFD", written)) == one_spelling


def test_compose_keeps_the_writers_tone_placement() -> None:
    assert compose(unicodedata.normalize("NFD", "thuỷ")) == "thuỷ"


def test_fold_is_what_is_typed_without_marks() -> None:
    assert fold("Đẩy mạnh CẢI CÁCH thủ tục, ở Thừa Thiên Huế") == "day manh cai cach thu tuc, o thua thien hue"


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(alphabet="aăâeêioôơuưyđáàảãạắằẳẵặoóòỏõọuúùủũụyýỳỷỹỵ nhtq"))
def test_fold_does_not_depend_on_spelling(text: str) -> None:
    assert fold(text) == fold(normalise(text)) == fold(unicodedata.normalize("NFD", text))
