"""Two plans compared and a plan's series, over the sample archive: what a person sees, and how right it is."""

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import numpy as np
import pytest
import typer
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from typer.testing import CliRunner

from api.answers.aligning import aligned
from api.answers.comparing import Comparison, compare, compare_series, counts, differences, series_of
from api.cli.compare import compare as compare_command
from corpus.encoder.contract import Encoder
from corpus.encoder.registry import load_encoder
from corpus.errors import QueryError
from corpus.store.archive import Archive

# By reading: the tasks (some words of each) of two consecutive plans that are the same task. ``EITHER``: what two
# readers may judge differently, counted neither way.
TRUTH = {
    ("06/KH-UBND", "04/KH-UBND"): [
        ("rà soát toàn bộ quyết định, chỉ thị", "bãi bỏ các văn bản hết hiệu lực"),
        ("thí điểm luân chuyển hồ sơ đất đai", "mở rộng luân chuyển hồ sơ đất đai"),
        ("kiểm tra đột xuất kỷ luật", "kiểm tra công vụ không báo trước"),
        ("phần mềm một cửa điện tử", "phần mềm một cửa điện tử"),
        ("áp dụng hệ thống quản lý chất lượng", "TCVN ISO 9001:2015"),
        ("phát 3.000 phiếu hỏi", "khảo sát 3.500 người"),
        ("là cơ quan đầu mối, theo dõi chung", "hướng dẫn, theo dõi, chấm điểm"),
    ],
    ("21/KH-UBND", "03/KH-UBND"): [
        ("lập phương án xử lý trụ sở dôi dư", "sắp xếp trụ sở cấp huyện cũ"),
        ("phần mềm một cửa điện tử", "phần mềm một cửa điện tử"),
        ("Mở rộng trợ lý ảo", "Trợ lý ảo hỗ trợ hai thứ tiếng"),
        ("Khảo sát hài lòng bằng mã QR", "Khảo sát hài lòng bằng mã QR"),
        ("Số hóa hồ sơ lưu trữ", "Số hóa sổ hộ tịch, hồ sơ lưu trữ"),
    ],
}
EITHER = [
    ("bồi dưỡng kỹ năng giao tiếp", "bồi dưỡng nghiệp vụ CCHC"),
    ("xây dựng phương án tự chủ", "giao quyền tự chủ"),
    ("tổng hợp báo cáo quý", "gửi báo cáo quý"),
    ("mở chuyên mục hỏi đáp", "thông tin về mô hình làm tốt"),
    ("lập danh mục văn bản của tỉnh cần sửa", "hợp nhất văn bản quy phạm pháp luật"),
    ("chủ động điều chỉnh kế hoạch", "ban hành kế hoạch trước ngày 25"),
]
LEAST_F1 = 0.95


@pytest.fixture(scope="module")
def archive(sample_archive: Path) -> Iterator[Archive]:
    with_records = Archive.open(sample_archive)
    yield with_records
    with_records.close()


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


def pairs(comparison: Comparison) -> list[tuple[str, str]]:
    return [(each.first.task, each.second.task) for each in comparison.tasks if each.first and each.second]


def plans(archive: Archive) -> dict[int, str]:
    return {card.year_from or 0: card.id for card in series_of(archive, "12/KH-UBND")}


def test_the_tasks_of_consecutive_plans_are_paired_as_a_reader_pairs_them(archive: Archive, encoder: Encoder) -> None:
    right = wrong = missed = 0
    of_number = {card.number: card.id for card in series_of(archive, "12/KH-UBND")}
    for (first, second), truth in TRUTH.items():
        found = pairs(compare(archive, encoder, of_number[first], of_number[second]))
        hits = [each for each in truth if any(each[0] in one and each[1] in other for one, other in found)]
        allowed = [*truth, *EITHER]
        extra = [each for each in found if not any(a in each[0] and b in each[1] for a, b in allowed)]
        right, wrong, missed = right + len(hits), wrong + len(extra), missed + len(truth) - len(hits)
    assert 2 * right / (2 * right + wrong + missed) >= LEAST_F1


