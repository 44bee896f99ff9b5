"""Summaries of the sample archive: their own words, their sources, their length, both years and provinces heard."""

import json
import os
from collections import Counter
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.answers.choosing import Candidate, Length, choose
from api.answers.documents import list_documents, show_document
from api.answers.filters import Filters
from api.answers.narrowing import narrowed
from api.answers.summarizing import Summary, check_length, summarize_texts
from api.answers.summarizing_archive import summarize
from api.answers.summary_pieces import Text, pieces_of
from api.cli.summarize import summarize as command
from corpus.encoder.registry import load_encoder
from corpus.errors import QueryError, ReadingError
from corpus.store.archive import Archive

SAMPLE = Path(__file__).parents[2] / "corpus" / "sample"
DATA = Path(os.environ.get("TIENLE_DATA", Path(__file__).parents[3] / "shared" / "data"))
ENCODER = load_encoder()


def verbatim(archive: Archive, summary: Summary) -> bool:
    """Whether every sentence is the characters of its span, and each is where it says."""
    for each in summary.sentences:
        document = show_document(archive, each.document)
        if document.text[each.start : each.end] != each.text or document.card.number != each.number:
            return False
        if each.before and show_document(archive, each.before.document).text[each.before.start : each.before.end] != (
            each.before.text
        ):
            return False
    return bool(summary.sentences)


def test_every_sentence_of_every_document_is_verbatim_and_within_the_length(archive: Archive) -> None:
    for card in list_documents(archive, Filters())[0]:
        found = summarize(archive, ENCODER, Filters(), Length(words=150), references=[card.id])
        assert verbatim(archive, found), card.number
        assert sum(len(each.text.split()) for each in found.sentences) == found.words <= 150
        spans = sorted((each.start, each.end) for each in found.sentences)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_a_digest_of_a_plan_tells_its_purpose_goals_and_tasks_by_agency(archive: Archive) -> None:
    found = summarize(archive, ENCODER, Filters(), references=["03/KH-UBND"]).sentences
    roles = [each.role for each in found]
    assert {"purpose", "goal", "task"} <= set(roles)
    order = ["purpose", "goal", "task", "deadline", "money", "other"]
    assert roles == sorted(roles, key=order.index)
    said = " ".join(each.text for each in found if each.role == "goal")
    assert "90%" in said
    assert "80%" in said  # the goals that the sample's own table gives for 2026
    leads = {name for each in found for name in each.lead}
    assert len(leads) >= 3
    assert any(each.due_text and each.due_text in " ".join(each.text.split()) for each in found)


def test_the_money_is_told_where_there_is_room(archive: Archive) -> None:
    found = summarize(archive, ENCODER, Filters(), Length(words=250), references=["27/KH-UBND"]).sentences
    assert any("540 triệu đồng" in " ".join(each.text.split()) for each in found)


def test_a_summary_of_a_search_hears_years_and_provinces(archive: Archive) -> None:
    found = summarize(archive, ENCODER, Filters(), Length(sentences=8), query="phần mềm một cửa điện tử")
    assert verbatim(archive, found)
    assert len(found.sentences) == 8
    assert {each.province for each in found.sentences} == {"Vĩnh Lam", "Sơn Khê"}
    years = Counter(each.year for each in found.sentences)
    assert len(years) >= 4
    assert max(years.values()) <= 3
    assert sum("một cửa" in " ".join(each.text.split()) for each in found.sentences) >= 6


def test_nothing_is_said_twice(archive: Archive) -> None:
    found = summarize(archive, ENCODER, Filters(), Length(words=400), query="khảo sát mức độ hài lòng của người dân")
    words = [set(each.text.lower().split()) for each in found.sentences]
    assert len(words) > 5
    for place, one in enumerate(words):
        assert all(len(one & other) / len(one | other) < 0.7 for other in words[:place])


