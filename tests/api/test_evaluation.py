"""Measures worked out by hand."""

import json
import math
from pathlib import Path

import pytest

from api.answers.measures import interval, measures
from api.answers.ranking import stretched
from api.cli.evaluating import evaluate_beir
from api.cli.judgements import read_beir, read_queries
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
    assert stretched({1: 10.0, 2: 5.0, 3: 0.0}, 0.6) == pytest.approx({1: 0.6, 2: 0.3, 3: 0.0})
    assert stretched({2: 0.9, 4: 0.1}, 0.4) == pytest.approx({2: 0.4, 4: 0.0})
    assert stretched({2: 0.9}, 0.4) == {2: 0.4}
    assert stretched({2: 0.9}, 0.0) == stretched({}, 0.4) == {}


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("{", "dòng 2"),
        ('{"id": "b"}', "relevant"),
        ('{"id": "a", "text": "x", "relevant": []}', "a ×2"),
        ("[]", "dòng 2"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, cause: str) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(json.dumps({"id": "a", "text": "x", "relevant": []}) + "\n" + line + "\n")
    with pytest.raises(QueryError) as caught:
        read_queries(path)
    assert cause in caught.value.vi
    assert "dòng 2" in caught.value.vi


def write(folder: Path, name: str, *rows: object) -> Path:
    path = folder / name
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return path


def beir(folder: Path, **changed: list[object]) -> tuple[Path, Path, Path]:
    corpus = [
        {"_id": "a", "title": "Nước", "text": "cấp nước sạch nông thôn"},
        {"_id": "b", "text": "thu gom rác thải"},
    ]
    queries = [{"_id": "q1", "text": "nước sạch", "kind": "x"}, {"_id": "q2", "text": "rác", "kind": "y"}]
    qrels: list[object] = ["query-id\tcorpus-id\tscore", "q1\ta\t1", "q2\tb\t1"]
    return (
        write(folder, "corpus.jsonl", *changed.get("corpus", corpus)),
        write(folder, "queries.jsonl", *changed.get("queries", queries)),
        write(folder, "qrels.tsv", *changed.get("qrels", qrels)),
    )


def test_a_collection_is_evaluated_through_the_service_and_split_by_a_field(tmp_path: Path) -> None:
    scores = evaluate_beir(*beir(tmp_path), "shipped", "kind")
    assert set(scores.splits) == {"all", "x", "y"}
    assert scores.counts == {"all": 2, "x": 1, "y": 1}
    assert set(scores.splits["all"]) == {"lexical", "dense", "hybrid"}
    assert scores.splits["all"]["lexical"]["nDCG@10"] == 1.0
    low, high = scores.intervals["lexical"]
    assert low == high == 1.0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"qrels": ["q1\tzzz\t1"]}, ("dòng 1", "zzz")),
        ({"qrels": ["query-id\tcorpus-id\tscore", "q9\ta\t1"]}, ("dòng 2", "q9")),
        ({"qrels": ["head\tline\tscore", "q1 a 1"]}, ("dòng 2",)),
        ({"queries": [{"_id": "q1", "text": "  "}]}, ("dòng 1", "text")),
        ({"queries": [{"_id": "q1", "text": "x"}, {"_id": "q1", "text": "y"}]}, ("dòng 2", "q1 ×2")),
        ({"corpus": [{"_id": "a", "text": "x"}, {"_id": "a", "text": "y"}]}, ("dòng 2", "a ×2")),
        ({"corpus": [{"_id": "a", "text": "x"}, "{oops"]}, ("dòng 2",)),
    ],
)
def test_what_is_malformed_in_a_collection_is_named(
    tmp_path: Path, changed: dict[str, list[object]], said: tuple[str, ...]
) -> None:
    with pytest.raises(QueryError) as caught:
        read_beir(*beir(tmp_path, **changed))
    for part in said:
        assert part in caught.value.vi


def test_the_interval_holds_the_mean_and_narrows_with_more_questions() -> None:
    few, many = [0.0, 1.0] * 5, [0.0, 1.0] * 500
    for values in (few, many):
        low, high = interval(values)
        assert low < 0.5 < high
    assert interval(many)[1] - interval(many)[0] < interval(few)[1] - interval(few)[0]