def test_a_plan_compared_with_itself_is_kept_whole(archive: Archive, encoder: Encoder) -> None:
    for id_ in plans(archive).values():
        comparison = compare(archive, encoder, id_, id_)
        for changes in (comparison.tasks, comparison.goals):
            assert {change.status for change in changes} <= {"kept"}
            assert all(each.first == each.second for each in changes)
        assert all(piece.kind == "same" for task in comparison.tasks for piece in task.words)


def test_software_is_handed_over_once_and_inherited_once(archive: Archive, encoder: Encoder) -> None:
    years = plans(archive)

    def software(first: int, second: int) -> str:
        found = compare(archive, encoder, years[first], years[second]).tasks
        (status,) = [
            each.status
            for each in found
            if each.first and each.second and all("phần mềm một cửa" in side.task for side in (each.first, each.second))
        ]
        return status

    assert software(2018, 2019) == "moved"
    assert software(2023, 2024) == "changed"
    assert software(2025, 2026) == "inherited"


def test_goals_are_numbers_with_their_change(archive: Archive, encoder: Encoder) -> None:
    years = plans(archive)
    goals = compare(archive, encoder, years[2018], years[2019]).goals
    percents = [each for each in goals if each.second and each.second.key == "sipas" and each.second.unit == "%"]
    assert [(each.status, each.change) for each in percents] == [("changed", 1.0)]
    online = [each for each in goals if each.second and each.second.key == "online-applications"]
    assert [(each.status, each.change) for each in online] == [("changed", 5.0)]


def test_every_record_of_both_plans_stands_once(archive: Archive, encoder: Encoder) -> None:
    for each in compare_series(archive, encoder, "12/KH-UBND"):
        for side, card in (("first", each.first), ("second", each.second)):
            for changes in (each.tasks, each.goals):
                rows = [row for change in changes if (row := getattr(change, side))]
                assert len({row.ordinal for row in rows}) == len(rows)
                assert {row.document for row in rows} <= {card.id}
        assert sum(counts(each.tasks).values()) == len(each.tasks)


def test_a_series_is_one_authoritys_plans_on_one_subject(archive: Archive) -> None:
    found = series_of(archive, "12/KH-UBND")
    assert [card.year_from for card in found] == [2016, 2017, 2018, 2019, 2020, 2021, 2023, 2024, 2025, 2026]
    assert {card.issuer for card in found} == {"Ủy ban nhân dân tỉnh Vĩnh Lam"}
    assert not any("uyên truyền" in (card.title or "") for card in found)
    assert all("uyên truyền" in (card.title or "") for card in series_of(archive, "38/KH-UBND"))


def test_what_cannot_be_compared_says_why(archive: Archive, encoder: Encoder) -> None:
    article = "505ec81e4ba1"
    with pytest.raises(QueryError) as article_told:
        compare(archive, encoder, "12/KH-UBND", article)
    assert article_told.value.code == "compare-article"
    assert "bài báo" in article_told.value.vi
    with pytest.raises(QueryError) as ambiguous:
        compare(archive, encoder, "09/KH-UBND", "12/KH-UBND")
    assert "10/01/2019" in ambiguous.value.vi
    with pytest.raises(QueryError) as alone:
        compare_series(archive, encoder, "22/KH-SXD")
    assert alone.value.code == "compare-no-series"
    with pytest.raises(QueryError) as unknown:
        compare(archive, encoder, "999/KH-XXX", "12/KH-UBND")
    assert unknown.value.code == "document-unknown"


def test_a_decision_stands_for_its_plan(archive: Archive, encoder: Encoder) -> None:
    comparison = compare(archive, encoder, "2871/QĐ-UBND", "15/KH-UBND")
    assert (comparison.first.type, comparison.first.issued_on) == ("Kế hoạch", date(2019, 12, 20))
    assert pairs(comparison)


WORDS = st.lists(
    st.sampled_from(["tổ", "chức,", "kiểm", "tra", "20", "cơ", "quan;", "Sở", "Nội", "vụ"]), max_size=12
).map(" ".join)


