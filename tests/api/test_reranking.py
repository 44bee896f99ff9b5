"""The order that a cross-encoder gives to hits."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from api.answers.evaluation import JudgedQuery, evaluate_archive
from api.answers.reranking import RERANKED
from api.answers.search import search
from corpus.encoder.registry import load_encoder


class Backwards:
    """Finds the last passage the best."""

    def __init__(self, *, segmented: bool) -> None:
        self.segmented = segmented
        self.read: list[str] = []
        self.asked = ""

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        self.asked, self.read = question, list(passages)
        return [at / len(passages) for at in range(len(passages))]


@pytest.mark.parametrize("segmented", [False, True])
def test_the_first_hits_come_in_the_reranker_s_order_and_the_rest_stays(archive, segmented):
    encoder, reranker = load_encoder(), Backwards(segmented=segmented)
    plain = search(archive, encoder, "phân loại rác tại nguồn", limit=50).hits
    again = search(archive, encoder, "phân loại rác tại nguồn", limit=50, reranker=reranker).hits
    assert len(plain) > RERANKED
    places = [(hit.document, hit.start) for hit in plain]
    expected = places[:RERANKED][::-1] + places[RERANKED:]
    assert [(hit.document, hit.start) for hit in again] == expected
    scores = [hit.score for hit in again]
    assert scores == sorted(scores, reverse=True)
    assert len(reranker.read) == RERANKED
    assert ("_" in reranker.asked) is segmented
    assert any("_" in text for text in reranker.read) is segmented


def test_a_page_is_the_same_stretch_of_the_same_order(archive):
    encoder, reranker = load_encoder(), Backwards(segmented=False)
    whole = search(archive, encoder, "rác thải", limit=12, reranker=reranker).hits
    second = search(archive, encoder, "rác thải", limit=6, offset=6, reranker=reranker).hits
    assert [(hit.document, hit.start) for hit in second] == [(hit.document, hit.start) for hit in whole[6:]]


def test_evaluation_shows_the_reranked_order_beside_the_others(archive):
    queries = [JudgedQuery("a", "phân loại rác tại nguồn", ())]
    scored = evaluate_archive(archive, load_encoder(), queries, reranker=Backwards(segmented=False))
    assert set(scored.splits["all"]) == {"hybrid", "lexical", "dense", "reranked"}
    assert set(evaluate_archive(archive, load_encoder(), queries).splits["all"]) == {"hybrid", "lexical", "dense"}
