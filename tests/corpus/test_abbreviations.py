"""Abbreviations of official documents, however they are typed."""

import tomllib
from pathlib import Path

import pytest

import corpus.language.abbreviations as module
from corpus.language.abbreviations import meanings
from corpus.language.normalise import fold


@pytest.mark.parametrize("typed", ["CĐS", "cđs", "cds", "CDS", "kế hoạch CĐS năm 2024"])
def test_one_abbreviation_however_typed(typed: str) -> None:
    assert meanings(typed) == ["chuyển đổi số"]


def test_several_come_once_each_in_their_order() -> None:
    assert meanings("TTHC, CCHC và tthc") == ["thủ tục hành chính", "cải cách hành chính"]


def test_what_is_part_of_a_word_or_number_is_none() -> None:
    assert meanings("dvcx KCN1 ubndx") == []


def test_the_table_says_each_form_once_and_its_letters_stand_in_its_meaning() -> None:
    table = tomllib.loads(Path(module.__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    assert len({fold(short) for short in table}) == len(table) > 40
    for short, meaning in table.items():
        initials = iter(fold(meaning).replace(" ", ""))
        assert all(letter in initials for letter in fold(short)), (short, meaning)
