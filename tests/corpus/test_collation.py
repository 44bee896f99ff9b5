"""Names in the order of a Vietnamese dictionary."""

import random

from hypothesis import given
from hypothesis import strategies as st

from corpus.language.collation import collation_key


def test_letters_come_in_the_order_of_the_alphabet_and_tones_only_decide_between_equals() -> None:
    words = ["an", "àn", "ản", "ãn", "án", "ạn", "ăn", "ân", "da", "đa", "em", "êm", "on", "ôn", "ơn", "um", "ưm"]
    for seed in range(5):
        mixed = random.Random(seed).sample(words, len(words))
        assert sorted(mixed, key=collation_key) == words


def test_a_longer_name_comes_after_its_beginning_and_case_does_not_matter() -> None:
    names = [
        "Ban Dân tộc",
        "BAN QUẢN LÝ",
        "Đài Phát thanh",
        "Sở Công Thương",
        "Sở Công Thương tỉnh",
        "SỞ Y tế",
        "Ủy ban",
    ]
    assert sorted([*names[3:], *names[:3]], key=collation_key) == names
    assert sorted(["Quý 10", "Quý 2", "Quý I"], key=collation_key) == ["Quý 10", "Quý 2", "Quý I"]


@given(st.text(), st.text())
def test_any_text_has_a_place_and_both_unicode_forms_the_same(one: str, other: str) -> None:
    assert isinstance(collation_key(one) < collation_key(other), bool)


@given(st.text(alphabet="aàảãáạăằâấđeêếioôơuưýỹ bcdghklmnpqrstvx"))
def test_letters_written_in_pieces_have_the_same_place(text: str) -> None:
    import unicodedata

    assert collation_key(unicodedata.normalize("NFD", text)) == collation_key(text)
