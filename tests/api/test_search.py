"""What search finds, over the sample archive."""

import pytest

from api.answers.filters import Filters
from api.answers.search import search
from corpus.encoder.contract import EncoderSpec, Vectors
from corpus.encoder.registry import load_encoder
from corpus.errors import ArchiveError
from corpus.store.archive import Archive

ENCODER = load_encoder()


def test_every_hit_points_to_its_own_words(archive: Archive) -> None:
    from api.answers.documents import show_document

    for hit in search(archive, ENCODER, "phân loại rác tại nguồn", limit=20).hits:
        document = show_document(archive, hit.document)
        assert document.text[hit.start : hit.end] == hit.text
        assert all(hit.text[start:end].strip() for start, end in hit.highlights)


def test_an_abbreviation_finds_what_it_stands_for(archive: Archive) -> None:
    top = search(archive, ENCODER, "CĐS", limit=5).hits
    assert any("chuyển đổi số" in f"{hit.title} {hit.text}".lower() for hit in top)


def test_words_whose_marks_were_put_in_wrongly_are_found_by_their_letters(archive: Archive) -> None:
    found = search(archive, ENCODER, "lam dung nghe", mode="lexical", limit=5)
    assert found.question.restored is not None
    assert "làm đúng nghề" not in found.question.restored
    assert any("làm đúng nghề" in hit.text for hit in found.hits)


def test_a_letterhead_does_not_come_before_what_says_something(archive: Archive) -> None:
    result = search(archive, ENCODER, "ủy ban nhân dân tỉnh Vĩnh Lam kế hoạch phòng chống thiên tai", limit=5)
    motto = "Độc lập - Tự do - Hạnh phúc"
    assert motto not in result.hits[0].text
    for group in result.groups:
        assert motto not in group.hits[0].text or len(group.hits) == 1


def test_a_press_article_has_no_outline_and_is_still_found(archive: Archive) -> None:
    hits = search(archive, ENCODER, "điểm bưu điện nhận hồ sơ một cửa Sơn Khê", limit=10).hits
    assert any(hit.number is None for hit in hits)


def test_groups_hold_the_same_hits_in_order_of_their_best(archive: Archive) -> None:
    result = search(archive, ENCODER, "chỉ số hài lòng", limit=30)
    assert sorted(hit.start for group in result.groups for hit in group.hits) == sorted(
        hit.start for hit in result.hits
    )
    best = [group.hits[0].score for group in result.groups]
    assert best == sorted(best, reverse=True)


def test_filters_that_let_nothing_pass_give_nothing(archive: Archive) -> None:
    assert search(archive, ENCODER, "cải cách", Filters(1990, 1991)).hits == ()


def test_vectors_of_another_model_are_refused_with_the_command_to_run(archive: Archive) -> None:
    class Other:
        spec = EncoderSpec("other", "1", 4, None, segmented=False)

        def encode_queries(self, texts: list[str]) -> Vectors:
            raise AssertionError(texts)

        encode_passages = encode_queries

    with pytest.raises(ArchiveError) as caught:
        search(archive, Other(), "cải cách")  # type: ignore[arg-type]
    assert caught.value.code == "model-mismatch"
    assert "tienle reembed" in caught.value.vi