def test_a_topic_by_year_tells_what_changed(archive: Archive) -> None:
    vinh_lam = narrowed(archive, Filters(provinces=("Vĩnh Lam",)))
    found = summarize(archive, ENCODER, vinh_lam, Length(words=400), query="chỉ số hài lòng SIPAS", years=True)
    assert verbatim(archive, found)
    years = [each.year or 0 for each in found.sentences]
    assert years == sorted(years)
    assert len(set(years)) >= 7
    changed = [each for each in found.sentences if each.change == "changed"]
    assert changed
    for each in changed:
        assert each.before is not None
        assert (each.before.year or 0) < (each.year or 0)
        assert each.before.text != each.text


def test_duties_of_an_agency_are_its_own_by_deadline(archive: Archive) -> None:
    filters = narrowed(archive, Filters(year_from=2018, year_to=2019), agencies=["Sở Tài chính"])
    found = summarize(archive, ENCODER, filters, Length(words=300))
    assert verbatim(archive, found)
    assert {each.year for each in found.sentences} <= {2018, 2019, 2020, 2021}
    assert all(each.lead or each.role == "task" for each in found.sentences)
    assert any("Sở Tài chính" in each.lead for each in found.sentences)


@pytest.mark.parametrize(("words", "sentences"), [(0, None), (None, 0), (-5, None)])
def test_a_length_of_nothing_is_refused(words: int | None, sentences: int | None) -> None:
    with pytest.raises(QueryError) as caught:
        check_length(words, sentences)
    assert "--words" in caught.value.vi


def test_what_to_summarize_has_to_be_said(archive: Archive) -> None:
    with pytest.raises(QueryError, match="not clear"):
        summarize(archive, ENCODER, Filters())
    with pytest.raises(QueryError, match="not of both"):
        summarize(archive, ENCODER, Filters(), references=["03/KH-UBND"], query="một cửa")
    with pytest.raises(QueryError, match="no document"):
        summarize(archive, ENCODER, Filters(), references=["9999/XX"])


NEWS = [
    "Mưa lớn gây ngập tại huyện Đá Trầm vào sáng thứ hai. Nước lên nhanh trong ba giờ. Trường học cho học sinh nghỉ.",
    "Sáng thứ hai, mưa lớn gây ngập tại huyện Đá Trầm. Chính quyền đã đưa 200 người đến nơi an toàn. Ảnh: Mẫu.",
]


def test_loose_texts_say_what_they_share_once() -> None:
    texts = [Text(str(place), text) for place, text in enumerate(NEWS)]
    found = summarize_texts(texts, ENCODER, Length(sentences=2))
    assert len(found.sentences) == 2
    assert sum("gây ngập" in each.text for each in found.sentences) == 1
    assert all(NEWS[int(each.document)][each.start : each.end] == each.text for each in found.sentences)


@pytest.mark.parametrize("text", ["", " \n\f", "Một", "— " * 400, "The plan was adopted. It has no tasks at all."])
def test_texts_with_little_to_say_give_little(text: str) -> None:
    found = summarize_texts([Text("a", text)], ENCODER)
    assert all(text[each.start : each.end] == each.text for each in found.sentences)
    assert bool(found.sentences) == ("adopted" in text)


@given(st.text(max_size=400))
def test_pieces_of_any_text_are_its_own_characters(text: str) -> None:
    at = 0
    for piece in pieces_of(Text("a", text)):
        assert at <= piece.start < piece.end <= len(text)
        at = piece.end


def test_choice_prefers_the_new_over_the_same_again() -> None:
    vectors = np.array([[1, 0], [0.99, 0.141], [0, 1]], np.float32)
    candidates = [Candidate(10, 1.0), Candidate(10, 0.9), Candidate(10, 0.5)]
    assert choose(candidates, vectors, Length(sentences=2)) == [0, 2]
    assert choose(candidates, vectors, Length(words=15)) == [0]
    assert choose(candidates, vectors, Length(words=9)) == []


