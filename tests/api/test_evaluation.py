"""Measures worked out by hand."""

import json
import math
from pathlib import Path

import pytest

from api.answers.evaluation import measures, read_queries
from api.answers.search import fuse
from corpus.errors import QueryError


def test_measures_of_a_ranking_worked_out_by_hand() -> None:
    # relevant: 7 (grade 2), 3 and 9 (grade 1); ranked: 5, 3, 7 and nothing else of use
    scored = measures([5, 3, 7, 1], {7: 2, 3: 1, 9: 1})
    gained = 1 / math.log2(3) + 3 / math.log2(4)
    ideal = 3 / math.log2(2) + 1 / math.log2(3) + 1 / math.log2(4)
    assert scored["nDCG@10"] == pytest.approx(gained / ideal)
    assert scored["Success@1"] == 0.0
    assert scored["Success@10"] == 1.0
    assert scored["MRR@10"] == pytest.approx(0.5)
    assert scored["Recall@100"] == pytest.approx(2 / 3)


def test_what_comes_eleventh_does_not_count_for_ten() -> None:
    scored = measures([*range(100, 110), 7], {7: 2})
    assert (scored["Success@10"], scored["nDCG@10"], scored["MRR@10"], scored["Recall@100"]) == (0.0, 0.0, 0.0, 1.0)


def test_fusion_worked_out_by_hand() -> None:
    fused = fuse({1: 10.0, 2: 5.0, 3: 0.0}, {2: 0.9, 4: 0.1}, 0.4)
    assert fused == pytest.approx({1: 0.6, 2: 0.3 + 0.4, 3: 0.0, 4: 0.0})


def test_fusion_of_one_arm_keeps_its_order() -> None:
    fused = fuse({1: 3.0, 2: 2.0, 3: 1.0}, {}, 0.4)
    assert sorted(fused, key=lambda passage: -fused[passage]) == [1, 2, 3]


@pytest.mark.parametrize(
    ("line", "cause"),
    [("{", "dòng 2"), ('{"id": "b"}', "text"), ('{"id": "a", "text": "x", "relevant": []}', "a ×2"), ("[]", "dòng 2")],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, cause: str) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(json.dumps({"id": "a", "text": "x", "relevant": []}) + "\n" + line + "\n")
    with pytest.raises(QueryError) as caught:
        read_queries(path)
    assert cause in caught.value.vi
    assert "dòng 2" in caught.value.vi
