"""Sentences end where a reader would end them, and nothing of the text is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.sentences import split_sentences


def said(text: str, *, clauses: bool = False) -> list[str]:
    return [" ".join(text[each.start : each.end].split()) for each in split_sentences(text, clauses=clauses)]


CASES = {
    "plain": ("Tỉnh đạt 80%. Huyện đạt 75,5%.", ["Tỉnh đạt 80%.", "Huyện đạt 75,5%."]),
    "abbreviation before a name": ("UBND TP. Lam Giang họp. Sở dự.", ["UBND TP. Lam Giang họp.", "Sở dự."]),
    "initial": ("Ông Trần V. Mẫu ký. Bà Thử dự.", ["Ông Trần V. Mẫu ký.", "Bà Thử dự."]),
    "thousands": ("Có 1.200 phiếu hỏi. Thu 900 phiếu.", ["Có 1.200 phiếu hỏi.", "Thu 900 phiếu."]),
    "small letter": ("Các sở, ngành v.v. phối hợp làm.", ["Các sở, ngành v.v. phối hợp làm."]),
    "item number": ("1. Mục đích của kế hoạch", ["1. Mục đích của kế hoạch"]),
    "items": ("a) Rà soát thủ tục;\nb) Công bố kết quả.", ["a) Rà soát thủ tục;", "b) Công bố kết quả."]),
    "quote": ("Ông nói: “Làm ngay.” Mọi người làm.", ["Ông nói: “Làm ngay.”", "Mọi người làm."]),
    "forgotten blank": ("Tỉnh đã họp.Các sở đã báo cáo.", ["Tỉnh đã họp.", "Các sở đã báo cáo."]),
    "document number": ("Theo Nghị định 30/2020/NĐ-CP. Sở làm.", ["Theo Nghị định 30/2020/NĐ-CP.", "Sở làm."]),
    "wrapped line": (
        "Sở Nội vụ chủ trì, phối hợp với các sở, ngành rà soát toàn bộ thủ tục của\nSở Tư pháp trong năm.",
        ["Sở Nội vụ chủ trì, phối hợp với các sở, ngành rà soát toàn bộ thủ tục của Sở Tư pháp trong năm."],
    ),
    "page break": ("hoàn thành trong Quý\n\f\nnày, báo cáo sau.", ["hoàn thành trong Quý này, báo cáo sau."]),
    "heading": ("I. MỤC ĐÍCH\nTỉnh nâng mức hài lòng.", ["I. MỤC ĐÍCH", "Tỉnh nâng mức hài lòng."]),
}


@pytest.mark.parametrize("name", CASES)
def test_sentences_end_where_a_reader_ends_them(name: str) -> None:
    text, expected = CASES[name]
    assert said(text) == expected


def test_clauses_end_at_semicolons() -> None:
    assert said("Sở A làm; Sở B giúp.") == ["Sở A làm; Sở B giúp."]
    assert said("Sở A làm; Sở B giúp.", clauses=True) == ["Sở A làm;", "Sở B giúp."]


def test_a_stretch_gives_spans_of_the_whole_text() -> None:
    text = "Bỏ qua. Câu một. Câu hai. Bỏ nốt."
    spans = split_sentences(text, 8, 25)
    assert [text[each.start : each.end] for each in spans] == ["Câu một.", "Câu hai."]


@given(st.text(alphabet=st.sampled_from("aAđĐộỘ.;:!?… \n\f\r12-)(“”|")) | st.text(), st.booleans())
def test_every_character_but_blanks_is_in_one_sentence(text: str, clauses: bool) -> None:
    spans = split_sentences(text, clauses=clauses)
    at = 0
    for each in spans:
        assert at <= each.start < each.end
        assert not text[at : each.start].strip()
        assert text[each.start : each.end] == text[each.start : each.end].strip()
        at = each.end
    assert not text[at:].strip()