def test_choice_hears_every_group() -> None:
    vectors = np.eye(4, dtype=np.float32)
    candidates = [Candidate(5, worth, (group,)) for worth, group in ((1.0, "a"), (0.95, "a"), (0.9, "a"), (0.8, "b"))]
    assert choose(candidates, vectors, Length(sentences=2)) == [0, 3]


def run(*arguments: str) -> Any:
    own = typer.Typer()
    own.command()(command)
    return CliRunner().invoke(own, list(arguments))


def test_the_command_prints_sentences_with_their_sources(sample_archive: Path, archive: Archive) -> None:
    done = run("03/KH-UBND", "--words", "120", "--json", "--archive", str(sample_archive))
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["words"] <= 120
    assert {"document", "number", "page", "start", "end", "text", "section", "role"} <= set(found["sentences"][0])
    text = show_document(archive, "03/KH-UBND").text
    assert all(text[each["start"] : each["end"]] == each["text"] for each in found["sentences"])
    shown = run("03/KH-UBND", "--sentences", "3", "--archive", str(sample_archive))
    assert "minh họa" in shown.stdout
    assert shown.stdout.count("• ") == 3
    assert "từ 1 văn bản" in shown.stdout


def test_the_command_reads_files_without_an_archive(tmp_path: Path) -> None:
    plan = next(SAMPLE.glob("vinh-lam/2026/03-*.docx"))
    note = tmp_path / "ghi-chep.txt"
    note.write_text("\n".join(NEWS), encoding="utf-8")
    done = run("--files", str(plan), str(note), "--json", "--words", "300", "--archive", str(tmp_path / "none"))
    assert done.exit_code == 0, done.output
    sources = {each["document"] for each in json.loads(done.stdout)["sentences"]}
    assert sources == {str(plan), str(note)}
    missing = run("--files", str(tmp_path / "thieu.docx"))
    assert isinstance(missing.exception, ReadingError)
    assert "thieu.docx" in missing.exception.vi


def test_the_server_gives_the_same_summary(client: httpx.Client, archive: Archive) -> None:
    answer = client.get("/api/v1/summarize", params={"q": "một cửa điện tử", "words": 100}).json()
    same = summarize(archive, ENCODER, Filters(), Length(words=100), query="một cửa điện tử")
    assert answer["summary"] == json.loads(json.dumps(asdict(same)))
    assert "minh họa" in answer["notice"]
    document = client.get("/api/v1/summarize", params={"id": "03/KH-UBND", "sentences": 2}).json()["summary"]
    assert len(document["sentences"]) == 2
    duties = client.get("/api/v1/summarize", params={"agency": "Sở Y tế", "words": 80}).json()["summary"]
    assert duties["sentences"]


def test_the_server_says_what_was_wrong(client: httpx.Client) -> None:
    assert client.get("/api/v1/summarize").status_code == 400
    assert client.get("/api/v1/summarize", params={"id": "9999/XX"}).status_code == 404
    assert client.get("/api/v1/summarize", params={"q": "một cửa", "words": 0}).status_code == 422


@pytest.fixture
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))


@pytest.mark.usefixtures("_benchmarks")
@pytest.mark.skipif(not DATA.is_dir(), reason="no real documents here")
def test_real_news_is_summarized_better_than_its_opening() -> None:
    from benchmarks.summaries import news

    scores = news(DATA / "mds-dev" / "clusters.jsonl", ENCODER)
    assert scores["ours"]["R2"] > scores["lead"]["R2"]
    assert scores["ours"]["R2"] > 0.4


@pytest.mark.usefixtures("_benchmarks")
def test_a_digest_holds_more_gold_records_than_any_peers() -> None:
    from benchmarks.extraction import gold_sets
    from benchmarks.summaries import PEERS, plans

    # A little under what was reached, as for the extraction's floors: a fall below is a loss.
    found = {name: said for name, (said, _, _) in plans(gold_sets()[0], ENCODER).items()}
    assert found["ours"] >= 1.3 * max(count for name, count in found.items() if name != "ours")
    assert found["ours"] >= 1.4 * max(found[name] for name in PEERS)
