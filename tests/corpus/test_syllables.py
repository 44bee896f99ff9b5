"""Vietnamese syllables by their structure."""

from __future__ import annotations

import unicodedata

import pytest

from corpus.language.syllables import is_syllable

WORDS = "ủy ban nghiêng gì giếng quốc khuỷu HOẠCH thủy thuỷ hoá hóa yêu xoong ngoằn"


@pytest.mark.parametrize("word", WORDS.split())
def test_syllables_of_any_shape_case_and_tone_placement(word: str) -> None:
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize(
    "word", ["cế", "ghà", "ngi", "ka", "hop", "các ", "cạcn", "bàt", "héi", "Dvořák", "été", "", "ph"]
)
def test_what_no_syllable_is_like(word: str) -> None:
    assert not is_syllable(word)
