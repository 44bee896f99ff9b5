"""Reading a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.answers.highlight import highlights
from api.answers.question import MAXIMUM_LENGTH, read_question
from corpus.errors import QueryError


@pytest.mark.parametrize("typed", ["", "   ", "\t\n", "???", "“ ”", "\u00a0\u200b"])
def test_an_empty_question_is_told(typed: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_question(typed)
    assert caught.value.code == "query-blank"


def test_a_question_that_is_too_long_is_told_with_its_length() -> None:
    with pytest.raises(QueryError) as caught:
        read_question("cải cách " * 1200)
    assert caught.value.code == "query-long"
    assert "10800" in caught.value.vi
    assert str(MAXIMUM_LENGTH) in caught.value.vi


def test_bytes_that_are_no_text_are_told() -> None:
    with pytest.raises(QueryError) as caught:
        read_question("cải cách \udcea")
    assert caught.value.code == "query-encoding"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("807/QĐ-UBND", "807/QĐ-UBND"),
        ("nội dung 807/qd-ubnd là gì", "807/qd-ubnd"),
        ("30/2020/NĐ-CP", "30/2020/NĐ-CP"),
        ("kế hoạch 59 /KH-UBND", "59 /KH-UBND"),
        ("807 qd ubnd khanh hoa", "807/qd-ubnd"),
        ("nội dung 12 KH-UBND", "12/kh-ubnd"),
    ],
)
def test_document_numbers_are_seen(typed: str, number: str) -> None:
    assert read_question(typed).numbers == (number,)


@pytest.mark.parametrize("typed", ["năm 2018", "quý 3/2018", "29/3/2017", "tỷ lệ 90%", "2/3 số xã"])
def test_dates_and_fractions_are_no_document_numbers(typed: str) -> None:
    assert read_question(typed).numbers == ()


def test_words_that_only_ask_are_left_out() -> None:
    question = read_question("Sở nào được giao phụ trách chữ ký số và hạn là bao nhiêu ngày?")
    assert "nào" not in question.terms.syllables.split()
    assert "bao" not in question.terms.syllables.split()
    assert "ký" in question.terms.syllables


def test_a_question_of_such_words_alone_keeps_them() -> None:
    assert read_question("ai làm gì").terms.syllables


def test_unmarked_questions_are_known() -> None:
    assert read_question("cai cach hanh chinh").unmarked
    assert not read_question("cai cách hanh chinh").unmarked


@pytest.mark.parametrize(
    "typed",
    ["'; DROP TABLE documents; --", "title:(a OR b) AND *", '"unclosed', "a\\", "+-&&||!(){}[]^~*?:/"[:5] + "a"],
)
def test_query_languages_are_only_words(typed: str) -> None:
    read_question(typed)


@given(st.text(max_size=200))
def test_any_text_is_read_or_told(typed: str) -> None:
    try:
        question = read_question(typed)
    except QueryError:
        return
    assert question.terms.syllables


def test_highlights_join_neighbours_and_mind_marks() -> None:
    text = "Thực hiện cải\ncách  thuỷ lợi; cai cach"
    spans = highlights(text, read_question("cải cách thủy lợi"))
    assert [text[start:end] for start, end in spans] == ["cải\ncách  thuỷ lợi"]
    loose = highlights(text, read_question("cai cach"))
    assert [text[start:end] for start, end in loose] == ["cải\ncách", "cai cach"]


def test_a_part_of_a_compound_by_itself_is_not_marked() -> None:
    text = "Mọi người đều biết; người dân hài lòng."
    spans = highlights(text, read_question("người dân"))
    assert [text[start:end] for start, end in spans] == ["người dân"]


@given(st.text(alphabet="cảicáchngườidân \n,.;"), st.sampled_from(["cải cách", "người dân", "cai cach", "dân"]))
def test_highlights_are_ordered_disjoint_and_inside(text: str, typed: str) -> None:
    spans = highlights(text, read_question(typed))
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= start < end <= len(text) for start, end in spans)