@given(WORDS, WORDS)
def test_differences_give_both_texts_back(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert " ".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert " ".join(piece.text for piece in pieces if piece.kind != "gone") == after
    if before == after:
        assert {piece.kind for piece in pieces} <= {"same"}


@given(st.integers(0, 6), st.integers(0, 6), st.randoms(use_true_random=False))
def test_no_item_stands_in_two_pairs(rows: int, columns: int, random: object) -> None:
    scores = np.random.default_rng(random.randrange(2**32)).random((rows, columns))  # type: ignore[attr-defined]
    found = aligned(scores, 0.5)
    assert len({row for row, _ in found}) == len({column for _, column in found}) == len(found)
    assert all(scores[pair] >= 0.5 for pair in found)
    if scores.size and scores.max() >= 0.5:
        assert found


command = typer.Typer()
command.command()(compare_command)


@command.callback()
def _several() -> None: ...


def told(*arguments: str, archive: Path) -> bytes:
    done = CliRunner().invoke(command, ["compare", *arguments, "--archive", str(archive)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout_bytes


def test_the_command_gives_table_json_sheet_and_word(
    sample_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    both = ("21/KH-UBND", "03/KH-UBND")
    table = told(*both, archive=sample_archive).decode()
    assert "minh họa" in table
    assert "cơ quan kế thừa" in table
    assert "+5" in table
    answer = json.loads(told(*both, "--json", archive=sample_archive))
    assert set(answer) == {"first", "second", "tasks", "goals"}
    assert {task["status"] for task in answer["tasks"]} == {"changed", "inherited", "moved", "new", "dropped"}
    for suffix in ("xlsx", "docx"):
        told(*both, "--output", str(tmp_path / f"so-sanh.{suffix}"), archive=sample_archive)
    book = load_workbook(tmp_path / "so-sanh.xlsx")
    tasks, goals = book.worksheets
    assert (tasks.max_row - 1, goals.max_row - 1) == (len(answer["tasks"]), len(answer["goals"]))
    assert tasks["B2"].value in {"mới", "thay đổi"}
    assert isinstance(goals["E2"].value, int | float)
    document = Document(str(tmp_path / "so-sanh.docx"))
    assert [len(table.rows) - 1 for table in document.tables] == [len(answer["goals"]), len(answer["tasks"])]
    assert document.sections[0].page_width > document.sections[0].page_height
    series = json.loads(told("12/KH-UBND", "--series", "--json", archive=sample_archive))
    assert [each["second"]["year_from"] for each in series] == [2017, 2018, 2019, 2020, 2021, 2023, 2024, 2025, 2026]


@pytest.mark.parametrize("wrong", [["12/KH-UBND"], ["12/KH-UBND", "15/KH-UBND", "--series"]])
def test_two_documents_or_a_series(sample_archive: Path, wrong: list[str]) -> None:
    with pytest.raises(QueryError, match="two documents"):
        told(*wrong, archive=sample_archive)


def test_the_same_over_http(client: httpx.Client) -> None:
    both = {"first": "21/KH-UBND", "second": "03/KH-UBND"}
    answer = client.get("/api/v1/compare", params=both).json()
    assert "minh họa" in answer["notice"]
    (comparison,) = answer["comparisons"]
    assert any(task["status"] == "inherited" for task in comparison["tasks"])
    series = client.get("/api/v1/compare", params={"first": "12/KH-UBND", "series": True}).json()
    assert len(series["comparisons"]) == 9
    file = client.get("/api/v1/compare", params={**both, "format": "docx"})
    (link, *_) = [
        link.url
        for row in Document(io.BytesIO(file.content)).tables[0].rows[1:]
        for link in row.cells[-1].paragraphs[0].hyperlinks
    ]
    assert link.startswith(f"{client.base_url}/documents/")
    assert client.get(link.split("#")[0]).status_code == 200
    sheet = client.get("/api/v1/compare", params={**both, "format": "xlsx"})
    assert len(load_workbook(io.BytesIO(sheet.content)).worksheets) == 2
    refused = client.get("/api/v1/compare", params={"first": "21/KH-UBND"})
    assert (refused.status_code, refused.json()["code"]) == (400, "compare-what")
    refused = client.get("/api/v1/compare", params={"first": "21/KH-UBND", "second": "505ec81e4ba1"})
    assert refused.json()["code"] == "compare-article"
